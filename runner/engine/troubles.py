"""What kept runs from being written down, in this process: so that nobody is told it died when it did not."""

from __future__ import annotations

import threading
from collections import OrderedDict

from runner.errors import StoreError
from runner.model.run import Run

_MOST = 1000


class Troubles:
    """The last fault of the database for each run whose job it ended; of the latest thousand. Any thread may ask."""

    def __init__(self) -> None:
        self._faults: OrderedDict[str, StoreError] = OrderedDict()
        self._lock = threading.Lock()

    def note(self, run: Run, fault: StoreError) -> None:
        """The job of ``run`` could not be written down."""
        with self._lock:
            self._faults.pop(run.id, None)
            self._faults[run.id] = fault
            if len(self._faults) > _MOST:
                self._faults.popitem(last=False)

    def forget(self, run: Run) -> None:
        """It could, after all."""
        with self._lock:
            self._faults.pop(run.id, None)

    def of(self, run: Run) -> StoreError | None:
        """What kept ``run``, or the run whose job carries it, from being written down; None when nothing did."""
        with self._lock:
            return self._faults.get(run.id) or self._faults.get(run.parent_id or "")
