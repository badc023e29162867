"""Payments of orders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from runner.liquid.objects.relation import One, Relation
from runner.liquid.objects.resource import Resource


class Transaction(Resource):
    """``kind status amount gateway …`` of one payment."""

    NAME = "transaction"
    PATH = "orders/{order_id}/transactions/{id}.json"
    RELATIONS: ClassVar[Mapping[str, Relation]] = {"order": One("order", "order_id")}
    __slots__ = ()
