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

from runner.clock import stopwatch
from runner.errors import ShopifyError
from runner.files.folder import FolderStore
from runner.files.keeping import FileStore
from runner.model.custom_webhook import CustomWebhook
from runner.shopify.webhooks import SIGNATURE_HEADER, is_signed, read_delivery
from runner.web.counts import Counts
from runner.web.desk import Desk, Intake
from runner.web.files import file_routes
from runner.web.guard import Bucket, Guard
from runner.web.hooks import Hooks, Opened, cache_routes
from runner.web.mail_hook import MailAddress, MailHook
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
    custom: Callable[[str], CustomWebhook | None] = lambda webhook_id: None,
    mail: MailAddress | None = None,
    files: FileStore | None = None,
    elapsed: Callable[[], float] | None = None,
) -> Starlette:
    """The application: ``POST /webhooks/shopify``; with ``opened`` and ``ids`` also webhooks and cache addresses, with
    ``mail`` the address for received mail, with ``files`` in a folder the addresses of kept files.

    ``secrets`` are the app secrets that may have signed a delivery. With ``shop``, a domain, deliveries of other shops
    are refused. Answers 200 once the event is kept, also for a repeat; 401 for a wrong signature, before anything is
    read; 400 for a delivery that lacks a header; 408 and 413 for a body beyond the limits; 415 for one that says it is
    no JSON; 503 with ``Retry-After``, so that the shop tries again, when the event could not be kept. A signed body
    that is no JSON after all is kept as text. ``custom`` finds the custom webhook that an address under this path is
    of, by its id; 404 for an unknown one. ``elapsed`` gives seconds, for rates and log lines.
    """
    desk = Desk(intake, counts or Counts(), elapsed or stopwatch(), _log)
    deliveries = _Deliveries(desk, secrets, shop, custom)
    paths = (PATH, PATH + "/{webhook_id}")
    routes = [Route(path, deliveries.receive, methods=["POST"]) for path in paths]
    if opened is not None and ids is not None:
        routes += [*cache_routes(desk, opened, shop or ""), *Hooks(desk, opened, ids).routes()]
    if mail is not None:
        routes += MailHook(desk, mail).routes()
    if isinstance(files, FolderStore):
        routes += file_routes(files, desk.counts)
    return Starlette(routes=routes)


def guarded(app: ASGIApp, *, hosts: Iterable[str], bucket: Bucket, counts: Counts) -> ASGIApp:
    """``app`` behind its list of hosts and its rate limit, refusals counted."""
    return Guard(app, hosts=hosts, bucket=bucket, refused=lambda reason: counts.add("inbound", f"refused:{reason}"))


class _Deliveries:
    """Webhooks of the shop."""

    def __init__(
        self, desk: Desk, secrets: Sequence[str], shop: str | None, custom: Callable[[str], CustomWebhook | None]
    ) -> None:
        self._desk = desk
        self._secrets = secrets
        self._shop = shop
        self._custom = custom

    async def receive(self, request: Request) -> Response:
        """Answer one delivery."""
        try:
            if "content-type" in request.headers and not is_json(request):
                raise Refused("type", 415, "expected JSON")
            async with whole_body(request, self._desk.room) as body:
                if not is_signed(body, request.headers.get(SIGNATURE_HEADER), self._secrets):
                    raise Refused("signature", 401, "the signature does not match")
                place = request.path_params.get("webhook_id")
                outcome = await run_in_threadpool(self._keep, dict(request.headers), body, place)
        except Refused as refusal:
            return self._desk.refuse("shopify", refusal, self._words(refusal)).response
        self._desk.counts.add("shopify", outcome)
        return PlainTextResponse("known already" if outcome == "duplicate" else "kept")

    def _keep(self, headers: dict[str, str], body: bytes, place: str | None) -> str:
        """``kept``, ``malformed`` (kept too) or ``duplicate``; ``Refused`` otherwise."""
        try:
            delivery = read_delivery(headers, body)
        except ShopifyError as fault:
            raise Refused("content", 400, fault.message) from fault
        if self._shop is not None and delivery.shop != self._shop:
            raise Refused("shop", 403, "this address belongs to another shop")
        custom = None if place is None else self._custom(place)
        if custom is None and place is not None:
            raise Refused("unknown", 404, "there is no such custom webhook")
        event, sound = delivery.read(custom)
        if not self._desk.keep(event, dedupe=delivery.dedupe_key):
            _log.info("the webhook %s of %s is known already", delivery.webhook_id, delivery.topic)
            return "duplicate"
        if not sound:
            words = f"a signed webhook of {delivery.topic} is no JSON: it is kept, its data as text"
            self._desk.complaints.refused("shopify malformed", words)
            return "malformed"
        return "kept"

    def _words(self, refusal: Refused) -> str | None:
        """The line for the log about a refused delivery; None where one was written already."""
        if refusal.reason in ("store", "fault"):
            return None
        if refusal.reason == "signature" and not self._secrets:
            return "refused a webhook: no secret is known that could have signed it; set client_secret"
        return f"refused a webhook: {refusal}"
