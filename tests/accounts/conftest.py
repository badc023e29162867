"""Accounts connected to the providers on loopback."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from runner.clock import FixedClock
from tests.servers.authority import authority
from tests.servers.connected import accounts, book
from tests.servers.outside import outside
from tests.servers.providers import providers, providers_server

__all__ = ["accounts", "authority", "book", "outside", "providers", "providers_server"]


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 11, 27, 12, 0, tzinfo=UTC))
