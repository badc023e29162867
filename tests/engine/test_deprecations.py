"""Calls that the shop wants changed: counted by task, until the task is edited or switched off (engine.md 5.5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from runner.engine.observe import CallDeprecated
from runner.model.deprecation import DeprecatedCall
from runner.store import Store
from tests.engine.world import NOW, World
from tests.shopify.conftest import Scripted, Shop, connect, http, records, shop, tls

__all__ = ["connect", "http", "records", "shop", "tls"]

OLD = "2025-10"
NEWEST = "2026-01"
"""The newest stable version at ``NOW``, in March 2026."""
HEADER = {"X-Shopify-API-Deprecated-Reason": "use GraphQL"}
SENT = '{% action "shopify" %}["get", "/admin/products/632910392.json"]{% endaction %}'


@pytest.fixture
def clock(world: World) -> Any:
    return world.clock


@pytest.fixture
def calling(make_world: Callable[..., World], connect: Callable[..., Any]) -> Callable[..., World]:
    """A world whose task asks the shop in a version."""

    def make(version: str) -> World:
        return make_world(client=connect(version=version))

    return make


def answers(shop: Shop, *, times: int = 1, **changes: Any) -> None:
    for _ in range(times):
        shop.script(Scripted(**({"status": 200, "body": {"product": {}}, "headers": HEADER} | changes)))


def known(world: World) -> list[tuple[str, str, str, int]]:
    task = world.tasks[0]
    found = world.store.deprecations.of(task.id, task.task.content_hash)
    return [(each.request, each.version, each.reason, each.count) for each in found]


def test_a_deprecated_call_is_counted_by_kind_and_told_once(calling: Callable[..., World], shop: Shop) -> None:
    world = calling(OLD)
    world.task(SENT + SENT.replace("632910392", "7"), api_version=OLD)
    answers(shop, times=4)
    first = world.clock.now()
    world.run()
    world.clock.advance(3600)
    world.run()
    request = f"GET /admin/api/{OLD}/products/{{id}}.json"
    assert known(world) == [(request, OLD, "use GraphQL", 4)]
    told = [each.call for each in world.told if isinstance(each, CallDeprecated)]
    assert told == [DeprecatedCall(request, OLD, "use GraphQL")]
    task = world.tasks[0]
    [row] = world.store.deprecations.of(task.id, task.task.content_hash)
    assert row.first_seen == first
    assert row.last_seen >= first + timedelta(hours=1)


@pytest.mark.parametrize("status", [200, 422])
def test_failed_actions_count_too(calling: Callable[..., World], shop: Shop, status: int) -> None:
    world = calling(OLD)
    world.task(SENT, api_version=OLD)
    answers(shop, status=status, body={"errors": "no"} if status != 200 else {})
    world.run()
    assert [count for *_, count in known(world)] == [1]


def test_nothing_is_said_of_the_newest_version_or_of_other_calls(calling: Callable[..., World], shop: Shop) -> None:
    world = calling(NEWEST)
    world.task(SENT, api_version=NEWEST)
    answers(shop)
    world.run()
    other = calling(OLD)
    other.task(SENT, api_version=OLD)
    answers(shop, headers={})
    other.run()
    assert known(world) == known(other) == []


def test_an_edited_task_begins_anew(calling: Callable[..., World], shop: Shop) -> None:
    world = calling(OLD)
    world.task(SENT, api_version=OLD)
    answers(shop, times=2)
    world.run()
    world.task(SENT + " ", api_version=OLD)
    assert known(world) == []
    world.run()
    assert [count for *_, count in known(world)] == [1]
    with world.store.database.read() as tx:
        assert tx.exec_driver_sql("SELECT count(*) FROM mech_deprecations").scalar_one() == 1


def test_what_a_script_reads_counts(calling: Callable[..., World], shop: Shop) -> None:
    world = calling(OLD)
    query = "{% capture q %}query { shop { name } }{% endcapture %}{% assign r = q | shopify %}"
    world.task(query, api_version=OLD)
    answers(shop, body={"data": {"shop": {"name": "a"}}})
    world.run()
    assert known(world) == [("query shop", OLD, "use GraphQL", 1)]


def test_rows_are_kept_on_both_databases(any_store: Store) -> None:
    calls = [DeprecatedCall("b", OLD, "why"), DeprecatedCall("a", OLD, "why"), DeprecatedCall("a", OLD, "because")]
    with any_store.write() as tx:
        new = any_store.deprecations.note(tx, "shop", "task", "one", calls)
    assert [call.request for call in new] == ["a", "b"]
    found = any_store.deprecations.of("task", "one")
    assert [(each.request, each.reason, each.count, each.first_seen) for each in found] == [
        ("a", "because", 2, NOW),
        ("b", "why", 1, NOW),
    ]
    with any_store.write() as tx:
        any_store.deprecations.note(tx, "other shop", "task", "two", calls[:1])
    assert len(any_store.deprecations.of("task", "one")) == 2
    any_store.deprecations.forget("task")
    assert any_store.deprecations.of("task", "one") == any_store.deprecations.of("task", "two") == ()
