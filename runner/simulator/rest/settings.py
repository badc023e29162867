"""Settings of the shop over REST: shipping zones, countries, currencies, policies, staff, and the scopes of the app."""

from __future__ import annotations

from typing import Any

from runner.shopify.schema import load
from runner.simulator.auth import every_scope
from runner.simulator.contract import Context, RestCall, RestReply, Route
from runner.simulator.families.delivery_profiles import default_profile
from runner.simulator.families.markets import country_name
from runner.simulator.families.rendering import shop_time
from runner.simulator.families.staff import staff
from runner.simulator.graph import Node
from runner.simulator.rest.paging import not_found


def _countries(context: Context) -> list[dict[str, Any]]:
    """Every country that a market sells to, numbered in the order of its code."""
    codes = {code for market in context.graph.of_type("Market") for code in market["_countries"] or []}
    return [
        {"id": number, "name": country_name(code), "code": code, "tax_name": "Tax", "tax": 0.0, "provinces": []}
        for number, code in enumerate(sorted(codes), 1)
    ]


def shipping_zones(context: Context, call: RestCall) -> RestReply:
    """One zone for each market. Rates are not simulated."""
    profile = default_profile(context.graph)
    known = {country["code"]: country for country in _countries(context)}
    zones = []
    for market in context.graph.of_type("Market"):
        rows = [{**known[code], "shipping_zone_id": market.number} for code in market["_countries"] or []]
        zones.append(
            {
                "id": market.number,
                "name": market["name"],
                "profile_id": f"gid://shopify/DeliveryProfile/{profile.number if profile is not None else 0}",
                "location_group_id": f"gid://shopify/DeliveryLocationGroup/{profile.number if profile else 0}",
                "admin_graphql_api_id": f"gid://shopify/DeliveryZone/{market.number}",
                "countries": rows,
                "weight_based_shipping_rates": [],
                "price_based_shipping_rates": [],
                "carrier_shipping_rate_providers": [],
            }
        )
    return RestReply(200, {"shipping_zones": zones})


def countries(context: Context, call: RestCall) -> RestReply:
    """The countries that the shop sells to."""
    return RestReply(200, {"countries": _countries(context)})


def countries_count(context: Context, call: RestCall) -> RestReply:
    """How many countries the shop sells to."""
    return RestReply(200, {"count": len(_countries(context))})


def country(context: Context, call: RestCall) -> RestReply:
    """One country."""
    for row in _countries(context):
        if row["id"] == call.ids["id"]:
            return RestReply(200, {"country": row})
    raise not_found()


def currencies(context: Context, call: RestCall) -> RestReply:
    """The currencies that the shop takes."""
    shop = context.shop
    row = {"currency": shop["currencyCode"], "rate_updated_at": shop_time(shop["updatedAt"], context), "enabled": True}
    return RestReply(200, {"currencies": [row]})


def access_scopes(context: Context, call: RestCall) -> RestReply:
    """The scopes of the token."""
    held = every_scope(load(context.api_version)) if context.scopes is None else context.scopes
    return RestReply(200, {"access_scopes": [{"handle": scope} for scope in sorted(held)]})


def render_user(member: Node) -> dict[str, Any]:
    """A member of the staff."""
    return {
        "id": member.number,
        "first_name": member["firstName"],
        "last_name": member["lastName"],
        "email": member["email"],
        "phone": member["phone"],
        "url": None,
        "im": None,
        "screen_name": None,
        "account_owner": bool(member["isShopOwner"]),
        "receive_announcements": 0,
        "bio": None,
        "permissions": ["full"],
        "locale": member["locale"] or "en",
        "user_type": "regular",
        "admin_graphql_api_id": member.id,
        "tfa_enabled?": False,
    }


def users(context: Context, call: RestCall) -> RestReply:
    """The staff."""
    return RestReply(200, {"users": [render_user(each) for each in staff(context)]})


def user(context: Context, call: RestCall) -> RestReply:
    """One member of the staff."""
    for each in staff(context):
        if each.number == call.ids["id"]:
            return RestReply(200, {"user": render_user(each)})
    raise not_found()


def _nothing(name: str) -> Any:
    """A list that every simulated shop has empty."""
    return lambda context, call: RestReply(200, {name: []})


ROUTES = (
    Route("GET", "shipping_zones", shipping_zones, "read_shipping"),
    Route("GET", "countries", countries, "read_shipping"),
    Route("GET", "countries/count", countries_count, "read_shipping"),
    Route("GET", "countries/{id}", country, "read_shipping"),
    Route("GET", "currencies", currencies),
    Route("GET", "oauth/access_scopes", access_scopes),
    Route("GET", "policies", _nothing("policies")),
    Route("GET", "reports", _nothing("reports"), "read_reports"),
    Route("GET", "users", users, "read_users"),
    Route("GET", "users/{id}", user, "read_users"),
    Route("GET", "carrier_services", _nothing("carrier_services"), "read_shipping"),
)
