"""Calls as they go over the wire: requests, answers, waits for budget, counts."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from runner.clock import FixedClock
from runner.errors import ConfigError, ShopifyError

TAGS = 'mutation { tagsAdd(id: "gid://shopify/Order/1", tags: ["a"]) { userErrors { message } } }'


def cost(requested: float, available: float, *, actual: float | None = None, maximum: float = 2000, rate: float = 100):
    status = {"maximumAvailable": maximum, "currentlyAvailable": available, "restoreRate": rate}
    return {"cost": {"requestedQueryCost": requested, "actualQueryCost": actual, "throttleStatus": status}}


def throttled(requested: float, available: float, **more: Any) -> dict[str, Any]:
    error = {"message": "Throttled", "extensions": {"code": "THROTTLED"}}
    return {"errors": [error], "extensions": cost(requested, available, **more)}


def fine(requested: float = 12, available: float = 1988) -> dict[str, Any]:
    return {"data": {"tagsAdd": {"userErrors": []}}, "extensions": cost(requested, available, actual=10)}


def test_a_document_is_posted_unchanged_to_the_versioned_path_with_the_token(shop, connect, reply) -> None:
    shop.script(reply(body=fine(), headers={"X-Shopify-API-Version": "2026-04"}))
    answer = connect().graphql(TAGS + "\n# end  ", {"a": [1, "é"]})
    seen = shop.saw[0]
    assert (seen.method, seen.path) == ("POST", "/admin/api/2026-04/graphql.json")
    assert seen.headers["x-shopify-access-token"] == "shpat_0123456789abcdef"
    assert seen.headers["content-type"] == "application/json"
    assert seen.body == {"query": TAGS + "\n# end  ", "variables": {"a": [1, "é"]}}
    assert answer.body == fine()
    assert (answer.status, answer.api_version, answer.cost["actualQueryCost"]) == (200, "2026-04", 10)
    assert answer.failure() is None


def test_variables_that_are_not_given_are_not_sent(shop, connect) -> None:
    connect().graphql("{ shop { id } }")
    assert shop.saw[0].body == {"query": "{ shop { id } }"}


def test_another_version_shares_budget_and_counts(shop, connect) -> None:
    client = connect()
    other = client.at("2026-01")
    other.graphql("{ shop { id } }")
    client.graphql("{ shop { id } }")
    assert [seen.path for seen in shop.saw] == [
        "/admin/api/2026-01/graphql.json",
        "/admin/api/2026-04/graphql.json",
    ]
    assert other.throttle is client.throttle
    assert client.usage().graphql_requests == other.usage().graphql_requests == 2


@pytest.mark.parametrize(
    ("code", "transient"),
    [
        ("ACCESS_DENIED", False),
        ("MAX_COST_EXCEEDED", False),
        ("undefinedField", False),
        ("INTERNAL_SERVER_ERROR", True),
    ],
)
def test_an_error_answer_is_returned_and_says_whether_later_may_help(shop, connect, reply, code, transient) -> None:
    shop.script(reply(body={"errors": [{"message": "no", "extensions": {"code": code}}, {"message": "und nein"}]}))
    failure = connect().graphql("{ x }").failure()
    assert failure is not None
    assert (failure.message, failure.transient, len(shop.saw)) == ('["no", "und nein"]', transient, 1)


def test_errors_given_as_text_are_errors_too(shop, connect, reply) -> None:
    shop.script(reply(body={"errors": "odd"}))
    failure = connect().graphql("{ x }").failure()
    assert failure is not None
    assert failure.message == '["odd"]'


def test_a_throttled_call_is_repeated_when_its_points_are_back(shop, connect, clock, reply) -> None:
    shop.script(reply(body=throttled(512, 12)), reply(body=fine()))
    before = clock.now()
    connect().graphql(TAGS)
    assert (clock.now() - before).total_seconds() == 5.0
    assert shop.saw[0].body == shop.saw[1].body


def test_a_throttled_answer_without_figures_is_waited_out_too(shop, connect, clock, reply) -> None:
    shop.script(reply(body={"errors": [{"extensions": {"code": "THROTTLED"}}]}), reply(body=fine()))
    before = clock.now()
    connect().graphql(TAGS)
    assert (clock.now() - before).total_seconds() == 1.0


def test_throttling_gives_up_after_ten_waits_and_is_then_permanent(shop, connect, reply) -> None:
    shop.script(reply(body=throttled(110, 10)))
    client = connect()
    with pytest.raises(ShopifyError) as caught:
        client.graphql(TAGS)
    assert (caught.value.code, caught.value.transient) == ("shopify.throttled", False)
    assert (len(shop.saw), client.usage().waits, client.usage().waited) == (11, 10, 10.0)


def test_throttling_gives_up_before_it_would_have_waited_over_two_minutes(shop, connect, clock, reply) -> None:
    shop.script(reply(body=throttled(1000, 0, rate=20)))
    before = clock.now()
    with pytest.raises(ShopifyError, match="2 waits"):
        connect().graphql(TAGS)
    assert (clock.now() - before).total_seconds() == 100.0


def test_a_query_dearer_than_the_bucket_is_never_waited_for(shop, connect, clock, reply) -> None:
    shop.script(reply(body=throttled(2500, 2000)))
    before = clock.now()
    with pytest.raises(ShopifyError) as caught:
        connect().graphql(TAGS)
    assert (caught.value.code, clock.now(), len(shop.saw)) == ("shopify.too_dear", before, 1)


def test_a_known_query_waits_before_it_would_be_refused(shop, connect, clock, reply) -> None:
    shop.script(reply(body=fine(300, 100)))
    client = connect()
    client.graphql(TAGS)
    before = clock.now()
    client.graphql(TAGS)
    assert (clock.now() - before).total_seconds() == 2.0


def test_too_many_requests_waits_as_long_as_the_shop_says(shop, connect, clock, reply) -> None:
    shop.script(reply(429, {"errors": "slow"}, {"Retry-After": "3.5"}), reply(body=fine()))
    before = clock.now()
    connect().graphql(TAGS)
    assert (clock.now() - before).total_seconds() == 3.5


def test_rest_waits_out_429_and_learns_the_size_of_its_bucket(shop, connect, clock, reply) -> None:
    shop.script(
        reply(429, {"errors": "slow"}, {"Retry-After": "2.0", "X-Shopify-Shop-Api-Call-Limit": "40/40"}),
        reply(200, {"shop": {}}, {"X-Shopify-Shop-Api-Call-Limit": "40/40"}),
    )
    client = connect()
    before = clock.now()
    client.rest("get", "/admin/shop.json")
    client.rest("get", "/admin/shop.json")
    assert (clock.now() - before).total_seconds() == 2.5


def test_rest_inserts_the_version_sends_json_and_returns_refusals_of_the_request(shop, connect, reply) -> None:
    shop.script(reply(422, {"errors": {"title": ["can't be blank"]}}))
    answer = connect().rest("put", "/admin/products/1.json?a=b", {"product": {"title": ""}}, {"c": [1, 2]})
    seen = shop.saw[0]
    assert (seen.method, seen.path) == ("PUT", "/admin/api/2026-04/products/1.json?a=b&c=1&c=2")
    assert seen.body == {"product": {"title": ""}}
    failure = answer.failure()
    assert (answer.ok, answer.status, answer.body["errors"]) == (False, 422, {"title": ["can't be blank"]})
    assert failure is not None
    assert not failure.transient
    assert "can't be blank" in failure.message


@pytest.mark.parametrize(("status", "body"), [(200, {"a": 1}), (201, {"a": 1}), (204, b""), (201, b" ")])
def test_rest_answers_may_be_empty(shop, connect, reply, status, body) -> None:
    shop.script(reply(status, body))
    answer = connect().rest("DELETE", "/admin/orders/1.json")
    assert (answer.ok, answer.body) == (True, None if isinstance(body, bytes) else body)


def test_a_missing_resource_is_an_answer_and_a_missing_graphql_endpoint_an_error(shop, connect, reply) -> None:
    shop.script(reply(404, {"errors": "Not Found"}))
    assert connect().rest("GET", "/admin/orders/1.json").status == 404
    with pytest.raises(ShopifyError, match="no such shop") as caught:
        connect().graphql("{ shop { id } }")
    assert caught.value.status == 404


def test_the_next_page_comes_from_the_link_header(shop, connect, reply) -> None:
    base = "https://prints.myshopify.com/admin/api/2026-04/orders.json"
    links = f'<{base}?page_info=a&limit=2>; rel="previous", <{base}?page_info=b%3D&limit=2>; rel="next"'
    shop.script(reply(200, {"orders": []}, {"Link": links}), reply(200, {"orders": []}))
    client = connect()
    following = client.rest("GET", "/admin/orders.json").next_page
    assert following == "/admin/api/2026-04/orders.json?page_info=b%3D&limit=2"
    assert client.rest("GET", following).next_page is None
    assert shop.saw[1].path == following


def test_calls_are_counted_for_the_block_and_in_all(shop, connect, reply) -> None:
    shop.script(reply(body=throttled(112, 12)), reply(body=fine()), reply(200, {"shop": {}}))
    client = connect()
    with client.metered() as outer:
        client.graphql(TAGS)
        with client.metered() as inner:
            client.rest("GET", "/admin/shop.json")
    client.rest("GET", "/admin/shop.json")
    assert outer.to_meta() == {
        "shopify_admin_graphql_api_cost": 10,
        "shopify_admin_graphql_api_requests_count": 2,
        "shopify_admin_rest_api_requests_count": 1,
        "shopify_admin_api_time_ms": 0,
    }
    assert (inner.graphql_requests, inner.rest_requests) == (0, 1)
    assert (client.usage().rest_requests, client.usage().waited) == (2, 1.0)


def test_a_block_does_not_count_what_other_threads_do(connect) -> None:
    client = connect()
    with client.metered() as usage:
        other = threading.Thread(target=client.graphql, args=("{ shop { id } }",))
        other.start()
        other.join()
    assert (usage.graphql_requests, client.usage().graphql_requests) == (0, 1)


def test_every_exchange_is_told_to_the_log(shop, connect, records, reply) -> None:
    shop.script(
        reply(body=throttled(112, 12)),
        reply(body=fine()),
        reply(200, {}, {"X-Shopify-API-Deprecated-Reason": "gone in 2027-01"}),
        reply(503, {"errors": "down"}),
    )
    client = connect()
    client.graphql(TAGS)
    client.rest("GET", "/admin/shop.json")
    with pytest.raises(ShopifyError):
        client.rest("GET", "/admin/shop.json")
    told = [(record.kind, record.request, record.status, record.cost, record.outcome) for record in records]
    rest = "GET /admin/api/2026-04/shop.json"
    assert told == [
        ("graphql", "mutation tagsAdd", 200, None, "throttled"),
        ("graphql", "mutation tagsAdd", 200, 10.0, "ok"),
        ("rest", rest, 200, None, "ok"),
        ("rest", rest, 503, None, "shopify.unavailable"),
    ]
    assert records[2].deprecated == "gone in 2027-01"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"version": "2026-4"}, "not a version"),
        ({"version": "2026-05"}, "not a version"),
        ({"base_url": "http://shop.example"}, "unencrypted"),
        ({"base_url": "ftp://127.0.0.1"}, "not an address"),
        ({"base_url": "http://127.0.0.1/admin"}, "not an address"),
    ],
)
def test_impossible_settings_are_refused_at_once(connect, changes, message) -> None:
    with pytest.raises(ConfigError, match=message):
        connect(**changes)


@pytest.mark.parametrize("value", [float("nan"), {1, 2}, object(), "\ud800"])
def test_values_that_json_cannot_hold_are_refused_before_anything_is_sent(shop, connect, value) -> None:
    with pytest.raises(ShopifyError) as caught:
        connect().graphql("{ shop { id } }", {"a": value})
    assert (caught.value.code, caught.value.transient, shop.saw) == ("shopify.input", False, [])


def test_time_spent_is_measured_by_the_given_clock(connect, records, shop, http) -> None:
    class Ticking(FixedClock):
        def now(self):
            return self.advance(0.25)

    clock = Ticking(FixedClock.now(connect()._clock))
    reply = connect(clock=clock).graphql("{ shop { id } }")
    assert reply.ms == records[0].ms == 250
