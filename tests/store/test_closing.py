"""Connections that a thread gives back after the store was closed are closed too, by whoever is last."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from runner.store import Store
from runner.store.database import dispose


@pytest.mark.parametrize("queue", [False, True])
def test_a_connection_given_back_late_is_closed_on_postgresql(queue: bool, postgres_url: str) -> None:
    with Store(postgres_url) as store:
        engine = store.database.queue_engine() if queue else store.database.engine
        late = engine.connect()
        raw = late.connection.driver_connection
        dispose(engine)
        late.close()
        assert raw is not None
        assert raw.closed
        with engine.connect() as later:
            raw = later.connection.driver_connection
        assert raw is not None
        assert raw.closed


def test_a_connection_given_back_late_is_closed_on_sqlite(tmp_path: Path) -> None:
    with Store(str(tmp_path / "runner.db")) as store:
        late = store.database.engine.connect()
        raw = late.connection.driver_connection
        store.close()
        late.close()
        assert raw is not None
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            raw.execute("SELECT 1")
