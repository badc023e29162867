"""Manual retry, replay and cancel (engine.md 4.5, 4.6, 10), on the inline queue and on the durable one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from runner.clock import FixedClock
from runner.engine import EnabledTask, Engine
from runner.engine.operations.again import Retried, retry
from runner.engine.operations.cancelling import cancel, outlook
from runner.engine.operations.replay import replay
from runner.engine.queue.durable import DurableQueue
from runner.errors import InputError
from runner.model.event import Event
from runner.model.run import RunKind, RunState
from runner.model.task import Task
from runner.store import Store, Wanted
from tests.engine.world import LATER, NEVER, NOW, SHOP, World, probes

FAILED, SUCCEEDED, CANCELLED, DUE = RunState.FAILED, RunState.SUCCEEDED, RunState.CANCELLED, RunState.DUE


def again(world: World, *run_ids: str) -> Retried:
    return retry(world.store, world.engine.queue, run_ids)


# --- manual retry ------------------------------------------------------------------------------------------------


def test_a_failed_action_is_performed_again_with_its_frozen_options(world: World) -> None:
    world.task(probes("a"))
    world.probe.endings["a"] = [NEVER]
    world.run()
    failed = world.actions()[0]
    world.task(probes("other"))
    assert again(world, failed.id).runs == (failed.id,)
    assert world.store.runs.get(failed.id).error is None  # type: ignore[union-attr]
    world.engine.drain()
    assert world.probe.performed == ["a", "a"]
    run = world.actions()[0]
    assert (run.state, run.attempt, run.attempts_before) == (SUCCEEDED, 2, 1)


def test_a_run_asked_for_again_gets_all_automatic_retries_anew(world: World) -> None:
    world.task(probes("a"))
    world.probe.endings["a"] = [LATER] * 5
    world.run()
    world.engine.drain(advance=True)
    failed = world.actions()[0]
    assert (failed.state, failed.attempt) == (FAILED, 5)
    world.probe.endings["a"] = [LATER] * 4
    again(world, failed.id)
    world.engine.drain(advance=True)
    assert (world.actions()[0].state, world.actions()[0].attempt) == (SUCCEEDED, 10)
    assert [each.number for each in world.store.runs.attempts(failed.id)] == list(range(1, 11))


def test_a_failed_task_run_is_rendered_with_the_latest_code_and_the_old_data(world: World) -> None:
    world.task("{% error 'no' %}")
    event_id = world.run(data={"n": 7})
    failed = world.runs(RunKind.TASK)[0]
    assert failed.state is FAILED
    world.task('{% log event.data.n %}{% action "probe", "now" %}')
    again(world, failed.id)
    world.engine.drain()
    run = world.runs(RunKind.TASK)[0]
    assert (run.id, run.event_id, run.state, world.logs(), world.probe.performed) == (
        failed.id,
        event_id,
        SUCCEEDED,
        [7],
        ["now"],
    )


@pytest.mark.parametrize(
    ("script", "allowed"),
    [("{% log 'only' %}", True), ("", True), (probes("a"), False), ("{% error 'x' %}", True)],
)
def test_a_task_run_can_be_asked_for_again_when_it_failed_or_rendered_no_actions(
    world: World, script: str, allowed: bool
) -> None:
    world.task(script)
    world.run()
    done = again(world, world.runs(RunKind.TASK)[0].id)
    assert (len(done.runs), len(done.refused)) == ((1, 0) if allowed else (0, 1))


def test_an_event_run_can_be_asked_for_again_when_no_task_answered_it(world: World) -> None:
    world.run()
    event_run = world.runs(RunKind.EVENT)[0]
    world.task(probes("a"))
    assert again(world, event_run.id).runs == (event_run.id,)
    world.engine.drain()
    assert world.probe.performed == ["a"]
    refused = again(world, event_run.id).refused
    assert [each.run.id for each in refused] == [event_run.id]
    assert "task runs are its result" in refused[0].reason


def test_what_succeeded_or_still_waits_is_refused_with_the_reason(world: World) -> None:
    world.task(probes("a"))
    world.run()
    world.send()
    waiting = world.runs(RunKind.TASK)[1]
    done = again(world, world.actions()[0].id, waiting.id)
    assert [each.reason.split(":")[0] for each in done.refused] == [
        "it succeeded, and doing it again would do it twice",
        "it is due",
    ]
    assert done.runs == ()


def test_an_action_of_unknown_outcome_is_done_again_when_a_person_asks(make_world: Callable[..., World]) -> None:
    from runner.actions import Outcome
    from tests.engine.world import ProbeAction

    world = make_world(probe=ProbeAction(again=False))
    world.task(probes("a"))
    world.probe.endings["a"] = [Outcome(ok=False, error="lost", transient=True, uncertain=True)]
    world.run()
    unknown = world.actions()[0]
    assert unknown.failure is not None
    assert unknown.failure["code"] == "action.outcome_unknown"
    again(world, unknown.id)
    world.engine.drain()
    assert (world.actions()[0].state, world.probe.performed) == (SUCCEEDED, ["a", "a"])


def test_a_halted_sequence_goes_on_in_its_order_when_all_of_it_is_asked_for(world: World) -> None:
    names = [f"n{number}" for number in range(30)]
    world.task(probes(names), perform_action_runs_in_sequence=True, halt_action_run_sequence_on_error=True)
    world.probe.endings["n2"] = [NEVER]
    world.run()
    assert world.states() == [SUCCEEDED] * 2 + [FAILED] * 28
    done = again(world, *(run.id for run in world.actions() if run.state is FAILED))
    assert len(done.runs) == 28
    world.engine.drain()
    assert world.probe.performed == [*names[:3], *names[2:]]
    assert world.states() == [SUCCEEDED] * 30
    assert not any(run.job_open for run in world.actions())


def test_the_task_hears_of_both_endings_of_a_run_asked_for_again(world: World) -> None:
    world.task(
        "{% if event.topic == 'user/a/b' %}{% action 'probe', 'a' %}{% else %}{% log action.run.ok %}{% endif %}",
        "user/a/b\nmechanic/actions/perform",
    )
    world.probe.endings["a"] = [NEVER]
    world.run()
    again(world, world.actions()[0].id)
    world.engine.drain()
    assert world.logs("mechanic/actions/perform") == [False, True]


def test_each_failure_of_a_run_asked_for_again_is_an_error_event_of_its_own(world: World) -> None:
    world.task("{% error 'no' %}")
    world.task("{% log error.message %}", "mechanic/errors/task", name="reporter")
    world.run()
    again(world, world.runs(RunKind.TASK, "user/a/b")[0].id)
    world.engine.drain()
    assert world.logs("mechanic/errors/task") == ["no", "no"]


def test_a_run_of_a_disabled_task_fails_at_once_and_again_when_asked(world: World) -> None:
    world.task(probes("a"))
    world.send()
    world.task(probes("a"), enabled=False)
    world.engine.drain()
    run = world.runs(RunKind.TASK)[0]
    assert (run.state, run.failure["code"]) == (FAILED, "task.disabled")
    again(world, run.id)
    world.engine.drain()
    assert world.runs(RunKind.TASK)[0].state is FAILED
    world.task(probes("a"))
    again(world, run.id)
    world.engine.drain()
    assert world.probe.performed == ["a"]


def test_an_unknown_run_is_an_error_and_changes_nothing(world: World) -> None:
    world.task("{% error 'no' %}")
    world.run()
    with pytest.raises(InputError, match="no run nowhere"):
        again(world, world.runs(RunKind.TASK)[0].id, "nowhere")
    assert world.runs(RunKind.TASK)[0].state is FAILED


# --- replay ------------------------------------------------------------------------------------------------------


def test_a_replay_is_a_new_event_that_knows_its_origin(world: World) -> None:
    world.task("{% log event.data %}")
    old = world.run(data={"n": 1}, source="shopify", shopify_topic="shopify/a/b", targets=frozenset({"task"}))
    new = replay(world.engine, world.store, old)
    world.engine.drain()
    row = world.store.events.get(new)
    assert row is not None
    assert (new != old, row.origin, row.event.data) == (True, {"replay_of": old}, {"n": 1})
    assert (row.event.source, row.event.shopify_topic) == ("shopify", "shopify/a/b")
    assert row.event.targets == frozenset({"task"})
    assert world.logs() == [{"n": 1}, {"n": 1}]
    assert len(world.store.runs.of_event(old)) == 2


def test_a_replay_has_the_values_of_the_run_form_and_the_parent(world: World) -> None:
    world.task("{% log input.Days, event.parent.topic %}", "mechanic/user/form", options={"Days__userform_number": 1})
    parent = Event("user/p/q", id="p", created_at=NOW)
    old = world.run("mechanic/user/form", parent=parent, inputs={"Days": 9})
    replay(world.engine, world.store, old)
    world.engine.drain()
    assert world.logs()[0] == world.logs()[1]
    assert "9" in str(world.logs()[1])
    assert "user/p/q" in str(world.logs()[1])


def test_a_replay_may_be_for_one_task_only(world: World) -> None:
    world.task(probes("a"), name="one")
    world.task(probes("b"), name="two")
    old = world.run()
    replay(world.engine, world.store, old, targets=["two"])
    world.engine.drain()
    assert world.probe.performed == ["a", "b", "b"]


def test_replays_are_no_loop_however_many_there_are(world: World) -> None:
    world.task(probes("a"), "shopify/products/update")
    old = world.run("shopify/products/update", {"id": 1})
    for _ in range(5):
        replay(world.engine, world.store, old)
        world.engine.drain()
    assert world.states() == [SUCCEEDED] * 6


def test_an_unknown_event_cannot_be_replayed(world: World) -> None:
    with pytest.raises(InputError, match="no event"):
        replay(world.engine, world.store, "nowhere")


# --- cancel ------------------------------------------------------------------------------------------------------


def test_what_waits_is_cancelled_and_what_ran_is_left_alone(world: World) -> None:
    world.task(probes("a"))
    world.run()
    world.send()
    later = world.send(run_at=NOW + timedelta(days=1))
    sight = outlook(world.store, Wanted())
    assert (dict(sight.waiting), sight.under_way, sight.total) == ({"event": 1, "task": 1}, 0, 2)
    assert cancel(world.store, world.engine.queue, Wanted()) == 2
    world.engine.drain(advance=True)
    assert world.probe.performed == ["a"]
    assert [run.state for run in world.store.runs.of_event(later)] == [CANCELLED]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(topic="user/a/b"), ["two"]),
        (Wanted(topic="user/a/*"), ["two"]),
        (Wanted(topic="user/x/y"), ["one"]),
        (Wanted(tasks=("one",)), ["two"]),
        (Wanted(tasks=("nobody",)), ["one", "two"]),
        (Wanted(until=NOW), ["one", "two"]),
        (Wanted(until=NOW + timedelta(seconds=1)), []),
        (Wanted(since=NOW + timedelta(seconds=1)), ["one", "two"]),
        (Wanted(kinds=("action",)), ["one", "two"]),
        (Wanted(states=("scheduled", "failed")), ["one", "two"]),
        (Wanted(text="NEEDLE"), ["two"]),
    ],
)
def test_a_batch_is_chosen_by_topic_task_age_kind_state_and_text(
    world: World, wanted: Wanted, expected: list[str]
) -> None:
    world.task(probes(["one"]), "user/a/b", name="one")
    world.task(probes(["two"]), "user/x/y", name="two")
    world.send("user/a/b", "a needle in it")
    world.send("user/x/y")
    cancel(world.store, world.engine.queue, wanted)
    world.engine.drain()
    assert world.probe.performed == expected


def test_only_states_that_wait_can_be_named(world: World) -> None:
    with pytest.raises(InputError, match="due"):
        cancel(world.store, world.engine.queue, Wanted(states=("failed",)))


def test_a_cancelled_run_can_be_asked_for_again(world: World) -> None:
    world.task(probes("a"))
    world.send()
    cancel(world.store, world.engine.queue, Wanted())
    run = world.runs(RunKind.TASK)[0]
    assert run.state is CANCELLED
    again(world, run.id)
    world.engine.drain()
    assert world.probe.performed == ["a"]


def test_what_was_cancelled_before_its_time_waits_for_it_again(world: World) -> None:
    """A month of reminders that was cancelled by mistake must not go out at once."""
    world.task(probes("a"), "user/a/b+2.days")
    world.run()
    cancel(world.store, world.engine.queue, Wanted())
    run = world.runs(RunKind.TASK)[0]
    again(world, run.id)
    world.engine.drain()
    (waiting,) = world.runs(RunKind.TASK)
    assert (waiting.state, waiting.run_at, world.probe.performed) == (RunState.SCHEDULED, run.run_at, [])
    cancel(world.store, world.engine.queue, Wanted())
    world.clock.advance(3 * 86400)
    again(world, run.id)
    world.engine.drain()
    assert world.probe.performed == ["a"], "its time is over: at once"


# --- from another process, on the durable queue ------------------------------------------------------------------


@pytest.fixture(params=["sqlite", "postgres"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else str(tmp_path / "shared.db")
    with Store(url) as store:
        yield store


def test_a_process_that_only_asks_moves_runs_of_the_workers_queue(shared: Store) -> None:
    task = Task.from_json({"name": "t", "script": "{% error 'no' %}", "subscriptions_template": "user/a/b"})
    book = [EnabledTask.prepare(task, id="t", shop=SHOP)]
    queue = DurableQueue(shared)
    try:
        engine = Engine(shared, book, shop=SHOP, queue=queue)
        ids = [engine.accept(Event("user/a/b", number)) for number in range(12)]
        assert outlook(shared, Wanted()).total == 12
        assert cancel(shared, queue, Wanted(events=tuple(str(each) for each in ids[:10]))) == 10
        replayed = replay(engine, shared, str(ids[0]))
        cancelled = [run.id for run in shared.runs.of_event(str(ids[1]), RunKind.TASK)]
        assert retry(shared, queue, cancelled).runs == tuple(cancelled)
        engine.start()
        _until(lambda: not shared.jobs.overdue(shared.clock.now() + timedelta(days=1)))
        engine.stop(5)
        states: dict[Any, Any] = {
            each: [run.state for run in shared.runs.of_event(str(each), RunKind.TASK)] for each in (*ids, replayed)
        }
        assert [states[each] for each in (ids[0], ids[1], ids[2], ids[10], replayed)] == [
            [CANCELLED],
            [FAILED],
            [CANCELLED],
            [FAILED],
            [FAILED],
        ]
        assert queue.stats().due == 0
    finally:
        queue.close()


def _until(is_so: Callable[[], bool]) -> None:
    from runner.clock import SystemClock, stopwatch

    elapsed = stopwatch()
    while not is_so():
        assert elapsed() < 20, "it did not come about"
        SystemClock().sleep(0.05)


def test_a_hundred_thousand_waiting_runs_are_cancelled_in_seconds(tmp_path: Path) -> None:
    """Ten thousand here, to keep the tests short: one statement a thousand, not one a run."""
    from runner.clock import stopwatch
    from runner.model.run import Run

    with Store(str(tmp_path / "many.db"), clock=FixedClock(NOW)) as store:
        queue = DurableQueue(store)
        try:
            with store.write() as tx:
                store.events.add(tx, Event("user/a/b", id="e", created_at=NOW), shop="s", run_at=NOW)
                store.runs.add(
                    tx,
                    [
                        Run(f"r{n}", RunKind.TASK, "e", DUE, run_at=NOW, shop="s", job_open=True, dispatch_no=1)
                        for n in range(10_000)
                    ],
                )
            elapsed = stopwatch()
            assert cancel(store, queue, Wanted(events=("e",))) == 10_000
            assert elapsed() < 5
            assert outlook(store, Wanted()).total == 0
        finally:
            queue.close()
