"""Whose token it is: asked when an account is connected, so that a wrong one is found at once, and has a name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from runner.accounts.provider import Provider
from runner.errors import InputError, NetworkError
from runner.network import Network


@dataclass(frozen=True, slots=True)
class Owner:
    """``name`` is what people call the account; ``scopes`` what it may do, None where the provider does not say."""

    name: str
    scopes: tuple[str, ...] | None = None


def whose(provider: Provider, token: str, *, address: str, network: Network) -> Owner:
    """The owner of ``token``. Raises InputError when it is not accepted, NetworkError when nobody answers."""
    from runner.network.fetch import fetch

    with network.client() as client:
        reply = fetch(client, client.build_request("GET", address, headers={"Authorization": f"Bearer {token}"}))
    try:
        said: Any = json.loads(reply.content)
    except ValueError:
        said = None
    if reply.status in (401, 403) or (isinstance(said, Mapping) and said.get("ok") is False):
        why = said.get("error") if isinstance(said, Mapping) else None
        raise InputError(
            f"{provider.label} does not accept the token: {why if isinstance(why, str) else f'status {reply.status}'}",
            code="account.denied",
            hint="Copy it again, whole; `runner docs integrations` says where it is found.",
        )
    if reply.status != 200 or not isinstance(said, Mapping):
        raise NetworkError(
            f"{provider.label} did not say whose token it is: status {reply.status}",
            hint="It may be out of order for a while: try again.",
            code="account.unavailable",
            transient=True,
        )
    named = said.get("email") or said.get("team") or said.get("id") or said.get("sub") or provider.name
    return Owner(str(named), _scopes(said, reply.headers.get("x-oauth-scopes")))


def _scopes(said: Mapping[str, Any], header: str | None) -> tuple[str, ...] | None:
    if header is not None:
        return tuple(each.strip() for each in header.split(",") if each.strip())
    listed = said.get("scopes")
    return tuple(str(each) for each in listed) if isinstance(listed, list) else None
