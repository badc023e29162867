"""The access scopes that GraphQL documents and REST paths need (actions.md 4.7, engine.md 7)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from runner.shopify.rest_scopes import READ_ONLY, REST_RESOURCES
from runner.shopify.schema import Schema, holds

_SPECIAL = re.compile(r"_marketplace_|_quick_sale|_pos_|_overrides\Z|buyer_membership")
_FULFILLMENT = re.compile(r"_fulfillment_orders\Z")
_REST_RESOURCE = re.compile(r"/admin/(?:api/[^/]+/)?([a-z_]+)(?:/|\.json|\?|\Z)")


@dataclass(frozen=True, slots=True)
class Need:
    """One requirement: a token passes with any of ``any_of``. ``reason`` says what in the document asks for it.

    ``words`` is Shopify's own sentence, when it publishes one.
    """

    any_of: tuple[str, ...]
    reason: str
    words: str | None = None

    @property
    def proposed(self) -> tuple[str, ...]:
        """What to ask the merchant for: the general one of the alternatives; for fulfillment orders all of them."""
        general = tuple(scope for scope in self.any_of if not _SPECIAL.search(scope)) or self.any_of
        return general if all(_FULFILLMENT.search(scope) for scope in general) else general[:1]

    def met(self, held: frozenset[str]) -> bool:
        """Whether a token with the scopes ``held`` passes; ``write_x`` includes ``read_x``."""
        return any(holds(held, scope) for scope in self.any_of)


@dataclass(frozen=True, slots=True)
class Needs:
    """What documents and paths need. ``unknown``: sentences on what could not be found out, to be shown to the user."""

    needs: tuple[Need, ...] = ()
    unknown: tuple[str, ...] = field(default=())

    def __add__(self, other: Needs) -> Needs:
        """Both, repetitions dropped."""
        return Needs(
            tuple(dict.fromkeys((*self.needs, *other.needs))), tuple(dict.fromkeys((*self.unknown, *other.unknown)))
        )

    def scopes(self) -> tuple[str, ...]:
        """The scopes to ask for, sorted and as few as possible: none for a need that another one's scope meets.

        ``read_x`` is left out beside ``write_x``, which includes it.
        """
        asked: set[str] = set()
        for need in sorted(self.needs, key=lambda need: len(need.any_of)):
            if not need.met(frozenset(asked)):
                asked.update(need.proposed)
        return tuple(sorted(s for s in asked if not (s.startswith("read_") and f"write_{s[5:]}" in asked)))

    def missing(self, held: Iterable[str]) -> tuple[Need, ...]:
        """The needs that a token with the scopes ``held`` does not meet."""
        granted = frozenset(held)
        return tuple(need for need in self.needs if not need.met(granted))


def of_graphql(document: str, variables: Mapping[str, Any] | None = None, *, schema: Schema) -> Needs:
    """What a GraphQL document needs, its bulk inner documents included. One that does not parse is ``unknown``."""
    from runner.shopify.scope_walk import walk

    return walk(document, variables or {}, schema)


def of_rest(method: str, path: str) -> Needs:
    """What a REST call needs: the scope of the first resource in its path, in the form of the verb."""
    match = _REST_RESOURCE.match(path)
    resource = match.group(1) if match else ""
    names = REST_RESOURCES.get(resource)
    verb = method.upper()
    if names is None:
        return Needs(unknown=(f"{verb} {path}: the scope of this REST resource is not known",))
    reading = verb in ("GET", "HEAD")
    scopes = tuple(f"{'read' if reading or name in READ_ONLY else 'write'}_{name}" for name in names)
    return Needs((Need(scopes, f"{verb} {resource}"),)) if scopes else Needs()
