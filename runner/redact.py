"""Replaces secret values in anything stored, logged or shown."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, quote_plus

MARKER = "__mechanic_secret_value_redacted__"
"""What stands where a secret stood (actions.md 1.9)."""

_ESCAPES = frozenset("%+&\\")
"""Without one of these nothing in a text is escaped."""
_NAMED: Mapping[str, str] = MappingProxyType({"&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos"})
_SHORTEST_FRAGMENT = 8
"""Base64 of a secret inside longer base64 is recognised from this many characters on: fewer would hit plain words."""


@dataclass(frozen=True, slots=True)
class Redactor:
    """Knows ``secrets`` and takes them out of text and JSON, whatever form they have there.

    Recognised: the raw value; escaped as in URLs, HTML or JSON, in any mix of escaped and plain characters; twice as in
    JSON; base64 by itself or inside longer base64 (``Authorization: Basic``). Empty secrets are ignored. Its ``repr``
    shows no secret.
    """

    secrets: tuple[str, ...] = field(default=(), repr=False)
    marker: str = MARKER

    def __init__(self, secrets: Iterable[str | None] = (), marker: str = MARKER) -> None:
        object.__setattr__(self, "secrets", tuple(sorted({secret for secret in secrets if secret})))
        object.__setattr__(self, "marker", marker)

    def adding(self, *secrets: str | None) -> Redactor:
        """A redactor that knows ``secrets`` too."""
        return Redactor((*self.secrets, *secrets), self.marker)

    def text(self, text: str) -> str:
        """``text`` with the marker in place of every secret; overlapping ones give one marker."""
        spans = sorted(span for secret in self.secrets for span in _spans(secret, text))
        pieces: list[str] = []
        end = 0
        for start, stop in spans:
            if start >= end:
                pieces += (text[end:start], self.marker)
            end = max(end, stop)
        return "".join(pieces) + text[end:] if spans else text

    def json(self, value: Any) -> Any:
        """A copy of a JSON value, redacted in strings and keys; a number that spells a secret becomes the marker."""
        if not self.secrets:
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self.json(key): self.json(member) for key, member in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.json(member) for member in value]
        if isinstance(value, (int, float)) and not isinstance(value, bool) and str(value) in self.secrets:
            return self.marker
        return value


def _spans(secret: str, text: str) -> Iterator[tuple[int, int]]:
    for form in _forms(secret):
        start = text.find(form)
        while start >= 0:
            yield start, start + len(form)
            start = text.find(form, start + 1)
    if not _ESCAPES.isdisjoint(text) and (pattern := _escaped_pattern(secret)):
        for match in pattern.finditer(text):
            yield match.span()


@lru_cache(maxsize=256)
def _forms(secret: str) -> tuple[str, ...]:
    raw = secret.encode(errors="surrogatepass")
    forms = {secret, quote(raw, safe=""), quote(raw), quote_plus(raw), *_base64_forms(raw)}
    for ascii_only in (True, False):
        escaped = json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
        for once in (escaped, escaped.replace("/", "\\/")):
            forms |= {once, json.dumps(once)[1:-1]}
    return tuple(sorted(forms))


def _base64_forms(raw: bytes) -> Iterator[str]:
    """The base64 texts that stand for ``raw``: alone, and what stays the same wherever it starts in longer data."""
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(raw).decode()
        yield encode(raw).decode().rstrip("=")
        for lead in range(3):
            # The first characters mix with the bytes before, the last with those after: keep the ones between.
            encoded = encode(bytes(lead) + raw).decode()
            fragment = encoded[(lead * 8 + 5) // 6 : (lead + len(raw)) * 8 // 6]
            if len(fragment) >= _SHORTEST_FRAGMENT:
                yield fragment


@lru_cache(maxsize=256)
def _escaped_pattern(secret: str) -> re.Pattern[str] | None:
    """Matches ``secret`` with any of its characters escaped as in URLs, HTML or JSON; None when nobody would."""
    if quote(secret, safe="", errors="surrogatepass") == secret:
        return None
    return re.compile("".join(f"(?:{'|'.join(_choices(character))})" for character in secret))


def _choices(character: str) -> Iterator[str]:
    """Patterns of everything that may stand for one character; the plain one last: an ampersand begins others."""
    percent = "".join(f"%{byte:02x}" for byte in character.encode(errors="surrogatepass"))
    units = character.encode("utf-16-be", errors="surrogatepass")
    unicode = "".join(rf"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
    yield rf"(?i:{percent}|{unicode}|&\#0*{ord(character)};|&\#x0*{ord(character):x};)"
    if character == " ":
        yield r"\+"
    if character in _NAMED:
        yield f"&{_NAMED[character]};"
    written = json.dumps(character, ensure_ascii=False)[1:-1] if character != "/" else "\\/"
    if written != character:
        yield re.escape(written)
    yield re.escape(character)
