"""Bulk operations as they are read: how far one is follows from the shop's clock (simulator.md 4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from runner.simulator.contract import Context, Fields
from runner.simulator.graph import Graph, Node

INDEXES = {"StagedUpload": ("_key",)}
STARTS_AFTER = timedelta(seconds=1)
ENDS_AFTER = timedelta(seconds=2)
"""After its creation an operation is created, then running, then over."""
KEPT_FOR = timedelta(days=7)
"""So long its files can be fetched."""
FINISHED = ("COMPLETED", "FAILED", "CANCELED", "EXPIRED")


def status_of(operation: Node, now: datetime) -> str:
    """Where an operation stands at ``now``."""
    ends_at = _moment(operation["_ends_at"])
    if now < ends_at:
        if operation["_outcome"] == "CANCELED":
            return "CANCELING"
        return "CREATED" if now < _moment(operation["createdAt"]) + STARTS_AFTER else "RUNNING"
    return "EXPIRED" if now >= ends_at + KEPT_FOR else str(operation["_outcome"])


def goes_on(graph: Graph, now: datetime) -> bool:
    """Whether an operation is under way that ends by itself: on a still clock it needs time to pass."""
    month = timedelta(days=30)
    return any(now < _moment(node["_ends_at"]) <= now + month for node in graph.of_type("BulkOperation"))


def file_of(graph: Graph, name: str, now: datetime) -> str | None:
    """The content of a result file, ``bulk-<number>.jsonl`` or ``partial-<number>.jsonl``; None when it is gone."""
    kind, _, rest = name.partition("-")
    operation = graph.by_number("BulkOperation", rest.removesuffix(".jsonl"))
    if operation is None or status_of(operation, now) in ("CREATED", "RUNNING", "CANCELING", "EXPIRED"):
        return None
    content = operation["_result"] if kind == "bulk" else operation["_partial"]
    return None if content is None else str(content)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _finished(operation: Node, context: Context) -> bool:
    return status_of(operation, context.clock.now()) in FINISHED


def _address(operation: Node, context: Context, kind: str) -> str | None:
    """Where a result is; only while it can be fetched, and only when there are lines."""
    content = operation["_result" if kind == "bulk" else "_partial"]
    status = status_of(operation, context.clock.now())
    if not content or status not in FINISHED or status == "EXPIRED":
        return None
    return f"{context.base_url}/bulk-results/{kind}-{operation.number}.jsonl"


def _size(operation: Node, context: Context, args: Mapping[str, Any]) -> str | None:
    content = operation["_result"]
    return str(len(content.encode())) if content and _finished(operation, context) else None


def _current(source: Any, context: Context, args: Mapping[str, Any]) -> Node | None:
    """The newest operation of a type."""
    wanted = args.get("type") or "QUERY"
    found = [node for node in context.graph.of_type("BulkOperation") if node["type"] == wanted]
    return found[-1] if found else None


def _count(name: str) -> Any:
    def count(operation: Node, context: Context, args: Mapping[str, Any]) -> str:
        return str(operation[name] if _finished(operation, context) else 0)

    return count


FIELDS: Fields = {
    "QueryRoot": {"currentBulkOperation": _current},
    "BulkOperation": {
        "status": lambda node, context, args: status_of(node, context.clock.now()),
        "errorCode": lambda node, context, args: node["errorCode"] if _finished(node, context) else None,
        "completedAt": lambda node, context, args: (
            node["_ends_at"] if status_of(node, context.clock.now()) in ("COMPLETED", "EXPIRED") else None
        ),
        "fileSize": _size,
        "objectCount": _count("_objects"),
        "rootObjectCount": _count("_roots"),
        "url": lambda node, context, args: _address(node, context, "bulk"),
        "partialDataUrl": lambda node, context, args: _address(node, context, "partial"),
    },
}
