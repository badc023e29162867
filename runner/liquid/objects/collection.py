"""Collections of products, custom and smart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from runner.liquid.objects.listing import Listing
from runner.liquid.objects.relation import Many, MetafieldsAt, Relation
from runner.liquid.objects.resource import Resource

COLLECTIONS = Listing("collection", ("custom_collections.json", "smart_collections.json"), counted=True)
"""REST keeps the two kinds apart when it lists them, and together when one is asked for by id."""


class Collection(Resource):
    """``title handle sort_order …`` of a collection, and its products."""

    NAME = "collection"
    PATH = "collections/{id}.json"
    RELATIONS: ClassVar[Mapping[str, Relation]] = {
        "products": Many(Listing("product", ("collections/{id}/products.json",))),
        "metafields": MetafieldsAt("collections/{id}/metafields.json"),
    }
    __slots__ = ()
