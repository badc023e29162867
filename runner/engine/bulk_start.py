"""The beginning of a bulk operation, noted in the commit that records the action which started it (engine.md 5.6)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from runner.actions.base import Outcome, derived_id
from runner.actions.shopify import ShopifyAction
from runner.actions.shopify_bulk import started
from runner.engine.matching import EnabledTask
from runner.model.action import Action
from runner.model.event import Event
from runner.model.run import Run
from runner.shopify.bulk import FINAL
from runner.store import BulkWatch, Store, Transaction

BULK_TOPIC = "mechanic/shopify/bulk_operation"
FINISH_TOPIC = "shopify/bulk_operations/finish"
FIRST_LOOK = timedelta(seconds=2)
_READS_STATUS = re.compile(r"(bulkOperation|event\s*\.\s*data)\s*(\.\s*status\b|\[\s*[\"']status[\"']\s*\])")


def watch_started(store: Store, transaction: Transaction, run: Run, event: Event, action: Action, body: Any) -> None:
    """Watch the bulk operations that the performed ``action`` started, by the reply's ``body``; most start none.

    An action with user errors has failed, and may have started an operation all the same, under another alias.
    """
    if action.type != ShopifyAction.name or not isinstance(body, Mapping) or event.id is None:
        return
    options = action.options
    document = options.get("query") if isinstance(options, Mapping) else options
    if not isinstance(document, str):
        return
    now = store.clock.now()
    for each in started(document, body.get("data")):
        watch = BulkWatch(
            id=derived_id(run.id, "bulk", each.kind, each.operation_id or ""),
            shop=run.shop,
            kind=each.kind,
            task_id=run.task_id or "",
            event_id=event.id,
            action_run_id=run.id,
            begun_at=now,
            operation_id=each.operation_id,
            api_version=(run.payload or {}).get("api_version"),
            look_at=now + FIRST_LOOK,
        )
        store.bulk.add(transaction, watch)


def hasten(store: Store, transaction: Transaction, event: Event) -> None:
    """Ask after an operation now, of whose end the webhook ``event`` tells."""
    ident = event.data.get("admin_graphql_api_id") if isinstance(event.data, Mapping) else None
    if isinstance(ident, str):
        store.bulk.hasten(transaction, ident, store.clock.now(), unless=FINAL)


def unread_failure(event: Event, enabled: EnabledTask) -> Outcome | None:
    """Why a task may not answer the end of its bulk operation: it failed, and the script would not notice."""
    if event.topic != BULK_TOPIC or not isinstance(event.data, Mapping):
        return None
    status = event.data.get("status")
    if status in (None, "COMPLETED") or _READS_STATUS.search(enabled.task.script or ""):
        return None
    code = event.data.get("errorCode")
    # differs: the platform runs the script, to which a failed operation looks like a shop without anything.
    return Outcome(
        ok=False,
        error=f"the bulk operation ended as {status}{f' ({code})' if code else ''}, without a complete result",
        hint="Run the task again. A script that reads bulkOperation.status is run, and may do as it likes.",
        code="engine.bulk_failed",
    )
