"""SIGTERM in the middle of work: what runs is finished, the rest is handed over, and nothing that ended is repeated."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from runner.engine.queue.dispatches import Dispatches
from runner.model.run import RunKind, RunState
from runner.simulator.server import simulator
from runner.store import Store
from tests.chaos.processes import Process
from tests.chaos.receiver import receiving
from tests.chaos.story import Story, open_runs, write_project
from tests.cli.conftest import Command

ORDERS = 40
pytestmark = pytest.mark.timeout(200)


def test_a_server_asked_to_stop_under_load_repeats_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, run: Command
) -> None:
    database = f"sqlite:///{tmp_path}/runner.db"
    with simulator("prints", restore_rate=100_000) as shop, receiving(lost=0, seed=1, seconds=0.2) as receiver:
        for name, value in {
            "SHOPIFY_SHOP": shop.url,
            "SHOPIFY_ACCESS_TOKEN": shop.token,
            "SHOPIFY_CLIENT_SECRET": shop.secret,
            "RUNNER_MODE": "live",
            "RUNNER_DATABASE": database,
            "RUNNER_NETWORK_ALLOW": "127.0.0.0/8",
        }.items():
            monkeypatch.setenv(name, value)
        write_project(tmp_path, receiver.url)
        for handle in ("effects", "followed"):
            assert run("tasks", "enable", handle).code == 0
        first = Process(tmp_path, "serve", "--port", "0", "--api-port", "0")
        story = Story(shop, first.document["webhooks"], random.Random(1))
        for number in range(1, ORDERS + 1):
            story.order(number)
        with Store(database) as store:
            while len(receiver.counts) < ORDERS // 4:
                time.sleep(0.02)
            assert first.stop() == 0
            assert "stopped" in first.log
            left = open_runs(store)
            assert left, "there was work left to hand over"
            assert not store.runs.all(state=RunState.STARTED), "what was under way was finished"
            assert store.workers.all() == ()
            second = Process(tmp_path, "serve", "--port", "0", "--api-port", "0")
            ends = time.monotonic() + 90
            while open_runs(store):
                assert time.monotonic() < ends, store.runs.count()
                time.sleep(0.1)
            assert second.stop() == 0
            assert set(receiver.counts.values()) == {1}, "each order was posted once"
            assert len(receiver.counts) == ORDERS
            assert store.runs.count() == {RunState.SUCCEEDED: len(store.runs.all())}
            tries = [
                attempt for each in store.runs.all(kind=RunKind.ACTION) for attempt in store.runs.attempts(each.id)
            ]
            assert {attempt.number for attempt in tries} == {1}
            assert store.cache.get(shop.domain, "orders") == ORDERS
            book = Dispatches(store)
            assert (book.waiting(limit=100, offset=0), book.owners()) == ([], frozenset())
            book.close()
