"""``runner preview``: what it shows, its document, and its exit codes 0, 1 and 2."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

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


def test_several_tasks_are_one_document_and_the_worst_counts(run: Command, tmp_path: Path) -> None:
    good = task_file(tmp_path, "{% log 1 %}", name="good")
    failing = task_file(tmp_path, '{% error "no" %}', name="failing")
    ran = run("preview", good, failing, "--json")
    assert ran.code == 1
    assert [result["ok"] for result in ran.document["results"]] == [True, False]
    assert ran.document["ok"] is False


def test_a_task_comes_from_standard_input(run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = task_file(tmp_path, "{% log 1 %}").read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    ran = run("preview", "--stdin", "--json")
    assert ran.code == 0
    assert ran.document["previews"][0]["logs"] == [1]


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
