"""Draft orders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from runner.liquid.objects.listing import Listing
from runner.liquid.objects.relation import ByName, One, Part, Relation
from runner.liquid.objects.resource import Resource

DRAFT_ORDERS = Listing(
    "draft_order",
    ("draft_orders.json",),
    counted=True,
    params={"status": "open"},
    scopes={
        "open": {"status": "open"},
        "invoice_sent": {"status": "invoice_sent"},
        "completed": {"status": "completed"},
        # No status of Shopify's, but scripts ask for it: a draft order is closed by completing it.
        "closed": {"status": "completed"},
    },
)


class DraftOrder(Resource):
    """``status invoice_sent_at total_price …`` of a draft order, and the order it became."""

    NAME = "draft_order"
    PATH = "draft_orders/{id}.json"
    RELATIONS: ClassVar[Mapping[str, Relation]] = {
        "order": One("order", "order_id"),
        "customer": Part("customer", whole=False),
        "line_items": Part("line_item"),
        "note_attributes": ByName(),
    }
    __slots__ = ()
