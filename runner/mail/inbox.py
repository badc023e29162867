"""Which mailbox is read: its server, its folder, its login."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from runner.mail.account import read_place

_PORTS = {"imap": 143, "imaps": 993, "imap+plain": 143}
_EXPECTED = (
    "expected imaps://HOST/FOLDER (TLS, port 993), imap://HOST/FOLDER (STARTTLS, port 143) or imap+plain://HOST/FOLDER "
    "(no encryption); without a folder it is INBOX"
)


@dataclass(frozen=True, slots=True)
class Inbox:
    """``kind``: imap, imaps or imap+plain; ``folder`` in letters of any script."""

    kind: str
    host: str
    port: int
    folder: str = "INBOX"
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """What tells this mailbox from others."""
        return f"{self.user}@{self.host}/{self.folder}"


def read_inbox(text: str, user: str = "", password: str = "") -> Inbox:
    """The mailbox that a setting names. ``ValueError`` says what was expected."""
    host, port = read_place(text.strip(), _PORTS, _EXPECTED)
    parts = urlsplit(text.strip())
    return Inbox(parts.scheme, host, port, unquote(parts.path.strip("/")) or "INBOX", user, password)
