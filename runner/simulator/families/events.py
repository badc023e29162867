"""The timeline of objects: who made them, and what happened to them. ``BasicEvent`` nodes by ``_subject``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, Fields, Listing
from runner.simulator.families.answers import constant
from runner.simulator.graph import Graph, Node

INDEXES = {"BasicEvent": ("_subject",)}
APP = "Simulated app"
SUBJECT_TYPES = {
    "Article": "ARTICLE",
    "Collection": "COLLECTION",
    "Company": "COMPANY",
    "CompanyLocation": "COMPANY_LOCATION",
    "Customer": "CUSTOMER",
    "DiscountAutomaticNode": "DISCOUNT_AUTOMATIC_NODE",
    "DiscountCodeNode": "DISCOUNT_CODE_NODE",
    "DraftOrder": "DRAFT_ORDER",
    "Order": "ORDER",
    "Page": "PAGE",
    "Product": "PRODUCT",
    "ProductVariant": "PRODUCT_VARIANT",
}
"""Types that have a timeline, with the ``EventSubjectType`` of each."""


def note_event(context: Context, subject: Node, action: str, what: str, *, author: str | None = None) -> Node:
    """Add to a subject's timeline: ``note_event(context, order, "placed", "placed this order.", author="Pat Moss")``.

    Without an author it was the app when a call of the API did it, else (a verb) the owner of the shop.
    """
    by_app = author is None and not context.cause.startswith("do/")
    name = author or (APP if by_app else context.shop["_owner"]) or "The shop"
    return add_event(context.graph, subject, action, f"{name} {what}", app=APP if by_app else None, author=author)


def add_event(
    graph: Graph, subject: Node, action: str, message: str, *, app: str | None = None, author: str | None = None
) -> Node:
    """Store one event. ``app`` is the title of the app that did it; without one a person did."""
    return graph.create(
        "BasicEvent",
        {
            "_subject": subject.id,
            "subjectId": subject.id,
            "subjectType": SUBJECT_TYPES[subject.type],
            "action": action,
            "message": message,
            "appTitle": app,
            "attributeToApp": app is not None,
            "attributeToUser": app is None,
            "author": author,
            "createdAt": graph.now(),
        },
    )


def _of_subject(subject: Node, context: Context, args: Mapping[str, Any]) -> Listing:
    return Listing(context.graph.find("BasicEvent", "_subject", subject.id), search="events")


def _all(source: Any, context: Context, args: Mapping[str, Any]) -> Listing:
    return Listing(context.graph.of_type("BasicEvent"), search="events")


FIELDS: Fields = {
    **{name: {"events": _of_subject} for name in (*SUBJECT_TYPES, "DiscountNode")},
    "BasicEvent": {
        "additionalContent": constant(None),
        "additionalData": constant(None),
        "arguments": constant(None),
        "criticalAlert": lambda event, context, args: False,
        "hasAdditionalContent": lambda event, context, args: False,
        "secondaryMessage": constant(None),
        "subject": lambda event, context, args: event["_subject"],
    },
    "QueryRoot": {"events": _all},
}
