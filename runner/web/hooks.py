"""Mechanic-style webhooks and cache addresses over HTTP (engine.md 6.1, 6.2)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from runner.errors import RunnerError
from runner.model.event import Event
from runner.web.addresses import Hook
from runner.web.counts import Counts
from runner.web.payload import Posted, event_data
from runner.web.requests import Refused, whole_body

_ANY_ORIGIN = {"Access-Control-Allow-Origin": "*"}
_EVERY_METHOD = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
_EXTRA_METHODS: Mapping[str, tuple[str, ...]] = {"mailchimp": ("GET",), "ship24": ("HEAD",)}
"""Senders that test an address before they post to it."""
_LOOPBACK = ("127.0.0.1", "::1")

_log = logging.getLogger(__name__)


class Intake(Protocol):
    """What takes events in: the engine."""

    def accept(self, event: Event, *, dedupe: str | None = None) -> str | None:
        """Keep ``event`` durably and return its id; None when ``dedupe`` was seen before."""


class Opened(Protocol):
    """The addresses that are open."""

    def hook(self, secret: str) -> Hook | None:
        """The webhook whose address ends with ``secret``."""

    def cached(self, secret: str, shop: str) -> tuple[bool, Any]:
        """(whether there is such a cache address, the value)."""


class Hooks:
    """Answers 204 to everything posted, whether its id is known or not; keeps the event first when it is.

    ``ids`` makes the request ids. 405 to other methods, 413 and 408 to bodies beyond the limits, 500 when the event
    could not be kept.
    """

    def __init__(self, intake: Intake, opened: Opened, counts: Counts, ids: Callable[[], str]) -> None:
        self._intake = intake
        self._opened = opened
        self._counts = counts
        self._ids = ids

    def routes(self) -> list[Route]:
        """The present and the old form of the addresses, each with and without a sender's name at its end."""
        paths = [f"/{word}/{{hook_id}}{rest}" for word in ("webhooks", "webhook") for rest in ("", "/{sender}")]
        return [Route(path, self._answer, methods=_EVERY_METHOD) for path in paths]

    async def _answer(self, request: Request) -> Response:
        request_id, sender = self._ids(), request.path_params.get("sender", "")
        response = await self._respond(request, sender, request_id)
        response.headers.update({**_ANY_ORIGIN, "Access-Control-Expose-Headers": "x-request-id"})
        response.headers["x-request-id"] = request_id
        if sender == "asana" and "x-hook-secret" in request.headers:
            response.headers["X-Hook-Secret"] = request.headers["x-hook-secret"]
        return response

    async def _respond(self, request: Request, sender: str, request_id: str) -> Response:
        allowed = ("POST", *_EXTRA_METHODS.get(sender, ()))
        if request.method == "OPTIONS":
            return _preflight(request, allowed)
        if request.method not in allowed:
            self._counts.add("hook", "refused:method")
            listed = ", ".join((*allowed, "OPTIONS"))
            return PlainTextResponse("post to this address", status_code=405, headers={"Allow": listed})
        if request.method != "POST":
            return Response(status_code=200)
        try:
            body = await whole_body(request)
        except Refused as refusal:
            self._counts.add("hook", f"refused:{refusal.reason}")
            return refusal.response
        failed = await run_in_threadpool(self._keep, _posted(request, body, request_id))
        return failed or Response(status_code=200 if sender == "mailchimp" else 204)

    def _keep(self, posted: Posted) -> Response | None:
        """Keep the event; an answer only when that failed."""
        try:
            hook = self._opened.hook(posted.webhook_id)
            if hook is None:
                self._counts.add("hook", "unknown")
                return None
            event = Event(
                topic=hook.topic,
                data=event_data(replace(posted, webhook_id=hook.id), hook.mode),
                # differs: the platform has the request's id in event.webhook_request_id; here it is event.id.
                id=posted.request_id,
                source=f"webhook:{hook.id}",
            )
            self._intake.accept(event)
        except RunnerError as fault:
            self._counts.add("hook", "failed")
            _log.error("could not keep what was posted to a webhook: %s", fault)
            return PlainTextResponse("it could not be kept; send it again", status_code=500)
        self._counts.add("hook", "kept")
        return None


def cache_routes(opened: Opened, shop: str, counts: Counts) -> list[Route]:
    """``GET /cache/<id>``: the JSON value of the key, null when there is none; 404 for an unknown address."""

    async def answer(request: Request) -> Response:
        if request.method == "OPTIONS":
            return _preflight(request, ("GET",))
        try:
            found, value = await run_in_threadpool(opened.cached, request.path_params["address_id"], shop)
        except RunnerError as fault:
            _log.error("could not read a cached value: %s", fault)
            return PlainTextResponse("the value cannot be read now", status_code=500, headers=_ANY_ORIGIN)
        counts.add("cache", "read" if found else "unknown")
        if not found:
            return PlainTextResponse("there is no such address", status_code=404, headers=_ANY_ORIGIN)
        return JSONResponse(value, headers={**_ANY_ORIGIN, "Cache-Control": "no-store"})

    return [Route("/cache/{address_id}", answer, methods=["GET", "HEAD", "OPTIONS"])]


def _preflight(request: Request, methods: tuple[str, ...]) -> Response:
    wanted = request.headers.get("access-control-request-headers", "*")
    headers = {
        **_ANY_ORIGIN,
        "Access-Control-Allow-Methods": ", ".join(methods),
        "Access-Control-Allow-Headers": wanted,
        "Access-Control-Max-Age": "86400",
    }
    return Response(status_code=204, headers=headers)


def _posted(request: Request, body: bytes, request_id: str) -> Posted:
    return Posted(
        body=body,
        query=request.url.query,
        headers=tuple(request.headers.items()),
        client_ip=_client(request),
        request_id=request_id,
        webhook_id=request.path_params["hook_id"],
    )


def _client(request: Request) -> str | None:
    """The sender's address; behind a tunnel on this machine, the one that the tunnel saw."""
    peer = request.client.host if request.client else None
    forwarded = request.headers.get("x-forwarded-for", "")
    return forwarded.rpartition(",")[2].strip() if peer in _LOOPBACK and forwarded.strip() else peer
