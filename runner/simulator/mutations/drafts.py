"""Draft orders: create, update, complete, calculate, delete, duplicate, invoices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, user_error
from runner.simulator.families.amounts import decimal
from runner.simulator.families.draft_rendering import render_draft
from runner.simulator.families.draft_sums import lines_of
from runner.simulator.families.events import note_event
from runner.simulator.families.jobs import started
from runner.simulator.families.placing import Placement, Wanted, place
from runner.simulator.graph import Node
from runner.simulator.mutations.draft_input import add_lines, fresh_fields, input_errors, stored_fields
from runner.simulator.mutations.metafields import set_inline
from runner.simulator.mutations.payment_terms import give_terms
from runner.simulator.mutations.tags import split_tags

Errors = list[dict[str, Any]]
SOURCE = "shopify_draft_order"


def create(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Make a draft. Sends ``draft_orders/create``."""
    draft, errors = make(context, args["input"])
    return _refused(errors) if draft is None else {"draftOrder": draft, "userErrors": []}


def make(context: Context, given: Mapping[str, Any]) -> tuple[Node | None, Errors]:
    """A new draft of a ``DraftOrderInput``, told of; or what is wrong with it."""
    errors = input_errors(context, given)
    if not given.get("lineItems") and not errors:
        errors = [user_error(None, "Add at least 1 product")]
    if errors:
        return None, errors
    draft = context.graph.create("DraftOrder", {**fresh_fields(context), **stored_fields(context, given)})
    add_lines(context, draft, given["lineItems"])
    errors = set_inline(context, draft.id, given.get("metafields") or [], ("metafields",))
    if errors:
        return None, errors
    if given.get("paymentTerms"):
        give_terms(context, draft, given["paymentTerms"])
    note_event(context, draft, "create", "created this draft order.")
    context.tell("draft_orders/create", render_draft, draft)
    return draft, []


def update(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Change a draft; line items that are given replace all there were. Sends ``draft_orders/update``."""
    draft, given = find_draft(context, args["id"]), args["input"]
    if draft is None:
        return _refused([user_error(("id",), "Draft order does not exist")])
    if draft["status"] == "COMPLETED":
        return _refused([user_error(None, "This order has been paid")])
    errors = input_errors(context, given)
    errors = errors or set_inline(context, draft.id, given.get("metafields") or [], ("metafields",))
    if errors:
        return _refused(errors)
    if given.get("lineItems") is not None:
        for line in lines_of(context.graph, draft):
            context.graph.delete(line.id)
        add_lines(context, draft, given["lineItems"])
    if given.get("paymentTerms"):
        give_terms(context, draft, given["paymentTerms"])
    save(context, draft, stored_fields(context, given))
    return {"draftOrder": draft, "userErrors": []}


def save(context: Context, draft: Node, fields: Mapping[str, Any]) -> None:
    """Store ``fields``, bump ``updatedAt`` and send ``draft_orders/update``."""
    context.graph.update(draft.id, {**fields, "updatedAt": context.graph.now()})
    context.tell("draft_orders/update", render_draft, draft)


def complete(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Make an order of a draft, paid unless ``paymentPending`` or with payment terms.

    Sends ``orders/create`` and ``draft_orders/update``.
    """
    draft = find_draft(context, args["id"])
    if draft is None:
        return _refused([user_error(("id",), "Draft order does not exist")])
    if draft["status"] == "COMPLETED":
        return _refused([user_error(None, "This order has been paid")])
    payment = "pending" if args.get("paymentPending") or draft["_terms"] else "paid"
    fields = {
        "email": draft["email"],
        "phone": draft["phone"],
        "note": draft["note2"],
        "tags": list(draft["tags"] or []),
        "customAttributes": draft["customAttributes"],
        "customer": draft["customer"],
        "billingAddress": draft["billingAddress"],
        "shippingAddress": draft["shippingAddress"],
        "taxExempt": bool(draft["taxExempt"]),
        "poNumber": draft["poNumber"],
        "sourceName": args.get("sourceName") or SOURCE,
        "_purchasing": draft["_purchasing"],
        "_terms": draft["_terms"],
    }
    placement = Placement(
        lines=[_wanted(context, line) for line in lines_of(context.graph, draft)],
        fields=fields,
        shipping=[draft["_shipping"]] if draft["_shipping"] else (),
        discounts=[draft["_discount"]] if draft["_discount"] else (),
        payment=payment,
        gateway="manual",
        placed=f'created this order from draft order <a href="{_admin_url(context, draft)}">{draft["name"]}</a>.',
    )
    order = place(context, placement)
    now = context.graph.now()
    save(context, draft, {"status": "COMPLETED", "completedAt": now, "order": order.id})
    return {"draftOrder": draft, "userErrors": []}


def _admin_url(context: Context, draft: Node) -> str:
    return f"https://{context.shop['myshopifyDomain']}/admin/draft_orders/{draft.number}"


def _wanted(context: Context, line: Node) -> Wanted:
    names = ("sku", "taxable", "requiresShipping", "isGiftCard", "vendor")
    return Wanted(
        line["quantity"],
        context.graph.get(line["variant"]),
        title=line["title"],
        price=decimal(line["_price"]),
        attributes=line["customAttributes"] or (),
        discount=line["_discount"],
        more={name: line[name] for name in names if line[name] is not None},
    )


def delete(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Delete a draft. Sends ``draft_orders/delete`` with the id alone."""
    draft = find_draft(context, args["input"]["id"])
    if draft is None:
        return {"deletedId": None, "userErrors": [user_error(("id",), "Draft order does not exist")]}
    remove(context, draft)
    return {"deletedId": draft.id, "userErrors": []}


def remove(context: Context, draft: Node) -> None:
    """Take a draft away with its lines and metafields."""
    for kind, field in (("DraftOrderLineItem", "_draft"), ("Metafield", "_owner")):
        for node in context.graph.find(kind, field, draft.id):
            context.graph.delete(node.id)
    context.graph.delete(draft.id)
    context.emit("draft_orders/delete", {"id": draft.number})


def send_invoice(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``draftOrderInvoiceSend``: the draft becomes ``INVOICE_SENT``; nothing leaves this machine."""
    draft = find_draft(context, args["id"])
    if draft is None:
        return _refused([user_error(("id",), "Draft order does not exist")])
    if draft["status"] == "COMPLETED":
        return _refused([user_error(None, "This order has been paid")])
    recipient = (args.get("email") or {}).get("to") or draft["email"]
    if not recipient:
        return _refused([user_error(("email", "to"), "To can't be blank")])
    note_event(context, draft, "invoice_sent", f"sent an invoice to {recipient}.")
    save(context, draft, {"status": "INVOICE_SENT", "invoiceSentAt": context.graph.now()})
    return {"draftOrder": draft, "userErrors": []}


def preview_invoice(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``draftOrderInvoicePreview``."""
    draft = find_draft(context, args["id"])
    if draft is None:
        errors = [user_error(("id",), "Draft order does not exist")]
        return {"previewHtml": None, "previewSubject": None, "userErrors": errors}
    mail = args.get("email") or {}
    subject = mail.get("subject") or f"Invoice {draft['name']}"
    body = mail.get("customMessage") or ""
    return {"previewHtml": f"<p>{body}</p>", "previewSubject": subject, "userErrors": []}


def duplicate(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``draftOrderDuplicate``: the same lines and customer, open again."""
    draft = find_draft(context, args.get("id") or args.get("draftOrderId"))
    if draft is None:
        return _refused([user_error(("id",), "Draft order does not exist")])
    fresh = fresh_fields(context)
    copy = context.graph.create("DraftOrder", {**draft.fields, **fresh, "order": None, "completedAt": None})
    for line in lines_of(context.graph, draft):
        context.graph.create("DraftOrderLineItem", {**line.fields, "_draft": copy.id})
    context.tell("draft_orders/create", render_draft, copy)
    return {"draftOrder": copy, "userErrors": []}


def _bulk_tags(*, adding: bool) -> Any:
    def call(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
        wanted = {tag.casefold(): tag for tag in split_tags(args["tags"])}
        for node_id in args.get("ids") or []:
            draft = find_draft(context, node_id)
            if draft is None:
                continue
            kept = [tag for tag in draft["tags"] or [] if tag.casefold() not in wanted]
            tags = sorted([*kept, *wanted.values()] if adding else kept, key=str.casefold)
            save(context, draft, {"tags": tags})
        return {"job": started(context), "userErrors": []}

    return call


def _bulk_delete(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    for node_id in args.get("ids") or []:
        draft = find_draft(context, node_id)
        if draft is not None:
            remove(context, draft)
    return {"job": started(context), "userErrors": []}


def find_draft(context: Context, node_id: str | None) -> Node | None:
    """The draft of a gid."""
    return context.graph.get(node_id, "DraftOrder")


def _refused(errors: Errors) -> dict[str, Any]:
    return {"draftOrder": None, "userErrors": errors}


MUTATIONS = {
    "draftOrderBulkAddTags": _bulk_tags(adding=True),
    "draftOrderBulkDelete": _bulk_delete,
    "draftOrderBulkRemoveTags": _bulk_tags(adding=False),
    "draftOrderComplete": complete,
    "draftOrderCreate": create,
    "draftOrderDelete": delete,
    "draftOrderDuplicate": duplicate,
    "draftOrderInvoicePreview": preview_invoice,
    "draftOrderInvoiceSend": send_invoice,
    "draftOrderUpdate": update,
}
