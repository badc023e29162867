"""The four mutations of quantities: adjust, set, set on hand, move.

Each is all or nothing: one wrong row and nothing changes. Compare-and-set looks at the quantities as they are before
the mutation, also when a level comes up twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runner.simulator.contract import Context, user_error
from runner.simulator.families.quantities import ON_HAND_PARTS, quantity
from runner.simulator.families.stock import Movement, move
from runner.simulator.graph import Node
from runner.simulator.mutations.inventory_checks import (
    Errors,
    ledger_errors,
    name_errors,
    place,
    range_errors,
    reason_errors,
    require_compare,
    stale_errors,
)

ADJUST_LIMIT = 2_000_000_000
SET_LIMIT = 1_000_000_000
LEDGERS_PER_MOVE = 2


@dataclass(frozen=True, slots=True)
class _Step:
    """A movement with what the record of the adjustment says of it."""

    level: Node
    name: str
    delta: int
    ledger: str | None = None


def adjust(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Change quantities by deltas."""
    given = args["input"]
    rows, name = given["changes"], given["name"]
    require_compare(context, rows, "InventoryChangeInput")
    errors = name_errors(name, ("input", "name")) + reason_errors(given)
    steps = []
    for index, row in enumerate(rows):
        path = ("input", "changes", str(index))
        errors += ledger_errors(name, row.get("ledgerDocumentUri"), path)
        errors += range_errors(row["delta"], (*path, "delta"), limit=ADJUST_LIMIT, what="quantity", lowest=None)
        level, found = place(context, row["inventoryItemId"], row["locationId"], path)
        errors += found
        if level is not None:
            errors += stale_errors(level, name, row, path)
            steps.append(_Step(level, name, row["delta"], row.get("ledgerDocumentUri")))
    if len({row.get("ledgerDocumentUri") for row in rows}) > 1 and not errors:
        message = (
            "All changes must have the same ledger document URI or, in the case of adjusting available, no ledger "
            "document URI."
        )
        errors.append(user_error(("input", "changes"), message, "MAX_ONE_LEDGER_DOCUMENT"))
    return _finish(context, given, steps, errors)


def set_quantities(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Set ``available`` or ``on_hand`` to absolute values."""
    given = args["input"]
    name = given["name"]
    require_compare(context, given["quantities"], "InventoryQuantityInput")
    errors = reason_errors(given)
    if name not in ("available", "on_hand"):
        message = "The quantity name must be either 'available' or 'on_hand'."
        errors.append(user_error(("input", "name"), message, "INVALID_NAME"))
        return _refused(errors)
    return _set(context, given, "quantities", name, errors)


def set_on_hand(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Set ``on_hand`` to absolute values."""
    given = args["input"]
    require_compare(context, given["setQuantities"], "InventorySetQuantityInput")
    return _set(context, given, "setQuantities", "on_hand", reason_errors(given))


def _set(context: Context, given: Mapping[str, Any], key: str, name: str, errors: Errors) -> Mapping[str, Any]:
    steps = []
    seen: set[tuple[str, str]] = set()
    for index, row in enumerate(given[key]):
        path = ("input", key, str(index))
        pair = (row["inventoryItemId"], row["locationId"])
        if pair in seen:
            message = "The combination of inventoryItemId and locationId must be unique."
            errors.append(user_error((*path, "locationId"), message, "NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR"))
        seen.add(pair)
        lowest = 0 if name == "on_hand" else None
        where = (*path, "quantity")
        errors += range_errors(row["quantity"], where, limit=SET_LIMIT, what="total quantity", lowest=lowest)
        level, found = place(context, *pair, path)
        errors += found
        if level is not None:
            errors += stale_errors(level, name, row, path)
            steps.append(_Step(level, name, row["quantity"] - quantity(level, name)))
    return _finish(context, given, steps, errors)


def move_quantities(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Move quantities between the names of one item at one location."""
    given = args["input"]
    ends = [row[end] for row in given["changes"] for end in ("from", "to")]
    require_compare(context, ends, "InventoryMoveQuantityTerminalInput")
    errors = reason_errors(given)
    steps: list[_Step] = []
    for index, row in enumerate(given["changes"]):
        found, problems = _move_steps(context, row, ("input", "changes", str(index)))
        errors += problems
        steps += found
    if len({end.get("ledgerDocumentUri") for end in ends} - {None}) > LEDGERS_PER_MOVE:
        message = f"Only a maximum of {LEDGERS_PER_MOVE} ledger document URIs across all changes is allowed."
        errors.append(user_error(("input", "changes"), message, "MAXIMUM_LEDGER_DOCUMENT_URIS"))
    return _finish(context, given, steps, errors)


def _move_steps(context: Context, row: Mapping[str, Any], path: tuple[str, ...]) -> tuple[list[_Step], Errors]:
    source, target = row["from"], row["to"]
    errors: Errors = []
    if source["locationId"] != target["locationId"]:
        message = "The quantities can't be moved between different locations."
        errors.append(user_error(path, message, "DIFFERENT_LOCATIONS"))
    if source["name"] == target["name"]:
        message = "The quantity names for each change can't be the same."
        errors.append(user_error(path, message, "SAME_QUANTITY_NAME"))
    errors += range_errors(row["quantity"], (*path, "quantity"), limit=ADJUST_LIMIT, what="quantity", lowest=0)
    for name, end in (("from", source), ("to", target)):
        errors += name_errors(end["name"], (*path, name, "name"))
        errors += ledger_errors(end["name"], end.get("ledgerDocumentUri"), (*path, name))
    level, found = place(context, row["inventoryItemId"], source["locationId"], path, (*path, "from"))
    errors += found
    if level is None:
        return [], errors
    for name, end in (("from", source), ("to", target)):
        errors += stale_errors(level, end["name"], end, (*path, name))
    amount = row["quantity"]
    return [
        _Step(level, source["name"], -amount, source.get("ledgerDocumentUri")),
        _Step(level, target["name"], amount, target.get("ledgerDocumentUri")),
    ], errors


def _finish(context: Context, given: Mapping[str, Any], steps: Sequence[_Step], errors: Errors) -> Mapping[str, Any]:
    if errors:
        return _refused(errors)
    move(context, [Movement(step.level.id, step.name, step.delta) for step in steps])
    group = context.graph.create(
        "InventoryAdjustmentGroup",
        {
            "createdAt": context.graph.now(),
            "reason": given["reason"],
            "referenceDocumentUri": given.get("referenceDocumentUri"),
            "_changes": [change for step in steps for change in _recorded(step)],
        },
    )
    return {"inventoryAdjustmentGroup": group, "userErrors": []}


def _refused(errors: Errors) -> Mapping[str, Any]:
    return {"inventoryAdjustmentGroup": None, "userErrors": errors}


def _recorded(step: _Step) -> list[dict[str, Any]]:
    """The changes of a step as the adjustment group lists them: a part of ``on_hand`` brings a change of that.

    Seen: ``quantityAfterChange`` is null for quantities other than ``available`` and ``on_hand``.
    """
    if step.name == "on_hand":
        names = ["available", "on_hand"]
    elif step.name in ON_HAND_PARTS:
        names = [step.name, "on_hand"]
    else:
        names = [step.name]
    return [
        {
            "name": name,
            "delta": step.delta,
            "quantityAfterChange": quantity(step.level, name) if name in ("available", "on_hand") else None,
            "ledgerDocumentUri": step.ledger if name == step.name else None,
            "item": step.level["item"],
            "location": step.level["location"],
        }
        for name in names
    ]


MUTATIONS = {
    "inventoryAdjustQuantities": adjust,
    "inventorySetQuantities": set_quantities,
    "inventorySetOnHandQuantities": set_on_hand,
    "inventoryMoveQuantities": move_quantities,
}
