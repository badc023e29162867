"""Mechanic-style webhooks and cache addresses over HTTP (engine.md 6.1, 6.2)."""

from __future__ import annotations

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
from runner.web.desk import Desk
from runner.web.guard import Buckets
from runner.web.payload import Posted, event_data
from runner.web.requests import Refused, whole_body

_ANY_ORIGIN = {"Access-Control-Allow-Origin": "*"}
_EVERY_METHOD = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
_EXTRA_METHODS: Mapping[str, tuple[str, ...]] = {"mailchimp": ("GET",), "ship24": ("HEAD",)}
"""Senders that test an address before they post to it."""
_LOOPBACK = ("127.0.0.1", "::1")

RATE, BURST = 100.0, 1000.0
"""Requests a second to one address, and at once; more are answered 429."""


class Opened(Protocol):
    """The addresses that are open."""

    def hook(self, secret: str) -> Hook | None:
        """The webhook whose address ends with ``secret``."""

    def cached(self, secret: str, shop: str) -> tuple[bool, Any]:
        """(whether there is such a cache address, the value)."""


class Hooks:
    """Answers 204 to everything posted, whether its id is known or not; keeps the event first when it is.

    ``ids`` makes the request ids. 405 to other methods, 413 and 408 to bodies beyond the limits, 429 to more than one
    address takes, 503 when the event could not be kept.
    """

    def __init__(self, desk: Desk, opened: Opened, ids: Callable[[], str], *, burst: float = BURST) -> None:
        self._desk = desk
        self._opened = opened
        self._ids = ids
        self._buckets = Buckets(RATE, burst, desk.elapsed)

    def routes(self) -> list[Route]:
        """The present and the old form of the addresses, each with and without a sender's name at its end."""
        paths = [f"/{word}/{{hook_id}}{rest}" for word in ("webhooks", "webhook") for rest in ("", "/{sender}")]
        return [Route(path, self._answer, methods=_EVERY_METHOD) for path in paths]

    async def _answer(self, request: Request) -> Response:
        request_id, sender = self._ids(), request.path_params.get("sender", "")
        try:
            response = await self._respond(request, sender, request_id)
        except Refused as refusal:
            response = self._desk.refuse("hook", refusal).response
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
            self._desk.counts.add("hook", "refused:method")
            listed = ", ".join((*allowed, "OPTIONS"))
            return PlainTextResponse("post to this address\n", status_code=405, headers={"Allow": listed})
        if request.method != "POST":
            return Response(status_code=200)
        async with whole_body(request, self._desk.room) as body:
            outcome = await run_in_threadpool(self._keep, _posted(request, body, request_id))
        self._desk.counts.add("hook", outcome)
        return Response(status_code=200 if sender == "mailchimp" else 204)

    def _keep(self, posted: Posted) -> str:
        """``kept`` or ``unknown``; ``Refused`` when it could not be kept."""
        try:
            hook = self._opened.hook(posted.webhook_id)
        except RunnerError as fault:
            raise self._desk.put_off(fault) from fault
        if hook is None:
            return "unknown"
        seconds = self._buckets.wait(hook.id)
        if seconds > 0:
            raise Refused("rate", 429, "too many requests", again=seconds)
        event = Event(
            topic=hook.topic,
            data=event_data(replace(posted, webhook_id=hook.id), hook.mode),
            # differs: the platform has the request's id in event.webhook_request_id; here it is event.id.
            id=posted.request_id,
            source=f"webhook:{hook.id}",
        )
        self._desk.keep(event)
        return "kept"


def cache_routes(desk: Desk, opened: Opened, shop: str) -> list[Route]:
    """``GET /cache/<id>``: the JSON value of the key, null when there is none; 404 for an unknown address."""

    async def answer(request: Request) -> Response:
        if request.method == "OPTIONS":
            return _preflight(request, ("GET",))
        try:
            found, value = await run_in_threadpool(opened.cached, request.path_params["address_id"], shop)
        except RunnerError as fault:
            response = desk.refuse("cache", desk.put_off(fault)).response
            response.headers.update(_ANY_ORIGIN)
            return response
        desk.counts.add("cache", "read" if found else "unknown")
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
