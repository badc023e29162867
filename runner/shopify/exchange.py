"""One HTTP request to the shop and its complete reply, or a ``ShopifyError`` that says why there is none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx

from runner.clock import Clock
from runner.errors import ShopifyError
from runner.redact import Redactor
from runner.shopify import failures
from runner.shopify.replies import Answer

_SHORTEST_TOKEN = 8


class Exchange:
    """Sends requests to one base URL. Never follows a redirect, never sends anything twice."""

    def __init__(self, http: httpx.Client, clock: Clock, base_url: str) -> None:
        self._http = http
        self._clock = clock
        self._base = base_url
        self.host = httpx.URL(base_url).netloc.decode()

    def send(
        self,
        method: str,
        target: str,
        *,
        content: bytes | None = None,
        params: Mapping[str, Any] | None = None,
        token: str | None = None,
    ) -> Answer:
        """Request ``target`` (a path that may carry a query string) and read the reply to its end.

        Raises ``ShopifyError`` when no complete reply arrived, for redirects, and for a good status without JSON.
        """
        headers = {"Accept": "application/json"}
        if content is not None:
            headers["Content-Type"] = "application/json"
        if token is not None:
            headers["X-Shopify-Access-Token"] = token
        started = self._clock.now()
        try:
            url = httpx.URL(self._base + target)
            url = url.copy_merge_params(dict(params)) if params else url
            response = self._http.request(method, url, headers=headers, content=content, follow_redirects=False)
        except httpx.HTTPError as error:
            raise failures.of_transport(error, self.host) from error
        except (httpx.InvalidURL, UnicodeError) as error:
            raise ShopifyError(f"{target!r} cannot be requested: {error}", code="shopify.path") from error
        ms = round((self._clock.now() - started).total_seconds() * 1000)
        body = self._body(response) if token is None else _without(token, response.text, self._body(response))
        return Answer(response.status_code, body, dict(response.headers), ms)

    def _body(self, response: httpx.Response) -> Any:
        status = response.status_code
        if 300 <= status < 400:
            raise failures.of_redirect(status, response.headers.get("location", ""), self.host)
        try:
            return json.loads(response.content)
        except ValueError as error:
            if status >= 400:
                return response.text[:2000]
            if not response.content.strip() and status != 200:
                return None
            kind = response.headers.get("content-type", "")
            raise failures.of_text(status, response.text, kind, self.host) from error


def _without(token: str, text: str, body: Any) -> Any:
    """``body``, which ``text`` says, without the token that was sent, as it may be kept.

    Hardly any reply holds it: to go through all parts of each would take longer than one look at the text. Shopify's
    tokens are long; what is shorter than any of them would stand in replies by chance.
    """
    if len(token) < _SHORTEST_TOKEN:
        return body
    redactor = Redactor((token,))
    return body if redactor.text(text) == text else redactor.json(body)


def encoded(value: Any) -> bytes:
    """``value`` as JSON for a request body. Raises a permanent ``ShopifyError`` when JSON cannot hold it."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except (TypeError, ValueError) as error:
        raise ShopifyError(
            f"the request cannot be written as JSON: {error}",
            hint="variables and bodies may hold only text, finite numbers, true, false, null, lists and objects",
            code="shopify.input",
        ) from error
