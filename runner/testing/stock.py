"""What a simulated store looks like afterwards, in few words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from runner.simulator.graph import Graph
from runner.simulator.server import RunningShop

_NOISE = ("createdAt", "updatedAt")
_LABELS = ("title", "name", "sku", "key", "handle", "topic")
_WIDEST = 60
_PARTS = (
    "BasicEvent",
    "DraftOrderLineItem",
    "FulfillmentLineItem",
    "FulfillmentOrder",
    "FulfillmentOrderLineItem",
    "LineItem",
    "RefundLineItem",
    "ReturnLineItem",
    "ShippingLine",
)
"""What is made with something else, which has the line."""


def aftermath(shop: RunningShop, since: int, until: int | None = None) -> dict[str, Any]:
    """``changes`` after number ``since``, a line each; ``levels`` of the products whose stock changed.

    ``until`` is the number of the last change that counts; None: all do.

    ``levels``: SKU (or variant) -> location -> available, for all variants of these products.
    """
    with shop.shop.lock:
        return _told(_Objects(shop.shop.graph), _between(shop, since, until))


def _between(shop: RunningShop, since: int, until: int | None) -> list[dict[str, Any]]:
    return [change for change in shop.changes(since) if until is None or change["sequence"] <= until]


class _Objects:
    """Fields of objects by gid; nothing is copied, since a store may have many."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def get(self, gid: str | None, default: Any = None) -> Any:
        node = self._graph.get(gid)
        return default if node is None else node.fields

    def levels(self) -> Iterator[Mapping[str, Any]]:
        """All of them, in the order of the shop."""
        return (node.fields for node in self._graph.of_type("InventoryLevel"))


def _told(objects: _Objects, changes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    born = {change["id"] for change in changes if change["operation"] == "create"}
    shown = [change for change in changes if not _goes_along(objects, change, born)]
    lines = [line for change in shown for line in _lines(objects, change)]
    found: dict[str, Any] = {"changes": lines}
    levels = _levels(objects, {change["id"] for change in changes if change["type"] == "InventoryLevel"})
    return found | ({"levels": levels} if levels else {})


def _goes_along(objects: _Objects, change: Mapping[str, Any], born: set[str]) -> bool:
    """Whether a change needs no line of its own: a part that is made with its whole, an entry of a timeline, or what
    is done to an object that was made just now."""
    if change["operation"] == "create" and change["type"] in _PARTS:
        return True
    if change["operation"] == "update" and change["id"] in born:
        return True
    fields = objects.get(change["id"]) or {}
    return (fields.get("_order") or fields.get("order")) in born and change["type"] != "DraftOrder"


def _lines(objects: _Objects, change: Mapping[str, Any]) -> Iterator[str]:
    """``graphql inventoryAdjustQuantities: HD-OAK at Gallery: available 12 -> 11``."""
    label = _label(objects, change)
    if change["operation"] != "update":
        yield f"{change['cause']}: {label}: {change['operation']}d"
        return
    parts = [part for part in _differences(change["before"] or {}, change["after"] or {}) if part]
    if parts:
        yield f"{change['cause']}: {label}: {', '.join(parts)}"


def _label(objects: _Objects, change: Mapping[str, Any]) -> str:
    fields = objects.get(change["id"]) or change["before"] or change["after"] or {}
    if change["type"] == "InventoryLevel":
        return f"{_sku(objects, str(fields.get('item')))} at {_name(objects, str(fields.get('location')))}"
    named = next((str(fields[key]) for key in _LABELS if fields.get(key)), change["id"].rsplit("/", 1)[-1])
    return f"{change['type']} {named}"


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """``field old -> new``; a hash, such as the quantities of a level, by its members."""
    for key, new in after.items():
        old = before.get(key)
        if key in _NOISE or key == "_times" or old == new:
            continue
        if isinstance(new, Mapping) and isinstance(old, Mapping):
            yield ", ".join(_differences(old, new))
        else:
            yield f"{key.lstrip('_')} {_brief(old)} -> {_brief(new)}"


def _brief(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _WIDEST else f"{text[:_WIDEST]}…"


def _levels(objects: _Objects, changed: set[str]) -> dict[str, dict[str, int]]:
    """Available of every variant of the products that ``changed`` levels belong to, in the order of the shop."""
    found: dict[str, dict[str, int]] = {}
    if not changed:
        return found
    products = {_product(objects, fields["item"]) for gid in changed if (fields := objects.get(gid))}
    for fields in objects.levels():
        if _product(objects, fields["item"]) in products:
            places = found.setdefault(_sku(objects, fields["item"]), {})
            places[_name(objects, fields["location"])] = int((fields["_quantities"] or {}).get("available", 0))
    return found


def _product(objects: _Objects, item: str) -> str | None:
    variant = objects.get(objects.get(item, {}).get("variant") or "", {})
    found: str | None = variant.get("product")
    return found


def _sku(objects: _Objects, item: str) -> str:
    return str(objects.get(item, {}).get("sku") or item.rsplit("/", 1)[-1])


def _name(objects: _Objects, location: str) -> str:
    return str(objects.get(location, {}).get("name") or location.rsplit("/", 1)[-1])
