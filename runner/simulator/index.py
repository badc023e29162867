"""Finds the objects of one type by the value of one field."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runner.simulator.graph import Node


class Index:
    """The nodes of one type by what they hold under ``field``; a list or mapping is found under nothing.

    With ``fold``, texts are kept casefolded, to be found so.

    A value that one node has, which is the rule for gids and SKUs, costs no mapping of its own: a store of 100,000
    products has a million of them.
    """

    __slots__ = ("_fold", "_found", "field")

    def __init__(self, field: str, nodes: Iterable[Node] = (), *, fold: bool = False) -> None:
        self.field = field
        self._fold = fold
        self._found: dict[Hashable, Node | dict[str, Node]] = {}
        for node in nodes:
            self.add(node)

    def find(self, value: Any) -> list[Node]:
        """Every node that holds ``value``, in order of creation."""
        found = self._found.get(value) if isinstance(value, Hashable) else None
        if found is None:
            return []
        return sorted(found.values(), key=_by_sequence) if isinstance(found, dict) else [found]

    def add(self, node: Node) -> None:
        """Take a node in."""
        value = self._value(node)
        if not isinstance(value, Hashable):
            return
        known = self._found.setdefault(value, node)
        if isinstance(known, dict):
            known[node.id] = node
        elif known is not node:
            self._found[value] = {known.id: known, node.id: node}

    def drop(self, node: Node) -> None:
        """Let a node go that was taken in with the value it has."""
        value = self._value(node)
        known = self._found.get(value) if isinstance(value, Hashable) else None
        if isinstance(known, dict):
            known.pop(node.id, None)
            if not known:
                del self._found[value]
        elif known is node:
            del self._found[value]

    def _value(self, node: Node) -> Any:
        value = node.fields.get(self.field)
        return value.casefold() if self._fold and isinstance(value, str) else value


def _by_sequence(node: Node) -> int:
    return node.sequence
