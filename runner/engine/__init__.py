"""What happens to an event: matching, rendering, performing, what follows from it; durable at every step."""

from __future__ import annotations

from runner.engine.assembly import Behaviour
from runner.engine.engine import Engine
from runner.engine.filters import EventFilter
from runner.engine.guards import LoopGuards
from runner.engine.matching import EnabledTask
from runner.engine.retry import RetryPolicy
from runner.engine.telling import Counts

__all__ = ["Behaviour", "Counts", "EnabledTask", "Engine", "EventFilter", "LoopGuards", "RetryPolicy"]
