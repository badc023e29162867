"""Makers of files that reach servers on loopback."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from runner.clock import FixedClock
from runner.files import Files
from runner.network import Network, Policy
from tests.servers.authority import Authority, authority
from tests.servers.outside import loopback_names
from tests.servers.web import secure_web, secure_web_server, web, web_server

__all__ = ["authority", "secure_web", "secure_web_server", "web", "web_server"]

NOW = datetime(2026, 11, 28, 5, 6, 8, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def files(authority: Authority, clock: FixedClock) -> Files:
    """127.0.0.1 by its address may be reached, ``private.test`` may not; no browser, no randomness."""
    network = Network(Policy.parse("127.0.0.1"), authority.certificates, loopback_names)
    return Files(network, clock, entropy=lambda count: bytes(range(count)))


@pytest.fixture
def one(files: Files) -> Callable[[object], bytes]:
    """Makes one file; its bytes."""

    def make(value: object) -> bytes:
        (made,) = files.generate({"a": value})
        return made.data

    return make
