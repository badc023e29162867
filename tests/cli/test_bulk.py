"""Bulk operations under the commands that wait for their ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from runner.model.run import RunKind
from runner.simulator.server import simulator
from runner.store import Store
from tests.cli.conftest import Command
from tests.cli.made import TOPIC, task_file
from tests.cli.test_serve import serving, until

QUERY = "{ products { edges { node { id __typename title } } } }"
SCRIPT = """{% if event.topic == "mechanic/shopify/bulk_operation" %}
  {% log titles: bulkOperation.objects.size, led_by: event.parent.topic %}
{% else %}
  {% action "shopify" %}
    mutation { bulkOperationRunQuery(query: QUERY) { bulkOperation { id } userErrors { message } } }
  {% endaction %}
{% endif %}""".replace("QUERY", json.dumps(QUERY))
TOPICS = f"{TOPIC}\nmechanic/shopify/bulk_operation"


def test_run_waits_for_the_end_and_shows_what_the_task_makes_of_it(run: Command, tmp_path: Path) -> None:
    task = task_file(tmp_path, SCRIPT, subscriptions_template=TOPICS)
    ran = run("run", task, "--topic", TOPIC, "--shop", "prints")
    assert ran.code == 0
    assert "event mechanic/shopify/bulk_operation (bulk_operation)" in ran.out
    assert '"titles": 6' in ran.out


def test_a_dry_run_starts_nothing_and_waits_for_nothing(run: Command, tmp_path: Path) -> None:
    task = task_file(tmp_path, SCRIPT, subscriptions_template=TOPICS)
    ran = run("run", task, "--topic", TOPIC, "--shop", "prints", "--dry-run")
    assert ran.code == 0
    assert "waiting" not in ran.out + ran.err


def test_serve_asks_after_an_operation_until_its_task_has_answered(
    run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tasks").mkdir()
    task_file(tmp_path / "tasks", SCRIPT, subscriptions_template=TOPICS)
    with simulator("prints") as shop:
        monkeypatch.setenv("SHOPIFY_SHOP", shop.url)
        monkeypatch.setenv("SHOPIFY_ACCESS_TOKEN", shop.token)
        monkeypatch.setenv("SHOPIFY_CLIENT_SECRET", shop.secret)
        monkeypatch.setenv("RUNNER_MODE", "live")
        assert run("tasks", "enable", "made").code == 0
        with serving(tmp_path) as (told, _), Store(str(tmp_path / ".runner" / "runner.db")) as store:
            shop.subscribe("inventory_levels/update", told["webhooks"])
            shop.do("sell", sku="HD-OAK", location="Workshop")

            def logs() -> list[Any]:
                return [
                    log for each in store.runs.all(kind=RunKind.TASK) for log in (each.result or {}).get("logs", [])
                ]

            until(lambda: logs())
            assert logs() == [{"titles": 6, "led_by": TOPIC}]
