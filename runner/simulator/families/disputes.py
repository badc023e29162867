"""Disputes of payments. An order keeps its own in ``_disputes``: {id, initiatedAs, status, ``_amount``, ``_at``}."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context
from runner.simulator.families.rendering import shop_time
from runner.simulator.graph import Node, number_of


def disputes(context: Context) -> list[tuple[Node, Mapping[str, Any]]]:
    """Every dispute with its order, oldest first."""
    found = [(order, row) for order in context.graph.of_type("Order") for row in order["_disputes"] or []]
    return sorted(found, key=lambda pair: number_of(pair[1]["id"]))


def render_dispute(order: Node, row: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """A dispute as REST and webhooks have it."""
    return {
        "id": number_of(row["id"]),
        "order_id": order.number,
        "type": row["initiatedAs"].lower(),
        "amount": row.get("_amount") or "0.00",
        "currency": context.shop["currencyCode"],
        "reason": "fraudulent",
        "network_reason_code": "4837",
        "status": row["status"].lower(),
        "evidence_due_by": None,
        "evidence_sent_on": None,
        "finalized_on": None,
        "initiated_at": shop_time(row.get("_at") or order["createdAt"], context),
    }
