"""A live run tells what a task did, what was refused and why, and what the simulator could not answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.model.task import Task
from runner.simulator.server import RunningShop, simulator
from runner.testing.fixtures import parse_case
from runner.testing.live import LiveRun
from runner.testing.live_case import play_live

TOPIC = "mechanic/user/trigger"
ACTION = '{% action "shopify" %}mutation { CALL { userErrors { field message } } }{% endaction %}'
TAG = ACTION.replace("CALL", 'tagsAdd(id: "gid://shopify/Product/80000001", tags: ["live"])')


@pytest.fixture(scope="module")
def served() -> Iterator[RunningShop]:
    with simulator("prints", hold_webhooks=True) as shop:
        yield shop


def lived(shop: RunningShop, script: str) -> LiveRun:
    task = Task.from_json({"name": "Mine", "script": script, "options": {}, "subscriptions_template": TOPIC})
    case = parse_case(f"shop: prints\nlive: [event: {TOPIC}]", Path("/p/fixtures/mine/one.yml"))
    return play_live(case, task, shop=shop).sums


def test_changes_calls_and_points_are_those_of_the_task(served: RunningShop) -> None:
    found = lived(served, TAG)
    assert (found.changes, found.calls, found.points) == ({"graphql tagsAdd": 1}, 1, 10)
    assert (found.actions, found.task_runs, found.quiet, found.changed) == ({"shopify": 1}, 1, True, True)
    assert not any((found.faults, found.failures, found.refused, found.missing, found.complaints, found.guesses))


def test_what_is_started_in_the_background_is_no_change_by_itself(served: RunningShop) -> None:
    call = 'bulkOperationRunQuery(query: "{ products { edges { node { id } } } }")'
    assert lived(served, ACTION.replace("CALL", call)).changes == {}


@pytest.mark.parametrize(
    ("call", "where", "told"),
    [
        ('tagsAdd(id: "gid://shopify/Product/1", tags: ["x"])', "complaints", "Product does not exist"),
        ("nothingAtAll(id: 1)", "refused", "undefinedField"),
        ('webPixelDelete(id: "gid://shopify/WebPixel/1")', "missing", "webPixelDelete"),
    ],
)
def test_each_way_to_go_wrong_has_its_list(served: RunningShop, call: str, where: str, told: str) -> None:
    found = lived(served, ACTION.replace("CALL", call))
    lists = {name: getattr(found, name) for name in ("complaints", "refused", "missing", "faults")}
    assert told in lists.pop(where)[0]
    assert list(lists.values()) == [[], [], []]
    assert len(found.failures) == 1
    assert not found.changed


def test_an_error_of_the_script_is_a_failure_and_no_fault(served: RunningShop) -> None:
    found = lived(served, '{% error "no" %}')
    assert (found.failures, found.faults) == (["task: no"], [])


def test_what_others_would_get_is_performed_and_reaches_nobody(served: RunningShop) -> None:
    found = lived(served, '{% action "email" %}{"to": "a@shop.test", "subject": "Hi", "body": "Hi"}{% endaction %}')
    assert (found.actions, found.failures, found.calls) == ({"email": 1}, [], 0)
