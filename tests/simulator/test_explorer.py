"""The page at ``/_sim/graphiql``: it is whole, reaches nothing outside, and only this machine gets it."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator

import httpx
import pytest

from runner.simulator.app import make_app
from runner.simulator.server import RunningShop, simulator

PATH = "/_sim/graphiql"


@pytest.fixture(scope="module")
def shop() -> Iterator[RunningShop]:
    with simulator({"shop": {"domain": "mine.myshopify.com"}, "app": {"token": "a</script><b>"}}) as running:
        yield running


def settings(page: str) -> dict[str, str]:
    found = re.search(r'<script type="application/json" id="settings">(.*?)</script>', page, re.S)
    assert found is not None
    return dict(json.loads(found[1]))


def test_the_page_knows_the_store_and_a_token_that_works(shop: RunningShop) -> None:
    reply = httpx.get(shop.url + PATH)
    assert reply.status_code == 200
    assert reply.headers["content-type"].startswith("text/html")
    known = settings(reply.text)
    assert (known["shop"], known["token"]) == ("mine.myshopify.com", shop.token)
    answer = httpx.post(
        f"{shop.url}/admin/api/{known['version']}/graphql.json",
        json={"query": "{ shop { name } }"},
        headers={"X-Shopify-Access-Token": known["token"]},
    )
    assert "errors" not in answer.json()


def test_the_query_for_the_schema_that_the_page_sends_is_answered(shop: RunningShop) -> None:
    page = httpx.get(shop.url + PATH).text
    query = re.search(r"const TYPE = `(.*?)`", page, re.S)
    assert query is not None
    for name in ("QueryRoot", "ProductInput", "ProductStatus", "Node", "Int"):
        answer = httpx.post(
            f"{shop.url}/admin/api/2026-04/graphql.json",
            json={"query": query[1], "variables": {"name": name}},
            headers={"X-Shopify-Access-Token": shop.token},
        )
        assert "errors" not in answer.json(), name


def test_the_page_names_no_other_machine(shop: RunningShop) -> None:
    assert re.findall(r"(?:https?:)?//[a-z][\w.-]+\.[a-z]+", httpx.get(shop.url + PATH).text) == []


@pytest.mark.parametrize("host", ["evil.example", "evil.example:9292"])
def test_a_page_elsewhere_that_calls_this_machine_by_its_own_name_gets_nothing(shop: RunningShop, host: str) -> None:
    reply = httpx.get(shop.url + PATH, headers={"Host": host})
    assert reply.status_code == 403
    assert shop.token not in reply.text


def test_another_machine_gets_nothing(shop: RunningShop) -> None:
    async def from_far() -> int:
        far = httpx.ASGITransport(make_app(shop), client=("10.0.0.9", 5000))
        async with httpx.AsyncClient(transport=far, base_url="http://127.0.0.1") as client:
            return (await client.get(PATH)).status_code

    assert asyncio.run(from_far()) == 403
