"""Draft orders over REST."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, RestCall, RestError, RestReply, Route
from runner.simulator.families.draft_rendering import render_draft
from runner.simulator.graph import Node, gid
from runner.simulator.mutations import drafts
from runner.simulator.rest.metafields import store_given
from runner.simulator.rest.orders import order_input, refuse
from runner.simulator.rest.paging import fetch, filters, listing, numbers, one, within, wrapped

_STATUSES = ("open", "invoice_sent", "completed")


def _chosen(context: Context, call: RestCall) -> list[Node]:
    asked = filters(call)
    ids, status = numbers(asked, "ids"), asked.get("status")
    if status and status not in _STATUSES:
        raise RestError(400, {"status": "Invalid value."})
    found = [draft for draft in context.graph.of_type("DraftOrder") if within(draft, asked)]
    if status:
        found = [draft for draft in found if draft["status"].lower() == status]
    return found if ids is None else [draft for draft in found if draft.number in ids]


def index(context: Context, call: RestCall) -> RestReply:
    """Drafts that fit the filters."""
    return listing("draft_orders", _chosen(context, call), render_draft, context, call)


def count(context: Context, call: RestCall) -> RestReply:
    """How many drafts fit."""
    return RestReply(200, {"count": len(_chosen(context, call))})


def show(context: Context, call: RestCall) -> RestReply:
    """One draft."""
    return one("draft_order", fetch(context, "DraftOrder", call.ids["id"]), render_draft, context, call)


def create(context: Context, call: RestCall) -> RestReply:
    """Make a draft."""
    given = wrapped(call, "draft_order")
    draft, errors = drafts.make(context, _input(given, None))
    refuse({"userErrors": errors})
    if draft is None:
        raise RestError(422, {"base": ["Draft order was not created"]})
    for row in given.get("metafields") or []:
        store_given(context, draft.id, row)
    return one("draft_order", draft, render_draft, context, call, 201)


def update(context: Context, call: RestCall) -> RestReply:
    """Change a draft."""
    draft = fetch(context, "DraftOrder", call.ids["id"])
    given = wrapped(call, "draft_order")
    refuse(drafts.update(context, {"id": draft.id, "input": _input(given, draft)}))
    return one("draft_order", draft, render_draft, context, call)


def complete(context: Context, call: RestCall) -> RestReply:
    """Make an order of a draft."""
    draft = fetch(context, "DraftOrder", call.ids["id"])
    pending = call.query.get("payment_pending") == "true"
    refuse(drafts.complete(context, {"id": draft.id, "paymentPending": pending}))
    return one("draft_order", draft, render_draft, context, call)


def send_invoice(context: Context, call: RestCall) -> RestReply:
    """Send the invoice of a draft."""
    draft = fetch(context, "DraftOrder", call.ids["id"])
    given = call.body.get("draft_order_invoice", {}) if isinstance(call.body, Mapping) else {}
    refuse(drafts.send_invoice(context, {"id": draft.id, "email": given}))
    answer = {"to": given.get("to") or draft["email"], "from": context.shop["email"], "bcc": []}
    subject = given.get("subject") or f"Invoice {draft['name']}"
    message = given.get("custom_message")
    return RestReply(201, {"draft_order_invoice": {**answer, "subject": subject, "custom_message": message}})


def delete(context: Context, call: RestCall) -> RestReply:
    """Delete a draft."""
    drafts.remove(context, fetch(context, "DraftOrder", call.ids["id"]))
    return RestReply(200, {})


def _input(given: Mapping[str, Any], known: Node | None) -> dict[str, Any]:
    wanted = order_input(given, known)
    customer = given.get("customer_id") or (given.get("customer") or {}).get("id")
    if customer:
        wanted["customerId"] = gid("Customer", customer)
        wanted["useCustomerDefaultAddress"] = bool(given.get("use_customer_default_address"))
    if "line_items" in given:
        wanted["lineItems"] = [_line(row) for row in given["line_items"] or []]
    if "applied_discount" in given:
        wanted["appliedDiscount"] = _discount(given["applied_discount"])
    if "tax_exempt" in given:
        wanted["taxExempt"] = bool(given["tax_exempt"])
    shipping = given.get("shipping_line")
    if shipping:
        wanted["shippingLine"] = {
            "title": shipping.get("title"),
            "price": str(shipping.get("price") or "0.00"),
            "shippingRateHandle": shipping.get("handle"),
        }
    return wanted


def _line(row: Mapping[str, Any]) -> dict[str, Any]:
    properties = row.get("properties") or []
    pairs = (
        properties.items()
        if isinstance(properties, Mapping)
        else [(each.get("name"), each.get("value")) for each in properties]
    )
    return {
        "variantId": gid("ProductVariant", row["variant_id"]) if row.get("variant_id") else None,
        "title": row.get("title"),
        "quantity": int(row.get("quantity") or 0),
        "originalUnitPrice": str(row.get("price") or "0.00"),
        "sku": row.get("sku"),
        "taxable": row.get("taxable"),
        "requiresShipping": row.get("requires_shipping"),
        "appliedDiscount": _discount(row.get("applied_discount")),
        "customAttributes": [{"key": str(name), "value": str(value)} for name, value in pairs],
    }


def _discount(row: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not row:
        return None
    return {
        "title": row.get("title"),
        "description": row.get("description"),
        "value": float(row.get("value") or 0),
        "valueType": str(row.get("value_type") or "fixed_amount").upper(),
    }


ROUTES = (
    Route("GET", "draft_orders", index, "read_draft_orders"),
    Route("POST", "draft_orders", create, "write_draft_orders"),
    Route("GET", "draft_orders/count", count, "read_draft_orders"),
    Route("GET", "draft_orders/{id}", show, "read_draft_orders"),
    Route("PUT", "draft_orders/{id}", update, "write_draft_orders"),
    Route("DELETE", "draft_orders/{id}", delete, "write_draft_orders"),
    Route("PUT", "draft_orders/{id}/complete", complete, "write_draft_orders"),
    Route("POST", "draft_orders/{id}/send_invoice", send_invoice, "write_draft_orders"),
)
