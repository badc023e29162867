"""Every valid action of the previews but shopify's is performed: by its type's own code, against servers on loopback.

Names and ports of the actions lead there by the network, not by changes to the actions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from runner.accounts import Account, AccountBook, Accounts
from runner.actions import ACTION_TYPES, Outcome, Tools, action_type
from runner.actions.base import Endpoint, Services
from runner.clock import FixedClock
from runner.files import Files
from runner.files.folder import FolderStore
from runner.mail.post import Mail
from runner.mail.templates import Templates
from runner.model.event import Event
from runner.network import Policy
from runner.shopify.client import ShopifyClient
from runner.store import Store
from tests.library.performing import Distinct, distinct
from tests.library.sweep import NOW
from tests.servers.admin import admin_shop
from tests.servers.authority import Authority, authority
from tests.servers.leading import LedNetwork, leading_proxy
from tests.servers.loop import loop_thread
from tests.servers.mail import MailServers, mail_servers, mail_servers_started
from tests.servers.outside import loopback_names
from tests.servers.providers import PERSONAL, Providers, providers, providers_server
from tests.servers.sftp import SecureFiles, sftp, sftp_server
from tests.servers.web import WebServer, secure_web_of, web, web_server

__all__ = [
    "authority",
    "loop_thread",
    "mail_servers",
    "mail_servers_started",
    "providers",
    "providers_server",
    "sftp",
    "sftp_server",
    "web",
    "web_server",
]

pytestmark = pytest.mark.library

HOSTS = ("api.getresponse.com", "ssapi.shipstation.com")
"""Those that actions speak TLS with."""


@dataclass(frozen=True)
class Outside:
    """What an action reaches."""

    services: Services
    mail: MailServers
    providers: Providers
    web: WebServer
    secure: WebServer
    sftp: SecureFiles


@pytest.fixture(scope="module")
def secure(authority: Authority) -> Iterator[WebServer]:
    yield from secure_web_of(authority, *HOSTS)


@pytest.fixture
def outer(
    web: WebServer,
    secure: WebServer,
    sftp: SecureFiles,
    providers: Providers,
    mail_servers: MailServers,
    authority: Authority,
    tmp_path: Path,
) -> Iterator[Outside]:
    """Everything that services lead to, on loopback; the accounts are those that actions name."""
    clock = FixedClock(NOW)
    ports = {action.options.get("port") or 22: sftp.port for action in distinct("ftp")}
    with leading_proxy(web.port, secure.port) as proxy:
        network = LedNetwork(Policy.parse("127.0.0.1"), authority.certificates, loopback_names, proxy, ports)
        direct = LedNetwork(Policy.parse("127.0.0.1"), authority.certificates, loopback_names)
        book = AccountBook(tmp_path / "kept" / "accounts.json")
        for kind, provider in PROVIDER_OF.items():
            for action in distinct(kind):
                book.put(provider, Account(action.options["account"], token=PERSONAL))
        services = Services(
            network=network,
            files=Files(network),
            store=FolderStore(
                tmp_path / "files", clock, lifetime=timedelta(days=7), seal="seal", base=lambda: "http://127.0.0.1:9393"
            ),
            mail=Mail(mail_servers.account(), templates=Templates(tmp_path, {}), network=direct, shop=SHOP),
            accounts=Accounts(book, direct, clock, places=dict.fromkeys(PROVIDER_OF.values(), providers.url)),
            flow_triggers={kind: f"mechanic-{kind}" for kind in ("general", "customer", "product", "order")},
            report_toaster=Endpoint("http://toaster.test/api", "token-of-the-toaster"),
        )
        yield Outside(services, mail_servers, providers, web, secure, sftp)


PROVIDER_OF = {"airtable": "airtable", "google": "google", "google_drive": "google", "google_sheets": "google"} | {
    "slack": "slack"
}
SHOP = {"name": "Tidewater Prints", "email": "owner@shop.test"}


def perform(action: Distinct, **more: Any) -> Outcome:
    """The outcome of a type's own code."""
    event = Event("user/a/b", id="event-1", created_at=NOW)
    zone = ZoneInfo("America/New_York")
    tools = Tools(clock=FixedClock(NOW), run_id="run-1", event=event, task_id="task-1", zone=zone)
    kind = action_type(action.type)
    return kind.perform(kind.validate(action.options), replace(tools, **more))


def test_every_type_has_a_test_here_or_no_action_in_the_library() -> None:
    rendered = {kind for kind in ACTION_TYPES if distinct(kind)}
    assert rendered - TESTED == {"shopify"}
    assert set(ACTION_TYPES) - rendered == {"google"}, "no export has one"


def test_cache_actions_write_to_a_database() -> None:
    with Store(clock=FixedClock(NOW)) as store:
        for number, action in enumerate(distinct("cache")):
            given, shop = action.options, f"shop-{number}"
            (verb, key) = (
                next((name, each["key"]) for name, each in given.items()) if isinstance(given, dict) else given[:2]
            )
            with store.write() as transaction:
                assert perform(action, cache=store.cache.writer(transaction, shop)).ok, action
            assert (store.cache.entry(shop, str(key)) is None) is (verb == "del"), action


def test_echo_actions_fail_only_where_they_say_so() -> None:
    for action in distinct("echo"):
        wanted = action.options.get("__error") if isinstance(action.options, dict) else None
        outcome = perform(action)
        assert outcome.ok is (not wanted), action
        assert outcome.transient is False, action
        if wanted:
            assert outcome.error == (wanted if isinstance(wanted, str) else json.dumps(wanted)), action


def test_event_actions_give_their_event() -> None:
    for action in distinct("event"):
        outcome = perform(action)
        assert outcome.ok, action
        (draft,) = outcome.events
        assert (draft.topic, draft.data) == (action.options["topic"], action.options.get("data")), action


def test_emails_arrive_with_their_attachments(outer: Outside) -> None:
    for action in distinct("email"):
        outer.mail.plain.clear()
        outcome = perform(action, services=outer.services)
        assert outcome.ok, (action, outcome.error)
        (got,) = outer.mail.plain.got
        message = got.message
        assert message["subject"] == " ".join(str(action.options["subject"]).split()), action
        names = {part.get_filename() for part in message.iter_attachments()}
        assert names == set(action.options.get("attachments") or {}), action
        for part in message.iter_attachments():
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            assert content, action
            if str(part.get_filename()).endswith(".pdf"):
                assert content.startswith(b"%PDF-"), action


def test_http_actions_reach_the_host_they_name(outer: Outside) -> None:
    for action in distinct("http"):
        outer.web.saw.clear()
        outer.secure.saw.clear()
        outcome = perform(action, services=outer.services)
        assert outcome.ok, (action, outcome.error)
        scheme, _, rest = action.options["url"].partition("://")
        host, _, path = rest.partition("/")
        (request,) = (outer.secure if scheme == "https" else outer.web).saw
        assert request.method == action.options["method"].upper()
        assert (request.header("host"), request.target.rpartition(host)[2]) == (host, f"/{path}")
        if action.options.get("body") is not None:
            assert json.loads(request.body) == action.options["body"]
        result: Any = outcome.result
        assert result["status"] == 200


def test_ftp_actions_upload_every_byte(outer: Outside) -> None:
    for action in distinct("ftp"):
        outer.sftp.user, outer.sftp.password = action.options["user"], action.options["password"]
        for path in action.options["uploads"]:
            (outer.sftp.folder / path).parent.mkdir(exist_ok=True)
        outcome = perform(action, services=outer.services)
        assert outcome.ok, (action, outcome.error)
        for path, text in action.options["uploads"].items():
            assert (outer.sftp.folder / path).read_text() == text, action


def test_files_actions_keep_their_files(outer: Outside, tmp_path: Path) -> None:
    for action in distinct("files"):
        outcome = perform(action, services=outer.services)
        assert outcome.ok, (action, outcome.error)
        assert len([path for path in (tmp_path / "files").rglob("*") if path.is_file()]) == len(action.options)


@pytest.mark.parametrize("kind", ["airtable", "slack"])
def test_calls_of_accounts_are_granted(kind: str, outer: Outside) -> None:
    for action in distinct(kind):
        options = action.options
        outer.providers.channels.messages.setdefault(str((options.get("body") or {}).get("channel")), {})
        matched = re.fullmatch(r"/v0/(?:meta/bases/)?([^/]+)/([^/]+)", options["url_path"])
        if matched is not None:
            outer.providers.bases.known.add(matched[1])
            outer.providers.bases.tables.setdefault(matched[2], {})
        outcome = perform(action, services=outer.services)
        result: Any = outcome.result
        assert (outcome.ok, result["status"]) == (True, 200), (action, result)
        assert result["body"].get("ok", True) is True, (action, result)


def test_google_drive_actions_upload_every_file(outer: Outside) -> None:
    for action in distinct("google_drive"):
        outcome = perform(action, services=outer.services)
        assert outcome.ok, (action, outcome.error)
        files = {name for name in action.options["uploads"] if name != "overwrite"}
        result: Any = outcome.result
        assert set(result["uploads"]) == files
        assert files <= set(outer.providers.drive.paths())


def test_google_sheets_actions_write_their_rows(outer: Outside) -> None:
    for action in distinct("google_sheets"):
        sheets = outer.providers.sheets
        book = sheets.book("Sheet1", drive=outer.providers.drive)
        sheets.books[action.options["spreadsheet_id"]] = sheets.books[book]
        outcome = perform(action, services=outer.services)
        assert outcome.ok, (action, outcome.error)
        assert sheets.books[book][0].rows == action.options["rows"]


def test_flow_actions_start_the_trigger() -> None:
    with admin_shop() as admin, httpx.Client(trust_env=False) as http:
        clock = FixedClock(NOW)
        shop = ShopifyClient("prints.myshopify.com", "shpat_1", http=http, clock=clock, base_url=admin.url)
        services = Services(flow_triggers={"order": "mechanic-order"})
        for action in distinct("flow"):
            outcome = perform(action, shop=shop, services=services)
            assert outcome.ok, (action, outcome.error)
            assert admin.saw[-1].body["payload"].items() >= action.options.items()


def test_report_toaster_actions_are_posted(outer: Outside) -> None:
    for action in distinct("report_toaster"):
        outer.web.saw.clear()
        outcome = perform(action, services=outer.services)
        assert outcome.ok, (action, outcome.error)
        (request,) = outer.web.saw
        assert json.loads(request.body) == action.options


TESTED = {"cache", "echo", "event", "email", "http", "ftp", "files", "airtable", "slack", "google_drive"} | {
    "google_sheets",
    "flow",
    "report_toaster",
}
