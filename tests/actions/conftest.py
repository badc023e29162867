"""Tools for performing actions: a fixed clock, a cache in memory, a scripted shop over real HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from runner.actions import Tools
from runner.model.event import Event
from runner.store import Store
from tests.servers.authority import authority
from tests.servers.connected import accounts, book, connected
from tests.servers.ftp import ftp, ftp_server, ftps, ftps_server, implicit_ftps, implicit_ftps_server
from tests.servers.loop import loop_thread
from tests.servers.mail import mail_servers, mail_servers_started
from tests.servers.outside import outside
from tests.servers.providers import providers, providers_server
from tests.servers.proxy import proxy, proxy_server
from tests.servers.sftp import sftp, sftp_server
from tests.servers.web import secure_web, secure_web_server, web, web_server
from tests.shopify.conftest import clock, connect, http, records, shop, tls

__all__ = [
    "accounts",
    "authority",
    "book",
    "cache",
    "clock",
    "connect",
    "connected",
    "ftp",
    "ftp_server",
    "ftps",
    "ftps_server",
    "http",
    "implicit_ftps",
    "implicit_ftps_server",
    "loop_thread",
    "mail_servers",
    "mail_servers_started",
    "outside",
    "providers",
    "providers_server",
    "proxy",
    "proxy_server",
    "records",
    "secure_web",
    "secure_web_server",
    "sftp",
    "sftp_server",
    "shop",
    "store",
    "tls",
    "tools",
    "web",
    "web_server",
]

MakeTools = Callable[..., Tools]
ZONE = ZoneInfo("America/New_York")
CREATED = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


@pytest.fixture
def store(clock: Any) -> Iterator[Store]:
    with Store(clock=clock) as opened:
        yield opened


@pytest.fixture
def tools(clock: Any) -> MakeTools:
    """Makes tools; keyword arguments replace the usual ones."""

    def make(**changes: Any) -> Tools:
        event = Event("user/a/b", id="event-1", created_at=CREATED)
        usual = {"clock": clock, "run_id": "run-1", "event": event, "task_id": "task-1", "zone": ZONE}
        return Tools(**(usual | changes))

    return make


@pytest.fixture
def cache(store: Store, tools: MakeTools) -> Callable[..., Any]:
    """Performs cache options in a transaction of their own; the outcome."""
    from runner.actions.cache import CacheAction

    def perform(options: Any) -> Any:
        kind = CacheAction()
        with store.write() as transaction:
            writer = store.cache.writer(transaction, "")
            return kind.perform(kind.validate(options), tools(cache=writer))

    return perform
