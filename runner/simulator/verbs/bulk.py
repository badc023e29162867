"""``bulk``: how bulk operations end, for tests of what rarely happens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from runner.errors import InputError
from runner.simulator.contract import Context
from runner.simulator.families.bulk import FINISHED, status_of
from runner.simulator.graph import Node
from runner.simulator.mutations.bulk import FINISH, end
from runner.simulator.verbs.finding import refuse_unknown

_FOR_EVER = timedelta(days=365)
_CODES = ("ACCESS_DENIED", "INTERNAL_SERVER_ERROR", "TIMEOUT")


def bulk(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Let a bulk operation end at once, or not: ``{id, status, error_code, partial}``.

    ``id``: the newest that is under way, when not given. ``status``: completed, failed, canceled, expired, or running,
    which lasts until told otherwise. ``partial``: so many lines are at ``partialDataUrl``.
    """
    refuse_unknown(given, ("id", "status", "error_code", "partial"), "bulk")
    status = str(given.get("status") or "completed").upper()
    if status not in (*FINISHED, "RUNNING"):
        raise InputError(
            f"there is no status {given['status']!r}", hint="completed, failed, canceled, expired, running"
        )
    operation = _operation(context, given.get("id"))
    if status == "RUNNING":
        end(context, operation, "COMPLETED", _FOR_EVER)
        context.webhooks.withdraw(FINISH, operation.id)
        return _shown(context, operation)
    code = str(given.get("error_code") or "INTERNAL_SERVER_ERROR").upper() if status == "FAILED" else None
    if code is not None and code not in _CODES:
        raise InputError(f"there is no error code {given['error_code']!r}", hint=", ".join(_CODES).lower())
    fields: dict[str, Any] = {"errorCode": code}
    lines = (operation["_result"] or "").splitlines(keepends=True)
    if status in ("FAILED", "CANCELED"):
        fields |= {"_result": None, "_partial": "".join(lines[: int(given.get("partial") or 0)]) or None}
    end(context, operation, status, **fields)
    return _shown(context, operation)


def _operation(context: Context, wanted: str | None) -> Node:
    now = context.clock.now()
    found = [
        node
        for node in context.graph.of_type("BulkOperation")
        if (wanted is None and status_of(node, now) not in FINISHED) or node.id == wanted
    ]
    if not found:
        raise InputError("no such bulk operation is under way", hint="start one with bulkOperationRunQuery")
    return found[-1]


def _shown(context: Context, operation: Node) -> dict[str, Any]:
    return {"id": operation.id, "status": status_of(operation, context.clock.now())}


VERBS = {"bulk": bulk}
