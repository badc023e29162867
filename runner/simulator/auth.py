"""Who may call: the fixed token, tokens of the client-credentials grant, and their scopes (simulator.md 1)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from runner.shopify.schema import Access, Schema
from runner.simulator.clock import VirtualClock

LIFETIME = timedelta(seconds=86_399)
"""Of a token from the client-credentials grant, as Shopify says in ``expires_in``."""
UNAUTHORIZED = "[API] Invalid API key or access token (unrecognized login or wrong password)"
"""``errors`` of the 401. Seen."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token allows. ``scopes`` None: everything; ``expires`` None: never."""

    scopes: frozenset[str] | None
    expires: datetime | None = None


class Tokens:
    """The tokens of one shop and its one app."""

    def __init__(
        self,
        clock: VirtualClock,
        *,
        domain: str,
        token: str,
        client_id: str,
        secret: str,
        scopes: frozenset[str] | None,
    ) -> None:
        self._clock = clock
        self._domain = domain
        self._client_id = client_id
        self._secret = secret
        self._scopes = scopes
        self._grants = {token: Grant(scopes)}
        self._issued = 0

    def grant(self, token: str | None) -> Grant | None:
        """What ``token`` allows now; None when it is unknown or expired."""
        found = self._grants.get(token or "")
        if found is None or (found.expires is not None and found.expires <= self._clock.now()):
            return None
        return found

    def exchange(self, form: dict[str, Any], every_scope: frozenset[str]) -> tuple[int, dict[str, Any]]:
        """Answer ``POST /admin/oauth/access_token``: a status and a body. Refusals by analogy with OAuth 2."""
        if form.get("grant_type") != "client_credentials":
            return 400, _refusal("unsupported_grant_type", "The grant type must be client_credentials")
        if form.get("client_id") != self._client_id:
            return 400, _refusal("application_cannot_be_found", "The application cannot be found")
        if form.get("client_secret") != self._secret:
            return 400, _refusal("invalid_client", "The client secret is invalid")
        self._issued += 1
        digest = hashlib.sha256(f"{self._domain}/{self._secret}/{self._issued}".encode()).hexdigest()
        token = f"shpat_{digest[:32]}"
        self._grants[token] = Grant(self._scopes, self._clock.now() + LIFETIME)
        scope = ",".join(sorted(every_scope if self._scopes is None else self._scopes))
        return 200, {"access_token": token, "scope": scope, "expires_in": int(LIFETIME.total_seconds())}


def every_scope(schema: Schema) -> frozenset[str]:
    """All scopes that the schema's access rules name."""
    groups = [group for rule in schema.data["access"] for group in rule["scopes"]]
    return frozenset(scope for group in groups for scope in group)


def scope_missing(scopes: frozenset[str] | None, scope: str | None) -> str | None:
    """Why a REST call is refused (403), or None. ``scope`` may name two: ``read_a or read_b``. Seen."""
    if scopes is None or scope is None or Access("", (tuple(scope.split(" or ")),)).granted(scopes):
        return None
    return f"[API] This action requires merchant approval for {scope} scope."


def _refusal(error: str, description: str) -> dict[str, Any]:
    return {"error": error, "error_description": description}
