"""Numbers for monitoring: runs by kind and state, workers that are alive (engine.md 10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from runner.clock import Clock
from runner.store.database import Database
from runner.store.tables import RUNS, WORKERS

ALIVE = timedelta(seconds=15)
"""A worker that was not heard of for so long does not count; they give a sign each second."""


@dataclass(frozen=True, slots=True)
class Figures:
    """``runs`` are (kind, state, number); ``workers`` how many processes take runs."""

    runs: tuple[tuple[str, str, int], ...]
    workers: int


def figures(database: Database, clock: Clock) -> Figures:
    """The numbers of this moment. Raises StoreError."""
    counted = (
        select(RUNS.c.kind, RUNS.c.state, func.count())
        .group_by(RUNS.c.kind, RUNS.c.state)
        .order_by(RUNS.c.kind, RUNS.c.state)
    )
    alive = select(func.count()).select_from(WORKERS).where(WORKERS.c.seen >= clock.now() - ALIVE)
    with database.read() as transaction:
        runs = tuple((row[0], row[1], row[2]) for row in transaction.execute(counted))
        return Figures(runs, transaction.execute(alive).scalar_one())
