"""What templates see of the shop and the cache under the engine, over real HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from runner.engine.reads import EngineReads
from runner.errors import ShopifyError
from runner.model.run import RunKind
from tests.engine.world import World
from tests.shopify.conftest import Scripted, Shop, connect, http, records, shop, tls

__all__ = ["connect", "http", "records", "shop", "tls"]

DOMAIN = "prints.myshopify.com"


@pytest.fixture
def clock(world: World) -> Any:
    return world.clock


@pytest.fixture
def reads(connect: Callable[..., Any], world: World) -> EngineReads:
    return EngineReads(connect(), world.store.cache, DOMAIN)


def test_a_query_answers_with_the_whole_response(reads: EngineReads, shop: Shop) -> None:
    body = {"data": {"shop": None}, "errors": [{"message": "half"}]}
    shop.script(Scripted(body=body))
    assert reads.graphql("{ shop { name } }", {"a": 1}) == body
    assert shop.saw[0].body == {"query": "{ shop { name } }", "variables": {"a": 1}}


def test_a_look_up_is_a_versioned_get(reads: EngineReads, shop: Shop) -> None:
    shop.script(Scripted(body={"variants": []}))
    assert reads.rest("variants.json", {"limit": 5}) == {"variants": []}
    assert (shop.saw[0].method, shop.saw[0].path) == ("GET", "/admin/api/2026-04/variants.json?limit=5")


def test_what_does_not_exist_is_nil(reads: EngineReads, shop: Shop) -> None:
    shop.script(Scripted(status=404, body={"errors": "Not Found"}))
    assert reads.rest("variants/1.json") is None


@pytest.mark.parametrize(("status", "transient"), [(422, False), (403, False), (500, True), (503, True)])
def test_any_other_refusal_fails_the_run(status: int, transient: bool, reads: EngineReads, shop: Shop) -> None:
    shop.script(Scripted(status=status, body={"errors": "x"}))
    with pytest.raises(ShopifyError) as caught:
        reads.rest("variants/1.json")
    assert caught.value.transient is transient


def test_without_a_client_nobody_answers_and_the_cache_is_there(world: World) -> None:
    reads = EngineReads(None, world.store.cache, DOMAIN)
    world.store.cache.put(DOMAIN, "k", [1], 60)
    assert (reads.graphql("{ shop { name } }"), reads.rest("shop.json")) == (None, None)
    assert (reads.cache("k"), list(reads.cache_items())) == ([1], [("k", [1])])


def test_the_cache_is_that_of_the_shop_and_the_moment(world: World) -> None:
    store = world.store
    reads = EngineReads(None, store.cache, DOMAIN)
    store.cache.put("other.myshopify.com", "k", 1, 60)
    assert reads.cache("k") is None
    store.cache.put(DOMAIN, "k", 2, 60)
    assert reads.cache("k") == 2
    world.clock.advance(60)
    assert reads.cache("k") is None


def test_a_run_counts_what_its_reads_and_its_action_used(
    make_world: Callable[..., World], connect: Callable[..., Any], shop: Shop
) -> None:
    cost = {"requestedQueryCost": 3, "actualQueryCost": 2}
    shop.script(Scripted(body={"data": {"shop": {"name": "Prints"}}, "extensions": {"cost": cost}}))
    world = make_world(client=connect())
    world.task(
        '{% assign r = "{ shop { name } }" | shopify %}{% log r.data.shop.name %}'
        '{% action "shopify" %}mutation { a { b } }{% endaction %}'
    )
    world.run()
    (task_run,), (action_run,) = world.runs(RunKind.TASK), world.actions()
    assert world.logs() == ["Prints"]
    for run in (task_run, action_run):
        assert run.result_meta["shopify_admin_graphql_api_cost"] == 2
        assert run.result_meta["shopify_admin_graphql_api_requests_count"] == 1
    assert action_run.result["data"] == {"shop": {"name": "Prints"}}


def test_an_action_is_sent_in_the_version_its_task_run_had(
    make_world: Callable[..., World], connect: Callable[..., Any], shop: Shop
) -> None:
    world = make_world(client=connect())
    script = (
        '{% action "shopify" %}mutation { a }{% endaction %}'
        '{% action "shopify" %}["get", "/admin/shop.json"]{% endaction %}'
    )
    world.task(script, shopify_api_version="2026-01")
    world.send()
    while not world.actions():
        world.engine.step()
    world.task(script, shopify_api_version="2026-04")
    world.engine.drain()
    assert [seen.path for seen in shop.saw] == ["/admin/api/2026-01/graphql.json", "/admin/api/2026-01/shop.json"]
