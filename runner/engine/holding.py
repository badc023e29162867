"""Holds back what needs the shop while one of its budgets is spent (engine.md 4.1, actions.md 4.4).

Task runs and shopify actions wait until both budgets have recovered, GraphQL's and REST's; everything else goes on. A
short wait is waited out in place, a longer one by another dispatch, which keeps no slot (durability.md 5.3).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, timedelta

from runner.actions.base import ActionType
from runner.actions.shopify import ShopifyAction
from runner.clock import Clock

IN_PLACE = 2.0
"""Seconds that a run waits in its slot at most; what takes longer is dispatched anew."""
ALONE = 120.0
"""The same for an engine of one thread, which has nobody to give the slot to; then the call itself gives up."""


class Holding:
    """``hold`` gives the seconds until both budgets of the shop have recovered, 0 when they have, or none is known."""

    def __init__(self, hold: Callable[[], float], clock: Clock, *, in_place: float) -> None:
        self._hold = hold
        self._clock = clock
        self._in_place = in_place

    def task_until(self) -> datetime | None:
        """When a task run that may not begin now should be looked at again; None when it may, after ``pause``."""
        seconds = self._hold()
        if seconds <= self._in_place:
            return None
        return self._clock.now() + timedelta(seconds=math.ceil(seconds))

    def action_until(self, type: ActionType | None) -> datetime | None:
        """The same for an action of ``type``; always None for those that do not call the shop."""
        return self.task_until() if _calls_shop(type) else None

    def pause(self) -> None:
        """Wait in place for what is left, before a task run begins."""
        seconds = min(self._hold(), self._in_place)
        if seconds > 0:
            self._clock.sleep(seconds)

    def pause_action(self, type: ActionType | None) -> None:
        """The same before an action of ``type`` is performed."""
        if _calls_shop(type):
            self.pause()


def _calls_shop(type: ActionType | None) -> bool:
    return isinstance(type, ShopifyAction)
