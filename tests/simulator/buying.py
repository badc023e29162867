"""A shop whose orders, payments and parcels tests can follow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from runner.simulator.server import RunningShop

Ask = Callable[..., dict[str, Any]]
SEED: dict[str, Any] = {
    "shop": {"name": "Kiln", "domain": "kiln.myshopify.com", "timezone": "America/New_York"},
    "clock": "2026-03-02T10:00:00-05:00",
    "locations": ["Workshop", "Gallery"],
    "products": [
        {
            "title": "Mug",
            "vendor": "Kiln",
            "options": {"Colour": ["Blue", "Red"]},
            "variants": [
                {"Colour": "Blue", "sku": "MUG-B", "price": "27.50", "levels": {"Workshop": 10, "Gallery": 4}},
                {"Colour": "Red", "sku": "MUG-R", "price": "25.00", "levels": {"Workshop": 5}},
            ],
        },
        {"title": "Hook", "sku": "HOOK", "price": "4.00", "tracked": False},
    ],
    "customers": [
        {
            "name": "Pat Moss",
            "id": 7001,
            "email": "pat@shop.test",
            "tags": "vip",
            "addresses": [{"address1": "9 Low Rd", "city": "York", "country_code": "GB", "zip": "YO1 7HH"}],
        }
    ],
}
PAT = "gid://shopify/Customer/7001"
FIRST = "gid://shopify/Order/50000001"
CART: dict[str, Any] = {
    "lines": [{"sku": "MUG-B", "quantity": 2}, {"sku": "MUG-R"}],
    "customer": "pat@shop.test",
    "shipping": {"title": "Standard", "price": "5.00"},
}
"""55.00 and 25.00 and 5.00 for shipping: 85.00."""


def mutate(ask: Ask, text: str, **variables: Any) -> dict[str, Any]:
    """The payload of the one mutation in ``text``."""
    body = ask(text if variables else f"mutation {{ {text} }}", **variables)
    assert "errors" not in body, body
    (payload,) = body["data"].values()
    result: dict[str, Any] = payload
    return result


def read(ask: Ask, fields: str, node_id: str = FIRST) -> dict[str, Any]:
    """Fields of an order."""
    body = ask(f'query {{ order(id: "{node_id}") {{ {fields} }} }}')
    assert "errors" not in body, body
    order: dict[str, Any] = body["data"]["order"]
    return order


def held(shop: RunningShop, sku: str, location: str = "Workshop") -> tuple[int, int]:
    """What is available and what is committed of a SKU at a location."""
    objects = shop.state()["objects"]
    item = next(gid for gid, node in objects["InventoryItem"].items() if node["sku"] == sku)
    place = next(gid for gid, node in objects["Location"].items() if node["name"] == location)
    for level in objects["InventoryLevel"].values():
        if (level["item"], level["location"]) == (item, place):
            return level["_quantities"]["available"], level["_quantities"]["committed"]
    raise AssertionError(f"{sku} is not at {location}")


def topics(shop: RunningShop) -> list[str]:
    """The topics of the webhooks sent since the last look, in their order."""
    return [delivery["topic"] for delivery in shop.take()]
