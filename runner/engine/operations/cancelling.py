"""Cancel: runs that nobody has begun are taken back, one or many (engine.md 4.5, 4.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from runner.engine.queue.port import Queue
from runner.errors import InputError
from runner.model.run import RunState
from runner.store import Store, Wanted

WAITING = tuple(state.value for state in (RunState.UNSCHEDULED, RunState.SCHEDULED, RunState.DUE))
"""The states of runs that can be cancelled."""
_PART = 5000
"""Runs that one transaction takes back."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a cancellation would do: runs that wait by kind, and how many are under way, which it does not interrupt."""

    waiting: Mapping[str, int]
    under_way: int

    @property
    def total(self) -> int:
        """How many would be cancelled."""
        return sum(self.waiting.values())


def waiting(wanted: Wanted) -> Wanted:
    """``wanted``, of runs that can be cancelled alone. Raises InputError when it names states of others only."""
    states = tuple(state for state in wanted.states if state in WAITING)
    if wanted.states and not states:
        raise InputError(f"only runs that wait can be cancelled: those in the states {', '.join(WAITING)}")
    return replace(wanted, states=states or WAITING)


def outlook(store: Store, wanted: Wanted) -> Outlook:
    """How many runs that fit ``wanted`` wait, and how many are under way."""
    counts = store.search.count_runs(waiting(wanted))
    kinds: dict[str, int] = {}
    for (kind, _), number in counts.items():
        kinds[kind] = kinds.get(kind, 0) + number
    begun = store.search.count_runs(replace(wanted, states=(RunState.STARTED.value,)))
    return Outlook(dict(sorted(kinds.items())), sum(begun.values()))


def cancel(store: Store, queue: Queue, wanted: Wanted) -> int:
    """Cancel the runs that fit ``wanted`` and that nobody has begun; how many those were.

    What is begun meanwhile, or waits between two commits of its job, goes on. Raises StoreError.
    """
    total = after = 0
    chosen = waiting(wanted)
    while found := store.search.run_ids(chosen, after=after, limit=_PART):
        after = found[-1][0]
        total += len(queue.cancel(run_id for _, run_id in found))
    return total
