"""Orders made over REST (``POST orders``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, RestCall, RestReply, Route
from runner.simulator.graph import gid
from runner.simulator.mutations.order_creation import create as create_order
from runner.simulator.rest.metafields import store_given
from runner.simulator.rest.orders import order_input, refuse, render_whole
from runner.simulator.rest.paging import integer, invalid, one, wrapped

_PLAIN = {
    "closed_at": "closedAt",
    "name": "name",
    "processed_at": "processedAt",
    "referring_site": "referringSite",
    "source_identifier": "sourceIdentifier",
    "source_name": "sourceName",
    "taxes_included": "taxesIncluded",
    "test": "test",
}
_STATUSES = (
    "authorized",
    "paid",
    "partially_paid",
    "partially_refunded",
    "pending",
    "refunded",
    "voided",
)


def create(context: Context, call: RestCall) -> RestReply:
    """Make an order: lines, customer, addresses, shipping, discount codes, transactions."""
    given = wrapped(call, "order")
    status = given.get("financial_status") or "paid"
    if status not in _STATUSES:
        raise invalid(financial_status="is not included in the list")
    wanted = order_input(given, None)
    wanted |= {ours: given[theirs] for theirs, ours in _PLAIN.items() if given.get(theirs) is not None}
    wanted |= _buyer(given) | {"financialStatus": str(status).upper()}
    wanted["lineItems"] = [_line(context, row) for row in given.get("line_items") or []]
    wanted["shippingLines"] = [
        {
            "title": str(row.get("title") or "Shipping"),
            "code": row.get("code"),
            "source": row.get("source"),
            "priceSet": _money(context, row.get("price")),
        }
        for row in given.get("shipping_lines") or []
    ]
    code = next(iter(given.get("discount_codes") or []), None)
    if code is not None:
        wanted["discountCode"] = _discount(context, code)
    wanted["transactions"] = [
        {
            "kind": str(row.get("kind") or "sale").upper(),
            "status": str(row.get("status") or "success").upper(),
            "gateway": row.get("gateway"),
            "amountSet": _money(context, row.get("amount")),
        }
        for row in given.get("transactions") or []
    ]
    if given.get("fulfillment_status") == "fulfilled":
        wanted["fulfillmentStatus"] = "FULFILLED"
    behaviour = str(given.get("inventory_behaviour") or "bypass").upper()
    answer = create_order(context, {"order": wanted, "options": {"inventoryBehaviour": behaviour}})
    refuse(answer)
    order = answer["order"]
    for row in given.get("metafields") or []:
        store_given(context, order.id, row)
    return one("order", order, render_whole, context, call, 201)


def _buyer(given: Mapping[str, Any]) -> dict[str, Any]:
    customer: Mapping[str, Any] = given.get("customer") or {}
    number = customer.get("id") or given.get("customer_id")
    if number:
        return {"customerId": gid("Customer", number)}
    if not customer:
        return {}
    names = {"email": "email", "first_name": "firstName", "last_name": "lastName", "phone": "phone", "note": "note"}
    return {
        "customer": {"toUpsert": {ours: customer[theirs] for theirs, ours in names.items() if customer.get(theirs)}}
    }


def _line(context: Context, row: Mapping[str, Any]) -> dict[str, Any]:
    properties = row.get("properties") or []
    pairs = (
        properties.items()
        if isinstance(properties, Mapping)
        else [(each.get("name"), each.get("value")) for each in properties]
    )
    line: dict[str, Any] = {
        "quantity": integer(row, "quantity", required=False) or 1,
        "properties": [{"name": str(name), "value": str(value)} for name, value in pairs],
        "taxLines": [
            {"title": each.get("title"), "rate": each.get("rate") or 0} for each in row.get("tax_lines") or []
        ],
    }
    names = {"title": "title", "sku": "sku", "vendor": "vendor", "taxable": "taxable", "variant_title": "variantTitle"}
    line |= {ours: row[theirs] for theirs, ours in names.items() if row.get(theirs) is not None}
    if row.get("requires_shipping") is not None:
        line["requiresShipping"] = bool(row["requires_shipping"])
    if row.get("variant_id"):
        line["variantId"] = gid("ProductVariant", row["variant_id"])
    if row.get("price") is not None:
        line["priceSet"] = _money(context, row["price"])
    return line


def _discount(context: Context, row: Mapping[str, Any]) -> dict[str, Any]:
    code, amount = str(row.get("code") or ""), row.get("amount") or 0
    if row.get("type") == "percentage":
        return {"itemPercentageDiscountCode": {"code": code, "percentage": float(amount)}}
    if row.get("type") == "shipping":
        return {"freeShippingDiscountCode": {"code": code}}
    return {"itemFixedDiscountCode": {"code": code, "amountSet": _money(context, amount)}}


def _money(context: Context, amount: Any) -> dict[str, Any]:
    return {"shopMoney": {"amount": str(amount or "0.00"), "currencyCode": context.shop["currencyCode"]}}


ROUTES = (Route("POST", "orders", create, "write_orders"),)
