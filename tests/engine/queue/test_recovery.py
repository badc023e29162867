"""Who counts as silent, and when (durability.md 5.6)."""

from __future__ import annotations

from runner.engine.queue.recovery import Silence


class Watch:
    """A stopwatch that is set by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def watched(watch: Watch, beats: list[tuple[float, dict[str, int]]]) -> list[frozenset[str]]:
    """What is found silent at each look, with five seconds of patience."""
    silence = Silence(patience=5.0, elapsed=watch)
    found = []
    for at, seen in beats:
        watch.seconds = at
        found.append(silence.silent(seen))
    return found


def test_a_worker_whose_beat_stands_still_for_too_long_is_silent() -> None:
    looks = [(float(second), {"a": min(second, 2), "b": second}) for second in range(9)]
    assert watched(Watch(), looks) == [frozenset()] * 7 + [frozenset({"a"})] * 2


def test_a_new_worker_gets_the_whole_patience() -> None:
    looks = [(float(second), {"a": 1} if second >= 4 else {}) for second in range(11)]
    assert watched(Watch(), looks)[4:] == [frozenset()] * 5 + [frozenset({"a"})] * 2


def test_nobody_is_silent_right_after_a_gap_in_ones_own_looks() -> None:
    """The database was away, or this process was stopped: nobody could beat, or be heard."""
    looks = [(0.0, {"a": 1}), (1.0, {"a": 1}), (60.0, {"a": 1}), (62.0, {"a": 1}), (64.0, {"a": 1}), (66.0, {"a": 1})]
    assert watched(Watch(), looks) == [frozenset()] * 5 + [frozenset({"a"})]


def test_a_worker_that_beats_again_is_no_longer_silent() -> None:
    looks = [(float(second), {"a": 2 if second == 6 else 1}) for second in range(7)]
    assert watched(Watch(), looks)[5:] == [frozenset({"a"}), frozenset()]
