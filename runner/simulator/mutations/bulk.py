"""``bulkOperationRunQuery``, ``bulkOperationRunMutation`` and ``bulkOperationCancel`` (actions.md 4.6)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from runner.simulator.contract import Context, Mutation, user_error
from runner.simulator.families.bulk import ENDS_AFTER, FINISHED, status_of
from runner.simulator.graph import Node

FINISH = "bulk_operations/finish"
SEVERAL_FROM = "2026-01"
"""From this version on, five operations of a type may run at a time, and lines are not grouped unless asked for."""


def end(context: Context, operation: Node, outcome: str, after: timedelta = timedelta(), **fields: Any) -> Node:
    """Let an operation end as ``outcome`` after a while, with the webhook that tells so."""
    ends_at = (context.clock.now() + after).strftime("%Y-%m-%dT%H:%M:%SZ")
    context.graph.update(operation.id, {"_outcome": outcome, "_ends_at": ends_at, **fields})
    context.webhooks.withdraw(FINISH, operation.id)
    payload = {
        "admin_graphql_api_id": operation.id,
        "completed_at": ends_at if outcome == "COMPLETED" else None,
        "created_at": operation["createdAt"],
        "error_code": operation["errorCode"] and str(operation["errorCode"]).lower(),
        "status": outcome.lower(),
        "type": str(operation["type"]).lower(),
    }
    context.emit(FINISH, payload, after=after.total_seconds())
    return operation


def _run_query(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    text = args["query"]
    documents = context.documents()
    refusal = documents.refusal(text)
    problem = f"Invalid bulk query: {refusal}" if refusal else documents.shape(text).problem()
    if problem:
        return {"bulkOperation": None, "userErrors": [user_error(["query"], problem, "INVALID")]}
    busy = _busy(context, "QUERY")
    if busy:
        return {"bulkOperation": None, "userErrors": [busy]}
    body = documents.answer(replace(context, unpaged=True), text, {})
    errors = body.get("errors") or []
    grouped = bool(args.get("groupObjects")) or context.api_version < SEVERAL_FROM
    operation = _create(context, "QUERY", text)
    if errors:
        denied = any((error.get("extensions") or {}).get("code") == "ACCESS_DENIED" for error in errors)
        code = "ACCESS_DENIED" if denied else "INTERNAL_SERVER_ERROR"
        return _started(end(context, operation, "FAILED", ENDS_AFTER, errorCode=code))
    lines = documents.shape(text).lines(body["data"], grouped=grouped)
    _finish(context, operation, lines.texts, lines.roots)
    return _started(operation)


def _run_mutation(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    text = args["mutation"]
    documents = context.documents()
    refusal = documents.refusal(text)
    if refusal:
        problem = user_error(["mutation"], f"Invalid bulk mutation: {refusal}", "INVALID_MUTATION")
        return {"bulkOperation": None, "userErrors": [problem]}
    upload = context.graph.first("StagedUpload", "_key", args["stagedUploadPath"])
    if upload is None or upload["_content"] is None:
        words = "The JSONL file could not be found. Try uploading the file again, and check that you've entered the URL"
        problem = user_error(["stagedUploadPath"], f"{words} correctly for the stagedUploadPath mutation argument.")
        return {"bulkOperation": None, "userErrors": [problem | {"code": "NO_SUCH_FILE"}]}
    busy = _busy(context, "MUTATION")
    if busy:
        return {"bulkOperation": None, "userErrors": [busy]}
    lines = upload["_content"].splitlines()
    unreadable = next((number for number, line in enumerate(lines, 1) if not _is_object(line)), None)
    operation = _create(context, "MUTATION", text)
    if unreadable is not None:
        return _started(end(context, operation, "FAILED", ENDS_AFTER, errorCode="INTERNAL_SERVER_ERROR"))
    results = list(_results(context, text, lines))
    _finish(context, operation, results, len(results))
    return _started(operation)


def _results(context: Context, text: str, lines: Sequence[str]) -> Iterator[str]:
    """The reply to each line's variables, as lines."""
    documents = context.documents()
    for number, line in enumerate(lines):
        inner = replace(context, idempotency_key=None)
        body = documents.answer(inner, text, json.loads(line))
        kept = {key: body[key] for key in ("data", "errors") if key in body}
        yield json.dumps({**kept, "__lineNumber": number}, ensure_ascii=False, separators=(",", ":"))


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def _cancel(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    operation = context.graph.get(args["id"])
    if operation is None or operation.type != "BulkOperation":
        problem = user_error(["id"], "Bulk operation does not exist")
        return {"bulkOperation": None, "userErrors": [problem]}
    status = status_of(operation, context.clock.now())
    if status in FINISHED:
        words = f"A bulk operation cannot be canceled when it is {status.lower()}"
        return {"bulkOperation": operation, "userErrors": [user_error(None, words)]}
    half = (operation["_result"] or "").splitlines(keepends=True)
    partial = "".join(half[: len(half) // 2]) or None
    return _started(end(context, operation, "CANCELED", timedelta(seconds=1), _result=None, _partial=partial))


def _create(context: Context, kind: str, text: str) -> Node:
    now = context.graph.now()
    fields = {"type": kind, "query": text, "createdAt": now, "_ends_at": now, "_outcome": "COMPLETED"}
    empty = {"errorCode": None, "_result": None, "_partial": None, "_objects": 0, "_roots": 0}
    return context.graph.create("BulkOperation", {**fields, **empty})


def _finish(context: Context, operation: Node, lines: Sequence[str], roots: int) -> None:
    content = "".join(f"{line}\n" for line in lines) or None
    end(context, operation, "COMPLETED", ENDS_AFTER, _result=content, _objects=len(lines), _roots=roots)


def _started(operation: Node) -> Mapping[str, Any]:
    return {"bulkOperation": operation, "userErrors": []}


def _busy(context: Context, kind: str) -> dict[str, Any] | None:
    """The user error when no more operations of this type may run."""
    now = context.clock.now()
    found = [node for node in context.graph.of_type("BulkOperation") if node["type"] == kind]
    running = [node for node in found if status_of(node, now) not in FINISHED]
    if context.api_version < SEVERAL_FROM and running:
        words = f"A bulk {kind.lower()} operation for this app and shop is already in progress: {running[0].id}."
        return user_error(None, words, "OPERATION_IN_PROGRESS")
    if len(running) >= 5:
        words = f"The limit of 5 concurrent bulk {kind.lower()} operations for this app and shop has been reached."
        return user_error(None, words, "LIMIT_REACHED")
    return None


MUTATIONS: dict[str, Mutation] = {
    "bulkOperationRunQuery": _run_query,
    "bulkOperationRunMutation": _run_mutation,
    "bulkOperationCancel": _cancel,
}
