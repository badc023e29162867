"""A worker that could not give a sign of life, as on a machine that slept: what it had begun may be another's (5.6)."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runner.engine.queue.durable import DurableQueue
from runner.engine.queue.pulse import Pulse
from runner.model.run import RunState
from runner.store import Store
from tests.engine.queue.contract import dispatch, keep_runs
from tests.engine.queue.silent import ENDED
from tests.engine.queue.test_killed import wait_until
from tests.engine.queue.test_recovery import Watch

ROOT = Path(__file__).parents[3]


@pytest.fixture
def pulse() -> tuple[Pulse, Watch]:
    """Four and a half seconds of patience, as five of heartbeat give."""
    watch = Watch()
    return Pulse(4.5, watch), watch


def test_beats_in_time_leave_no_doubt(pulse: tuple[Pulse, Watch]) -> None:
    beats, watch = pulse
    for _ in range(20):
        watch.seconds += 0.5
        assert beats.is_fresh
        assert beats.beaten(watch.seconds) == 0
        assert not beats.is_doubtful


def test_without_a_beat_a_process_is_no_longer_sure_of_its_work(pulse: tuple[Pulse, Watch]) -> None:
    beats, watch = pulse
    watch.seconds = 4.4
    assert beats.is_fresh
    watch.seconds = 4.5
    assert not beats.is_fresh
    assert not beats.wait(0)


def test_after_a_silence_there_is_doubt_for_as_long_as_others_may_act_on_it(pulse: tuple[Pulse, Watch]) -> None:
    beats, watch = pulse
    watch.seconds = 60.0
    assert beats.beaten(60.0) == 60.0
    assert (beats.is_fresh, beats.is_doubtful, beats.wait(0)) == (True, True, True)
    for second in (61, 62, 63, 64):
        watch.seconds = second
        assert beats.beaten(second) == 0
        assert beats.is_doubtful
    watch.seconds = 64.5
    assert not beats.is_doubtful


def test_a_beat_counts_from_before_it_was_written(pulse: tuple[Pulse, Watch]) -> None:
    """A write that took long says nothing about the time it took."""
    beats, watch = pulse
    watch.seconds = 9.0
    beats.beaten(4.0)
    assert not beats.is_fresh


@pytest.fixture
def worker(postgres_url: str) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.engine.queue.silent", postgres_url]
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("other", [True, False])
def test_a_worker_that_was_asleep_sends_nothing_of_what_another_took_over(
    other: bool, worker: Callable[[], subprocess.Popen[str]], postgres_url: str
) -> None:
    """And goes on as before, where nobody did."""
    with Store(postgres_url) as store:
        keep_runs(store, "a")
        sleeper = worker()
        queue = DurableQueue(store)
        dispatch(queue, store, "a")
        queue.close()
        assert sleeper.stdout is not None
        assert sleeper.stdout.readline() == "begun\n"
        sleeper.send_signal(signal.SIGSTOP)
        if other:
            worker()
            wait_until(lambda: store.runs.count() == {RunState.SUCCEEDED: 1})
        else:
            store.clock.sleep(1.5)
        sleeper.send_signal(signal.SIGCONT)
        if other:
            assert sleeper.wait(30) == ENDED
            said, errors = sleeper.communicate()
            assert "sent" not in said
            assert "others took over 1 run(s) of this worker while it was silent" in errors
        else:
            assert sleeper.stdout.readline() == "sent\n"
            wait_until(lambda: store.runs.count() == {RunState.SUCCEEDED: 1})
        assert len(store.runs.attempts("a")) == 1 + other
