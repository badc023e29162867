"""Shipping zones."""

from __future__ import annotations

from runner.liquid.objects.listing import Listing
from runner.liquid.objects.resource import Resource

SHIPPING_ZONES = Listing("shipping_zone", ("shipping_zones.json",), paged=False, limit=False)


class ShippingZone(Resource):
    """``name countries price_based_shipping_rates …`` of one zone."""

    NAME = "shipping_zone"
    __slots__ = ()
