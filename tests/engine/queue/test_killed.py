"""Worker processes that are killed without a goodbye: nothing is lost, nothing runs oftener than they died."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runner.clock import SystemClock, stopwatch
from runner.engine.queue.durable import DurableQueue
from runner.model.run import RunState
from runner.store import Store
from tests.engine.queue.contract import dispatch, keep_runs

ROOT = Path(__file__).parents[3]
SHOPS = tuple(f"shop{number}.myshopify.com" for number in range(6))


def filled(store: Store, each: int) -> list[str]:
    """Dispatches ``each`` runs of every shop; their ids."""
    names = []
    for shop in SHOPS:
        mine = [f"{shop}-{number}" for number in range(each)]
        keep_runs(store, *mine, shop=shop)
        names += mine
    queue = DurableQueue(store)
    dispatch(queue, store, *names)
    queue.close()
    return names


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> float:
    """Looks twenty times a second; how long it took."""
    elapsed, clock = stopwatch(), SystemClock()
    while not condition():
        assert elapsed() < seconds, "it never came to be"
        clock.sleep(0.05)
    return elapsed()


def succeeded(store: Store) -> int:
    return store.runs.count().get(RunState.SUCCEEDED, 0)


@pytest.fixture
def workers() -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    """Starts worker processes on a database; they end with the test."""
    started: list[subprocess.Popen[str]] = []

    def start(url: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.engine.queue.worker", url]
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True)
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def no_run_was_lost(store: Store, names: list[str], kills: int) -> None:
    assert all(store.runs.get(name).state is RunState.SUCCEEDED for name in names)  # type: ignore[union-attr]
    tries = [len(store.runs.attempts(name)) for name in names]
    assert max(tries) <= kills + 1
    assert sum(tries) - len(names) <= kills * 4, "only what was under way is begun again"


def test_a_restarted_worker_finishes_what_the_killed_one_left(
    workers: Callable[[str], subprocess.Popen[str]], tmp_path: Path
) -> None:
    url = str(tmp_path / "runner.db")
    with Store(url) as store:
        names = filled(store, 8)
        for kill in range(2):
            process = workers(url)
            wait_until(lambda least=6 * (kill + 1): succeeded(store) >= least)  # type: ignore[misc]
            process.kill()
            process.wait()
        workers(url)
        wait_until(lambda: succeeded(store) == len(names))
        no_run_was_lost(store, names, kills=2)


def test_another_worker_takes_over_what_a_killed_one_left(
    workers: Callable[[str], subprocess.Popen[str]], postgres_url: str
) -> None:
    with Store(postgres_url) as store:
        names = filled(store, 8)
        first, _ = workers(postgres_url), workers(postgres_url)
        wait_until(lambda: succeeded(store) >= 6)
        first.kill()
        first.wait()
        # At most the heartbeat of five seconds, one look, and what was waiting anyway.
        assert wait_until(lambda: succeeded(store) == len(names)) < 12
        no_run_was_lost(store, names, kills=1)


def test_a_worker_asked_to_stop_repeats_nothing(
    workers: Callable[[str], subprocess.Popen[str]], tmp_path: Path
) -> None:
    url = str(tmp_path / "runner.db")
    with Store(url) as store:
        names = filled(store, 5)
        process = workers(url)
        wait_until(lambda: succeeded(store) >= 6)
        process.communicate()  # closes its stdin, and waits
        assert process.returncode == 0
        assert store.workers.all() == ()
        workers(url)
        wait_until(lambda: succeeded(store) == len(names))
        no_run_was_lost(store, names, kills=0)
