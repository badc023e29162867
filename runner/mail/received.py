"""Received mail as the event data that tasks know (engine.md 6.3): from MIME messages, and from Postmark's JSON."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parseaddr
from typing import Any

from runner.mail.letter import RUN_HEADER
from runner.mail.reply import stripped_reply
from runner.model.event import Event
from runner.model.json import without_surrogates

TOPIC = "mechanic/emails/received"
_TEXTS = (
    *("cc", "date", "from", "from_name", "html_body", "message_id", "reply_to", "stripped_text_reply", "subject"),
    *("text_body", "to"),
)
_LISTS = ("attachments", "cc_full", "headers", "to_full")


@dataclass(frozen=True, slots=True)
class ReceivedMail:
    """``data`` is what ``email`` is in a task. ``identity`` tells this mail from all others; ``run_id`` is that of the
    action run that sent it, None when it was none of ours."""

    data: Mapping[str, Any]
    identity: str
    run_id: str | None = None

    def event(self) -> Event:
        """The event it becomes."""
        return Event(TOPIC, data=dict(self.data), source="email")

    def dedupe(self, mailbox: str) -> str:
        """Names its arrival in ``mailbox``: the same name, the same event."""
        return f"email:{mailbox}:{self.identity}"

    def is_own(self, addresses: Collection[str]) -> bool:
        """Whether a task sent it from one of our own ``addresses``, in lower case."""
        return self.run_id is not None and str(self.data["from"]).lower() in addresses


def read_message(content: bytes) -> ReceivedMail:
    """The mail in ``content``, a MIME message; whatever is wrong with it, what can be read is."""
    message = message_from_bytes(content)
    headers = [(name, _words(value)) for name, value in message.raw_items()]
    first = {name.lower(): value for name, value in reversed(headers)}
    from_name, sender = parseaddr(_raw(message, "from"))
    parts = _Parts(message)
    message_id = first.get("message-id", "").strip().strip("<>")
    data: dict[str, Any] = {
        "from": sender,
        "from_name": _words(from_name),
        "from_full": _person(from_name, sender),
        "to": _joined(headers, "to"),
        "to_full": _people(message, "to"),
        "cc": _joined(headers, "cc"),
        "cc_full": _people(message, "cc"),
        "reply_to": first.get("reply-to", ""),
        "subject": first.get("subject", ""),
        "date": first.get("date", ""),
        "message_id": message_id,
        "text_body": parts.text,
        "html_body": parts.html,
        "stripped_text_reply": stripped_reply(parts.text),
        "headers": [{"name": name, "value": value} for name, value in headers],
        "attachments": parts.attachments,
    }
    identity = message_id or f"sha256-{hashlib.sha256(content).hexdigest()}"
    return ReceivedMail(without_surrogates(data), identity, first.get(RUN_HEADER.lower()))


def read_postmark(document: Any) -> ReceivedMail:
    """The mail in Postmark's JSON for inbound webhooks. ``ValueError`` for what is no such document."""
    if not isinstance(document, Mapping) or not isinstance(document.get("From"), str) or "MessageID" not in document:
        raise ValueError("that is not Postmark's JSON of an inbound message: From and MessageID are missing")
    data = _snake(document)
    for name in _TEXTS:
        data[name] = data.get(name) or ""
    for name in _LISTS:
        data[name] = data.get(name) or []
    headers = {str(each.get("name")).lower(): each.get("value") for each in data["headers"] if isinstance(each, dict)}
    run_id = headers.get(RUN_HEADER.lower())
    identity = str(document["MessageID"]) or str(headers.get("message-id") or "")
    return ReceivedMail(without_surrogates(data), identity, None if run_id is None else str(run_id))


def _snake(value: Any) -> Any:
    """``{"FromFull": {"MailboxHash": …}}`` as ``{"from_full": {"mailbox_hash": …}}``."""
    if isinstance(value, Mapping):
        return {re.sub(r"(?<=[a-z])(?=[A-Z])", "_", str(key)).lower(): _snake(member) for key, member in value.items()}
    return [_snake(member) for member in value] if isinstance(value, list) else value


class _Parts:
    """What a message consists of: its texts put together, its HTML, and everything else as attachments."""

    def __init__(self, message: Message) -> None:
        texts: list[str] = []
        htmls: list[str] = []
        self.attachments: list[dict[str, Any]] = []
        for part in _leaves(message):
            # A multipart without parts is a text that says it is more than that.
            kind = "text/plain" if part.get_content_maintype() == "multipart" else part.get_content_type()
            is_shown = part.get_content_disposition() != "attachment" and not part.get_filename()
            if is_shown and kind == "text/plain":
                texts.append(_text(part))
            elif is_shown and kind == "text/html":
                htmls.append(_text(part))
            else:
                self.attachments.append(_attachment(part, len(self.attachments)))
        self.text = "\n".join(texts)
        self.html = "\n".join(htmls)


def _leaves(message: Message) -> Iterator[Message]:
    """The parts that hold something; a forwarded message is one part, whole."""
    payload = message.get_payload()
    if message.get_content_maintype() == "multipart" and isinstance(payload, list):
        for part in payload:
            if isinstance(part, Message):
                yield from _leaves(part)
    else:
        yield message


def _content(part: Message) -> bytes:
    payload = part.get_payload()
    if isinstance(payload, list):
        return b"\r\n".join(each.as_bytes() for each in payload if isinstance(each, Message))
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _text(part: Message) -> str:
    charset = part.get_content_charset() or "utf-8"
    data = _content(part)
    try:
        text = data.decode(charset)
    except (LookupError, UnicodeError):
        text = data.decode("utf-8", "replace")
    return text.replace("\r\n", "\n")


def _attachment(part: Message, number: int) -> dict[str, Any]:
    data = _content(part)
    ending = "eml" if part.get_content_maintype() == "message" else "bin"
    return {
        "name": _words(part.get_filename() or "") or f"attachment-{number + 1}.{ending}",
        "content": base64.b64encode(data).decode("ascii"),
        "content_type": part.get_content_type(),
        "content_length": len(data),
        "content_id": str(part.get("content-id") or "").strip().strip("<>"),
    }


def _words(raw: Any) -> str:
    """A header's value as people read it: unfolded, and out of the encodings of mail."""
    text = str(raw)
    try:
        text = text.encode("ascii", "surrogateescape").decode("utf-8", "replace")
    except UnicodeEncodeError:
        pass  # it is text already
    text = re.sub(r"\r?\n[ \t]*", " ", text).strip()
    try:
        return str(make_header(decode_header(text))) if "=?" in text else text
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        return text


def _raw(message: Message, name: str) -> str:
    """All values of a header, joined; still encoded, so that no encoded comma separates."""
    values = [str(value) for key, value in message.raw_items() if key.lower() == name]
    return ", ".join(re.sub(r"\r?\n[ \t]*", " ", value) for value in values)


def _joined(headers: list[tuple[str, str]], name: str) -> str:
    return ", ".join(value for key, value in headers if key.lower() == name)


def _people(message: Message, name: str) -> list[dict[str, str]]:
    return [_person(*pair) for pair in getaddresses([_raw(message, name)]) if pair[1]]


def _person(name: str, address: str) -> dict[str, str]:
    local = address.rpartition("@")[0]
    return {"email": address, "name": _words(name), "mailbox_hash": local.partition("+")[2]}
