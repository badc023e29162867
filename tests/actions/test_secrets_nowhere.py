"""Every type with secrets wherever options allow them, at servers that say them back: none is kept, logged or told.

Each secret ends in a core of letters and digits that no escape changes, so that one search finds it in any form.
"""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncssh
import pytest

from runner.accounts import Account, AccountBook, Accounts
from runner.accounts.provider import PROVIDERS
from runner.actions import ACTION_TYPES
from runner.actions.base import Endpoint, Services
from runner.cli import invoke
from runner.cli.logs import logging_to_stderr
from runner.files import Files
from runner.files.folder import FolderStore
from runner.mail.account import Account as MailAccount
from runner.mail.account import Server
from runner.mail.addresses import Mailbox
from runner.mail.post import Mail
from runner.model.run import RunState
from runner.model.secret import Secrets
from runner.model.shop_values import ShopValues
from tests.actions.leaking import CORES, NAMES, SECRETS, TOLD, everything, traces
from tests.actions.test_error_classes import SHEET
from tests.engine.conftest import make_world
from tests.engine.world import World
from tests.servers.airtable import BASE
from tests.servers.ftp import FileServer
from tests.servers.mail import MailServers
from tests.servers.providers import Providers, google_error
from tests.servers.sftp import SecureFiles
from tests.servers.web import Answer, WebServer, json_answer, redirect
from tests.shopify.conftest import Scripted, Shop

__all__ = ["make_world"]


@dataclass
class Stage:
    """The world, its servers, and what was written to the log."""

    world: World
    web: WebServer
    shop: Shop
    providers: Providers
    mail: MailServers
    ftp: FileServer
    sftp: SecureFiles
    folder: Path
    log: io.StringIO = field(default_factory=io.StringIO)

    def act(self, kind: str, options: str) -> Any:
        """The run of one action, whose options are Liquid, once it has ended; the shop answers as scripted."""
        script = f'{{% action "{kind}" %}}{options}{{% endaction %}}'
        listening = "user/a/b\nmechanic/actions/perform\nmechanic/errors/action"
        logged = "{% log action, error %}"
        condition = '{% if event.topic == "user/a/b" %}' + script + "{% else %}" + logged + "{% endif %}"
        self.world.task(condition, listening, options={"key__secret": "option"})
        before = len(self.world.actions())
        self.world.send()
        self.world.engine.drain(advance=True)
        return self.world.actions()[before]

    def kept(self) -> str:
        """Everything that is written anywhere, or shown by a command."""
        return everything(self.folder) + self.log.getvalue() + repr(self.world.told)


def accounts_book(file: Path) -> AccountBook:
    """An account of each kind: tokens that last, and what buys them."""
    book = AccountBook(file)
    signed_in = Account(
        "me@example.com",
        client_id="client",
        client_secret=SECRETS["client"],
        refresh_token=SECRETS["refresh"],
    )
    for provider in ("slack", "airtable"):
        book.put(provider, Account("me@example.com", token=SECRETS["slack"]))
    book.put("google", Account("me@example.com", token=SECRETS["slack"]))
    book.put("google", replace(signed_in, name="signed"))
    return book


@pytest.fixture
def stage(
    make_world: Callable[..., World],
    outside: Services,
    web: WebServer,
    shop: Shop,
    providers: Providers,
    mail_servers: MailServers,
    ftp: FileServer,
    sftp: SecureFiles,
    connect: Callable[..., Any],
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stage]:
    values = ShopValues({}, Secrets(SECRETS))
    world = make_world("runner.db", client=connect(SECRETS["shop"]))
    world.values = values
    book = accounts_book(tmp_path_factory.mktemp("accounts") / "accounts.json")
    providers.valid = {SECRETS["slack"]}
    kept = FolderStore(tmp_path / "kept", world.clock, lifetime=timedelta(days=7), seal="seal", base=lambda: "http://h")
    sender = Mailbox("", "orders", "shop.test")
    world.services = replace(
        outside,
        files=Files(outside.network),
        store=kept,
        accounts=Accounts(book, outside.network, world.clock, places=dict.fromkeys(PROVIDERS, providers.url)),
        mail=Mail(
            MailAccount(Server("smtp+plain", "127.0.0.1", mail_servers.plain.port), sender, None, SECRETS["mail"]),
            {
                "postmark": MailAccount(
                    Server("postmark+http", "127.0.0.1", web.port), sender, password=SECRETS["mail"]
                ),
            },
            network=outside.network,
        ),
        flow_triggers={"general": "trigger"},
        report_toaster=Endpoint(web.url("/toaster"), SECRETS["toaster"]),
    )
    world.reopened()
    ftp.reset(tmp_path_factory.mktemp("ftp"))
    sftp.reset(tmp_path_factory.mktemp("sftp"))
    made = Stage(world, web, shop, providers, mail_servers, ftp, sftp, tmp_path)
    with logging_to_stderr(lambda: SECRETS.values(), made.log):
        yield made


def assert_nothing_of(stage: Stage) -> None:
    """No trace of any secret."""
    kept = stage.kept()
    assert len(kept) > 10_000
    for name, core in CORES.items():
        for trace in traces(core):
            at = kept.find(trace)
            assert at < 0, f"the {name} secret, as {kept[max(0, at - 200) : at + 60]!r}"


def everywhere(name: str, url: str, **more: Any) -> str:
    """Options of an http action with a secret in each place."""
    secret = NAMES[name]
    host = url.removeprefix("http://")
    options = {
        "method": "post",
        "url": f"http://user:{{{{ secrets.proxy }}}}@{host}?q=[u]",
        "headers": {"X-Key": "[j]", "Authorization": "Token [j]"},
        "body": {"deep": [{"[j]": "[j]"}]},
        **more,
    }
    text = json.dumps(options)
    return text.replace("[u]", f"{{{{ {secret} }}}}").replace("[j]", f"{{{{ {secret} }}}}")


def replies(told: str) -> dict[str, Answer]:
    """What comes back from a server that says ``told``."""
    return {
        "a success": Answer(200, told.encode()),
        "a success in JSON": json_answer(json.dumps({"a": [told], told: 1}).encode()),
        "a failure": Answer(503, told.encode(), (("X-Said", CORES["proxy"]), ("Content-Type", "text/html"))),
        "a broken reply": Answer(200, told.encode(), cut=True),
        "another encoding": Answer(200, told.encode("utf-16"), (("Content-Type", "text/plain; charset=utf-16"),)),
        "a redirect to nowhere": redirect(f"ftp://h.test/{quote(told)}"),
        "a redirect to a refused address": redirect(f"http://private.test/?{quote(told)}"),
    }


@pytest.mark.parametrize("name", ["task", "option"])
@pytest.mark.parametrize("reply", replies(""))
def test_http(reply: str, name: str, stage: Stage) -> None:
    stage.web.on("/x", replies(TOLD[name] + TOLD["proxy"])[reply])
    run = stage.act("http", everywhere(name, stage.web.url("/x"), error_on_5xx=True))
    assert run.state in (RunState.SUCCEEDED, RunState.FAILED)
    assert CORES[name].encode() in stage.web.saw[0].body, "it was sent"
    assert_nothing_of(stage)


BAD_HTTP = {
    "a bad method": '{"method": {{ secrets.task | json }}, "url": "http://127.0.0.1/"}',
    "a bad address": '{"method": "get", "url": "{{ secrets.task }}"}',
    "a bad port": '{"method": "get", "url": "http://h:{{ secrets.task }}/"}',
    "no such host": '{"method": "get", "url": "http://{{ secrets.task | url_encode }}.test:1/"}',
    "a bad header": '{"method": "get", "url": "http://127.0.0.1:1/", "headers": {"{{ secrets.task }}": "a"}}',
    "a bad proxy": '{"method": "get", "url": "http://h.test/", "proxy": "http://u:{{ secrets.proxy }}@127.0.0.1:1/"}',
    "bad options": '{"method": "get", "url": "http://127.0.0.1:1/", "timeout": {{ secrets.task | json }}, "files": 1}',
}


@pytest.mark.parametrize("options", BAD_HTTP)
def test_http_options_that_cannot_be_used(options: str, stage: Stage) -> None:
    assert stage.act("http", BAD_HTTP[options]).state is RunState.FAILED
    assert_nothing_of(stage)


@pytest.mark.parametrize("fault", [None, "STOR", "USER", "PASS"])
def test_ftp(fault: str | None, stage: Stage) -> None:
    if fault is not None:
        stage.ftp.faults[fault] = [f"550 {TOLD['ftp']}"] * 20
    options = stage.ftp.options(uploads={"a": "1"}, password="[j]", user="[j]")
    text = json.dumps(options).replace('"[j]"', "{{ secrets.ftp | json }}")
    assert stage.act("ftp", text).state is RunState.FAILED
    assert any(CORES["ftp"] in line for line in stage.ftp.said) or fault == "USER"
    assert_nothing_of(stage)


@pytest.mark.parametrize("fault", [None, "open", "login"])
def test_ftp_over_ssh(fault: str | None, stage: Stage) -> None:
    stage.sftp.password = SECRETS["ftp"] if fault != "login" else "other"
    if fault == "open":
        stage.sftp.faults["open"] = [asyncssh.SFTPFailure(f"no {TOLD['ftp']}")] * 20
    options = stage.sftp.options(uploads={"a": "1"}, downloads=["a"], password="[j]")
    run = stage.act("ftp", json.dumps(options).replace('"[j]"', "{{ secrets.ftp | json }}"))
    assert (run.state is RunState.SUCCEEDED) is (fault is None)
    assert_nothing_of(stage)


def test_a_private_key_that_cannot_be_read(stage: Stage) -> None:
    options = stage.sftp.options(uploads={"a": "1"}, private_key_pem="[j]", known_hosts="[j]", verify=True)
    text = json.dumps(options).replace('"[j]"', "{{ secrets.task | json }}")
    assert stage.act("ftp", text).state is RunState.FAILED
    assert_nothing_of(stage)


ME = {"account": "me@example.com"}
POST = {**ME, "method": "post", "url_path": "/chat.postMessage", "body": {"channel": "#general", "text": "x"}}
CALLS: dict[str, dict[str, Any]] = {
    "airtable": {**ME, "method": "get", "url_path": f"/v0/{BASE}/Orders"},
    "google": {**ME, "method": "get", "url_path": "/docs/v1/documents/doc-1"},
    "google_drive": {**ME, "uploads": {"a.csv": "1"}},
    "google_sheets": SHEET,
    "slack": POST,
}
REPLIES = {
    "a success": Answer(200, json.dumps({"ok": True, "said": TOLD["slack"]}).encode(), (("X-Said", SECRETS["slack"]),)),
    "a refusal": google_error(403, TOLD["slack"], "forbidden", X_Said=SECRETS["slack"]),
    "an outage": google_error(503, TOLD["slack"]),
    "no JSON": Answer(200, TOLD["slack"].encode()),
    "a broken reply": Answer(200, TOLD["slack"].encode(), cut=True),
}


@pytest.mark.parametrize("kind", CALLS)
def test_tokens_of_accounts(kind: str, stage: Stage) -> None:
    for reply in REPLIES.values():
        stage.providers.faults[:] = [reply] * 9
        stage.act(kind, json.dumps(CALLS[kind]))
    assert stage.providers.saw[0].token == SECRETS["slack"]
    assert_nothing_of(stage)


@pytest.mark.parametrize(("kind", "status"), [("google", 400), ("google_drive", 401), ("google_sheets", 500)])
def test_what_buys_tokens(kind: str, status: int, stage: Stage) -> None:
    answer = {"error": "invalid_grant", "error_description": TOLD["client"] + TOLD["refresh"]}
    stage.providers.token_faults.extend([json_answer(json.dumps(answer).encode(), status)] * 9)
    assert stage.act(kind, json.dumps({**CALLS[kind], "account": "signed"})).state is RunState.FAILED
    assert stage.providers.saw[0].form["refresh_token"] == SECRETS["refresh"]
    assert_nothing_of(stage)


SHOPIFY: dict[str, Scripted] = {
    "a success": Scripted(body={"data": {"said": TOLD["shop"], TOLD["shop"]: 1}}),
    "errors": Scripted(body={"errors": [{"message": TOLD["shop"]}]}),
    "user errors": Scripted(
        body={"data": {"tagsAdd": {"userErrors": [{"field": [TOLD["shop"]], "message": TOLD["shop"]}]}}}
    ),
    "a refusal": Scripted(403, {"errors": TOLD["shop"]}),
    "an outage": Scripted(502, TOLD["shop"].encode()),
    "no JSON": Scripted(200, TOLD["shop"].encode()),
}
ASKED = {
    "shopify": json.dumps('mutation { tagsAdd(id: "a", tags: "x") { userErrors { field message } } }'),
    "shopify by REST": '["get", "/admin/shop.json"]',
    "flow": "{}",
}


@pytest.mark.parametrize("kind", ASKED)
def test_the_access_token_of_the_shop(kind: str, stage: Stage) -> None:
    for reply in SHOPIFY.values():
        stage.shop.script(reply)
        stage.act(kind.partition(" ")[0], ASKED[kind])
    assert stage.shop.saw[0].headers["x-shopify-access-token"] == SECRETS["shop"]
    assert_nothing_of(stage)


@pytest.mark.parametrize("code", [250, 450, 554])
def test_the_password_of_mail(code: int, stage: Stage) -> None:
    for command in ("MAIL", "DATA", "END", "a@example.com"):
        stage.mail.plain.replies = {command: f"{code} {TOLD['mail']}"[:500]}
        stage.act("email", '{"to": "a@example.com", "subject": "S", "body": "B"}')
    assert stage.mail.plain.connections >= 4
    assert_nothing_of(stage)


@pytest.mark.parametrize("status", [200, 401, 422, 503])
def test_the_token_of_postmark(status: int, stage: Stage) -> None:
    answer = {"ErrorCode": 0 if status == 200 else 10, "Message": TOLD["mail"], "MessageID": SECRETS["mail"]}
    stage.web.on("/email", json_answer(json.dumps(answer).encode(), status))
    stage.act("email", '{"account": "postmark", "to": "a@example.com", "subject": "S", "body": "B"}')
    assert stage.web.saw[0].header("X-Postmark-Server-Token") == SECRETS["mail"]
    assert_nothing_of(stage)


@pytest.mark.parametrize("status", [200, 400, 503])
def test_the_token_of_report_toaster(status: int, stage: Stage) -> None:
    stage.web.on("/toaster", Answer(status, TOLD["toaster"].encode(), (("X-Said", SECRETS["toaster"]),)))
    stage.act("report_toaster", '{"operation": "report", "reports": [{"id": "r"}]}')
    assert stage.web.saw[0].header("Authorization") == f"Bearer {SECRETS['toaster']}"
    assert_nothing_of(stage)


TEXTS: dict[str, str] = {
    "cache": '["set", "k", {{ secrets.task | json }}]',
    "echo": '{"__error": {{ secrets.task | json }}}',
    "event": '{"topic": "user/other/one", "data": {{ secrets.task | json }}}',
    "email": '{"to": "a@example.com", "subject": {{ secrets.task | json }}, "body": {{ secrets.task | json }},'
    ' "attachments": {"a.txt": {{ secrets.task | json }}}}',
    "files": '{"a.txt": {{ secrets.task | json }}}',
    "google_drive": '{"account": "me@example.com", "uploads": {"a.txt": {{ secrets.task | json }}}}',
    "slack": '{"account": "me@example.com", "method": "post", "url_path": "/chat.postMessage",'
    ' "body": {"channel": "#general", "text": {{ secrets.task | json }}}}',
    "flow": '{"user_string": {{ secrets.task | json }}}',
    "report_toaster": '{"operation": "report", "reports": [{"id": {{ secrets.task | json }}}]}',
}


@pytest.mark.parametrize("kind", TEXTS)
def test_types_that_send_no_secrets_of_tasks_send_and_keep_placeholders(kind: str, stage: Stage) -> None:
    run = stage.act(kind, TEXTS[kind])
    assert run.state is (RunState.FAILED if kind == "echo" else RunState.SUCCEEDED)
    assert "__mechanic_secret__task__" in stage.kept()
    sent = repr([*stage.web.saw, *stage.providers.saw, *stage.mail.plain.got, *stage.shop.saw])
    for trace in traces(CORES["task"]):
        assert trace not in sent
    assert_nothing_of(stage)


def test_every_type_has_its_turn() -> None:
    tried = {"http", "ftp", "shopify", "email", *CALLS, *TEXTS}
    assert tried | {"report_toaster"} == set(ACTION_TYPES)


def test_the_commands_that_show_runs(stage: Stage, capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> None:
    stage.web.on("/x", Answer(503, TOLD["task"].encode()))
    run = stage.act("http", everywhere("task", stage.web.url("/x"), error_on_5xx=True))
    monkeypatch.chdir(stage.folder)
    monkeypatch.setenv("RUNNER_DATABASE", f"sqlite:///{stage.folder}/runner.db")
    monkeypatch.setenv("RUNNER_SHOP", "prints.myshopify.com")
    shown = ""
    for words in (
        ["runs", "show", run.id, "--verbose"],
        ["runs", "show", run.id, "--json"],
        ["events", "show", run.event_id],
        ["events", "export", "all.json"],
        ["runs", "list"],
        ["status"],
    ):
        code = invoke(words)
        seen = capsys.readouterr()
        assert code == 0, seen.err
        shown += seen.out
    assert "__mechanic_secret_value_redacted__" in shown
    shown += (stage.folder / "all.json").read_text()
    for core in CORES.values():
        for trace in traces(core):
            assert trace not in shown


def test_a_fault_of_ours_that_quotes_what_was_sent(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    class Faulty(type(ACTION_TYPES["http"])):  # type: ignore[misc]
        def perform(self, options: Any, tools: Any) -> Any:
            raise ValueError(f"cannot do {options} {SECRETS['task']}")

    stage.world.types = {**ACTION_TYPES, "http": Faulty()}
    stage.world.reopened()
    with caplog.at_level(logging.DEBUG):
        run = stage.act("http", everywhere("task", stage.web.url("/x")))
    assert (run.state, (run.failure or {})["code"]) == (RunState.FAILED, "engine.fault")
    assert "stopped on a fault" in stage.log.getvalue()
    assert_nothing_of(stage)
