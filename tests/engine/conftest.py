"""Fixtures of the engine's tests: a world in memory under a fixed clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from runner.clock import FixedClock
from runner.store import Store
from tests.engine.world import NOW, ProbeAction, World


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
