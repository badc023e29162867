"""Inventory levels: how much of an item is available at a location."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self

from runner.liquid.objects.fetch import fill
from runner.liquid.objects.inventory_item import VariantOf
from runner.liquid.objects.relation import One, Relation
from runner.liquid.objects.resource import Resource


class InventoryLevel(Resource):
    """``inventory_item_id location_id available updated_at``, and the location, item and variant they stand for.

    REST gives levels no id: one is read through the ids of its item and location.
    """

    NAME = "inventory_level"
    RELATIONS: ClassVar[Mapping[str, Relation]] = {
        "location": One("location", "location_id"),
        "inventory_item": One("inventory_item", "inventory_item_id"),
        "item": One("inventory_item", "inventory_item_id"),
        "variant": VariantOf("inventory_item_id"),
    }
    __slots__ = ()

    def reload(self) -> Self | None:
        item, location = fill("{inventory_item_id}", self.slot), fill("{location_id}", self.slot)
        if item is None or location is None:
            return None
        found = self.fetch.many("inventory_levels.json", {"inventory_item_ids": item, "location_ids": location})
        return type(self)(found[0], self.fetch, owner=self.owner, whole=True) if found else None
