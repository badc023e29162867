"""Shopify's mandatory webhooks: told, and done by the worker where the settings say so (engine.md 10)."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest

from runner.engine.operations.complying import EVERY, Compliance
from runner.engine.queue.inline import InlineQueue
from runner.model.event import Event
from runner.model.run import Run, RunKind, RunState
from runner.store import Store
from tests.engine.world import NOW

SHOP, OTHER = "prints.myshopify.com", "other.myshopify.com"
REDACT = {"customer": {"id": 7001001, "email": "ann.berg@shop.example"}, "orders_to_redact": [299938]}
WAITING: dict[str, Any] = {"state": RunState.DUE, "stopped_at": None, "job_open": True}


@pytest.fixture
def store(any_store: Store) -> Store:
    return any_store


def keep(store: Store, name: str, data: Any, topic: str = "user/a/b", shop: str = SHOP, **run: Any) -> None:
    """An event with one task run, complete unless ``run`` says otherwise."""
    with store.write() as tx:
        store.events.add(tx, Event(topic, data, id=name, created_at=NOW), shop=shop, run_at=NOW)
        given: dict[str, Any] = {"state": RunState.SUCCEEDED, "stopped_at": NOW} | run
        store.runs.add(tx, Run(f"run-{name}", RunKind.TASK, name, run_at=NOW, shop=shop, **given))


def chore(store: Store, *, at_once: bool = True) -> Compliance:
    return Compliance(store, InlineQueue(store, "me"), SHOP, at_once=at_once)


def with_data(store: Store) -> list[str]:
    """The events that are there with their data."""
    rows = [store.events.get(event.id or "") for event in store.events.all()]
    return sorted(row.event.id or "" for row in rows if row is not None and row.cleared_at is None)


def end(store: Store, name: str) -> None:
    with store.write() as tx:
        tx.exec_driver_sql(f"UPDATE mech_runs SET state='succeeded', job_open=false WHERE id='run-{name}'")


@pytest.mark.parametrize(
    ("topic", "words"),
    [
        ("customers/redact", "to delete what is kept of a customer: `runner purge --request request` does"),
        ("customers/data_request", "what is kept of a customer: `runner purge --request request --dry-run` tells"),
        ("shop/redact", "to delete everything of the shop: `runner purge --request request` does"),
    ],
)
def test_by_hand_a_request_is_told_once_and_nothing_is_deleted(
    store: Store, caplog: pytest.LogCaptureFixture, topic: str, words: str
) -> None:
    keep(store, "person", {"id": 7001001})
    keep(store, "request", REDACT, f"shopify/{topic}")
    looking = chore(store, at_once=False)
    with caplog.at_level(logging.WARNING):
        looking.look()
        store.clock.sleep(EVERY.total_seconds())
        looking.look()
    assert [record.getMessage() for record in caplog.records] == [f"Shopify asks {words}"]
    assert with_data(store) == ["person", "request"]


def test_at_once_a_customer_and_the_request_are_deleted_and_others_stay(store: Store) -> None:
    keep(store, "person", {"id": 7001001})
    keep(store, "order", {"id": 299938})
    keep(store, "other", {"id": 70010011})
    keep(store, "request", REDACT, "shopify/customers/redact")
    store.cache.put(SHOP, "mail:ann.berg@shop.example", 1, 60)
    chore(store).look()
    assert with_data(store) == ["other"]
    assert store.cache.entries(SHOP) == []


def test_what_is_being_worked_on_goes_when_it_is_over(store: Store) -> None:
    """A run under way may be about many others: it is not cancelled, and the request is not forgotten."""
    keep(store, "order", {"id": 299938}, **WAITING)
    keep(store, "person", {"id": 7001001})
    keep(store, "request", REDACT, "shopify/customers/redact")
    looking = chore(store)
    looking.look()
    assert with_data(store) == ["order", "request"]
    end(store, "order")
    looking.look()
    assert with_data(store) == ["order", "request"], "it is not time yet"
    store.clock.sleep(EVERY.total_seconds())
    looking.look()
    assert with_data(store) == []


def test_a_request_that_a_task_still_answers_waits(store: Store) -> None:
    keep(store, "person", {"id": 7001001})
    keep(store, "request", REDACT, "shopify/customers/redact", **WAITING)
    chore(store).look()
    assert with_data(store) == ["person", "request"]
    end(store, "request")
    chore(store).look()
    assert with_data(store) == []


def test_two_requests_of_one_customer_do_not_delete_each_other(store: Store) -> None:
    """The second names an order of its own, which is worked on: it must be there when that is over."""
    keep(store, "first", REDACT, "shopify/customers/redact")
    keep(store, "second", REDACT | {"orders_to_redact": [555001]}, "shopify/customers/redact")
    keep(store, "order", {"id": 555001}, **WAITING)
    chore(store).look()
    assert with_data(store) == ["order", "second"]
    end(store, "order")
    chore(store).look()
    assert with_data(store) == []


@pytest.mark.parametrize("data", [{}, None, "text", {"customer": {"id": 7}}])
def test_a_request_that_names_nobody_deletes_nothing(store: Store, data: Any) -> None:
    keep(store, "person", {"id": 7001001})
    keep(store, "request", data, "shopify/customers/redact")
    chore(store).look()
    assert with_data(store) == ["person", "request"]


def test_a_request_for_data_deletes_nothing(store: Store) -> None:
    keep(store, "person", {"id": 7001001})
    keep(store, "request", REDACT, "shopify/customers/data_request")
    chore(store).look()
    assert with_data(store) == ["person", "request"]


def test_a_shop_that_is_gone_is_deleted_whole(store: Store) -> None:
    keep(store, "waits", {"id": 1}, **WAITING)
    keep(store, "request", {"shop_domain": SHOP}, "shopify/shop/redact")
    store.cache.put(SHOP, "k", 1, 60)
    chore(store).look()
    assert (store.events.count(), store.runs.count(), store.cache.entries(SHOP)) == (0, {}, [])


def test_a_clock_that_is_set_back_does_not_stop_the_looks(store: Store) -> None:
    looking = chore(store)
    looking.look()
    store.clock.set(NOW - timedelta(days=1))  # type: ignore[attr-defined]  # the clock of the tests
    keep(store, "request", REDACT, "shopify/customers/redact")
    looking.look()
    assert with_data(store) == []


@pytest.mark.parametrize("topic", ["customers/redact", "shop/redact"])
def test_another_shop_in_the_same_database_is_left_alone(store: Store, topic: str) -> None:
    """Its customers may bear the same address, and its runs that wait are not cancelled."""
    keep(store, "theirs", {"id": 7001001}, shop=OTHER)
    keep(store, "waiting", {"id": 7001001}, shop=OTHER, **WAITING)
    store.cache.put(OTHER, "mail:ann.berg@shop.example", 1, 60)
    keep(store, "ours", {"id": 7001001})
    keep(store, "request", REDACT, f"shopify/{topic}")
    chore(store).look()
    assert with_data(store) == ["theirs", "waiting"]
    run = store.runs.get("run-waiting")
    assert run is not None
    assert (run.state, len(store.cache.entries(OTHER))) == (RunState.DUE, 1)


@pytest.mark.parametrize("topic", ["customers/redact", "shop/redact"])
def test_requests_of_another_shop_are_for_its_own_workers(store: Store, topic: str) -> None:
    keep(store, "theirs", {"id": 7001001}, shop=OTHER)
    keep(store, "ours", {"id": 7001001})
    keep(store, "request", REDACT, f"shopify/{topic}", shop=OTHER)
    chore(store).look()
    assert with_data(store) == ["ours", "request", "theirs"]
