"""Each class of error of each type as the engine meets it: how often it is tried, when, what follows (actions.md 7).

The servers are real; time is the world's, so that minutes between attempts and waits inside them take none.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from runner.accounts import Accounts
from runner.actions.base import Endpoint, Services
from runner.files import Files
from runner.files.folder import FolderStore
from runner.mail.post import Mail
from runner.model.run import RunKind, RunState
from tests.engine.conftest import make_world
from tests.engine.world import World
from tests.servers.airtable import BASE
from tests.servers.ftp import FileServer
from tests.servers.mail import MailServers
from tests.servers.providers import Providers, google_error
from tests.servers.sftp import SecureFiles
from tests.servers.web import Answer, WebServer, redirect
from tests.shopify.conftest import Scripted, Shop

__all__ = ["make_world"]

SCHEDULE = (0, 30, 106, 258, 566)
"""Seconds from the first attempt to each: 30, 76, 152 and 308 after the one before."""
REPORTER = "{% log error.action.run.id, error.message, error.action.run.attempts %}"
MUTATION = 'mutation { tagsAdd(id: "gid://shopify/Order/1", tags: "x") { userErrors { field message } } }'
ME = {"account": "me@example.com"}


@dataclass
class Places:
    """What the actions reach."""

    web: WebServer
    secure: WebServer
    shop: Shop
    providers: Providers
    mail: MailServers
    ftp: FileServer
    sftp: SecureFiles
    closed: int
    """A port where nobody listens."""


@pytest.fixture
def places(
    web: WebServer,
    secure_web: WebServer,
    shop: Shop,
    providers: Providers,
    mail_servers: MailServers,
    ftp: FileServer,
    sftp: SecureFiles,
) -> Places:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = free.getsockname()[1]
    return Places(web, secure_web, shop, providers, mail_servers, ftp, sftp, closed)


@pytest.fixture
def world(
    make_world: Callable[..., World],
    places: Places,
    outside: Services,
    accounts: Accounts,
    connect: Callable[..., Any],
    tmp_path: Path,
) -> World:
    """A world that reaches the places."""
    made = make_world(client=connect())
    files = FolderStore(
        tmp_path / "kept", made.clock, lifetime=timedelta(days=7), seal="seal", base=lambda: "http://127.0.0.1"
    )
    made.services = replace(
        outside,
        accounts=accounts,
        files=Files(outside.network),
        store=files,
        mail=Mail(places.mail.account(), network=outside.network),
        flow_triggers={"general": "trigger"},
        report_toaster=Endpoint(places.web.url("/toaster")),
    )
    made.reopened()
    return made


@dataclass(frozen=True)
class Case:
    """``options`` under a fault that ``arrange`` makes. ``code`` None: it succeeds after all."""

    type: str
    options: Any
    code: str | None
    arrange: Callable[[Places], object] = lambda _: None

    def action(self, places: Places) -> str:
        options = self.options(places) if callable(self.options) else self.options
        if isinstance(options, tuple):
            return f'{{% action "{self.type}", {", ".join(json.dumps(each) for each in options)} %}}'
        return f'{{% action "{self.type}" %}}{json.dumps(options)}{{% endaction %}}'


def get(path: str = "/x", **more: Any) -> Callable[[Places], Any]:
    return lambda places: {"method": "get", "url": places.web.url(path), **more}


def answers(*given: Answer, path: str = "/x") -> Callable[[Places], object]:
    return lambda places: places.web.on(path, *given)


def says(*given: Scripted) -> Callable[[Places], object]:
    return lambda places: places.shop.script(*given)


def faults(*given: Answer) -> Callable[[Places], object]:
    return lambda places: places.providers.faults.extend(given)


def ftp(**more: Any) -> Callable[[Places], Any]:
    return lambda places: places.ftp.options(uploads={"a": "1"}, **more)


def ftp_says(command: str, *replies: str | None) -> Callable[[Places], object]:
    return lambda places: places.ftp.faults.update({command: list(replies)})


def mail_says(command: str, reply: str) -> Callable[[Places], object]:
    return lambda places: places.mail.plain.replies.update({command: reply})


def nobody(**more: Any) -> Callable[[Places], Any]:
    return lambda places: {"host": "127.0.0.1", "port": places.closed, "user": "u", "uploads": {"a": "1"}, **more}


def no_mail_server(places: Places) -> None:
    places.mail.plain.drop = "MAIL"


MESSAGE = {"to": "a@example.com", "subject": "S", "body": "B"}
THROTTLED = Scripted(
    body={
        "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
        "extensions": {
            "cost": {
                "requestedQueryCost": 10,
                "throttleStatus": {"maximumAvailable": 2000.0, "currentlyAvailable": 0, "restoreRate": 100.0},
            }
        },
    }
)
DRIVE = {**ME, "uploads": {"a.csv": "1"}}
SHEET = {**ME, "operation": "get_values", "spreadsheet_id": "book-1", "sheet_name": "Sheet1"}
RECORDS = {**ME, "method": "get", "url_path": f"/v0/{BASE}/Orders"}
POST = {**ME, "method": "post", "url_path": "/chat.postMessage", "body": {"channel": "#general", "text": "x"}}
DOCUMENT = {**ME, "method": "get", "url_path": "/docs/v1/documents/doc-1"}
TOO_OFTEN = google_error(429, "Quota exceeded", "rateLimitExceeded")
REPORT = {"operation": "report", "reports": [{"id": "r"}]}
NOT_HERE = google_error(404, "File not found.", "notFound")

PERMANENT: dict[str, Case] = {
    "cache: a value beyond its limit": Case("cache", ("set", "k", "x" * (256 * 1024 + 1)), "action.invalid_options"),
    "cache: no such command": Case("cache", ("push", "k", 1), "action.invalid_options"),
    "echo: told to fail": Case("echo", {"__error": "no"}, "action.echo_error"),
    "event: no topic": Case("event", {"topic": "one"}, "action.invalid_options"),
    "email: no recipient": Case("email", {"subject": "S"}, "action.invalid_options"),
    "email: 5xx": Case("email", MESSAGE, "email.refused", mail_says("DATA", "554 spam")),
    "email: every recipient refused": Case("email", MESSAGE, "email.refused", mail_says("a@example.com", "550 who?")),
    "files: no such generator": Case("files", {"a.csv": {"csv": "1"}}, "files.invalid"),
    "files: 404 behind an address": Case(
        "files", lambda places: {"a": {"url": places.web.url("/x")}}, "files.download", answers(Answer(404))
    ),
    "files: too large": Case(
        "files",
        lambda places: {"a": {"url": places.web.url("/x")}},
        "files.too_large",
        answers(Answer(announce=21 * 1024 * 1024)),
    ),
    "ftp: login": Case("ftp", ftp(password="wrong"), "ftp.login"),
    "ftp: 5xx": Case("ftp", ftp(), "ftp.refused", ftp_says("STOR", *["550 no"] * 9)),
    "ftp: another host key": Case(
        "ftp",
        lambda places: places.sftp.options(
            uploads={"a": "1"}, verify=True, known_hosts=places.sftp.known("127.0.0.1", places.sftp.other_host_line)
        ),
        "ftp.host_key",
    ),
    "http: certificate": Case(
        "http", lambda places: {"method": "get", "url": places.secure.url("/", "other.test")}, "network.certificate"
    ),
    "http: redirects without end": Case("http", get(), "network.redirects", answers(redirect("/x"))),
    "http: too large": Case("http", get(), "network.too_large", answers(Answer(announce=21 * 1024 * 1024))),
    "shopify: errors": Case(
        "shopify", MUTATION, "shopify.errors", says(Scripted(body={"errors": [{"message": "Field 'x' is not there"}]}))
    ),
    "shopify: user errors": Case(
        "shopify",
        MUTATION,
        "action.user_errors",
        says(Scripted(body={"data": {"tagsAdd": {"userErrors": [{"field": None, "message": "no"}]}}})),
    ),
    "shopify: 4xx": Case("shopify", MUTATION, "shopify.forbidden", says(Scripted(403, {"errors": "no"}))),
    "shopify: throttled for ever": Case("shopify", MUTATION, "shopify.throttled", says(THROTTLED)),
    "flow: user errors": Case(
        "flow",
        {},
        "action.user_errors",
        says(Scripted(body={"data": {"flowTriggerReceive": {"userErrors": [{"field": None, "message": "no"}]}}})),
    ),
    "airtable: no such account": Case("airtable", {**RECORDS, "account": "who"}, "account.unknown"),
    "google: no such account": Case("google", {**DOCUMENT, "account": "who"}, "account.unknown"),
    "slack: no such account": Case("slack", {**POST, "account": "who"}, "account.unknown"),
    "google_drive: 4xx": Case("google_drive", DRIVE, "google.refused", faults(NOT_HERE)),
    "google_sheets: 4xx": Case("google_sheets", SHEET, "google.refused", faults(NOT_HERE)),
    "report_toaster: 4xx": Case(
        "report_toaster", REPORT, "report_toaster.refused", answers(Answer(400), path="/toaster")
    ),
    "no such type": Case("htpp", {}, "action.unknown_type"),
}
TRANSIENT: dict[str, Case] = {
    "email: hung up before the message": Case("email", MESSAGE, "network.lost_reply", no_mail_server),
    "email: 4xx": Case("email", MESSAGE, "email.refused", mail_says("a@example.com", "450 greylisted")),
    "files: 5xx behind an address": Case(
        "files", lambda places: {"a": {"url": places.web.url("/x")}}, "files.download", answers(Answer(503))
    ),
    "files: nobody behind an address": Case(
        "files", lambda places: {"a": {"url": f"http://127.0.0.1:{places.closed}/"}}, "network.unreachable"
    ),
    "ftp: nobody there": Case("ftp", nobody(), "network.unreachable"),
    "ftp over SSH: nobody there": Case("ftp", nobody(protocol="sftp", password="p"), "network.unreachable"),
    "ftp: 4xx": Case("ftp", ftp(), "ftp.busy", ftp_says("USER", *["421 too many"] * 99)),
    "http: nobody there": Case(
        "http", lambda places: {"method": "get", "url": f"http://127.0.0.1:{places.closed}/"}, "network.unreachable"
    ),
    "http: hung up": Case("http", get(), "network.lost_reply", answers(Answer(drop=True))),
    "http: 5xx that are errors": Case("http", get(error_on_5xx=True), "action.http_status", answers(Answer(502))),
    "shopify: 5xx": Case("shopify", MUTATION, "shopify.unavailable", says(Scripted(502, b"<html>"))),
    "shopify: internal error": Case(
        "shopify",
        MUTATION,
        "shopify.errors",
        says(Scripted(body={"errors": [{"message": "?", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]})),
    ),
    "airtable: hung up": Case("airtable", RECORDS, "network.lost_reply", faults(*[Answer(drop=True)] * 9)),
    "google: hung up": Case("google", DOCUMENT, "network.lost_reply", faults(*[Answer(drop=True)] * 9)),
    "slack: hung up": Case("slack", POST, "network.lost_reply", faults(*[Answer(drop=True)] * 9)),
    "google_drive: 5xx": Case("google_drive", DRIVE, "google.unavailable", faults(*[google_error(503, "later")] * 9)),
    "google_drive: hung up": Case("google_drive", DRIVE, "network.lost_reply", faults(*[Answer(drop=True)] * 9)),
    "google_sheets: 5xx": Case("google_sheets", SHEET, "google.unavailable", faults(*[google_error(503, "later")] * 9)),
    "report_toaster: 5xx": Case(
        "report_toaster", REPORT, "report_toaster.refused", answers(Answer(503), path="/toaster")
    ),
}
IN_RUN: dict[str, Case] = {
    "ftp: two tries of a file": Case("ftp", ftp(), None, ftp_says("STOR", "450 busy", "450 busy")),
    "http: redirects": Case("http", get(), None, answers(redirect("/y"))),
    "http: 5xx, which are results": Case("http", get(), None, answers(Answer(503))),
    "shopify: throttled": Case("shopify", MUTATION, None, says(THROTTLED, THROTTLED, Scripted(body={"data": {}}))),
    "shopify: 429 of the REST API": Case(
        "shopify",
        ["get", "/admin/shop.json"],
        None,
        says(Scripted(429, {"errors": "slow"}, {"Retry-After": "2.0"}), Scripted(body={"shop": {}})),
    ),
    "flow: throttled": Case("flow", {}, None, says(THROTTLED, Scripted(body={"data": {}}))),
    "google_drive: asked too often": Case("google_drive", DRIVE, None, faults(TOO_OFTEN, TOO_OFTEN)),
    "airtable: 422, which is a result": Case("airtable", RECORDS, None, faults(Answer(422, b"{}"))),
    "google: 429, which is a result": Case("google", DOCUMENT, None, faults(TOO_OFTEN)),
    "slack: ok false, which is a result": Case("slack", {**POST, "body": {"channel": "#none"}}, None),
}


def perform(case: Case, world: World, places: Places) -> Any:
    """The action's run, once all attempts were made; another action stands behind it."""
    case.arrange(places)
    world.task(case.action(places) + '{% action "echo", "behind" %}', "user/a/b\nmechanic/actions/perform")
    world.task(REPORTER, "mechanic/errors/action", name="reporter")
    world.send()
    world.engine.drain(advance=True)
    first, behind = [run for run in world.actions() if world.topic(run) == "user/a/b"]
    assert behind.state is RunState.SUCCEEDED, "the queue went on"
    return first


def reports(world: World) -> list[Any]:
    return [log for run in world.runs(RunKind.TASK, "mechanic/errors/action") for log in (run.result or {})["logs"]]


def performed_events(world: World, kind: str) -> list[Any]:
    events = [event.data for event in world.store.events.all() if event.topic == "mechanic/actions/perform"]
    return [data for data in events if data["type"] == kind]


@pytest.mark.parametrize("name", PERMANENT)
def test_what_will_not_pass_fails_at_once_and_is_told_of_once(name: str, world: World, places: Places) -> None:
    case = PERMANENT[name]
    run = perform(case, world, places)
    assert (run.state, run.attempt, (run.failure or {}).get("code")) == (RunState.FAILED, 1, case.code), run.error
    assert reports(world) == [[run.id, run.error, 1]]
    events = performed_events(world, case.type)
    assert [each["run"]["error"] for each in events] == ([] if case.type == "echo" else [run.error])


@pytest.mark.parametrize("name", TRANSIENT)
def test_what_may_pass_is_tried_five_times_on_schedule_and_told_of_once(
    name: str, world: World, places: Places
) -> None:
    case = TRANSIENT[name]
    run = perform(case, world, places)
    attempts = world.store.runs.attempts(run.id)
    assert (run.state, run.attempt, (run.failure or {}).get("code")) == (RunState.FAILED, 5, case.code), run.error
    begun = [(each.started_at - attempts[0].started_at).total_seconds() for each in attempts]
    assert begun == pytest.approx(SCHEDULE, abs=1)
    assert reports(world) == [[run.id, run.error, 5]], "after the last attempt, and not before"
    (event,) = performed_events(world, case.type)
    assert (event["run"]["ok"], event["run"]["attempts"], event["run"]["result"]) == (False, 5, None)


@pytest.mark.parametrize("name", IN_RUN)
def test_what_is_waited_out_or_answered_takes_one_attempt(name: str, world: World, places: Places) -> None:
    case = IN_RUN[name]
    run = perform(case, world, places)
    assert (run.state, run.attempt, run.error) == (RunState.SUCCEEDED, 1, None)
    assert reports(world) == []
    (event,) = performed_events(world, case.type)
    assert (event["run"]["ok"], event["run"]["attempts"]) == (True, 1)
