"""Payment terms: create, update, delete, reminders; also those that a draft is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from runner.simulator.contract import Context, user_error
from runner.simulator.families.announcing import announce_saved
from runner.simulator.families.payment_terms import render_terms, schedules_of, template_of, terms_of
from runner.simulator.graph import Node

Answer = Mapping[str, Any]


def terms_problem(given: Mapping[str, Any]) -> str | None:
    """What is wrong with a ``PaymentTermsInput``; None when nothing is."""
    template = template_of(given.get("paymentTermsTemplateId"))
    if template is None:
        return "Payment terms template does not exist."
    rows = given.get("paymentSchedules") or []
    if len(rows) > 1:
        return "Cannot create payment terms with multiple schedules."
    if template["paymentTermsType"] == "FIXED" and not (rows and rows[0].get("dueAt")):
        return "A due date is required with fixed or net payment terms."
    return None


def give_terms(context: Context, owner: Node, given: Mapping[str, Any]) -> Node:
    """Give an order or draft payment terms that were found good; those it had are changed."""
    template = template_of(given["paymentTermsTemplateId"]) or {}
    graph, now = context.graph, context.graph.now()
    fields = {
        "_reference": owner.id,
        "paymentTermsType": template["paymentTermsType"],
        "paymentTermsName": template["name"],
        "dueInDays": template["dueInDays"],
        "updatedAt": now,
    }
    terms = terms_of(owner, context)
    if terms is None:
        terms = graph.create("PaymentTerms", {**fields, "createdAt": now})
    else:
        graph.update(terms.id, fields)
    for row in schedules_of(terms, context):
        graph.delete(row.id)
    if template["paymentTermsType"] != "FULFILLMENT":
        rows: Sequence[Mapping[str, Any]] = given.get("paymentSchedules") or [{}]
        graph.create("PaymentSchedule", {"_terms": terms.id, **_dates(rows[0], template, now)})
    graph.update(owner.id, _terms=terms.id)
    return terms


def _dates(row: Mapping[str, Any], template: Mapping[str, Any], now: str) -> dict[str, Any]:
    issued = row.get("issuedAt") or now
    due = row.get("dueAt") or issued
    if template["paymentTermsType"] == "NET":
        moment = datetime.fromisoformat(issued) + timedelta(days=template["dueInDays"])
        due = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"issuedAt": None if template["paymentTermsType"] == "FIXED" else issued, "dueAt": due}


def create(context: Context, args: dict[str, Any]) -> Answer:
    """``paymentTermsCreate`` on an order or draft that has none. Sends ``payment_terms/create``."""
    code = "PAYMENT_TERMS_CREATION_UNSUCCESSFUL"
    owner = context.graph.get(args["referenceId"])
    if owner is None or owner.type not in ("Order", "DraftOrder"):
        return _refused(("referenceId",), "Reference does not exist.", code)
    if terms_of(owner, context) is not None:
        return _refused(("referenceId",), "Payment terms already exist.", code)
    problem = terms_problem(args["paymentTermsAttributes"])
    if problem is not None:
        return _refused(("paymentTermsAttributes",), problem, code)
    terms = give_terms(context, owner, args["paymentTermsAttributes"])
    _tell(context, "create", owner, terms)
    return {"paymentTerms": terms, "userErrors": []}


def update(context: Context, args: dict[str, Any]) -> Answer:
    """``paymentTermsUpdate``. Sends ``payment_terms/update``."""
    given, code = args["input"], "PAYMENT_TERMS_UPDATE_UNSUCCESSFUL"
    terms = _find(context, given["paymentTermsId"])
    owner = context.graph.get(terms["_reference"]) if terms is not None else None
    if terms is None or owner is None:
        return _refused(("input", "paymentTermsId"), "Payment terms do not exist.", code)
    problem = terms_problem(given["paymentTermsAttributes"])
    if problem is not None:
        return _refused(("input", "paymentTermsAttributes"), problem, code)
    give_terms(context, owner, given["paymentTermsAttributes"])
    _tell(context, "update", owner, terms)
    return {"paymentTerms": terms, "userErrors": []}


def delete(context: Context, args: dict[str, Any]) -> Answer:
    """``paymentTermsDelete``. Sends ``payment_terms/delete``."""
    terms = _find(context, args["input"]["paymentTermsId"])
    if terms is None:
        message, code = "Payment terms do not exist.", "PAYMENT_TERMS_DELETE_UNSUCCESSFUL"
        return {"deletedId": None, "userErrors": [user_error(("input", "paymentTermsId"), message, code)]}
    owner = context.graph.get(terms["_reference"])
    context.emit("payment_terms/delete", {"id": terms.number, "admin_graphql_api_id": terms.id})
    for row in schedules_of(terms, context):
        context.graph.delete(row.id)
    context.graph.delete(terms.id)
    if owner is not None:
        context.graph.update(owner.id, _terms=None, updatedAt=context.graph.now())
        announce_saved(context, owner)
    return {"deletedId": terms.id, "userErrors": []}


def remind(context: Context, args: dict[str, Any]) -> Answer:
    """``paymentReminderSend``: nothing leaves this machine."""
    schedule = context.graph.get(args["paymentScheduleId"])
    if schedule is None or schedule.type != "PaymentSchedule":
        message, code = "Payment schedule does not exist.", "PAYMENT_REMINDER_SEND_UNSUCCESSFUL"
        return {"success": False, "userErrors": [user_error(("paymentScheduleId",), message, code)]}
    return {"success": True, "userErrors": []}


def _find(context: Context, node_id: str) -> Node | None:
    return context.graph.get(node_id, "PaymentTerms")


def _tell(context: Context, what: str, owner: Node, terms: Node) -> None:
    context.emit(f"payment_terms/{what}", render_terms(terms, context) or {})
    context.graph.touch(owner.id)
    announce_saved(context, owner)


def _refused(path: Sequence[str], message: str, code: str) -> Answer:
    return {"paymentTerms": None, "userErrors": [user_error(path, message, code)]}


MUTATIONS = {
    "paymentReminderSend": remind,
    "paymentTermsCreate": create,
    "paymentTermsDelete": delete,
    "paymentTermsUpdate": update,
}
