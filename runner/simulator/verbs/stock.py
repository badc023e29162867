"""``sell``, ``adjust``, ``restock``: what shoppers and staff do to stock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.errors import InputError
from runner.simulator.contract import Context
from runner.simulator.families.quantities import STORED, quantity
from runner.simulator.families.stock import Movement, move
from runner.simulator.graph import Node
from runner.simulator.verbs.finding import level_of, location_of, refuse_unknown, variant_of, whole


def sell(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """One order: ``{sku | variant, quantity = 1, location}`` or ``{lines: [{sku, quantity}, …], location}``.

    What is sold moves from ``available`` to ``committed``, so ``on_hand`` stays until it is fulfilled. A variant that
    may not be oversold is refused when there is not enough, unless ``force`` is true; of one that is not tracked
    nothing changes.
    """
    refuse_unknown(given, ("lines", "location", "force", "sku", "variant", "quantity"), "sell")
    lines = given.get("lines") or [{name: given[name] for name in ("sku", "variant", "quantity") if name in given}]
    location = location_of(context, given.get("location"))
    movements: list[Movement] = []
    sold: list[tuple[Node, Node | None, int]] = []
    taken: dict[str, int] = {}
    for line in lines:
        refuse_unknown(line, ("sku", "variant", "quantity"), "a line of sell")
        variant, amount = variant_of(context, line), whole(line, "quantity", 1, lowest=1)
        item = context.graph.get(variant["inventoryItem"])
        if item is None or not item["tracked"]:
            sold.append((variant, None, amount))
            continue
        level = level_of(context, variant, location)
        taken[level.id] = taken.get(level.id, 0) + amount
        left = quantity(level, "available")
        if taken[level.id] > left and variant["inventoryPolicy"] != "CONTINUE" and not given.get("force"):
            label = variant["sku"] or variant.id
            raise InputError(
                f"only {left} of {label} at {location['name']}, not {taken[level.id]}",
                hint='sell fewer, or force it: {"force": true}',
            )
        movements += [Movement(level.id, "available", -amount), Movement(level.id, "committed", amount)]
        sold.append((variant, level, amount))
    move(context, movements)
    return {"location": location["name"], "lines": [_line(*each) for each in sold]}


def adjust(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Staff counts or corrects: ``{sku | variant, location, delta | to, name = "available"}``."""
    refuse_unknown(given, ("sku", "variant", "location", "delta", "to", "name"), "adjust")
    name = given.get("name", "available")
    if name not in (*STORED, "on_hand"):
        raise InputError(f"there is no quantity {name!r}", hint=f"one of {', '.join((*STORED, 'on_hand'))}")
    if ("delta" in given) == ("to" in given):
        raise InputError("say how: delta (a change) or to (the new quantity), not both")
    variant, location = variant_of(context, given), location_of(context, given.get("location"))
    level = level_of(context, variant, location)
    delta = whole(given, "delta") if "delta" in given else whole(given, "to") - quantity(level, name)
    move(context, [Movement(level.id, name, delta)])
    return {"location": location["name"], **_line(variant, level, delta)}


def restock(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Goods come in: ``{sku | variant, location, quantity = 1}`` more are available."""
    refuse_unknown(given, ("sku", "variant", "location", "quantity"), "restock")
    return adjust(
        context,
        {
            **{name: value for name, value in given.items() if name != "quantity"},
            "delta": whole(given, "quantity", 1, lowest=1),
        },
    )


def _line(variant: Node, level: Node | None, amount: int) -> dict[str, Any]:
    held: Mapping[str, int] = (level["_quantities"] or {}) if level is not None else {}
    return {
        "variant": variant.id,
        "sku": variant["sku"],
        "quantity": amount,
        "available": held.get("available") if level is not None else None,
        "committed": held.get("committed") if level is not None else None,
        "on_hand": quantity(level, "on_hand") if level is not None else None,
    }


VERBS = {"sell": sell, "adjust": adjust, "restock": restock}
