"""Orders, and the scopes under which lists of them are narrowed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from runner.liquid.objects.listing import Listing
from runner.liquid.objects.relation import ByName, Many, MetafieldsAt, One, Part, Relation
from runner.liquid.objects.resource import Resource

_STATUS = ("any", "open", "closed", "cancelled")
_FINANCIAL = (
    "authorized",
    "pending",
    "paid",
    "partially_paid",
    "refunded",
    "voided",
    "partially_refunded",
    "unpaid",
)
_FULFILLMENT = ("shipped", "partial", "unshipped")

ORDERS = Listing(
    "order",
    ("orders.json",),
    counted=True,
    params={"status": "open"},
    scopes={
        **{name: {"status": name} for name in _STATUS},
        **{name: {"financial_status": name} for name in _FINANCIAL},
        **{name: {"fulfillment_status": name} for name in _FULFILLMENT},
    },
)
"""``shop.orders``: open ones by default; scopes set three independent parameters, so ``any.paid.unshipped`` is all."""

_TRANSACTIONS = Listing("transaction", ("orders/{id}/transactions.json",), paged=False, limit=False)
_RISKS = Listing("risk", ("orders/{id}/risks.json",), paged=False, limit=False)
_FULFILLMENT_ORDERS = Listing("fulfillment_order", ("orders/{id}/fulfillment_orders.json",), paged=False, limit=False)


class Order(Resource):
    """Every REST field of an order; ``tags`` is one text, ``note_attributes`` also answers by name."""

    NAME = "order"
    PATH = "orders/{id}.json"
    RELATIONS: ClassVar[Mapping[str, Relation]] = {
        "customer": Part("customer", whole=False),
        "line_items": Part("line_item"),
        "fulfillments": Part("fulfillment"),
        "refunds": Part("refund"),
        "note_attributes": ByName(),
        "transactions": Many(_TRANSACTIONS),
        "risks": Many(_RISKS),
        "fulfillment_orders": Many(_FULFILLMENT_ORDERS),
        "location": One("location", "location_id"),
        "metafields": MetafieldsAt("orders/{id}/metafields.json"),
    }
    __slots__ = ()
