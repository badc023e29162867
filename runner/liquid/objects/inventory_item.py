"""Inventory items, and the way from an item's id to its variant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from runner.liquid.objects.fetch import numeric_id
from runner.liquid.objects.listing import Listing
from runner.liquid.objects.relation import Many, Relation
from runner.liquid.objects.resource import Resource

if TYPE_CHECKING:
    from runner.liquid.objects.fetch import Fetch

LEVELS = Listing("inventory_level", ("inventory_levels.json",), paged=False)
"""Levels have no id to page by; an item has one at each location, far fewer than a page holds."""

_BY_CONNECTION = """query VariantOfInventoryItem($id: ID!) {
  inventoryItem(id: $id) { variants(first: 1) { nodes { legacyResourceId } } }
}"""
_BY_FIELD = """query VariantOfInventoryItem($id: ID!) {
  inventoryItem(id: $id) { variant { legacyResourceId } }
}"""


@dataclass(frozen=True, slots=True)
class VariantOf:
    """The variant whose inventory item's id stands in ``field``.

    REST cannot look up variants by inventory item, so the id comes from GraphQL and the variant from REST.
    """

    field: str

    def value(self, resource: Resource, name: str) -> Any:
        item = numeric_id(resource.slot(self.field))
        if item is None:
            return None
        known = resource.ancestor("variant")
        if known is not None and numeric_id(known.payload.get("inventory_item_id")) == item:
            return known
        ident = _variant_id(item, resource.fetch)
        return (
            None if ident is None else resource.fetch.resources["variant"].at(f"variants/{ident}.json", resource.fetch)
        )

    def served_at(self, resources: Mapping[str, type[Resource]]) -> str | None:
        return resources["variant"].PATH


def _variant_id(item: int, fetch: Fetch) -> int | None:
    variables = {"id": f"gid://shopify/InventoryItem/{item}"}
    # API versions without the connection refuse the first query, later ones deprecate the field of the second.
    for query in (_BY_CONNECTION, _BY_FIELD):
        answer = fetch.graphql(query, variables)
        if answer is None:
            return None
        if not answer.get("errors"):
            found = _dig(answer, "data", "inventoryItem")
            nodes = _dig(found, "variants", "nodes") or [_dig(found, "variant")]
            return numeric_id(_dig(nodes[0], "legacyResourceId"))
    fetch.state.warn(f"the variant of inventory item {item} could not be read: {_messages(answer)}")
    return None


def _messages(answer: Any) -> str:
    errors = answer["errors"]
    texts = [str(_dig(error, "message") or error) for error in errors] if isinstance(errors, list) else [str(errors)]
    return "; ".join(texts)


def _dig(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


class InventoryItem(Resource):
    """What is counted and shipped: ``sku``, ``tracked``, ``cost`` …, its levels, and the variant it belongs to."""

    NAME = "inventory_item"
    PATH = "inventory_items/{id}.json"
    RELATIONS: ClassVar[Mapping[str, Relation]] = {
        "variant": VariantOf("id"),
        "inventory_levels": Many(LEVELS, {"inventory_item_ids": "{id}"}),
    }
    __slots__ = ()
