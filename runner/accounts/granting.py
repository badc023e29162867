"""Asks a person for the right to act: in a browser that comes back to this machine, or with a code on another device.

RFC 6749 with PKCE (RFC 7636) on a loopback address (RFC 8252); RFC 8628 for devices.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

from runner.accounts.account import Account
from runner.accounts.provider import Provider
from runner.accounts.tokens import Refused, ask, with_answer
from runner.clock import Clock, stopwatch
from runner.errors import ConfigError, InputError, NetworkError
from runner.network import Network

Random = Callable[[int], str]
"""A number of bytes -> that much randomness as text for URLs."""

_DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_DONE = "This is done. You can close this page and go back to the terminal."
_DENIED = "This was not allowed. You can close this page; the terminal says more."
_LOOK = 0.5
"""Seconds between two looks at whether it has taken too long."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """``address`` is the page to open; the browser ends at ``redirect``, with a code that ``verifier`` redeems."""

    address: str
    redirect: str
    state: str = field(repr=False)
    verifier: str = field(repr=False)

    def code(self, query: str) -> str | None:
        """The code in the query of the address where the browser ended; None when that is no answer to this one.

        Raises InputError when the person, or the provider, said no.
        """
        said = {name: values[0] for name, values in parse_qs(query).items()}
        if said.get("state") != self.state:
            return None
        if "error" in said:
            why = said.get("error_description") or said["error"]
            raise InputError(
                f"the account was not connected: {why}", code="account.denied", hint="Start again, and allow it."
            )
        return said.get("code")


def invite(provider: Provider, account: Account, *, address: str, port: int, random: Random) -> Invitation:
    """The page that asks for the scopes of ``account``, to be sent back to ``port`` of this machine."""
    verifier, state = random(48), random(24)
    redirect = provider.redirect.format(port=port)
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    query = {
        "client_id": account.client_id or "",
        "redirect_uri": redirect,
        "response_type": "code",
        "scope": " ".join(account.scopes),
        "state": state,
        "code_challenge": base64.urlsafe_b64encode(digest).decode("ascii").rstrip("="),
        "code_challenge_method": "S256",
    }
    if provider.name == "google":
        # Without these Google gives a refresh token the first time only.
        query |= {"access_type": "offline", "prompt": "consent"}
    return Invitation(f"{address}?{urlencode(query)}", redirect, state, verifier)


def redeem(
    provider: Provider,
    account: Account,
    invitation: Invitation,
    code: str,
    *,
    address: str,
    network: Network,
    clock: Clock,
) -> Account:
    """``account`` with the tokens that ``code`` stands for. Raises InputError when it is refused."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": invitation.redirect,
        "code_verifier": invitation.verifier,
    }
    try:
        answer = ask(provider, form, account, address=address, network=network)
    except Refused as refused:
        raise _not_connected(provider, refused.words) from None
    return _lasting(provider, with_answer(account, answer, clock.now()))


class Callback:
    """Listens on ``port`` of this machine (0: any free one) for the browser to come back; a context manager."""

    def __init__(self, port: int) -> None:
        """Raises ConfigError when the port is taken."""
        self._query: str | None = None

        try:
            self._server = HTTPServer(("127.0.0.1", port), _requests(self))
        except OSError as fault:
            raise ConfigError(
                f"port {port} of this machine cannot be used: {fault.strerror}",
                code="config.port",
                hint="choose another one with --port",
            ) from fault
        self._server.timeout = _LOOK

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_port)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.server_close()

    def wait(self, invitation: Invitation, seconds: float) -> str:
        """The code that the browser brings; whatever else asks is turned away. InputError after ``seconds``."""
        elapsed = stopwatch()
        while elapsed() < seconds:
            self._query = None
            self._server.handle_request()
            code = None if self._query is None else invitation.code(self._query)
            if code is not None:
                return code
        raise InputError(
            f"nobody allowed it within {seconds / 60:g} minutes",
            code="account.denied",
            hint="start again; with --paste the browser may be on another machine",
        )

    def take(self, query: str) -> None:
        """Note what a request asked."""
        self._query = query


def _requests(callback: Callback) -> type[BaseHTTPRequestHandler]:
    class Requests(BaseHTTPRequestHandler):
        # A browser may open a connection and say nothing: it must not keep the next one waiting.
        timeout = 5

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            said = parse_qs(parts.query)
            answers = parts.path == "/" and "state" in said
            if answers:
                callback.take(parts.query)
            text = _DENIED if "error" in said else _DONE if answers else "Nothing is here."
            content = f"<!doctype html><meta charset=utf-8><title>runner</title><p>{text}".encode()
            self.send_response(200 if answers else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Referrer-Policy", "no-referrer")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *arguments: Any) -> None:
            """Print nothing: the address holds a code."""

    return Requests


@dataclass(frozen=True, slots=True)
class DeviceInvitation:
    """Open ``page`` on any device, and type ``user_code`` there, within ``seconds``."""

    page: str
    user_code: str
    device_code: str = field(repr=False)
    seconds: float
    interval: float


def invite_device(provider: Provider, account: Account, *, address: str, network: Network) -> DeviceInvitation:
    """The page and code that ask for the scopes of ``account``. Raises InputError when the provider refuses."""
    try:
        said = ask(provider, {"scope": " ".join(account.scopes)}, account, address=address, network=network)
    except Refused as refused:
        raise _not_connected(provider, refused.words) from None
    return DeviceInvitation(
        page=str(said.get("verification_url") or said.get("verification_uri") or ""),
        user_code=str(said.get("user_code") or ""),
        device_code=str(said["device_code"]),
        seconds=float(said.get("expires_in") or 600),
        interval=float(said.get("interval") or 5),
    )


def wait_for_device(
    provider: Provider, account: Account, invitation: DeviceInvitation, *, address: str, network: Network, clock: Clock
) -> Account:
    """``account`` with its tokens, once the person has allowed it. Raises InputError when that does not happen."""
    interval, left = invitation.interval, invitation.seconds
    form = {"grant_type": _DEVICE_GRANT, "device_code": invitation.device_code}
    while left > 0:
        clock.sleep(interval)
        left -= interval
        try:
            answer = ask(provider, form, account, address=address, network=network)
        except Refused as refused:
            if refused.error not in ("authorization_pending", "slow_down"):
                raise _not_connected(provider, refused.words) from None
            interval += 5 if refused.error == "slow_down" else 0
        except NetworkError as fault:
            if not fault.transient:
                raise
        else:
            return _lasting(provider, with_answer(account, answer, clock.now()))
    raise _not_connected(provider, "the code was not used in time")


def _lasting(provider: Provider, account: Account) -> Account:
    if account.refresh_token is None:
        raise _not_connected(provider, "it gave a token that ends soon, and none to buy another one with")
    return account


def _not_connected(provider: Provider, words: str) -> InputError:
    return InputError(
        f"{provider.label} did not connect the account: {words}",
        code="account.denied",
        hint="`runner docs integrations` tells how to set the app up there; then start again.",
    )
