"""Runs, tasks, actions and events as the data of the events about them (engine.md 1.3, 8.1, actions.md 1.4, 1.7)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from runner.clock import iso_utc
from runner.engine.matching import EnabledTask
from runner.model.action import Action
from runner.model.event import Event
from runner.model.run import Run


def action_of(run: Run) -> Action:
    """The action that an action run was frozen with."""
    stored = run.payload
    return Action(
        type=stored["type"],
        options=stored.get("options"),
        meta=stored.get("meta"),
        perform_event=stored.get("perform_event", True),
    )


def action_record(action: Action, run: Run) -> dict[str, Any]:
    """``event.data`` of ``mechanic/actions/perform``, and ``action`` in error events."""
    return {"type": action.type, "options": action.options, "meta": action.meta, "run": run.to_record()}


def event_record(event: Event, run: Run | None) -> dict[str, Any]:
    """``event`` in error events: without its data and parents, with its run."""
    record = event.to_dict()
    for key in ("data", "parent"):
        record.pop(key, None)
    return record | {"run": None if run is None else run.to_record()}


def task_record(enabled: EnabledTask, run: Run | None) -> dict[str, Any]:
    """``task`` in error events, with its run."""
    task = enabled.task
    topics = dict.fromkeys(subscription.topic for subscription in enabled.subscriptions)
    return {
        "id": enabled.id,
        "name": task.name,
        "event_topics": list(topics),
        "subscriptions": [str(subscription) for subscription in enabled.subscriptions],
        "subscriptions_template": task.subscriptions_template,
        "options": dict(enabled.options if enabled.options is not None else task.options),
        "script": task.script,
        "docs": task.docs,
        "enabled": enabled.enabled,
        "created_at": _text(enabled.created_at),
        "updated_at": _text(enabled.created_at),
        "shopify_api_version": enabled.api_version,
        "shopify_access_scopes_required": list(enabled.scopes),
        "perform_action_runs_in_sequence": task.perform_action_runs_in_sequence,
        "halt_action_run_sequence_on_error": task.halt_action_run_sequence_on_error,
        "liquid_profiling": task.liquid_profiling,
        "online_store_javascript": task.online_store_javascript,
        "order_status_javascript": task.order_status_javascript,
        "preview_event_definitions": [dict(each) for each in task.preview_event_definitions],
        "run": None if run is None else run.to_record(),
    }


def _text(moment: datetime | str | None) -> str | None:
    return iso_utc(moment) if isinstance(moment, datetime) else moment
