"""Disputes of payments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from runner.liquid.objects.relation import One, Relation
from runner.liquid.objects.resource import Resource


class Dispute(Resource):
    """``type amount reason status …`` of a chargeback or inquiry."""

    NAME = "dispute"
    PATH = "shopify_payments/disputes/{id}.json"
    RELATIONS: ClassVar[Mapping[str, Relation]] = {"order": One("order", "order_id")}
    __slots__ = ()
