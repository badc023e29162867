"""The address that receives a shop's webhooks: verify, keep, answer 200, work later (engine.md 5.1).

It stands on a port of its own, so that a tunnel to it exposes nothing else.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Protocol

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from runner.errors import RunnerError, ShopifyError
from runner.model.event import Event
from runner.shopify.webhooks import SIGNATURE_HEADER, is_signed, read_delivery

PATH = "/webhooks/shopify"
MAX_BODY = 20 * 1024 * 1024
"""Bytes; the largest payload the engine takes (engine.md 12, row 20)."""

_log = logging.getLogger(__name__)


class Intake(Protocol):
    """What takes events in: the engine."""

    def accept(self, event: Event, *, dedupe: str | None = None) -> str | None:
        """Keep ``event`` durably and return its id; None when ``dedupe`` was seen before."""


def inbound(intake: Intake, *, secrets: Sequence[str], shop: str | None = None) -> Starlette:
    """The application: ``POST /webhooks/shopify``.

    ``secrets`` are the app secrets that may have signed a delivery. With ``shop``, a domain, deliveries of other shops
    are refused. Answers 200 once the event is kept, also for a repeat; 401 for a wrong signature, before anything is
    read; 400 for a delivery that lacks a header or JSON; 413 above ``MAX_BODY``; 500, so that the shop tries again,
    when the event could not be kept.
    """

    async def receive(request: Request) -> Response:
        try:
            body = await _read(request)
        except ClientDisconnect:
            return PlainTextResponse("the sender left", status_code=400)
        if body is None:
            return PlainTextResponse("the body is too large", status_code=413)
        if not is_signed(body, request.headers.get(SIGNATURE_HEADER), secrets):
            _log.warning("refused a webhook: its signature does not match any secret")
            return PlainTextResponse("the signature does not match", status_code=401)
        return await run_in_threadpool(_keep, intake, shop, dict(request.headers), body)

    return Starlette(routes=[Route(PATH, receive, methods=["POST"])])


async def _read(request: Request) -> bytes | None:
    """The raw body; None once it is larger than allowed."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MAX_BODY:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


def _keep(intake: Intake, shop: str | None, headers: dict[str, str], body: bytes) -> Response:
    try:
        delivery = read_delivery(headers, body)
        event = delivery.event()
    except ShopifyError as fault:
        _log.warning("refused a webhook: %s", fault)
        return PlainTextResponse(fault.message, status_code=400)
    if shop is not None and delivery.shop != shop:
        _log.warning("refused a webhook of %s: this engine works for %s", delivery.shop, shop)
        return PlainTextResponse("this address belongs to another shop", status_code=403)
    try:
        kept = intake.accept(event, dedupe=delivery.dedupe_key)
    except RunnerError as fault:
        _log.error("could not keep a webhook: %s", fault)
        return PlainTextResponse("the event could not be kept; send it again", status_code=500)
    return PlainTextResponse("kept" if kept else "known already")
