"""Accounts in a file of their own, connected to the providers on loopback."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from runner.accounts import Account, AccountBook, Accounts
from runner.accounts.provider import PROVIDERS
from runner.actions.base import Services
from runner.clock import FixedClock
from tests.servers.providers import CLIENT, PERSONAL, REFRESH, SECRET, Providers

SIGNED_IN = Account("me@example.com", client_id=CLIENT, client_secret=SECRET, refresh_token=REFRESH)
"""An account without a token in force: the first call buys one."""
LASTING = Account("me@example.com", token=PERSONAL)


@pytest.fixture
def book(tmp_path: Path) -> AccountBook:
    """One account called me@example.com at each provider: at Google signed in, at the others by a token."""
    kept = AccountBook(tmp_path / "kept" / "accounts.json")
    kept.put("google", SIGNED_IN)
    kept.put("slack", LASTING)
    kept.put("airtable", LASTING)
    return kept


@pytest.fixture
def accounts(book: AccountBook, providers: Providers, clock: FixedClock, outside: Services) -> Accounts:
    return Accounts(book, outside.network, clock, places=dict.fromkeys(PROVIDERS, providers.url))


@pytest.fixture
def connected(outside: Services, accounts: Accounts) -> Services:
    """Services that reach loopback only, and the accounts."""
    return replace(outside, accounts=accounts)


@pytest.fixture
def perform(tools: Callable[..., Any], connected: Services) -> Callable[..., Any]:
    """``perform(kind, options)``: the outcome; keyword arguments replace tools."""

    def act(kind: Any, options: Any, **changes: Any) -> Any:
        return kind.perform(kind.validate(options), tools(services=connected, **changes))

    return act


__all__ = ["LASTING", "SIGNED_IN", "accounts", "book", "connected", "perform"]
