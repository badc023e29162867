"""Objects of a simulated store by the names that people know them by: ``Order/#1001``, ``ProductVariant/HD-OAK``."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from runner.errors import InputError
from runner.model.topic import singular
from runner.shopify.client import ShopifyClient
from runner.simulator.server import RunningShop

_NAMES = ("name", "handle", "sku", "email", "title", "code", "key", "topic")
"""Fields that name an object, best first."""
_OK = 200
_MOST_SHOWN = 8


def gid_of(shop: RunningShop, reference: str) -> str:
    """The gid of an object by type and number, or type and name. ``InputError`` when no object has that name.

    A number is taken as it is: the object may be gone.
    """
    kind, _, name = reference.partition("/")
    if name.isdigit():
        return f"gid://shopify/{kind}/{name}"
    objects: Mapping[str, Any] = shop.state(kind)["objects"][kind]
    for field in _NAMES:
        for gid, fields in objects.items():
            if fields.get(field) == name:
                return gid
    known = [str(named) for fields in objects.values() if (named := _named(fields))]
    close = get_close_matches(name, known, n=1)
    hint = f"did you mean {kind}/{close[0]}?" if close else f"there are {', '.join(known[:_MOST_SHOWN])}"
    raise InputError(f"the store has no {kind} called {name!r}", hint=hint)


def _named(fields: Mapping[str, Any]) -> Any:
    return next((fields[field] for field in _NAMES if fields.get(field)), None)


def record_of(client: ShopifyClient, gid: str) -> Any:
    """The REST record of an object, which is what webhooks and the admin send of it. ``InputError`` without one."""
    _, _, _, kind, number = gid.split("/", 4)
    plural = _plural(kind)
    reply = client.rest("GET", f"/admin/{plural}/{number.partition('?')[0]}.json")
    body = reply.body if reply.status == _OK and isinstance(reply.body, dict) else {}
    record = body.get(singular(plural)) or next(iter(body.values()), None)
    if not isinstance(record, dict):
        raise InputError(f"the store serves no record of {kind}/{number}", hint="write what it holds as `data: {…}`")
    return record


def _plural(kind: str) -> str:
    """``draft_orders`` of ``DraftOrder``; a variant is a ``variants`` there."""
    name = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in kind).lstrip("_")
    name = name.removeprefix("product_") if name == "product_variant" else name
    return f"{name[:-1]}ies" if name.endswith("y") else f"{name}s"
