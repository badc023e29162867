"""Jobs: what Shopify does after it has answered. Here it is done when the answer is given; who asks again sees it."""

from __future__ import annotations

from typing import Any

from runner.simulator.contract import Context, Fields


def started(context: Context) -> dict[str, Any]:
    """A job as a mutation answers it: not done yet. ``job(id:)`` says done."""
    node = context.graph.create("Job", {"done": True})
    return {"id": node.id, "done": False, "query": None}


FIELDS: Fields = {"Job": {"query": lambda job, context, args: None}}
