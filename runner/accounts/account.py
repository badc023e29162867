"""One account, as it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from runner.clock import iso_utc

EARLY = timedelta(seconds=60)
"""Before its end a token counts as expired: a call may take a minute to arrive."""

_TEXTS = ("token", "client_id", "client_secret", "refresh_token")
_NO_KEY: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Account:
    """What lets actions act for somebody. One of three kinds, by what is there:

    ``token`` alone is one that stays in force; ``refresh_token`` with a client buys tokens; ``key`` is that of a
    Google service account, and makes them. ``access_token`` is the last token bought or made, in force until
    ``expires_at``. ``scopes`` are the rights that were granted.
    """

    name: str
    token: str | None = field(default=None, repr=False)
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    key: Mapping[str, str] = field(default_factory=lambda: _NO_KEY, repr=False)
    scopes: tuple[str, ...] = ()
    access_token: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None

    @property
    def kind(self) -> str:
        """``token``, ``service account`` or ``signed in``, for people."""
        return "token" if self.token else "service account" if self.key else "signed in"

    def token_at(self, now: datetime) -> str | None:
        """The token that is in force at ``now``; None when a new one is needed."""
        if self.token:
            return self.token
        if self.access_token and (self.expires_at is None or now < self.expires_at - EARLY):
            return self.access_token
        return None

    def granted(self, access_token: str, expires_at: datetime | None, refresh_token: str | None) -> Account:
        """The account with a new token; its refresh token too, where the provider gave another one."""
        return replace(
            self,
            access_token=access_token,
            expires_at=expires_at,
            refresh_token=refresh_token or self.refresh_token,
        )

    def to_json(self) -> dict[str, Any]:
        """What is kept: only what is there, the name apart."""
        document: dict[str, Any] = {name: value for name in _TEXTS if (value := getattr(self, name))}
        if self.key:
            document["key"] = dict(self.key)
        if self.scopes:
            document["scopes"] = list(self.scopes)
        if self.access_token:
            document["access_token"] = self.access_token
            document["expires_at"] = None if self.expires_at is None else iso_utc(self.expires_at)
        return document

    @classmethod
    def from_json(cls, name: str, document: Any) -> Account:
        """The account that ``to_json`` wrote. ``ValueError`` for anything else; its words quote no value."""
        if not isinstance(document, Mapping):
            raise ValueError("it is not an object")
        texts = {each: document.get(each) for each in (*_TEXTS, "access_token", "expires_at")}
        wrong = next((each for each, value in texts.items() if value is not None and not isinstance(value, str)), None)
        if wrong is not None:
            raise ValueError(f"its {wrong} is not text")
        key, scopes = document.get("key") or {}, document.get("scopes") or []
        if not isinstance(key, Mapping) or not all(isinstance(value, str) for value in key.values()):
            raise ValueError("its key is not an object of texts")
        if not isinstance(scopes, list) or not all(isinstance(scope, str) for scope in scopes):
            raise ValueError("its scopes are not a list of texts")
        if not (texts["token"] or key or (texts["refresh_token"] and texts["client_id"])):
            raise ValueError("it has neither a token, nor a key, nor a refresh_token with a client_id")
        until = texts.pop("expires_at")
        expires_at = None if until is None else datetime.fromisoformat(until).astimezone(UTC)
        return cls(name, key=MappingProxyType(dict(key)), scopes=tuple(scopes), expires_at=expires_at, **texts)
