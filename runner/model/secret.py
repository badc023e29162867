"""Secrets: values that templates name but never see, and the placeholders that stand for them (actions.md 1.9).

A template prints a placeholder, such as ``__mechanic_secret__api_token__0f3c9a7e5b21d846__``; it travels through
options as text. Whoever performs an http or ftp action puts the value in its place with ``resolve``, at the last moment
and in that request only; signing filters take it as key or input.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeVar
from urllib.parse import quote

from runner.errors import ActionError

_Value = TypeVar("_Value")

_NO_VALUES: Mapping[str, str | None] = MappingProxyType({})
_UNDERSCORES = r"(?:_|%5[Ff]){2}"
_CANDIDATE = re.compile(
    rf"{_UNDERSCORES}mechanic(?:_|%5[Ff])secret{_UNDERSCORES}(?P<key>[A-Za-z0-9_.%-]{{1,300}}?){_UNDERSCORES}"
    rf"(?P<digest>[0-9a-f]{{16}}){_UNDERSCORES}"
)


@dataclass(frozen=True, slots=True)
class Secrets:
    """The secrets of a shop by key. A value of None: the secret exists, its value is not known here (previews).

    ``salt`` goes into the placeholders, so that a text from outside, an order's note for example, cannot name one that
    counts. Where placeholders are resolved it must be something that nobody outside knows, and the same from rendering
    to performing. Neither values nor salt are in the ``repr``.
    """

    values: Mapping[str, str | None] = field(default_factory=lambda: _NO_VALUES, repr=False)
    salt: str = field(default="", repr=False)

    def __contains__(self, key: object) -> bool:
        return key in self.values

    def placeholder(self, key: str) -> str:
        """The text that stands for the secret ``key``: ASCII that survives JSON and URL encoding, always the same."""
        digest = hmac.digest(self.salt.encode(), f"mechanic secret {key}".encode(), hashlib.sha256).hex()[:16]
        return f"__mechanic_secret__{re.sub(r'[^A-Za-z0-9_.-]', '-', key)}__{digest}__"

    def known_values(self) -> tuple[str, ...]:
        """Every value known here, for ``runner.redact.Redactor``."""
        return tuple(sorted({value for value in self.values.values() if value}))


def resolve(value: _Value, secrets: Secrets, *, strict: bool = True) -> _Value:
    """A copy of a JSON value with the values of ``secrets`` in the place of their placeholders, hash keys included.

    A percent-encoded placeholder becomes a percent-encoded value. Text that only looks like a placeholder stays as it
    is. A placeholder of a secret that is gone, or whose value is not known here, raises ``ActionError``; it stays as it
    is when not ``strict``.
    """
    table = {secrets.placeholder(key): (key, known) for key, known in secrets.values.items()}

    def text(found: re.Match[str]) -> str:
        shown = found.group()
        placeholder = _plain(shown)
        key, known = table.get(placeholder, (_plain(found["key"]), None))
        if known is None:
            if not strict or placeholder != secrets.placeholder(key):
                return shown
            raise _unavailable(key, exists=key in secrets)
        return known if shown == placeholder else quote(known, safe="")

    def walk(part: Any) -> Any:
        if isinstance(part, str):
            return _CANDIDATE.sub(text, part)
        if isinstance(part, Mapping):
            return {walk(key): walk(member) for key, member in part.items()}
        return [walk(member) for member in part] if isinstance(part, (list, tuple)) else part

    resolved: _Value = walk(value)
    return resolved


def secret_keys(value: Any, secrets: Secrets) -> tuple[str, ...]:
    """The keys of the secrets whose placeholders are somewhere in a JSON value, sorted."""
    table = {secrets.placeholder(key): key for key in secrets.values}
    found: set[str] = set()

    def walk(part: Any) -> None:
        if isinstance(part, str):
            shown = (_plain(match.group()) for match in _CANDIDATE.finditer(part))
            found.update(table[placeholder] for placeholder in shown if placeholder in table)
        elif isinstance(part, Mapping):
            for key, member in part.items():
                walk(key)
                walk(member)
        elif isinstance(part, (list, tuple)):
            for member in part:
                walk(member)

    walk(value)
    return tuple(sorted(found))


def _plain(text: str) -> str:
    """``text`` with its percent-encoded underscores decoded."""
    return re.sub("%5[Ff]", "_", text)


def _unavailable(key: str, *, exists: bool) -> ActionError:
    if exists:
        message = f'The value of the secret "{key}" is not known here.'
        return ActionError(message, hint="Give the secret its value, then try again.", code="action.secret")
    message = f'No secret named "{key}" in this shop.'
    return ActionError(message, hint="It was there when the task ran: add it again.", code="action.secret")
