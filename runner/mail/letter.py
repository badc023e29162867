"""A message ready to be sent, and its bytes: headers, HTML with a text alternative, files (actions.md 3.3)."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime

from runner.mail.addresses import Mailbox
from runner.mail.html import Attached

RUN_HEADER = "X-Mechanic-Run"
"""Names the action run that sent a message: received mail that carries it is our own."""
_LINE = 998
"""Characters of the longest line a server must take (RFC 5322, 2.1.1)."""
_LONG_WORD = 70


class _Folding(EmailPolicy):
    """Folds lines of headers at 78 characters, but leaves long words whole: the base class would encode an address."""

    def fold_binary(self, name: str, value: str) -> bytes:
        if self.max_line_length != _LINE and value.isascii() and any(len(word) > _LONG_WORD for word in value.split()):
            return self.clone(max_line_length=_LINE).fold_binary(name, value)
        return super().fold_binary(name, value)


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything a provider needs. ``message_id`` without angle brackets; ``headers`` are further ones, in order."""

    sender: Mailbox
    to: tuple[Mailbox, ...]
    subject: str
    html: str
    text: str
    message_id: str
    date: datetime
    cc: tuple[Mailbox, ...] = ()
    bcc: tuple[Mailbox, ...] = ()
    reply_to: Mailbox | None = None
    headers: tuple[tuple[str, str], ...] = ()
    images: tuple[Attached, ...] = ()
    files: tuple[Attached, ...] = ()

    @property
    def recipients(self) -> tuple[Mailbox, ...]:
        """Everybody who gets it, each once."""
        found = {each.address: each for each in (*self.to, *self.cc, *self.bcc)}
        return tuple(found.values())

    @property
    def is_ascii(self) -> bool:
        """Whether all addresses are such that every server can deliver to them."""
        people = (self.sender, *self.recipients, *((self.reply_to,) if self.reply_to else ()))
        return all(each.is_ascii for each in people)


def letter_bytes(letter: Letter, boundary: Callable[[str], str], *, shows_bcc: bool = False) -> bytes:
    """The message as it goes over the wire, with CRLF line ends; the same bytes for the same letter.

    ``boundary`` makes the lines between parts from a name. Blind copies are named only when ``shows_bcc``.
    """
    policy = _Folding(linesep=SMTP.linesep, utf8=not letter.is_ascii)
    message = EmailMessage(policy)
    for name, value in _headers(letter, shows_bcc=shows_bcc):
        message[name] = value
    _fill(message, letter)
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(boundary(f"part-{number}"))
    return message.as_bytes(policy=policy)


def _headers(letter: Letter, *, shows_bcc: bool) -> Iterator[tuple[str, str]]:
    yield "From", str(letter.sender)
    yield "To", _listed(letter.to)
    if letter.cc:
        yield "Cc", _listed(letter.cc)
    if letter.bcc and shows_bcc:
        yield "Bcc", _listed(letter.bcc)
    if letter.reply_to:
        yield "Reply-To", str(letter.reply_to)
    yield "Subject", letter.subject
    yield "Date", format_datetime(letter.date)
    yield "Message-ID", f"<{letter.message_id}>"
    yield from letter.headers


def _listed(people: tuple[Mailbox, ...]) -> str:
    return ", ".join(str(each) for each in people)


def _fill(message: EmailMessage, letter: Letter) -> None:
    """alternative(text, related(html, images)) inside mixed(…, files), as far as each is needed."""
    message.set_content(letter.text or "\n", cte=_encoding(letter.text))
    message.add_alternative(letter.html, subtype="html", cte=_encoding(letter.html))
    shown: MIMEPart = message.get_payload()[1]  # type: ignore[assignment,index]  # the HTML just added
    for image in letter.images:
        kind, subtype = _kind(image)
        shown.add_related(
            image.data, maintype=kind, subtype=subtype, cid=f"<{image.cid}>", filename=image.name, disposition="inline"
        )
    for file in letter.files:
        kind, subtype = _kind(file)
        message.add_attachment(file.data, maintype=kind, subtype=subtype, filename=file.name)


def _encoding(text: str) -> str:
    """How a text travels: as it is when any server can take it, else quoted."""
    fits = text.isascii() and max((len(line) for line in text.splitlines()), default=0) < _LINE
    return "7bit" if fits and "\r" not in text.replace("\r\n", "") else "quoted-printable"


def _kind(file: Attached) -> tuple[str, str]:
    """The type of a file in two words, as mail needs it: messages and multiparts would be taken for parts."""
    mime = file.mime.partition(";")[0].strip().lower()
    kind, slash, subtype = mime.partition("/")
    if not slash or not subtype or kind in ("multipart", "message") or not mime.isascii():
        kind, _, subtype = (mimetypes.guess_type(file.name)[0] or "application/octet-stream").partition("/")
    return ("application", "octet-stream") if kind in ("multipart", "message") else (kind, subtype)
