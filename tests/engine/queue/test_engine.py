"""The engine on the durable queue, on a SQLite file and on PostgreSQL: many threads, stopping, taking over."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from runner.actions import ACTION_TYPES, Outcome, Tools
from runner.clock import stopwatch
from runner.engine import EnabledTask, Engine
from runner.engine.observe import ActionPerformed, Occurrence
from runner.engine.queue.durable import DurableQueue
from runner.engine.queue.limits import QueueLimits
from runner.model.event import Event
from runner.model.run import RunKind, RunState
from runner.model.task import Task
from runner.store import Store
from tests.engine.world import LATER, SHOP, ProbeAction, probes

LIMITS = QueueLimits(poll=0.02)
NAMES = [f"p{number:02}" for number in range(30)]


class Timed(ProbeAction):
    """Takes ``seconds`` each; ``peak`` is how many went on at a time, ``begun`` is set by the first."""

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__()
        self.seconds = seconds
        self.peak = 0
        self.begun = threading.Event()
        self._now = 0
        self._lock = threading.Lock()

    def perform(self, options: str, tools: Tools) -> Outcome:
        with self._lock:
            self._now += 1
            self.peak = max(self.peak, self._now)
        self.begun.set()
        tools.clock.sleep(self.seconds)
        with self._lock:
            self._now -= 1
            return super().perform(options, tools)


@dataclass
class Stage:
    """Engines on one database, each on a queue of its own; ``told`` is what they told."""

    store: Store
    url: str
    told: list[Occurrence] = field(default_factory=list)
    queues: list[DurableQueue] = field(default_factory=list)

    def engine(self, probe: ProbeAction, *tasks: EnabledTask, limits: QueueLimits = LIMITS) -> Engine:
        queue = DurableQueue(self.store, limits=limits)
        self.queues.append(queue)
        types = {**ACTION_TYPES, "probe": probe}
        return Engine(self.store, tasks, shop=SHOP, queue=queue, action_types=types, observer=self.told.append)

    def wait(self, seconds: float = 60) -> None:
        """Until nothing is due; a minute at most."""
        elapsed = stopwatch()
        while self.store.runs.waiting("queue")[0]:
            assert elapsed() < seconds, "it never came to be"
            self.store.clock.sleep(0.02)


def task(script: str, subscriptions: str = "user/a/b", name: str = "task", **more: Any) -> EnabledTask:
    document = {"name": name, "script": script, "subscriptions_template": subscriptions, **more}
    return EnabledTask.prepare(Task.from_json(document), id=name, shop=SHOP)


class Contract:
    @pytest.fixture
    def stage(self, url: str) -> Iterator[Stage]:
        with Store(url) as store:
            stage = Stage(store, url)
            yield stage
            for queue in stage.queues:
                queue.close()

    def states(self, stage: Stage) -> list[RunState]:
        return [run.state for run in stage.store.runs.all(kind=RunKind.ACTION)]

    def test_actions_of_a_run_go_on_four_at_a_time(self, stage: Stage) -> None:
        probe = Timed(0.03)
        engine = stage.engine(probe, task(probes(NAMES[:12])))
        engine.accept(Event("user/a/b"))
        engine.start()
        stage.wait()
        engine.stop(5)
        assert probe.peak == 4
        assert sorted(probe.performed) == NAMES[:12]
        assert probe.performed[0] in NAMES[:4]
        assert self.states(stage) == [RunState.SUCCEEDED] * 12
        assert sum(isinstance(each, ActionPerformed) for each in stage.told) == 12

    def test_a_sequence_is_strict_across_chunks_and_workers(self, stage: Stage) -> None:
        probe = Timed()
        engine = stage.engine(probe, task(probes(NAMES), perform_action_runs_in_sequence=True))
        engine.accept(Event("user/a/b"))
        engine.start()
        stage.wait()
        engine.stop(5)
        assert probe.performed == NAMES
        assert probe.peak == 1

    def test_chains_caches_and_chunks_come_to_their_end(self, stage: Stage) -> None:
        script = (
            '{% if event.topic == "user/a/b" %}{% action "event", topic: "user/c/d" %}'
            + probes(NAMES)
            + '{% action "cache", "incr", "n" %}{% else %}{% log cache["n"] %}{% endif %}'
        )
        engine = stage.engine(ProbeAction(), task(script, "user/a/b\nuser/c/d"))
        engine.start()
        for number in range(3):
            assert engine.accept(Event("user/a/b"), f"delivery-{number}")
            assert engine.accept(Event("user/a/b"), f"delivery-{number}") is None
        elapsed = stopwatch()
        while any(not run.state.final for run in stage.store.runs.all()):
            assert elapsed() < 60
            stage.store.clock.sleep(0.05)
        engine.stop(5)
        logged = [run.result["logs"] for run in stage.store.runs.all(kind=RunKind.TASK) if run.result["logs"]]
        assert len(logged) == 3
        assert all(each != [None] for each in logged)
        assert not any(run.job_open for run in stage.store.runs.all())

    def test_what_runs_is_finished_when_asked_to_stop_and_the_rest_is_handed_over(self, stage: Stage) -> None:
        probe = Timed(0.1)
        engine = stage.engine(probe, task(probes(NAMES[:20])))
        engine.accept(Event("user/a/b"))
        engine.start()
        assert probe.begun.wait(30)
        engine.stop(20)
        done = list(probe.performed)
        assert 4 <= len(done) < 20
        assert engine.queue.under_way == 0
        assert self.states(stage).count(RunState.SUCCEEDED) == len(done)
        assert self.states(stage).count(RunState.STARTED) == 0
        engine.start()
        stage.wait()
        engine.stop(5)
        assert sorted(probe.performed) == NAMES[:20]
        assert {run.attempt for run in stage.store.runs.all(kind=RunKind.ACTION)} == {1}

    def test_a_retry_is_a_dispatch_of_its_own_in_thirty_seconds(self, stage: Stage) -> None:
        probe = Timed()
        probe.endings["p01"] = [LATER]
        engine = stage.engine(probe, task(probes(NAMES[:3])))
        engine.accept(Event("user/a/b"))
        engine.start()
        stage.wait()
        engine.stop(5)
        (again,) = [run for run in stage.store.runs.all() if not run.state.final]
        assert (again.payload["options"], again.state, again.job_open) == ("p01", RunState.SCHEDULED, True)
        assert again.run_at is not None
        assert timedelta(seconds=25) < again.run_at - stage.store.clock.now() < timedelta(seconds=34)

    def test_what_a_command_left_open_is_taken_up(self, stage: Stage) -> None:
        probe = ProbeAction()
        wanted = task(probes(["x"]))
        left = Engine(stage.store, [wanted], shop=SHOP, action_types={"probe": probe})
        left.accept(Event("user/a/b"))
        left.accept(Event("user/a/b"), run_at=stage.store.clock.now() + timedelta(days=1))
        engine = stage.engine(probe, wanted)
        assert engine.recover() == 2
        engine.start()
        stage.wait()
        engine.stop(5)
        assert probe.performed == ["x"]
        assert engine.queue.stats().later == 1

    def test_an_engine_that_knows_no_tasks_leaves_the_matching_to_one_that_does(self, stage: Stage) -> None:
        probe = ProbeAction()
        receiver = Engine(stage.store, shop=SHOP, queue=stage.engine(probe).queue)
        receiver.accept(Event("user/a/b"))
        assert [run.kind for run in stage.store.runs.all()] == [RunKind.EVENT]
        engine = stage.engine(probe, task(probes(["x"])))
        engine.start()
        elapsed = stopwatch()
        while not probe.performed:
            assert elapsed() < 30
            stage.store.clock.sleep(0.02)
        stage.wait()
        engine.stop(5)
        assert [run.state for run in stage.store.runs.all()] == [RunState.SUCCEEDED] * 3

    def test_many_threads_render_and_perform_at_once(self, stage: Stage) -> None:
        probe = ProbeAction()
        script = '{% for i in (1..30) %}{% assign n = n | append: i %}{% endfor %}{% action "probe", event.data %}'
        engine = stage.engine(probe, task(script), limits=QueueLimits(shop=16, poll=0.02))
        for number in range(40):
            engine.accept(Event("user/a/b", data=f"e{number}"))
        engine.start()
        stage.wait()
        engine.stop(5)
        assert sorted(probe.performed) == sorted(f"e{number}" for number in range(40))


class TestSQLite(Contract):
    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        return str(tmp_path / "runner.db")


class TestPostgreSQL(Contract):
    @pytest.fixture
    def url(self, postgres_url: str) -> str:
        return postgres_url


def test_steps_are_not_for_an_engine_that_works_by_itself(tmp_path: Path) -> None:
    with Store(str(tmp_path / "runner.db")) as store:
        queue = DurableQueue(store)
        engine = Engine(store, queue=queue)
        assert not engine.is_working
        with pytest.raises(RuntimeError, match="takes no steps"):
            engine.drain()
        engine.start()
        assert engine.is_working
        engine.stop()
        assert not engine.is_working
        queue.close()
