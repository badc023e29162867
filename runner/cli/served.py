"""The control side of a simulated store that runs elsewhere: what ``runner shop`` looks into and meddles with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from runner.errors import InputError, ShopifyError

if TYPE_CHECKING:
    import httpx

DEFAULT_URL = "http://127.0.0.1:9292"
_REFUSED = (404, 422)
_FORBIDDEN = 403
_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])


def url_option(command: _Decorated) -> _Decorated:
    """Adds ``--url`` to a command."""
    return click.option("--url", metavar="URL", help=f"The store's address; else SHOPIFY_SHOP's, else {DEFAULT_URL}.")(
        command
    )


@dataclass(frozen=True, slots=True)
class Served:
    """A served store's ``/_sim/…``. Every method gives the JSON of the answer.

    ``ShopifyError`` (``simulator.unreachable``) when no simulated store answers at ``url``; ``InputError`` for what it
    refuses, in its words.
    """

    url: str

    def get(self, path: str, **query: Any) -> Any:
        """What ``GET /_sim/<path>`` answers."""
        wanted = {name: value for name, value in query.items() if value is not None}
        return self._call("GET", path, params=wanted)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """What ``POST /_sim/<path>`` answers."""
        return self._call("POST", path, json=dict(body))

    def delete(self, path: str) -> Any:
        """What ``DELETE /_sim/<path>`` answers."""
        return self._call("DELETE", path)

    def _call(self, method: str, path: str, **more: Any) -> Any:
        import httpx

        try:
            # The store is on this machine: a proxy of the environment is not meant for it.
            with httpx.Client(trust_env=False, timeout=60.0) as client:
                reply = client.request(method, f"{self.url}/_sim/{path}", **more)
        except (httpx.HTTPError, httpx.InvalidURL) as fault:
            raise self._nobody(str(fault) or type(fault).__name__) from fault
        return self._answer(reply)

    def _answer(self, reply: httpx.Response) -> Any:
        try:
            document = reply.json()
        except ValueError as fault:
            raise self._nobody(f"status {reply.status_code}, and no JSON") from fault
        error = document.get("error") if isinstance(document, dict) and reply.status_code >= _FORBIDDEN else None
        if isinstance(error, dict) and reply.status_code in _REFUSED:
            raise InputError(str(error.get("message")), hint=error.get("hint"), code=str(error.get("code") or "input"))
        if not reply.is_success:
            told = error.get("message") if isinstance(error, dict) else None
            raise self._nobody(f"status {reply.status_code}{f': {told}' if told else ''}")
        return document

    def _nobody(self, reason: str) -> ShopifyError:
        return ShopifyError(
            f"no simulated store answers at {self.url} ({reason})",
            code="simulator.unreachable",
            hint="start one with `runner shop serve --seed prints`, or name its address with --url",
        )


def served(url: str | None) -> Served:
    """The store at ``url``, else the simulated one of the settings, else at the address ``runner shop serve`` has.

    ``InputError`` for an address that is not ``http://``: only simulated stores have this side.
    """
    if url is None:
        from runner.config import load_settings

        settings = load_settings()
        url = settings.shop if settings.is_simulated else None
    found = (url or DEFAULT_URL).rstrip("/")
    if not found.startswith("http://"):
        raise InputError(
            f"{found} is not the address of a simulated store",
            code="input.usage",
            hint=f"it begins with http://, as {DEFAULT_URL} does",
        )
    return Served(found)


def assignments(words: tuple[str, ...]) -> dict[str, Any]:
    """``sku=HD-OAK quantity=2`` -> values: numbers, true, false, lists and objects as JSON has them, the rest text.

    ``InputError`` for a word without ``=``, and for a name given twice.
    """
    import json

    found: dict[str, Any] = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals or not name:
            raise InputError(f'"{word}" is not NAME=VALUE', code="input.usage", hint="such as sku=HD-OAK quantity=2")
        if name in found:
            raise InputError(f"{name} is given twice", code="input.usage")
        try:
            found[name] = json.loads(text, parse_constant=_no_constant)
        except ValueError:
            found[name] = text
    return found


def _no_constant(word: str) -> NoReturn:
    """NaN and Infinity are no JSON: as values they are words."""
    raise ValueError(word)
