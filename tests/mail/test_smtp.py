"""SMTP against real servers: TLS, login, refusals, and what is known after a connection broke (actions.md 3.3)."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from runner.actions.base import Services
from runner.errors import ActionError, NetworkError
from runner.mail.account import Account, Server
from runner.mail.delivery import Delivery
from runner.mail.smtp import SmtpTransport
from runner.network import Network, Policy
from tests.mail.letters import LETTER, content, letter, people
from tests.servers.authority import Authority
from tests.servers.mail import PASSWORD, USER, MailServers


@pytest.fixture
def send(outside: Services) -> Any:
    def act(account: Account, what: Any = LETTER, **limits: float) -> Delivery:
        return SmtpTransport(account, outside.network, **limits).send(what, content(what))

    return act


@pytest.mark.parametrize("host", ["127.0.0.1", "mail.test"])
@pytest.mark.parametrize("kind", ["smtp", "smtps"])
def test_mail_goes_out_encrypted_and_logged_in(kind: str, host: str, send: Any, mail_servers: MailServers) -> None:
    assert send(mail_servers.account(kind, host)).accepted == ("pat@example.com",)
    server = mail_servers.starttls if kind == "smtp" else mail_servers.implicit
    (got,) = server.got
    assert (got.was_encrypted, got.login) == (True, USER)
    assert got.content == content(LETTER)


def test_no_login_without_a_user_and_no_encryption_when_told_so(send: Any, mail_servers: MailServers) -> None:
    send(mail_servers.account())
    (got,) = mail_servers.plain.got
    assert (got.was_encrypted, got.login) == (False, None)


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("smtp", {"password": "wrong"}),
        ("smtps", {"password": "wrong"}),
        ("smtp", {"user": "ü"}),
        ("smtp", {"password": None}),
    ],
)
def test_a_refused_login_is_a_lasting_error_that_shows_no_password(
    kind: str, changes: dict[str, Any], send: Any, mail_servers: MailServers
) -> None:
    with pytest.raises(ActionError) as raised:
        send(mail_servers.account(kind, **changes))
    assert (raised.value.code, raised.value.transient) == ("email.login", False)
    assert "535" in str(raised.value)
    assert "email_password" in str(raised.value.hint)
    assert "wrong" not in str(raised.value)


def test_a_login_that_the_server_offers_nowhere_is_named(send: Any, mail_servers: MailServers) -> None:
    with pytest.raises(ActionError) as raised:
        send(mail_servers.account(user="someone", password="ascii"))
    assert (raised.value.code, raised.value.transient) == ("email.login", False)


def test_a_server_without_starttls_gets_neither_login_nor_mail(send: Any, mail_servers: MailServers) -> None:
    account = Account(Server("smtp", "127.0.0.1", mail_servers.plain.port), LETTER.sender, USER, PASSWORD)
    with pytest.raises(ActionError) as raised:
        send(account)
    assert (raised.value.code, raised.value.transient) == ("email.no_tls", False)
    assert "smtps://" in str(raised.value.hint)
    assert mail_servers.plain.got == []


@pytest.mark.parametrize("kind", ["smtp", "smtps"])
@pytest.mark.parametrize("fault", ["authority", "name"])
def test_a_certificate_that_cannot_be_trusted_stops_everything(
    fault: str, kind: str, outside: Services, authority: Authority, mail_servers: MailServers
) -> None:
    trusted = None if fault == "authority" else authority.certificates
    network = Network(Policy(), trusted, outside.network.resolve)
    account = mail_servers.account(kind, "127.0.0.1" if fault == "authority" else "other.test")
    with pytest.raises(NetworkError) as raised:
        SmtpTransport(account, network).send(LETTER, content(LETTER))
    assert (raised.value.code, raised.value.transient, raised.value.sent) == ("network.certificate", True, False)
    assert "network_authorities" in str(raised.value.hint)
    assert mail_servers.starttls.got == mail_servers.implicit.got == []


def test_the_host_of_the_settings_may_be_private(outside: Services, mail_servers: MailServers) -> None:
    network = Network(Policy(), outside.network.authorities, outside.network.resolve)
    assert SmtpTransport(mail_servers.account(), network).send(LETTER, content(LETTER)).accepted


def unused_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def test_a_host_that_does_not_answer_is_tried_again(send: Any) -> None:
    with pytest.raises(NetworkError) as raised:
        send(Account(Server("smtp+plain", "127.0.0.1", unused_port()), LETTER.sender))
    assert (raised.value.code, raised.value.transient, raised.value.sent) == ("network.unreachable", True, False)


def test_a_host_without_an_address_is_named(outside: Services) -> None:
    def nowhere(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    account = Account(Server("smtp+plain", "mail.nowhere.test", 25), LETTER.sender)
    with pytest.raises(NetworkError, match=r"mail\.nowhere\.test") as raised:
        SmtpTransport(account, Network(resolve=nowhere)).send(LETTER, content(LETTER))
    assert (raised.value.code, raised.value.transient) == ("network.unreachable", True)


@pytest.mark.parametrize(
    ("command", "reply", "transient"),
    [
        ("MAIL", "451 try later", True),
        ("MAIL", "550 not you", False),
        ("pat@example.com", "450 greylisted", True),
        ("pat@example.com", "550 no such user", False),
        ("DATA", "451 busy", True),
        ("DATA", "554 no", False),
        ("END", "452 disk full", True),
        ("END", "554 spam", False),
        ("END", "421 closing", True),
    ],
)
def test_refusals_with_4_pass_and_those_with_5_last(
    command: str, reply: str, transient: bool, send: Any, mail_servers: MailServers
) -> None:
    mail_servers.plain.replies[command] = reply
    with pytest.raises(ActionError) as raised:
        send(mail_servers.account())
    assert (raised.value.code, raised.value.transient) == ("email.refused", transient)
    assert reply in str(raised.value)


def test_one_recipient_that_is_taken_makes_it_a_success(send: Any, mail_servers: MailServers) -> None:
    mail_servers.plain.replies.update({"b@example.com": "550 no such user", "c@example.com": "450 later"})
    delivery = send(
        mail_servers.account(), letter(to=people("a@example.com", "b@example.com"), cc=people("c@example.com"))
    )
    assert delivery.accepted == ("a@example.com",)
    assert delivery.rejected == {"b@example.com": "550 no such user", "c@example.com": "450 later"}
    assert mail_servers.plain.got[0].recipients == ["a@example.com"]


@pytest.mark.parametrize(("replies", "transient"), [(("550 x", "551 y"), False), (("550 x", "450 y"), True)])
def test_when_all_are_refused_it_passes_if_one_might(
    replies: tuple[str, str], transient: bool, send: Any, mail_servers: MailServers
) -> None:
    mail_servers.plain.replies.update({"a@example.com": replies[0], "b@example.com": replies[1]})
    with pytest.raises(ActionError) as raised:
        send(mail_servers.account(), letter(to=people("a@example.com", "b@example.com")))
    assert raised.value.transient is transient
    assert all(reply in str(raised.value) for reply in replies)


@pytest.mark.parametrize(("at", "sent"), [("MAIL", False), ("RCPT", False), ("DATA", False), ("END", True)])
def test_what_is_known_after_a_connection_broke(at: str, sent: bool, send: Any, mail_servers: MailServers) -> None:
    mail_servers.plain.drop = at
    with pytest.raises(NetworkError) as raised:
        send(mail_servers.account())
    assert (raised.value.code, raised.value.transient, raised.value.sent) == ("network.lost_reply", True, sent)


@pytest.mark.parametrize(("limits", "sent"), [({"data": 0.1}, True)])
def test_an_answer_that_takes_too_long_leaves_it_open(
    limits: dict[str, float], sent: bool, send: Any, mail_servers: MailServers
) -> None:
    mail_servers.plain.delay = 0.5
    with pytest.raises(NetworkError) as raised:
        send(mail_servers.account(), **limits)
    assert (raised.value.transient, raised.value.sent) == (True, sent)
    assert len(mail_servers.plain.got) == 1, "it was delivered all the same"


def test_a_slow_answer_is_waited_for(send: Any, mail_servers: MailServers) -> None:
    mail_servers.plain.delay = 0.2
    assert send(mail_servers.account(), reply=0.1).accepted


@pytest.fixture
def silent() -> Iterator[int]:
    """A port that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_server_that_says_nothing_is_given_up(silent: int, send: Any) -> None:
    with pytest.raises(NetworkError) as raised:
        send(Account(Server("smtp+plain", "127.0.0.1", silent), LETTER.sender), reply=0.1)
    assert (raised.value.transient, raised.value.sent) == (True, False)


@pytest.mark.parametrize(
    ("greeting", "transient"), [(b"421 busy\r\n", True), (b"554 go away\r\n", False), (b"nonsense\r\n", False)]
)
def test_a_greeting_that_is_none_ends_it(greeting: bytes, transient: bool, send: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            peer, _ = server.accept()
            with peer:
                peer.sendall(greeting)
                peer.settimeout(5)
                peer.recv(100)

        thread = threading.Thread(target=greet)
        thread.start()
        with pytest.raises((ActionError, NetworkError)) as raised:
            send(Account(Server("smtp+plain", "127.0.0.1", server.getsockname()[1]), LETTER.sender), reply=2.0)
        thread.join()
    assert raised.value.transient is transient


def test_what_is_too_large_is_not_begun(send: Any, mail_servers: MailServers) -> None:
    with pytest.raises(ActionError) as raised:
        send(mail_servers.account(), letter(html="x" * 6_000_000))
    assert (raised.value.code, raised.value.transient) == ("email.too_large", False)
    assert "5,000,000" in str(raised.value)


def test_addresses_beyond_ascii_use_smtputf8(send: Any, mail_servers: MailServers) -> None:
    send(mail_servers.account(), letter(to=people("dörte@example.com")))
    (got,) = mail_servers.plain.got
    assert got.recipients == ["dörte@example.com"]
    assert "SMTPUTF8" in got.options
    assert "To: dörte@example.com".encode() in got.content


def test_lines_that_begin_with_a_dot_come_through(send: Any, mail_servers: MailServers) -> None:
    text = ".\n..\n.a\nQUIT\n"
    send(mail_servers.account(), letter(text=text))
    body = mail_servers.plain.got[0].message.get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == text
