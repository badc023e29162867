"""What is known of an order's risk, and of how its customer came to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context
from runner.simulator.graph import Node

_RECOMMENDED = {"HIGH": "CANCEL", "MEDIUM": "INVESTIGATE", "LOW": "ACCEPT"}


def risk_summary(order: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    """``Order.risk``; without any assessment nothing is recommended."""
    found = order["_risk"] or []
    return {
        "assessments": [
            {
                "riskLevel": row["level"],
                "provider": row.get("provider"),
                "facts": [
                    {"description": fact["description"], "sentiment": fact["sentiment"]} for fact in row["facts"]
                ],
            }
            for row in found
        ],
        "recommendation": _RECOMMENDED.get(level_of(order), "NONE"),
    }


def level_of(order: Node) -> str:
    """The highest level of the assessments; ``NONE`` without any."""
    levels = {row["level"] for row in order["_risk"] or []}
    return next((level for level in ("HIGH", "MEDIUM", "LOW", "PENDING") if level in levels), "NONE")


def risk_level(order: Node, context: Context, args: Mapping[str, Any]) -> str:
    """``Order.riskLevel``, which knows three levels: low stands for none."""
    level = level_of(order)
    return level if level in ("HIGH", "MEDIUM") else "LOW"


def journey(order: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any] | None:
    """``Order.customerJourneySummary``, of the visits in ``_journey`` [{occurredAt, source, landingPage, utm…}]."""
    if order["sourceName"] not in (None, "web"):
        return None
    visits = [_visit(order, number, row) for number, row in enumerate(order["_journey"] or [], 1)]
    orders = context.graph.find("Order", "customer", order["customer"]) if order["customer"] else [order]
    return {
        "ready": True,
        "customerOrderIndex": orders.index(order),
        "daysToConversion": 0,
        "firstVisit": visits[0] if visits else None,
        "lastVisit": visits[-1] if visits else None,
        "moments": visits,
        "momentsCount": {"count": len(visits), "precision": "EXACT"},
    }


def _visit(order: Node, number: int, row: Mapping[str, Any]) -> dict[str, Any]:
    utm = {name: row[name] for name in ("campaign", "content", "medium", "source", "term") if row.get(name)}
    return {
        "__typename": "CustomerVisit",
        "id": f"gid://shopify/CustomerVisit/{order.number * 100 + number}",
        "occurredAt": row.get("occurredAt") or order["createdAt"],
        "landingPage": row.get("landingPage"),
        "landingPageHtml": None,
        "marketingEvent": None,
        "referralCode": None,
        "referralInfoHtml": "",
        "referrerUrl": row.get("referrerUrl"),
        "source": row.get("source") or "direct",
        "sourceDescription": None,
        "sourceType": None,
        "utmParameters": {name: utm.get(name) for name in ("campaign", "content", "medium", "source", "term")}
        if utm
        else None,
    }
