"""The contract on the queue of one thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from runner.clock import FixedClock
from runner.engine.queue.inline import InlineQueue
from runner.store import Store
from tests.engine.queue.contract import Finishing, QueueContract
from tests.engine.world import NOW


class TestInline(QueueContract):
    @pytest.fixture
    def store(self) -> Iterator[Store]:
        with Store(clock=FixedClock(NOW)) as store:
            yield store

    @pytest.fixture
    def queue(self, store: Store) -> InlineQueue:
        return InlineQueue(store, "me")

    @pytest.fixture
    def settle(self, queue: InlineQueue) -> Callable[[Finishing], None]:
        def work(worker: Finishing) -> None:
            while queue.step():
                pass

        return work
