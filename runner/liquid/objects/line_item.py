"""Line items of orders, draft orders, fulfillments and refunds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from runner.liquid.objects.relation import ByName, One, Relation
from runner.liquid.objects.resource import Resource


class LineItem(Resource):
    """``title sku quantity price …``; ``properties`` also answers by name. It exists only inside something else."""

    NAME = "line_item"
    RELATIONS: ClassVar[Mapping[str, Relation]] = {
        "product": One("product", "product_id"),
        "variant": One("variant", "variant_id"),
        "properties": ByName(),
    }
    __slots__ = ()
