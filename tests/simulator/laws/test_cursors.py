"""Cursors never leave out nor repeat what stays, whatever else happens between two pages.

https://shopify.dev/docs/api/usage/pagination-graphql: a cursor is a place in the order, and the pages before and after
it are those of that order.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runner.shopify.schema import graphql_schema
from runner.simulator.seed import load_seed
from runner.simulator.shop import SimulatedShop
from tests.simulator.laws.shops import ask, open_shop, send

NAMES = ["Bowl", "apron", "Mug", "mug", "Cup", "Jug", "Tile", "Vase"]
MOMENTS = [f"2026-03-0{day}T1{hour}:00:00Z" for day in (1, 2) for hour in range(3)]
SEED: dict[str, Any] = {
    "clock": "2026-03-02T15:00:00Z",
    "locations": ["Workshop", "Gallery", "Attic"],
    "products": [
        {
            "title": name,
            "handle": f"p{place}",
            "vendor": name[0],
            "type": "Tableware",
            "options": {"Size": ["S", "L"]},
            "variants": [{"Size": "S", "sku": f"{name}-S", "price": "5.00"}, {"Size": "L", "price": "9.00"}],
        }
        for place, name in enumerate(NAMES)
    ],
    "collections": [
        {
            "title": "Everything",
            "id": 21,
            "sort": "manual",
            "products": ["p2", "p1", "p5", "p0", "p7", "p6"],
        },
        *({"title": name, "handle": f"c{place}"} for place, name in enumerate(NAMES)),
    ],
    "customers": [{"name": f"Pat {name}", "email": f"{place}@shop.test"} for place, name in enumerate(NAMES)],
    "orders": [
        {"lines": [{"sku": f"{name}-S", "quantity": 1 + place % 3}], "customer": f"{place}@shop.test"}
        for place, name in enumerate(NAMES)
    ],
}
POTTERY = load_seed(SEED)
CONNECTIONS = {
    "products": ("Product", ("title", "vendor", "productType", "createdAt", "updatedAt", "publishedAt")),
    "productVariants": ("ProductVariant", ("title", "sku", "position", "updatedAt")),
    "collections": ("Collection", ("title", "updatedAt")),
    "customers": ("Customer", ("lastName", "firstName", "createdAt", "updatedAt")),
    "orders": ("Order", ("processedAt", "createdAt", "updatedAt", "poNumber")),
    "locations": ("Location", ("name",)),
}


def sort_keys(name: str) -> list[str]:
    """The sort keys of a connection of the query root."""
    root = graphql_schema().query_type
    assert root is not None
    argument = root.fields[name].args["sortKey"].type
    return sorted(argument.values)  # type: ignore[union-attr]


ORDERS = [(name, key) for name in CONNECTIONS for key in sort_keys(name)]
CHANGES = st.lists(
    st.tuples(st.sampled_from(["add", "delete", "change"]), st.integers(0, 30), st.integers(0, 30)), max_size=3
)


def disturb(shop: SimulatedShop, name: str, changes: list[tuple[str, int, int]], touched: set[str]) -> None:
    """Make the changes, noting whom they touch."""
    kind, fields = CONNECTIONS[name]
    for what, one, other in changes:
        nodes = shop.graph.of_type(kind)
        chosen = nodes[one % len(nodes)]
        field = fields[other % len(fields)]
        values = MOMENTS if field.endswith("At") else NAMES
        value: Any = one if field == "position" else values[one % len(values)]
        if what == "add":
            touched.add(shop.graph.create(kind, {**chosen.fields, field: value}).id)
        elif what == "change":
            touched.add(shop.graph.update(chosen.id, {field: value}).id)
        elif len(nodes) > 3:
            touched.add(chosen.id)
            shop.graph.delete(chosen.id)


@settings(max_examples=90, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    order=st.sampled_from(ORDERS),
    reverse=st.booleans(),
    size=st.integers(1, 3),
    backward=st.booleans(),
    between=st.lists(CHANGES, min_size=2, max_size=6),
)
def test_what_stays_is_told_once(
    order: tuple[str, str], reverse: bool, size: int, backward: bool, between: list[list[tuple[str, int, int]]]
) -> None:
    name, key = order
    shop = open_shop(POTTERY)
    stay = {node.id for node in shop.graph.of_type(CONNECTIONS[name][0])}
    touched: set[str] = set()
    told: list[str] = []
    arguments = f"{'last' if backward else 'first'}: {size}, sortKey: {key}, reverse: {str(reverse).lower()}"
    side, more, end = "after", "hasNextPage", "endCursor"
    if backward:
        side, more, end = "before", "hasPreviousPage", "startCursor"
    page_info = f"pageInfo {{ {more} {end} }}"
    text = f"query($at: String) {{ {name}({arguments}, {side}: $at) {{ nodes {{ id }} {page_info} }} }}"
    cursor, turn = None, 0
    while True:
        page = ask(shop, text, at=cursor)["data"][name]
        told += [node["id"] for node in page["nodes"]]
        if not page["pageInfo"][more]:
            break
        cursor = page["pageInfo"][end]
        disturb(shop, name, between[turn] if turn < len(between) else [], touched)
        turn += 1
    kept = [node for node in told if node in stay - touched]
    assert sorted(kept) == sorted(stay - touched)


@settings(max_examples=30, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(size=st.integers(1, 2), reverse=st.booleans(), gone=st.lists(st.integers(0, 5), max_size=4))
def test_an_order_of_the_lists_own_is_kept_when_members_leave(size: int, reverse: bool, gone: list[int]) -> None:
    """The manual order of a collection: no value of a product tells its place there."""
    shop = open_shop(POTTERY)
    products = list(shop.graph.get("gid://shopify/Collection/21")["_products"])  # type: ignore[index]
    left, told, cursor = set(products), [], None
    asked = f"first: {size}, sortKey: MANUAL, reverse: {str(reverse).lower()}"
    text = f"""query($at: String) {{ collection(id: "gid://shopify/Collection/21") {{ products({asked}, after: $at) {{
        nodes {{ id }} pageInfo {{ hasNextPage endCursor }} }} }} }}"""
    for turn in range(9):
        page = ask(shop, text, at=cursor)["data"]["collection"]["products"]
        told += [node["id"] for node in page["nodes"]]
        cursor = page["pageInfo"]["endCursor"] or cursor
        if turn < len(gone):
            left.discard(products[gone[turn]])
            now = [each for each in products if each in left]
            shop.graph.update("gid://shopify/Collection/21", _products=now)
        if not page["nodes"]:
            break
    assert [each for each in told if each in left] == [
        each for each in (products[::-1] if reverse else products) if each in left
    ]


def rest_pages(shop: SimulatedShop, path: str, query: str, name: str, after_each: Any) -> Iterator[int]:
    """The ids on all pages of a REST resource, ``after_each`` being called between them."""
    while True:
        reply = send(shop, "GET", f"/admin/api/2026-04/{path}.json", query=query)
        assert reply.status == 200, reply.body
        yield from (row["id"] for row in json.loads(reply.body)[name])
        links = [part for part in reply.headers.get("Link", "").split(", ") if part.endswith('rel="next"')]
        if not links:
            return
        query = urlsplit(links[0][1 : links[0].index(">")]).query
        after_each()


@pytest.mark.parametrize(
    ("path", "query", "kind"),
    [
        ("products", "limit=2", "Product"),
        ("products", "limit=2&since_id=80000002", "Product"),
        ("customers", "limit=2", "Customer"),
        ("orders", "limit=2&status=any", "Order"),
        ("orders", "limit=2&status=any&since_id=50000001", "Order"),
    ],
)
def test_rest_pages_hold_when_the_object_of_the_cursor_goes(path: str, query: str, kind: str) -> None:
    """https://shopify.dev/docs/api/admin-rest/usage/pagination"""
    shop = open_shop(POTTERY)
    seen: list[int] = []
    gone: set[int] = set()

    def drop() -> None:
        node = shop.graph.by_number(kind, seen[-1])
        if node is not None and len(gone) < 2:
            gone.add(seen[-1])
            shop.graph.delete(node.id)

    before = [node.number for node in shop.graph.of_type(kind)]
    least = int(query.rpartition("since_id=")[2]) if "since_id" in query else 0
    for number in rest_pages(shop, path, query, path, drop):
        seen.append(number)
    assert len(seen) == len(set(seen))
    assert sorted(seen) == sorted(number for number in before if number > least)
    assert len(gone) == 2
