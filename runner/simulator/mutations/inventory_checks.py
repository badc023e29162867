"""What Shopify refuses in the inventory quantity mutations, as user errors.

Seen in replies of the live API: the texts for unknown item, unknown location, not stocked, quantity names, ledger
documents and the stale compare-and-set, with these field paths. The other texts are the descriptions of the schema's
error codes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from runner.simulator.contract import Context, Refusal, user_error
from runner.simulator.families.quantities import active, find_level, quantity
from runner.simulator.graph import Node

REASONS = (
    "correction",
    "cycle_count_available",
    "damaged",
    "movement_canceled",
    "movement_created",
    "movement_received",
    "movement_updated",
    "other",
    "promotion",
    "quality_control",
    "received",
    "reservation_created",
    "reservation_deleted",
    "reservation_updated",
    "restock",
    "safety_stock",
    "shrinkage",
)
ADJUSTABLE = ("available", "damaged", "incoming", "quality_control", "reserved", "safety_stock")
COMPARE_SINCE = "2026-04"
"""From this version on ``changeFromQuantity`` must be written out, be it as null."""

Errors = list[dict[str, Any]]
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(//)?\S+\Z")


def require_compare(context: Context, rows: Sequence[Mapping[str, Any]], input_type: str) -> None:
    """``Refusal`` unless every row says ``changeFromQuantity``. Seen, word for word."""
    if context.api_version < COMPARE_SINCE:
        return
    if any("changeFromQuantity" not in row for row in rows):
        message = f"{input_type} must include the following argument: changeFromQuantity."
        raise Refusal(message, "INVALID_FIELD_ARGUMENTS")


def reason_errors(given: Mapping[str, Any]) -> Errors:
    """The ``reason`` and ``referenceDocumentUri`` of an input."""
    errors = []
    if given["reason"] not in REASONS:
        message = f"The specified reason is invalid. Valid values are: {', '.join(REASONS)}."
        errors.append(user_error(("input", "reason"), message, "INVALID_REASON"))
    uri = given.get("referenceDocumentUri")
    if uri is not None and not _URI.match(uri):
        message = "The specified reference document is invalid."
        errors.append(user_error(("input", "referenceDocumentUri"), message, "INVALID_REFERENCE_DOCUMENT"))
    return errors


def name_errors(name: str, path: Sequence[str]) -> Errors:
    """A quantity name that cannot be adjusted or moved."""
    if name in ADJUSTABLE:
        return []
    message = f"The specified quantity name is invalid. Valid values are: {', '.join(ADJUSTABLE)}."
    return [user_error(path, message, "INVALID_QUANTITY_NAME")]


def ledger_errors(name: str, uri: str | None, path: Sequence[str]) -> Errors:
    """Whether a ledger document belongs to a change of quantity ``name``."""
    field = (*path, "ledgerDocumentUri")
    if name == "available":
        if uri is None:
            return []
        message = "A ledger document URI is not allowed when adjusting available."
        return [user_error(field, message, "INVALID_AVAILABLE_DOCUMENT")]
    if uri is None:
        message = "A ledger document URI is required except when adjusting available."
        return [user_error(field, message, "INVALID_QUANTITY_DOCUMENT")]
    if uri.startswith("gid://shopify/"):
        message = "Internal (gid://shopify/) ledger documents are not allowed to be adjusted via API."
        return [user_error(field, message, "INTERNAL_LEDGER_DOCUMENT")]
    if not _URI.match(uri):
        return [user_error(field, "The specified ledger document is invalid.", "INVALID_LEDGER_DOCUMENT")]
    return []


def place(
    context: Context, item_id: str, location_id: str, path: Sequence[str], location_path: Sequence[str] | None = None
) -> tuple[Node | None, Errors]:
    """The active level of an item at a location, or what is wrong with the two ids."""
    graph = context.graph
    where = (*(location_path or path), "locationId")
    errors: Errors = []
    item = graph.get(item_id)
    if item is None or item.type != "InventoryItem":
        message = "The specified inventory item could not be found."
        errors.append(user_error((*path, "inventoryItemId"), message, "INVALID_INVENTORY_ITEM"))
    location = graph.get(location_id)
    if location is None or location.type != "Location" or location["isActive"] is False:
        errors.append(user_error(where, "The specified location could not be found.", "INVALID_LOCATION"))
    if errors:
        return None, errors
    level = find_level(graph, item_id, location_id)
    if level is None or not active(level):
        message = "The specified inventory item is not stocked at the location."
        return None, [user_error(where, message, "ITEM_NOT_STOCKED_AT_LOCATION")]
    return level, []


def stale_errors(level: Node, name: str, row: Mapping[str, Any], path: Sequence[str]) -> Errors:
    """The compare of compare-and-set: null opts out."""
    expected = row.get("changeFromQuantity")
    if expected is None or expected == quantity(level, name):
        return []
    message = "The changeFromQuantity argument no longer matches the persisted quantity."
    return [user_error((*path, "changeFromQuantity"), message, "CHANGE_FROM_QUANTITY_STALE")]


def range_errors(value: int, path: Sequence[str], *, limit: int, what: str, lowest: int | None) -> Errors:
    """A quantity outside ``lowest`` … ``limit``; ``what``: ``quantity`` or ``total quantity``; ``lowest`` None:
    ``-limit``."""
    low = -limit if lowest is None else lowest
    if value > limit:
        return [user_error(path, f"The {what} can't be higher than {limit:,}.", "INVALID_QUANTITY_TOO_HIGH")]
    if value < low:
        if low == 0:
            return [user_error(path, "The quantity can't be negative.", "INVALID_QUANTITY_NEGATIVE")]
        return [user_error(path, f"The {what} can't be lower than {low:,}.", "INVALID_QUANTITY_TOO_LOW")]
    return []
