"""A run: one record of an event, a task or an action being worked on (engine.md 1.2, 1.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from runner.clock import iso_utc
from runner.model.json import JSON

NO_USAGE: dict[str, JSON] = {
    "shopify_admin_graphql_api_cost": 0,
    "shopify_admin_graphql_api_requests_count": 0,
    "shopify_admin_rest_api_requests_count": 0,
    "shopify_admin_api_time_ms": 0.0,
}
"""``result_meta`` of a run that never called the shop: its four keys, as zeros (actions.md 1.4)."""


CHUNK = 25
"""How many actions of a task run one dispatch performs; the next have dispatches of their own (durability.md 5.3)."""


class RunKind(StrEnum):
    """Which stage of the pipeline a run is: event run, then task runs, then action runs."""

    EVENT = "event"
    TASK = "task"
    ACTION = "action"


class RunState(StrEnum):
    """Where a run stands (engine.md 1.5).

    ``CANCELLED`` is ours, since the platform does not say what a cancelled run becomes. ``DRY`` is the end of an action
    that a dry run validated and did not perform.
    """

    UNSCHEDULED = "unscheduled"
    SCHEDULED = "scheduled"
    DUE = "due"
    STARTED = "started"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    DRY = "dry"

    @property
    def final(self) -> bool:
        """True when nothing more happens to the run by itself."""
        return self in (RunState.SUCCEEDED, RunState.FAILED, RunState.CANCELLED, RunState.DRY)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of a run. ``number`` counts from 1; ``ended_at`` is None while under way, or when the process died.

    ``sent_at`` is set before anything leaves for the outside: an attempt with it and without an end has an unknown
    outcome (durability.md 6).
    """

    run_id: str
    number: int
    started_at: datetime
    sent_at: datetime | None = None
    ended_at: datetime | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One record; all three kinds have this shape.

    ``payload`` is what the run was frozen with (an action run: its action; a task run: subscription and version).
    ``result`` is what tasks may see of it; ``response`` what the other side said, kept for people even on failure
    (actions.md 1.4). ``failure`` holds code and hint of the error. ``attempt`` counts tries, 0 before the first.
    ``dispatch_no`` grows with each hand-over to the queue; ``claim`` names the worker entry that may write;
    ``job_open`` is true until the queue owes the run nothing (durability.md 5.5). ``attempts_before`` are those before
    a person last asked for it again: automatic retries count from there.
    """

    id: str
    kind: RunKind
    event_id: str
    state: RunState
    run_at: datetime | None = None
    number: int = 0
    shop: str = ""
    parent_id: str | None = None
    seq: int = 0
    task_id: str | None = None
    task_name: str | None = None
    attempt: int = 0
    priority: int = 3
    dispatch_no: int = 0
    claim: str | None = None
    job_open: bool = False
    sequence: bool = False
    halts: bool = False
    enqueued_at: datetime | None = None
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    sent_at: datetime | None = None
    payload: Any = None
    result: Any = None
    result_meta: Any = None
    response: Any = None
    error: str | None = None
    failure: Any = None
    idem_key: str | None = None
    fingerprint: str | None = None
    guard_key: str | None = None
    attempts_before: int = 0

    @property
    def ok(self) -> bool | None:
        """True when succeeded, False when failed, None while not finished, cancelled or only rehearsed."""
        return {RunState.SUCCEEDED: True, RunState.FAILED: False}.get(self.state)

    @property
    def tries(self) -> int:
        """Attempts since a person last asked for the run."""
        return self.attempt - self.attempts_before

    @property
    def elapsed_ms(self) -> int | None:
        """Milliseconds from the start to the end of the last attempt."""
        if self.started_at is None or self.stopped_at is None:
            return None
        return (self.stopped_at - self.started_at) // timedelta(milliseconds=1)

    def to_record(self) -> dict[str, Any]:
        """The run as tasks see it, under ``action.run`` and in error events (engine.md 1.2, actions.md 1.4).

        Task runs do not carry ``result``: theirs is the rendering, which the platform leaves out too.
        """
        record: dict[str, Any] = {
            "id": self.id,
            "ok": self.ok,
            "result": self.result,
            "error": self.error,
            "result_meta": self.result_meta or dict(NO_USAGE),
            "attempts": self.attempt,
            "run_at": _iso(self.run_at),
            "enqueued_at": _iso(self.enqueued_at),
            "started_at": _iso(self.started_at),
            "stopped_at": _iso(self.stopped_at),
            "elapsed_time_ms": self.elapsed_ms,
        }
        if self.kind is RunKind.TASK:
            del record["result"]
        return record


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else iso_utc(moment)
