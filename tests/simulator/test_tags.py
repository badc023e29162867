"""``tagsAdd`` and ``tagsRemove``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from runner.simulator.server import RunningShop

Ask = Callable[..., dict[str, Any]]
PRODUCT = "gid://shopify/Product/80000001"


def change(ask: Ask, name: str, node_id: str, tags: list[str]) -> dict[str, Any]:
    node = "node { id ... on Product { tags } }"
    call = f"{name}(id: $id, tags: $tags) {{ {node} userErrors {{ field message }} }}"
    return ask(f"mutation($id: ID!, $tags: [String!]!) {{ {call} }}", id=node_id, tags=tags)


@pytest.mark.parametrize(
    ("name", "tags", "left"),
    [
        ("tagsAdd", ["new"], ["limited", "new", "sea"]),
        ("tagsAdd", ["new, old ", ""], ["limited", "new", "old", "sea"]),
        ("tagsAdd", ["SEA", "Sea"], ["limited", "sea"]),
        ("tagsAdd", [], ["limited", "sea"]),
        ("tagsRemove", ["SEA"], ["limited"]),
        ("tagsRemove", ["sea, limited"], []),
        ("tagsRemove", ["unknown"], ["limited", "sea"]),
    ],
)
def test_tags_are_compared_without_case_and_split_at_commas(
    ask: Ask, name: str, tags: list[str], left: list[str]
) -> None:
    payload = change(ask, name, PRODUCT, tags)["data"][name]
    assert payload == {"node": {"id": PRODUCT, "tags": left}, "userErrors": []}


def test_only_a_change_of_a_product_is_told(ask: Ask, shop: RunningShop) -> None:
    shop.subscribe("products/update")
    change(ask, "tagsAdd", PRODUCT, ["sea"])
    assert shop.take() == []
    change(ask, "tagsAdd", PRODUCT, ["new"])
    (delivery,) = shop.take()
    assert delivery["payload"]["tags"] == "limited, new, sea"


@pytest.mark.parametrize("node_id", ["gid://shopify/Location/20000001", "gid://shopify/ProductVariant/90000001"])
def test_a_type_without_tags_is_an_invalid_id(ask: Ask, node_id: str) -> None:
    body = change(ask, "tagsAdd", node_id, ["x"])
    assert body["errors"][0]["message"] == f"Invalid id: {node_id}"
    assert body["errors"][0]["extensions"] == {"code": "RESOURCE_NOT_FOUND"}
    assert body["data"] == {"tagsAdd": None}


@pytest.mark.parametrize(
    ("node_id", "tags", "field", "message"),
    [
        ("gid://shopify/Product/1", ["x"], ["id"], "Product does not exist"),
        (PRODUCT, ["x" * 256], ["tags"], "Tags are too long (maximum is 255 characters)"),
        (PRODUCT, [f"t{number}" for number in range(249)], ["tags"], "Tags can't have more than 250 values"),
    ],
)
def test_mistakes_are_user_errors(ask: Ask, node_id: str, tags: list[str], field: list[str], message: str) -> None:
    payload = change(ask, "tagsAdd", node_id, tags)["data"]["tagsAdd"]
    assert payload == {"node": None, "userErrors": [{"field": field, "message": message}]}


def test_orders_and_customers_in_the_graph_are_taggable(ask: Ask, shop: RunningShop) -> None:
    customer = shop.shop.graph.create("Customer", {"tags": ["vip"]})
    assert change(ask, "tagsAdd", customer.id, ["new"])["data"]["tagsAdd"]["userErrors"] == []
    assert customer["tags"] == ["new", "vip"]
