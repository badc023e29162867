"""An SMTP server on loopback that fails on demand, and keeps what it received byte for byte."""

from __future__ import annotations

import asyncio
import email
import email.policy
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from runner.mail.account import Account, Server
from runner.mail.addresses import read_mailbox
from tests.servers.authority import Authority
from tests.servers.loop import LoopThread

USER, PASSWORD = "mailer", "pä ss/wörd+1"


@dataclass(frozen=True)
class Mailed:
    """One message as it arrived: envelope and content."""

    sender: str
    recipients: list[str]
    content: bytes
    options: list[str]
    was_encrypted: bool
    login: str | None
    greeting: str

    @property
    def message(self) -> EmailMessage:
        """The content, parsed."""
        parsed = email.message_from_bytes(self.content, policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed


@dataclass
class MailServer:
    """``replies`` by command (MAIL, DATA, END, or an address for RCPT): what to answer in place of 250.

    ``drop`` names the command at which the connection is cut: "END" is the whole message. ``delay`` seconds pass before
    the answer to the whole message.
    """

    port: int = 0
    got: list[Mailed] = field(default_factory=list)
    replies: dict[str, str] = field(default_factory=dict)
    drop: str | None = None
    delay: float = 0.0
    connections: int = 0

    def clear(self) -> None:
        """Forget everything."""
        self.got.clear()
        self.replies.clear()
        self.drop = None
        self.delay = 0.0
        self.connections = 0


class _Handler:
    def __init__(self, mail: MailServer) -> None:
        self.mail = mail

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.answer(server, "MAIL")

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        reply = self.answer(server, "RCPT", self.mail.replies.get(address, "250 OK"))
        if reply.startswith("2"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        login = session.auth_data
        self.mail.got.append(
            Mailed(
                envelope.mail_from,
                list(envelope.rcpt_tos),
                bytes(envelope.original_content),
                list(envelope.mail_options),
                server.transport.get_extra_info("ssl_object") is not None,
                login.login.decode() if login else None,
                session.host_name,
            )
        )
        if self.mail.delay:
            await asyncio.sleep(self.mail.delay)
        return self.answer(server, "END")

    def answer(self, server: Any, command: str, usual: str = "250 OK") -> str:
        if self.mail.drop == command:
            server.transport.abort()
        return self.mail.replies.get(command, usual)


class _Smtp(SMTP):
    """aiosmtpd's server, which also refuses or drops at DATA itself when told to."""

    mail: MailServer

    def connection_made(self, transport: Any) -> None:
        if self.session is None:
            self.mail.connections += 1
        super().connection_made(transport)

    async def smtp_DATA(self, arg: str) -> None:
        if self.mail.drop == "DATA":
            self.transport.abort()  # type: ignore[union-attr]
            return
        if "DATA" in self.mail.replies:
            await self.push(self.mail.replies["DATA"])
            return
        await super().smtp_DATA(arg)


def _logged_in(server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
    right = isinstance(given, LoginPassword) and (given.login, given.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False, auth_data=given)


def _running(loop: LoopThread, mail: MailServer, **options: Any) -> Iterator[MailServer]:
    tls = options.pop("implicit", None)

    def protocol() -> SMTP:
        made = _Smtp(_Handler(mail), hostname="mail.test", enable_SMTPUTF8=True, loop=loop.loop, **options)
        made.mail = mail
        return made

    async def begin() -> Any:
        return await loop.loop.create_server(protocol, "127.0.0.1", 0, ssl=tls)

    server = loop.run(begin())
    mail.port = server.sockets[0].getsockname()[1]
    yield mail

    async def end() -> None:
        server.close()
        await asyncio.sleep(0)

    loop.run(end())


@dataclass(frozen=True)
class MailServers:
    """The three ways of speaking: without encryption, with STARTTLS, with TLS from the start."""

    plain: MailServer
    starttls: MailServer
    implicit: MailServer

    def account(self, kind: str = "smtp+plain", host: str = "127.0.0.1", **changes: Any) -> Account:
        """An account on one of them, by the scheme of its setting."""
        server = {"smtp+plain": self.plain, "smtp": self.starttls, "smtps": self.implicit}[kind]
        login = {} if kind == "smtp+plain" else {"user": USER, "password": PASSWORD}
        sender = read_mailbox(changes.pop("sender", "orders@shop.test"))
        assert sender is not None
        return Account(**{"server": Server(kind, host, server.port), "sender": sender, **login, **changes})


@pytest.fixture(scope="session")
def mail_servers_started(loop_thread: LoopThread, authority: Authority) -> Iterator[MailServers]:
    tls = authority.server_context("127.0.0.1", "mail.test")
    login = {"auth_required": True, "authenticator": _logged_in}
    kinds: list[dict[str, Any]] = [
        {"data_size_limit": 5_000_000},
        {"tls_context": tls, "require_starttls": True, **login},
        {"implicit": tls, "auth_require_tls": False, "authenticator": _logged_in},
    ]
    running = [_running(loop_thread, MailServer(), **options) for options in kinds]
    yield MailServers(*(next(each) for each in running))
    for each in running:
        for _ in each:
            raise AssertionError("a server yields once")


@pytest.fixture
def mail_servers(mail_servers_started: MailServers) -> MailServers:
    """SMTP servers without memory of other tests."""
    for server in (mail_servers_started.plain, mail_servers_started.starttls, mail_servers_started.implicit):
        server.clear()
    return mail_servers_started
