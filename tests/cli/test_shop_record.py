"""``runner shop record``: a served store becomes a seed that makes the same store, without its people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runner.simulator.seed import load_seed
from runner.simulator.server import RunningShop, simulator
from tests.cli.conftest import Command

SEED: dict[str, Any] = {
    "shop": {
        "name": "Rich",
        "domain": "rich.myshopify.com",
        "plan": "plus",
        "owner": "Mara Lind",
        "email": "m@rich.test",
    },
    "locations": [{"name": "A", "id": 501}, {"name": "B", "active": False}],
    "products": [
        {
            "title": "Cup",
            "id": 7,
            "sku": "CUP",
            "price": "9.50",
            "levels": {"A": {"available": 3, "committed": 2}},
            "tags": ["x", "007"],
            "metafields": {"custom.note": "on"},
        },
        {
            "title": "Shirt",
            "status": "draft",
            "options": {"Size": ["S", "M"]},
            "variants": [
                {"Size": "S", "sku": "0012", "price": "1"},
                {"Size": "M", "sku": "SM", "price": "2", "compare_at_price": "4", "tracked": False},
            ],
        },
        {"title": "Mug {n}", "count": 60},
    ],
    "collections": [
        {"title": "Cups", "products": ["cup"]},
        {"title": "Sale", "any": True, "rules": ["tag equals Sale X", "variant_price less_than 20"]},
    ],
    "customers": [
        {
            "name": "Pat Moss",
            "id": 91,
            "email": "pat@shop.test",
            "phone": "+15550100123",
            "note": "secret words",
            "tags": ["vip"],
            "state": "enabled",
            "orders_before": {"count": 3, "spent": "120.00"},
            "addresses": [{"address1": "1 High St", "city": "Leeds", "country_code": "GB", "zip": "LS1 1AA"}],
        }
    ],
}


@pytest.fixture(scope="module")
def served() -> Iterator[RunningShop]:
    with simulator(SEED) as shop:
        yield shop


@pytest.fixture
def shop(served: RunningShop, monkeypatch: pytest.MonkeyPatch) -> RunningShop:
    monkeypatch.setenv("SHOPIFY_SHOP", served.url)
    monkeypatch.setenv("SHOPIFY_ACCESS_TOKEN", served.token)
    return served


def objects(seed: Any) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for node in load_seed(seed).objects.nodes:
        found.setdefault(node.type, []).append({"id": node.id, **node.fields})
    return found


def seen(things: list[dict[str, Any]], *names: str) -> list[Any]:
    return sorted(([each[name] for name in names] for each in things), key=str)


def test_the_seed_makes_the_same_store_again(run: Command, shop: RunningShop) -> None:
    ran = run("shop", "record", "mine")
    assert ran.code == 0, ran.err
    path = Path("fixtures/_shops/mine.yml")
    before, after = objects(SEED), objects(path)
    for kind, names in {
        "Shop": ("name", "myshopifyDomain", "_plan"),
        "Location": ("id", "name", "isActive"),
        "Product": ("id", "title", "handle", "tags", "status"),
        "ProductVariant": ("title", "sku", "price", "compareAtPrice"),
        "InventoryItem": ("sku", "tracked"),
        "Metafield": ("namespace", "key", "value"),
        "Collection": ("id", "title", "_rules"),
        "Customer": ("id", "tags", "state", "_orders_before"),
    }.items():
        assert seen(after[kind], *names) == seen(before[kind], *names), kind
    (level,) = (each["_quantities"] for each in after["InventoryLevel"] if each["_quantities"]["committed"])
    assert (level["available"], level["committed"]) == (3, 2)
    assert len(after["Product"]) == 62  # more than a page


def test_nothing_of_a_person_is_kept(run: Command, shop: RunningShop) -> None:
    run("shop", "record", "private.yml", "--most", "3")
    text = Path("private.yml").read_text()
    for private in ("Pat", "Moss", "pat@", "555010", "secret words", "High St", "LS1", "Mara", "m@rich"):
        assert private not in text
    assert "Leeds" in text


def test_the_shop_is_only_read(run: Command, shop: RunningShop) -> None:
    requests, changes = len(shop.requests()), shop.changes()
    run("shop", "record", "mine", "--most", "5")
    assert shop.changes() == changes
    asked = shop.requests()[requests:]
    assert asked
    assert all("mutation" not in (request["query"] or "") for request in asked)
    assert [request["guessed"] for request in asked if request["guessed"]] == []


def test_no_more_is_taken_than_asked_for(run: Command, shop: RunningShop) -> None:
    counts = run("shop", "record", "few", "--most", "3", "--json").document["objects"]
    assert (counts["products"], counts["customers"]) == (3, 1)


def test_a_seed_is_replaced_only_when_told_to(run: Command, shop: RunningShop) -> None:
    run("shop", "record", "mine", "--most", "1")
    text = Path("fixtures/_shops/mine.yml").read_text()
    refused = run("shop", "record", "mine")
    assert (refused.code, "--force" in refused.err) == (2, True)
    assert Path("fixtures/_shops/mine.yml").read_text() == text
    assert run("shop", "record", "mine", "--force", "--most", "2").code == 0


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [(("nowhere/mine.yml",), 2, "nowhere"), (("mine", "--most", "0"), 2, "--most")],
)
def test_a_mistake_is_told(run: Command, shop: RunningShop, words: tuple[str, ...], code: int, told: str) -> None:
    ran = run("shop", "record", *words)
    assert ran.code == code
    assert told in ran.err


def test_without_a_shop_it_says_what_is_missing(run: Command) -> None:
    ran = run("shop", "record", "mine")
    assert ran.code == 2
    assert "SHOPIFY_SHOP" in ran.err
