"""``draft-order``: staff prepares an order."""

from __future__ import annotations

from typing import Any

from runner.errors import InputError
from runner.simulator.contract import Context
from runner.simulator.families.draft_rendering import render_draft
from runner.simulator.mutations import drafts
from runner.simulator.verbs.customers import customer_of
from runner.simulator.verbs.finding import refuse_unknown, variant_of, whole
from runner.simulator.verbs.orders import discount_of

_ARGUMENTS = ("lines", "customer", "email", "note", "tags", "attributes", "shipping", "discount")


def draft_order(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """``{lines: [{sku | variant | title, quantity, price}], customer, email, note, tags, attributes {name: value},
    shipping {title, price}, discount {title, percent | amount}}``. Answers with the draft as REST has it."""
    refuse_unknown(given, _ARGUMENTS, "draft-order")
    document: dict[str, Any] = {"lineItems": [_line(context, row) for row in given.get("lines") or []]}
    if given.get("customer") is not None:
        document |= {"customerId": customer_of(context, given["customer"]).id, "useCustomerDefaultAddress": True}
    document |= {name: given[name] for name in ("email", "note") if name in given}
    tags = given.get("tags") or []
    document["tags"] = [tags] if isinstance(tags, str) else tags
    pairs = (given.get("attributes") or {}).items()
    document["customAttributes"] = [{"key": key, "value": str(value)} for key, value in pairs]
    if given.get("shipping"):
        document["shippingLine"] = {**given["shipping"], "price": str(given["shipping"].get("price") or "0.00")}
    if given.get("discount"):
        row = discount_of(given["discount"])
        found = {"title": row["title"], "value": float(row["value"]), "valueType": row["value_type"]}
        document["appliedDiscount"] = found
    draft, errors = drafts.make(context, document)
    if draft is None:
        raise InputError("; ".join(error["message"] for error in errors))
    return render_draft(draft, context)


def _line(context: Context, row: dict[str, Any]) -> dict[str, Any]:
    refuse_unknown(row, ("sku", "variant", "title", "quantity", "price"), "a line of draft-order")
    wanted: dict[str, Any] = {"quantity": whole(row, "quantity", 1, lowest=1)}
    if row.get("title") and not (row.get("sku") or row.get("variant")):
        return {**wanted, "title": row["title"], "originalUnitPrice": str(row.get("price") or "0.00")}
    return {**wanted, "variantId": variant_of(context, row).id}


VERBS = {"draft-order": draft_order}
