"""The HTTP surface of a simulated shop: paths, tokens, scopes, versions, GraphQL, pages (simulator.md 1 to 3)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from graphql import get_introspection_query

from runner.simulator.server import RunningShop, simulator

GRAPHQL = "/admin/api/2026-04/graphql.json"
TITLES = "query ($first: Int, $after: String, $last: Int, $before: String, $reverse: Boolean) {\n  products("
TITLES += "first: $first, after: $after, last: $last, before: $before, reverse: $reverse, sortKey: TITLE) {\n"
TITLES += "    nodes { title } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }\n  }\n}"
SORTED = ["Ferry, Late Winter", "Harbour at Dawn", "Lighthouse", "Picture Hook", "Postcard Set", "Salt Marsh"]
Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def limited(shop: RunningShop) -> Iterator[httpx.Client]:
    """A client whose token may read products and nothing else."""
    shop.reset({"app": {"token": "shpat_little", "scopes": ["read_products"]}, "products": ["Mug"]})
    with httpx.Client(base_url=shop.url, headers={"X-Shopify-Access-Token": "shpat_little"}, verify=False) as client:
        yield client


def titles(page: dict[str, Any]) -> list[str]:
    return [node["title"] for node in page["data"]["products"]["nodes"]]


# tokens and scopes


@pytest.mark.parametrize("token", [None, "", "shpat_wrong"])
@pytest.mark.parametrize("path", [GRAPHQL, "/admin/api/2026-04/shop.json"])
def test_a_wrong_or_missing_token_is_401_with_shopifys_body(shop: RunningShop, token: str | None, path: str) -> None:
    headers = {} if token is None else {"X-Shopify-Access-Token": token}
    reply = httpx.request("POST" if path == GRAPHQL else "GET", shop.url + path, headers=headers)
    assert reply.status_code == 401
    assert reply.json() == {"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"}


def test_a_field_outside_the_scopes_is_access_denied_naming_the_scope(limited: httpx.Client) -> None:
    body = limited.post(GRAPHQL, json={"query": "{ orders(first: 1) { nodes { id } } }"}).json()
    (error,) = body["errors"]
    assert error["message"].startswith("Access denied for orders field. Required access: `read_orders` access scope")
    assert error["path"] == ["orders"]
    assert error["extensions"]["code"] == "ACCESS_DENIED"
    assert "read_orders" in error["extensions"]["requiredAccess"]
    assert body["data"] is None


def test_a_field_inside_the_scopes_is_answered(limited: httpx.Client) -> None:
    body = limited.post(GRAPHQL, json={"query": "{ products(first: 1) { nodes { title } } }"}).json()
    assert titles(body) == ["Mug"]


def test_a_mutation_needs_the_write_scope_of_what_its_arguments_name(limited: httpx.Client, shop: RunningShop) -> None:
    product = next(iter(shop.state()["objects"]["Product"]))
    mutation = 'mutation ($id: ID!) { tagsAdd(id: $id, tags: ["x"]) { userErrors { message } } }'
    body = limited.post(GRAPHQL, json={"query": mutation, "variables": {"id": product}}).json()
    assert body["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"
    assert "write_products" in body["errors"][0]["message"]
    assert shop.changes() == []


def test_node_does_not_get_around_the_scopes(limited: httpx.Client, shop: RunningShop) -> None:
    shop.reset(
        {
            "app": {"token": "shpat_little", "scopes": ["read_products"]},
            "objects": [{"type": "Customer", "id": 7, "firstName": "Pat"}],
        }
    )
    query = '{ node(id: "gid://shopify/Customer/7") { ... on Customer { firstName } } }'
    body = limited.post(GRAPHQL, json={"query": query}).json()
    assert body["data"] == {"node": None}
    assert body["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"


def test_rest_outside_the_scopes_is_403(limited: httpx.Client) -> None:
    reply = limited.get("/admin/api/2026-04/locations.json")
    assert reply.status_code == 403
    assert "read_locations" in reply.json()["errors"]


def test_client_credentials_give_a_token_that_expires(shop: RunningShop) -> None:
    form = {"grant_type": "client_credentials", "client_id": shop.client_id, "client_secret": shop.secret}
    body = httpx.post(f"{shop.url}/admin/oauth/access_token", json=form).json()
    assert body["expires_in"] == 86399
    assert "read_products" in body["scope"].split(",")
    headers = {"X-Shopify-Access-Token": body["access_token"]}
    query = {"query": "{ shop { name } }"}
    assert httpx.post(shop.url + GRAPHQL, json=query, headers=headers).status_code == 200
    shop.advance(86400)
    assert httpx.post(shop.url + GRAPHQL, json=query, headers=headers).status_code == 401


@pytest.mark.parametrize(
    "wrong",
    [{"client_secret": "x"}, {"client_id": "x"}, {"grant_type": "password"}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_wrong_credentials_get_no_token(shop: RunningShop, wrong: dict[str, str]) -> None:
    form = {"grant_type": "client_credentials", "client_id": shop.client_id, "client_secret": shop.secret, **wrong}
    reply = httpx.post(f"{shop.url}/admin/oauth/access_token", data=form)
    assert reply.status_code == 400
    assert "access_token" not in reply.json()


# versions and headers


@pytest.mark.parametrize(
    ("asked", "answering"),
    [("2026-01", "2026-01"), ("2026-04", "2026-04"), ("unstable", "unstable"), ("2020-01", "2025-04")],
)
def test_an_unknown_version_falls_forward_and_says_so(http: httpx.Client, asked: str, answering: str) -> None:
    reply = http.post(f"/admin/api/{asked}/graphql.json", json={"query": "{ shop { name } }"})
    assert reply.json()["data"]["shop"]["name"] == "Tidewater Prints"
    assert reply.headers["X-Shopify-API-Version"] == answering


def test_request_ids_are_new_for_each_request_and_the_same_in_every_run(shop: RunningShop, http: httpx.Client) -> None:
    runs = []
    for _ in range(2):
        shop.reset()
        replies = [http.post(GRAPHQL, json={"query": "{ shop { name } }"}) for _ in range(2)]
        runs.append([reply.headers["X-Request-Id"] for reply in replies])
    assert runs[0] == runs[1]
    assert len(set(runs[0])) == 2


def test_the_same_requests_get_the_same_bytes(shop: RunningShop, http: httpx.Client) -> None:
    runs = []
    for _ in range(2):
        shop.reset()
        replies = [
            http.post(GRAPHQL, json={"query": TITLES, "variables": {"first": 3}}),
            http.get("/admin/api/2026-04/locations.json"),
            http.post(GRAPHQL, json={"query": "{ nothing }"}),
        ]
        runs.append([(reply.content, sorted(reply.headers.items())) for reply in replies])
    assert runs[0] == runs[1]


@pytest.mark.parametrize("path", ["/", "/admin", "/products.json"])
def test_a_path_outside_the_admin_is_404(http: httpx.Client, path: str) -> None:
    assert http.get(path).status_code == 404


def test_a_rest_resource_that_is_not_simulated_is_not_silent(http: httpx.Client) -> None:
    reply = http.get("/admin/api/2026-04/marketing_events.json")
    assert reply.status_code == 404
    assert "does not implement GET marketing_events.json" in reply.json()["errors"]


def test_a_call_is_counted_in_the_header_of_the_rest_bucket(http: httpx.Client) -> None:
    counts = [http.get("/admin/locations.json").headers["X-Shopify-Shop-Api-Call-Limit"] for _ in range(2)]
    assert counts == ["1/40", "2/40"]


# GraphQL requests


@pytest.mark.parametrize("body", ["", "no json", "[]", '{"variables": {}}'])
def test_a_body_without_a_query_is_400(http: httpx.Client, body: str) -> None:
    reply = http.post(GRAPHQL, content=body, headers={"Content-Type": "application/json"})
    assert reply.status_code == 400
    assert reply.json() == {"errors": {"query": "Required parameter missing or invalid"}}


def test_a_bare_query_is_accepted_as_application_graphql(http: httpx.Client) -> None:
    reply = http.post(GRAPHQL, content="{ shop { name } }", headers={"Content-Type": "application/graphql"})
    assert reply.json()["data"] == {"shop": {"name": "Tidewater Prints"}}


def test_what_the_schema_lacks_is_refused_in_shopifys_words(ask: Ask) -> None:
    (error,) = ask("{ shop { nothing } }")["errors"]
    assert error["message"] == "Field 'nothing' doesn't exist on type 'Shop'"
    assert error["extensions"]["code"] == "undefinedField"


def test_introspection_is_answered(ask: Ask) -> None:
    body = ask('{ __schema { queryType { name } } __type(name: "Product") { kind } }')
    assert body["data"] == {"__schema": {"queryType": {"name": "QueryRoot"}}, "__type": {"kind": "OBJECT"}}


def test_the_whole_schema_is_told_to_the_query_that_every_tool_sends(ask: Ask) -> None:
    types = ask(get_introspection_query(descriptions=False))["data"]["__schema"]["types"]
    assert {"QueryRoot", "Mutation", "Product"} <= {each["name"] for each in types}


def test_every_reply_tells_its_cost(ask: Ask) -> None:
    cost = ask("{ shop { name } }")["extensions"]["cost"]
    assert cost["requestedQueryCost"] == cost["actualQueryCost"] == 1
    assert cost["throttleStatus"]["maximumAvailable"] == 2000
    assert cost["throttleStatus"]["restoreRate"] == 100


def test_a_mutation_that_is_not_simulated_says_so(ask: Ask, shop: RunningShop) -> None:
    body = ask('mutation { webPixelDelete(id: "gid://shopify/WebPixel/1") { deletedWebPixelId } }')
    (error,) = body["errors"]
    assert error["message"] == "the simulator does not implement webPixelDelete yet"
    assert error["extensions"]["code"] == "SIMULATOR_NOT_IMPLEMENTED"
    assert body["data"] == {"webPixelDelete": None}
    assert shop.requests()[-1]["errors"] == ["SIMULATOR_NOT_IMPLEMENTED"]


# nodes


def test_node_and_nodes_find_objects_by_gid(ask: Ask, shop: RunningShop) -> None:
    product = next(iter(shop.state()["objects"]["Product"]))
    body = ask(
        "query ($id: ID!, $ids: [ID!]!) "
        "{ node(id: $id) { id ... on Product { title } } nodes(ids: $ids) { __typename } }",
        id=product,
        ids=["gid://shopify/Product/1", product],
    )
    assert body["data"]["node"] == {"id": product, "title": "Harbour at Dawn"}
    assert body["data"]["nodes"] == [None, {"__typename": "Product"}]


def test_an_object_that_is_not_there_is_null(ask: Ask) -> None:
    assert ask('{ product(id: "gid://shopify/Product/1") { id } }')["data"] == {"product": None}


def test_the_id_of_another_type_is_refused(ask: Ask, shop: RunningShop) -> None:
    body = ask('{ customer(id: "gid://shopify/Product/1") { id } }')
    assert body["data"] == {"customer": None}
    assert body["errors"][0]["extensions"]["code"] == "RESOURCE_NOT_FOUND"


def test_the_numeric_id_is_a_field(ask: Ask) -> None:
    node = ask("{ products(first: 1) { nodes { id legacyResourceId } } }")["data"]["products"]["nodes"][0]
    assert node["id"] == f"gid://shopify/Product/{node['legacyResourceId']}"


# pages


def test_pages_forward_meet_without_gap(ask: Ask) -> None:
    seen: list[str] = []
    after = None
    for _ in range(3):
        page = ask(TITLES, first=2, after=after)
        info = page["data"]["products"]["pageInfo"]
        assert info["hasPreviousPage"] is (after is not None)
        assert info["startCursor"] == page["data"]["products"]["edges"][0]["cursor"]
        seen += titles(page)
        after = info["endCursor"]
        assert info["hasNextPage"] is (len(seen) < 6)
    assert seen == SORTED


def test_pages_backward_meet_without_gap(ask: Ask) -> None:
    last = ask(TITLES, last=4)
    before = last["data"]["products"]["pageInfo"]["startCursor"]
    first = ask(TITLES, last=4, before=before)
    assert titles(first) + titles(last) == SORTED
    assert first["data"]["products"]["pageInfo"]["hasPreviousPage"] is False


def test_reverse_turns_the_order_and_its_cursors(ask: Ask) -> None:
    page = ask(TITLES, first=2, reverse=True)
    following = ask(TITLES, first=4, reverse=True, after=page["data"]["products"]["pageInfo"]["endCursor"])
    assert titles(page) + titles(following) == SORTED[::-1]


def test_a_cursor_holds_when_its_object_is_gone(ask: Ask, shop: RunningShop) -> None:
    page = ask(TITLES, first=2)
    gone = next(key for key, fields in shop.state()["objects"]["Product"].items() if fields["title"] == SORTED[1])
    shop.shop.graph.delete(gone)
    following = ask(TITLES, first=4, after=page["data"]["products"]["pageInfo"]["endCursor"])
    assert titles(following) == SORTED[2:]


def test_an_empty_page_has_no_cursors(ask: Ask) -> None:
    info = ask(TITLES, first=0)["data"]["products"]["pageInfo"]
    assert (info["startCursor"], info["endCursor"], info["hasNextPage"]) == (None, None, True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "you must provide one of first or last"),
        ({"first": 251}, "first cannot exceed 250"),
        ({"last": 251}, "last cannot exceed 250"),
        ({"first": -1}, "first must be greater than or equal to 0"),
        ({"first": 1, "last": 1}, "providing both first and last is not supported"),
        ({"first": 1, "after": "nonsense"}, "Invalid cursor for current pagination sort."),
    ],
)
def test_a_page_that_cannot_be_is_refused(ask: Ask, arguments: dict[str, Any], message: str) -> None:
    body = ask(TITLES, **arguments)
    assert body["errors"][0]["message"] == message
    assert body["data"] is None


def test_variants_come_by_2048_only_below_a_product_at_the_root(ask: Ask, shop: RunningShop) -> None:
    shop.reset("prints-large")
    product = next(iter(shop.state()["objects"]["Product"]))
    alone = ask("query ($id: ID!) { product(id: $id) { variants(first: 2048) { nodes { id } } } }", id=product)
    assert len(alone["data"]["product"]["variants"]["nodes"]) == 300
    among = ask("{ products(first: 1) { nodes { variants(first: 2048) { nodes { id } } } } }")
    assert among["errors"][0]["message"] == "first cannot exceed 250"
    too_many = ask("query ($id: ID!) { product(id: $id) { variants(first: 2049) { nodes { id } } } }", id=product)
    assert too_many["errors"][0]["message"] == "first cannot exceed 2048"


def test_counts_count(ask: Ask) -> None:
    assert ask("{ productsCount { count precision } }")["data"] == {"productsCount": {"count": 6, "precision": "EXACT"}}


# guesses


def test_what_nobody_stored_is_guessed_and_told(http: httpx.Client, shop: RunningShop) -> None:
    shop.reset({"objects": [{"type": "Company", "id": 5, "name": "Acme"}]})
    query = '{ company(id: "gid://shopify/Company/5") { name note ordersCount { count } createdAt } }'
    reply = http.post(GRAPHQL, json={"query": query})
    company = reply.json()["data"]["company"]
    assert (company["name"], company["note"]) == ("Acme", None)
    assert "Company.note" in reply.headers["X-Simulator-Guessed"]
    assert "Company.note" in shop.requests()[-1]["guessed"]
    assert "Company.name" not in shop.requests()[-1]["guessed"]


def test_a_guess_that_may_not_be_null_has_a_neutral_value(ask: Ask, shop: RunningShop) -> None:
    shop.reset({"objects": [{"type": "SellingPlanGroup", "id": 5}, {"type": "StoreCreditAccount", "id": 6}]})
    query = (
        '{ sellingPlanGroup(id: "gid://shopify/SellingPlanGroup/5") '
        "{ merchantCode products(first: 1) { nodes { id } pageInfo { hasNextPage } } } "
        'storeCreditAccount(id: "gid://shopify/StoreCreditAccount/6") { balance { amount currencyCode } } }'
    )
    found = ask(query)["data"]
    assert found["sellingPlanGroup"]["merchantCode"] == ""
    assert found["sellingPlanGroup"]["products"] == {"nodes": [], "pageInfo": {"hasNextPage": False}}
    assert found["storeCreditAccount"]["balance"]["amount"] == "0.0"


def test_a_strict_shop_refuses_to_guess() -> None:
    seed = {"objects": [{"type": "Company", "id": 5, "name": "Acme", "note": None}]}
    with simulator(seed, strict=True) as shop, httpx.Client(base_url=shop.url) as client:
        client.headers["X-Shopify-Access-Token"] = shop.token
        told = client.post(GRAPHQL, json={"query": '{ company(id: "gid://shopify/Company/5") { name note } }'}).json()
        assert told["data"]["company"] == {"name": "Acme", "note": None}
        query = '{ company(id: "gid://shopify/Company/5") { externalId } }'
        guess = client.post(GRAPHQL, json={"query": query}).json()
        assert guess["errors"][0]["extensions"]["code"] == "SIMULATOR_GUESS"
        assert "Company.externalId" in guess["errors"][0]["message"]


# mutations


def test_user_errors_undo_the_whole_mutation(ask: Ask, shop: RunningShop) -> None:
    """A mutation of several changes, the second of which is wrong, changes nothing."""
    levels = shop.state()["objects"]["InventoryLevel"]
    item = next(iter(levels.values()))
    changes = [
        {"inventoryItemId": item["item"], "locationId": item["location"], "delta": -1, "changeFromQuantity": None},
        {
            "inventoryItemId": item["item"],
            "locationId": "gid://shopify/Location/1",
            "delta": 1,
            "changeFromQuantity": None,
        },
    ]
    body = ask(
        "mutation ($changes: [InventoryChangeInput!]!) { inventoryAdjustQuantities("
        'input: {reason: "correction", name: "available", changes: $changes}) @idempotent(key: "k") '
        "{ userErrors { field message code } } }",
        changes=changes,
    )
    assert body["data"]["inventoryAdjustQuantities"]["userErrors"]
    assert shop.changes() == []
    assert shop.requests()[-1]["user_errors"]
    assert shop.state()["objects"]["InventoryLevel"] == levels


def test_each_change_is_told_with_its_cause(ask: Ask, shop: RunningShop) -> None:
    product = next(iter(shop.state()["objects"]["Product"]))
    ask('mutation ($id: ID!) { tagsAdd(id: $id, tags: ["new"]) { userErrors { message } } }', id=product)
    change = shop.changes()[0]
    assert (change["cause"], change["id"], change["operation"]) == ("graphql tagsAdd", product, "update")
    assert "new" in change["after"]["tags"]
    assert "new" not in change["before"]["tags"]


def test_a_still_clock_moves_on_after_a_change_only(ask: Ask, shop: RunningShop) -> None:
    product = next(iter(shop.state()["objects"]["Product"]))
    start = shop.clock()["now"]
    ask("{ shop { name } }")
    assert shop.clock()["now"] == start
    ask('mutation ($id: ID!) { tagsAdd(id: $id, tags: ["new"]) { userErrors { message } } }', id=product)
    assert shop.clock()["now"] > start


def test_the_body_of_a_reply_is_utf_8_json(http: httpx.Client, shop: RunningShop) -> None:
    shop.reset({"products": ["Café ☕"]})
    reply = http.post(GRAPHQL, json={"query": "{ products(first: 1) { nodes { title } } }"})
    assert reply.headers["Content-Type"] == "application/json; charset=utf-8"
    assert titles(json.loads(reply.content.decode("utf-8"))) == ["Café ☕"]
