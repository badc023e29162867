"""Buys and makes tokens: RFC 6749 (refresh), RFC 7523 (service accounts), and what providers add to them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from runner.accounts.account import Account
from runner.accounts.provider import Provider
from runner.errors import ActionError, NetworkError
from runner.network import Network
from runner.redact import Redactor

_ASSERTION = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_LIFETIME = 3600
"""Seconds that a service account may ask for."""
_ENDED = frozenset(
    [
        *("invalid_grant", "token_revoked", "token_expired", "invalid_refresh_token", "account_inactive"),
        *("invalid_auth", "not_authed"),
    ]
)
"""What providers say of a right that has been taken back, or has ended by itself."""
_SECRET_FIELDS = ("refresh_token", "code", "code_verifier", "device_code", "assertion")
"""Those fields of a form that let who has them act for somebody."""


def renewed(provider: Provider, account: Account, *, address: str, network: Network, now: datetime) -> Account:
    """``account`` with a new token. Raises ActionError when the provider refuses it, NetworkError when it is away."""
    if account.key:
        form = {"grant_type": _ASSERTION, "assertion": _assertion(account, provider.token, now)}
    elif account.refresh_token and account.client_id:
        form = {"grant_type": "refresh_token", "refresh_token": account.refresh_token}
    else:
        raise _refused(provider, account.name, "its token is not accepted")
    try:
        answer = ask(provider, form, account, address=address, network=network)
    except Refused as refused:
        raise _refused(provider, account.name, refused.words) from None
    return with_answer(account, answer, now)


def with_answer(account: Account, answer: Mapping[str, Any], now: datetime) -> Account:
    """``account`` with what a provider granted: the token, its end, another refresh token."""
    seconds = answer.get("expires_in")
    lasts = isinstance(seconds, int | float) and not isinstance(seconds, bool) and seconds > 0
    expires_at = now + timedelta(seconds=float(seconds)) if lasts and seconds is not None else None
    again = answer.get("refresh_token")
    return account.granted(str(answer["access_token"]), expires_at, again if isinstance(again, str) else None)


class Refused(Exception):
    """The provider said no; ``error`` is its word, ``words`` are for people."""

    def __init__(self, error: str, words: str) -> None:
        super().__init__(words)
        self.error = error
        self.words = words


def ask(
    provider: Provider, form: Mapping[str, str], account: Account, *, address: str, network: Network
) -> Mapping[str, Any]:
    """What the provider's token address answers to ``form``, which goes with the client of ``account``.

    Raises ``Refused`` for a no, NetworkError when there is no answer, or none that can be read.
    """
    from runner.network.fetch import fetch

    fields, login = dict(form), None
    if account.client_id and provider.name == "airtable" and account.client_secret:
        login = (account.client_id, account.client_secret)
    elif account.client_id:
        fields["client_id"] = account.client_id
        if account.client_secret:
            fields["client_secret"] = account.client_secret
    with network.client() as client:
        request = client.build_request("POST", address, data=fields, headers={"Accept": "application/json"})
        if login is not None:
            import httpx

            request = next(httpx.BasicAuth(*login).sync_auth_flow(request))
        reply = fetch(client, request)
    answer = _object(reply.content)
    error = answer.get("error")
    if error or answer.get("ok") is False or (400 <= reply.status < 500 and reply.status not in (408, 429)):
        said = str(error or f"status {reply.status}")
        more = answer.get("error_description")
        words = f"{said}: {more}" if isinstance(more, str) and more else said
        # They are kept with the run that wanted the token, and may repeat what was sent.
        sent = Redactor((account.client_secret, *(form.get(name) for name in _SECRET_FIELDS)))
        raise Refused(said, sent.text(words))
    if reply.status != 200 or (not isinstance(answer.get("access_token"), str) and "device_code" not in answer):
        raise NetworkError(
            f"{provider.label} gave no token: status {reply.status}",
            hint="It may be out of order for a while.",
            code="account.unavailable",
            transient=True,
        )
    return answer


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _refused(provider: Provider, name: str, words: str) -> ActionError:
    known = words.partition(":")[0] in _ENDED
    why = "its right has ended or was taken back" if known else "it was refused"
    return ActionError(
        f'{provider.name}: the account "{name}" cannot be used, {why} ({words})',
        hint=f"Connect it again: `runner connect {provider.name} --name {name}`.",
        code="account.refused",
    )


def _assertion(account: Account, audience: str, now: datetime) -> str:
    """The signed statement by which a service account asks for a token."""
    try:
        from google.auth import crypt, jwt
    except ImportError as fault:
        raise ActionError(
            "google: service accounts need a further package",
            hint='pip install "mechanic-runner[google]"',
            code="account.package",
        ) from fault
    issued = int(now.timestamp())
    claims = {
        "iss": account.key.get("client_email"),
        "scope": " ".join(account.scopes),
        "aud": audience,
        "iat": issued,
        "exp": issued + _LIFETIME,
    }
    try:
        signer = crypt.RSASigner.from_service_account_info(dict(account.key))  # type: ignore[no-untyped-call]
        signed = jwt.encode(signer, claims)  # type: ignore[no-untyped-call]
    except ValueError:
        # Not its words: they may quote the key.
        raise ActionError(
            f'google: the key of the service account "{account.name}" cannot be read',
            hint="Make a new key in the Google Cloud console, and connect it again.",
            code="account.refused",
        ) from None
    return signed.decode("ascii") if isinstance(signed, bytes) else str(signed)
