"""Accounts that mail is sent by: a server, a login, and the one address it comes from (actions.md 3.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from runner.mail.addresses import Mailbox

POSTMARK_HOST = "api.postmarkapp.com"
OUTBOX_FOLDER = ".runner/outbox"
_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25, "postmark+https": 443, "postmark+http": 80}
_EXPECTED = (
    "expected smtp://HOST (STARTTLS, port 587), smtps://HOST (TLS, port 465), smtp+plain://HOST (no encryption, "
    "port 25), postmark, or outbox (files in a folder); a login goes into email_user and email_password"
)


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is handed in. ``kind``: smtp, smtps, smtp+plain, postmark+https, postmark+http or outbox.

    ``folder`` is that of an outbox; ``host`` and ``port`` are the others'.
    """

    kind: str
    host: str = ""
    port: int = 0
    folder: str = ""

    @property
    def is_postmark(self) -> bool:
        """Whether it is an HTTP API."""
        return self.kind.startswith("postmark")

    def __str__(self) -> str:
        return f"outbox:{self.folder}" if self.kind == "outbox" else f"{self.kind}://{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Account:
    """``user`` and ``password`` None: no login. Postmark's ``password`` is the token of one of its servers."""

    server: Server
    sender: Mailbox
    user: str | None = None
    password: str | None = field(default=None, repr=False)


def read_server(text: str) -> Server:
    """The server that a setting names. ``ValueError`` says what was expected."""
    given = text.strip()
    if given == "postmark":
        return Server("postmark+https", POSTMARK_HOST, 443)
    kind, colon, folder = given.partition(":")
    if kind == "outbox":
        return Server("outbox", folder=folder.strip() if colon and folder.strip() else OUTBOX_FOLDER)
    host, port = read_place(given, _PORTS, _EXPECTED)
    return Server(urlsplit(given).scheme, host, port)


def read_place(text: str, ports: dict[str, int], expected: str) -> tuple[str, int]:
    """(host, port) of an address with a scheme of ``ports`` and, at most, a path; ``ValueError`` for others."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port or ports.get(parts.scheme, 0)
    except ValueError:
        raise ValueError(f"that is not an address; {expected}") from None
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        # The value is not shown: it may hold a password.
        raise ValueError(f"a login does not belong into the address; {expected}")
    if parts.scheme not in ports or not host or parts.query or parts.fragment or re.search(r"[\s\x00-\x1f]", text):
        raise ValueError(f'"{text}" is not an address; {expected}')
    return host, port
