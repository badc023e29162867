"""What the mutations of orders share: finding one, and telling what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from runner.simulator.contract import Context, user_error
from runner.simulator.families.order_rendering import render_order
from runner.simulator.families.order_sums import financial_status, fulfillment_status
from runner.simulator.graph import Node

_FULFILLED = {"FULFILLED": "orders/fulfilled", "PARTIALLY_FULFILLED": "orders/partially_fulfilled"}


def find_order(context: Context, node_id: str | None) -> Node | None:
    """The order of a gid."""
    return context.graph.get(node_id, "Order")


def missing(*path: str, code: str | None = None) -> dict[str, Any]:
    """The user error of an order that is not there."""
    return user_error(path, "Order does not exist", code)


def save(context: Context, order: Node, fields: Mapping[str, Any] | None = None) -> Node:
    """Store ``fields``, bump ``updatedAt`` and send ``orders/updated``."""
    context.graph.update(order.id, {**(fields or {}), "updatedAt": context.graph.now()})
    context.tell("orders/updated", render_order, order)
    return order


@contextmanager
def saving(context: Context, order: Node, *topics: str) -> Iterator[None]:
    """Save an order after what is done inside: ``topics``, then ``orders/paid``, ``orders/fulfilled`` or
    ``orders/partially_fulfilled`` when the status became that, then ``orders/updated``."""
    paid, sent = financial_status(context.graph, order), fulfillment_status(context.graph, order)
    yield
    context.graph.touch(order.id)
    follow = list(topics)
    if paid != "PAID" and financial_status(context.graph, order) == "PAID":
        follow.append("orders/paid")
    now = fulfillment_status(context.graph, order)
    if now != sent and now in _FULFILLED:
        follow.append(_FULFILLED[now])
    for topic in (*follow, "orders/updated"):
        context.tell(topic, render_order, order)
