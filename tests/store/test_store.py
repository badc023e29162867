"""The contract on each kind of database, and what only files and threads show."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.clock import FixedClock
from runner.store import Store
from tests.store.contract import DEFAULT_TTL, NOW, SHOP, StoreContract, an_event


class TestInMemory(StoreContract):
    @pytest.fixture
    def store(self, clock: FixedClock) -> Iterator[Store]:
        with Store(clock=clock) as store:
            yield store


class TestSQLiteFile(StoreContract):
    @pytest.fixture
    def store(self, clock: FixedClock, tmp_path: Path) -> Iterator[Store]:
        with Store(str(tmp_path / "runner.db"), clock=clock) as store:
            yield store


class TestPostgreSQL(StoreContract):
    @pytest.fixture
    def store(self, clock: FixedClock, postgres_url: str) -> Iterator[Store]:
        with Store(postgres_url, clock=clock) as store:
            yield store


@pytest.mark.parametrize("name", [":memory:", "runner.db"])
def test_counting_from_several_threads_loses_nothing(name: str, tmp_path: Path) -> None:
    url = name if name == ":memory:" else str(tmp_path / name)

    def count(store: Store) -> None:
        for _ in range(25):
            with store.write() as tx:
                store.cache.writer(tx, SHOP).add("n", 1, DEFAULT_TTL)

    with Store(url, clock=FixedClock(NOW)) as store:
        threads = [threading.Thread(target=count, args=(store,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert store.cache.get(SHOP, "n") == 100


def test_a_transaction_inside_another_is_refused_rather_than_waiting_for_itself() -> None:
    with Store() as store, store.write() as tx:
        assert store.cache.get(SHOP, "k", within=tx) is None
        with pytest.raises(RuntimeError, match="within"):
            store.cache.get(SHOP, "k")


def test_what_is_committed_is_there_for_the_next_process(tmp_path: Path) -> None:
    path = tmp_path / "runner.db"
    with Store(str(path), clock=FixedClock(NOW)) as store, store.write() as tx:
        store.events.add(tx, an_event(), shop=SHOP, run_at=NOW)
    with Store(f"sqlite:///{path}", clock=FixedClock(NOW)) as again:
        row = again.events.get("e1")
    assert row is not None
    assert row.event == an_event()


def test_a_file_is_kept_durably_with_foreign_keys_and_patience(tmp_path: Path) -> None:
    with Store(str(tmp_path / "runner.db")) as store, store.database.read() as tx:
        settings = {
            name: tx.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}


def test_reading_does_not_wait_for_a_writer(tmp_path: Path) -> None:
    path = str(tmp_path / "runner.db")
    with Store(path, clock=FixedClock(NOW)) as writer, Store(path, clock=FixedClock(NOW)) as reader:
        with writer.write() as tx:
            writer.cache.writer(tx, SHOP).set("k", 1, 60)
            assert reader.cache.get(SHOP, "k") is None
        assert reader.cache.get(SHOP, "k") == 1


def test_the_salt_is_made_once_and_stays(tmp_path: Path) -> None:
    path = str(tmp_path / "runner.db")
    given = iter(["first", "second"])
    with Store(path, salt=lambda: next(given)) as store, Store(path, salt=lambda: next(given)) as other:
        assert (store.salt, other.salt) == ("first", "first")
    with Store(path) as store:
        assert store.salt == "first"
    assert next(given) == "second"


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX")
def test_a_new_file_and_its_companions_are_their_owners_alone(tmp_path: Path) -> None:
    with Store(f"sqlite:///{tmp_path}/kept.db") as store, store.write():
        modes = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}
    assert set(modes) >= {"kept.db", "kept.db-wal"}
    assert set(modes.values()) == {0o600}


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX")
def test_the_permissions_of_a_file_that_is_there_are_its_owners_choice(tmp_path: Path) -> None:
    (tmp_path / "kept.db").touch(0o640)
    (tmp_path / "kept.db").chmod(0o640)
    Store(f"sqlite:///{tmp_path}/kept.db").close()
    assert (tmp_path / "kept.db").stat().st_mode & 0o777 == 0o640
