"""Rates, buckets, counts, cursors and REST pages by Shopify's published figures and rules."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from runner.simulator.seed import Seed, load_seed
from runner.simulator.shop import SimulatedShop
from tests.simulator.laws.shops import GRAPHQL, ask, open_shop, send

PRODUCTS = [{"title": name, "vendor": f"V{at % 2}"} for at, name in enumerate("GFEDCBA")]
REST = "/admin/api/2026-04"


def seed(**shop: str) -> Seed:
    """Seven products in a shop."""
    return load_seed({"shop": {"name": "Kiln", **shop}, "clock": "2026-03-02T15:00:00Z", "products": PRODUCTS})


@pytest.fixture
def shop() -> SimulatedShop:
    """A shop of the basic plan."""
    return open_shop(seed())


# https://shopify.dev/docs/api/usage/limits


@pytest.mark.parametrize(("plan", "rate"), [("basic", 100), ("advanced", 200), ("plus", 1000), ("enterprise", 2000)])
def test_points_are_restored_at_the_rate_of_the_plan(plan: str, rate: int) -> None:
    shop = open_shop(seed(plan=plan))
    cost = ask(shop, "{ products(first: 250) { nodes { id } } }")["extensions"]["cost"]
    assert cost["throttleStatus"]["restoreRate"] == rate
    shop.bucket.level = 0.0
    shop.clock.advance(1)
    assert shop.bucket.available() == rate


def test_a_query_is_charged_what_it_asks_for_and_refunded_down_to_what_it_got(shop: SimulatedShop) -> None:
    body = ask(shop, '{ product(id: "gid://shopify/Product/1") { variants(first: 250) { nodes { id } } } }')
    cost = body["extensions"]["cost"]
    assert body["data"] == {"product": None}
    assert cost["actualQueryCost"] < cost["requestedQueryCost"]
    left = cost["throttleStatus"]["maximumAvailable"] - cost["throttleStatus"]["currentlyAvailable"]
    assert left == cost["actualQueryCost"]


def test_a_query_that_the_bucket_cannot_pay_is_throttled_until_it_is_restored(shop: SimulatedShop) -> None:
    query = {"query": "{ products(first: 250) { nodes { id } } }"}
    shop.bucket.level, shop.bucket.at = 5.0, shop.clock.now().timestamp()
    reply = send(shop, "POST", GRAPHQL, query)
    body = json.loads(reply.body)
    assert reply.status == 200
    assert body["errors"][0]["message"] == "Throttled"
    assert body["errors"][0]["extensions"]["code"] == "THROTTLED"
    assert "data" not in body
    cost = body["extensions"]["cost"]
    assert (cost["requestedQueryCost"], cost["actualQueryCost"]) == (13, None)
    assert cost["throttleStatus"] == {"maximumAvailable": 2000, "currentlyAvailable": 5, "restoreRate": 100}
    assert "errors" not in json.loads(send(shop, "POST", GRAPHQL, query).body)


def test_a_mutation_costs_ten_points(shop: SimulatedShop) -> None:
    text = 'mutation { tagsAdd(id: "gid://shopify/Product/80000001", tags: ["x"]) { userErrors { message } } }'
    cost = ask(shop, text)["extensions"]["cost"]
    assert (cost["requestedQueryCost"], cost["actualQueryCost"]) == (10, 10)


# https://shopify.dev/docs/api/admin-rest/usage/rate-limits


def test_the_forty_first_call_at_once_is_refused_with_the_time_to_wait(shop: SimulatedShop) -> None:
    for number in range(1, 41):
        reply = send(shop, "GET", f"{REST}/shop.json")
        assert (reply.status, reply.headers["X-Shopify-Shop-Api-Call-Limit"]) == (200, f"{number}/40")
    refused = send(shop, "GET", f"{REST}/shop.json")
    assert refused.status == 429
    assert refused.headers["Retry-After"] == "2.0"
    assert json.loads(refused.body) == {
        "errors": "Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service."
    }
    assert send(shop, "GET", f"{REST}/shop.json").status == 200


# https://shopify.dev/docs/api/admin-graphql/latest/objects/Count


@pytest.mark.parametrize(
    ("arguments", "count", "precision"),
    [("", 7, "EXACT"), ("(limit: null)", 7, "EXACT"), ("(limit: 3)", 3, "AT_LEAST"), ("(limit: 8)", 7, "EXACT")],
)
def test_a_count_is_exact_unless_its_limit_is_reached(
    shop: SimulatedShop, arguments: str, count: int, precision: str
) -> None:
    found = ask(shop, f"{{ productsCount{arguments} {{ count precision }} }}")["data"]["productsCount"]
    assert found == {"count": count, "precision": precision}


# https://shopify.dev/docs/api/usage/pagination-graphql


def page(shop: SimulatedShop, arguments: str, **variables: Any) -> tuple[list[str], dict[str, Any]]:
    """The titles on a page of products, and its pageInfo."""
    info = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
    fields = f"edges {{ cursor node {{ title }} }} {info}"
    body = ask(
        shop,
        f"query($at: String, $to: String) {{ products({arguments}, after: $at, before: $to) {{ {fields} }} }}",
        **variables,
    )
    assert "errors" not in body, body
    found = body["data"]["products"]
    edges = found["edges"]
    ends = (edges[0]["cursor"], edges[-1]["cursor"]) if edges else (None, None)
    assert (found["pageInfo"]["startCursor"], found["pageInfo"]["endCursor"]) == ends
    return [edge["node"]["title"] for edge in edges], found["pageInfo"]


def test_a_window_between_two_cursors_is_read_from_either_end(shop: SimulatedShop) -> None:
    _, start = page(shop, "first: 2, sortKey: TITLE")
    _, end = page(shop, "last: 2, sortKey: TITLE")
    ends = {"at": start["endCursor"], "to": end["startCursor"]}
    titles, info = page(shop, "first: 9, sortKey: TITLE", **ends)
    assert titles == ["C", "D", "E"]
    assert (info["hasPreviousPage"], info["hasNextPage"]) == (True, True)
    assert page(shop, "last: 2, sortKey: TITLE", **ends)[0] == ["D", "E"]
    assert page(shop, "first: 2, sortKey: TITLE", **ends)[0] == ["C", "D"]
    assert page(shop, "first: 2, sortKey: TITLE", at=ends["to"], to=ends["at"])[0] == []


@pytest.mark.parametrize(
    ("arguments", "titles"),
    [
        ("first: 3", "GFE"),
        ("last: 3", "CBA"),
        ("first: 3, reverse: true", "ABC"),
        ("first: 3, sortKey: TITLE", "ABC"),
        ("last: 3, sortKey: TITLE", "EFG"),
        ("first: 3, sortKey: TITLE, reverse: true", "GFE"),
        ("first: 9, sortKey: VENDOR", "GECAFDB"),
        ("first: 9, sortKey: VENDOR, reverse: true", "BDFACEG"),
    ],
)
def test_sort_keys_and_reverse_order_what_first_and_last_count(
    shop: SimulatedShop, arguments: str, titles: str
) -> None:
    assert page(shop, arguments)[0] == list(titles)


@pytest.mark.parametrize(
    ("made", "used"),
    [("sortKey: TITLE", "sortKey: VENDOR"), ("sortKey: ID", "sortKey: TITLE"), ("sortKey: TITLE", "sortKey: ID")],
)
def test_a_cursor_belongs_to_its_sort_key(shop: SimulatedShop, made: str, used: str) -> None:
    _, info = page(shop, f"first: 2, {made}")
    text = f"query($at: String) {{ products(first: 2, after: $at, {used}) {{ nodes {{ id }} }} }}"
    (error,) = ask(shop, text, at=info["endCursor"])["errors"]
    assert error["message"] == "Invalid cursor for current pagination sort."


# https://shopify.dev/docs/api/admin-rest/usage/pagination


def test_a_page_of_rest_takes_nothing_but_limit_and_fields_beside_its_cursor(shop: SimulatedShop) -> None:
    first = send(shop, "GET", f"{REST}/products.json", query="limit=2&vendor=V0&fields=id,title")
    link = first.headers["Link"]
    given = dict(parse_qsl(urlsplit(link[1 : link.index(">")]).query))
    assert set(given) == {"limit", "page_info", "fields"}
    following = send(shop, "GET", f"{REST}/products.json", query=urlencode(given))
    assert [row["title"] for row in json.loads(following.body)["products"]] == ["C", "A"]
    refused = send(shop, "GET", f"{REST}/products.json", query=urlencode({**given, "vendor": "V0"}))
    assert refused.status == 400
    assert json.loads(refused.body) == {
        "errors": {
            "vendor": "vendor cannot be passed when page_info is present. "
            "See https://shopify.dev/api/usage/pagination-rest for more information."
        }
    }


# https://shopify.dev/docs/api/admin-graphql/latest/objects/WebhookSubscription


def test_a_named_subscription_is_told_by_its_name(shop: SimulatedShop) -> None:
    given = 'topic: PRODUCTS_UPDATE, webhookSubscription: {uri: "https://app.test/hooks", name: "for-stock"}'
    body = ask(shop, f"mutation {{ webhookSubscriptionCreate({given}) {{ userErrors {{ message }} }} }}")
    assert body["data"]["webhookSubscriptionCreate"]["userErrors"] == []
    shop.webhooks.set_hold(True)
    text = 'mutation { tagsAdd(id: "gid://shopify/Product/80000001", tags: ["x"]) { userErrors { message } } }'
    ask(shop, text)
    (delivery,) = shop.webhooks.take()
    assert delivery["headers"]["X-Shopify-Name"] == "for-stock"
