"""Killed with every type of action between effect and record: what a new process makes of it (durability.md 6).

All actions are under way at once, each done and none recorded, when the worker dies; another one goes on. The tests
read what both left.
"""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from runner.actions import ACTION_TYPES
from runner.cli import invoke
from runner.model.run import Attempt, Run, RunKind, RunState
from runner.simulator.server import simulator
from runner.store import Store
from tests.chaos.dying import KEPT
from tests.chaos.outside import CASES, CONTENT, Case, World
from tests.chaos.processes import Process
from tests.servers.authority import authority
from tests.servers.ftp import FileServer, ftp_server
from tests.servers.loop import loop_thread
from tests.servers.mail import MailServers, mail_servers_started
from tests.servers.providers import Providers, providers_server
from tests.servers.relay import relay
from tests.servers.sftp import SecureFiles, sftp_server
from tests.servers.web import WebServer, web_server

__all__ = [
    "authority",
    "ftp_server",
    "loop_thread",
    "mail_servers_started",
    "providers_server",
    "sftp_server",
    "web_server",
]

FILES = {"a.csv": CONTENT}
LOCAL = '{% action "cache", "incr", "n" %}{% action "echo", "said" %}{% action "event", topic: "user/came/of" %}'
PATIENCE = 40.0
pytestmark = pytest.mark.timeout(120)


@dataclass(frozen=True)
class Seen:
    """What was there after the kill and the takeover, by the name of the case."""

    runs: dict[str, Run]
    attempts: dict[str, tuple[Attempt, ...]]
    asked: dict[str, int]
    stands: dict[str, int]
    message_ids: list[str]
    topics: list[str]
    reported: list[str]
    """The ids of the action runs that an error event told of."""
    counter: object
    files: int
    death: int
    logs: str
    asked_after_retry: int


@pytest.fixture(scope="module")
def seen(
    tmp_path_factory: pytest.TempPathFactory,
    web_server: WebServer,
    providers_server: Providers,
    mail_servers_started: MailServers,
    ftp_server: FileServer,
    sftp_server: SecureFiles,
) -> Iterator[Seen]:
    with ExitStack() as stack:
        shop = stack.enter_context(simulator("prints", restore_rate=100_000, hold_webhooks=True))
        folder = tmp_path_factory.mktemp("killed")
        world = World(
            shop,
            stack.enter_context(relay(shop.port)),
            web_server,
            providers_server,
            mail_servers_started,
            ftp_server,
            sftp_server,
            folder,
        )
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        world.prepare()
        stack.callback(world.speak_again)
        project = folder / "project"
        (project / "tasks").mkdir(parents=True)
        patch.chdir(project)
        for name, value in world.settings().items():
            patch.setenv(name, value)
        write_tasks(project, world)
        yield killed_and_taken_over(world, project)


def write_tasks(project: Path, world: World) -> None:
    """A task for each case, all enabled; and one that hears of failures."""
    scripts = {name: (case.script(world), "user/kill/outside") for name, case in CASES.items()}
    scripts["files"] = (f'{{% action "files" %}}{json.dumps(FILES)}{{% endaction %}}', "user/kill/outside")
    scripts["local"] = (LOCAL, "user/kill/local")
    scripts["reporter"] = ("{% log error.action.run.id %}", "mechanic/errors/action")
    for name, (script, topic) in scripts.items():
        handle = name.replace(" ", "-").lower()
        document = {"name": name, "script": script, "subscriptions_template": topic, "options": {}}
        (project / "tasks" / f"{handle}.json").write_text(json.dumps(document), encoding="utf-8")
        assert invoke(["tasks", "enable", handle]) == 0


def killed_and_taken_over(world: World, project: Path) -> Seen:
    """One worker that dies with everything done and nothing recorded, then another one until nothing is left to do."""
    with Store(f"sqlite:///{world.folder}/runner.db") as store:
        first = Process(project, "worker", module="tests.chaos.dying")
        world.fall_silent()
        assert invoke(["send", "user/kill/outside"]) == 0
        wait_until(lambda: (project / KEPT).exists() and all(case.asked(world) for case in CASES.values()))
        assert not [run for run in store.runs.all(kind=RunKind.ACTION) if run.state.final]
        assert invoke(["send", "user/kill/local"]) == 0
        death = first.end()
        world.speak_again()
        second = Process(project, "worker")
        wait_until(lambda: not any(count for state, count in store.runs.count().items() if not state.final))
        asked = {name: case.asked(world) for name, case in CASES.items()}
        runs = {run.task_name or "": run for run in store.runs.all(kind=RunKind.ACTION) if run.task_name != "local"}
        runs |= {
            str((run.payload or {}).get("type")): run
            for run in store.runs.all(kind=RunKind.ACTION)
            if run.task_name == "local"
        }
        assert invoke(["runs", "retry", runs["http POST"].id, "--yes"]) == 0
        wait_until(lambda: CASES["http POST"].asked(world) > 1)
        assert second.stop() == 0
        logs = [run.result for run in store.runs.all(kind=RunKind.TASK) if run.task_name == "reporter"]
        return Seen(
            runs=runs,
            attempts={name: store.runs.attempts(run.id) for name, run in runs.items()},
            asked=asked,
            stands={name: case.stands(world) for name, case in CASES.items() if case.stands is not None},
            message_ids=[got.message["message-id"] for got in world.mail.plain.got],
            topics=[event.topic for event in store.events.all()],
            reported=[log for result in logs for log in (result or {})["logs"]],
            counter=store.cache.get(world.shop.domain, "n"),
            files=sum(
                file.read_bytes() == CONTENT.encode() for file in (world.folder / "kept").rglob("*") if file.is_file()
            ),
            death=death,
            logs=first.log + second.log,
            asked_after_retry=CASES["http POST"].asked(world),
        )


def wait_until(done: Callable[[], bool]) -> None:
    """Look until it is."""
    ends = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < ends
        time.sleep(0.05)


def test_every_type_is_among_the_cases() -> None:
    assert {case.type for case in CASES.values()} | {"files", "cache", "echo", "event"} == set(ACTION_TYPES)


def test_the_worker_was_killed_with_all_of_it_under_way(seen: Seen) -> None:
    assert seen.death == -signal.SIGKILL
    assert "Traceback" not in seen.logs
    for name in (*CASES, "files"):
        first = seen.attempts[name][0]
        assert (first.sent_at is not None, first.ended_at) == (True, None), name


@pytest.mark.parametrize("name", CASES)
def test_what_was_done_and_not_recorded_is_repeated_where_that_is_harmless_and_told_of_where_not(
    name: str, seen: Seen
) -> None:
    case: Case = CASES[name]
    run = seen.runs[name]
    assert seen.asked[name] == (2 if case.again else 1)
    assert seen.stands.get(name, 1) == 1, "it stands there once, however often it was asked for"
    if case.again:
        assert (run.state, run.error) == (RunState.SUCCEEDED, None)
        assert len(seen.attempts[name]) == 2
        assert run.id not in seen.reported
        return
    assert run.state is RunState.FAILED
    assert str(run.error).startswith("outcome unknown: ")
    assert (run.failure or {})["code"] == "action.outcome_unknown"
    assert "retry the run" in (run.failure or {})["hint"]
    assert run.id in seen.reported, "the tasks that report errors hear of it"


def test_a_message_has_the_id_of_its_run(seen: Seen) -> None:
    assert seen.message_ids == [f"<{seen.runs['email'].id}@shop.test>"]


def test_files_are_kept_once(seen: Seen) -> None:
    assert (seen.runs["files"].state, len(seen.attempts["files"]), seen.files) == (RunState.SUCCEEDED, 2, 1)


def test_local_actions_are_done_once_since_what_was_not_recorded_was_undone(seen: Seen) -> None:
    assert [seen.runs[kind].state for kind in ("cache", "echo", "event")] == [RunState.SUCCEEDED] * 3
    assert seen.counter == 1
    assert seen.topics.count("user/came/of") == 1


def test_an_operator_may_have_it_done_again(seen: Seen) -> None:
    assert seen.asked_after_retry == 2
