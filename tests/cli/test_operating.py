"""The commands about events and runs: what they print, what they change, what they refuse."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from runner.cli.anonymous import Anonymous
from runner.cli.moments import parse_age, parse_moment, span
from runner.engine import EnabledTask, Engine
from runner.errors import InputError
from runner.model.event import Event
from runner.project import load_task
from runner.simulator.server import RunningShop
from runner.store import Store
from runner.testing.fixtures import read_case
from tests.cli.conftest import Command, Ran
from tests.cli.test_serve import serving, shop, until  # noqa: F401  a fixture

DOMAIN = "prints.myshopify.com"
SHOP = {"myshopify_domain": DOMAIN, "iana_timezone": "America/New_York"}
NOW = datetime(2026, 3, 4, 20, 0, tzinfo=UTC)
SCRIPT = """{% if event.data.bad %}{% error "bad thing" %}{% endif %}
{% log event.topic %}{% if event.data.act %}{% action "echo", x: event.data %}{% endif %}"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with two tasks, one of them enabled, and a shop that nobody needs to ask."""
    monkeypatch.setenv("SHOPIFY_SHOP", DOMAIN)
    monkeypatch.setenv("SHOPIFY_ACCESS_TOKEN", "t")
    (tmp_path / "tasks").mkdir()
    (tmp_path / ".runner").mkdir()
    write_task(tmp_path, "hello", "user/a/b\nmechanic/scheduler/daily+9.hours\nmechanic/user/form", SCRIPT)
    write_task(tmp_path, "off", "user/off/x", "")
    return tmp_path


def write_task(folder: Path, handle: str, topics: str, script: str) -> None:
    document = {"name": handle.title(), "script": script, "subscriptions_template": topics, "options": {}}
    (folder / "tasks" / f"{handle}.json").write_text(json.dumps(document))


@pytest.fixture
def happen(project: Path, run: Command) -> Callable[..., str]:
    """Lets an event happen, all that follows included; its id."""
    assert run("tasks", "enable", "hello").code == 0

    def happened(topic: str = "user/a/b", data: Any = None, **changes: Any) -> str:
        task = EnabledTask.prepare(load_task(project / "tasks" / "hello.json"), shop=SHOP)
        with Store(f"sqlite:///{project}/.runner/runner.db") as store:
            engine = Engine(store, [task], shop=SHOP)
            event_id = engine.accept(Event(topic, data, **changes))
            engine.drain(wait=False)
        assert event_id is not None
        return event_id

    return happened


def ids(ran: Ran, what: str) -> list[str]:
    return [row["id"] for row in ran.document[what]]


# --- times ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2h", NOW - timedelta(hours=2)),
        ("1.5d", NOW - timedelta(hours=36)),
        ("2026-03-04", datetime(2026, 3, 4, 5, tzinfo=UTC)),
        ("2026-03-04T10:30", datetime(2026, 3, 4, 15, 30, tzinfo=UTC)),
        ("2026-03-04T10:30:00Z", datetime(2026, 3, 4, 10, 30, tzinfo=UTC)),
        ("2026-07-01T00:00", datetime(2026, 7, 1, 4, tzinfo=UTC)),
    ],
)
def test_a_time_is_an_age_or_local_to_the_shop(text: str, expected: datetime) -> None:
    assert parse_moment(text, "--since", now=NOW, zone=ZoneInfo("America/New_York")) == expected


@pytest.mark.parametrize("text", ["yesterday", "2", "-2h", "2 years", "", "2026-13-01"])
def test_what_is_no_time_is_refused_with_the_option(text: str) -> None:
    with pytest.raises(InputError, match="--since"):
        parse_moment(text, "--since", now=NOW, zone=UTC)


def test_an_age_counts_forward_where_the_future_is_meant() -> None:
    assert parse_moment("2h", "--at", now=NOW, zone=UTC, ahead=True) == NOW + timedelta(hours=2)
    assert parse_age("2w", "--older-than") == timedelta(days=14)


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "0.2 s"), (61, "1 min 1 s"), (3600, "1 h"), (90_061, "1 d 1 h"), (59.6, "1 min")]
)
def test_a_length_of_time_has_two_units_at_most(seconds: float, words: str) -> None:
    assert span(seconds) == words


# --- send ----------------------------------------------------------------------------------------------------------


def test_an_event_is_kept_for_the_next_worker(project: Path, run: Command) -> None:
    (project / "d.json").write_text('{"n": 1}')
    run("tasks", "enable", "hello")
    sent = run("send", "user/a/b", "--data", "d.json")
    assert (sent.code, "No worker runs" in sent.err) == (0, True)
    shown = run("events", "show", sent.out.strip()[:8], "--json").document
    assert (shown["event"]["data"], shown["event"]["source"], shown["run"]["state"]) == ({"n": 1}, "user", "due")
    assert "start `runner serve`" in shown["reasons"][0]


def test_an_event_can_be_for_one_task_and_for_later(project: Path, run: Command) -> None:
    run("tasks", "enable", "hello")
    sent = run("send", "mechanic/user/form", "--task", "hello", "--at", "2h", "--json").document
    shown = run("events", "show", sent["id"], "--json").document
    assert (shown["run"]["state"], len(shown["targets"])) == ("scheduled", 1)
    assert "not due" in shown["reasons"][0]


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("user/a",), "three"),
        (("user/a/b", "--data", "nowhere.json"), "no such data file"),
        (("user/a/b", "--task", "off"), "does not subscribe"),
        (("user/a/b", "--task", "nobody"), "no task"),
        (("user/a/b", "--at", "soon"), "--at"),
        (("user/a/b", "--data", "x", "--record", "1"), "exclude"),
        (("user/a/b", "--data", "bad.json"), "bad.json"),
    ],
)
def test_a_mistake_in_send_is_told(project: Path, run: Command, words: tuple[str, ...], part: str) -> None:
    (project / "bad.json").write_text("{")
    sent = run("send", *words)
    assert (sent.code, part in sent.err) == (2, True), sent.err


def test_nobody_subscribing_is_said_at_once(project: Path, run: Command) -> None:
    assert "disabled: off" in run("send", "user/off/x").err
    assert "No enabled task" in run("send", "user/nobody/x").err


# --- events --------------------------------------------------------------------------------------------------------


def test_events_are_listed_newest_first_by_page(happen: Callable[..., str], run: Command) -> None:
    made = [happen(data={"n": number}) for number in range(5)]
    first = run("events", "list", "--limit", "2", "--json")
    assert ids(first, "events") == [made[4], made[3]]
    second = run("events", "list", "--limit", "2", "--before", first.document["next"][:8], "--json")
    assert ids(second, "events") == [made[2], made[1]]
    last = run("events", "list", "--before", second.document["next"], "--json")
    assert (ids(last, "events"), last.document["next"]) == ([made[0]], None)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--topic", "user/a/b"), ["bad", "good"]),
        (("--topic", "user/*"), ["other", "bad", "good"]),
        (("--task", "hello"), ["bad", "good"]),
        (("--task", "Hello"), ["bad", "good"]),
        (("--errors",), ["bad"]),
        (("--state", "failed"), ["bad"]),
        (("--text", "NEEDLE"), ["good"]),
        (("--text", "bad thing"), ["bad"]),
        (("--text", "100%"), []),
        (("--since", "1h"), ["other", "bad", "good"]),
        (("--until", "1h"), []),
        (("--older-than", "1h"), []),
        (("--topic", "user/a/b", "--errors", "--text", "needle"), []),
    ],
)
def test_events_are_chosen_by_what_they_and_their_runs_are(
    happen: Callable[..., str], run: Command, words: tuple[str, ...], expected: list[str]
) -> None:
    names = {
        happen(data={"x": "a Needle"}): "good",
        happen(data={"bad": True}): "bad",
        happen("user/other/x"): "other",
    }
    assert [names[each] for each in ids(run("events", "list", *words, "--json"), "events")] == expected


def test_an_event_is_shown_with_runs_family_and_why_nothing_happened(happen: Callable[..., str], run: Command) -> None:
    parent = Event("user/p/q", id="parent-id", created_at=NOW)
    shown = run("events", "show", happen(data={"act": 1}, parent=parent)[:8]).out
    for part in ("event user/a/b", "user/p/q (parent-i)", "task Hello: succeeded", "log: user/a/b", "action 1 echo"):
        assert part in shown
    assert "Nothing happened" not in shown
    assert "no task of the project subscribes" in run("events", "show", happen("user/no/one")).out
    assert '"Off" subscribes to it and is disabled' in run("events", "show", happen("user/off/x")).out
    targeted = happen("user/a/b", targets=frozenset({"gone"}))
    assert "it is for gone, which is gone alone" in run("events", "show", targeted).out


def test_an_unknown_or_ambiguous_id_is_told(happen: Callable[..., str], run: Command) -> None:
    for name in ("aaa-1", "aaa-2"):
        happen("user/x/y", id=name)
    assert "several events" in run("events", "show", "aaa").err
    assert run("events", "show", "aaa-1").code == 0
    assert "no event" in run("events", "show", "zzz").err
    assert "no run" in run("runs", "show", "zzz").err
    assert "that is an event" in run("runs", "show", "aaa-1").err
    event_run = ids(run("runs", "list", "--event", "aaa-1", "--json"), "runs")[0]
    assert "that is a run" in run("events", "show", event_run).err


def test_an_export_is_read_back_as_it_was(
    happen: Callable[..., str], run: Command, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    happen(data={"act": "é\u2028"})
    happen(data={"bad": True})
    assert run("events", "export", "one.jsonl", "--json").document == {"events": 2, "file": "one.jsonl"}
    assert run("events", "import", "one.jsonl", "--json").document == {"imported": 0, "known": 2, "run": False}
    monkeypatch.setenv("RUNNER_DATABASE", f"sqlite:///{project}/other.db")
    assert run("events", "import", "one.jsonl", "--json").document["imported"] == 2
    run("events", "export", "two.jsonl")
    assert (project / "two.jsonl").read_bytes() == (project / "one.jsonl").read_bytes()
    assert run("runs", "list", "--json", "--state", "due").document["runs"] == []
    failed = ids(run("runs", "list", "--json", "--state", "failed"), "runs")
    assert run("runs", "show", failed[0]).out.count("bad thing") == 2  # the run's and the attempt's
    exported = run("events", "export", "-", "--errors")
    assert len(exported.out.splitlines()) == 1


def test_runs_that_waited_at_the_export_do_not_start_in_another_database(
    happen: Callable[..., str], run: Command, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("send", "user/a/b")
    run("events", "export", "one.jsonl")
    monkeypatch.setenv("RUNNER_DATABASE", f"sqlite:///{project}/other.db")
    run("events", "import", "one.jsonl")
    states = [row["state"] for row in run("runs", "list", "--json").document["runs"]]
    assert states == ["cancelled"]


def test_bare_events_are_imported_once_as_history_or_to_be_run(
    happen: Callable[..., str], run: Command, project: Path
) -> None:
    (project / "bare.jsonl").write_text('{"topic": "user/a/b", "data": 1}\n\n{"topic": "user/a/b", "data": 2}\n')
    assert run("events", "import", "bare.jsonl", "--json").document["imported"] == 2
    assert run("events", "import", "bare.jsonl", "--json").document["known"] == 2
    (project / "more.jsonl").write_text('{"topic": "user/a/b", "data": 3}')
    assert run("events", "import", "more.jsonl", "--run").code == 0
    assert [row["state"] for row in run("runs", "list", "--json").document["runs"]] == ["due"]


@pytest.mark.parametrize(
    "line",
    ["x", "[]", "{}", '{"event": {"topic": "a"}}', '{"event": {"id": "1", "topic": "user/a/b"}}', '{"topic": 1}'],
)
def test_a_line_that_is_no_event_is_named(happen: Callable[..., str], run: Command, project: Path, line: str) -> None:
    (project / "bad.jsonl").write_text(f'{{"topic": "user/a/b"}}\n{line}\n')
    done = run("events", "import", "bad.jsonl")
    assert (done.code, "bad.jsonl, line 2" in done.err) == (2, True), done.err


def test_a_captured_event_is_a_sample_without_the_people_in_it(
    happen: Callable[..., str], run: Command, project: Path
) -> None:
    event_id = happen(
        data={"customer": {"first_name": "Ann", "email": "ann@shop.example"}, "say": "to ann@shop.example"}
    )
    assert run("events", "capture", event_id[:8], "--anonymise").code == 0
    sample = json.loads((project / "fixtures/_events/user/a/b.json").read_text())
    assert sample["topic"] == "user/a/b"
    assert "ann" not in json.dumps(sample).lower()
    assert run("events", "capture", event_id).code == 2
    assert run("events", "capture", event_id, "--replace").code == 0
    assert run("events", "capture", event_id, "--task", "nobody").code == 2
    case = Path(run("events", "capture", event_id, "--task", "hello").out.strip())
    assert case.parent == project / "fixtures" / "hello"
    assert read_case(case).event.topic == "user/a/b"


def test_stand_ins_are_the_same_for_the_same_and_leave_things_alone() -> None:
    anonymous = Anonymous()
    order = {
        "name": "#1001",
        "email": "ann@shop.example",
        "customer": {"first_name": "Anna", "last_name": "Berg", "email": "ann@shop.example", "name": "Anna Berg"},
        "line_items": [{"name": "Harbour at Dawn", "title": "Anna Berg's print"}],
        "note": "call Anna Berg",
        "token": "abc",
        "latitude": 52.5,
    }
    made = anonymous.data(order)
    assert (made["name"], made["line_items"][0]["name"]) == ("#1001", "Harbour at Dawn")
    assert made["email"] == made["customer"]["email"] == "person1@example.com"
    text = json.dumps(made)
    assert not any(part in text for part in ("Anna", "Berg", "ann@", "abc", "52.5"))
    assert anonymous.data({"email": "ann@shop.example"}) == {"email": "person1@example.com"}
    assert anonymous.data({"email": "other@shop.example"}) == {"email": "person2@example.com"}


# --- runs and replay ----------------------------------------------------------------------------------------------


def test_a_failed_run_is_shown_and_tried_again(happen: Callable[..., str], run: Command) -> None:
    happen(data={"bad": True})
    failed = ids(run("runs", "list", "--state", "failed", "--json"), "runs")[0]
    assert "bad thing" in run("runs", "show", failed[:8]).out
    assert run("runs", "retry", failed[:8], "--dry-run", "--json").document == {"runs": [failed], "dry_run": True}
    assert run("runs", "retry", failed[:8]).code == 0
    assert run("runs", "show", failed, "--json").document["run"]["state"] == "due"
    refused = run("runs", "retry", failed)
    assert (refused.code, "it is due" in refused.err) == (1, True)


def test_a_batch_needs_a_yes_and_says_its_size_first(happen: Callable[..., str], run: Command) -> None:
    for _ in range(3):
        happen(data={"bad": True})
    asked = run("runs", "retry", "--since", "1h")
    assert (asked.code, "3 run(s)" in asked.err) == (4, True)
    assert run("runs", "list", "--state", "failed", "--json").document["runs"] != []
    assert "3 run(s) would" in run("runs", "retry", "--since", "1h", "--dry-run").out
    assert "3 run(s) wait" in run("runs", "retry", "--since", "1h", "--yes").out
    assert "3 task run(s) would be cancelled" in run("runs", "cancel", "--task", "hello", "--dry-run").out
    assert run("runs", "cancel", "--task", "hello").code == 4
    assert run("runs", "cancel", "--task", "hello", "--yes", "--json").document["cancelled"] == 3
    assert "0 run(s) cancelled" in run("runs", "cancel", "--all", "--yes").out


@pytest.mark.parametrize("words", [("retry",), ("cancel",), ("cancel", "--all", "--topic", "a/b/c")])
def test_nothing_is_done_to_runs_that_nobody_chose(project: Path, run: Command, words: tuple[str, ...]) -> None:
    assert run("runs", *words).code == 2


def test_a_replay_is_a_new_event_with_its_origin(happen: Callable[..., str], run: Command) -> None:
    old = happen(data={"act": 1})
    assert "1 event(s) would" in run("replay", old[:8], "--dry-run").out
    made = run("replay", old[:8], "--for", "hello", "--json").document["replayed"][0]
    shown = run("events", "show", made["as"], "--json").document
    assert (shown["origin"], shown["event"]["data"], len(shown["targets"])) == ({"replay_of": old}, {"act": 1}, 1)
    assert f"a replay of {old}" in run("events", "show", made["as"]).out
    assert run("replay", "--topic", "user/a/b").code == 4
    assert "0 event(s)" in run("replay", "--topic", "user/a/b", "--state", "failed", "--yes").out
    assert "1 event(s) would" in run("replay", "--topic", "user/a/b", "--if-no-runs", "--dry-run").out
    assert run("replay").code == 2


# --- status, schedule, cache ---------------------------------------------------------------------------------------


def test_the_status_tells_what_waits_and_what_failed(happen: Callable[..., str], run: Command) -> None:
    happen(data={"bad": True})
    run("send", "user/a/b")
    document = run("status", "--json").document
    assert (document["shop"], document["due"], document["later"]) == (DOMAIN, 1, 0)
    assert document["workers"] == []
    assert [error["error"] for error in document["last_errors"]] == ["bad thing"]
    assert [tick["task"] for tick in document["next_ticks"]] == ["Hello"]
    text = run("status").out
    assert "none: start `runner serve`" in text
    assert "bad thing" in text


def test_the_schedule_shows_enabled_tasks_in_the_zone_of_the_shop(project: Path, run: Command) -> None:
    assert "no enabled task" in run("schedule").out
    run("tasks", "enable", "hello")
    found = run("schedule", "--json").document
    assert (found["zone"], found["next"][0]["task"]) == ("UTC", "hello")
    assert found["next"][0]["runs_at"].endswith("09:00:00.000Z")
    assert "nothing was missed" in run("schedule", "--missed").out


def test_a_run_that_waits_for_its_offset_is_on_the_schedule(happen: Callable[..., str], run: Command) -> None:
    happen("mechanic/scheduler/daily")
    found = run("schedule", "--json").document
    assert [(each["task_name"], each["state"]) for each in found["waiting"]] == [("Hello", "scheduled")]
    assert "waits since its tick" in run("schedule").out
    assert len(run("status", "--json").document["next_ticks"]) == 2


def test_missed_ticks_are_those_since_the_last_look(project: Path, run: Command) -> None:
    run("tasks", "enable", "hello")
    with Store(f"sqlite:///{project}/.runner/runner.db") as store:
        store.schedule.note(DOMAIN, ["mechanic/scheduler/daily"], store.clock.now() - timedelta(days=2))
    missed = run("schedule", "--missed", "--json").document["missed"]
    assert 1 <= len(missed) <= 2
    assert {each["topic"] for each in missed} == {"mechanic/scheduler/daily"}


def test_the_cache_is_listed_read_set_and_deleted(project: Path, run: Command) -> None:
    assert "empty" in run("cache", "list").out
    assert run("cache", "set", "a:1", '{"n": [1]}', "--ttl", "60").code == 0
    run("cache", "set", "a:2", "null")
    run("cache", "set", "A:3", '"text"')
    assert [each["key"] for each in run("cache", "list", "a:", "--json").document["cache"]] == ["a:1", "a:2"]
    assert run("cache", "get", "a:1").out.strip() == '{"n": [1]}'
    assert run("cache", "get", "a:2", "--json").document == {"key": "a:2", "found": True, "value": None}
    assert run("cache", "get", "nowhere").code == 1
    assert run("cache", "set", "k", "text").code == 2
    assert run("cache", "delete", "a:1", "nowhere", "--json").document == {"deleted": ["a:1"]}
    assert run("cache", "clear", "a:").code == 4
    assert run("cache", "clear", "a:", "--yes", "--json").document == {"deleted": 1}
    assert [each["key"] for each in run("cache", "list", "--json").document["cache"]] == ["A:3"]


# --- beside a running server ---------------------------------------------------------------------------------------


def test_a_running_server_works_off_what_commands_ask_for(shop: RunningShop, run: Command, tmp_path: Path) -> None:  # noqa: F811
    write_task(tmp_path, "hello", "user/a/b", SCRIPT)
    run("tasks", "enable", "hello")
    with serving(tmp_path) as (served, _):

        def state(run_id: str) -> Any:
            return run("runs", "show", run_id, "--json").document["run"]

        (tmp_path / "d.json").write_text('{"bad": true}')
        sent = run("send", "user/a/b", "--data", "d.json", "--json").document
        assert sent["workers"] == 1
        until(lambda: httpx.get(f"{served['api']}/status").json()["runs"] == {"succeeded": 1, "failed": 1})
        failed = ids(run("runs", "list", "--state", "failed", "--json"), "runs")[0]
        write_task(tmp_path, "hello", "user/a/b", "{% log 'mended' %}")
        until(lambda: run("runs", "retry", failed).code == 0 and _ended(state, failed)["state"] == "succeeded")
        assert state(failed)["result"]["logs"] == ["mended"]
        made = run("replay", sent["id"], "--json").document["replayed"][0]["as"]
        until(lambda: run("events", "show", made, "--json").document["tasks"])
        document = run("status", "--json").document
        assert (len(document["workers"]), document["server"]["url"]) == (1, served["api"])


def _ended(state: Callable[[str], Any], run_id: str) -> Any:
    until(lambda: state(run_id)["state"] in ("failed", "succeeded"))
    return state(run_id)


# --- purge ---------------------------------------------------------------------------------------------------------


def test_a_person_leaves_the_database_and_that_something_happened_stays(
    happen: Callable[..., str], run: Command
) -> None:
    event_id = happen(data={"act": 1, "customer": {"id": 7001001, "email": "ann@shop.example"}})
    assert "1 event(s) and 0 cache key(s) hold it" in run("purge", "--customer", "7001001", "--dry-run").out
    assert run("purge", "--email", "ann@shop.example").code == 4
    done = run("purge", "--email", "ANN@shop.example", "--yes", "--json")
    assert (done.code, done.document["events"]) == (0, [event_id])
    shown = run("events", "show", event_id)
    assert ("ann@" in shown.out, "data and runs were deleted" in shown.out) == (False, True)
    assert "deleted" in run("events", "list").out
    assert run("replay", event_id).code == 2
    assert run("events", "capture", event_id).code == 2
    assert "0 event(s)" in run("purge", "--email", "ann@shop.example", "--yes").out


def test_what_waits_is_left_unless_it_may_be_cancelled(project: Path, run: Command) -> None:
    (project / "d.json").write_text('{"id": 7001001}')
    run("send", "user/a/b", "--data", "d.json")
    left = run("purge", "--customer", "7001001", "--yes")
    assert (left.code, "--pending" in left.err) == (1, True)
    done = run("purge", "--customer", "7001001", "--yes", "--pending", "--json")
    assert (done.code, len(done.document["events"]), done.document["left"]) == (0, 1, [])


def test_old_events_are_deleted_by_age(happen: Callable[..., str], run: Command) -> None:
    old = happen(created_at=datetime.now(UTC) - timedelta(days=3))
    assert "0 event(s) deleted" in run("purge", "--older-than", "1d", "--yes").out  # its runs ended just now
    assert run("purge", "--older-than", "1d", "--dry-run", "--json").document["events"] == 1
    assert run("events", "show", old).code == 0


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--email", "a@b"),
        ("--customer", "x1234"),
        ("--older-than", "soon"),
        ("--customer", "1234567", "--older-than", "1d"),
    ],
)
def test_a_purge_of_nothing_or_everything_is_refused(project: Path, run: Command, words: tuple[str, ...]) -> None:
    assert run("purge", *words, "--yes").code == 2


def test_a_request_of_shopify_is_met_by_its_event(happen: Callable[..., str], run: Command) -> None:
    about = {"customer": {"id": 7001001, "email": "ann@shop.example"}, "orders_to_redact": [299938]}
    happen(data={"order": 299938})
    other = happen(data={"order": 1})
    wanted = happen("shopify/customers/data_request", about)
    assert "2 event(s)" in run("purge", "--request", wanted[:8]).out
    redact = happen("shopify/customers/redact", about)
    assert run("purge", "--request", redact).code == 4
    assert len(run("purge", "--request", redact, "--yes", "--json").document["events"]) == 3
    assert run("purge", "--request", other, "--yes").code == 2
    everything = happen("shopify/shop/redact", {"shop_domain": DOMAIN})
    assert "5 event(s), all there are" in run("purge", "--request", everything, "--dry-run").out
    assert run("purge", "--request", everything, "--yes", "--json").document == {"deleted": 5}
    assert "no events yet" in run("events", "list").out


@pytest.mark.parametrize("topic", ["customers/redact", "shop/redact"])
def test_a_request_about_another_shop_of_the_database_deletes_nothing_of_this_one(
    topic: str, project: Path, happen: Callable[..., str], run: Command
) -> None:
    happen(data={"customer": 7001001})
    other = {**SHOP, "myshopify_domain": "other.myshopify.com"}
    with Store(f"sqlite:///{project}/.runner/runner.db") as store:
        asked = Engine(store, [], shop=other).accept(Event(f"shopify/{topic}", {"customer": {"id": 7001001}}))
    refused = run("purge", "--request", str(asked), "--yes")
    assert refused.code == 2
    assert "is of another shop in this database" in refused.err
    assert "SHOPIFY_SHOP" in refused.err
    assert len(run("events", "list", "--json").document["events"]) == 2
