"""Pages of a connection: first, last, after, before, reverse, sortKey (simulator.md 3)."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from runner.simulator.contract import Listing, Refusal
from runner.simulator.graph import Node

PAGING = frozenset({"first", "last", "after", "before", "reverse", "sortKey", "query"})
"""Arguments that are dealt with here and in search.py."""
_NATURAL = frozenset({"RELEVANCE", "MANUAL", "COLLECTION_DEFAULT", "NATURAL"})


class Page:
    """What a connection field answers with; ``read`` gives its fields."""

    __slots__ = ("_value", "more_after", "more_before", "nodes", "total")

    def __init__(
        self,
        nodes: Sequence[Any],
        value: Callable[[Any], Any],
        *,
        more_before: bool = False,
        more_after: bool = False,
        total: int = 0,
    ) -> None:
        self.nodes = nodes
        self.total = total
        self.more_before = more_before
        self.more_after = more_after
        self._value = value

    def read(self, name: str) -> Any:
        """``nodes``, ``edges`` or ``pageInfo``; ``KeyError`` for anything else."""
        if name == "nodes":
            return self.nodes
        if name == "edges":
            return [{"cursor": self._cursor(node), "node": node} for node in self.nodes]
        if name == "pageInfo":
            return {
                "hasNextPage": self.more_after,
                "hasPreviousPage": self.more_before,
                "startCursor": self._cursor(self.nodes[0]) if self.nodes else None,
                "endCursor": self._cursor(self.nodes[-1]) if self.nodes else None,
            }
        raise KeyError(name)

    def _cursor(self, node: Any) -> str:
        mark = {"last_id": _identity(node), "last_value": self._value(node)}
        return base64.b64encode(json.dumps(mark, separators=(",", ":"), default=str).encode()).decode()


def page(listing: Listing, args: Mapping[str, Any], maximum: int) -> Page:
    """The part of ``listing`` (searched already) that ``args`` ask for. ``Refusal`` in Shopify's words."""
    first, last = args.get("first"), args.get("last")
    _check_sizes(first, last, maximum)
    value, nodes = _ordered(listing, args)
    start, end = 0, len(nodes)
    if args.get("after") is not None:
        start = _position(nodes, args["after"], value, bool(args.get("reverse"))) + 1
    if args.get("before") is not None:
        end = max(start, _position(nodes, args["before"], value, bool(args.get("reverse"))))
    if first is not None:
        end = min(end, start + first)
    if last is not None:
        start = max(start, end - last)
    return Page(nodes[start:end], value, more_before=start > 0, more_after=end < len(nodes), total=len(nodes))


def unpaged(listing: Listing, args: Mapping[str, Any]) -> Page:
    """All of ``listing``, as bulk operations read it: what ``args`` say of pages does not count."""
    value, nodes = _ordered(listing, args)
    return Page(nodes, value, total=len(nodes))


def _ordered(listing: Listing, args: Mapping[str, Any]) -> tuple[Callable[[Any], Any], list[Any]]:
    """What is sorted by, and the nodes in the order that ``args`` ask for."""
    value = _sort_value(listing, args.get("sortKey"))
    nodes = list(listing.nodes)
    if args.get("sortKey") is not None and args["sortKey"] not in _NATURAL:
        nodes.sort(key=lambda node: _orderable(value(node)))
    if args.get("reverse"):
        nodes.reverse()
    return value, nodes


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


def _orderable(value: Any) -> tuple[bool, bool, Any]:
    """Null before everything, numbers before text, text without case."""
    if isinstance(value, int | float):
        return (value is not None, False, value)
    return (value is not None, True, str(value).lower() if value is not None else "")


def _position(nodes: Sequence[Any], cursor: str, value: Callable[[Any], Any], reverse: bool) -> int:
    """Where the cursor's node stands, or the last place before where it would (-1: before the first)."""
    try:
        mark = json.loads(base64.b64decode(cursor, validate=True))
        wanted, sorted_by = mark["last_id"], mark["last_value"]
    except (binascii.Error, ValueError, KeyError, TypeError):
        raise Refusal("Invalid cursor for current pagination sort.", "BAD_REQUEST") from None
    for position, node in enumerate(nodes):
        if _identity(node) == wanted:
            return position
    goal = _orderable(sorted_by)
    before = [node for node in nodes if (_orderable(value(node)) > goal if reverse else _orderable(value(node)) < goal)]
    return len(before) - 1
