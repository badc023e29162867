"""Hands a message to an SMTP server: TLS, login, each recipient's own answer (actions.md 3.3)."""

from __future__ import annotations

import base64
import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from runner.errors import ActionError, NetworkError
from runner.mail.account import Account
from runner.mail.delivery import Delivery, refused
from runner.mail.letter import Letter
from runner.network import CONNECT_SECONDS, Network
from runner.network.faults import of_socket
from runner.redact import Redactor

REPLY_SECONDS = 60.0
DATA_SECONDS = 300.0
"""For the answer to a whole message, while servers look for viruses: once given up, nobody knows what became of it."""
_TRANSIENT = range(400, 500)


class SmtpTransport:
    """Sends each message over a connection of its own; may be used by several threads."""

    def __init__(
        self, account: Account, network: Network, *, reply: float = REPLY_SECONDS, data: float = DATA_SECONDS
    ) -> None:
        self._account = account
        self._network = network.trusting(account.server.host)
        self._reply = reply
        self._data = data

    def send(self, letter: Letter, content: bytes) -> Delivery:
        """Hand in ``content``, the bytes of ``letter``.

        Raises ActionError for a refusal and NetworkError for the rest; its ``sent`` is true when the whole message went
        out and no answer came: it may have been delivered. Recipients refused beside others that were not are no error.
        """
        session = _Session(self._account, self._network, self._reply)
        try:
            session.open(letter.sender.host)
            return session.hand_in(letter, content, self._data)
        finally:
            session.close()


class _Connection(smtplib.SMTP):
    """``smtplib``'s protocol on a socket whose address was checked."""

    def __init__(self, name: str, timeout: float) -> None:
        super().__init__(local_hostname=name, timeout=timeout)

    def begin(self, opened: socket.socket) -> None:
        """Speak over ``opened`` from now on; what was read from a former socket and not used is forgotten."""
        self.sock = opened
        self.file = None
        self.helo_resp = self.ehlo_resp = None
        self.esmtp_features = {}
        self.does_esmtp = False

    @property
    def opened(self) -> socket.socket:
        """The socket. Raises as for a connection that was lost, once it is closed."""
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("the connection is closed")
        return self.sock


class _Session:
    def __init__(self, account: Account, network: Network, reply: float) -> None:
        self._account = account
        self._server = account.server
        self._network = network
        self._reply = reply
        self._redactor = Redactor((account.password,))
        self._connection: _Connection | None = None

    def open(self, name: str) -> None:
        """Connect, agree on TLS, log in. ``name`` is what to call this machine: the sender's own host."""
        connection = _Connection(name, self._reply)
        with self._faults():
            connection.begin(self._network.connect(self._server.host, self._server.port, timeout=CONNECT_SECONDS))
            self._connection = connection
            connection.opened.settimeout(self._reply)
            if self._server.kind == "smtps":
                self._secure(connection)
            self._expect("greeted with", connection.getreply(), 220)
            connection.ehlo_or_helo_if_needed()
            if self._server.kind == "smtp":
                self._start_tls(connection)
            self._log_in(connection)

    def _start_tls(self, connection: _Connection) -> None:
        if not connection.has_extn("starttls"):
            raise refused(
                f"{self._server.host} offers no encryption (STARTTLS) on port {self._server.port}",
                "Write smtps:// when it speaks TLS from the start (port 465), or smtp+plain:// to go without.",
                code="email.no_tls",
            )
        self._expect("answered STARTTLS with", connection.docmd("STARTTLS"), 220)
        self._secure(connection)
        connection.ehlo_or_helo_if_needed()

    def _secure(self, connection: _Connection) -> None:
        context = self._network.tls()
        connection.begin(context.wrap_socket(connection.opened, server_hostname=self._server.host))

    def _log_in(self, connection: _Connection) -> None:
        user, password = self._account.user, self._account.password
        if user is None:
            return
        secret = password or ""
        try:
            if user.isascii() and secret.isascii():
                connection.login(user, secret)
                return
            both = base64.b64encode(f"\0{user}\0{secret}".encode()).decode("ascii")
            code, said = connection.docmd("AUTH", f"PLAIN {both}")
            if code not in (235, 503):
                raise smtplib.SMTPAuthenticationError(code, said)
        except smtplib.SMTPAuthenticationError as error:
            raise self._login_refused(error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPServerDisconnected:
            raise
        except smtplib.SMTPException as error:
            raise refused(
                f"{self._server.host} takes no login: {error}",
                "Some servers offer it after encryption only (smtp:// or smtps://); or leave email_user out.",
                code="email.login",
            ) from error

    def _login_refused(self, code: int, said: bytes | str) -> ActionError:
        return refused(
            f"{self._server.host} refused the login: {self._shown(code, said)}",
            "Check email_user and email_password. Gmail and others want a password made for this program only.",
            code="email.login",
            transient=code in _TRANSIENT,
        )

    def hand_in(self, letter: Letter, content: bytes, seconds: float) -> Delivery:
        """Name sender and recipients, and give the message to those the server takes."""
        assert self._connection is not None, "hand_in comes after open"
        connection = self._connection
        self._check(connection, letter, content)
        # Two more than ASCII needs, and only then: servers of the old kind refuse what they do not know.
        options = () if letter.is_ascii else ("SMTPUTF8", "BODY=8BITMIME")
        with self._faults():
            self._expect("refused the sender with", connection.mail(letter.sender.address, options), 250)
            answers = {each.address: connection.rcpt(each.address) for each in letter.recipients}
        rejected = {
            address: self._shown(code, said) for address, (code, said) in answers.items() if code not in (250, 251, 252)
        }
        if len(rejected) == len(answers):
            listed = "; ".join(f"{address}: {words}" for address, words in rejected.items())
            raise refused(
                f"{self._server.host} refused every recipient: {listed}",
                "Check the addresses, and whether the server may send to them.",
                transient=any(code in _TRANSIENT for code, _ in answers.values()),
            )
        with self._faults():
            self._expect("refused the message with", connection.docmd("DATA"), 354)
            connection.send(_stuffed(content))
        with self._faults(sent=True):
            connection.opened.settimeout(seconds)
            code, said = connection.getreply()
        self._expect("refused the message with", (code, said), 250)
        return Delivery(
            tuple(address for address in answers if address not in rejected), rejected, self._shown(code, said)
        )

    def _check(self, connection: _Connection, letter: Letter, content: bytes) -> None:
        """What the server said it cannot take, before it gets it."""
        limit = str(connection.esmtp_features.get("size", "")).strip()
        if limit.isdigit() and 0 < int(limit) < len(content):
            raise refused(
                f"the message has {len(content):,} bytes, more than the {int(limit):,} that {self._server.host} takes",
                "Send fewer or smaller attachments, or links to files in their place.",
                code="email.too_large",
            )
        if not letter.is_ascii and not connection.has_extn("smtputf8"):
            raise refused(
                f"{self._server.host} takes no addresses with letters beyond ASCII before the @",
                "Use another address of that person, or a server that knows SMTPUTF8.",
            )

    def close(self) -> None:
        """Say goodbye and end; what is over is over, however that goes."""
        if self._connection is None:
            return
        try:
            if self._connection.sock is not None:
                self._connection.opened.settimeout(5.0)
                self._connection.quit()
        except (smtplib.SMTPException, OSError):
            self._connection.close()

    def _expect(self, words: str, reply: tuple[int, bytes], wanted: int) -> None:
        code, said = reply
        if code != wanted:
            raise refused(
                f"{self._server.host} {words} {self._shown(code, said)}",
                "The server said no. Its words tell why: the address mail comes from, its size, its content.",
                transient=code in _TRANSIENT,
            )

    def _shown(self, code: int, said: bytes | str) -> str:
        words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        if code < 0:
            return "something that is not SMTP"
        # First without the password, which may hold what is left out next.
        return f"{code} {re.sub(r'[^ -~À-ɏ]+', ' ', self._redactor.text(words)).strip()}"[:500]

    @contextmanager
    def _faults(self, *, sent: bool = False) -> Iterator[None]:
        """Raises what goes wrong with the connection as NetworkError: all of it may be better later."""
        host = self._server.host
        try:
            yield
        except ssl.SSLCertVerificationError as error:
            raise NetworkError(
                f"the certificate of {host} cannot be trusted: {error.verify_message}",
                hint="It may have expired, or be made out to another host; name an authority of your own in the "
                "setting network_authorities.",
                code="network.certificate",
                transient=True,
            ) from error
        except smtplib.SMTPResponseException as error:
            raise refused(
                f"{host} said {self._shown(error.smtp_code, error.smtp_error)}",
                "The server said no: its words tell why.",
                transient=error.smtp_code in _TRANSIENT,
            ) from error
        except smtplib.SMTPException as error:
            when = "after it got the whole message" if sent else "before it got the message"
            raise NetworkError(
                f"{host} broke the connection {when}",
                hint="It may have delivered the message all the same: look before it is sent again."
                if sent
                else "It is tried again.",
                code="network.lost_reply",
                transient=True,
                sent=sent,
            ) from error
        except OSError as error:
            found = of_socket(error, host)
            raise NetworkError(found.message, hint=found.hint, code=found.code, transient=True, sent=sent) from error


def _stuffed(content: bytes) -> bytes:
    """``content`` as DATA wants it: a dot more where a line begins with one, and the line that ends it."""
    body = content if content.endswith(b"\r\n") else content + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", body) + b".\r\n"
