"""Markets, catalogs and price lists; locations of the shop made and switched off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from runner.errors import InputError
from runner.simulator.seed import load_seed
from runner.simulator.server import RunningShop
from tests.simulator.asking import mutate

Ask = Callable[..., dict[str, Any]]
SEED = {
    "shop": {"address": {"country_code": "GB"}},
    "locations": ["Studio", "Shop"],
    "markets": [{"name": "Europe", "id": 2, "countries": ["DE", "FR"], "currency": "EUR"}],
    "products": [{"title": "Mug", "price": "20.00", "levels": {"Studio": 3, "Shop": 2}}],
}
EUROPE, MUG = "gid://shopify/Market/2", "gid://shopify/ProductVariant/90000001"
STUDIO, SHOP = "gid://shopify/Location/20000001", "gid://shopify/Location/20000002"


@pytest.fixture
def shop(served: RunningShop) -> RunningShop:
    """A shop with two markets and two locations."""
    served.reset(SEED)
    return served


def test_markets_are_read_without_a_guess(http: httpx.Client) -> None:
    query = """{ markets(first: 5) { nodes { name handle status type catalogsCount { count } currencySettings {
        baseCurrency { currencyCode currencyName enabled } localCurrencies } conditions { conditionTypes
        regionsCondition {
        regions(first: 5) { nodes { name ... on MarketRegionCountry { code currency { currencyCode } } } } } } } } }"""
    reply = http.post("/admin/api/2026-04/graphql.json", json={"query": query})
    assert "errors" not in reply.json(), reply.json()
    assert "X-Simulator-Guessed" not in reply.headers
    europe, home = reply.json()["data"]["markets"]["nodes"]
    assert (home["name"], europe["name"]) == ("United Kingdom", "Europe")
    assert europe["currencySettings"]["baseCurrency"]["currencyName"] == "Euro"
    found = europe["conditions"]["regionsCondition"]["regions"]["nodes"]
    assert [region["code"] for region in found] == ["DE", "FR"]


def test_a_country_is_in_one_market_only(ask: Ask, shop: RunningShop) -> None:
    shop.subscribe("markets/create")
    text = (
        'marketCreate(input: {{name: "{}", conditions: {{regionsCondition: {{regions: [{{countryCode: '
        "{}}}]}}}}}}) {{ market {{ handle }} userErrors {{ field code }} }}"
    )
    assert mutate(ask, text.format("Alps", "CH"))["market"] == {"handle": "alps"}
    taken = mutate(ask, text.format("Other", "DE"))["userErrors"]
    assert taken == [{"field": ["input", "conditions", "regionsCondition"], "code": "TAKEN"}]
    assert mutate(ask, text.format("Alps", "AT"))["userErrors"] == [{"field": ["input", "name"], "code": "TAKEN"}]
    assert len(shop.take()) == 1


def test_the_primary_market_stays(ask: Ask) -> None:
    text = 'marketDelete(id: "gid://shopify/Market/{}") {{ deletedId userErrors {{ code }} }}'
    assert mutate(ask, text.format(1))["userErrors"] == [{"code": "CANNOT_DELETE_PRIMARY_MARKET"}]
    assert mutate(ask, text.format(2))["deletedId"] == EUROPE
    assert mutate(ask, text.format(2))["userErrors"] == [{"code": "MARKET_NOT_FOUND"}]


def test_a_price_list_adjusts_and_fixes_prices(ask: Ask) -> None:
    catalog = mutate(
        ask,
        f'catalogCreate(input: {{title: "EU", status: ACTIVE, context: {{marketIds: ["{EUROPE}"]}}}}) '
        f"{{ catalog {{ id }} userErrors {{ code }} }}",
    )["catalog"]["id"]
    made = mutate(
        ask,
        f'priceListCreate(input: {{name: "EU", currency: EUR, catalogId: "{catalog}", parent: '
        f"{{adjustment: {{type: PERCENTAGE_DECREASE, value: 10}}}}}}) "
        "{ priceList { id } userErrors { code } }",
    )["priceList"]["id"]
    read = (
        f'{{ priceList(id: "{made}") {{ fixedPricesCount prices(first: 5) {{ nodes {{ originType price {{ '
        f"amount currencyCode }} }} }} }} }}"
    )
    assert ask(read)["data"]["priceList"]["prices"]["nodes"] == [
        {"originType": "RELATIVE", "price": {"amount": "18.00", "currencyCode": "EUR"}}
    ]
    text = (
        'priceListFixedPricesAdd(priceListId: "{}", prices: [{{variantId: "{}", price: {{amount: "15", '
        "currencyCode: {}}}}}]) {{ prices {{ price {{ amount }} variant {{ id }} }} userErrors {{ code }} }}"
    )
    assert mutate(ask, text.format(made, MUG, "USD"))["userErrors"] == [{"code": "PRICE_LIST_CURRENCY_MISMATCH"}]
    assert mutate(ask, text.format(made, MUG, "EUR"))["prices"] == [
        {"price": {"amount": "15.00"}, "variant": {"id": MUG}}
    ]
    assert ask(read)["data"]["priceList"]["fixedPricesCount"] == 1
    found = ask(f'{{ market(id: "{EUROPE}") {{ catalogs(first: 5) {{ nodes {{ title priceList {{ name }} }} }} }} }}')
    assert found["data"]["market"]["catalogs"]["nodes"] == [{"title": "EU", "priceList": {"name": "EU"}}]


def test_locations_are_added_and_edited(ask: Ask, shop: RunningShop) -> None:
    shop.subscribe("locations/create")
    made = mutate(
        ask,
        'locationAdd(input: {name: "Barn", address: {city: "York", countryCode: GB}}) { location { '
        "id address { city country } } userErrors { code } }",
    )["location"]
    assert made["address"] == {"city": "York", "country": "United Kingdom"}
    assert len(shop.take()) == 1
    changed = mutate(
        ask,
        f'locationEdit(id: "{made["id"]}", input: {{address: {{city: "Hull"}}}}) {{ location {{ '
        f"name address {{ city country }} }} userErrors {{ code }} }}",
    )
    assert changed["location"] == {"name": "Barn", "address": {"city": "Hull", "country": "United Kingdom"}}
    taken = mutate(
        ask, 'locationAdd(input: {name: "Studio", address: {countryCode: GB}}) { userErrors { field code } }'
    )
    assert taken["userErrors"] == [{"field": ["input", "name"], "code": "TAKEN"}]


def test_stock_moves_when_its_location_is_switched_off(ask: Ask) -> None:
    text = (
        'locationDeactivate(locationId: "{}"{}) @idempotent(key: "{}") {{ location {{ isActive }} '
        "locationDeactivateUserErrors {{ code }} }}"
    )
    key = "locationDeactivateUserErrors"
    assert mutate(ask, text.format(SHOP, "", "a"))[key] == [{"code": "HAS_ACTIVE_INVENTORY_ERROR"}]
    assert mutate(ask, text.format(STUDIO, f', destinationLocationId: "{SHOP}"', "b"))[key] == [
        {"code": "PERMANENTLY_BLOCKED_FROM_DEACTIVATION_ERROR"}
    ]
    moved = mutate(ask, text.format(SHOP, f', destinationLocationId: "{STUDIO}"', "c"))
    assert moved == {"location": {"isActive": False}, key: []}
    assert ask(f'{{ productVariant(id: "{MUG}") {{ inventoryQuantity }} }}')["data"]["productVariant"] == {
        "inventoryQuantity": 5
    }
    gone = mutate(
        ask, f'locationDelete(locationId: "{SHOP}") {{ deletedLocationId locationDeleteUserErrors {{ code }} }}'
    )
    assert gone["deletedLocationId"] == SHOP
    kept = mutate(
        ask, f'locationDelete(locationId: "{STUDIO}") {{ deletedLocationId locationDeleteUserErrors {{ code }} }}'
    )
    assert kept["locationDeleteUserErrors"] == [{"code": "LOCATION_IS_ACTIVE"}]


@pytest.mark.parametrize(
    ("markets", "words"),
    [
        ([{"name": "A", "countries": ["XX1"]}], "there is no country"),
        ([{"name": "A", "countries": ["US"]}], "in another market"),
    ],
)
def test_a_seed_with_a_wrong_market_is_refused(markets: list[dict[str, Any]], words: str) -> None:
    with pytest.raises(InputError, match=words):
        load_seed({"markets": markets})
