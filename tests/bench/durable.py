"""The durable engine in figures: ``python tests/bench/durable.py [EVENTS] [--sqlite | --postgres]``.

Every figure of durability.md 3 that a user feels, beside it, measured in processes of their own on a database made for
it: intake, drain with one and two workers, latency, recovery, idle load, size. Baseline: a bare workflow of DBOS with
three empty steps, drained on the same settings in the same run. Exits 1 when a goal on SQLite is missed.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from runner import load_task, render  # noqa: E402  after the path above
from runner.engine.queue.durable import DurableQueue  # noqa: E402
from runner.model.event import Event  # noqa: E402
from runner.model.run import RunKind, RunState  # noqa: E402
from runner.shopify.webhooks import SIGNATURE_HEADER, signature  # noqa: E402
from runner.store import Store  # noqa: E402
from tests.bench.durable_bare import client_of, ended, enqueue  # noqa: E402
from tests.bench.durable_process import SECRET, SHOPS, TOPIC, engine_on, rounds, shop  # noqa: E402
from tests.postgres import Cluster, _begin, _binaries  # noqa: E402

POLL = 0.05
SLOTS = 16
"""Runs that a worker takes at once."""
GOALS = {"intake": 900.0, "drain": 110.0, "p95": 80.0, "takeover": 6.0}
"""Events a second kept, and worked off; milliseconds; seconds. Of SQLite, except for the takeover (PostgreSQL)."""
PUBLISHED = {
    ("sqlite", "intake"): "805 (FULL)",
    ("sqlite", "intake normal"): "920-1460 (NORMAL)",
    ("postgres", "intake"): "350-560",
    ("sqlite", "drain 1"): "92 (FULL)",
    ("sqlite", "drain"): "119-131 (NORMAL)",
    ("postgres", "drain 1"): "73-98",
    ("postgres", "drain 2"): "107-112",
    ("sqlite", "busy 1"): "44-45",
    ("postgres", "busy 1"): "39",
    ("postgres", "busy 2"): "62-68",
    ("sqlite", "latency"): "46 / 72",
    ("postgres", "latency"): "58 / 94",
    ("sqlite", "restart"): "0.5-0.9",
    ("postgres", "takeover"): "4.4-5.6",
    ("sqlite", "idle"): "6",
    ("postgres", "idle"): "9",
    ("sqlite", "bytes"): "2700",
}
"""The figures of durability.md 3 for the design that was chosen."""


@contextmanager
def process(*words: str) -> Iterator[subprocess.Popen[str]]:
    """A process of ``durable_process.py`` that has said it is ready; the block may kill it."""
    command = [sys.executable, "-W", "ignore", str(ROOT / "tests" / "bench" / "durable_process.py"), *words]
    running = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        assert running.stdout is not None
        running.greeting = running.stdout.readline().strip()  # type: ignore[attr-defined]
        if not running.greeting:  # type: ignore[attr-defined]
            sys.exit(f"{' '.join(command)} did not start")
        yield running
    finally:
        running.communicate()


def order(number: int) -> bytes:
    """The body of an order's webhook, of about 0.6 kB."""
    return json.dumps({"id": number, "name": f"#{number}", "note": "n" * 500}).encode()


def fill(url: str, events: int, *, shops: int = SHOPS, threads: int = 1, synchronous: str = "full") -> float:
    """Keep ``events`` events, from ``threads`` threads that each wait for every commit; how many a second."""
    with Store(url, synchronous=synchronous) as store:
        queue = DurableQueue(store)
        engines = [engine_on(store, queue, number) for number in range(shops)]

        def keep(first: int) -> None:
            for number in range(first, events, threads):
                event = Event(TOPIC, json.loads(order(number)), source="shopify")
                engines[number % shops].accept(event, dedupe=f"webhook-{number}")

        senders = [threading.Thread(target=keep, args=(first,)) for first in range(threads)]
        began = time.perf_counter()
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        rate = events / (time.perf_counter() - began)
        queue.close()
    return rate


def posted(address: str, events: int, threads: int = 4) -> float:
    """Post ``events`` signed webhooks over connections that stay open; how many a second were answered."""
    target = urlsplit(address)

    def post(first: int) -> None:
        connection = http.client.HTTPConnection(target.hostname or "", target.port)
        for number in range(first, events, threads):
            body = order(number)
            headers = {
                "Content-Type": "application/json",
                "X-Shopify-Topic": TOPIC.removeprefix("shopify/"),
                "X-Shopify-Shop-Domain": shop(0)["myshopify_domain"],
                "X-Shopify-Webhook-Id": str(number),
                SIGNATURE_HEADER: signature(body, SECRET),
            }
            connection.request("POST", target.path, body, headers)
            reply = connection.getresponse()
            reply.read()
            if reply.status != 200:
                raise RuntimeError(f"the webhook was answered with {reply.status}")
        connection.close()

    workers = [threading.Thread(target=post, args=(first,)) for first in range(threads)]
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return events / (time.perf_counter() - began)


def until(done: Callable[[], bool], seconds: float = 300) -> float:
    """Look every 20 ms; how many seconds it took."""
    began = time.perf_counter()
    while not done():
        if time.perf_counter() - began > seconds:
            sys.exit("it never came to an end")
        time.sleep(0.02)
    return time.perf_counter() - began


@contextmanager
def left_in(url: str) -> Iterator[Callable[[], int]]:
    """Says how many task runs, with their actions, have not ended."""
    with Store(url) as store:

        def left() -> int:
            with store.database.read() as reading:
                found = reading.exec_driver_sql(
                    "SELECT count(DISTINCT event_id) FROM mech_runs WHERE state NOT IN ('succeeded', 'failed')"
                )
                return int(found.scalar_one())

        yield left


def worker(url: str, *, loops: int = 0, seconds: float = 0, synchronous: str = "full") -> tuple[str, ...]:
    """The words that begin a worker, whose tasks do ``loops`` rounds and two actions of ``seconds``."""
    return ("work", url, str(POLL), str(loops), str(seconds), synchronous)


def loops_of(milliseconds: float) -> int:
    """How many rounds of the task's loop take so long on this machine."""
    count = 500
    document = {"name": "bench", "script": rounds(count), "subscriptions_template": TOPIC, "options": {}}
    task, event = load_task(document), Event(TOPIC, {}, source="shopify")
    took = []
    for _ in range(7):
        began = time.process_time()
        render(task, event)
        took.append((time.process_time() - began) * 1000)
    return max(1, round(count * milliseconds / min(took)))


def drain(url: str, events: int, words: tuple[str, ...], workers: int = 1) -> float:
    """Keep events, then start workers: events a second from the moment when all of them are ready."""
    fill(url, events)
    with left_in(url) as left, Several([words] * workers):
        before = left()
        return before / until(lambda: left() == 0)


def bare(url: str, events: int, workers: int) -> float:
    """The same for workflows of DBOS alone."""
    client = client_of(url)
    enqueue(client, [f"bare-{number}" for number in range(events)], SHOPS)
    with Several([("bare", url, str(POLL))] * workers):
        before = ended(client)
        took = until(lambda: ended(client) == events)
    client.destroy()
    return (events - before) / took


def latency(url: str, events: int = 60) -> tuple[float, float]:
    """Milliseconds from the acceptance of an event to the start of its first action, on an idle engine: p50, p95."""
    with process(*worker(url)), Store(url) as store:
        queue = DurableQueue(store)
        engine = engine_on(store, queue)
        accepted = {}
        for number in range(events):
            time.sleep(0.11 + 0.007 * (number % 13))
            began = store.clock.now()
            accepted[engine.accept(Event(TOPIC, {"id": number}, source="shopify"))] = began
        until(lambda: not any(not state.final for state in store.runs.count()))
        waits = []
        for event_id, began in accepted.items():
            actions = store.runs.of_event(str(event_id), RunKind.ACTION)
            first = min(run.started_at for run in actions if run.started_at)
            waits.append((first - began).total_seconds() * 1000)
        queue.close()
    waits.sort()
    return statistics.median(waits), waits[int(len(waits) * 0.95)]


def begun(store: Store, kind: RunKind) -> int:
    """How many runs of a kind are being worked on."""
    return len(store.runs.all(kind=kind, state=RunState.STARTED))


def recovery(url: str, *, other: bool) -> float:
    """Seconds from a kill in the middle of actions until what was interrupted is begun again.

    ``other``: by another worker that runs already; else by the same one, started again. There is no more than one
    worker takes at once: what waits behind a backlog waits for that, and not for the recovery. The actions take longer
    than all of it.
    """
    fill(url, SLOTS, shops=SLOTS)
    words = worker(url, seconds=60)
    with Store(url) as store, process(*words) as first:
        until(lambda: begun(store, RunKind.ACTION) >= SLOTS)
        with Several([words] if other else []) as seconds:
            interrupted = {run.id: run.attempt for run in store.runs.all(kind=RunKind.ACTION, state=RunState.STARTED)}
            first.kill()
            began = time.perf_counter()

            def again() -> bool:
                present = {name: store.runs.get(name) for name in interrupted}
                return all(
                    run and (run.attempt > interrupted[name] or run.state.final) for name, run in present.items()
                )

            with Several([] if other else [words]) as anew:
                until(again)
                took = time.perf_counter() - began
                for each in seconds.running + anew.running:
                    each.kill()
    return took


def idle(url: str, seconds: float = 8.0) -> float:
    """Share of a core, in percent, that a worker takes when there is nothing to do."""
    with process(*worker(url)) as running:
        time.sleep(2)

        def spent() -> float:
            fields = Path(f"/proc/{running.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

        before = spent()
        time.sleep(seconds)
        return (spent() - before) / seconds * 100


def size(url: str) -> float:
    """Bytes in the file of a SQLite database."""
    path = Path(url.removeprefix("sqlite:///"))
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path.stat().st_size


class Several:
    """Processes side by side."""

    def __init__(self, wanted: list[tuple[str, ...]]) -> None:
        self._open = [process(*words) for words in wanted]
        self.running: list[subprocess.Popen[str]] = []

    def __enter__(self) -> Several:
        self.running = [each.__enter__() for each in self._open]
        return self

    def __exit__(self, *unused: object) -> None:
        for each in self._open:
            each.__exit__(None, None, None)


class Table:
    """Collects the figures of one database and prints each as it comes."""

    def __init__(self, database: str) -> None:
        self.database = database
        self.missed: list[str] = []

    def add(self, key: str, label: str, value: str, unit: str, ratio: float | None = None) -> None:
        """One row: ours, the published figure, the ratio to the bare workflow."""
        published = PUBLISHED.get((self.database, key), "")
        beside = f"{ratio:.2f} x bare" if ratio is not None else ""
        print(f"{self.database:<9} {label:<44} {value:>12} {unit:<8} {published:>26}   {beside}", flush=True)

    def goal(self, name: str, value: float, *, least: bool) -> None:
        """Note a goal that is missed."""
        if value < GOALS[name] if least else value > GOALS[name]:
            self.missed.append(f"{self.database}: {name} {value:.1f}, goal {GOALS[name]:g}")


def measure(database: str, fresh: Callable[[], str], events: int) -> list[str]:
    """All figures on one kind of database; the goals that were missed."""
    table = Table(database)
    several = (1,) if database == "sqlite" else (1, 2)
    single = max(fill(fresh(), events) for _ in range(3))
    table.add("intake", "intake, one thread", f"{single:.0f}", "ev/s")
    direct = max(fill(fresh(), events, threads=16) for _ in range(3))
    table.add("", "intake, 16 threads", f"{direct:.0f}", "ev/s")
    if database == "sqlite":
        normal = max(fill(fresh(), events, threads=16, synchronous="normal") for _ in range(3))
        table.add("intake normal", "the same, synchronous=normal", f"{normal:.0f}", "ev/s")
    for connections in (4, 16):
        with process("serve", fresh()) as running:
            over_http = posted(running.greeting, events, connections)  # type: ignore[attr-defined]
        table.add("", f"intake over HTTP, signed, {connections} connections", f"{over_http:.0f}", "ev/s")
    for workers in several:
        base = bare(fresh(), events, workers)
        table.add("", f"bare workflow, 3 steps, {workers} worker(s)", f"{base:.0f}", "ev/s")
        rate = max(_drained(fresh(), events, workers) for _ in range(2))
        table.add(f"drain {workers}", f"drain, no work, {workers} worker(s)", f"{rate:.0f}", "ev/s", rate / base)
        if database == "sqlite":
            table.goal("drain", rate, least=True)
            normal = max(_drained(fresh(), events, workers, synchronous="normal") for _ in range(2))
            table.add("drain", "the same, synchronous=normal", f"{normal:.0f}", "ev/s", normal / base)
        busy = _drained(fresh(), events // 2, workers, loops=loops_of(10), seconds=0.05)
        table.add(f"busy {workers}", f"drain, 10 ms render, 2 x 50 ms, {workers} worker(s)", f"{busy:.0f}", "ev/s")
    middle, late = latency(fresh())
    table.add("latency", "event to first action, idle, p50 / p95", f"{middle:.0f} / {late:.0f}", "ms")
    restart = recovery(fresh(), other=False)
    table.add("restart", "kill -9, the same worker started again", f"{restart:.1f}", "s")
    if database == "sqlite":
        table.goal("intake", direct, least=True)
        table.goal("p95", late, least=False)
        url = fresh()
        empty = fill(url, 0) or size(url)
        fill(url, 1000)
        with left_in(url) as left, process(*worker(url)):
            until(lambda: left() == 0)
        table.add("bytes", "kept for an event with two actions", f"{(size(url) - empty) / 1000:.0f}", "bytes")
    else:
        takeover = recovery(fresh(), other=True)
        table.add("takeover", "kill -9, another worker takes over", f"{takeover:.1f}", "s")
        table.goal("takeover", takeover, least=False)
    table.add("idle", f"idle worker, poll {POLL * 1000:.0f} ms", f"{idle(fresh()):.1f}", "% core")
    return table.missed


def _drained(url: str, events: int, workers: int, **words: Any) -> float:
    return drain(url, events, worker(url, **words), workers)


def main(events: int, databases: list[str]) -> int:
    """Measure and print; 1 when a goal is missed."""
    print(f"Python {sys.version.split()[0]}, {events} events, {SHOPS} shops, load {os.getloadavg()[0]:.1f}")
    print(f"{'':<9} {'':<44} {'measured':>12} {'':<8} {'durability.md 3':>26}")
    missed: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        numbers = iter(range(1_000_000))
        if "sqlite" in databases:
            missed += measure("sqlite", lambda: f"sqlite:///{folder}/{next(numbers)}.db", events)
        if "postgres" in databases:
            binaries = _binaries()
            place, port = _begin(binaries)
            cluster = Cluster(binaries, place, port)
            with contextlib.ExitStack() as stack:
                missed += measure("postgres", lambda: stack.enter_context(cluster.database()), events)
    for line in missed:
        print(f"missed: {line}")
    return 1 if missed else 0


if __name__ == "__main__":
    words = sys.argv[1:]
    wanted = [name for name in ("sqlite", "postgres") if f"--{name}" in words] or ["sqlite", "postgres"]
    sizes = [int(word) for word in words if word.isdigit()]
    sys.exit(main(sizes[0] if sizes else 600, wanted))
