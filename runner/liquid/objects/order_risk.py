"""Fraud risks of orders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from runner.liquid.objects.relation import One, Relation
from runner.liquid.objects.resource import Resource


class OrderRisk(Resource):
    """``score recommendation message …`` of one risk."""

    NAME = "risk"
    PATH = "orders/{order_id}/risks/{id}.json"
    RELATIONS: ClassVar[Mapping[str, Relation]] = {"order": One("order", "order_id")}
    __slots__ = ()
