"""``orderUpdate``, ``orderClose``, ``orderOpen``, ``orderDelete``, its customer, invoices and risks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, user_error
from runner.simulator.families.addresses import address_fields
from runner.simulator.families.events import note_event
from runner.simulator.graph import Node
from runner.simulator.mutations.metafields import set_inline
from runner.simulator.mutations.order_saving import find_order, missing, save
from runner.simulator.mutations.tags import SHORT_TAG_LENGTH, TAGGABLE, split_tags

NOTE_LIMIT = 5000
_PLAIN = ("email", "note", "phone", "poNumber")
_PARTS = (
    ("LineItem", "_order"),
    ("ShippingLine", "_order"),
    ("OrderTransaction", "order"),
    ("FulfillmentOrder", "_order"),
    ("Fulfillment", "_order"),
    ("Refund", "_order"),
    ("Return", "_order"),
    ("Metafield", "_owner"),
)


def update(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Change what may be changed of an order. Sends ``orders/updated``."""
    given = args["input"]
    order = find_order(context, given["id"])
    if order is None:
        return _refused(missing("id"))
    errors = field_errors(given)
    errors = errors or set_inline(context, order.id, given.get("metafields") or [], ("metafields",))
    if errors:
        return _refused(*errors)
    save(context, order, stored_fields(given))
    return {"order": order, "userErrors": []}


def field_errors(given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What is wrong with the fields that orders and drafts share."""
    errors = []
    tags = split_tags(given.get("tags") or [])
    if any(len(tag) > SHORT_TAG_LENGTH for tag in tags):
        message = f"Tags are too long (maximum is {SHORT_TAG_LENGTH} characters)"
        errors.append(user_error(("tags",), message))
    if len(tags) > TAGGABLE["Order"]:
        errors.append(user_error(("tags",), f"Tags can't have more than {TAGGABLE['Order']} values"))
    if given.get("email") and "@" not in given["email"]:
        errors.append(user_error(("email",), "Email is invalid"))
    if len(given.get("note") or "") > NOTE_LIMIT:
        errors.append(user_error(("note",), f"Note is too long (maximum is {NOTE_LIMIT} characters)"))
    for index, row in enumerate(given.get("customAttributes") or []):
        if not row["key"].strip():
            errors.append(user_error(("customAttributes", str(index), "key"), "Key can't be blank"))
    return errors


def stored_fields(given: Mapping[str, Any]) -> dict[str, Any]:
    """What is given of an ``OrderInput`` (or of the same fields of another input), as it is stored."""
    fields = {name: given[name] or None for name in _PLAIN if name in given}
    if "tags" in given:
        fields["tags"] = sorted(split_tags(given["tags"] or []), key=str.casefold)
    if "customAttributes" in given:
        fields["customAttributes"] = [
            {"key": row["key"], "value": row.get("value") or ""} for row in given["customAttributes"] or []
        ]
    for name in ("shippingAddress", "billingAddress"):
        if name in given:
            fields[name] = address_fields(given[name]) if given[name] else None
    return fields


def close(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Archive an order. One that is closed already stays as it is."""
    order = find_order(context, args["input"]["id"])
    if order is None:
        return _refused(missing("id"))
    if not order["closedAt"]:
        note_event(context, order, "closed", "archived this order.")
        save(context, order, {"closedAt": context.graph.now()})
    return {"order": order, "userErrors": []}


def reopen(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Take an order out of the archive."""
    order = find_order(context, args["input"]["id"])
    if order is None:
        return _refused(missing("id"))
    if order["closedAt"]:
        note_event(context, order, "re_opened", "unarchived this order.")
        save(context, order, {"closedAt": None})
    return {"order": order, "userErrors": []}


def delete(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Delete an order with all its parts. Sends ``orders/delete`` with the id alone."""
    order = find_order(context, args["orderId"])
    if order is None:
        error = user_error(("orderId",), "Order does not exist", "NOT_FOUND")
        return {"deletedId": None, "userErrors": [error]}
    if not order["cancelledAt"] and order["sourceName"] not in ("app", "draft") and not order["test"]:
        # Published: orders that went through a sales channel's checkout cannot be deleted unless cancelled.
        error = user_error(("orderId",), "Order cannot be deleted", "INVALID")
        return {"deletedId": None, "userErrors": [error]}
    for kind, field in _PARTS:
        for node in context.graph.find(kind, field, order.id):
            context.graph.delete(node.id)
    context.graph.delete(order.id)
    context.emit("orders/delete", {"id": order.number})
    return {"deletedId": order.id, "userErrors": []}


def send_invoice(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``orderInvoiceSend``: told on the timeline, nothing leaves this machine."""
    order = find_order(context, args["id"])
    if order is None:
        return {"order": None, "userErrors": [{**missing("id"), "code": "ORDER_INVOICE_SEND_UNSUCCESSFUL"}]}
    recipient = (args.get("email") or {}).get("to") or order["email"]
    if not recipient:
        error = user_error(("email", "to"), "To can't be blank", "ORDER_INVOICE_SEND_UNSUCCESSFUL")
        return {"order": None, "userErrors": [error]}
    note_event(context, order, "mail_sent", f"sent an invoice to {recipient}.")
    return {"order": order, "userErrors": []}


def set_customer(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``orderCustomerSet``."""
    order, customer = find_order(context, args["orderId"]), context.graph.get(args["customerId"])
    if order is None:
        return _refused(missing("orderId", code="NOT_FOUND"))
    if customer is None or customer.type != "Customer":
        return _refused(user_error(("customerId",), "Customer does not exist", "NOT_FOUND"))
    save(context, order, {"customer": customer.id})
    return {"order": order, "userErrors": []}


def remove_customer(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``orderCustomerRemove``."""
    order = find_order(context, args["orderId"])
    if order is None:
        return _refused(missing("orderId", code="NOT_FOUND"))
    save(context, order, {"customer": None})
    return {"order": order, "userErrors": []}


def assess(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``orderRiskAssessmentCreate``. Sends ``orders/risk_assessment_changed``."""
    given = args["orderRiskAssessmentInput"]
    order = find_order(context, given["orderId"])
    if order is None:
        error = user_error(("orderRiskAssessmentInput", "orderId"), "Order does not exist", "NOT_FOUND")
        return {"orderRiskAssessment": None, "userErrors": [error]}
    facts = [{"description": fact["description"], "sentiment": fact["sentiment"]} for fact in given["facts"]]
    row = {"level": given["riskLevel"], "facts": facts, "provider": None}
    set_risk(context, order, [*(order["_risk"] or []), row])
    shown = {"riskLevel": row["level"], "facts": facts, "provider": None}
    return {"orderRiskAssessment": shown, "userErrors": []}


def set_risk(context: Context, order: Node, rows: list[dict[str, Any]]) -> None:
    """Keep what is known of an order's risk and tell it."""
    save(context, order, {"_risk": rows})
    payload = {
        "order_id": order.number,
        "admin_graphql_api_order_id": order.id,
        "provider_id": None,
        "provider_title": None,
        "risk_level": rows[-1]["level"].lower(),
        "created_at": context.graph.now(),
    }
    context.emit("orders/risk_assessment_changed", payload)


def _refused(*errors: dict[str, Any]) -> dict[str, Any]:
    return {"order": None, "userErrors": list(errors)}


MUTATIONS = {
    "orderClose": close,
    "orderCustomerRemove": remove_customer,
    "orderCustomerSet": set_customer,
    "orderDelete": delete,
    "orderInvoiceSend": send_invoice,
    "orderOpen": reopen,
    "orderRiskAssessmentCreate": assess,
    "orderUpdate": update,
}
