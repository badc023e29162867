"""``runner preview``: what it shows, its document, and its exit codes 0, 1 and 2."""

from __future__ import annotations

import io
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from runner.clock import FixedClock
from runner.model.event import Event
from runner.store import Store
from tests.cli.conftest import Command
from tests.cli.made import TOPIC, event_file, task_file

ECHO = '{% action "echo", inventory_item_id: event.data.inventory_item_id, preview: event.preview %}'


def test_actions_are_shown_with_topic_and_source(run: Command, tmp_path: Path) -> None:
    ran = run("preview", task_file(tmp_path, '{% log "seen" %}{% action "echo", a: 1 %}'))
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[0] == "Task made"
    assert f"{TOPIC} (sample)" in ran.out
    assert "Action 1: echo" in ran.out
    assert "Log: seen" in ran.out


def test_the_document_has_the_published_form(run: Command, tmp_path: Path) -> None:
    ran = run("preview", task_file(tmp_path, ECHO), "--json")
    document = ran.document
    assert document["task"]["name"] == "Task made"
    assert document["task"]["handle"] == "made"
    assert document["task"]["subscriptions"] == [TOPIC]
    assert document["task"]["option_errors"] == []
    (preview,) = document["previews"]
    assert {"topic", "description", "source", "actions", "logs", "errors", "queries", "ms"} <= set(preview)
    assert preview["actions"][0]["options"]["preview"] is True
    assert document["ok"] is True
    assert ran.err == ""


def test_a_preview_event_of_the_task_comes_before_the_sample(run: Command, tmp_path: Path) -> None:
    definitions = [
        {"description": "few", "event_attributes": {"topic": TOPIC, "data": {"inventory_item_id": 7}}},
        {"description": "many", "event_attributes": {"topic": TOPIC, "data": {"inventory_item_id": 8}}},
        {"description": "dormant", "event_attributes": {"topic": "shopify/orders/create", "data": {}}},
    ]
    path = task_file(tmp_path, ECHO, preview_event_definitions=definitions)
    previews = run("preview", path, "--json").document["previews"]
    assert [(each["description"], each["source"]) for each in previews] == [
        ("few", "task definition"),
        ("many", "task definition"),
    ]
    assert [each["actions"][0]["options"]["inventory_item_id"] for each in previews] == [7, 8]


def test_each_distinct_topic_is_rendered_once(run: Command, tmp_path: Path) -> None:
    template = f"{TOPIC}\n{TOPIC}+1.hour\nuser/stock/check"
    path = task_file(tmp_path, "{% log event.topic %}", subscriptions_template=template)
    previews = run("preview", path, "--json").document["previews"]
    assert [(each["topic"], each["logs"]) for each in previews] == [
        (TOPIC, [TOPIC]),
        ("user/stock/check", ["user/stock/check"]),
    ]
    assert previews[1]["source"] == "no data"


def test_the_given_event_is_the_only_one(run: Command, tmp_path: Path) -> None:
    event = event_file(tmp_path, data={"inventory_item_id": 99})
    previews = run("preview", task_file(tmp_path, ECHO), "--event", event, "--json").document["previews"]
    assert [(each["source"], each["actions"][0]["options"]) for each in previews] == [
        ("given event", {"inventory_item_id": 99, "preview": True})
    ]


def test_nothing_outside_the_event_can_be_read(run: Command, tmp_path: Path) -> None:
    script = """{% assign answer = "query { shop { name } }" | shopify %}{% log answer: answer, cached: cache["x"] %}"""
    (preview,) = run("preview", task_file(tmp_path, script), "--json").document["previews"]
    assert preview["logs"] == [{"answer": None, "cached": None}]
    assert preview["queries"] == ["query { shop { name } }"]


def test_a_rendered_error_replaces_the_actions_and_is_exit_code_1(run: Command, tmp_path: Path) -> None:
    ran = run("preview", task_file(tmp_path, '{% action "echo", a: 1 %}{% error "choose one" %}'))
    assert ran.code == 1
    assert "Error 1: choose one" in ran.out
    assert "Action" not in ran.out


def test_a_script_that_fails_while_rendering_is_exit_code_1(run: Command, tmp_path: Path) -> None:
    ran = run("preview", task_file(tmp_path, "line one {% log 1 %}"), "--json")
    assert ran.code == 1
    assert ran.document["ok"] is False
    assert ran.document["previews"][0]["error"]["code"].startswith("liquid.")


def test_a_script_that_does_not_parse_makes_the_task_invalid(run: Command, tmp_path: Path) -> None:
    ran = run("preview", task_file(tmp_path, "{% log 1 %}\n  {% if x %}\n{% endfor %}"))
    assert ran.code == 2
    assert "Invalid:" in ran.out
    assert "script, line" in ran.out
    assert "^" in ran.out
    assert ran.out.count("Invalid:") == 1


def test_a_script_that_does_not_parse_is_told_even_without_subscriptions(run: Command, tmp_path: Path) -> None:
    assert run("preview", task_file(tmp_path, "{% if %}", subscriptions_template="")).code == 2


def test_a_wrong_subscription_makes_the_task_invalid(run: Command, tmp_path: Path) -> None:
    path = task_file(tmp_path, "{% log 1 %}", subscriptions_template=f"{TOPIC}\nmechanic/scheduler/dayly")
    ran = run("preview", path)
    assert ran.code == 2
    assert "mechanic/scheduler/daily" in ran.out
    assert "Log: 1" in ran.out


def test_a_doubtful_shopify_topic_is_a_warning(run: Command, tmp_path: Path) -> None:
    ran = run("preview", task_file(tmp_path, "{% log 1 %}", subscriptions_template="shopify/orders/update"))
    assert ran.code == 0
    assert "Warning:" in ran.out
    assert "shopify/orders/updated" in ran.out


def test_a_missing_required_option_is_told_and_previewed_all_the_same(run: Command, tmp_path: Path) -> None:
    path = task_file(tmp_path, "{% log options.mail__email_required %}")
    ran = run("preview", path, "--json")
    assert ran.code == 0
    assert [error["code"] for error in ran.document["task"]["option_errors"]] == ["option.required"]


def test_options_from_a_file_take_the_place_of_the_tasks_own(run: Command, tmp_path: Path) -> None:
    path = task_file(tmp_path, "{% log options.days__number %}", options={"days__number": 1})
    options = tmp_path / "options.json"
    options.write_text('{"days__number": "5"}')
    (preview,) = run("preview", path, "--options", options, "--json").document["previews"]
    assert preview["logs"] == [5]


def test_an_option_the_task_does_not_have_names_the_nearest(run: Command, tmp_path: Path) -> None:
    path = task_file(tmp_path, "{% log options.days__number %}")
    options = tmp_path / "options.json"
    options.write_text('{"day__number": 5}')
    ran = run("preview", path, "--options", options)
    assert ran.code == 2
    assert "days__number" in ran.err


def test_a_run_without_effect_says_so(run: Command, tmp_path: Path) -> None:
    ran = run("preview", task_file(tmp_path, "{% comment %}x{% endcomment %}"))
    assert ran.code == 0
    assert "Did nothing." in ran.out


def test_a_task_without_subscriptions_says_so(run: Command, tmp_path: Path) -> None:
    ran = run("preview", task_file(tmp_path, "{% log 1 %}", subscriptions_template=""))
    assert ran.code == 0
    assert "subscribes to nothing" in ran.out


def test_long_values_are_cut_unless_verbose(run: Command, tmp_path: Path) -> None:
    path = task_file(tmp_path, '{% assign a = "query { shop { name } }" | shopify %}{% log "' + "x" * 900 + '" %}')
    assert "x" * 900 not in run("preview", path).out
    verbose = run("preview", path, "--verbose").out
    assert "x" * 900 in verbose
    assert "query { shop { name } }" in verbose
    assert " ms" in verbose


def test_a_task_comes_from_standard_input(run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = task_file(tmp_path, "{% log 1 %}").read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    ran = run("preview", "--stdin", "--json")
    assert ran.code == 0
    assert ran.document["previews"][0]["logs"] == [1]


def test_the_text_tells_subscriptions_scopes_and_the_verdict(run: Command, tmp_path: Path) -> None:
    lines = run("preview", task_file(tmp_path, "{% log 1 %}")).out.splitlines()
    assert lines[1] == f"Subscribes to {TOPIC}"
    assert "  read_inventory  subscription shopify/inventory_levels/update" in lines
    assert lines[-1] == "The preview rendered."


def test_scopes_that_are_not_granted_are_marked(run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOPIFY_SCOPES", "read_orders")
    path = task_file(tmp_path, "{% log 1 %}")
    assert "[NOT GRANTED]" in run("preview", path).out
    assert run("preview", path, "--json").document["scopes"]["missing"] == ["read_inventory"]


def test_a_preview_that_shows_nothing_new_names_its_twin(run: Command, tmp_path: Path) -> None:
    path = task_file(tmp_path, '{% action "echo", a: 1 %}', subscriptions_template=f"{TOPIC}\nmechanic/user/trigger")
    assert f"The same as for {TOPIC}." in run("preview", path).out
    assert run("preview", path, "--verbose").out.count("Action 1: echo") == 2


def test_what_a_task_needs_before_it_can_be_enabled_is_told_with_the_key(run: Command, tmp_path: Path) -> None:
    out = run("preview", task_file(tmp_path, "{% log options.mail__email_required %}")).out
    assert '"Mail" is required. (mail__email_required)' in out


def test_a_slip_in_a_flag_is_told_in_text_and_document(run: Command, tmp_path: Path) -> None:
    path = task_file(tmp_path, "{% log options.days__numbr %}")
    words = 'option days__numbr: unknown flag "numbr", did you mean "number"?'
    assert f"Warning: {words}" in run("preview", path).out
    assert run("preview", path, "--json").document["task"]["warnings"] == [words]


@pytest.mark.parametrize(
    ("script", "code", "line", "hint"),
    [
        ("{% log 1 %}\n{% lgo 2 %}", "liquid.syntax", 2, "log"),
        ("{% log 1 %}\n\n{{ x | upcas }}", "liquid.syntax", 3, "upcase"),
    ],
)
def test_an_unknown_name_points_at_its_line_and_names_the_nearest(
    run: Command, tmp_path: Path, script: str, code: str, line: int, hint: str
) -> None:
    path = task_file(tmp_path, script)
    (error,) = run("preview", path, "--json").document["task"]["errors"]
    assert (error["code"], error["where"]["line"], error["where"]["part"]) == (code, line, "script")
    assert error["where"]["source"] == script.splitlines()[line - 1]
    assert hint in error["hint"]
    assert f"script, line {line}, column" in run("preview", path).out


def test_values_of_the_run_form_reach_input(run: Command, tmp_path: Path) -> None:
    script = "{% log input.day %}{% comment %}options.day__date_userform{% endcomment %}"
    path = task_file(tmp_path, script, subscriptions_template="mechanic/user/form")
    form = tmp_path / "form.json"
    form.write_text('{"day": "2026-03-04"}')
    assert run("preview", path, "--input", form, "--json").document["previews"][0]["logs"] == ["2026-03-04"]
    form.write_text('{"dya": "2026-03-04"}')
    ran = run("preview", path, "--input", form)
    assert ran.code == 2
    assert "did you mean day" in ran.err


def test_globals_and_names_of_secrets_come_from_the_project(
    run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mechanic.globals.json").write_text('{"rate": 0.2}')
    monkeypatch.setenv("RUNNER_SECRET_API_TOKEN", "hunter2")
    script = "{% log rate: globals.rate, token: secrets.api_token, none: secrets.other %}"
    ran = run("preview", task_file(tmp_path, script), "--json")
    (log,) = ran.document["previews"][0]["logs"]
    assert (log["rate"], log["none"]) == (0.2, None)
    assert log["token"].startswith("__mechanic_secret__api_token__")
    assert "hunter2" not in ran.out + ran.err


def kept_event(folder: Path) -> None:
    """The project's database with one event in it."""
    (folder / ".runner").mkdir()
    now = datetime(2026, 3, 1, 9, tzinfo=UTC)
    with Store(f"sqlite:///{folder}/.runner/runner.db", clock=FixedClock(now)) as store, store.write() as transaction:
        event = Event(TOPIC, {"inventory_item_id": 5}, id="e1", created_at=now)
        store.events.add(transaction, event, shop="prints.myshopify.com", run_at=now)


@pytest.mark.parametrize(
    ("flags", "variables", "source"),
    [
        ((), {}, "stored event"),
        ((), {"SHOPIFY_SHOP": "prints.myshopify.com"}, "stored event"),
        ((), {"SHOPIFY_SHOP": "other.myshopify.com"}, "sample"),
        (("--no-stored",), {}, "sample"),
        ((), {"CI": "true"}, "sample"),
    ],
)
def test_the_latest_stored_event_comes_before_the_sample_but_in_a_build(
    run: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    flags: tuple[str, ...],
    variables: dict[str, str],
    source: str,
) -> None:
    kept_event(tmp_path)
    monkeypatch.delenv("CI", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    (preview,) = run("preview", task_file(tmp_path, ECHO), *flags, "--json").document["previews"]
    assert preview["source"] == source
    assert (preview["actions"][0]["options"]["inventory_item_id"] == 5) is (source == "stored event")


@pytest.mark.parametrize("content", [b"no database at all, but long enough to be looked at", b""])
def test_a_database_that_cannot_be_read_is_a_warning(
    run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    monkeypatch.delenv("CI", raising=False)
    (tmp_path / ".runner").mkdir()
    database = tmp_path / ".runner" / "runner.db"
    database.write_bytes(content)
    path = task_file(tmp_path, ECHO, subscriptions_template=f"{TOPIC}\nmechanic/user/trigger")
    ran = run("preview", path)
    assert ran.code == 0
    assert ran.err.count("Warning: stored events are not used:") == 1
    assert f"{TOPIC} (sample)" in ran.out


@pytest.mark.parametrize("words", [("preview",), ("preview", "x.json", "--stdin")])
def test_neither_or_both_sources_of_tasks_is_wrong_usage(run: Command, words: tuple[str, ...]) -> None:
    ran = run(*words)
    assert ran.code == 2
    assert "--stdin" in ran.err


def test_a_wrong_path_names_the_nearest_task(run: Command, tmp_path: Path) -> None:
    task_file(tmp_path, "{% log 1 %}", name="reorder")
    ran = run("preview", tmp_path / "reordr.json")
    assert ran.code == 2
    assert "reorder" in ran.err
    assert "Traceback" not in ran.err


def test_a_wrong_handle_names_the_nearest_shipped_task(run: Command) -> None:
    ran = run("preview", "keep-inventory-level-in-sync-within-product")
    assert ran.code == 2
    assert "keep-inventory-levels-in-sync-within-products" in ran.err


def test_broken_json_shows_its_line_with_a_pointer(run: Command, tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_text('{\n  "name": "x",\n  "script": "",,\n}')
    ran = run("preview", path)
    assert ran.code == 2
    assert f"{path}, line 3" in ran.err
    assert '  |   "script": "",,' in ran.err
    assert "^" in ran.err
    document = run("preview", path, "--json").document
    assert document["error"]["where"]["line"] == 3


def test_the_sample_of_a_shipped_task_previews_without_any_setting(run: Command) -> None:
    ran = run("preview", "keep-inventory-levels-in-sync-within-products", "--json")
    assert ran.code == 0
    assert json.loads(ran.out)["previews"]


def test_names_cannot_steer_the_terminal(run: Command, tmp_path: Path) -> None:
    ran = run("preview", task_file(tmp_path, '{% log "\x1b[2J" %}', name="plain"))
    assert "\x1b" not in ran.out


def test_the_same_failure_is_told_once(run: Command, tmp_path: Path) -> None:
    path = task_file(tmp_path, "text", subscriptions_template=f"{TOPIC}\nmechanic/user/trigger")
    ran = run("preview", path)
    assert ran.code == 1
    assert ran.out.count("Failed:") == 1
    assert f"The same as for {TOPIC}." in ran.out
    assert "2 of 2 previews failed." in ran.out


def test_an_action_is_shown_with_its_meta_and_whether_an_event_follows(run: Command, tmp_path: Path) -> None:
    script = '{% action "echo" %}{"a": 1, "__meta": {"n": 2}, "__perform_event": false}{% endaction %}'
    out = run("preview", task_file(tmp_path, script)).out
    assert '    meta: {"n": 2}' in out
    assert "without an event mechanic/actions/perform afterwards" in out


def test_an_unknown_secret_says_where_secrets_are_explained(run: Command, tmp_path: Path) -> None:
    path = task_file(tmp_path, "{{ options.k__secret }}{% log 1 %}", options={"k__secret": "api"})
    out = run("preview", path).out
    assert 'No secret named "api" in this shop. (k__secret)' in out
    assert "`runner docs settings`" in out


def test_verbose_gives_every_reason_of_a_scope(run: Command, tmp_path: Path) -> None:
    script = "{% permissions %}read_inventory{% endpermissions %}{% log 1 %}"
    path = task_file(tmp_path, script)
    assert "subscription shopify/inventory_levels/update, 1 more" in run("preview", path).out
    assert "\n                  permissions tag" in run("preview", path, "--verbose").out


def test_an_action_is_shown_as_people_read_it_and_as_it_is_on_request(run: Command, tmp_path: Path) -> None:
    script = (
        '{% action "email" %}{"to": "a@example.com", "subject": "Hi", "body": "<p>Hello <b>you</b></p>",'
        ' "attachments": {"a.csv": "sku,quantity"}}{% endaction %}'
    )
    path = task_file(tmp_path, script)
    text = run("preview", path).out
    assert "    body: Hello you\n" in text
    assert "      a.csv:\n        text, 12 bytes, 1 line:\n        sku,quantity\n" in text
    assert "<p>Hello <b>you</b></p>" in run("preview", path, "--verbose").out
    (preview,) = run("preview", path, "--json").document["previews"]
    assert preview["actions"][0]["options"]["body"] == "<p>Hello <b>you</b></p>"
    assert "refusals" not in preview


def test_an_action_that_would_be_refused_says_why_and_the_preview_is_well(run: Command, tmp_path: Path) -> None:
    script = '{% action "echo", a: 1 %}{% action "http", method: "fetch", url: "https://example.com" %}'
    path = task_file(tmp_path, script)
    ran = run("preview", path)
    assert ran.code == 0
    assert "    As it is, it would fail: http: " in ran.out
    assert "fetch" in ran.out.partition("would fail")[2]
    (refusal,) = run("preview", path, "--json").document["previews"][0]["refusals"]
    assert (refusal["action"], refusal["code"]) == (1, "action.invalid_options")


def test_an_action_of_no_type_would_be_refused_too(run: Command, tmp_path: Path) -> None:
    ran = run("preview", task_file(tmp_path, '{% action "emial", to: "a@example.com" %}'))
    assert 'would fail: there is no action type "emial"' in ran.out
    assert 'Did you mean "email"?' in ran.out
