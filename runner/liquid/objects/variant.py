"""Variants of products."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from runner.liquid.objects.inventory_item import LEVELS
from runner.liquid.objects.listing import Listing
from runner.liquid.objects.relation import Many, MetafieldsAt, One, Relation
from runner.liquid.objects.resource import Resource

VARIANTS = Listing("variant", ("variants.json",))


class Variant(Resource):
    """``product_id sku price inventory_item_id …``, its product, its inventory item and that item's levels."""

    NAME = "variant"
    PATH = "variants/{id}.json"
    RELATIONS: ClassVar[Mapping[str, Relation]] = {
        "product": One("product", "product_id"),
        "inventory_item": One("inventory_item", "inventory_item_id"),
        "inventory_levels": Many(LEVELS, {"inventory_item_ids": "{inventory_item_id}"}),
        "metafields": MetafieldsAt("variants/{id}/metafields.json"),
    }
    GONE = True
    __slots__ = ()
