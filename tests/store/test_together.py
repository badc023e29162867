"""Records of several threads in one transaction: each for itself, all with one commit."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from runner.errors import StoreError
from runner.store import Store, Transaction
from runner.store.together import MOST, Together


class Gate:
    """Transactions of a store, of which the first stays open until ``open``; ``commits`` counts them."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.commits = 0
        self.fails = False
        self.entered = threading.Event()
        self._opened = threading.Event()

    def open(self) -> None:
        self._opened.set()

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        with self.store.write() as transaction:
            yield transaction
            self.entered.set()
            assert self._opened.wait(20)
            if self.fails and self.commits:
                raise StoreError("the disk is full")
            self.commits += 1


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    with Store(str(tmp_path / "runner.db")) as store:
        yield Gate(store)


def put(gate: Gate, key: str) -> object:
    return lambda transaction: gate.store.cache.writer(transaction, "shop").set(key, 1, 60) or key


def started(pool: ThreadPoolExecutor, gate: Gate, together: Together, records: list[object]) -> list[Future[object]]:
    """The first record is being committed, and all others wait behind it."""
    first = pool.submit(together.run, put(gate, "first"))  # type: ignore[arg-type]
    assert gate.entered.wait(20)
    rest = [pool.submit(together.run, record) for record in records]  # type: ignore[arg-type]
    while len(together._waiting) < len(records):
        threading.Event().wait(0.001)
    return [first, *rest]


def test_those_who_wait_at_the_same_time_go_with_one_commit(gate: Gate) -> None:
    together = Together(gate.write)
    with ThreadPoolExecutor(20) as pool:
        futures = started(pool, gate, together, [put(gate, f"k{number}") for number in range(12)])
        gate.open()
        assert [future.result(20) for future in futures] == ["first", *(f"k{number}" for number in range(12))]
    assert gate.commits == 2
    assert len(gate.store.cache.items("shop")) == 13


def test_a_record_that_raises_is_undone_alone(gate: Gate) -> None:
    together = Together(gate.write)

    def fail(transaction: Transaction) -> None:
        gate.store.cache.writer(transaction, "shop").set("half", 1, 60)
        raise LookupError("no such thing")

    with ThreadPoolExecutor(20) as pool:
        futures = started(pool, gate, together, [put(gate, "a"), fail, put(gate, "b")])
        gate.open()
        with pytest.raises(LookupError, match="no such thing"):
            futures[2].result(20)
        assert [futures[number].result(20) for number in (0, 1, 3)] == ["first", "a", "b"]
    assert [key for key, _ in gate.store.cache.items("shop")] == ["a", "b", "first"]


def test_all_are_told_when_their_commit_fails_and_nothing_is_kept(gate: Gate) -> None:
    together = Together(gate.write)
    gate.fails = True
    with ThreadPoolExecutor(20) as pool:
        futures = started(pool, gate, together, [put(gate, "a"), put(gate, "b")])
        gate.open()
        assert futures[0].result(20) == "first"
        for future in futures[1:]:
            with pytest.raises(StoreError, match="the disk is full"):
                future.result(20)
    assert [key for key, _ in gate.store.cache.items("shop")] == ["first"]
    gate.fails = False
    assert together.run(put(gate, "later")) == "later"  # type: ignore[arg-type]


def test_a_transaction_takes_so_many_and_the_rest_goes_with_the_next(gate: Gate) -> None:
    together = Together(gate.write)
    with ThreadPoolExecutor(MOST + 10) as pool:
        futures = started(pool, gate, together, [put(gate, f"k{number}") for number in range(MOST + 3)])
        gate.open()
        assert len({future.result(20) for future in futures}) == MOST + 4
    assert gate.commits == 3


def test_alone_a_record_goes_at_once_and_may_be_undone(gate: Gate) -> None:
    together = Together(gate.write)
    gate.open()

    def fail(transaction: Transaction) -> None:
        gate.store.cache.writer(transaction, "shop").set("half", 1, 60)
        raise LookupError

    with pytest.raises(LookupError):
        together.run(fail)
    assert gate.store.cache.items("shop") == ()
