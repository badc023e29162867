"""``runner explain``: lines, loops and fields behind actions, as a user asks for them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runner.engine import EnabledTask, Engine
from runner.model.event import Event
from runner.project import load_task
from runner.store import Store
from tests.cli.conftest import Command

SHOP = {"myshopify_domain": "prints.myshopify.com", "iana_timezone": "Etc/UTC"}
SCRIPT = """{% assign mail = order.customer.email %}
{% for item in order.line_items %}
  {% if item.quantity >= options.min__number %}
    {% action "echo" %}
      { "to": {{ mail | json }}, "sku": {{ item.sku | json }} }
    {% endaction %}
  {% endif %}
{% endfor %}
{"action": {"type": "echo", "options": {{ order.name | json }} } }
"""
ORDER: Any = {
    "id": 1,
    "name": "#1",
    "note": "not read",
    "customer": {"email": "a@example.com"},
    "line_items": [{"id": 5, "sku": "A", "quantity": 1}, {"id": 6, "sku": "B", "quantity": 3}],
}


@pytest.fixture
def happen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """Lets an order come in and be worked off; the event's id."""
    monkeypatch.setenv("SHOPIFY_SHOP", "prints.myshopify.com")
    monkeypatch.setenv("SHOPIFY_ACCESS_TOKEN", "t")
    (tmp_path / "tasks").mkdir()
    (tmp_path / ".runner").mkdir()
    write_task(tmp_path, SCRIPT)

    def happened() -> str:
        task = EnabledTask.prepare(load_task(tmp_path / "tasks" / "sorting.json"), shop=SHOP)
        with Store(f"sqlite:///{tmp_path}/.runner/runner.db") as store:
            engine = Engine(store, [task], shop=SHOP)
            event_id = engine.accept(Event("shopify/orders/create", ORDER))
            engine.drain(wait=False)
        assert event_id is not None
        return event_id

    return happened


def write_task(folder: Path, script: str) -> None:
    topic = "shopify/orders/create"
    document = {"name": "Sorting", "script": script, "subscriptions_template": topic, "options": {"min__number": 2}}
    (folder / "tasks" / "sorting.json").write_text(json.dumps(document))


def test_each_action_is_told_with_line_loop_conditions_and_fields(happen: Callable[[], str], run: Command) -> None:
    (task,) = run("explain", happen(), "--json").document["tasks"]
    first, second = task["actions"]
    assert first["origin"] == {
        "line": 4,
        "offset": SCRIPT.index("action"),
        "rounds": [{"line": 2, "variable": "item", "index": 2, "item": {"id": 6}}],
    }
    assert first["conditions"] == [3]
    assert {field["path"]: field.get("values") for field in first["fields"]} == {
        "order.line_items[].sku": ["A", "B"],
        "order.line_items": [ORDER["line_items"]],
        "order.line_items[].quantity": [1, 3],
        "order.customer.email": ["a@example.com"],
        "options.min__number": None,
    }
    assert (second["origin"]["line"], second["origin"]["rounds"], second["conditions"]) == (9, [], [])
    assert [field["path"] for field in second["fields"]] == ["order.name"]


def test_it_reads_as_sentences(happen: Callable[[], str], run: Command) -> None:
    said = run("explain", happen()[:8]).out
    for words in (
        "task Sorting: succeeded",
        "on shopify/orders/create",
        "written by  line 4 of the script",
        "in a loop   line 2, item 2: id 6",
        "under       line 3",
        "event field order.customer.email = a@example.com",
        "options     min__number",
    ):
        assert words in said
    assert "not read" not in said


def test_one_action_is_explained_alone(happen: Callable[[], str], run: Command) -> None:
    happen()
    runs = run("runs", "list", "--json").document["runs"]
    action = next(each for each in runs if each["kind"] == "action" and each["seq"] == 1)
    (task,) = run("explain", action["id"], "--json").document["tasks"]
    assert [each["seq"] for each in task["actions"]] == [1]
    whole = next(each for each in runs if each["kind"] == "task")
    assert len(run("explain", whole["id"], "--json").document["tasks"][0]["actions"]) == 2


def test_a_script_that_changed_since_is_not_read_as_the_old_one(
    happen: Callable[[], str], run: Command, tmp_path: Path
) -> None:
    event = happen()
    write_task(tmp_path, f"\n\n{SCRIPT}")
    (task,) = run("explain", event, "--json").document["tasks"]
    assert "has changed since" in task["note"]
    assert task["actions"][0]["origin"]["line"] == 4
    assert "fields" not in task["actions"][0]
    (tmp_path / "tasks" / "sorting.json").unlink()
    (task,) = run("explain", event, "--json").document["tasks"]
    assert "the task is gone" in task["note"]


def test_an_unknown_id_is_told(happen: Callable[[], str], run: Command) -> None:
    happen()
    refused = run("explain", "zzzz")
    assert refused.code == 2
    assert "`runner runs list`" in refused.err
