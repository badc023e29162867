"""Custom Shopify webhooks: deliveries of a topic, filtered or trimmed, as events of another (engine.md 5.2)."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from runner.errors import ConfigError, Where

_NAMESPACE = uuid.UUID("5b1a7a5e-6d1f-5c57-9d5a-0c1f6f9a3d52")
_TEXTS = ("name", "shopify_topic", "event_topic")
_LISTS = ("include_fields", "metafield_namespaces", "metafields")
_KEYS = (*_TEXTS, "filter", *_LISTS, "enabled")
_EVENT_TOPIC = re.compile(r"user/[a-z0-9_]+/[a-z0-9_]+")
_SHOPIFY_TOPIC = re.compile(r"(shopify/)?[a-z0-9_]+/[a-z0-9_]+")


@dataclass(frozen=True, slots=True)
class CustomWebhook:
    """``shopify_topic`` with its domain, ``shopify/orders/updated``; ``metafields`` as ``namespace.key``."""

    name: str
    shopify_topic: str
    event_topic: str
    filter: str | None = None
    include_fields: tuple[str, ...] = ()
    metafield_namespaces: tuple[str, ...] = ()
    metafields: tuple[str, ...] = ()
    enabled: bool = True

    @property
    def id(self) -> str:
        """Follows from the name: the same on every machine."""
        return str(uuid.uuid5(_NAMESPACE, self.name))

    @property
    def source(self) -> str:
        """What its events say they come from."""
        return f"custom_shopify_webhook_subscription:{self.id}"


def read_custom_webhooks(document: Any, file: str) -> tuple[CustomWebhook, ...]:
    """The webhooks of a file: one object, or a list of them, as the platform exports them.

    Raises ``ConfigError`` naming the one that is wrong, and for two that Shopify would not tell apart.
    """
    rows = document if isinstance(document, list) else [document]
    found = tuple(_read(row, Where(file=file, part=f"webhook {number}")) for number, row in enumerate(rows, start=1))
    for what, keys in (
        ("name", [each.name for each in found]),
        ("Shopify topic and filter", [(each.shopify_topic, each.filter) for each in found if each.enabled]),
    ):
        if len(set(keys)) < len(keys):
            raise ConfigError(
                f"two webhooks have the same {what}",
                where=Where(file=file),
                hint="Shopify takes one subscription for each topic and filter; names must differ as well",
            )
    return found


def _read(row: Any, where: Where) -> CustomWebhook:
    if not isinstance(row, Mapping):
        raise ConfigError("expected an object", where=where)
    unknown = [key for key in row if key not in _KEYS]
    if unknown:
        raise ConfigError(f"{unknown[0]} is no key of a webhook", where=where, hint=f"one of: {', '.join(_KEYS)}")
    wrong = [key for key in _TEXTS if not isinstance(row.get(key), str) or not row[key].strip()]
    wrong += [key for key in _LISTS if not _is_texts(row.get(key) or [])]
    wrong += [key for key in ("filter",) if not isinstance(row.get(key) or "", str)]
    wrong += [key for key in ("enabled",) if not isinstance(row.get(key, True), bool)]
    if wrong:
        raise ConfigError(f"the value of {wrong[0]} is missing, or of the wrong kind", where=where)
    if not _EVENT_TOPIC.fullmatch(row["event_topic"]):
        raise ConfigError(f'event_topic: "{row["event_topic"]}" is not of the form user/subject/verb', where=where)
    if not _SHOPIFY_TOPIC.fullmatch(row["shopify_topic"]):
        raise ConfigError(f'shopify_topic: "{row["shopify_topic"]}" is no topic of Shopify', where=where)
    if not any(row.get(key) for key in ("filter", *_LISTS)):
        raise ConfigError(
            "nothing makes this webhook other than the plain one of its topic",
            where=where,
            hint="give filter, include_fields, metafield_namespaces or metafields; filter id:* passes everything",
        )
    bad = next((each for each in row.get("metafields") or [] if each.count(".") != 1), None)
    if bad is not None:
        raise ConfigError(f'metafields: "{bad}" is not of the form namespace.key', where=where)
    return CustomWebhook(
        name=row["name"].strip(),
        shopify_topic="shopify/" + row["shopify_topic"].removeprefix("shopify/"),
        event_topic=row["event_topic"],
        filter=(row.get("filter") or "").strip() or None,
        include_fields=tuple(row.get("include_fields") or ()),
        metafield_namespaces=tuple(row.get("metafield_namespaces") or ()),
        metafields=tuple(row.get("metafields") or ()),
        enabled=row.get("enabled", True),
    )


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) and each.strip() for each in value)
