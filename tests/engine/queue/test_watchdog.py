"""Jobs that never end are noticed (durability.md 5.5, rule 6)."""

from __future__ import annotations

import logging
from contextlib import ExitStack

import pytest

from runner.engine.queue.watchdog import Watchdog


class Time:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def watched(slots: int) -> tuple[Watchdog, Time, list[str]]:
    time, ended = Time(), list[str]()
    return Watchdog(limit=10, slots=slots, end=lambda: ended.append("ended"), elapsed=time), time, ended


def test_a_job_is_marked_once_it_is_older_than_the_limit(caplog: pytest.LogCaptureFixture) -> None:
    dog, time, ended = watched(slots=4)
    with dog.watching("a"):
        time.now = 10
        dog.look()
        assert dog.hanging == ()
        time.now = 10.1
        dog.look()
        dog.look()
        assert (dog.hanging, dog.under_way, ended) == (("a",), 1, [])
    assert [record.levelno for record in caplog.records] == [logging.ERROR, logging.WARNING]
    assert (dog.hanging, dog.under_way) == ((), 0)


@pytest.mark.parametrize(
    ("slots", "hanging", "ends"), [(4, 2, False), (4, 3, True), (1, 1, True), (16, 8, False), (3, 2, True)]
)
def test_the_process_ends_when_more_than_half_of_the_slots_hang(slots: int, hanging: int, ends: bool) -> None:
    dog, time, ended = watched(slots)
    with ExitStack() as stack:
        for number in range(hanging):
            stack.enter_context(dog.watching(f"old-{number}"))
        time.now = 11
        for number in range(slots - hanging):
            stack.enter_context(dog.watching(f"young-{number}"))
        dog.look()
        dog.look()
    assert ended == ["ended"] * ends


def test_jobs_that_end_in_time_are_never_marked() -> None:
    dog, time, ended = watched(slots=1)
    for _ in range(5):
        with dog.watching("a"):
            time.now += 9
            dog.look()
    assert (dog.hanging, ended) == ((), [])
