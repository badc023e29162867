"""Addresses of people: lists as tasks write them, display names, names of hosts in any script (actions.md 3.3)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_LOCAL = re.compile(r"[^\s\x00-\x20\x7f()<>@,;:\\\"\[\]]+")
_QUOTED_LOCAL = re.compile(r'"(?:[^"\\\x00-\x1f\x7f]|\\[^\x00-\x1f\x7f])*"')
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.IGNORECASE)
_NAMED = re.compile(r"(?P<name>.*?)<(?P<address>[^<>]*)>", re.DOTALL)
_MOST_LOCAL, _MOST = 64, 254
"""Characters of the part before the @, and of an address (RFC 5321, 4.5.3.1)."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A person: ``name`` may be blank; ``local`` is what stands before the @; ``host`` is in its ASCII form."""

    name: str
    local: str
    host: str

    @property
    def address(self) -> str:
        """``local@host``, as servers are told it."""
        return f"{self.local}@{self.host}"

    @property
    def is_ascii(self) -> bool:
        """Whether every mail server knows what to do with the address."""
        return self.local.isascii()

    def named(self, name: str) -> Mailbox:
        """The same address under another display name."""
        return Mailbox(name, self.local, self.host)

    def __str__(self) -> str:
        if not self.name:
            return self.address
        quoted = re.sub(r'(["\\])', r"\\\1", self.name)
        plain = re.fullmatch(r"[\w !#$%&'*+/=?^`{|}~-]+", self.name)
        return f"{self.name if plain else chr(34) + quoted + chr(34)} <{self.address}>"


@dataclass(frozen=True, slots=True)
class MailboxList:
    """``good`` are addresses, each once; ``bad`` are texts that stood among them and are none."""

    good: tuple[Mailbox, ...] = ()
    bad: tuple[str, ...] = ()


def read_mailbox(text: str) -> Mailbox | None:
    """The address in ``text``, with or without a display name; None when it is none."""
    stripped = text.strip()
    found = _NAMED.fullmatch(stripped)
    name, address = (found["name"], found["address"]) if found else ("", stripped)
    parts = _address(address.strip())
    return None if parts is None else Mailbox(one_line(_unquoted(name.strip())), *parts)


def read_mailboxes(texts: Iterable[str]) -> MailboxList:
    """All addresses in ``texts``, each of which may hold several, separated by commas or semicolons."""
    good: dict[str, Mailbox] = {}
    bad: list[str] = []
    for text in texts:
        for piece in _joined(_pieces(text)):
            mailbox = read_mailbox(piece)
            if mailbox is None:
                bad.append(one_line(piece))
            else:
                good.setdefault(mailbox.address.lower(), mailbox)
    return MailboxList(tuple(good.values()), tuple(dict.fromkeys(bad)))


def one_line(text: str) -> str:
    """``text`` without line breaks and control characters, white space made single."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f\x80-\x9f\u2028\u2029]", " ", text).split())


def ascii_host(host: str) -> str | None:
    """The name of a mail host in its ASCII form, in lower case; None for what cannot be one."""
    import idna

    plain = host.lower()
    if not plain.isascii():
        try:
            plain = idna.encode(host, uts46=True).decode("ascii")
        except idna.IDNAError:
            return None
    labels = plain.split(".")
    if len(labels) < 2 or labels[-1].isdigit() or not all(_LABEL.fullmatch(label) for label in labels):
        return None
    return plain


def _address(text: str) -> tuple[str, str] | None:
    local, at, host = text.rpartition("@")
    if not at or not 0 < len(local.encode("utf-8", "replace")) <= _MOST_LOCAL:
        return None
    if not _QUOTED_LOCAL.fullmatch(local) and (
        not _LOCAL.fullmatch(local) or local.startswith(".") or local.endswith(".") or ".." in local
    ):
        return None
    found = ascii_host(host)
    if found is None or len(local) + 1 + len(found) > _MOST or any(0xD800 <= ord(each) <= 0xDFFF for each in local):
        return None
    return local, found


def _pieces(text: str) -> Iterator[str]:
    """The parts between separators that stand neither in quotes nor in angle brackets; none that is blank."""
    start, quoted, depth, escaped = 0, False, 0, False
    for at, sign in enumerate(text):
        if escaped:
            escaped = False
        elif quoted:
            quoted, escaped = sign != '"', sign == "\\"
        elif sign == '"':
            quoted = text.find('"', at + 1) > 0  # a lone quotation mark is a slip, and hides nothing
        elif sign in "<>":
            depth = 1 if sign == "<" else 0
        elif sign in ",;" and not depth:
            if text[start:at].strip():
                yield text[start:at].strip()
            start = at + 1
    if text[start:].strip():
        yield text[start:].strip()


def _joined(pieces: Iterable[str]) -> Iterator[str]:
    """Pieces, where ``Doe, Jane <jane@…>`` is one: a name without an address belongs to the one that follows."""
    waiting = ""
    for piece in pieces:
        whole = f"{waiting}, {piece}" if waiting else piece
        if "@" not in piece:
            waiting = whole
        elif waiting and not _NAMED.fullmatch(piece):
            yield waiting
            yield piece
            waiting = ""
        else:
            yield whole
            waiting = ""
    if waiting:
        yield waiting


def _unquoted(name: str) -> str:
    if len(name) > 1 and name[0] == name[-1] == '"':
        return re.sub(r"\\(.)", r"\1", name[1:-1])
    return name
