"""REST: envelopes, pages, refusals, and that it is another view of the same state."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from runner.simulator.server import RunningShop

Ask = Callable[..., dict[str, Any]]
ITEM, WORKSHOP, GALLERY, PRODUCT, VARIANT = 30000001, 20000001, 20000002, 80000001, 90000001


def links(response: httpx.Response) -> dict[str, str]:
    """The cursors of a ``Link`` header by relation."""
    found = re.findall(r'<([^>]+)>; rel="(\w+)"', response.headers.get("link", ""))
    return {relation: httpx.URL(address).params["page_info"] for address, relation in found}


@pytest.mark.parametrize("prefix", ["/admin/api/2026-04", "/admin"])
@pytest.mark.parametrize(
    ("path", "key", "keys"),
    [
        (
            "shop.json",
            "shop",
            {"id", "name", "iana_timezone", "primary_location_id", "myshopify_domain", "customer_email"},
        ),
        (f"locations/{WORKSHOP}.json", "location", {"id", "name", "active", "country_code", "province_code"}),
        (
            f"products/{PRODUCT}.json",
            "product",
            {"id", "title", "product_type", "tags", "variants", "options", "status"},
        ),
        (f"variants/{VARIANT}.json", "variant", {"id", "product_id", "sku", "inventory_item_id", "option1", "price"}),
        (f"products/{PRODUCT}/variants/{VARIANT}.json", "variant", {"inventory_quantity", "inventory_management"}),
        (f"inventory_items/{ITEM}.json", "inventory_item", {"id", "sku", "tracked", "cost"}),
    ],
)
def test_one_resource_comes_in_its_envelope(
    http: httpx.Client, prefix: str, path: str, key: str, keys: set[str]
) -> None:
    response = http.get(f"{prefix}/{path}")
    assert response.status_code == 200
    assert response.json().keys() == {key}
    assert keys <= response.json()[key].keys()
    assert response.headers["X-Shopify-Shop-Api-Call-Limit"] == "1/40"


def test_values_are_written_as_rest_writes_them(http: httpx.Client) -> None:
    product = http.get(f"/admin/products/{PRODUCT}.json").json()["product"]
    assert product["tags"] == "limited, sea"
    assert product["admin_graphql_api_id"] == f"gid://shopify/Product/{PRODUCT}"
    assert product["created_at"] == "2026-03-02T10:00:00-05:00"
    assert product["status"] == "active"
    variant = product["variants"][0]
    assert (variant["price"], variant["compare_at_price"], variant["inventory_quantity"]) == ("120.00", None, 42)
    assert (variant["option1"], variant["option2"], variant["inventory_policy"]) == ("Unframed", None, "deny")


def test_levels_are_listed_by_items_and_locations(http: httpx.Client) -> None:
    def pairs(**query: str) -> list[tuple[int, int]]:
        levels = http.get("/admin/inventory_levels.json", params=query).json()["inventory_levels"]
        return [(level["inventory_item_id"], level["location_id"]) for level in levels]

    assert pairs(inventory_item_ids=f"{ITEM}") == [(ITEM, WORKSHOP), (ITEM, GALLERY)]
    assert pairs(inventory_item_ids=f"{ITEM},{ITEM + 1}", location_ids=f"{GALLERY}") == [
        (ITEM, GALLERY),
        (ITEM + 1, GALLERY),
    ]
    assert {location for _, location in pairs(location_ids=f"{GALLERY}")} == {GALLERY}
    assert pairs(inventory_item_ids="1") == []
    assert http.get("/admin/inventory_levels.json").status_code == 422


def set_level(http: httpx.Client, **body: Any) -> httpx.Response:
    given = {"location_id": WORKSHOP, "inventory_item_id": ITEM, "available": 7, **body}
    return http.post("/admin/inventory_levels/set.json", json=given)


def test_setting_a_level_shows_in_graphql_and_sends_its_rendering(
    http: httpx.Client, ask: Ask, shop: RunningShop
) -> None:
    shop.subscribe("inventory_levels/update")
    response = set_level(http)
    assert response.status_code == 200
    body = ask('{ inventoryItem(id: "gid://shopify/InventoryItem/30000001") { variant { inventoryQuantity } } }')
    assert body["data"]["inventoryItem"]["variant"]["inventoryQuantity"] == 7 + 12
    (delivery,) = shop.take()
    assert delivery["payload"] == response.json()["inventory_level"]
    assert delivery["payload"]["available"] == 7


def test_setting_what_is_so_already_changes_nothing(http: httpx.Client, shop: RunningShop) -> None:
    shop.subscribe("inventory_levels/update")
    assert set_level(http, available=30).json()["inventory_level"]["available"] == 30
    assert shop.take() == []


@pytest.mark.parametrize(
    ("body", "status", "errors"),
    [
        ({"location_id": 9}, 404, "Not Found"),
        ({"inventory_item_id": 9}, 404, "Not Found"),
        ({"location_id": None}, 400, {"location_id": "Required parameter missing or invalid"}),
        ({"available": None}, 400, {"available": "Required parameter missing or invalid"}),
        ({"available": 1.5}, 400, {"available": "Required parameter missing or invalid"}),
        ({"available": "many"}, 400, {"available": "Required parameter missing or invalid"}),
    ],
)
def test_a_level_that_cannot_be_set_says_why(
    http: httpx.Client, body: dict[str, Any], status: int, errors: Any
) -> None:
    response = set_level(http, **body)
    assert (response.status_code, response.json()) == (status, {"errors": errors})


def test_an_item_that_is_not_tracked_has_no_level_to_set(http: httpx.Client) -> None:
    http.put(f"/admin/inventory_items/{ITEM}.json", json={"inventory_item": {"tracked": False}})
    response = set_level(http)
    assert response.status_code == 422
    assert response.json() == {"errors": ["Inventory item does not have inventory tracking enabled"]}


def test_adjusting_is_relative(http: httpx.Client) -> None:
    given = {"location_id": WORKSHOP, "inventory_item_id": ITEM, "available_adjustment": -4}
    assert http.post("/admin/inventory_levels/adjust.json", json=given).json()["inventory_level"]["available"] == 26


def test_a_level_is_disconnected_connected_and_set_connects_by_itself(http: httpx.Client, shop: RunningShop) -> None:
    for topic in ("inventory_levels/connect", "inventory_levels/disconnect"):
        shop.subscribe(topic)
    pair = {"inventory_item_id": ITEM, "location_id": GALLERY}
    gone = http.delete("/admin/inventory_levels.json", params=pair)
    assert (gone.status_code, gone.content) == (204, b"")
    assert http.delete("/admin/inventory_levels.json", params=pair).status_code == 404
    assert http.post("/admin/inventory_levels/adjust.json", json={**pair, "available_adjustment": 1}).status_code == 422
    made = http.post("/admin/inventory_levels/connect.json", json=pair)
    assert (made.status_code, made.json()["inventory_level"]["available"]) == (201, 0)
    http.delete("/admin/inventory_levels.json", params=pair)
    assert set_level(http, location_id=GALLERY).json()["inventory_level"]["available"] == 7
    topics = [delivery["topic"] for delivery in shop.take()]
    assert topics == ["inventory_levels/disconnect", "inventory_levels/connect"] * 2


def test_the_last_level_stays(http: httpx.Client) -> None:
    http.delete("/admin/inventory_levels.json", params={"inventory_item_id": ITEM, "location_id": GALLERY})
    response = http.delete("/admin/inventory_levels.json", params={"inventory_item_id": ITEM, "location_id": WORKSHOP})
    assert response.status_code == 422


def test_pages_are_linked_in_both_directions(http: httpx.Client) -> None:
    every = [product["id"] for product in http.get("/admin/products.json").json()["products"]]
    seen, cursor, pages = [], None, 0
    while True:
        response = http.get("/admin/products.json", params={"limit": 2, **({"page_info": cursor} if cursor else {})})
        seen += [product["id"] for product in response.json()["products"]]
        pages += 1
        assert ("previous" in links(response)) is (pages > 1)
        if "next" not in links(response):
            break
        cursor = links(response)["next"]
    assert seen == every
    assert pages == -(-len(every) // 2)
    back = http.get("/admin/products.json", params={"limit": 2, "page_info": links(response)["previous"]})
    assert [product["id"] for product in back.json()["products"]] == every[2 * (pages - 2) : 2 * (pages - 1)]


def test_a_cursor_keeps_the_filters_of_its_first_page(http: httpx.Client) -> None:
    first = http.get("/admin/products.json", params={"limit": 1, "product_type": "Limited print"})
    second = http.get("/admin/products.json", params={"limit": 50, "page_info": links(first)["next"]})
    kinds = {product["product_type"] for product in second.json()["products"]}
    assert kinds == {"Limited print"}


@pytest.mark.parametrize(
    ("query", "test"),
    [
        ({"ids": f"{PRODUCT}"}, lambda product: product["id"] == PRODUCT),
        ({"since_id": f"{PRODUCT}"}, lambda product: product["id"] > PRODUCT),
        ({"product_type": "Limited print"}, lambda product: product["product_type"] == "Limited print"),
        ({"handle": "harbour-at-dawn"}, lambda product: product["id"] == PRODUCT),
        ({"status": "draft"}, lambda product: product["status"] == "draft"),
        ({"limit": "300"}, lambda product: True),
    ],
)
def test_products_are_filtered(http: httpx.Client, query: dict[str, str], test: Callable[[Any], bool]) -> None:
    every = http.get("/admin/products.json").json()["products"]
    found = http.get("/admin/products.json", params=query).json()["products"]
    assert [product["id"] for product in found] == [product["id"] for product in every if test(product)]


def test_items_are_listed_by_their_ids(http: httpx.Client) -> None:
    items = http.get("/admin/inventory_items.json", params={"ids": f"{ITEM + 1},{ITEM},1"}).json()["inventory_items"]
    assert [item["id"] for item in items] == [ITEM, ITEM + 1]
    assert http.get("/admin/inventory_items.json").status_code == 400


def test_connecting_may_take_an_item_from_its_other_locations(http: httpx.Client) -> None:
    pair = {"inventory_item_id": ITEM, "location_id": GALLERY}
    http.delete("/admin/inventory_levels.json", params=pair)
    http.post("/admin/inventory_levels/connect.json", json={**pair, "relocate_if_necessary": True})
    levels = http.get("/admin/inventory_levels.json", params={"inventory_item_ids": f"{ITEM}"}).json()[
        "inventory_levels"
    ]
    assert [(level["location_id"], level["available"]) for level in levels] == [(GALLERY, 0)]


def test_fields_choose_the_keys(http: httpx.Client) -> None:
    products = http.get("/admin/products.json", params={"fields": "id,title"}).json()["products"]
    assert all(product.keys() == {"id", "title"} for product in products)


@pytest.mark.parametrize(
    ("query", "status"),
    [({"limit": "x"}, 400), ({"limit": "0"}, 400), ({"page_info": "x"}, 400), ({"since_id": "x"}, 400)],
)
def test_bad_paging_is_refused(http: httpx.Client, query: dict[str, str], status: int) -> None:
    assert http.get("/admin/products.json", params=query).status_code == status


@pytest.mark.parametrize(
    "path",
    [
        "products/1.json",
        "variants/1.json",
        f"products/{PRODUCT}/variants/90000099.json",
        "products/80000002/variants/90000001.json",
        "locations/1.json",
        "inventory_items/1.json",
        "metafields/1.json",
    ],
)
def test_what_is_not_there_is_not_found(http: httpx.Client, path: str) -> None:
    response = http.get(f"/admin/{path}")
    assert (response.status_code, response.json()) == (404, {"errors": "Not Found"})


def test_counts_and_nested_lists(http: httpx.Client) -> None:
    assert http.get("/admin/products/count.json").json() == {
        "count": len(http.get("/admin/products.json").json()["products"])
    }
    assert http.get(f"/admin/products/{PRODUCT}/variants/count.json").json() == {"count": 3}
    assert len(http.get(f"/admin/products/{PRODUCT}/variants.json").json()["variants"]) == 3
    assert http.get("/admin/locations/count.json").json() == {"count": 2}
    levels = http.get(f"/admin/locations/{GALLERY}/inventory_levels.json", params={"limit": 2}).json()[
        "inventory_levels"
    ]
    assert [level["location_id"] for level in levels] == [GALLERY, GALLERY]


def test_a_product_and_a_variant_are_changed(http: httpx.Client, shop: RunningShop) -> None:
    shop.subscribe("products/update")
    body = {"product": {"id": PRODUCT, "title": "Dawn", "tags": "b, a", "status": "archived", "body_html": "<p>x</p>"}}
    product = http.put(f"/admin/products/{PRODUCT}.json", json=body).json()["product"]
    assert (product["title"], product["tags"], product["status"]) == ("Dawn", "a, b", "archived")
    changed = {"variant": {"price": "9.5", "sku": "NEW", "compare_at_price": None, "inventory_policy": "continue"}}
    variant = http.put(f"/admin/variants/{VARIANT}.json", json=changed).json()["variant"]
    assert (variant["price"], variant["sku"], variant["inventory_policy"]) == ("9.50", "NEW", "continue")
    assert http.get(f"/admin/inventory_items/{ITEM}.json").json()["inventory_item"]["sku"] == "NEW"
    assert len(shop.take()) == 2


@pytest.mark.parametrize(
    ("path", "body", "status", "errors"),
    [
        (f"products/{PRODUCT}", {"product": {"title": ""}}, 422, {"title": ["can't be blank"]}),
        (f"products/{PRODUCT}", {"product": {"status": "gone"}}, 422, {"status": ["is not included in the list"]}),
        (f"products/{PRODUCT}", {"title": "x"}, 400, {"product": "Required parameter missing or invalid"}),
        (f"variants/{VARIANT}", {"variant": {"price": "x"}}, 422, {"price": ["is not a number"]}),
        (f"variants/{VARIANT}", {"variant": {"price": -1}}, 422, {"price": ["must be greater than or equal to 0"]}),
        (f"inventory_items/{ITEM}", {"inventory_item": {"cost": -1}}, 422, None),
    ],
)
def test_changes_that_are_wrong_are_refused(
    http: httpx.Client, path: str, body: dict[str, Any], status: int, errors: Any
) -> None:
    response = http.put(f"/admin/{path}.json", json=body)
    assert response.status_code == status
    if errors is not None:
        assert response.json() == {"errors": errors}


@pytest.mark.parametrize("owner", ["", f"products/{PRODUCT}/", f"variants/{VARIANT}/", f"locations/{WORKSHOP}/"])
def test_metafields_live_through_rest(http: httpx.Client, owner: str) -> None:
    given = {"namespace": "custom", "key": "size", "type": "number_integer", "value": 3}
    made = http.post(f"/admin/{owner}metafields.json", json={"metafield": given})
    assert made.status_code == 201
    metafield = made.json()["metafield"]
    assert (metafield["value"], metafield["namespace"]) == (3, "custom")
    path = f"/admin/{owner}metafields/{metafield['id']}.json"
    assert http.put(path, json={"metafield": {"value": 4}}).json()["metafield"]["value"] == 4
    listed = http.get(f"/admin/{owner}metafields.json", params={"key": "size"}).json()["metafields"]
    assert [each["value"] for each in listed] == [4]
    assert http.delete(path).status_code == 200
    assert http.get(path).status_code == 404


def test_a_wrong_metafield_is_refused_by_field(http: httpx.Client) -> None:
    response = http.post("/admin/metafields.json", json={"metafield": {"namespace": "custom", "key": "k", "value": ""}})
    assert response.status_code == 422
    assert response.json()["errors"] == {
        "key": ["is too short (minimum is 2 characters)"],
        "type": ["can't be blank"],
    }
