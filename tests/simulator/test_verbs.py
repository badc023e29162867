"""What shoppers and staff do: ``sell``, ``adjust``, ``restock``, ``edit-product``, ``tag``."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from runner.errors import InputError
from runner.simulator.server import RunningShop


def held(shop: RunningShop, sku: str, location: str = "Workshop") -> dict[str, int]:
    """The stored quantities of a SKU at a location."""
    objects = shop.state()["objects"]
    item = next(gid for gid, node in objects["InventoryItem"].items() if node["sku"] == sku)
    place = next(gid for gid, node in objects["Location"].items() if node["name"] == location)
    levels = objects["InventoryLevel"].values()
    found: dict[str, int] = next(
        level["_quantities"] for level in levels if (level["item"], level["location"]) == (item, place)
    )
    return found


def test_a_sale_commits_what_was_available(shop: RunningShop) -> None:
    shop.subscribe("inventory_levels/update")
    answer = shop.do("sell", sku="HD-OAK", location="Workshop", quantity=2)
    assert answer["lines"][0] == {
        "variant": "gid://shopify/ProductVariant/90000002",
        "sku": "HD-OAK",
        "quantity": 2,
        "available": 28,
        "committed": 2,
        "on_hand": 30,
    }
    (delivery,) = shop.take()
    assert delivery["payload"]["available"] == 28
    assert shop.changes()[-1]["cause"] == "do/sell"


def test_an_order_of_several_lines_sends_one_webhook_an_item(shop: RunningShop) -> None:
    shop.subscribe("inventory_levels/update")
    lines = [{"sku": "HD-OAK"}, {"sku": "HD-PAPER", "quantity": 2}, {"sku": "HD-OAK", "quantity": 3}]
    shop.do("sell", lines=lines, location="Gallery")
    assert (held(shop, "HD-OAK", "Gallery")["available"], held(shop, "HD-PAPER", "Gallery")["available"]) == (8, 10)
    assert len(shop.take()) == 2


@pytest.mark.parametrize("location", [None, "workshop", 20000001, "gid://shopify/Location/20000001"])
def test_a_location_goes_by_name_number_or_gid_and_is_the_primary_one_by_default(
    shop: RunningShop, location: Any
) -> None:
    given = {} if location is None else {"location": location}
    assert shop.do("sell", variant=90000001, **given)["location"] == "Workshop"


def test_nobody_buys_more_than_there_is_unless_forced(shop: RunningShop) -> None:
    with pytest.raises(InputError, match="only 12 of HD-OAK at Gallery, not 13"):
        shop.do("sell", lines=[{"sku": "HD-OAK", "quantity": 6}, {"sku": "HD-OAK", "quantity": 7}], location="Gallery")
    assert held(shop, "HD-OAK", "Gallery")["available"] == 12
    shop.do("sell", sku="HD-OAK", quantity=13, location="Gallery", force=True)
    assert held(shop, "HD-OAK", "Gallery")["available"] == -1


@pytest.mark.parametrize(
    ("verb", "given", "message", "hint"),
    [
        ("sell", {"sku": "HD-OKA"}, "there is no SKU 'HD-OKA'", "did you mean 'HD-OAK'?"),
        ("sell", {"sku": "HD-OAK", "location": "Galery"}, "there is no location 'Galery'", "did you mean 'Gallery'?"),
        ("sell", {"sku": "HD-OAK", "amount": 3}, "there is no argument of sell 'amount'", None),
        ("sell", {"sku": "HD-OAK", "quantity": 0}, "quantity must be at least 1, not 0", None),
        ("sell", {"sku": "HD-OAK", "quantity": "two"}, "quantity must be a whole number, not 'two'", None),
        ("sell", {}, "say which variant: sku or variant is missing", None),
        ("sell", {"variant": 1}, "there is no variant 1", None),
        ("adjust", {"sku": "HD-OAK"}, "say how: delta", None),
        ("adjust", {"sku": "HD-OAK", "delta": 1, "to": 1}, "say how: delta", None),
        ("adjust", {"sku": "HD-OAK", "delta": 1, "name": "lost"}, "there is no quantity 'lost'", None),
        ("edit-product", {"product": "harbor-at-dawn"}, "there is no product", "did you mean 'harbour-at-dawn'?"),
        ("edit-product", {"product": "harbour-at-dawn", "title": ""}, "Title can't be blank", None),
        ("edit-product", {"product": "harbour-at-dawn", "status": "gone"}, "there is no status 'gone'", None),
        ("edit-product", {}, "say which product", None),
        ("tag", {"product": "harbour-at-dawn"}, "say which tags", None),
        ("tag", {"id": "gid://shopify/Location/20000001", "add": "x"}, "Invalid id", None),
        ("hold-key", {}, "say which key", None),
    ],
)
def test_a_mistake_says_what_and_the_nearest_name(
    shop: RunningShop, verb: str, given: dict[str, Any], message: str, hint: str | None
) -> None:
    with pytest.raises(InputError) as caught:
        shop.do(verb, given)
    assert message in caught.value.message
    if hint is not None:
        assert caught.value.hint == hint


@pytest.mark.parametrize(
    ("verb", "given", "name", "expected"),
    [
        ("adjust", {"delta": -4}, "available", 26),
        ("adjust", {"to": 3}, "available", 3),
        ("adjust", {"to": 3, "name": "damaged"}, "damaged", 3),
        ("adjust", {"to": 20, "name": "on_hand"}, "available", 20),
        ("restock", {"quantity": 10}, "available", 40),
        ("restock", {}, "available", 31),
    ],
)
def test_staff_changes_stock(shop: RunningShop, verb: str, given: dict[str, Any], name: str, expected: int) -> None:
    shop.subscribe("inventory_levels/update")
    shop.do(verb, {"sku": "HD-OAK", "location": "Workshop", **given})
    assert held(shop, "HD-OAK")[name] == expected
    assert len(shop.take()) == 1


def test_a_product_is_saved_and_tagged(shop: RunningShop) -> None:
    shop.subscribe("products/update")
    assert shop.do("edit-product", product="Harbour at Dawn", type="Poster", tags="a, b")["product_type"] == "Poster"
    assert shop.do("tag", product="harbour-at-dawn", add=["c"], remove="a")["tags"] == ["b", "c"]
    assert [delivery["payload"]["tags"] for delivery in shop.take()] == ["a, b", "a, b, c", "b, c"]


def test_orders_and_customers_are_tagged_by_the_names_that_staff_sees(shop: RunningShop) -> None:
    shop.do("order", lines=[{"sku": "HD-OAK"}], location="Gallery", email="pat@example.com")
    order = shop.do("tag", order="#1001", add=["packed"])
    customer = shop.do("tag", customer="pat@example.com", add="vip")
    assert (order["id"].split("/")[3], order["tags"]) == ("Order", ["packed"])
    assert (customer["id"].split("/")[3], customer["tags"]) == ("Customer", ["vip"])
    with pytest.raises(InputError, match="#9999"):
        shop.do("tag", order="#9999", add=["packed"])


def test_an_item_that_is_not_tracked_is_sold_without_a_trace(shop: RunningShop, http: httpx.Client) -> None:
    http.put("/admin/inventory_items/30000002.json", json={"inventory_item": {"tracked": False}})
    assert shop.do("sell", sku="HD-OAK", quantity=99)["lines"][0]["available"] is None
    assert held(shop, "HD-OAK")["available"] == 30


def test_verbs_are_reached_over_http(shop: RunningShop, http: httpx.Client) -> None:
    answer = http.post("/_sim/do/sell", json={"sku": "HD-OAK", "location": "Gallery"})
    assert answer.status_code == 200
    assert answer.json()["lines"][0]["available"] == 11
    refused = http.post("/_sim/do/sell", json={"sku": "HD-OKA"})
    assert refused.status_code in (400, 404, 422)
    assert "HD-OAK" in refused.text


@pytest.mark.parametrize(
    ("verb", "given"),
    [("order", {"address": "12 Harbour Street"}), ("order", {"billing": 5}), ("check-out", {"address": ["x"]})],
)
def test_an_address_that_is_none_is_refused_by_name(shop: RunningShop, verb: str, given: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=f"{next(iter(given))} is not what belongs there"):
        shop.do(verb, lines=[{"sku": "HD-OAK"}], **given)


def test_what_a_shopper_leaves_behind_is_kept_with_the_order(shop: RunningShop) -> None:
    traces = {"ip": "203.0.113.4", "user_agent": "Firefox/135.0", "landing": "/?ref=x", "referrer": "https://ads.test/"}
    placed = shop.do("order", lines=[{"sku": "HD-OAK"}], **traces)
    assert (placed["browser_ip"], placed["client_details"]["user_agent"]) == ("203.0.113.4", "Firefox/135.0")
    assert (placed["landing_site"], placed["referring_site"]) == ("/?ref=x", "https://ads.test/")
