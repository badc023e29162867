"""Webhook deliveries: their signature, their topic, the id that tells a repeat (engine.md 5.1)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from runner.errors import ShopifyError
from runner.model.custom_webhook import CustomWebhook
from runner.model.event import Event
from runner.model.json import is_within

DEPTH = 200
"""Levels that a payload may be nested; Shopify's have about ten."""
SIGNATURE_HEADER = "X-Shopify-Hmac-Sha256"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook as received. ``shopify_topic`` as Shopify writes it, such as ``orders/create``."""

    shopify_topic: str
    shop: str
    webhook_id: str
    body: bytes
    event_id: str | None = None
    api_version: str | None = None
    triggered_at: str | None = None

    @property
    def topic(self) -> str:
        """The event topic: ``shopify/`` before it, dots as slashes (``customer.tags_added``)."""
        return "shopify/" + self.shopify_topic.lower().replace(".", "/")

    @property
    def dedupe_key(self) -> str:
        """The same for every repeat of this delivery and for nothing else (engine.md 5.1, rule 5)."""
        return f"webhook:{self.shop}:{self.topic}:{self.webhook_id}"

    def read(self, custom: CustomWebhook | None = None) -> tuple[Event, bool]:
        """(the event this delivery makes, to the address of ``custom`` if one is given, whether the body is JSON).

        A body that is no JSON, or too deep, is the data as text. Shopify sends none, but a signed delivery is not lost.
        """
        try:
            data = json.loads(self.body)
            sound = is_within(data, DEPTH)
        except (ValueError, RecursionError):
            sound = False
        if not sound:
            data = self.body.decode("utf-8", "replace")
        topic, source = (self.topic, "shopify") if custom is None else (custom.event_topic, custom.source)
        return Event(topic=topic, shopify_topic=self.topic, data=data, source=source), sound


def signature(body: bytes, secret: str) -> str:
    """Base64 of the HMAC-SHA256 of the raw body, as the signature header carries it."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode("ascii")


def is_signed(body: bytes, given: str | None, secrets: Iterable[str]) -> bool:
    """True when ``given`` is the signature of ``body`` under one of ``secrets`` (old and new while they rotate).

    Compares in constant time. No secret, or no signature: false.
    """
    if not given:
        return False
    marked = [hmac.compare_digest(signature(body, secret).encode(), given.encode()) for secret in secrets if secret]
    return any(marked)


def read_delivery(headers: Mapping[str, str], body: bytes) -> Delivery:
    """The delivery that ``headers`` (any case) describe; ``ShopifyError`` naming the header that is missing."""
    lower = {name.lower(): value for name, value in headers.items()}

    def required(name: str) -> str:
        value = lower.get(name.lower(), "").strip()
        if not value:
            raise ShopifyError(
                f"the webhook carries no {name} header",
                code="shopify.webhook",
                hint="only Shopify's own deliveries, or those of a simulated store, belong at this address",
            )
        return value

    return Delivery(
        shopify_topic=required("X-Shopify-Topic"),
        shop=required("X-Shopify-Shop-Domain").lower(),
        webhook_id=required("X-Shopify-Webhook-Id"),
        body=body,
        event_id=lower.get("x-shopify-event-id"),
        api_version=lower.get("x-shopify-api-version"),
        triggered_at=lower.get("x-shopify-triggered-at"),
    )
