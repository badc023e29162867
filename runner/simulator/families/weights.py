"""What things weigh. Inventory items keep ``_weight`` {value, unit}; orders and parcels add up those of their lines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from runner.simulator.graph import Graph, Node

_GRAMS = {"GRAMS": 1.0, "KILOGRAMS": 1000.0, "OUNCES": 28.349523125, "POUNDS": 453.59237}
_SHORT = {"GRAMS": "g", "KILOGRAMS": "kg", "OUNCES": "oz", "POUNDS": "lb"}
_NOTHING = {"value": 0.0, "unit": "KILOGRAMS"}


def weight_of(graph: Graph, variant_id: str | None) -> dict[str, Any]:
    """The ``Weight`` of a variant; nothing for what has none, or is no variant."""
    variant = graph.get(variant_id)
    item = graph.get(variant["inventoryItem"]) if variant is not None else None
    return dict((item["_weight"] if item is not None else None) or _NOTHING)


def grams_of(graph: Graph, variant_id: str | None) -> int:
    """What one of a variant weighs in grams, to the whole one."""
    weight = weight_of(graph, variant_id)
    return round(float(weight["value"]) * _GRAMS[weight["unit"]])


def total_grams(graph: Graph, lines: Iterable[tuple[Node, int]]) -> int:
    """What lines of orders or drafts weigh, each with a quantity."""
    return sum(grams_of(graph, line["variant"]) * quantity for line, quantity in lines)


def rest_weight(graph: Graph, variant_id: str) -> dict[str, Any]:
    """As REST tells it of a variant: ``grams``, ``weight``, ``weight_unit``."""
    weight = weight_of(graph, variant_id)
    shown = {"weight": float(weight["value"]), "weight_unit": _SHORT[weight["unit"]]}
    return {"grams": grams_of(graph, variant_id), **shown}
