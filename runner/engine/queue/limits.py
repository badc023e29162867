"""How much the durable queue does at a time, and how often it looks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QueueLimits:
    """Settings of a worker process (durability.md 5.4).

    ``shop``: runs of one shop at a time, over all workers. ``worker``: runs at a time in this process. ``poll``:
    seconds between looks for work. ``heartbeat``: seconds after which a worker without a sign of life counts as dead,
    and another one takes over. ``job``: seconds after which a job counts as hanging; a process most of whose slots hang
    ends itself.
    """

    shop: int = 5
    worker: int = 16
    poll: float = 0.05
    heartbeat: float = 5.0
    job: float = 900.0
