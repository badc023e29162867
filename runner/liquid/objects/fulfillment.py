"""Fulfillments, their events, and fulfillment orders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from runner.liquid.objects.relation import One, Part, Relation
from runner.liquid.objects.resource import Resource


class Fulfillment(Resource):
    """``status tracking_number tracking_company …`` of what was shipped of an order."""

    NAME = "fulfillment"
    PATH = "orders/{order_id}/fulfillments/{id}.json"
    RELATIONS: ClassVar[Mapping[str, Relation]] = {
        "order": One("order", "order_id"),
        "location": One("location", "location_id"),
        "line_items": Part("line_item"),
    }
    __slots__ = ()


class FulfillmentEvent(Resource):
    """``status message happened_at …`` of what a carrier reported."""

    NAME = "fulfillment_event"
    PATH = "orders/{order_id}/fulfillments/{fulfillment_id}/events/{id}.json"
    RELATIONS: ClassVar[Mapping[str, Relation]] = {
        "order": One("order", "order_id"),
        "fulfillment": One("fulfillment", "fulfillment_id"),
    }
    __slots__ = ()


class FulfillmentOrder(Resource):
    """``status assigned_location line_items …`` of what is to be shipped from one place."""

    NAME = "fulfillment_order"
    PATH = "fulfillment_orders/{id}.json"
    RELATIONS: ClassVar[Mapping[str, Relation]] = {"order": One("order", "order_id")}
    __slots__ = ()
