"""``GET shop.json``."""

from __future__ import annotations

from runner.simulator.contract import Context, RestCall, RestReply, Route
from runner.simulator.families.rendering import render_shop
from runner.simulator.rest.paging import one


def show(context: Context, call: RestCall) -> RestReply:
    """The shop record."""
    return one("shop", context.shop, render_shop, context, call)


ROUTES = (Route("GET", "shop", show),)
