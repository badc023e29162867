"""HTTP: ``/admin/…`` to the shop, ``/_sim/…`` to its control side, and the connections that faults break."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from runner.errors import InputError, RunnerError
from runner.shopify.schema import DEFAULT_VERSION
from runner.simulator import posted
from runner.simulator.calls import Reply, Request, Wire, json_of, json_reply
from runner.simulator.control import Control
from runner.simulator.seed import parse_seed

ABORT = "simulator.abort"
"""Name of the scope extension with which ``server.py`` lets a connection be cut."""
_LOG = logging.getLogger(__name__)
_FAR = {"error": {"message": "/_sim is for programs on the machine the shop runs on"}}
_NOBODY = Response(status_code=400)
"""For a client that went away before its request was whole."""
_LOOPBACK = ("127.0.0.1", "::1", "testclient")


class SimulatedReply(Response):
    """Sends a ``Reply``, or as much of it as its fault leaves."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.body, status_code=reply.status or 500, headers=reply.headers)
        self.reply = reply

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.reply.delay:
            await asyncio.sleep(self.reply.delay)
        if self.reply.wire is Wire.SEND:
            await super().__call__(scope, receive, send)
            return
        if self.reply.wire is Wire.TRUNCATE:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            half = self.reply.body[: len(self.reply.body) // 2]
            await send({"type": "http.response.body", "body": half, "more_body": True})
        scope["extensions"][ABORT](flush=self.reply.wire is Wire.TRUNCATE)
        while (await receive())["type"] != "http.disconnect":
            pass


def make_app(control: Control) -> Starlette:
    """The ASGI application of one shop."""
    methods = ["GET", "POST", "PUT", "DELETE"]
    app = Starlette(
        routes=[
            Route("/_sim/graphiql", _Explorer(control), methods=["GET"]),
            Route("/_sim/{path:path}", _Controls(control), methods=methods),
            Route("/{path:path}", _admin(control), methods=methods),
        ]
    )
    app.state.control = control
    return app


def _admin(control: Control) -> Callable[[HttpRequest], Any]:
    async def answer(request: HttpRequest) -> Response:
        try:
            body = await request.body()
        except ClientDisconnect:
            return _NOBODY
        call = Request(
            method=request.method,
            path=request.url.path,
            query=request.url.query,
            headers={name.lower(): value for name, value in request.headers.items()},
            body=body,
        )
        try:
            reply = control.shop.handle(call)
        except Exception as error:  # noqa: BLE001 the web edge: a mistake of the simulator must reach its user
            _LOG.exception("the simulator failed on %s %s", call.method, call.path)
            reply = json_reply(500, {"errors": f"the simulator failed: {type(error).__name__}: {error}"})
        return SimulatedReply(reply)

    return answer


class _Explorer:
    """A page to try queries on, with the schema beside it; everything on it comes from here."""

    def __init__(self, control: Control) -> None:
        self.control = control

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = HttpRequest(scope, receive)
        if not _is_near(request):
            await JSONResponse(_FAR, 403)(scope, receive, send)
            return
        shop = self.control.shop
        settings = {"shop": shop.seed.domain, "token": shop.token, "version": DEFAULT_VERSION}
        # In a script element, `<` could end it: JSON has another way to write that character.
        text = json.dumps(settings).replace("<", "\\u003c")
        page = (
            (Path(__file__).parent / "static" / "explorer.html").read_text(encoding="utf-8").replace("SETTINGS", text)
        )
        headers = {"Cache-Control": "no-store", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer"}
        await HTMLResponse(page, headers=headers)(scope, receive, send)


def _is_near(request: HttpRequest) -> bool:
    """Whether it comes from this machine, and asks for it by its own name: a page elsewhere may not borrow it."""
    host = request.url.hostname or ""
    return request.client is not None and request.client.host in _LOOPBACK and host in (*_LOOPBACK, "localhost")


class _Controls:
    """Endpoint for ``/_sim/…``; only for this machine, whatever address the shop is served on."""

    def __init__(self, control: Control) -> None:
        self.control = control

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = HttpRequest(scope, receive)
        try:
            response = await self._answer(request)
        except ClientDisconnect:
            response = _NOBODY
        await response(scope, receive, send)

    async def _answer(self, request: HttpRequest) -> Response:
        # A page in a browser on this machine may send requests here too; it always says where it comes from.
        if request.client is None or request.client.host not in _LOOPBACK or "origin" in request.headers:
            return JSONResponse(_FAR, 403)
        path = request.path_params["path"].strip("/")
        try:
            body = await self._body(request)
            # Some wait for receivers that may call the shop in turn, so none runs on the event loop.
            result = await run_in_threadpool(self._call, request.method, path, body, request.query_params)
        except RunnerError as error:
            status = 404 if error.code == "simulator.path" else 422
            return JSONResponse({"error": error.to_dict()}, status)
        except Exception as error:  # noqa: BLE001 the web edge: a mistake of the simulator must reach its user
            _LOG.exception("the simulator failed on %s /_sim/%s", request.method, path)
            return JSONResponse({"error": {"message": f"the simulator failed: {type(error).__name__}: {error}"}}, 500)
        return JSONResponse(result)

    async def _body(self, request: HttpRequest) -> dict[str, Any]:
        raw = await request.body()
        if not raw:
            return {}
        if "yaml" in request.headers.get("content-type", ""):
            return {"seed": parse_seed(raw.decode("utf-8", "replace"), "posted seed")}
        try:
            document = json_of(raw)
        except ValueError as error:
            raise InputError(f"the body is not JSON: {error}") from error
        if not isinstance(document, dict):
            raise InputError("the body is a JSON object, not a list or a text")
        return document

    def _call(self, method: str, path: str, body: dict[str, Any], query: Mapping[str, str]) -> Any:
        control = self.control
        verb = path.removeprefix("do/")
        if method == "POST" and verb != path:
            return control.do(verb, body)
        match method, path:
            case "GET", "":
                return control.about()
            case "GET", "state":
                return control.state(query.get("type"))
            case "GET", "do":
                return control.verbs()
            case "GET", "changes":
                return control.changes(posted.since(query))
            case "GET", "requests":
                return control.requests(posted.since(query))
            case "GET", "clock":
                return control.clock()
            case "POST", "clock":
                return _move(control, body)
            case "POST", "reset":
                return control.reset(posted.seed(body))
        return self._faults_and_webhooks(method, path, body)

    def _faults_and_webhooks(self, method: str, path: str, body: dict[str, Any]) -> Any:
        control = self.control
        match method, path:
            case "GET", "faults":
                return control.faults()
            case "POST", "faults":
                return control.add_fault(body)
            case "DELETE", "faults":
                control.clear_faults()
                return []
            case "GET", "subscriptions":
                return control.subscriptions()
            case "POST", "subscriptions":
                fields = posted.texts(body, "include_fields")
                return control.subscribe(posted.text(body, "topic"), posted.optional_text(body, "address"), fields)
            case "DELETE", "subscriptions":
                control.unsubscribe(posted.optional_text(body, "id"))
                return control.subscriptions()
            case "GET", "webhooks":
                return control.webhooks()
            case "POST", "webhooks/hold":
                control.hold(bool(body.get("hold", True)))
                return control.webhooks()
            case "POST", "webhooks/take":
                return control.take(posted.numbers(body, "numbers"))
            case "POST", "webhooks/deliver":
                return control.deliver(posted.numbers(body, "numbers"), bool(body.get("bad_signature", False)))
            case "POST", "webhooks/drain":
                return {"quiet": control.drain(posted.number(body, "timeout", 10))}
        raise InputError(f"there is no {method} /_sim/{path}", hint="see simulator.md", code="simulator.path")


def _move(control: Control, body: Mapping[str, Any]) -> dict[str, Any]:
    if "advance" in body:
        return control.advance(posted.number(body, "advance"))
    return control.set_clock(posted.moment(body, "set"))
