"""Pages of a connection: first, last, after, before, reverse, sortKey (simulator.md 3).

A cursor says what was sorted by and the id of its node, as Shopify's do. The next page begins behind that *place*, not
behind that node: whatever happens to the node between two pages, nodes that stay are neither left out nor told twice.
"""

from __future__ import annotations

import base64
import binascii
import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter
from typing import Any

from runner.simulator.contract import Listing, Refusal
from runner.simulator.graph import Node

PAGING = frozenset({"first", "last", "after", "before", "reverse", "sortKey", "query"})
"""Arguments that are dealt with here and in search.py."""
_NATURAL = frozenset({"RELEVANCE", "MANUAL", "COLLECTION_DEFAULT", "NATURAL"})
_NEIGHBOURS = 8
"""So many nodes before its own a cursor names where the order is nobody's but the list's."""

Rank = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Order:
    """The nodes of a connection in the order asked for.

    ``value`` is what they are sorted by and ``sorted_by`` what compares two of them, no two alike; None: nobody sorted
    them. ``key`` is the sort key, None for the id.
    """

    nodes: list[Any]
    value: Callable[[Any], Any]
    sorted_by: Rank | None
    key: str | None
    reverse: bool

    def behind(self, cursor: str) -> int:
        """Where the nodes after a cursor begin."""
        return self._place(cursor, 1)

    def before(self, cursor: str) -> int:
        """Where the nodes before a cursor end."""
        return self._place(cursor, 0)

    def cursor(self, node: Any, place: int) -> str:
        """The cursor of the node that stands at ``place``."""
        mark: dict[str, Any] = {"last_id": _identity(node), "last_value": _plain(self.value(node))}
        if self.key is not None:
            mark["sort"] = self.key
        if self.sorted_by is None:
            mark["behind"] = [_identity(each) for each in reversed(self.nodes[max(0, place - _NEIGHBOURS) : place])]
        return base64.b64encode(json.dumps(mark, separators=(",", ":"), default=str).encode()).decode()

    def _place(self, cursor: str, behind: int) -> int:
        try:
            mark = json.loads(base64.b64decode(cursor, validate=True))
            last_id, last_value, sort = mark["last_id"], mark["last_value"], mark.get("sort")
            hash((last_id, *(mark.get("behind") or ())))
        except (binascii.Error, ValueError, KeyError, TypeError, AttributeError):
            raise Refusal("Invalid cursor for current pagination sort.", "BAD_REQUEST") from None
        if sort != self.key:
            raise Refusal("Invalid cursor for current pagination sort.", "BAD_REQUEST")
        if self.sorted_by is None:
            return self._beside(last_id, mark.get("behind") or (), behind)
        goal = _orderable(last_id) if self.key is None else (_orderable(last_value), _orderable(last_id))
        if not self.reverse:
            return (bisect_right if behind else bisect_left)(self.nodes, goal, key=self.sorted_by)
        ascending = self.nodes[::-1]
        return len(ascending) - (bisect_left if behind else bisect_right)(ascending, goal, key=self.sorted_by)

    def _beside(self, last_id: Any, neighbours: Sequence[Any], behind: int) -> int:
        """The place of a node, or of the nearest before it that is left, or where its id would stand."""
        places = {_identity(node): place for place, node in enumerate(self.nodes)}
        if last_id in places:
            return places[last_id] + behind
        near = next((places[each] + 1 for each in neighbours if each in places), None)
        if near is not None:
            return near
        goal = _orderable(last_id)
        if self.reverse:
            return sum(1 for each in places if _orderable(each) > goal)
        return sum(1 for each in places if _orderable(each) < goal)


class Edge:
    """A node with its cursor, which is made when asked for: a bulk operation has 100,000 edges and asks for none."""

    __slots__ = ("_page", "_place")

    def __init__(self, page: Page, place: int) -> None:
        self._page = page
        self._place = place

    def read(self, name: str) -> Any:
        """``node`` or ``cursor``; ``KeyError`` for anything else."""
        if name == "node":
            return self._page.nodes[self._place]
        if name == "cursor":
            return self._page.cursor(self._place)
        raise KeyError(name)


class Page:
    """What a connection field answers with; ``read`` gives its fields."""

    __slots__ = ("_order", "_start", "more_after", "more_before", "nodes", "total")

    def __init__(self, order: Order, start: int, end: int) -> None:
        self.nodes = order.nodes[start:end]
        self.total = len(order.nodes)
        self.more_before = start > 0
        self.more_after = end < len(order.nodes)
        self._order = order
        self._start = start

    def read(self, name: str) -> Any:
        """``nodes``, ``edges`` or ``pageInfo``; ``KeyError`` for anything else."""
        if name == "nodes":
            return self.nodes
        if name == "edges":
            return [Edge(self, place) for place in range(len(self.nodes))]
        if name == "pageInfo":
            return {
                "hasNextPage": self.more_after,
                "hasPreviousPage": self.more_before,
                "startCursor": self.cursor(0) if self.nodes else None,
                "endCursor": self.cursor(len(self.nodes) - 1) if self.nodes else None,
            }
        raise KeyError(name)

    def cursor(self, place: int) -> str:
        """That of a node of this page."""
        return self._order.cursor(self.nodes[place], self._start + place)


def page(listing: Listing, args: Mapping[str, Any], maximum: int) -> Page:
    """The part of ``listing`` (searched already) that ``args`` ask for. ``Refusal`` in Shopify's words."""
    first, last = args.get("first"), args.get("last")
    _check_sizes(first, last, maximum)
    order = _ordered(listing, args)
    start, end = 0, len(order.nodes)
    if args.get("after") is not None:
        start = order.behind(args["after"])
    if args.get("before") is not None:
        end = max(start, order.before(args["before"]))
    if first is not None:
        end = min(end, start + first)
    if last is not None:
        start = max(start, end - last)
    return Page(order, start, end)


def unpaged(listing: Listing, args: Mapping[str, Any]) -> Page:
    """All of ``listing``, as bulk operations read it: what ``args`` say of pages does not count."""
    order = _ordered(listing, args)
    return Page(order, 0, len(order.nodes))


def _ordered(listing: Listing, args: Mapping[str, Any]) -> Order:
    """The nodes in the order that ``args`` ask for."""
    key, reverse = args.get("sortKey"), bool(args.get("reverse"))
    nodes = list(listing.nodes)
    value = _sort_value(listing, key)
    by_id = value is _identity
    sorted_by: Rank | None = None
    # A field that no node has (POSITION of media) is the order of the list.
    if key is not None and key not in _NATURAL and not all(value(node) is None for node in nodes):
        sorted_by = _id_rank if by_id else lambda node: (_orderable(value(node)), _id_rank(node))
        # Of nodes with numbers this is the same order, and they are mostly in it already.
        nodes.sort(key=attrgetter("number") if by_id and _all_numbered(nodes) else sorted_by)
    if reverse:
        nodes.reverse()
    return Order(nodes, value, sorted_by, None if by_id else key, reverse)


def _all_numbered(nodes: Sequence[Any]) -> bool:
    return all(isinstance(node, Node) and node.number > 0 for node in nodes)


def _id_rank(node: Any) -> Any:
    return _orderable(_identity(node))


def _check_sizes(first: int | None, last: int | None, maximum: int) -> None:
    # Seen: "you must provide one of first or last". The other texts are by analogy.
    if first is None and last is None:
        raise Refusal("you must provide one of first or last", "BAD_REQUEST")
    if first is not None and last is not None:
        raise Refusal("providing both first and last is not supported", "BAD_REQUEST")
    for name, size in (("first", first), ("last", last)):
        if size is not None and size < 0:
            raise Refusal(f"{name} must be greater than or equal to 0", "BAD_REQUEST")
        if size is not None and size > maximum:
            raise Refusal(f"{name} cannot exceed {maximum}", "BAD_REQUEST")


def _sort_value(listing: Listing, key: str | None) -> Callable[[Any], Any]:
    if key in listing.sorts:
        return listing.sorts[key]  # type: ignore[index]
    if key is None or key == "ID" or key in _NATURAL:
        return _identity
    first, *rest = key.lower().split("_")
    name = first + "".join(word.capitalize() for word in rest)

    def stored(node: Any) -> Any:
        return node[name] if isinstance(node, Node) else node.get(name) if isinstance(node, Mapping) else None

    return stored


def _identity(node: Any) -> Any:
    if isinstance(node, Node):
        return node.number or node.id
    return node.get("id") if isinstance(node, Mapping) else str(node)


def _plain(value: Any) -> Any:
    """A value as cursors carry it: what comes back from JSON compares as it did."""
    return float(value) if isinstance(value, Decimal) else value


def _orderable(value: Any) -> tuple[bool, bool, Any]:
    """Null before everything, numbers before text, text without case."""
    if isinstance(value, int | float | Decimal):
        return (value is not None, False, _plain(value))
    return (value is not None, True, str(value).lower() if value is not None else "")
