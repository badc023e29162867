"""Gift cards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from runner.liquid.objects.listing import Listing
from runner.liquid.objects.relation import One, Relation
from runner.liquid.objects.resource import Resource

GIFT_CARDS = Listing(
    "gift_card",
    ("gift_cards.json",),
    counted=True,
    scopes={name: {"status": name} for name in ("enabled", "disabled")},
)


class GiftCard(Resource):
    """``balance initial_value last_characters …`` of a gift card."""

    NAME = "gift_card"
    PATH = "gift_cards/{id}.json"
    RELATIONS: ClassVar[Mapping[str, Relation]] = {
        "order": One("order", "order_id"),
        "customer": One("customer", "customer_id"),
    }
    __slots__ = ()
