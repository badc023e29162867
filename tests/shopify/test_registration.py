"""Webhook subscriptions: the plan for each situation, and carrying it out in a simulated shop."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from runner.clock import SystemClock
from runner.errors import ShopifyError
from runner.project import find_seed
from runner.shopify.client import ShopifyClient, open_http
from runner.shopify.registration import (
    Selection,
    State,
    Subscribed,
    Wanted,
    carry_out,
    event_topic,
    granted_scopes,
    is_offered,
    plan,
    subscriptions,
    topic_name,
)
from runner.simulator.server import RunningShop, simulator

PATH = "/webhooks/shopify"
HERE = "https://here.example" + PATH
OLD = "https://old.example" + PATH
ORDERS = "shopify/orders/create"


ID = "00000000-0000-5000-8000-000000000001"


def sub(topic: str = "ORDERS_CREATE", uri: str = HERE, filter: str | None = None, **more: Any) -> Subscribed:
    fields = ("trimmed",) if more.pop("trimmed", False) else ()
    return Subscribed(f"{topic} {uri}", topic, uri, selection=Selection(filter, fields), **more)


def needing(*topics: str) -> list[Wanted]:
    return [Wanted(topic, ("t",)) for topic in topics]


CASES = {
    "nothing there": ([], [ORDERS], ["missing"]),
    "as it should be": ([sub()], [ORDERS], ["right"]),
    "an old address": ([sub(uri=OLD)], [ORDERS], ["wrong"]),
    "XML": ([sub(format="XML")], [ORDERS], ["wrong"]),
    "a part of the payload": ([sub(trimmed=True)], [ORDERS], ["wrong"]),
    "another program's": ([sub(uri="https://else.example/hooks")], [ORDERS], ["missing", "foreign"]),
    "another program's, which nobody here needs": ([sub(uri="https://else.example/hooks")], [], ["foreign"]),
    "one with a filter is somebody's own": ([sub(filter="id:*")], [ORDERS], ["missing", "foreign"]),
    "an event bus": ([sub(uri="arn:aws:events:us-east-1::event-source/x")], [ORDERS], ["missing", "foreign"]),
    "none at all": ([sub(uri="")], [ORDERS], ["missing", "foreign"]),
    "nobody needs it any more": ([sub("PRODUCTS_UPDATE")], [ORDERS], ["missing", "superfluous"]),
    "the old address beside the new": ([sub(uri=OLD), sub()], [ORDERS], ["right", "superfluous"]),
    "two old addresses": (
        [sub(uri=OLD), sub(uri="https://older.example" + PATH)],
        [ORDERS],
        ["wrong", "superfluous"],
    ),
    "a slash at its end": ([sub(uri=HERE + "/")], [ORDERS], ["wrong"]),
    "the path only inside the query": ([sub(uri="https://x.example/?" + PATH)], [ORDERS], ["missing", "foreign"]),
}


@pytest.mark.parametrize(("existing", "needed", "states"), CASES.values(), ids=CASES)
def test_what_is_there_is_compared_with_what_is_needed(
    existing: list[Subscribed], needed: list[str], states: list[str]
) -> None:
    steps = plan(existing, needing(*needed), uri=HERE, path=PATH)
    assert [step.state.value for step in steps] == states
    assert all(step.needed_by == ("t",) for step in steps if step.event_topic in needed and step.state in ("missing",))


def test_any_address_of_ours_is_right_where_none_is_named() -> None:
    (step,) = plan([sub(uri=OLD)], needing(ORDERS), uri=None, path=PATH)
    assert step.state is State.RIGHT


@pytest.mark.parametrize(
    ("topic", "name"),
    [
        ("shopify/orders/create", "ORDERS_CREATE"),
        ("shopify/customer/tags_added", "CUSTOMER_TAGS_ADDED"),
        ("shopify/bulk_operations/finish", "BULK_OPERATIONS_FINISH"),
        ("shopify/fulfillment_orders/placed_on_hold", "FULFILLMENT_ORDERS_PLACED_ON_HOLD"),
    ],
)
def test_topics_go_over_into_graphql_and_back(topic: str, name: str) -> None:
    assert (topic_name(topic), event_topic(name), is_offered(topic, "2026-04")) == (name, topic, True)


def test_a_topic_that_shopify_dropped_is_not_offered() -> None:
    assert not is_offered("shopify/tax_summaries/create", "2026-04")


@pytest.fixture(scope="module")
def shop() -> Iterator[RunningShop]:
    with simulator("prints", hold_webhooks=True) as running:
        yield running


@pytest.fixture
def client(shop: RunningShop) -> Iterator[ShopifyClient]:
    with open_http() as http:
        shop.reset()
        yield ShopifyClient(shop.domain, shop.token, http=http, clock=SystemClock(), base_url=shop.url)


def states(client: ShopifyClient, needed: list[str], uri: str) -> list[tuple[str, str]]:
    steps = plan(subscriptions(client), needing(*needed), uri=uri, path=PATH)
    return [(step.event_topic, step.state.value) for step in steps]


def test_registering_again_changes_nothing(client: ShopifyClient) -> None:
    needed = needing(ORDERS, "shopify/products/update")
    for expected in (2, 0):
        steps = plan(subscriptions(client), needed, uri=HERE, path=PATH)
        taken, refused = carry_out(client, steps, HERE)
        assert (len(taken), refused) == (expected, ())


def test_a_new_address_is_corrected_in_place(client: ShopifyClient) -> None:
    for uri in (OLD, HERE):
        carry_out(client, plan(subscriptions(client), needing(ORDERS), uri=uri, path=PATH), uri)
    (only,) = subscriptions(client)
    assert (only.uri, only.topic, only.version) == (HERE, "ORDERS_CREATE", "2026-04")


def test_what_nobody_needs_is_removed_only_when_asked(client: ShopifyClient) -> None:
    carry_out(client, plan((), needing(ORDERS), uri=HERE, path=PATH), HERE)
    for prune, left in ((False, [(ORDERS, "superfluous")]), (True, [])):
        carry_out(client, plan(subscriptions(client), (), uri=HERE, path=PATH), HERE, prune=prune)
        assert states(client, [], HERE) == left


def test_one_refusal_keeps_no_other_topic_from_being_registered(client: ShopifyClient) -> None:
    needed = needing(ORDERS, "shopify/products/update")
    steps = plan((), needed, uri=HERE, path=PATH)
    carry_out(client, steps[:1], HERE)
    taken, refused = carry_out(client, steps, HERE)
    assert [step.topic for step in taken] == ["PRODUCTS_UPDATE"]
    assert [refusal.topic for refusal in refused] == ["ORDERS_CREATE"]
    assert "already been taken" in refused[0].message


def test_more_than_a_page_of_subscriptions_is_read_whole(client: ShopifyClient, shop: RunningShop) -> None:
    for number in range(120):
        shop.subscribe("orders/create", f"https://x.example/{number}")
    assert len(subscriptions(client)) == 120


def test_a_token_tells_its_scopes_and_a_topic_beyond_them_is_refused(tmp_path: Path) -> None:
    seed = yaml.safe_load(find_seed("prints").read_text(encoding="utf-8"))
    seed["app"] = {**seed.get("app", {}), "scopes": ["read_products", "write_inventory"]}
    path = tmp_path / "small.yml"
    path.write_text(yaml.safe_dump(seed), encoding="utf-8")
    with simulator(path, hold_webhooks=True) as shop, open_http() as http:
        client = ShopifyClient(shop.domain, shop.token, http=http, clock=SystemClock(), base_url=shop.url)
        assert granted_scopes(client) == {"read_products", "write_inventory"}
        needed = needing(ORDERS, "shopify/inventory_levels/update")
        taken, refused = carry_out(client, plan((), needed, uri=HERE, path=PATH), HERE)
    assert [step.event_topic for step in taken] == ["shopify/inventory_levels/update"]
    assert [(each.to_dict()["topic"], "permission" in each.message) for each in refused] == [(ORDERS, True)]


def test_a_refusal_over_protected_data_says_where_to_ask_for_it() -> None:
    words = "This app is not approved to subscribe to webhook topics containing protected customer data."

    def answer(request: httpx.Request) -> httpx.Response:
        refusal = {"webhookSubscription": None, "userErrors": [{"field": ["topic"], "message": words}]}
        return httpx.Response(200, json={"data": {"webhookSubscriptionCreate": refusal}})

    with httpx.Client(transport=httpx.MockTransport(answer)) as http:
        client = ShopifyClient("example.myshopify.com", "t", http=http, clock=SystemClock())
        _, (refusal,) = carry_out(client, plan((), needing(ORDERS), uri=HERE, path=PATH), HERE)
    assert (refusal.message, "Protected customer data" in str(refusal.hint)) == (words, True)


def test_a_shop_that_does_not_tell_is_an_error() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"errors": [{"message": "Access denied"}]})

    with httpx.Client(transport=httpx.MockTransport(answer)) as http:
        client = ShopifyClient("example.myshopify.com", "t", http=http, clock=SystemClock())
        for ask in (subscriptions, granted_scopes):
            with pytest.raises(ShopifyError, match="Access denied"):
                ask(client)


CUSTOM = Wanted("shopify/orders/updated", ("t",), f"/{ID}", Selection("total_price:>100", ("id", "updated_at")))


def custom_sub(**changed: Any) -> Subscribed:
    given = {"uri": f"{HERE}/{ID}", "selection": CUSTOM.selection, **changed}
    return Subscribed("c", "ORDERS_UPDATED", given["uri"], selection=given["selection"])


@pytest.mark.parametrize(
    ("existing", "wanted", "states"),
    [
        ([], [CUSTOM], ["missing"]),
        ([custom_sub()], [CUSTOM], ["right"]),
        ([custom_sub(selection=Selection("total_price:>50", ("id", "updated_at")))], [CUSTOM], ["wrong"]),
        ([custom_sub(selection=Selection("total_price:>100"))], [CUSTOM], ["wrong"]),
        ([custom_sub(uri=f"{OLD}/{ID}")], [CUSTOM], ["wrong"]),
        ([custom_sub()], [], ["superfluous"]),
        ([custom_sub()], [CUSTOM, *needing("shopify/orders/updated")], ["missing", "right"]),
        ([custom_sub(uri=f"{HERE}/not-an-id")], [CUSTOM], ["missing", "foreign"]),
    ],
)
def test_a_custom_webhook_stands_beside_the_plain_one(
    existing: list[Subscribed], wanted: list[Wanted], states: list[str]
) -> None:
    assert [step.state.value for step in plan(existing, wanted, uri=HERE, path=PATH)] == states


def test_a_custom_webhook_is_made_and_corrected_with_all_it_says(client: ShopifyClient) -> None:
    more = Selection(None, ("id",), ("custom",), ("custom.gift", "app.x"))
    for selection in (CUSTOM.selection, more, CUSTOM.selection):
        wanted = [Wanted(CUSTOM.topic, ("t",), CUSTOM.place, selection)]
        taken, refused = carry_out(client, plan(subscriptions(client), wanted, uri=HERE, path=PATH), HERE)
        assert (len(taken), refused) == (1, ())
        (only,) = subscriptions(client)
        assert (only.selection, only.uri) == (selection, f"{HERE}/{ID}")
