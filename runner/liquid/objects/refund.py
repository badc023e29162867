"""Refunds and their line items."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from runner.liquid.objects.relation import One, Part, Relation
from runner.liquid.objects.resource import Resource


class Refund(Resource):
    """``note refund_line_items transactions …`` of what was given back."""

    NAME = "refund"
    PATH = "orders/{order_id}/refunds/{id}.json"
    RELATIONS: ClassVar[Mapping[str, Relation]] = {
        "order": One("order", "order_id"),
        "refund_line_items": Part("refund_line_item"),
        "transactions": Part("transaction"),
    }
    __slots__ = ()


class RefundLineItem(Resource):
    """``quantity restock_type …`` and the ``line_item`` it concerns. It exists only inside a refund."""

    NAME = "refund_line_item"
    RELATIONS: ClassVar[Mapping[str, Relation]] = {
        "line_item": Part("line_item"),
        "location": One("location", "location_id"),
    }
    __slots__ = ()
