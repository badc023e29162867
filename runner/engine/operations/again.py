"""Manual retry: the same run once more (engine.md 4.5). A run with a meaningful result keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from runner.engine.queue.port import PRIORITY, Queue
from runner.errors import InputError
from runner.model.run import CHUNK, Run, RunKind, RunState
from runner.store import Store, Transaction
from runner.store.chunks import chunks
from runner.store.reopen import reopen

_PART = 200
"""Runs that one transaction dispatches again."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A run that may not be tried again, and why."""

    run: Run
    reason: str


@dataclass(frozen=True, slots=True)
class Retried:
    """What came of asking: ids of the ``runs`` that wait again, in the order they were made, and those ``refused``."""

    runs: tuple[str, ...]
    refused: tuple[Refused, ...]


def refusal(run: Run, *, has_children: bool) -> str | None:
    """Why ``run`` may not be tried again; None when it may.

    ``has_children``: it made task runs (an event run) or action runs (a task run).
    """
    if not run.state.final:
        return f"it is {run.state.value}: it is done without being asked for again"
    if run.job_open:
        return "its worker is not done with it; ask again in a moment"
    # differs: the platform does not say whether a cancelled run can be retried; it has no result to lose, so it may.
    if run.state in (RunState.FAILED, RunState.CANCELLED):
        return None
    if run.state is RunState.DRY:
        return "it was checked by a dry run; replay its event once the settings say mode: live"
    if run.kind is RunKind.ACTION:
        return "it succeeded, and doing it again would do it twice"
    if has_children:
        return f"it succeeded, and its {'task' if run.kind is RunKind.EVENT else 'action'} runs are its result"
    return None


def retry(store: Store, queue: Queue, run_ids: Iterable[str]) -> Retried:
    """Throw away how these runs ended, and queue them again: with the task's latest code, and new automatic retries.

    An action is performed with the options it was frozen with, one of unknown outcome too. Of the actions of a sequence
    only the first waits in the queue, the others follow it. What was cancelled before its time waits for that time
    again. Raises InputError for an unknown id, StoreError.
    """
    done: list[str] = []
    refused: list[Refused] = []
    for some in chunks(list(dict.fromkeys(run_ids)), _PART):
        again, not_again = queue.accept(lambda tx, part=some: _retry(store, queue, tx, part))  # type: ignore[misc]
        done += again
        refused += not_again
    return Retried(tuple(done), tuple(refused))


def _retry(
    store: Store, queue: Queue, transaction: Transaction, run_ids: Sequence[str]
) -> tuple[list[str], list[Refused]]:
    now = store.clock.now()
    opened: list[Run] = []
    refused: list[Refused] = []
    for run_id in run_ids:
        run = store.runs.get(run_id, within=transaction)
        if run is None:
            raise InputError(f"there is no run {run_id}", code="input.missing", hint="`runner runs list` shows them")
        children = run.kind is not RunKind.ACTION and bool(store.runs.children(run.id, within=transaction))
        reason = refusal(run, has_children=children)
        if reason is None and not reopen(transaction, run.id, _due(run, now)):
            reason = "it changed meanwhile; look at it again"
        if reason is None:
            opened.append(run)
        else:
            refused.append(Refused(run, reason))
    for run in _leaders(opened):
        queue.dispatch(transaction, run.id, at=_due(run, now), priority=PRIORITY[run.kind])
    return [run.id for run in opened], refused


def _due(run: Run, now: datetime) -> datetime:
    """When to try: now, but a run that was cancelled while it waited for its time has that time still before it."""
    if run.state is RunState.CANCELLED and run.run_at is not None:
        return max(run.run_at, now)
    return now


def _leaders(opened: Sequence[Run]) -> list[Run]:
    """The runs that need a dispatch of their own: all, but of a sequence the first in each part that is done at once.

    A part whose first action is among them too is dispatched by the end of the part before (durability.md 5.3).
    """
    leaders = [run for run in opened if not run.sequence]
    parts: dict[tuple[str, int], list[Run]] = {}
    for run in sorted((run for run in opened if run.sequence), key=lambda run: run.seq):
        parts.setdefault((run.parent_id or "", run.seq // CHUNK), []).append(run)
    for (parent, number), runs in parts.items():
        if (parent, number - 1) in parts and runs[0].seq % CHUNK == 0:
            continue
        leaders.append(runs[0])
    return leaders
