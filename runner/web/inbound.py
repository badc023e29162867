"""The addresses that others reach: verify, keep, answer, work later (engine.md 5.1, 6.1, 6.2).

They stand on a port of their own, so that a tunnel to it exposes nothing else.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from runner.errors import RunnerError, ShopifyError
from runner.shopify.webhooks import SIGNATURE_HEADER, is_signed, read_delivery
from runner.web.counts import Counts
from runner.web.guard import Bucket, Guard
from runner.web.hooks import Hooks, Intake, Opened, cache_routes
from runner.web.requests import MAX_BODY, Refused, is_json, whole_body

__all__ = ["MAX_BODY", "PATH", "Intake", "guarded", "inbound"]

PATH = "/webhooks/shopify"

_log = logging.getLogger(__name__)


def inbound(
    intake: Intake,
    *,
    secrets: Sequence[str],
    shop: str | None = None,
    opened: Opened | None = None,
    ids: Callable[[], str] | None = None,
    counts: Counts | None = None,
) -> Starlette:
    """The application: ``POST /webhooks/shopify``; with ``opened`` and ``ids`` also webhooks and cache addresses.

    ``secrets`` are the app secrets that may have signed a delivery. With ``shop``, a domain, deliveries of other shops
    are refused. Answers 200 once the event is kept, also for a repeat; 401 for a wrong signature, before anything is
    read; 400 for a delivery that lacks a header or JSON; 408 and 413 for a body beyond the limits; 415 for one that
    says it is no JSON; 500, so that the shop tries again, when the event could not be kept.
    """
    counted = counts or Counts()
    deliveries = _Deliveries(intake, secrets, shop, counted)
    routes = [Route(PATH, deliveries.receive, methods=["POST"])]
    if opened is not None and ids is not None:
        routes += [*cache_routes(opened, shop or "", counted), *Hooks(intake, opened, counted, ids).routes()]
    return Starlette(routes=routes)


def guarded(app: ASGIApp, *, hosts: Iterable[str], bucket: Bucket, counts: Counts) -> ASGIApp:
    """``app`` behind its list of hosts and its rate limit, refusals counted."""
    return Guard(app, hosts=hosts, bucket=bucket, refused=lambda reason: counts.add("inbound", f"refused:{reason}"))


class _Deliveries:
    """Webhooks of the shop."""

    def __init__(self, intake: Intake, secrets: Sequence[str], shop: str | None, counts: Counts) -> None:
        self._intake = intake
        self._secrets = secrets
        self._shop = shop
        self._counts = counts

    async def receive(self, request: Request) -> Response:
        """Answer one delivery."""
        try:
            if "content-type" in request.headers and not is_json(request):
                raise Refused("type", 415, "expected JSON")
            body = await whole_body(request)
            if not is_signed(body, request.headers.get(SIGNATURE_HEADER), self._secrets):
                _log.warning("refused a webhook: its signature does not match any secret")
                raise Refused("signature", 401, "the signature does not match")
            outcome = await run_in_threadpool(self._keep, dict(request.headers), body)
        except Refused as refusal:
            self._counts.add("shopify", f"refused:{refusal.reason}")
            return refusal.response
        self._counts.add("shopify", outcome)
        return PlainTextResponse("kept" if outcome == "kept" else "known already")

    def _keep(self, headers: dict[str, str], body: bytes) -> str:
        """``kept`` or ``duplicate``; ``Refused`` otherwise."""
        try:
            delivery = read_delivery(headers, body)
            event = delivery.event()
        except ShopifyError as fault:
            _log.warning("refused a webhook: %s", fault)
            raise Refused("content", 400, fault.message) from fault
        if self._shop is not None and delivery.shop != self._shop:
            _log.warning("refused a webhook of %s: this engine works for %s", delivery.shop, self._shop)
            raise Refused("shop", 403, "this address belongs to another shop")
        try:
            kept = self._intake.accept(event, dedupe=delivery.dedupe_key)
        except RunnerError as fault:
            _log.error("could not keep a webhook: %s", fault)
            raise Refused("store", 500, "the event could not be kept; send it again") from fault
        return "kept" if kept else "duplicate"
