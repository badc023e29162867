"""Locations: where stock is."""

from __future__ import annotations

from runner.liquid.objects.listing import Listing
from runner.liquid.objects.resource import Resource

LOCATIONS = Listing("location", ("locations.json",), paged=False, limit=False)
"""REST gives all of them at once."""


class Location(Resource):
    """``name active address1 city country_code …`` of one location."""

    NAME = "location"
    PATH = "locations/{id}.json"
    __slots__ = ()
