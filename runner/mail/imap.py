"""Looks into a mailbox: new mail becomes events, each once, whatever breaks in between (engine.md 6.3)."""

from __future__ import annotations

import base64
import imaplib
import logging
import re
import socket
import ssl
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any, Protocol

from runner.clock import Clock
from runner.errors import InputError, NetworkError
from runner.mail.inbox import Inbox
from runner.mail.received import ReceivedMail, read_message
from runner.model.event import Event
from runner.network import CONNECT_SECONDS, Network
from runner.network.faults import of_socket
from runner.redact import Redactor

MOST_BYTES = 20 * 1024 * 1024
"""Of one mail, the largest payload the engine takes (engine.md 12, row 20)."""
SECONDS = 60.0
"""For each answer of the server."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_log = logging.getLogger(__name__)


class Marks(Protocol):
    """Small values that outlive the process: how far a mailbox has been read."""

    def get(self, name: str) -> Any:
        """The value; None when there is none."""

    def put(self, name: str, value: Any) -> None:
        """Keep a JSON value."""


class Accept(Protocol):
    """The engine's intake."""

    def __call__(self, event: Event, *, dedupe: str) -> str | None: ...


class MailboxReader:
    """Reads ``inbox``, and gives each new mail to ``accept``, except those that tasks sent from ``own`` addresses.

    How far it got is kept in ``marks`` after each mail; a mail read twice, by a process that died or by two at once, is
    the same event by its Message-ID. Nothing is marked as read before its event is kept. A mail of more than ``most``
    bytes is left alone.
    """

    def __init__(
        self,
        inbox: Inbox,
        network: Network,
        accept: Accept,
        marks: Marks,
        clock: Clock,
        *,
        own: Collection[str] = (),
        most: int = MOST_BYTES,
    ) -> None:
        self._inbox = inbox
        self._network = network.trusting(inbox.host)
        self._accept = accept
        self._marks = marks
        self._clock = clock
        self._most = most
        self._own = frozenset(address.lower() for address in own)

    def look(self) -> int:
        """Take in what is new; how many mails became events. The first look ever only notes where the mailbox ends.

        Raises NetworkError when the mailbox cannot be read, and what ``accept`` raises: the rest is for the next look.
        """
        with _session(self._inbox, self._network) as session:
            began = self._clock.now()
            validity, following = session.open(self._inbox.folder)
            mark = self._marks.get(self._inbox.name)
            if mark is None:
                self._note(validity, following - 1, began)
                return 0
            # A number below the last one means the same as another validity: servers that make that of the time err.
            is_same = mark["validity"] == validity and following > int(mark["uid"])
            if is_same:
                found = session.after(int(mark["uid"])) if following > int(mark["uid"]) + 1 else []
                last = int(mark["uid"])
            else:
                # The server numbered its mail anew: what came lately is read again, and known by its Message-ID.
                found = session.since(datetime.fromisoformat(mark["looked"]) - timedelta(days=2))
                last = following - 1
            taken = 0
            for uid in found:
                taken += self._take(session, uid)
                if is_same:
                    self._note(validity, uid, began)
            if not found or not is_same:
                self._note(validity, max([last, *found]), began)
            return taken

    def _note(self, validity: int, uid: int, looked: datetime) -> None:
        self._marks.put(self._inbox.name, {"validity": validity, "uid": uid, "looked": looked.isoformat()})

    def _take(self, session: _Session, uid: int) -> int:
        """1 when the mail became an event."""
        size = session.size(uid)
        if size is None:
            return 0  # deleted meanwhile
        if size > self._most:
            _log.error(
                "mail %s in %s has %s bytes: it starts nothing, and is left unread", uid, self._inbox.name, f"{size:,}"
            )
            return 0
        content = session.content(uid)
        if content is None:
            return 0
        mail = read_message(content)
        if mail.is_own(self._own):
            _log.info("mail %s in %s is our own, of the run %s: it starts nothing", uid, self._inbox.name, mail.run_id)
            return 0
        kept = self._keep(uid, mail)
        if kept is not False:
            session.mark_read(uid)
        return int(kept is True)

    def _keep(self, uid: int, mail: ReceivedMail) -> bool | None:
        """Whether it became an event; None when it was one already, False when it can be none."""
        try:
            event_id = self._accept(mail.event(), dedupe=mail.dedupe(self._inbox.name))
        except InputError as fault:
            _log.error("mail %s in %s cannot be an event, and is left unread: %s", uid, self._inbox.name, fault)
            return False
        return True if event_id is not None else None


class _Imap(imaplib.IMAP4):
    """``imaplib``'s protocol on a socket whose address was checked."""

    def __init__(self, inbox: Inbox, network: Network) -> None:
        self._inbox = inbox
        self._network = network
        super().__init__(inbox.host, inbox.port, SECONDS)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        opened = self._network.connect(self._inbox.host, self._inbox.port, timeout=CONNECT_SECONDS)
        opened.settimeout(timeout)
        if self._inbox.kind != "imaps":
            return opened
        return self._network.tls().wrap_socket(opened, server_hostname=self._inbox.host)


class _Session:
    """A connection, logged in."""

    def __init__(self, connection: _Imap) -> None:
        self._connection = connection

    def open(self, folder: str) -> tuple[int, int]:
        """Open ``folder``: (the number of its numbering, the number the next mail will have at least)."""
        self._done(self._connection.select(_quoted(folder)), f'the folder "{folder}" cannot be opened')
        validity = self._number("UIDVALIDITY")
        following = self._number("UIDNEXT")
        if not following:
            following = max(self._search("ALL"), default=0) + 1
        return validity, following

    def after(self, uid: int) -> list[int]:
        """The numbers above ``uid``, in order."""
        return [found for found in self._search(f"UID {uid + 1}:*") if found > uid]

    def since(self, day: datetime) -> list[int]:
        """The numbers of mail that arrived on that day or later."""
        return self._search(f"SINCE {day.day:02d}-{_MONTHS[day.month - 1]}-{day.year}")

    def size(self, uid: int) -> int | None:
        """Bytes of a mail; None when it is not there."""
        for item in self._fetch(uid, "(RFC822.SIZE)"):
            text = item[0] if isinstance(item, tuple) else item
            found = re.search(rb"RFC822\.SIZE (\d+)", text or b"")
            if found:
                return int(found[1])
        return None

    def content(self, uid: int) -> bytes | None:
        """The whole mail, which stays unread."""
        parts = (item[1] for item in self._fetch(uid, "(BODY.PEEK[])") if isinstance(item, tuple))
        return next((part for part in parts if isinstance(part, bytes)), None)

    def mark_read(self, uid: int) -> None:
        """For people; in a folder that may only be read the server says no, and that is all right."""
        self._connection.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")

    def _search(self, criteria: str) -> list[int]:
        data = self._done(self._connection.uid("SEARCH", criteria), "the search was refused")
        return sorted({int(number) for line in data if line for number in line.split() if number.isdigit()})

    def _fetch(self, uid: int, what: str) -> list[Any]:
        return self._done(self._connection.uid("FETCH", str(uid), what), f"mail {uid} cannot be read")

    def _number(self, name: str) -> int:
        values = self._connection.response(name)[1]
        last = values[-1] if values else None
        return int(last) if isinstance(last, bytes) and last.isdigit() else 0

    def _done(self, reply: tuple[str, Any], words: str) -> list[Any]:
        status, data = reply
        if status != "OK":
            said = data[0].decode("utf-8", "replace") if data and isinstance(data[0], bytes) else ""
            raise NetworkError(
                f"{words}: {said}" if said else words,
                hint="Check the folder in email_inbox.",
                code="email.mailbox",
            )
        return list(data)


@contextmanager
def _session(inbox: Inbox, network: Network) -> Iterator[_Session]:
    redactor = Redactor((inbox.password,))
    connection: _Imap | None = None
    try:
        connection = _Imap(inbox, network)
        if inbox.kind == "imap":
            _start_tls(connection, network)
        _log_in(connection, inbox, redactor)
        yield _Session(connection)
    except ssl.SSLCertVerificationError as error:
        raise NetworkError(
            f"the certificate of {inbox.host} cannot be trusted: {error.verify_message}",
            hint="Name an authority of your own in the setting network_authorities.",
            code="network.certificate",
            transient=True,
        ) from error
    except OSError as error:
        raise of_socket(error, inbox.host) from error
    except imaplib.IMAP4.error as error:
        raise NetworkError(
            f"{inbox.host} answered: {redactor.text(str(error))}",
            hint="Check email_inbox; it is tried again.",
            code="email.mailbox",
            transient=isinstance(error, imaplib.IMAP4.abort),
        ) from error
    finally:
        if connection is not None:
            _end(connection)


def _start_tls(connection: _Imap, network: Network) -> None:
    if "STARTTLS" not in connection.capabilities:
        raise NetworkError(
            f"{connection.host} offers no encryption (STARTTLS) on that port",
            hint="Write imaps:// (port 993), or imap+plain:// to go without.",
            code="email.no_tls",
        )
    connection.starttls(network.tls())


def _log_in(connection: _Imap, inbox: Inbox, redactor: Redactor) -> None:
    plain: Callable[[bytes], bytes] = lambda _: f"\0{inbox.user}\0{inbox.password}".encode()  # noqa: E731
    try:
        if "AUTH=PLAIN" in connection.capabilities:
            connection.authenticate("PLAIN", plain)
        else:
            connection.login(inbox.user, inbox.password)
    except imaplib.IMAP4.abort:
        raise
    except (imaplib.IMAP4.error, UnicodeEncodeError) as error:
        said = "it takes ASCII only" if isinstance(error, UnicodeEncodeError) else redactor.text(str(error))
        raise NetworkError(
            f"{inbox.host} refused the login of {inbox.user}: {said}",
            hint="Check email_inbox_user and email_inbox_password. Gmail and others want a password made for this "
            "program only, and IMAP switched on.",
            code="email.login",
        ) from error


def _end(connection: _Imap) -> None:
    """Say goodbye; what is over is over, however that goes."""
    try:
        connection.logout()
    except (imaplib.IMAP4.error, OSError):
        with suppress(OSError):  # closed already
            connection.shutdown()


def _quoted(folder: str) -> str:
    r"""A folder's name as IMAP writes it: in quotes, letters beyond ASCII as ``&…-`` (RFC 3501, 5.1.3)."""

    def coded(match: re.Match[str]) -> str:
        words = base64.b64encode(match[0].encode("utf-16-be")).decode("ascii").rstrip("=")
        return f"&{words.replace('/', ',')}-"

    text = re.sub(r"[^ -~]+", coded, folder.replace("&", "&-"))
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
