"""The queue as the engine knows it: a handful of methods (durability.md 5.2).

A queue carries run ids and dispatch numbers, never data: the rows of the store are the truth. Two implementations:
``inline`` in this thread, and ``durable``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, TypeAlias, TypeVar

from runner.model.run import Run, RunKind, RunState
from runner.store import Transaction

T = TypeVar("T")

Worker: TypeAlias = Callable[[str, int], None]
"""Takes a run id and the dispatch number it was queued under, and does the run's next attempt."""

PRIORITY = {RunKind.ACTION: 1, RunKind.TASK: 2, RunKind.EVENT: 3}
"""Lower first: among due runs, actions go before tasks, tasks before events (engine.md 4.1)."""


@dataclass(frozen=True, slots=True)
class QueueStats:
    """How many dispatches wait: ``due`` now, ``later`` at a time of their own."""

    due: int
    later: int


class Queue(Protocol):
    """What the engine asks of a queue."""

    def accept(self, record: Callable[[Transaction], T], *, patient: bool = False, lasting: bool = True) -> T:
        """Run ``record`` in one transaction with the dispatches it makes; what it returned, once committed.

        ``record`` may be called again when the database fails for a moment, or with another record in the same commit.
        ``patient``: until it is back, as for what has happened and must be written down; else its caller hears of it
        after some seconds. ``lasting`` false, for what a process that loses its power need not have written: see
        ``Database.write``. Raises StoreError.
        """

    def dispatch(self, transaction: Transaction, run_id: str, *, at: datetime | None = None, priority: int) -> None:
        """Hand the run over, to be worked on from ``at`` on (None: now), as part of ``transaction``."""

    def dispatch_new(
        self, transaction: Transaction, runs: Sequence[Run], *, beside: Sequence[Run] = ()
    ) -> tuple[Run, ...]:
        """Keep new runs and hand them over, each from its ``run_at`` on (None: now); the runs as they are then.

        Those ``beside`` are kept with them, and not handed over.
        """

    def reschedule(self, run_id: str, at: datetime) -> bool:
        """Move a waiting dispatch to another time; False when it is not waiting."""

    def cancel(self, run_ids: Iterable[str]) -> tuple[str, ...]:
        """Take runs back that nobody has begun; the ids of those that were still waiting."""

    def start(self, worker: Worker, give_up: Worker | None = None) -> None:
        """Give due runs to ``worker`` from now on; to ``give_up`` those that took their process with them too often."""

    def stop(self, grace: float = 0.0) -> None:
        """Give out no more runs; wait up to ``grace`` seconds for those under way."""

    def stats(self) -> QueueStats:
        """What waits."""

    def adopt(self, shop: str) -> int:
        """Take over the open runs of ``shop`` from queues of one thread, whose commands have ended; how many."""

    def owns(self, run_id: str, dispatch_no: int) -> bool:
        """Whether this dispatch is still this process's to act for, and not another's that took it for dead.

        Waits, after a silence of this process, until that is known; to be asked where the claim of the run does not
        tell, since what comes next is no commit.
        """

    @property
    def under_way(self) -> int:
        """How many runs this process is working on."""

    @property
    def is_stopping(self) -> bool:
        """Whether jobs under way should hand over what they have not begun."""


def opened(runs: Sequence[Run], now: datetime) -> tuple[Run, ...]:
    """New ``runs`` as their first dispatch makes them."""
    return tuple(
        replace(
            run,
            state=RunState.SCHEDULED if run.run_at is not None and run.run_at > now else RunState.DUE,
            run_at=run.run_at or now,
            enqueued_at=now,
            dispatch_no=1,
            job_open=True,
        )
        for run in runs
    )


def in_order(runs: Sequence[Run]) -> list[Run]:
    """Runs made together as they are listed: by their place among their siblings, a parent before them."""
    return sorted(runs, key=lambda run: run.seq)
