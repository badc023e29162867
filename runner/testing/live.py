"""Runs a task live in a simulated store, until the store is quiet, and tells what came of it, in counts and reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from runner.engine.observe import ActionPerformed, EventAccepted, Occurrence, RunFailed, TaskRunRendered

NOT_IMPLEMENTED = "SIMULATOR_NOT_IMPLEMENTED"
_THROTTLED = "THROTTLED"
_FAULTS = ("engine.fault", "engine.died", "bug")
_NO_CHANGE = ("BulkOperation", "StagedUpload", "WebhookSubscription")
"""Types whose objects are made on the way: making them changes nothing that a shopper or the staff would see."""
_BAD_REQUEST = 400


@dataclass(slots=True)
class LiveRun:
    """What came of one event. Lists hold each reason once, in the order they came.

    ``faults``: faults of the engine, which there must never be. ``failures``: runs that failed, by their error.
    ``refused``: calls that the shop refused as such, with the reason; ``missing``: calls that the simulator does not
    implement; ``complaints``: user errors; ``guesses``: fields without a true answer. ``changes`` of the task in the
    store, by the call that made them. ``calls``, ``points``: to the shop. ``seconds`` of real time.
    """

    topic: str
    reached: list[str] = field(default_factory=list)
    task_runs: int = 0
    actions: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    guesses: list[str] = field(default_factory=list)
    changes: dict[str, int] = field(default_factory=dict)
    webhooks: int = 0
    quiet: bool = False
    calls: int = 0
    points: float = 0.0
    seconds: float = 0.0

    @property
    def changed(self) -> bool:
        """Whether the task changed anything in the store."""
        return bool(self.changes)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {name: getattr(self, name) for name in self.__slots__}

    def occurred(self, occurrence: Occurrence) -> None:
        """One step of the engine."""
        match occurrence:
            case EventAccepted(event=event):
                _note(self.reached, event.topic)
            case TaskRunRendered():
                self.task_runs += 1
            case ActionPerformed(action=action):
                self.actions[action.type] = self.actions.get(action.type, 0) + 1
            case RunFailed(run=run, outcome=outcome):
                _note(self.faults if outcome.code in _FAULTS else self.failures, f"{run.kind}: {run.error}")

    def count(self, requests: Sequence[Mapping[str, Any]], changes: Sequence[Mapping[str, Any]]) -> None:
        """Add what the shop's own log says of calls, and of the changes that they made."""
        _read_requests(self, requests)
        for change in changes:
            if change["type"] not in _NO_CHANGE:
                self.changes[change["cause"]] = self.changes.get(change["cause"], 0) + 1


def _read_requests(found: LiveRun, requests: Sequence[Mapping[str, Any]]) -> None:
    """What the shop's own log says of the calls."""
    for request in requests:
        found.calls += 1
        found.points += request["actual_cost"] or 0
        name = ", ".join(request["roots"]) or request["operation"] or f"{request['method']} {request['path']}"
        if NOT_IMPLEMENTED in request["errors"]:
            _note(found.missing, name)
        elif request["errors"] == [_THROTTLED]:
            continue  # the client waits and asks again
        elif request["errors"] or request["status"] >= _BAD_REQUEST:
            reason = ", ".join(request["errors"]) or f"status {request['status']}"
            _note(found.refused, f"{name}: {reason}")
        for complaint in request["user_errors"]:
            _note(found.complaints, f"{name}: {complaint}")
        for guess in request["guessed"]:
            _note(found.guesses, guess)


def _note(reasons: list[str], reason: str) -> None:
    if reason not in reasons:
        reasons.append(reason)
