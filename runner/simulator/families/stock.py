"""The one way to change stock: levels, the times of their quantities, and the webhooks that follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from runner.simulator.contract import Context
from runner.simulator.families.quantities import STORED, find_level, quantity
from runner.simulator.families.rendering import render_level
from runner.simulator.graph import Node, level_gid


@dataclass(frozen=True, slots=True)
class Movement:
    """A change of one quantity of one level by ``delta``; ``name`` may be ``on_hand``, which changes ``available``."""

    level: str
    name: str
    delta: int


def move(context: Context, movements: Iterable[Movement]) -> list[Node]:
    """Apply ``movements`` and send one ``inventory_levels/update`` per level that changed. Gives those levels."""
    by_level: dict[str, dict[str, int]] = {}
    for each in movements:
        name = "available" if each.name == "on_hand" else each.name
        deltas = by_level.setdefault(each.level, {})
        deltas[name] = deltas.get(name, 0) + each.delta
    changed = []
    for level_id, deltas in by_level.items():
        level = context.graph.get(level_id)
        if level is None or not any(deltas.values()):
            continue
        changed.append(level)
        write(context, level, {name: quantity(level, name) + delta for name, delta in deltas.items() if delta})
    for level in changed:
        context.tell("inventory_levels/update", render_level, level)
    return changed


def write(context: Context, level: Node, quantities: Mapping[str, int]) -> None:
    """Set stored quantities of a level, with the time of each; no webhook."""
    now = context.graph.now()
    times = {**(level["_times"] or {}), **dict.fromkeys(quantities, now)}
    held = {**(level["_quantities"] or {}), **quantities}
    context.graph.update(level.id, _quantities=held, _times=times, updatedAt=now)


def stock_at(context: Context, item_id: str, location_id: str, quantities: Mapping[str, int]) -> Node:
    """Make the item stocked at the location, with these quantities; sends ``inventory_levels/connect``."""
    graph, now = context.graph, context.graph.now()
    held = {**dict.fromkeys(STORED, 0), **quantities}
    level = find_level(graph, item_id, location_id)
    if level is None:
        fields: dict[str, Any] = {
            "item": item_id,
            "location": location_id,
            "isActive": True,
            "_quantities": held,
            "_times": {},
            "createdAt": now,
            "updatedAt": now,
        }
        level = graph.create("InventoryLevel", fields, id=level_gid(location_id, item_id))
    else:
        graph.update(level.id, isActive=True, _quantities=held, updatedAt=now)
    context.tell("inventory_levels/connect", render_level, level)
    return level


def unstock(context: Context, level: Node) -> None:
    """Make the item not stocked at the level's location; sends ``inventory_levels/disconnect`` with the two ids."""
    payload = render_level(level, context)
    context.graph.update(level.id, isActive=False, _quantities=dict.fromkeys(STORED, 0), updatedAt=context.graph.now())
    context.emit("inventory_levels/disconnect", {name: payload[name] for name in ("inventory_item_id", "location_id")})
