"""Payment terms: the templates every shop has, and when the money of an order or draft is due.

``PaymentTerms``: ``_reference`` (gid of the order or draft), paymentTermsType, paymentTermsName, dueInDays, createdAt,
updatedAt. ``PaymentSchedule``: ``_terms``, issuedAt, dueAt. An order or draft keeps the gid of its terms in ``_terms``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from runner.simulator.contract import Context, Fields, Listing
from runner.simulator.families.amounts import ZERO, text
from runner.simulator.families.answers import as_money, stored
from runner.simulator.families.draft_sums import sums
from runner.simulator.families.order_sums import outstanding, transactions_of
from runner.simulator.families.rendering import shop_time
from runner.simulator.graph import Node, gid

INDEXES = {"PaymentTerms": ("_reference",), "PaymentSchedule": ("_terms",)}
_TEMPLATES: tuple[tuple[str, str, int | None], ...] = (
    ("Due on receipt", "RECEIPT", None),
    ("Net 7", "NET", 7),
    ("Net 15", "NET", 15),
    ("Net 30", "NET", 30),
    ("Net 60", "NET", 60),
    ("Net 90", "NET", 90),
    ("Fixed", "FIXED", None),
    ("Net 45", "NET", 45),
    ("Due on fulfillment", "FULFILLMENT", None),
)
"""Name, type and days; ids count from 1 in this order."""


def templates() -> list[dict[str, Any]]:
    """The nine ``PaymentTermsTemplate``, the same in every shop."""
    return [
        {
            "__typename": "PaymentTermsTemplate",
            "id": gid("PaymentTermsTemplate", number),
            "name": name,
            "translatedName": name,
            "description": f"Within {days} days" if days else name,
            "dueInDays": days,
            "paymentTermsType": kind,
        }
        for number, (name, kind, days) in enumerate(_TEMPLATES, 1)
    ]


def template_of(node_id: str | None) -> dict[str, Any] | None:
    """The template of a gid."""
    return next((each for each in templates() if each["id"] == node_id), None)


def terms_of(owner: Node, context: Context) -> Node | None:
    """The payment terms of an order or draft."""
    return context.graph.get(owner["_terms"])


def schedules_of(terms: Node, context: Context) -> list[Node]:
    """When the money is due; empty for terms that wait for the fulfilment."""
    return context.graph.find("PaymentSchedule", "_terms", terms.id)


def order_of(terms: Node, context: Context) -> Node | None:
    """The order of the terms, also the one that their draft became."""
    node = context.graph.get(terms["_reference"])
    return context.graph.get(node["order"]) if node is not None and node.type == "DraftOrder" else node


def draft_of(terms: Node, context: Context) -> Node | None:
    """The draft for which the terms were made."""
    return context.graph.get(terms["_reference"], "DraftOrder")


def owed(terms: Node, context: Context) -> Decimal:
    """What is still to pay."""
    order, draft = order_of(terms, context), draft_of(terms, context)
    if order is not None:
        return outstanding(context.graph, order)
    return sums(context.graph, draft).total if draft is not None else ZERO


def _completed(terms: Node, context: Context) -> str | None:
    order = order_of(terms, context)
    if order is None or outstanding(context.graph, order) > 0:
        return None
    times: list[str] = [each["processedAt"] or each["createdAt"] for each in transactions_of(context.graph, order)]
    return max(times, default=None)


def is_due(schedule: Node, context: Context) -> bool:
    """Whether its time has come and something is still to pay."""
    terms = context.graph.get(schedule["_terms"])
    if terms is None or not schedule["dueAt"] or owed(terms, context) <= 0:
        return False
    return datetime.fromisoformat(schedule["dueAt"]) <= context.clock.now()


def render_terms(terms: Node | None, context: Context) -> dict[str, Any] | None:
    """Payment terms as REST orders and webhooks have them."""
    if terms is None:
        return None
    return {
        "id": terms.number,
        "admin_graphql_api_id": terms.id,
        "created_at": shop_time(terms["createdAt"], context),
        "due_in_days": terms["dueInDays"],
        "payment_schedules": [
            {
                "id": row.number,
                "amount": text(owed(terms, context)),
                "currency": context.shop["currencyCode"],
                "issued_at": shop_time(row["issuedAt"], context),
                "due_at": shop_time(row["dueAt"], context),
                "completed_at": shop_time(_completed(terms, context), context),
                "created_at": shop_time(terms["createdAt"], context),
                "updated_at": shop_time(terms["updatedAt"], context),
            }
            for row in schedules_of(terms, context)
        ],
        "payment_terms_name": terms["paymentTermsName"],
        "payment_terms_type": terms["paymentTermsType"].lower(),
        "updated_at": shop_time(terms["updatedAt"], context),
    }


def _templates(source: Any, context: Context, args: Mapping[str, Any]) -> list[dict[str, Any]]:
    wanted = args.get("paymentTermsType")
    return [each for each in templates() if wanted in (None, each["paymentTermsType"])]


def _any_due(terms: Node, context: Context, args: Mapping[str, Any]) -> bool:
    return any(is_due(each, context) for each in schedules_of(terms, context))


def _of_terms(schedule: Node, context: Context) -> Decimal:
    terms = context.graph.get(schedule["_terms"])
    return owed(terms, context) if terms is not None else ZERO


def _schedule_completed(schedule: Node, context: Context, args: Mapping[str, Any]) -> str | None:
    terms = context.graph.get(schedule["_terms"])
    return _completed(terms, context) if terms is not None else None


FIELDS: Fields = {
    "PaymentSchedule": {
        **stored(None, ("dueAt", "issuedAt")),
        "amount": as_money(_of_terms),
        "balanceDue": as_money(_of_terms),
        "completedAt": _schedule_completed,
        "due": lambda schedule, context, args: is_due(schedule, context),
        "paymentTerms": lambda schedule, context, args: schedule["_terms"],
        "totalBalance": as_money(_of_terms),
    },
    "PaymentTerms": {
        **stored(None, ("dueInDays",)),
        "draftOrder": lambda terms, context, args: draft_of(terms, context),
        "due": _any_due,
        "order": lambda terms, context, args: order_of(terms, context),
        "overdue": _any_due,
        "paymentSchedules": lambda terms, context, args: Listing(schedules_of(terms, context)),
        "translatedName": lambda terms, context, args: terms["paymentTermsName"],
    },
    "QueryRoot": {"paymentTermsTemplates": _templates},
}
