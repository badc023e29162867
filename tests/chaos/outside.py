"""Everything actions reach, on loopback, and one action for each kind of effect there (durability.md 6)."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runner.accounts import AccountBook
from runner.simulator.server import RunningShop
from tests.servers.airtable import BASE
from tests.servers.connected import LASTING
from tests.servers.ftp import FileServer
from tests.servers.mail import MailServers
from tests.servers.providers import Got, Providers
from tests.servers.relay import Relay
from tests.servers.sftp import SecureFiles
from tests.servers.web import Answer, WebServer

ACCOUNT = "me@example.com"
PRODUCT = "gid://shopify/Product/80000001"
ITEM, WORKSHOP = "gid://shopify/InventoryItem/30000001", "gid://shopify/Location/20000001"
CONTENT = "a,b\n1,2\n"
_CHANGE = f'{{inventoryItemId: "{ITEM}", locationId: "{WORKSHOP}", delta: -1, changeFromQuantity: null}}'
_ADJUST = f"""mutation {{
  inventoryAdjustQuantities(input: {{name: "available", reason: "correction", changes: [{_CHANGE}]}})
  @idempotent(key: "once") {{ userErrors {{ field message }} }} }}"""
_SUBSCRIBE = """mutation {
  webhookSubscriptionCreate(topic: COLLECTIONS_CREATE, webhookSubscription: {uri: "https://hooks.test/"}) {
    userErrors { field message } } }"""


@dataclass
class World:
    """The servers. While ``silent``, each does what it is asked, and what it has done nobody hears."""

    shop: RunningShop
    relay: Relay
    web: WebServer
    providers: Providers
    mail: MailServers
    ftp: FileServer
    sftp: SecureFiles
    folder: Path
    book: str = ""
    speak: threading.Event = field(default_factory=threading.Event)

    def prepare(self) -> None:
        """Empty servers, with what the actions need to find there."""
        for server in (self.web, self.providers, self.mail.plain):
            server.clear()
        for name, files in (("ftp", self.ftp), ("sftp", self.sftp)):
            (self.folder / name).mkdir()
            files.reset(self.folder / name)
        self.book = self.providers.sheets.book("Sheet1", drive=self.providers.drive)
        self.providers.channels.messages["C024BE91L"]["1.1"] = {"text": "old"}
        accounts = AccountBook(self.folder / "accounts" / "accounts.json")
        for provider in ("google", "slack", "airtable"):
            accounts.put(provider, LASTING)

    def settings(self) -> dict[str, str]:
        """The settings of a process that reaches them all."""
        return {
            "SHOPIFY_SHOP": f"http://127.0.0.1:{self.relay.port}",
            "SHOPIFY_ACCESS_TOKEN": self.shop.token,
            "RUNNER_MODE": "live",
            "RUNNER_DATABASE": f"sqlite:///{self.folder}/runner.db",
            "RUNNER_NETWORK_ALLOW": "127.0.0.0/8",
            "RUNNER_RETRY_DELAYS": "0.2,0.2,0.2,0.2",
            "RUNNER_SHOP_SLOTS": "40",
            "RUNNER_WORKER_SLOTS": "40",
            "RUNNER_ACCOUNTS_FILE": str(self.folder / "accounts" / "accounts.json"),
            "RUNNER_EMAIL_SERVER": f"smtp+plain://127.0.0.1:{self.mail.plain.port}",
            "RUNNER_EMAIL_FROM": "orders@shop.test",
            "RUNNER_FILES": str(self.folder / "kept"),
            "RUNNER_FLOW_TRIGGERS": "general=our-trigger",
            "RUNNER_REPORT_TOASTER_URL": self.web.url("/toaster"),
            **{f"RUNNER_{name}_URL": self.providers.url for name in ("GOOGLE", "SLACK", "AIRTABLE")},
        }

    def fall_silent(self) -> None:
        """From now on, nobody hears what was done."""
        self.relay.mute.set()
        for path in ("/post", "/get", "/toaster"):
            self.web.on(path, Answer(hold=self.speak, drop=True))
        self.providers.respond = self._done_unheard
        self.mail.plain.delay = 60
        self.ftp.unsaid = "226"
        self.sftp.holds = True

    def speak_again(self) -> None:
        """From now on, answers are given."""
        self.speak.set()
        self.relay.mute.clear()
        self.web.answers.clear()
        self.providers.respond = None
        self.mail.plain.delay = 0
        self.ftp.unsaid = None
        self.sftp.holds = False

    def _done_unheard(self, got: Got) -> Answer:
        answer = self.providers.answer(got)
        if got.method != "GET" or got.path.startswith("/v1/documents/"):
            self.speak.wait(60)
            return Answer(drop=True)
        return answer

    def calls(self, root: str) -> int:
        """How often the shop was asked for a mutation."""
        return sum(root in record["roots"] for record in self.shop.requests())

    def got(self, method: str, path: str) -> int:
        """How often the providers were asked for a path that holds ``path``."""
        return sum(got.method == method and path in got.path for got in self.providers.saw)

    def available(self) -> int:
        """The stock of ``ITEM``."""
        levels = self.shop.state()["objects"]["InventoryLevel"].values()
        (level,) = [each for each in levels if (each["item"], each["location"]) == (ITEM, WORKSHOP)]
        return int(level["_quantities"]["available"])


@dataclass(frozen=True)
class Case:
    """An action, and how its effect is seen: how often it was ``asked`` for, and how often it ``stands`` there now.

    ``again``: one whose end nobody saw is simply made again.
    """

    type: str
    options: Callable[[World], Any]
    asked: Callable[[World], int]
    again: bool
    stands: Callable[[World], int] | None = None

    def script(self, world: World) -> str:
        """The task that wants it."""
        return f'{{% action "{self.type}" %}}{json.dumps(self.options(world))}{{% endaction %}}'


def _for_account(**options: Any) -> Callable[[World], Any]:
    return lambda _: {"account": ACCOUNT, **options}


def _sheet(operation: str, **options: Any) -> Callable[[World], Any]:
    return lambda world: {
        "account": ACCOUNT,
        "operation": operation,
        "spreadsheet_id": world.book,
        "sheet_name": "Sheet1",
        "rows": [["a", 1]],
        **options,
    }


def _web(path: str) -> Callable[[World], int]:
    return lambda world: sum(request.target == path for request in world.web.saw)


def _tags(world: World) -> int:
    tags: list[str] = world.shop.state()["objects"]["Product"][PRODUCT]["tags"]
    return tags.count("killed")


def _subscriptions(world: World) -> int:
    return sum("hooks.test" in str(each) for each in world.shop.subscriptions())


def _stored(folder: Path) -> int:
    return sum(file.read_bytes() == CONTENT.encode() for file in folder.rglob("*") if file.is_file())


def _drive(world: World) -> int:
    return sum(entry.name == "a.csv" for entry in world.providers.drive.entries)


def _rows(world: World) -> int:
    return len(world.providers.sheets.books[world.book][0].rows)


def _slack_posts(world: World) -> int:
    return sum(each.get("text") == "posted" for each in world.providers.channels.messages["C024BE91L"].values())


def _slack_changes(world: World) -> int:
    return sum(each.get("text") == "changed" for each in world.providers.channels.messages["C024BE91L"].values())


CASES: dict[str, Case] = {
    "airtable a new record": Case(
        "airtable",
        _for_account(method="POST", url_path=f"/v0/{BASE}/Orders", body={"records": [{"fields": {"Name": "x"}}]}),
        lambda world: world.got("POST", "/Orders"),
        False,
        lambda world: len(world.providers.bases.tables["Orders"]),
    ),
    "email": Case(
        "email",
        lambda _: {"to": "a@example.com", "subject": "S", "body": "<p>B</p>"},
        lambda world: len(world.mail.plain.got),
        False,
    ),
    "flow": Case("flow", lambda _: {"user_string": "x"}, lambda world: world.calls("flowTriggerReceive"), False),
    "ftp": Case(
        "ftp",
        lambda world: world.ftp.options(uploads={"a.csv": CONTENT}),
        lambda world: world.ftp.said.count("STOR a.csv") * (_stored(world.ftp.folder) > 0),
        True,
        lambda world: _stored(world.ftp.folder),
    ),
    "ftp over SSH": Case(
        "ftp",
        lambda world: world.sftp.options(uploads={"a.csv": CONTENT}),
        lambda world: world.sftp.logins * (_stored(world.sftp.folder) > 0),
        True,
        lambda world: _stored(world.sftp.folder),
    ),
    "google reading": Case(
        "google",
        _for_account(method="GET", url_path="/docs/v1/documents/doc-1"),
        lambda world: world.got("GET", "/v1/documents/doc-1"),
        True,
    ),
    "google writing": Case(
        "google",
        _for_account(method="POST", url_path="/docs/v1/documents/doc-2:batchUpdate", body={"requests": []}),
        lambda world: world.got("POST", "/v1/documents/doc-2"),
        False,
    ),
    "google_drive": Case(
        "google_drive",
        _for_account(uploads={"a.csv": CONTENT}),
        lambda world: world.got("POST", "/upload/") + world.got("PATCH", "/upload/"),
        True,
        _drive,
    ),
    "google_sheets more rows": Case(
        "google_sheets", _sheet("append_rows"), lambda world: world.got("POST", ":append"), False, _rows
    ),
    "google_sheets other rows": Case(
        "google_sheets",
        _sheet("update_rows", sheet_name="Sheet2"),
        lambda world: world.got("PUT", "Sheet2"),
        True,
    ),
    "http GET": Case("http", lambda world: {"method": "get", "url": world.web.url("/get")}, _web("/get"), True),
    "http POST": Case(
        "http",
        lambda world: {"method": "post", "url": world.web.url("/post"), "body": {"n": 1}},
        _web("/post"),
        False,
    ),
    "report_toaster": Case(
        "report_toaster", lambda _: {"operation": "report", "reports": [{"id": "r-1"}]}, _web("/toaster"), False
    ),
    "shopify a new thing": Case(
        "shopify",
        lambda _: _SUBSCRIBE,
        lambda world: world.calls("webhookSubscriptionCreate"),
        False,
        _subscriptions,
    ),
    "shopify adding what can be added again": Case(
        "shopify",
        lambda _: f'mutation {{ tagsAdd(id: "{PRODUCT}", tags: ["killed"]) {{ userErrors {{ field message }} }} }}',
        lambda world: world.calls("tagsAdd"),
        True,
        _tags,
    ),
    "shopify under an idempotency key": Case(
        "shopify",
        lambda _: _ADJUST,
        lambda world: world.calls("inventoryAdjustQuantities"),
        True,
        lambda world: 30 - world.available(),
    ),
    "slack a change": Case(
        "slack",
        _for_account(
            method="POST", url_path="/chat.update", body={"channel": "C024BE91L", "ts": "1.1", "text": "changed"}
        ),
        lambda world: world.got("POST", "/chat.update"),
        True,
        _slack_changes,
    ),
    "slack a message": Case(
        "slack",
        _for_account(method="POST", url_path="/chat.postMessage", body={"channel": "C024BE91L", "text": "posted"}),
        lambda world: world.got("POST", "/chat.postMessage"),
        False,
        _slack_posts,
    ),
}
"""By name; the three local types and ``files``, which nobody outside takes part in, are not here."""
