"""What a discount's input says, as it is stored, and what Shopify refuses in it (codes: ``DiscountErrorCode``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from runner.simulator.contract import Context, user_error
from runner.simulator.families.discounts import by_code
from runner.simulator.graph import Node
from runner.simulator.mutations.tags import split_tags

_PLAIN = (
    "title",
    "startsAt",
    "endsAt",
    "usageLimit",
    "usesPerOrderLimit",
    "appliesOncePerCustomer",
    "recurringCycleLimit",
)
TITLE_LIMIT = 255
Errors = list[dict[str, Any]]
Path = tuple[str, ...]


def stored_fields(given: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The given parts of an input that was found good, as they are stored; ``before`` are the discount's fields."""
    fields = {name: given[name] for name in _PLAIN if name in given}
    if "tags" in given:
        fields["tags"] = split_tags(given["tags"] or [])
    if given.get("combinesWith"):
        combines = {name: bool(value) for name, value in given["combinesWith"].items() if name.endswith("Discounts")}
        fields["_combines"] = {**(before.get("_combines") or {}), **combines}
    if given.get("customerGets"):
        fields["_gets"] = _side(given["customerGets"], before.get("_gets") or {})
    if given.get("customerBuys"):
        fields["_buys"] = _side(given["customerBuys"], before.get("_buys") or {})
    if "minimumRequirement" in given:
        fields["_minimum"] = _minimum(given["minimumRequirement"])
    selection = given.get("context") or given.get("customerSelection")
    if selection:
        fields["_context"] = _context(selection, before.get("_context") or {})
    if "destination" in given or "maximumShippingPrice" in given:
        fields["_shipping"] = _shipping(given, before.get("_shipping") or {})
    return fields


def _side(given: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """``customerGets`` or ``customerBuys``: which items, and how much of them."""
    return {
        "items": _items(given["items"], before.get("items") or {}) if given.get("items") else before["items"],
        "value": _value(given["value"]) if given.get("value") else before["value"],
    }


def _items(given: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    if given.get("all"):
        return {"all": True}
    if given.get("collections"):
        return {"collections": _changed(before.get("collections"), given["collections"])}
    products = given.get("products") or {}
    return {
        "products": _changed(
            before.get("products"), {"add": products.get("productsToAdd"), "remove": products.get("productsToRemove")}
        ),
        "variants": _changed(
            before.get("variants"),
            {"add": products.get("productVariantsToAdd"), "remove": products.get("productVariantsToRemove")},
        ),
    }


def _changed(before: Sequence[str] | None, given: Mapping[str, Any]) -> list[str]:
    gone = given.get("remove") or []
    return [each for each in dict.fromkeys([*(before or []), *(given.get("add") or [])]) if each not in gone]


def _value(given: Mapping[str, Any]) -> dict[str, Any]:
    if given.get("discountOnQuantity"):
        inner = given["discountOnQuantity"]
        effect = inner.get("effect") or {}
        return {"quantity": str(inner.get("quantity") or 1), **_amounts(effect)}
    if given.get("discountAmount"):
        amount = given["discountAmount"]
        return {**_amounts(amount), "each": bool(amount.get("appliesOnEachItem"))}
    found: dict[str, Any] = _amounts(given)
    if given.get("quantity") is not None:
        found["quantity"] = str(given["quantity"])
    return found


def _amounts(given: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if given.get("percentage") is not None:
        found["percentage"] = float(given["percentage"])
    if given.get("amount") is not None:
        found["amount"] = f"{Decimal(str(given['amount'])):.2f}"
    return found


def _minimum(given: Mapping[str, Any] | None) -> dict[str, Any] | None:
    quantity = ((given or {}).get("quantity") or {}).get("greaterThanOrEqualToQuantity")
    subtotal = ((given or {}).get("subtotal") or {}).get("greaterThanOrEqualToSubtotal")
    if quantity is not None:
        return {"quantity": str(quantity)}
    return {"subtotal": str(subtotal)} if subtotal is not None else None


def _context(given: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    if given.get("customers"):
        return {"customers": _changed(before.get("customers"), given["customers"])}
    if given.get("customerSegments"):
        return {"segments": _changed(before.get("segments"), given["customerSegments"])}
    return {"all": True}


def _shipping(given: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    fields = dict(before)
    destination = given.get("destination") or {}
    if destination.get("all"):
        fields.update(countries=None, rest=True)
    elif destination.get("countries"):
        fields["countries"] = _changed(before.get("countries"), destination["countries"])
        fields["rest"] = bool(destination["countries"].get("includeRestOfWorld"))
    if "maximumShippingPrice" in given:
        price = given["maximumShippingPrice"]
        fields["maximum"] = None if price is None else f"{Decimal(str(price)):.2f}"
    return fields


def input_errors(context: Context, given: Mapping[str, Any], path: Path, discount: Node | None, by: str) -> Errors:
    """What is wrong with an input at ``path``. ``discount`` is the one to be changed, None for a new one; ``by`` is
    ``Code`` or ``Automatic``."""
    errors: Errors = []
    title = given.get("title")
    if (discount is None or "title" in given) and not (title or "").strip():
        errors.append(user_error((*path, "title"), "Title can't be blank", "BLANK"))
    elif len(title or "") > TITLE_LIMIT:
        message = f"Title is too long (maximum is {TITLE_LIMIT} characters)"
        errors.append(user_error((*path, "title"), message, "TOO_LONG"))
    if by == "Code":
        errors += _code_errors(context, given, path, discount)
    errors += _time_errors(given, path, discount)
    for name in ("customerGets", "customerBuys"):
        if given.get(name):
            errors += _side_errors(context, given[name], (*path, name), discount is None)
    errors += _minimum_errors(given.get("minimumRequirement") or {}, (*path, "minimumRequirement"))
    errors += _people_errors(context, given, path, discount, by)
    limit = given.get("usageLimit")
    if limit is not None and limit < 1:
        errors.append(user_error((*path, "usageLimit"), "Usage limit must be greater than 0", "GREATER_THAN"))
    return errors


def _code_errors(context: Context, given: Mapping[str, Any], path: Path, discount: Node | None) -> Errors:
    code = given.get("code") or ""
    if discount is not None and "code" not in given:
        return []
    if not code.strip():
        return [user_error((*path, "code"), "Code can't be blank", "BLANK")]
    if len(code) > TITLE_LIMIT:
        message = f"Code is too long (maximum is {TITLE_LIMIT} characters)"
        return [user_error((*path, "code"), message, "TOO_LONG")]
    other = by_code(context.graph, code)
    if other is not None and other is not discount:
        return [user_error((*path, "code"), "Code must be unique. Please try a different code.", "TAKEN")]
    return []


def _time_errors(given: Mapping[str, Any], path: Path, discount: Node | None) -> Errors:
    starts = given.get("startsAt") or (discount["startsAt"] if discount is not None else None)
    ends = given["endsAt"] if "endsAt" in given else discount["endsAt"] if discount is not None else None
    if starts is None:
        return [user_error((*path, "startsAt"), "Starts at can't be blank", "BLANK")]
    if ends is not None and datetime.fromisoformat(ends) <= datetime.fromisoformat(starts):
        message = "Ends at needs to be after starts_at"
        return [user_error((*path, "endsAt"), message, "END_DATE_BEFORE_START_DATE")]
    return []


def _side_errors(context: Context, given: Mapping[str, Any], path: Path, new: bool) -> Errors:
    errors: Errors = []
    for name in ("items", "value"):
        if new and not given.get(name):
            errors.append(user_error((*path, name), f"{name.capitalize()} can't be blank", "BLANK"))
    value = given.get("value") or {}
    effect = (value.get("discountOnQuantity") or {}).get("effect") or {}
    for where, percentage in (
        ((*path, "value", "percentage"), value.get("percentage")),
        ((*path, "value", "discountOnQuantity", "effect", "percentage"), effect.get("percentage")),
    ):
        if percentage is not None and not 0 < float(percentage) <= 1:
            message = "Value must be between 0.0 and 1.0"
            errors.append(user_error(where, message, "VALUE_OUTSIDE_RANGE"))
    amount = (value.get("discountAmount") or {}).get("amount")
    if amount is not None and Decimal(str(amount)) <= 0:
        where = (*path, "value", "discountAmount", "amount")
        errors.append(user_error(where, "Value must be greater than 0", "GREATER_THAN"))
    return errors + _item_errors(context, given.get("items") or {}, (*path, "items"))


def _item_errors(context: Context, items: Mapping[str, Any], path: Path) -> Errors:
    errors: Errors = []
    products = items.get("products") or {}
    for kind, field, ids in (
        ("Collection", ("collections", "add"), (items.get("collections") or {}).get("add")),
        ("Product", ("products", "productsToAdd"), products.get("productsToAdd")),
        ("ProductVariant", ("products", "productVariantsToAdd"), products.get("productVariantsToAdd")),
    ):
        for node_id in ids or []:
            node = context.graph.get(node_id)
            if node is None or node.type != kind:
                number = node_id.rsplit("/", 1)[-1]
                label = {"ProductVariant": "Product variant"}.get(kind, kind)
                errors.append(user_error((*path, *field), f"{label} with id: {number} is invalid", "INVALID"))
    if items.get("all") and (items.get("collections") or products):
        message = "All items and specific items can't both be given"
        errors.append(user_error(path, message, "CONFLICT"))
    return errors


def _minimum_errors(minimum: Mapping[str, Any], path: Path) -> Errors:
    quantity = (minimum.get("quantity") or {}).get("greaterThanOrEqualToQuantity")
    subtotal = (minimum.get("subtotal") or {}).get("greaterThanOrEqualToSubtotal")
    if quantity is None or subtotal is None:
        return []
    message = "Minimum subtotal and quantity can't both be present"
    code = "MINIMUM_SUBTOTAL_AND_QUANTITY_RANGE_BOTH_PRESENT"
    return [
        user_error((*path, "subtotal", "greaterThanOrEqualToSubtotal"), message, code),
        user_error((*path, "quantity", "greaterThanOrEqualToQuantity"), message, code),
    ]


def _people_errors(context: Context, given: Mapping[str, Any], path: Path, discount: Node | None, by: str) -> Errors:
    name = "context" if given.get("context") else "customerSelection"
    selection = given.get(name)
    if not selection:
        if discount is None and by == "Code":
            return [user_error((*path, "context"), "Context can't be blank", "BLANK")]
        return []
    for field, kind in (("customers", "Customer"), ("customerSegments", "Segment")):
        for node_id in (selection.get(field) or {}).get("add") or []:
            node = context.graph.get(node_id)
            if node is None or node.type != kind:
                number = node_id.rsplit("/", 1)[-1]
                return [user_error((*path, name, field, "add"), f"{kind} with id: {number} is invalid", "INVALID")]
    return []
