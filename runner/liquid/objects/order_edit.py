"""Order edits, as ``shopify/orders/edited`` tells of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from runner.liquid.objects.relation import One, Relation
from runner.liquid.objects.resource import Resource


class OrderEdit(Resource):
    """The inside of the webhook's payload; ``order`` is the edited order (engine.md 2.4, rule 3)."""

    NAME = "order_edit"
    RELATIONS: ClassVar[Mapping[str, Relation]] = {"order": One("order", "order_id")}
    __slots__ = ()
