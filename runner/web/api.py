"""The local address: health, figures, status, and events handed over by commands. For this machine alone."""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from runner.errors import RunnerError, StoreError
from runner.model.event import Event
from runner.web.counts import Counts
from runner.web.desk import Intake
from runner.web.metrics import MEDIA_TYPE, metrics
from runner.web.requests import Refused, Room, is_json, whole_body

MAX_LAG = 3600.0
"""Seconds that a due run may wait before ``/healthz`` says 503."""


@dataclass(frozen=True, slots=True)
class Served:
    """What the local address tells of and writes to.

    ``token`` is what writing takes; ``status`` gives the figures, ``runs`` those by kind and state, ``gauges`` further
    ones for ``/metrics``: name -> (help, value or None).
    """

    intake: Intake
    counts: Counts
    status: Callable[[], Mapping[str, Any]]
    is_working: Callable[[], bool]
    token: str
    instance: str
    runs: Callable[[], Iterable[tuple[str, str, int]]] = tuple
    gauges: Callable[[], Mapping[str, tuple[str, float | None]]] = dict


def local_api(served: Served, pages: Sequence[Route] = ()) -> Starlette:
    """``GET /healthz``, ``/metrics``, ``/status``; ``POST /events`` with the token; further ``pages`` for a browser.

    While the database fails they answer 503 with the reason.
    """

    def health() -> Response:
        figures = served.status()
        ok = served.is_working() and figures["lag_seconds"] <= MAX_LAG
        document = {"ok": ok, "instance": served.instance, "lag_seconds": figures["lag_seconds"]}
        return JSONResponse(document, status_code=200 if ok else 503)

    def status() -> Response:
        return JSONResponse({**served.status(), "intake": served.counts.to_dict()})

    def figures() -> Response:
        text = metrics(served.status(), served.runs(), served.counts, served.gauges())
        return PlainTextResponse(text, media_type=MEDIA_TYPE)

    def told(tell: Callable[[], Response]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            try:
                return await run_in_threadpool(tell)
            except RunnerError as fault:
                document = {"ok": False, "instance": served.instance, "error": fault.to_dict()}
                return JSONResponse(document, status_code=503)

        return answer

    room = Room()

    async def events(request: Request) -> Response:
        given = request.headers.get("authorization", "").encode()
        if not hmac.compare_digest(given, f"Bearer {served.token}".encode()) or "origin" in request.headers:
            return JSONResponse({"error": {"message": "the token is wrong"}}, status_code=401)
        if not is_json(request):
            return JSONResponse({"error": {"message": "expected JSON"}}, status_code=415)
        try:
            async with whole_body(request, room) as body:
                return await run_in_threadpool(_hand_over, served.intake, body)
        except Refused as refusal:
            return refusal.response

    return Starlette(
        routes=[
            Route("/healthz", told(health)),
            Route("/metrics", told(figures)),
            Route("/status", told(status)),
            Route("/events", events, methods=["POST"]),
            *pages,
        ]
    )


def _hand_over(intake: Intake, body: bytes) -> Response:
    try:
        found = json.loads(body)
        event = Event(
            topic=found["topic"],
            data=found.get("data"),
            id=found.get("id"),
            source=found.get("source"),
            shopify_topic=found.get("shopify_topic"),
        )
    except (ValueError, KeyError, AttributeError, RecursionError):
        return JSONResponse({"error": {"message": "expected an event with topic and data"}}, status_code=400)
    try:
        return JSONResponse({"id": intake.accept(event)})
    except StoreError as fault:
        return JSONResponse({"error": fault.to_dict()}, status_code=503)
    except RunnerError as fault:
        return JSONResponse({"error": fault.to_dict()}, status_code=422)
