"""Reads made by template objects: each one once a render, answers frozen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runner.liquid.objects.base import FrozenHash, FrozenList, freeze

if TYPE_CHECKING:
    from runner.liquid.objects.resource import Resource
    from runner.liquid.state import RenderState

PAGE = 250
"""Items of a full REST page, the most that Shopify gives."""

_ID_DIGITS = 20
"""Digits of the longest id: an unsigned 64-bit number."""

_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(slots=True)
class Fetch:
    """What the objects of one render share: its state, the table of resources, and every answer so far.

    Two look-ups of the same path and parameters make one read (liquid.md 5.3), ``.reload`` included: within a run
    nothing it did can have changed the shop yet, since actions are performed afterwards.
    """

    state: RenderState
    resources: Mapping[str, type[Resource]]
    _answers: dict[tuple[str, tuple[tuple[str, str], ...]], Any] = field(default_factory=dict)

    def body(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        """The frozen body of ``GET path``; None when there is none, or nobody answers."""
        key = (path, tuple(sorted((name, str(value)) for name, value in (params or {}).items())))
        if key not in self._answers:
            self._answers[key] = freeze(self.state.rest(path, params))
        return self._answers[key]

    def one(self, path: str, root: str, params: Mapping[str, Any] | None = None) -> FrozenHash | None:
        """The resource under ``root`` in the body of ``GET path``."""
        found = _member(self.body(path, params), root)
        return found if isinstance(found, FrozenHash) else None

    def many(self, path: str, params: Mapping[str, Any] | None = None) -> FrozenList | None:
        """The resources in the body of ``GET path``, under the path's last word; None when nobody answers."""
        found = _member(self.body(path, params), root_of(path))
        return FrozenList(_resources(found)) if isinstance(found, FrozenList) else None

    def words(self, path: str) -> FrozenList:
        """The plain list in the body of ``GET path``, such as tags; empty when nobody answers."""
        found = _member(self.body(path), root_of(path))
        return found if isinstance(found, FrozenList) else FrozenList()

    def found(self, path: str, root: str, params: Mapping[str, Any]) -> list[FrozenHash]:
        """What a search at ``path`` found, listed under ``root``; empty when nobody answers."""
        found = _member(self.body(path, params), root)
        return _resources(found) if isinstance(found, FrozenList) else []

    def pages(self, path: str, params: Mapping[str, Any]) -> Iterator[FrozenList]:
        """The list at ``path`` page by page, by ascending id, each page read only when it is asked for.

        No page at all when nobody answers.
        """
        # differs: the platform follows Shopify's page cursors, so its order is the endpoint's own (mostly newest
        # first); the cursors are in a header that reads do not carry, and ids give every item exactly once as well.
        last = 0
        while (page := self.many(path, {**params, "limit": PAGE, "since_id": last})) is not None:
            newest = max((numeric_id(item.get("id")) or 0 for item in page), default=0)
            if page and last and newest <= last:
                return  # the endpoint does not know since_id and gave the same page again
            yield page
            if len(page) < PAGE or newest <= last:
                return
            last = newest

    def graphql(self, query: str, variables: Mapping[str, Any]) -> FrozenHash | None:
        """The whole answer to ``query``, frozen; None when nobody answers."""
        key = (query, tuple(sorted((name, str(value)) for name, value in variables.items())))
        if key not in self._answers:
            self._answers[key] = freeze(self.state.ask(query, variables))
        answer = self._answers[key]
        return answer if isinstance(answer, FrozenHash) else None


def _member(body: Any, root: str) -> Any:
    return body.get(root) if isinstance(body, dict) else None


def _resources(found: FrozenList) -> list[FrozenHash]:
    return [item for item in found if isinstance(item, FrozenHash)]


def root_of(path: str) -> str:
    """``transactions`` for ``orders/1/transactions.json``: the key under which REST answers a list."""
    return path.rpartition("/")[2].removesuffix(".json")


def numeric_id(value: Any) -> int | None:
    """A REST id from what scripts and payloads give: an integer, its digits, or a gid; None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if value > 0 else None
    if not isinstance(value, str):
        return None
    if value.startswith("gid://"):
        value = value.partition("?")[0].rpartition("/")[2]
    return int(value) if value.isascii() and value.isdigit() and len(value) <= _ID_DIGITS else None


def fill(template: str, value_of: Callable[[str], Any]) -> str | None:
    """``orders/{order_id}/x.json`` with ids in its slots; None when one is missing or is no id.

    Ids only: a payload comes from outside, and must not be able to choose the path that is read.
    """
    ids = {name: numeric_id(value_of(name)) for name in _SLOT.findall(template)}
    if any(ident is None for ident in ids.values()):
        return None
    return _SLOT.sub(lambda slot: str(ids[slot[1]]), template)
