"""Locations over REST, with the levels at one."""

from __future__ import annotations

from runner.simulator.contract import Context, RestCall, RestReply, Route
from runner.simulator.families.quantities import active
from runner.simulator.families.rendering import render_level, render_location
from runner.simulator.rest.paging import fetch, listing, one


def index(context: Context, call: RestCall) -> RestReply:
    """Every location, inactive ones too."""
    return listing("locations", context.graph.of_type("Location"), render_location, context, call)


def count(context: Context, call: RestCall) -> RestReply:
    """How many locations there are."""
    return RestReply(200, {"count": context.graph.count("Location")})


def show(context: Context, call: RestCall) -> RestReply:
    """One location."""
    return one("location", fetch(context, "Location", call.ids["id"]), render_location, context, call)


def levels(context: Context, call: RestCall) -> RestReply:
    """What is stocked at a location."""
    location = fetch(context, "Location", call.ids["id"])
    found = [level for level in context.graph.find("InventoryLevel", "location", location.id) if active(level)]
    return listing("inventory_levels", found, render_level, context, call, by_id=False)


ROUTES = (
    Route("GET", "locations", index, "read_locations"),
    Route("GET", "locations/count", count, "read_locations"),
    Route("GET", "locations/{id}", show, "read_locations"),
    Route("GET", "locations/{id}/inventory_levels", levels, "read_inventory"),
)
