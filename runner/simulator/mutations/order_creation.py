"""``orderCreate``: an order made by an app, with transactions of its own telling."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from runner.simulator.contract import Context, user_error
from runner.simulator.families.amounts import decimal, given_amount, text
from runner.simulator.families.customers import by_contact
from runner.simulator.families.money_flow import add_transaction
from runner.simulator.families.order_lines import fulfillment_orders_of, parts_of
from runner.simulator.families.order_sums import sums
from runner.simulator.families.placing import Placement, Wanted, place
from runner.simulator.families.sending import send, tracking_rows
from runner.simulator.graph import Node
from runner.simulator.mutations.customers import add_customer
from runner.simulator.mutations.metafields import set_inline
from runner.simulator.mutations.orders import field_errors, stored_fields

Errors = list[dict[str, Any]]
_LINES = 500
_PAYMENTS = {"PAID": "paid", "AUTHORIZED": "authorized", "PENDING": "pending"}
_SIMPLE = ("closedAt", "poNumber", "processedAt", "sourceIdentifier", "sourceName", "taxesIncluded", "test", "name")


def create(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Make an order. Stock is committed only when ``options.inventoryBehaviour`` says so."""
    given, options = args["order"], args.get("options") or {}
    lines, errors = _lines(context, given.get("lineItems") or [])
    errors += [{**each, "field": ["order", *each["field"]]} for each in field_errors(given)]
    buyer, problems = _buyer(context, given)
    errors += problems
    if errors:
        return {"order": None, "userErrors": errors}
    fields = {"sourceName": "app", **{name: given[name] for name in _SIMPLE if given.get(name) is not None}}
    fields |= stored_fields(given)
    email = given.get("email") or (buyer["email"] if buyer is not None else None)
    fields |= {"customer": buyer.id if buyer is not None else None, "email": email}
    rows = given.get("transactions") or []
    behaviour = options.get("inventoryBehaviour") or "BYPASS"
    discounts = _discounts(given.get("discountCode") or {})
    payment = _PAYMENTS.get(given.get("financialStatus") or "PAID", "paid")
    placement = Placement(
        lines=lines,
        fields=fields,
        shipping=[_shipping(row) for row in given.get("shippingLines") or []],
        discounts=discounts,
        payment="none" if rows else payment,
        gateway="manual",
        claim=behaviour != "BYPASS",
    )
    order = place(context, placement)
    for row in rows:
        amount = given_amount(row["amountSet"]) or sums(context.graph, order).total
        kind, status = row.get("kind") or "SALE", row.get("status") or "SUCCESS"
        add_transaction(context, order, kind, amount, gateway=row.get("gateway") or "manual", status=status)
    errors = set_inline(context, order.id, given.get("metafields") or [], ("order", "metafields"))
    if errors:
        return {"order": None, "userErrors": errors}
    if given.get("fulfillmentStatus") == "FULFILLED" or given.get("fulfillment"):
        _send_all(context, order, given.get("fulfillment") or {})
    return {"order": order, "userErrors": []}


def _lines(context: Context, given: list[dict[str, Any]]) -> tuple[list[Wanted], Errors]:
    if not given:
        return [], [user_error(("order", "lineItems"), "Line items must have at least one line item", "INVALID")]
    if len(given) > _LINES:
        message = f"Line items cannot have more than {_LINES} line items"
        return [], [user_error(("order", "lineItems"), message, "INVALID")]
    found: list[Wanted] = []
    errors: Errors = []
    for index, row in enumerate(given):
        path = ("order", "lineItems", str(index))
        variant = context.graph.get(row["variantId"]) if row.get("variantId") else None
        if row.get("variantId") and (variant is None or variant.type != "ProductVariant"):
            errors.append(user_error((*path, "variantId"), "Variant does not exist", "INVALID"))
        elif variant is None and not row.get("title"):
            errors.append(user_error((*path, "title"), "Title can't be blank", "INVALID"))
        elif row["quantity"] < 1:
            errors.append(user_error((*path, "quantity"), "Quantity must be greater than 0", "INVALID"))
        else:
            found.append(_line(row, variant))
    return found, errors


def _line(row: Mapping[str, Any], variant: Node | None) -> Wanted:
    names = ("sku", "taxable", "requiresShipping", "vendor", "variantTitle")
    more = {name: row[name] for name in names if row.get(name) is not None}
    if row.get("giftCard") is not None:
        more["isGiftCard"] = row["giftCard"]
    attributes = [{"key": each["name"], "value": each["value"]} for each in row.get("properties") or []]
    return Wanted(
        row["quantity"],
        variant,
        title=row.get("title"),
        price=given_amount(row.get("priceSet")),
        attributes=attributes,
        taxes=_taxes(row),
        more=more,
    )


def _taxes(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"title": each["title"], "rate": float(each["rate"])} for each in row.get("taxLines") or []]


def _shipping(row: Mapping[str, Any]) -> dict[str, Any]:
    price = given_amount(row.get("priceSet")) or Decimal(0)
    return {"title": row["title"], "code": row.get("code"), "source": row.get("source"), "price": text(price)} | {
        "taxes": _taxes(row)
    }


def _discounts(given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The one discount code of the input: a percentage, an amount, or free shipping."""
    if given.get("itemPercentageDiscountCode"):
        row = given["itemPercentageDiscountCode"]
        return [{"type": "CODE", "title": row["code"], "value": str(row["percentage"]), "value_type": "PERCENTAGE"}]
    if given.get("itemFixedDiscountCode"):
        row = given["itemFixedDiscountCode"]
        amount = text(decimal(given_amount(row.get("amountSet"))))
        return [{"type": "CODE", "title": row["code"], "value": amount, "value_type": "FIXED_AMOUNT"}]
    if given.get("freeShippingDiscountCode"):
        row = {"type": "CODE", "title": given["freeShippingDiscountCode"]["code"], "target": "SHIPPING_LINE"}
        return [{**row, "value": "100", "value_type": "PERCENTAGE"}]
    return []


def _buyer(context: Context, given: Mapping[str, Any]) -> tuple[Node | None, Errors]:
    """The customer of an order: the one named, the one to be found by email, or a new one."""
    if given.get("customerId"):
        node = context.graph.get(given["customerId"])
        if node is None or node.type != "Customer":
            return None, [user_error(("order", "customerId"), "Customer does not exist", "INVALID")]
        return node, []
    wanted = given.get("customer") or {}
    if wanted.get("toAssociate"):
        return _buyer(context, {"customerId": wanted["toAssociate"]["id"]})
    fresh = wanted.get("toUpsert")
    if not fresh:
        return None, []
    if fresh.get("id"):
        return _buyer(context, {"customerId": fresh["id"]})
    known = by_contact(context.graph, "email", fresh["email"]) if fresh.get("email") else None
    names = ("email", "firstName", "lastName", "note", "phone", "tags")
    return known or add_customer(context, {name: fresh[name] for name in names if fresh.get(name)}), []


def _send_all(context: Context, order: Node, given: Mapping[str, Any]) -> None:
    tracking = tracking_rows(
        {"company": given.get("trackingCompany"), "number": given.get("trackingNumber")}
        if given.get("trackingNumber") or given.get("trackingCompany")
        else None
    )
    for owner in fulfillment_orders_of(context.graph, order):
        chosen = [(part, part["remainingQuantity"]) for part in parts_of(context.graph, owner)]
        send(context, order, chosen, tracking=tracking, location=owner["_location"])


MUTATIONS = {"orderCreate": create}
