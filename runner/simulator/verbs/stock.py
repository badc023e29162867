"""``adjust`` and ``restock``: what staff does to stock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.errors import InputError
from runner.simulator.contract import Context
from runner.simulator.families.quantities import STORED, quantity
from runner.simulator.families.stock import Movement, move
from runner.simulator.graph import Node
from runner.simulator.verbs.finding import level_of, location_of, refuse_unknown, variant_of, whole


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
    return {"location": location["name"], **shown_line(variant, level, delta)}


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


def shown_line(variant: Node, level: Node | None, amount: int) -> dict[str, Any]:
    """A variant with the quantities of its level, as the verbs of stock answer."""
    held: Mapping[str, int] = (level["_quantities"] or {}) if level is not None else {}
    return {
        "variant": variant.id,
        "sku": variant["sku"],
        "quantity": amount,
        "available": held.get("available") if level is not None else None,
        "committed": held.get("committed") if level is not None else None,
        "on_hand": quantity(level, "on_hand") if level is not None else None,
    }


VERBS = {"adjust": adjust, "restock": restock}
