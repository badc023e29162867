"""Collections, products, themes over REST; themes, delivery profiles and analytics over GraphQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from runner.simulator.server import RunningShop

Ask = Callable[..., dict[str, Any]]
SEED = {
    "locations": ["Studio"],
    "products": [{"title": "Mug", "id": 11, "price": "20.00", "tags": "sale"}, {"title": "Bowl", "id": 12}],
    "collections": [
        {"title": "Cups", "id": 1, "products": ["mug"]},
        {"title": "Sale", "id": 2, "rules": ["tag equals sale"]},
    ],
    "delivery_profiles": [{"name": "Fragile", "id": 5, "products": ["mug"]}],
    "themes": [
        {"name": "Dawn", "id": 1, "role": "main", "files": {"templates/index.json": '{"sections": {}}'}},
        {"name": "Dusk", "id": 2},
    ],
    "shopifyql": [{"match": "FROM sales SHOW total_sales", "rows": [{"product_id": 11, "total_sales": "20.00"}]}],
}
MUG, BOWL = "gid://shopify/ProductVariant/90000001", "gid://shopify/ProductVariant/90000002"


@pytest.fixture
def shop(served: RunningShop) -> RunningShop:
    """A shop with two collections, two themes and a delivery profile."""
    served.reset(SEED)
    return served


def test_manual_and_smart_collections_are_two_resources(http: httpx.Client) -> None:
    manual = http.get("/admin/custom_collections.json").json()["custom_collections"]
    smart = http.get("/admin/smart_collections.json").json()["smart_collections"]
    assert [row["id"] for row in manual] == [1]
    assert smart[0]["rules"] == [{"column": "tag", "relation": "equals", "condition": "sale"}]
    assert http.get("/admin/custom_collections/2.json").status_code == 404
    assert http.get("/admin/collections/2.json").json()["collection"]["title"] == "Sale"
    assert [row["id"] for row in http.get("/admin/collections/2/products.json").json()["products"]] == [11]
    assert http.get("/admin/smart_collections/count.json", params={"product_id": 12}).json() == {"count": 0}
    assert [row["id"] for row in http.get("/admin/products.json", params={"collection_id": 1}).json()["products"]] == [
        11
    ]


def test_collects_put_products_into_manual_collections(http: httpx.Client) -> None:
    made = http.post("/admin/collects.json", json={"collect": {"collection_id": 1, "product_id": 12}})
    assert (made.status_code, made.json()["collect"]["position"]) == (201, 2)
    rows = http.get("/admin/collects.json", params={"collection_id": 1}).json()["collects"]
    assert [row["product_id"] for row in rows] == [11, 12]
    again = http.post("/admin/collects.json", json={"collect": {"collection_id": 1, "product_id": 12}})
    assert again.status_code == 422
    assert http.delete(f"/admin/collects/{rows[0]['id']}.json").status_code == 200
    assert http.get("/admin/collects/count.json").json() == {"count": 1}
    assert (
        http.post("/admin/collects.json", json={"collect": {"collection_id": 2, "product_id": 12}}).status_code == 403
    )


def test_collections_are_made_changed_and_deleted(http: httpx.Client) -> None:
    made = http.post(
        "/admin/smart_collections.json",
        json={
            "smart_collection": {
                "title": "B",
                "rules": [{"column": "title", "relation": "starts_with", "condition": "B"}],
            }
        },
    )
    assert made.status_code == 201
    number = made.json()["smart_collection"]["id"]
    assert made.json()["smart_collection"]["published_at"] is not None
    wanted = {"smart_collection": {"sort_order": "alpha-asc", "published": False}}
    changed = http.put(f"/admin/smart_collections/{number}.json", json=wanted)
    assert changed.json()["smart_collection"]["sort_order"] == "alpha-asc"
    assert changed.json()["smart_collection"]["published_at"] is None
    assert http.delete(f"/admin/smart_collections/{number}.json").json() == {}
    blank = http.post("/admin/custom_collections.json", json={"custom_collection": {"title": ""}})
    assert (blank.status_code, blank.json()) == (422, {"errors": {"title": ["can't be blank"]}})


def test_a_product_is_made_with_variants_and_deleted(http: httpx.Client, shop: RunningShop) -> None:
    shop.subscribe("products/create")
    given = {
        "title": "Jug",
        "tags": "a, b",
        "options": [{"name": "Size"}],
        "images": [{"src": "https://images.test/jug.jpg"}],
        "variants": [
            {"option1": "S", "price": "10", "sku": "J-S", "inventory_management": "shopify", "inventory_quantity": 4},
            {"option1": "L", "price": "12"},
        ],
    }
    made = http.post("/admin/products.json", json={"product": given})
    assert made.status_code == 201
    product = made.json()["product"]
    rows = [(row["title"], row["price"], row["inventory_quantity"]) for row in product["variants"]]
    assert rows == [("S", "10.00", 4), ("L", "12.00", 0)]
    assert product["published_at"] is not None
    assert product["options"][0]["values"] == ["S", "L"]
    assert len(product["images"]) == 1
    assert [delivery["payload"]["title"] for delivery in shop.take()] == ["Jug"]
    path = f"/admin/products/{product['id']}"
    twice = http.post(f"{path}/variants.json", json={"variant": {"option1": "S"}})
    assert twice.status_code == 422
    added = http.post(f"{path}/variants.json", json={"variant": {"option1": "M", "price": "11"}})
    assert added.json()["variant"]["title"] == "M"
    assert http.delete(f"{path}/variants/{added.json()['variant']['id']}.json").json() == {}
    assert http.delete(f"{path}/images/{product['images'][0]['id']}.json").json() == {}
    assert http.delete(f"{path}.json").json() == {}
    assert http.get(f"{path}.json").status_code == 404


def test_a_theme_is_published_over_rest(http: httpx.Client, shop: RunningShop) -> None:
    shop.subscribe("themes/publish")
    changed = http.put("/admin/api/2026-04/themes/2.json", json={"theme": {"id": 2, "role": "main"}})
    assert changed.json()["theme"]["role"] == "main"
    roles = {row["id"]: row["role"] for row in http.get("/admin/themes.json").json()["themes"]}
    assert roles == {1: "unpublished", 2: "main"}
    assert [delivery["payload"]["id"] for delivery in shop.take()] == [2]


def test_assets_are_read_written_and_deleted(http: httpx.Client) -> None:
    query = {"asset[key]": "templates/index.json"}
    asset = http.get("/admin/themes/1/assets.json", params=query).json()["asset"]
    assert (asset["value"], asset["content_type"], asset["theme_id"]) == ('{"sections": {}}', "application/json", 1)
    assert http.get("/admin/themes/1/assets.json", params={"asset[key]": "x"}).status_code == 404
    assert "value" not in http.get("/admin/themes/1/assets.json").json()["assets"][0]
    written = http.put("/admin/themes/1/assets.json", json={"asset": {"key": "templates/index.json", "value": "{}"}})
    assert written.json()["asset"]["size"] == 2
    http.delete("/admin/themes/1/assets.json", params=query)
    assert http.get("/admin/themes/1/assets.json", params=query).status_code == 404


def test_theme_files_are_written_over_graphql(ask: Ask) -> None:
    body = ask(
        'mutation { themeFilesUpsert(themeId: "gid://shopify/OnlineStoreTheme/1", files: [{filename: "assets/a.txt", '
        'body: {type: TEXT, value: "hi"}}]) { upsertedThemeFiles { filename size } userErrors { code } } }'
    )
    assert body["data"]["themeFilesUpsert"]["upsertedThemeFiles"] == [{"filename": "assets/a.txt", "size": "2"}]
    query = """{ themes(first: 5, roles: [MAIN]) { nodes { name role files(first: 5, filenames: ["assets/*"]) { nodes {
        filename body { ... on OnlineStoreThemeFileBodyText { content } } } userErrors { code } } } } }"""
    (theme,) = ask(query)["data"]["themes"]["nodes"]
    assert theme["files"]["nodes"] == [{"filename": "assets/a.txt", "body": {"content": "hi"}}]
    twice = ask(
        'mutation { themeFilesDelete(themeId: "gid://shopify/OnlineStoreTheme/1", files: ["assets/a.txt", "nothing"]) '
        "{ deletedThemeFiles { filename } userErrors { code filename } } }"
    )["data"]["themeFilesDelete"]
    assert twice == {
        "deletedThemeFiles": [{"filename": "assets/a.txt"}],
        "userErrors": [{"code": "NOT_FOUND", "filename": "nothing"}],
    }


def test_the_published_theme_stays(ask: Ask) -> None:
    text = (
        'mutation {{ themeDelete(id: "gid://shopify/OnlineStoreTheme/{}") {{ deletedThemeId userErrors '
        "{{ field }} }} }}"
    )
    assert ask(text.format(1))["data"]["themeDelete"]["userErrors"] == [{"field": ["id"]}]
    assert ask(text.format(2))["data"]["themeDelete"]["userErrors"] == []


def test_variants_move_between_delivery_profiles(ask: Ask) -> None:
    read = (
        f'{{ mug: productVariant(id: "{MUG}") {{ deliveryProfile {{ id name }} }} bowl: '
        f'productVariant(id: "{BOWL}") {{ deliveryProfile {{ id }} }} }}'
    )
    fragile, general = "gid://shopify/DeliveryProfile/5", "gid://shopify/DeliveryProfile/1"
    before = ask(read)["data"]
    assert before == {
        "mug": {"deliveryProfile": {"id": fragile, "name": "Fragile"}},
        "bowl": {"deliveryProfile": {"id": general}},
    }
    changed = ask(
        f'mutation {{ deliveryProfileUpdate(id: "{fragile}", profile: {{variantsToAssociate: '
        f'["{BOWL}"], variantsToDissociate: ["{MUG}"]}}) '
        "{ profile { productVariantsCount { count } } userErrors { message } } }"
    )
    assert changed["data"]["deliveryProfileUpdate"] == {
        "profile": {"productVariantsCount": {"count": 1}},
        "userErrors": [],
    }
    after = ask(read)["data"]
    assert [after[name]["deliveryProfile"]["id"] for name in ("mug", "bowl")] == [general, fragile]
    missing = ask(
        'mutation { deliveryProfileUpdate(id: "gid://shopify/DeliveryProfile/9", profile: {}) { '
        "userErrors { field message } } }"
    )
    assert missing["data"]["deliveryProfileUpdate"]["userErrors"] == [
        {"field": ["id"], "message": "Profile could not be found"}
    ]
    assert ask('{ deliveryProfile(id: "gid://shopify/DeliveryProfile/9") { id } }')["data"] == {"deliveryProfile": None}


def test_what_is_not_shipped_has_no_profile(ask: Ask) -> None:
    ask(
        'mutation { inventoryItemUpdate(id: "gid://shopify/InventoryItem/30000001", input: '
        "{requiresShipping: false}) { userErrors { field } } }"
    )
    assert ask(f'{{ productVariant(id: "{MUG}") {{ deliveryProfile {{ id }} }} }}')["data"]["productVariant"] == {
        "deliveryProfile": None
    }


def test_analytics_answer_what_the_seed_stored(ask: Ask) -> None:
    query = "query($q: String!) { shopifyqlQuery(query: $q) { tableData { rows columns { name } } parseErrors } }"
    found = ask(query, q="FROM sales\n  SHOW total_sales\n  GROUP BY product_id SINCE -7d")["data"]["shopifyqlQuery"]
    assert found["tableData"]["rows"] == [{"product_id": 11, "total_sales": "20.00"}]
    assert {column["name"] for column in found["tableData"]["columns"]} == {"product_id", "total_sales"}
    wrong = ask(query, q="SHOW total_sales")["data"]["shopifyqlQuery"]
    assert (wrong["tableData"], len(wrong["parseErrors"])) == (None, 1)
    unknown = ask(query, q="FROM orders SHOW orders")
    assert unknown["errors"][0]["extensions"]["code"] == "SIMULATOR_NOT_IMPLEMENTED"
