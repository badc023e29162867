"""The local address: health, figures, status, and events handed over by commands. For this machine alone."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from runner.errors import RunnerError
from runner.model.event import Event
from runner.web.counts import Counts
from runner.web.hooks import Intake
from runner.web.requests import Refused, is_json, whole_body

MAX_LAG = 3600.0
"""Seconds that a due run may wait before ``/healthz`` says 503."""


@dataclass(frozen=True, slots=True)
class Served:
    """What the local address tells of and writes to. ``token`` is what writing takes; ``status`` gives the figures."""

    intake: Intake
    counts: Counts
    status: Callable[[], Mapping[str, Any]]
    is_working: Callable[[], bool]
    token: str
    instance: str


def local_api(served: Served) -> Starlette:
    """``GET /healthz``, ``/metrics``, ``/status``; ``POST /events`` with the token."""

    async def health(request: Request) -> Response:
        figures = await run_in_threadpool(served.status)
        ok = served.is_working() and figures["lag_seconds"] <= MAX_LAG
        document = {"ok": ok, "instance": served.instance, "lag_seconds": figures["lag_seconds"]}
        return JSONResponse(document, status_code=200 if ok else 503)

    async def status(request: Request) -> Response:
        figures = await run_in_threadpool(served.status)
        return JSONResponse({**figures, "intake": served.counts.to_dict()})

    async def metrics(request: Request) -> Response:
        figures = await run_in_threadpool(served.status)
        return PlainTextResponse(_metrics(figures, served.counts), media_type="text/plain; version=0.0.4")

    async def events(request: Request) -> Response:
        given = request.headers.get("authorization", "").encode()
        if not hmac.compare_digest(given, f"Bearer {served.token}".encode()) or "origin" in request.headers:
            return JSONResponse({"error": {"message": "the token is wrong"}}, status_code=401)
        if not is_json(request):
            return JSONResponse({"error": {"message": "expected JSON"}}, status_code=415)
        try:
            body = await whole_body(request)
            return await run_in_threadpool(_hand_over, served.intake, body)
        except Refused as refusal:
            return refusal.response

    return Starlette(
        routes=[
            Route("/healthz", health),
            Route("/metrics", metrics),
            Route("/status", status),
            Route("/events", events, methods=["POST"]),
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
    except RunnerError as fault:
        return JSONResponse({"error": fault.to_dict()}, status_code=422)


def _metrics(figures: Mapping[str, Any], counts: Counts) -> str:
    lines = ["# TYPE runner_runs gauge"]
    lines += [f'runner_runs{{state="{state}"}} {number}' for state, number in figures["runs"].items()]
    for name, key in (("due", "due"), ("later", "later"), ("lag_seconds", "lag_seconds"), ("events", "events")):
        lines += [f"# TYPE runner_{name} gauge", f"runner_{name} {figures[key]:g}"]
    lines.append("# TYPE runner_intake_total counter")
    lines += [f'runner_intake_total{{address="{a}",outcome="{o}"}} {number}' for a, o, number in counts.rows()]
    return "\n".join(lines) + "\n"
