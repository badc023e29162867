"""Fixtures of the engine's tests: a world in memory under a fixed clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from runner.clock import FixedClock
from runner.store import Store
from tests.engine.world import NOW, ProbeAction, World
from tests.postgres import Cluster


@pytest.fixture
def make_world(tmp_path: Path) -> Iterator[Callable[..., World]]:
    """Makes worlds; ``url`` names the database, ``probe`` the probe action, the rest are attributes of the world."""
    opened: list[Store] = []

    def make(url: str = ":memory:", *, probe: ProbeAction | None = None, **attributes: Any) -> World:
        clock = FixedClock(NOW)
        opened.append(Store(url if url == ":memory:" else str(tmp_path / url), clock=clock))
        return World(opened[-1], clock, probe or ProbeAction(), **attributes)

    yield make
    for store in opened:
        store.close()


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    return make_world()


@pytest.fixture(scope="module")
def module_postgres(postgres_cluster: Cluster) -> Iterator[str]:
    """The URL of a PostgreSQL database that the tests of a file share."""
    with postgres_cluster.database() as url:
        yield url


@pytest.fixture(params=["memory", "postgres"])
def any_store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """An empty store of each kind, at ``NOW``."""
    is_server = request.param == "postgres"
    url = request.getfixturevalue("module_postgres") if is_server else ":memory:"
    with Store(url, clock=FixedClock(NOW)) as store:
        yield store
        with store.write() as tx:
            for table in ("mech_events", "mech_cache", "mech_meta WHERE substr(name, 1, 10) = 'retention/'"):
                tx.exec_driver_sql(f"DELETE FROM {table}")
