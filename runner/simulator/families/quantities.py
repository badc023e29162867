"""Stock as numbers: what a level holds, read.

``on_hand = available + committed + reserved + damaged + safety_stock + quality_control``; it is computed, never stored.
``incoming`` stands beside it. Quantities may be negative.
"""

from __future__ import annotations

from collections.abc import Mapping

from runner.simulator.graph import Graph, Node, level_gid

ON_HAND_PARTS = ("available", "committed", "reserved", "damaged", "safety_stock", "quality_control")
STORED = (*ON_HAND_PARTS, "incoming")
NAMES = ("available", "committed", "damaged", "incoming", "on_hand", "quality_control", "reserved", "safety_stock")
"""Every quantity name that may be read."""


def quantity(level: Node, name: str) -> int:
    """The quantity ``name`` of a level; 0 for one that was never set."""
    held: Mapping[str, int] = level["_quantities"] or {}
    if name == "on_hand":
        return sum(held.get(part, 0) for part in ON_HAND_PARTS)
    return held.get(name, 0)


def find_level(graph: Graph, item_id: str, location_id: str) -> Node | None:
    """The level of an item at a location, active or not."""
    known = graph.get(level_gid(location_id, item_id))
    if known is not None:
        return known
    levels = graph.find("InventoryLevel", "item", item_id)
    return next((level for level in levels if level["location"] == location_id), None)


def levels_of(graph: Graph, item_id: str, *, inactive: bool = False) -> list[Node]:
    """The levels of an item; those where it is not stocked any more only when ``inactive``."""
    return [level for level in graph.find("InventoryLevel", "item", item_id) if inactive or active(level)]


def active(level: Node) -> bool:
    """Whether the item is stocked there."""
    return level["isActive"] is not False


def available_of_item(graph: Graph, item_id: str) -> int:
    """What can be sold of an item over all locations; 0 when it is not tracked."""
    item = graph.get(item_id)
    if item is None or not item["tracked"]:
        return 0
    return sum(quantity(level, "available") for level in levels_of(graph, item_id))


def product_total(graph: Graph, product_id: str) -> int:
    """``Product.totalInventory``: the tracked variants' quantities."""
    variants = graph.find("ProductVariant", "product", product_id)
    return sum(available_of_item(graph, variant["inventoryItem"]) for variant in variants)
