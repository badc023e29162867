"""Calls to a shop's Admin API, GraphQL and REST, within its budgets.

Only what Shopify's budget asks for is waited out here, and only after Shopify refused the call unseen (``THROTTLED``,
429). Nothing else is ever sent twice, but for one call more after an expired token: retries are runs, recorded and
visible.
"""

from __future__ import annotations

import math
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from copy import copy
from typing import Any, Literal

import httpx

import runner
from runner.clock import Clock
from runner.errors import ShopifyError
from runner.redact import Redactor
from runner.shopify import failures
from runner.shopify.address import checked_base_url, shop_domain, versioned_path
from runner.shopify.bulk import result_lines
from runner.shopify.credentials import ClientCredentials, TokenSource
from runner.shopify.exchange import Exchange, encoded
from runner.shopify.replies import Answer, GraphQLReply, RestReply
from runner.shopify.schema import DEFAULT_VERSION
from runner.shopify.throttle import Throttle, retry_after
from runner.shopify.usage import CallRecord, Meter, Usage, graphql_label
from runner.shopify.versions import check_version

__all__ = ["CallRecord", "ClientCredentials", "GraphQLReply", "RestReply", "ShopifyClient", "Usage", "open_http"]

MAX_WAITS = 10
MAX_WAITED = 120.0
"""In-run waits of one call: so many, and so many seconds in all; then the error is permanent (actions.md 4.4)."""
_UNSTATED_WAIT = 1.0
"""Seconds to wait when the shop refuses a call and does not say for how long."""
_CALLER_REFUSED = (401, 402, 403, 423)


def open_http(*, loopback: bool = False) -> httpx.Client:
    """An HTTP client with the timeouts and connection limits meant for a shop. The caller closes it.

    ``loopback``: for a simulated shop over plain HTTP. No authority is trusted then, whose list takes long to read.
    """
    return httpx.Client(
        verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if loopback else True,
        timeout=httpx.Timeout(30.0, connect=10.0),
        limits=httpx.Limits(max_connections=20, max_keepalive_connections=10, keepalive_expiry=30.0),
        headers={"User-Agent": f"mechanic-runner/{runner.__version__}"},
        follow_redirects=False,
    )


class ShopifyClient:
    """Calls the Admin API of one shop in one version.

    ``shop`` is its domain; ``token`` an access token, or ``ClientCredentials`` to be exchanged for tokens. ``base_url``
    replaces ``https://<shop>``, for a simulated shop. ``log`` is told every exchange. Clients of one shop share one
    ``throttle``. Several threads may use one client.
    """

    def __init__(
        self,
        shop: str,
        token: str | ClientCredentials,
        *,
        version: str = DEFAULT_VERSION,
        http: httpx.Client,
        clock: Clock,
        base_url: str | None = None,
        throttle: Throttle | None = None,
        log: Callable[[CallRecord], None] | None = None,
    ) -> None:
        """Raises ``ConfigError`` for an impossible shop, version or base URL. Nothing is sent yet."""
        self.shop = shop if base_url else shop_domain(shop)
        self.version = check_version(version)
        self.base_url = checked_base_url(base_url) if base_url else f"https://{self.shop}"
        self.throttle = throttle or Throttle(clock)
        self._http = http
        self._exchange = Exchange(http, clock, self.base_url)
        self._clock = clock
        self._log = log
        self._meter = Meter()
        self._tokens = TokenSource(token, clock, self._grant)

    @property
    def redactor(self) -> Redactor:
        """Takes this client's secrets out of anything."""
        return self._tokens.redactor

    def at(self, version: str) -> ShopifyClient:
        """The same client for another API version: budgets, tokens and sums are shared."""
        other = copy(self)
        other.version = check_version(version)
        return other

    def hold(self) -> float:
        """Seconds until both budgets of the shop have recovered; 0 when they have, or nothing is known of them."""
        return self.throttle.hold()

    def result_lines(self, url: str) -> AbstractContextManager[Iterator[bytes]]:
        """The lines of a bulk operation's result at ``url``, as ``runner.shopify.bulk.result_lines``."""
        return result_lines(self._http, url, base_url=self.base_url)

    def usage(self) -> Usage:
        """Sums over all calls so far."""
        return self._meter.total()

    @contextmanager
    def metered(self) -> Iterator[Usage]:
        """Sums over the calls that this thread makes inside the ``with`` block. Blocks may nest."""
        with self._meter.measuring() as usage:
            yield usage

    def graphql(self, query: str, variables: Mapping[str, Any] | None = None) -> GraphQLReply:
        """Send a document as it is, and return Shopify's answer, error answers included.

        Raises ``ShopifyError``: transient when the shop was not reached, did not answer completely or answered 5xx;
        permanent when it refused the caller, or when its budget did not recover.
        """
        content = encoded({"query": query} if variables is None else {"query": query, "variables": variables})
        label = graphql_label(query)
        path = f"/admin/api/{self.version}/graphql.json"
        bucket = self.throttle.graphql
        waits = _Waits(self._pause, self._exchange.host)
        while True:
            waits.spend(bucket.wait_for(bucket.expected(query)))
            points = bucket.begin(query)
            answer = None
            try:
                answer = self._call("graphql", label, "POST", path, content)
            finally:
                cost = answer.cost if answer else None
                bucket.settle(query, points, cost, throttled=answer is not None and answer.throttled)
            if not answer.throttled:
                break
            waits.after_refusal(self._points_wait(answer))
        if answer.status >= 400:
            raise self._cleaned(failures.of_status(answer.status, answer.body, self._exchange.host))
        if not isinstance(answer.body, dict):
            raise self._cleaned(failures.of_text(answer.status, repr(answer.body), "", self._exchange.host))
        served = answer.headers.get("x-shopify-api-version")
        return GraphQLReply(answer.body, answer.cost, answer.status, served, answer.ms)

    def rest(self, method: str, path: str, body: Any = None, params: Mapping[str, Any] | None = None) -> RestReply:
        """Call ``path``: ``/admin/orders/1.json``, with or without a version, with or without a query string.

        A refusal of this request alone (400, 404, 406, 422 …) is returned: see ``RestReply.ok``. Raises
        ``ShopifyError`` as ``graphql`` does, and for a path that is none of the Admin API.
        """
        target = versioned_path(path, self.version)
        content = None if body is None else encoded(body)
        verb = method.upper()
        bucket = self.throttle.rest
        waits = _Waits(self._pause, self._exchange.host)
        while True:
            waits.spend(bucket.wait())
            answer = self._call("rest", f"{verb} {target}", verb, target, content, params)
            pause = self._stated_wait(answer) if answer.throttled else None
            bucket.settle(answer.headers, retry_after=pause)
            if pause is None:
                break
            waits.after_refusal(pause)
        if answer.status in _CALLER_REFUSED or answer.status >= 500:
            raise self._cleaned(failures.of_status(answer.status, answer.body, self._exchange.host))
        return RestReply(answer.status, answer.body, answer.headers, answer.ms, self._exchange.host)

    def _call(
        self,
        kind: Literal["graphql", "rest"],
        label: str,
        method: str,
        target: str,
        content: bytes | None,
        params: Mapping[str, Any] | None = None,
    ) -> Answer:
        """One exchange with the present token, and one more when that token turns out to have been replaced."""
        token = self._tokens.current()
        answer = self._reported(kind, label, method, target, content, params, token)
        if answer.status == 401 and self._tokens.refused(token):
            answer = self._reported(kind, label, method, target, content, params, self._tokens.current())
        return answer

    def _reported(
        self,
        kind: Literal["graphql", "rest", "token"],
        label: str,
        method: str,
        target: str,
        content: bytes | None,
        params: Mapping[str, Any] | None = None,
        token: str | None = None,
    ) -> Answer:
        """One exchange, counted and told to ``log`` however it ends."""
        request = self.redactor.text(label)
        started = self._clock.now()
        try:
            answer = self._exchange.send(method, target, content=content, params=params, token=token)
        except ShopifyError as error:
            ms = round((self._clock.now() - started).total_seconds() * 1000)
            self._note(CallRecord(kind, request, error.status, ms, self.version, outcome=error.code))
            raise self._cleaned(error) from error.__cause__
        outcome = "ok"
        if answer.throttled:
            outcome = "throttled"
        elif answer.status >= 400:
            outcome = failures.of_status(answer.status, None, "").code
        cost = answer.cost.get("actualQueryCost", answer.cost.get("requestedQueryCost"))
        used = float(cost) if isinstance(cost, (int, float)) and outcome == "ok" else None
        reason = answer.headers.get("x-shopify-api-deprecated-reason")
        self._note(CallRecord(kind, request, answer.status, answer.ms, self.version, used, outcome, reason))
        return answer

    def _grant(self, body: dict[str, str]) -> Any:
        path = "/admin/oauth/access_token"
        answer = self._reported("token", f"POST {path}", "POST", path, encoded(body))
        if answer.status >= 400:
            error = self._cleaned(failures.of_status(answer.status, answer.body, self._exchange.host))
            if not error.transient:
                error.code = "shopify.grant"
                error.hint = "check SHOPIFY_CLIENT_ID and SHOPIFY_CLIENT_SECRET, and install the app on this shop"
            raise error
        return answer.body

    def _points_wait(self, answer: Answer) -> float:
        """Seconds until the refused query can be paid."""
        if answer.status == 429:
            return self._stated_wait(answer)
        cost = answer.cost
        status = cost.get("throttleStatus") or {}
        try:
            requested, available = float(cost["requestedQueryCost"]), float(status["currentlyAvailable"])
            rate, maximum = float(status["restoreRate"]), float(status["maximumAvailable"])
        except (KeyError, TypeError, ValueError):
            return _UNSTATED_WAIT
        if requested > maximum:
            raise failures.too_dear(requested, maximum, self._exchange.host)
        return (requested - available) / rate if requested > available and rate > 0 else _UNSTATED_WAIT

    def _stated_wait(self, answer: Answer) -> float:
        stated = retry_after(answer.headers, self._clock.now())
        return _UNSTATED_WAIT if stated is None else stated

    def _pause(self, seconds: float) -> None:
        self._meter.add_wait(seconds)
        self._clock.sleep(seconds)

    def _note(self, record: CallRecord) -> None:
        self._meter.add(record)
        if self._log is not None:
            self._log(record)

    def _cleaned(self, error: ShopifyError) -> ShopifyError:
        """``error`` without this client's secrets."""
        clean = self.redactor
        return ShopifyError(
            clean.text(error.message),
            hint=error.hint,
            code=error.code,
            transient=error.transient,
            status=error.status,
            body=clean.json(error.body),
        )


class _Waits:
    """The waits of one call, bounded in number and in time."""

    def __init__(self, pause: Callable[[float], None], host: str) -> None:
        self._pause = pause
        self._host = host
        self._count = 0
        self._waited = 0.0

    def spend(self, seconds: float) -> None:
        """Wait ``seconds``, in whole milliseconds; nothing when less than one."""
        seconds = math.ceil(seconds * 1000 - 1e-6) / 1000
        if seconds <= 0:
            return
        if self._count >= MAX_WAITS or self._waited + seconds > MAX_WAITED:
            raise failures.gave_up(self._count, self._waited, self._host)
        self._count += 1
        self._waited += seconds
        self._pause(seconds)

    def after_refusal(self, seconds: float) -> None:
        """Wait ``seconds``, which counts even when the shop says that it could be asked again at once."""
        self.spend(max(seconds, 0.001))
