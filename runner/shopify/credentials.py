"""How a client proves who it is: a fixed access token, or an app's id and secret exchanged for tokens that expire."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from runner.clock import Clock
from runner.errors import ShopifyError
from runner.redact import Redactor

_MARGIN = 300.0
"""Tokens are renewed this many seconds before they expire, or after nine tenths of a shorter life."""


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """An app's id and secret, for the client-credentials grant of apps that belong to the shop's own organisation."""

    client_id: str
    client_secret: str = field(repr=False)

    def request(self) -> dict[str, str]:
        """The body of ``POST /admin/oauth/access_token``."""
        return {
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "grant_type": "client_credentials",
        }


class TokenSource:
    """Gives the access token for the next call; shared by all clients and threads of a shop.

    ``exchange`` posts the grant and returns the reply's JSON; called only for ``ClientCredentials``, when there is
    no token, when the present one is about to expire, and once after the shop refused it.
    """

    def __init__(self, token: str | ClientCredentials, clock: Clock, exchange: Callable[[dict[str, str]], Any]) -> None:
        self._credentials = token if isinstance(token, ClientCredentials) else None
        self._token = token if isinstance(token, str) else None
        self._expires: datetime | None = None
        self._clock = clock
        self._exchange = exchange
        self._lock = threading.Lock()
        self._redactor = Redactor([token if isinstance(token, str) else token.client_secret])

    @property
    def redactor(self) -> Redactor:
        """Knows the secret and every token used so far."""
        return self._redactor

    def current(self) -> str:
        """The token to send. Raises ``ShopifyError`` when the grant is refused or the shop cannot be reached."""
        with self._lock:
            if self._credentials and (self._token is None or self._due()):
                self._renew(self._credentials)
            assert self._token is not None  # a fixed token, or renewed just now
            return self._token

    def refused(self, token: str) -> bool:
        """The shop answered 401 to ``token``: whether ``current`` now gives another one."""
        with self._lock:
            if self._credentials is None:
                return False
            if self._token == token:
                self._token = None
            return True

    def _due(self) -> bool:
        return self._expires is not None and self._clock.now() >= self._expires

    def _renew(self, credentials: ClientCredentials) -> None:
        reply = self._exchange(credentials.request())
        token = reply.get("access_token") if isinstance(reply, dict) else None
        if not isinstance(token, str) or not token:
            raise ShopifyError(
                "the shop's answer to the client-credentials grant holds no access token",
                hint="install the app on this shop, and check SHOPIFY_CLIENT_ID and SHOPIFY_CLIENT_SECRET",
                code="shopify.grant",
            )
        life = reply.get("expires_in")
        seconds = float(life) if isinstance(life, (int, float)) else None
        self._expires = None
        if seconds is not None:
            self._expires = self._clock.now() + timedelta(seconds=max(seconds - _MARGIN, seconds * 0.9))
        self._token = token
        self._redactor = self._redactor.adding(token)
