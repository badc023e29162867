"""Who does the work of a job, and the small records of it that pass between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from runner.clock import Clock
from runner.engine.ending import Ending
from runner.engine.holding import Holding
from runner.engine.observe import Observer, Occurrence
from runner.engine.perform import Performer, Prepared
from runner.engine.queue.port import Queue
from runner.model.run import Run
from runner.store import Store


@dataclass(frozen=True, slots=True)
class Crew:
    """Who performs and records. ``width`` actions of a job are under way at a time, when their order is free."""

    store: Store
    queue: Queue
    ending: Ending
    performer: Performer
    holding: Holding
    clock: Clock
    tell: Observer
    width: int


@dataclass(frozen=True, slots=True)
class Flight:
    """An action under way outside: it is recorded as begun and sent, and its end is not recorded yet."""

    run: Run
    prepared: Prepared


class LostClaim(Exception):
    """Somebody else owns the job now: nothing more may be written for it."""


@dataclass(slots=True)
class Step:
    """What one commit changes: the state of a job after it, and what to tell of it."""

    waiting: list[Run]
    flying: set[str]
    own_again: datetime | None
    flights: list[Flight] = field(default_factory=list)
    told: list[Occurrence] = field(default_factory=list)
    cut: bool = False
    is_over: bool = False
