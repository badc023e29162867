"""Products and their images."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from runner.liquid.objects.listing import Listing
from runner.liquid.objects.relation import MetafieldsAt, One, Part, Relation
from runner.liquid.objects.resource import Resource

PRODUCTS = Listing(
    "product",
    ("products.json",),
    counted=True,
    scopes={name: {"published_status": name} for name in ("published", "unpublished")},
)


class Product(Resource):
    """``title product_type vendor tags handle …`` (``tags`` is one text, joined by ``", "``), variants, images."""

    NAME = "product"
    PATH = "products/{id}.json"
    RELATIONS: ClassVar[Mapping[str, Relation]] = {
        "variants": Part("variant"),
        "images": Part("product_image"),
        "image": Part("product_image"),
        "metafields": MetafieldsAt("products/{id}/metafields.json"),
    }
    GONE = True
    __slots__ = ()


class ProductImage(Resource):
    """``src alt position variant_ids …`` of one image of a product."""

    NAME = "image"
    PATH = "products/{product_id}/images/{id}.json"
    RELATIONS: ClassVar[Mapping[str, Relation]] = {"product": One("product", "product_id")}
    GONE = True
    __slots__ = ()
