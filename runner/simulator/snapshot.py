"""What a graph held at one moment: what shops begin from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runner.simulator.graph import Node


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All but the change log; ``Graph.begin`` starts from it."""

    nodes: tuple[Node, ...]
    counters: Mapping[str, int]
    changes: int
    notes: Mapping[str, Any]
