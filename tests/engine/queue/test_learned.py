"""The library's own statements, said again: the rows are those that it would have written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dbos import DBOSClient, DBOSPortableJSONSerializer
from sqlalchemy import text

from runner.engine.queue.dispatches import APPLICATION, QUEUE, VERSION, WORKFLOW, Dispatches
from runner.engine.queue.learned import Dispatch, LearnedEnqueue
from runner.store import Store, Transaction

THEIR_OWN = {"workflow_uuid", "creator_xid", "created_at", "updated_at", "retention_timestamp", "inputs"}
"""Columns in which any two dispatches differ."""


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else str(tmp_path / "a.db")
    with Store(url) as store:
        yield store


@pytest.fixture
def book(store: Store) -> Iterator[Dispatches]:
    book = Dispatches(store)
    yield book
    book.close()


@pytest.fixture
def client(book: Dispatches, store: Store) -> Iterator[DBOSClient]:
    client = DBOSClient(
        system_database_engine=store.database.engine,
        serializer=DBOSPortableJSONSerializer(),
        application_name=APPLICATION,
    )
    yield client
    client.destroy()


def by_the_library(client: DBOSClient, transaction: Transaction, run_id: str, number: int) -> None:
    client.enqueue_in_transaction(
        transaction,
        {
            "workflow_name": WORKFLOW,
            "queue_name": QUEUE,
            "workflow_id": f"{run_id}#{number}",
            "app_version": VERSION,
            "priority": 3,
            "queue_partition_key": "a.myshopify.com",
        },
        run_id,
        number,
    )


def rows(transaction: Transaction, key: str) -> dict[str, Any]:
    prefix = "dbos." if transaction.dialect.name == "postgresql" else ""
    found: dict[str, Any] = {}
    for table in ("workflow_status", "workflow_input"):
        statement = text(f"SELECT * FROM {prefix}{table} WHERE workflow_uuid = :key")
        found |= dict(transaction.execute(statement, {"key": key}).one()._mapping)
    return found


def test_the_rows_are_those_of_the_library(book: Dispatches, client: DBOSClient, store: Store) -> None:
    with store.write() as tx:
        for run_id in ("first", "second"):
            book.add(tx, run_id, 7, shop="a.myshopify.com", priority=3, delay=0)
        by_the_library(client, tx, "third", 7)
    with store.write() as tx:
        theirs = rows(tx, "third#7")
        for run_id in ("first", "second"):
            ours = rows(tx, f"{run_id}#7")
            assert {name: ours[name] for name in ours.keys() - THEIR_OWN} == {
                name: theirs[name] for name in theirs.keys() - THEIR_OWN
            }
            assert ours["inputs"] == theirs["inputs"].replace("third", run_id)
            assert abs(ours["created_at"] - theirs["created_at"]) < 60_000


def test_learning_leaves_nothing_behind(book: Dispatches, store: Store) -> None:
    with store.write() as tx:
        book.add(tx, "only", 1, shop="a.myshopify.com", priority=1, delay=0)
    assert book.waiting(limit=10, offset=0) == ["only#1"]


def test_a_dispatch_that_is_there_stays_as_it_is(book: Dispatches, store: Store) -> None:
    for priority in (1, 5):
        with store.write() as tx:
            book.add(tx, "twice", 1, shop="a.myshopify.com", priority=priority, delay=0)
    with store.write() as tx:
        assert rows(tx, "twice#1")["priority"] == 1
    assert book.states(["twice#1"]) == {"twice#1": "ENQUEUED"}


@pytest.mark.parametrize("run_id", ['a "quoted" one', "ünï", "back\\slash", "1928374"])
def test_any_run_id_arrives(book: Dispatches, store: Store, run_id: str) -> None:
    with store.write() as tx:
        book.add(tx, run_id, 12, shop="", priority=1, delay=0)
    with store.write() as tx:
        found = rows(tx, f"{run_id}#12")
    assert DBOSPortableJSONSerializer().deserialize(found["inputs"])["positionalArgs"] == [run_id, 12]
    assert found["queue_partition_key"] == "-"


def test_statements_that_are_not_understood_are_left_to_the_library(store: Store) -> None:
    said: list[str] = []

    def enqueue(transaction: Transaction, key: str, run_id: str, number: int, shop: str, priority: int) -> None:
        said.append(key)
        transaction.execute(text("SELECT :key"), {"key": key})

    learned = LearnedEnqueue(enqueue)
    with store.write() as tx:
        learned.add(tx, Dispatch("a#1", "a", 1, "shop", 1))
        learned.add(tx, Dispatch("b#1", "b", 1, "shop", 1))
    assert said[1:] == ["a#1", "b#1"]
