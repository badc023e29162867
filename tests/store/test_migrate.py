"""Opening a database: fresh, known, newer, and what is none."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import MetaData, inspect

from runner.errors import StoreError
from runner.store import Store
from runner.store.migrate import migrations
from runner.store.tables import METADATA


def test_the_migrations_make_exactly_the_tables_the_code_knows() -> None:
    with Store() as store:
        made = MetaData()
        made.reflect(store.database.engine)
        assert set(made.tables) == set(METADATA.tables)
        for name, known in METADATA.tables.items():
            columns = {column.name: column.nullable for column in made.tables[name].columns}
            assert columns == {column.name: column.nullable for column in known.columns}, name
            keys = [column.name for column in made.tables[name].primary_key]
            assert keys == [column.name for column in known.primary_key], name


def test_every_table_is_prefixed_since_the_queue_keeps_its_own_beside_them() -> None:
    with Store() as store:
        assert all(name.startswith("mech_") for name in inspect(store.database.engine).get_table_names())


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_migrations_are_numbered_without_gaps(dialect: str) -> None:
    steps = migrations(dialect)
    assert [step.number for step in steps] == list(range(1, len(steps) + 1))
    assert all("{" not in statement for step in steps for statement in step.statements)


def test_opening_twice_migrates_once(tmp_path: Path) -> None:
    path = tmp_path / "runner.db"
    for _ in range(2):
        Store(str(path)).close()
    with sqlite3.connect(path) as raw:
        applied = raw.execute("SELECT number, name FROM mech_migrations ORDER BY number").fetchall()
        assert applied == [(step.number, step.name) for step in migrations("sqlite")]
    raw.close()
    assert applied == [(step.number, step.name) for step in migrations("sqlite")]


def test_a_database_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "runner.db"
    Store(str(path)).close()
    with sqlite3.connect(path) as raw:
        raw.execute("INSERT INTO mech_migrations VALUES (99, 'of the future', 0)")
    raw.close()
    with pytest.raises(StoreError, match="newer version") as caught:
        Store(str(path))
    assert "pip install --upgrade" in str(caught.value.hint)


def test_other_tables_in_the_file_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "shared.db"
    with sqlite3.connect(path) as raw:
        raw.execute("CREATE TABLE workflow_status (id TEXT)")
        raw.execute("INSERT INTO workflow_status VALUES ('theirs')")
    raw.close()
    with Store(str(path)) as store, store.database.read() as tx:
        assert tx.exec_driver_sql("SELECT id FROM workflow_status").scalar_one() == "theirs"


def test_a_failing_migration_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "runner.db"
    with sqlite3.connect(path) as raw:
        raw.execute("CREATE TABLE mech_cache (somebody TEXT)")
    raw.close()
    with pytest.raises(StoreError):
        Store(str(path))
    with sqlite3.connect(path) as raw:
        assert raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall() == [("mech_cache",)]
    raw.close()


def _not_a_database(folder: Path) -> str:
    (folder / "notes.txt").write_text("these are notes, and no database\n" * 40)
    return str(folder / "notes.txt")


def _read_only(folder: Path) -> str:
    Store(str(folder / "ro.db")).close()
    return f"sqlite:///file:{folder}/ro.db?mode=ro&uri=true"


@pytest.mark.parametrize(
    ("where", "says", "hint"),
    [
        (_not_a_database, "not a SQLite database", "another file"),
        (_read_only, "cannot be written", "permissions"),
        (lambda folder: str(folder / "missing" / "runner.db"), "does not exist", "mkdir -p"),
        (lambda folder: str(folder), "is a folder", "runner.db"),
        (lambda folder: "mysql://host/name", "not supported", "sqlite:///FILE"),
        (lambda folder: "http//:x://", "no database URL", "sqlite:///FILE"),
    ],
)
def test_what_cannot_be_opened_says_why_and_what_to_do(where: object, says: str, hint: str, tmp_path: Path) -> None:
    assert callable(where)
    with pytest.raises(StoreError, match=says) as caught:
        Store(where(tmp_path))
    assert hint in str(caught.value.hint)


def test_a_locked_database_may_be_free_later(tmp_path: Path) -> None:
    path = str(tmp_path / "runner.db")
    with Store(path) as store, Store(path) as other:
        with other.database.read() as tx:
            tx.exec_driver_sql("PRAGMA busy_timeout=0")
        with store.write(), pytest.raises(StoreError, match="locked") as caught, other.write():
            pass
    assert caught.value.transient


def test_a_password_is_not_shown() -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(StoreError) as caught:
        Store("postgresql://me:secret@127.0.0.1:1/none")
    assert "secret" not in str(caught.value)
