"""Workers are killed, the database restarts, the shop and the network fail, while hundreds of events flow.

``CHAOS_EVENTS``, ``CHAOS_KILLS`` and ``CHAOS_SEED`` make it longer, or another story.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from runner.simulator.server import RunningShop, simulator
from runner.store import Store
from tests.chaos.processes import Process
from tests.chaos.receiver import Receiver, receiving
from tests.chaos.story import (
    OWN,
    PRODUCT,
    SKUS,
    Story,
    check_books,
    check_effects,
    check_levels,
    open_runs,
    read_books,
    write_project,
)
from tests.cli.conftest import Command
from tests.postgres import Cluster

SEED = int(os.environ.get("CHAOS_SEED", "20261128"))
EVENTS = int(os.environ.get("CHAOS_EVENTS", "240"))
KILLS = int(os.environ.get("CHAOS_KILLS", "4"))
FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "lost_reply", "path": "graphql", "probability": 0.03},
    {"kind": "throttled", "path": "graphql", "probability": 0.03},
    {"kind": "error", "status": 502, "path": "graphql", "probability": 0.03},
    {"kind": "webhook_duplicated", "copies": 1, "probability": 0.1},
    {"kind": "webhook_reordered", "probability": 0.1},
)
QUIET = 90.0
"""Seconds within which everything must have come to an end after the last event: recovery and retries included."""
pytestmark = pytest.mark.timeout(300)


class World:
    """A shop with faults, a receiver, a project, and the processes of the engine on one database."""

    def __init__(self, shop: RunningShop, receiver: Receiver, folder: Path, database: str) -> None:
        self.shop = shop
        self.receiver = receiver
        self.folder = folder
        self.database = database
        self.chance = random.Random(SEED)
        self.kills = 0
        self.workers: list[Process] = []
        self.stopped: list[Process] = []

    def worker(self, *words: str) -> Process:
        """One more process that works."""
        process = Process(self.folder, *words)
        self.workers.append(process)
        return process

    def kill_one(self) -> None:
        """Kill a worker, and start another one in its place."""
        victim = self.workers.pop(self.chance.randrange(len(self.workers)))
        victim.kill()
        self.kills += 1
        self.stopped.append(victim)
        self.worker(*victim.words)

    def stop(self) -> None:
        """End what still runs."""
        for process in self.workers:
            process.kill()

    def until_quiet(self, store: Store) -> None:
        """Wait until nothing is on its way: no webhook, no run that has not ended."""
        ends = time.monotonic() + QUIET
        still = 0
        while still < 3:
            assert time.monotonic() < ends, (store.runs.count(), self.shop.webhooks())
            time.sleep(0.2)
            quiet = self.shop.drain(5) and open_runs(store) == 0
            if quiet and self.shop.webhooks()["pending"]:
                # Deliveries that wait for their next try follow the shop's clock, which only we move.
                self.shop.advance(600)
                quiet = False
            still = still + 1 if quiet else 0


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, run: Command) -> Iterator[Callable[[str], World]]:
    """Makes the world on a database: the shop has its faults, the tasks are enabled, nothing runs yet."""
    with ExitStack() as stack:

        @contextmanager
        def made(database: str) -> Iterator[World]:
            with (
                simulator("prints", restore_rate=100_000) as shop,
                receiving(lost=0.03, seed=SEED) as receiver,
            ):
                for name, value in {
                    "SHOPIFY_SHOP": shop.url,
                    "SHOPIFY_ACCESS_TOKEN": shop.token,
                    "SHOPIFY_CLIENT_SECRET": shop.secret,
                    "RUNNER_MODE": "live",
                    "RUNNER_DATABASE": database,
                    "RUNNER_NETWORK_ALLOW": "127.0.0.0/8",
                    "RUNNER_RETRY_DELAYS": "0.5,1,2,4",
                }.items():
                    monkeypatch.setenv(name, value)
                write_project(tmp_path, receiver.url)
                for handle in (OWN, "effects", "followed"):
                    ran = run("tasks", "enable", handle)
                    assert ran.code == 0, ran.err
                one = World(shop, receiver, tmp_path, database)
                try:
                    yield one
                finally:
                    one.stop()

        yield lambda database: stack.enter_context(made(database))


def tell(world: World, address: str, kill: Callable[[int], None]) -> Story:
    """The story itself: ``EVENTS`` changes and orders, with ``kill`` called ``KILLS`` times in between."""
    story = Story(world.shop, address, world.chance)
    for sku in SKUS:
        world.shop.do("restock", sku=sku, location="Workshop", quantity=300)
    world.shop.subscribe("inventory_levels/update", address)
    for fault in FAULTS:
        world.shop.add_fault(fault)
    moments = set(world.chance.sample(range(EVENTS // 10, EVENTS), KILLS))
    for number in range(1, EVENTS + 1):
        if number in moments:
            kill(world.kills)
        if world.chance.random() < 0.25:
            story.sell()
        else:
            story.order(number, copies=1 + (world.chance.random() < 0.1))
    return story


def check(world: World, story: Story) -> None:
    """Everything that must hold, once it is quiet."""
    with Store(world.database) as store:
        world.until_quiet(store)
        books = read_books(store)
        cache = {name: store.cache.get(world.shop.domain, name) for name in ("orders", "followed")}
    state = world.shop.state()["objects"]
    check_books(books, story, world.kills)
    check_effects(books, story, world.receiver.counts, cache, state["Product"][PRODUCT]["tags"])
    check_levels(world.shop)
    for process in (*world.workers, *world.stopped):
        assert "Traceback" not in process.log, process.log


def test_workers_die_and_the_database_restarts(world: Callable[[str], World], private_cluster: Cluster) -> None:
    """Two workers on PostgreSQL, killed and replaced, the server crashed in between; intake in a process of its own."""
    w = world(private_cluster.url())
    served = Process(w.folder, "serve", "--no-work", "--port", "0", "--api-port", "0")
    try:
        for _ in range(2):
            w.worker("worker")
        address = served.document["webhooks"]

        def kill(number: int) -> None:
            if number % 3 == 1:
                private_cluster.restart()
            w.kill_one()

        story = tell(w, address, kill)
        check(w, story)
        assert served.stop() == 0
        assert "Traceback" not in served.log, served.log
    finally:
        served.kill()


def test_the_only_process_of_a_file_dies(world: Callable[[str], World], tmp_path: Path) -> None:
    """SQLite: intake and work in one process, on a fixed port, killed in the middle of both."""
    w = world(f"sqlite:///{tmp_path}/chaos.db")
    first = w.worker("serve", "--port", "0", "--api-port", "0")
    address = first.document["webhooks"]
    port = address.split(":")[2].split("/")[0]
    w.workers[0].words = ("serve", "--port", port, "--api-port", "0")
    story = tell(w, address, lambda _: w.kill_one())
    check(w, story)
    assert w.workers[0].stop() == 0
