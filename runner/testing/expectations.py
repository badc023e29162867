"""Claims of a case besides its snapshot: what stands under ``expect``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from runner.simulator.seed_reader import Table
from runner.testing.fixture_values import value_of

COUNTS = ("actions", "logs", "errors", "failed")
LIVE_COUNTS = ("runs", "changes", "webhooks", "later", "loops")
"""Those that only live cases have."""
_REFERENCE = re.compile(r"[A-Z]\w*/\S.*")


@dataclass(frozen=True, slots=True)
class Expectation:
    """Short claims besides the snapshot: counts, and whether the script failed. None: nothing is claimed.

    ``liquid_error`` is a part of the text; ``renders`` is true when it must be null. ``failed`` counts failed runs. Of
    live cases only: ``runs`` of tasks, ``changes`` that tasks made in the store, ``webhooks`` that came back, runs that
    are due ``later``, ``loops`` that were stopped, whether it became ``quiet``; which actions were ``performed``, each
    as its type with some of its options, among all of these types; and what the ``store`` and its ``levels`` hold in
    the end: fields of GraphQL by object, available quantities by SKU and location.
    """

    actions: int | None = None
    logs: int | None = None
    errors: int | None = None
    failed: int | None = None
    liquid_error: str | None = None
    renders: bool = False
    runs: int | None = None
    changes: int | None = None
    webhooks: int | None = None
    later: int | None = None
    loops: int | None = None
    quiet: bool | None = None
    performed: Sequence[Mapping[str, Any]] = ()
    store: Mapping[str, Any] = field(default_factory=dict)
    levels: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def of_live_cases(self) -> list[str]:
        """The claims that only a live case can be held to."""
        found = [key for key in (*LIVE_COUNTS, "quiet") if getattr(self, key) is not None]
        return [*found, *(key for key in ("performed", "store", "levels") if getattr(self, key))]


def read_expectation(table: Table) -> Expectation:
    """What stands under ``expect``; ``InputError`` for what is no claim."""
    given = table.table("expect")
    if given is None:
        return Expectation()
    counts = {key: given.integer(key, minimum=0) if key in given else None for key in (*COUNTS, *LIVE_COUNTS)}
    text = given.text("liquid_error")
    found = Expectation(
        **counts,
        liquid_error=text,
        renders="liquid_error" in given.names() and text is None,
        quiet=given.boolean("quiet", True) if "quiet" in given else None,
        performed=_performed(given),
        store=_store(given),
        levels=_levels(given),
    )
    given.finish()
    return found


def _performed(given: Table) -> tuple[dict[str, Any], ...]:
    found = value_of(given, "performed")
    hint = "such as `- email: {to: pat@example.com}`; to claim that there is none, `actions: 0`"
    if found is None:
        return ()
    if not isinstance(found, list) or not found:
        given.refuse("expected a list of actions, each as its type with some of its options", "performed", hint)
    for each in found:
        if not isinstance(each, dict) or len(each) != 1 or not isinstance(next(iter(each.values())), dict | None):
            given.refuse("expected one type of action with some of its options", "performed", hint)
    return tuple({kind: options or {} for kind, options in each.items()} for each in found)


def _store(given: Table) -> dict[str, Any]:
    found = value_of(given, "store")
    hint = 'such as `Order/50000001: {tags: [vip]}`, or `"Order/#1001": null` for one that is gone'
    if found is not None and not isinstance(found, dict):
        given.refuse("expected a mapping of objects to the fields they have in the end", "store", hint)
    for name, fields in (found or {}).items():
        if _REFERENCE.fullmatch(name) is None:
            given.refuse(f"expected a type and a number or name, found {name!r}", "store", hint)
        if fields is not None and (not isinstance(fields, dict) or not fields):
            given.refuse(f"{name}: expected a mapping of fields to values, or null", "store", hint)
    return found or {}


def _levels(given: Table) -> dict[str, dict[str, int]]:
    found = value_of(given, "levels")
    hint = "such as `HD-OAK: {Gallery: 10}`"
    if found is not None and not isinstance(found, dict):
        given.refuse("expected a mapping of SKUs to locations with what is available", "levels", hint)
    for sku, places in (found or {}).items():
        if not isinstance(places, dict) or not all(type(number) is int for number in places.values()):
            given.refuse(f"{sku}: expected a mapping of locations to whole numbers", "levels", hint)
    return found or {}
