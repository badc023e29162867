"""What is told of an object that was saved: its REST rendering under its topic (simulator.md 5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from runner.simulator.contract import Context
from runner.simulator.families.collections import render_collection
from runner.simulator.families.customer_rendering import render_customer
from runner.simulator.families.draft_rendering import render_draft
from runner.simulator.families.order_rendering import render_order
from runner.simulator.families.rendering import render_product
from runner.simulator.graph import Node

Render = Callable[[Node, Context], dict[str, Any]]

SAVED: dict[str, tuple[str, Render]] = {
    "Collection": ("collections/update", render_collection),
    "Customer": ("customers/update", render_customer),
    "DraftOrder": ("draft_orders/update", render_draft),
    "Order": ("orders/updated", render_order),
    "Product": ("products/update", render_product),
}
"""By type: the topic, and the payload. A type that is not here is told of by its own family, or not at all."""


def announce_saved(context: Context, node: Node) -> None:
    """Send the webhook that follows when ``node`` was changed, whatever was changed in it."""
    if node.type in SAVED:
        topic, render = SAVED[node.type]
        context.emit(topic, render(node, context))
