"""Settings, events, webhooks and images over REST; and that templates find everything they can ask for."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from runner.liquid.objects.relation import Many
from runner.liquid.objects.resources import RESOURCES, SHOP_LISTINGS
from runner.simulator.calls import find_route
from runner.simulator.rest import ROUTES
from runner.simulator.server import RunningShop
from tests.simulator.buying import CART, SEED

API = "/admin/api/2026-04"
NOT_SERVED = {"discount_codes.json", "variants.json"}
"""Lists that Shopify does not have either: codes are looked up, variants are those of a product."""


def _paths() -> list[str]:
    """Every path that objects of templates read, ids filled in."""
    own = [kind.PATH for kind in RESOURCES.values() if kind.PATH]
    lists = [path for listing in SHOP_LISTINGS.values() for path in listing.paths]
    counts = [
        path.replace(".json", "/count.json")
        for listing in SHOP_LISTINGS.values()
        if listing.counted
        for path in listing.paths
    ]
    relations = [relation for kind in RESOURCES.values() for relation in kind.RELATIONS.values()]
    inner = [path for relation in relations if (path := relation.served_at(RESOURCES)) is not None]
    inner += [path for relation in relations if isinstance(relation, Many) for path in relation.listing.paths]
    more = ["discount_codes/lookup.json", "articles/tags.json", "articles/authors.json", "customers/search.json"]
    found = {re.sub(r"\{\w+\}", "1", path) for path in (*own, *lists, *counts, *inner, *more)}
    return sorted(found - NOT_SERVED)


@pytest.mark.parametrize("path", _paths())
def test_what_objects_of_templates_read_is_served(path: str) -> None:
    assert find_route(ROUTES, "GET", path) is not None


@pytest.fixture
def shop(served: RunningShop) -> RunningShop:
    """The pottery, without orders."""
    served.reset(SEED)
    return served


def get(http: httpx.Client, path: str, **params: Any) -> Any:
    reply = http.get(f"{API}/{path}.json", params=params)
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_zones_countries_staff_and_scopes_are_those_of_the_shop(shop: RunningShop, http: httpx.Client) -> None:
    zones = get(http, "shipping_zones")["shipping_zones"]
    assert [[country["code"] for country in zone["countries"]] for zone in zones] == [["US"]]
    assert get(http, "countries")["countries"][0]["name"] == "United States"
    assert get(http, "countries/count") == {"count": 1}
    assert http.get(f"{API}/countries/99.json").status_code == 404
    assert get(http, "currencies")["currencies"][0]["currency"] == "USD"
    (owner,) = get(http, "users")["users"]
    assert get(http, f"users/{owner['id']}") == {"user": owner}
    assert owner["account_owner"] is True
    scopes = http.get("/admin/oauth/access_scopes.json").json()["access_scopes"]
    assert {"handle": "write_orders"} in scopes
    assert get(http, "policies") == {"policies": []}


def test_events_tell_what_happened_to_an_order(shop: RunningShop, http: httpx.Client) -> None:
    shop.do("order", **CART)
    shop.do("edit-product", product="mug", title="Big mug")
    shop.do("cancel", order="#1001")
    verbs = [event["verb"] for event in get(http, "orders/50000001/events")["events"]]
    assert (verbs[0], verbs[-1]) == ("placed", "cancelled")
    event = get(http, "events", verb="cancelled")["events"][0]
    assert (event["subject_type"], event["subject_id"]) == ("Order", 50000001)
    assert get(http, f"events/{event['id']}") == {"event": event}
    assert get(http, "events", filter="Customer")["events"] == []
    assert http.get(f"{API}/orders/1/events.json").status_code == 404


def test_webhooks_are_subscribed_to_changed_and_ended(shop: RunningShop, http: httpx.Client, ask: Any) -> None:
    wanted = {"topic": "orders/create", "address": "http://127.0.0.1:1/hooks", "format": "json", "fields": ["id"]}
    made = http.post(f"{API}/webhooks.json", json={"webhook": wanted})
    assert made.status_code == 201, made.text
    webhook = made.json()["webhook"]
    assert {name: webhook[name] for name in wanted} == wanted
    nodes = ask("{ webhookSubscriptions(first: 5) { nodes { topic includeFields } } }")["data"]["webhookSubscriptions"]
    assert nodes["nodes"] == [{"topic": "ORDERS_CREATE", "includeFields": ["id"]}]
    again = http.post(f"{API}/webhooks.json", json={"webhook": wanted})
    assert (again.status_code, again.json()["errors"]) == (422, {"address": ["for this topic has already been taken"]})
    unknown = http.post(f"{API}/webhooks.json", json={"webhook": {**wanted, "topic": "orders/eaten"}})
    assert (unknown.status_code, list(unknown.json()["errors"])) == (422, ["topic"])
    path = f"{API}/webhooks/{webhook['id']}.json"
    changed = http.put(path, json={"webhook": {"address": "http://127.0.0.1:1/other"}}).json()["webhook"]
    assert changed["address"] == "http://127.0.0.1:1/other"
    assert get(http, "webhooks/count", topic="orders/create") == {"count": 1}
    assert http.delete(path).status_code == 200
    assert get(http, "webhooks") == {"webhooks": []}


def test_images_of_a_product_are_counted_read_and_changed(shop: RunningShop, http: httpx.Client) -> None:
    base = f"{API}/products/80000001/images"
    made = http.post(f"{base}.json", json={"image": {"src": "https://files.test/mug.png"}}).json()["image"]
    assert http.get(f"{base}/count.json").json() == {"count": 1}
    changed = http.put(f"{base}/{made['id']}.json", json={"image": {"alt": "A mug", "variant_ids": [90000001]}}).json()
    assert (changed["image"]["alt"], changed["image"]["variant_ids"]) == ("A mug", [90000001])
    assert http.get(f"{base}/{made['id']}.json").json() == changed
    assert http.get(f"{base}/1.json").status_code == 404


def test_a_variant_is_deleted_by_its_own_path(shop: RunningShop, http: httpx.Client) -> None:
    assert http.delete(f"{API}/variants/90000002.json").status_code == 200
    assert [row["id"] for row in get(http, "products/80000001/variants")["variants"]] == [90000001]
    assert http.delete(f"{API}/variants/90000001.json").status_code == 422


def test_authors_and_tags_of_articles_are_told_once(shop: RunningShop, http: httpx.Client) -> None:
    blog = http.post(f"{API}/blogs.json", json={"blog": {"title": "News"}}).json()["blog"]["id"]
    for title, tags in (("One", "clay, fire"), ("Two", "clay")):
        row = {"title": title, "author": "Ida", "tags": tags}
        assert http.post(f"{API}/blogs/{blog}/articles.json", json={"article": row}).status_code == 201
    assert get(http, "articles/authors") == {"authors": ["Ida"]}
    assert get(http, "articles/tags") == {"tags": ["clay", "fire"]}
