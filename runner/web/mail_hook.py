"""Received mail over HTTP: what providers post about it, Postmark's JSON or whole messages (engine.md 6.3)."""

from __future__ import annotations

import hmac
import json
from collections.abc import Collection
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from runner.mail.received import ReceivedMail, read_message, read_postmark
from runner.web.desk import Desk
from runner.web.requests import Refused, is_json, whole_body

PATH = "/email"
_MAILBOX = "hook"
_MIME_TYPES = ("", "message/rfc822", "application/octet-stream", "text/plain")


@dataclass(frozen=True, slots=True)
class MailAddress:
    """Where mail may be posted: ``/email/<secret>``. ``own`` are the addresses that tasks send from, in lower case."""

    secret: str = field(repr=False)
    own: Collection[str] = ()


class MailHook:
    """Answers 200 after the event is kept, also for a repeat and for mail of our own; 404 to a wrong secret.

    400 for what is no mail, 415 for a content type that is neither JSON nor a message, 408 and 413 for bodies beyond
    the limits, 503 when the event could not be kept: providers then send it again.
    """

    def __init__(self, desk: Desk, address: MailAddress) -> None:
        self._desk = desk
        self._address = address

    def routes(self) -> list[Route]:
        """The one address."""
        return [Route(PATH + "/{secret}", self._answer, methods=["POST"])]

    async def _answer(self, request: Request) -> Response:
        try:
            given = str(request.path_params["secret"])
            if not hmac.compare_digest(given.encode(), self._address.secret.encode()):
                raise Refused("secret", 404, "there is no such address")
            async with whole_body(request, self._desk.room) as body:
                mail = await run_in_threadpool(_read, request, body)
                outcome = await run_in_threadpool(self._keep, mail)
        except Refused as refusal:
            words = None if refusal.reason in ("store", "fault") else f"refused a mail: {refusal}"
            return self._desk.refuse("email", refusal, words).response
        self._desk.counts.add("email", outcome)
        return PlainTextResponse(outcome + "\n")

    def _keep(self, mail: ReceivedMail) -> str:
        """``kept``, ``duplicate`` or ``own``; ``Refused`` when it could not be kept."""
        if mail.is_own(self._address.own):
            return "own"
        return "kept" if self._desk.keep(mail.event(), dedupe=mail.dedupe(_MAILBOX)) else "duplicate"


def _read(request: Request, body: bytes) -> ReceivedMail:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if is_json(request):
        try:
            return read_postmark(json.loads(body))
        except (ValueError, RecursionError) as fault:
            raise Refused("content", 400, f"no mail: {fault}") from fault
    if kind not in _MIME_TYPES:
        raise Refused("type", 415, "expected Postmark's JSON, or a message as message/rfc822")
    if not body.strip():
        raise Refused("content", 400, "no mail: the body is empty")
    return read_message(body)
