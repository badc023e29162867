"""Nothing that can be asked makes the shop fail, or answer what its schema does not allow.

Here a short run, always the same; ``python -m tests.simulator.random_documents`` goes on for as long as told.
"""

from __future__ import annotations

import base64
import json
import random
import socket
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from runner.errors import InputError
from runner.simulator.server import RunningShop
from tests.simulator.conftest import GRAPHQL
from tests.simulator.fuzzing import Fuzz

REQUESTS = 150


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_asked_at_random_makes_the_shop_fail(seed: int) -> None:
    fuzz = Fuzz(random.Random(seed))
    assert [str(finding) for finding in fuzz.findings(requests=REQUESTS)] == []
    assert fuzz.answered > REQUESTS // 10, "most requests are refused as such: they show little"


def test_the_same_seed_asks_the_same() -> None:
    asked = []
    for _ in range(2):
        documents = Fuzz(random.Random(3)).documents
        asked.append([documents.any().body() for _ in range(30)])
    assert asked[0] == asked[1]


# what was found, kept from coming back


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"query": "{ shop { name } }", "variables": {"a": "\\ud800"}}', 200),
        (b'{"query": "{ product(id: \\"gid://shopify/Product/' + b"9" * 5000 + b'\\") { id } }"}', 200),
        (b'{"query": "{ product(id: \\"gid://shopify/Product/\\u0663\\") { id } }"}', 200),
        (b"[" * 100_000, 400),
        (b'{"query": "{ shop { name } }", "variables": ' + b'{"a":' * 5000 + b"1" + b"}" * 5001, 400),
        (b'{"query": "' + b"{ shop " * 5000 + b'"}', 200),
        (b'{"query": "{ shop { name } }", "variables": {"a": NaN}}', 400),
        (b'{"query": "{ shop { name } }", "variables": {"a": 1e999}}', 400),
        (b'{"query": 1}', 400),
        (b"\xff\xfe", 400),
        (b"", 400),
    ],
)
def test_a_body_of_any_kind_is_answered(http: httpx.Client, body: bytes, status: int) -> None:
    reply = http.post(GRAPHQL, content=body, headers={"Content-Type": "application/json"})
    assert reply.status_code == status
    assert reply.json().keys() & {"data", "errors"}


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "products/" + "9" * 5000, None, 404),
        ("GET", "products/\u0663", None, 404),
        ("POST", "customers", {"customer": {"email": {"a": 1}}}, 400),
        ("POST", "customers", {"customer": {"email": ["a"]}}, 400),
        ("POST", "customers", {"customer": {"first_name": 5, "last_name": True, "phone": 12075550134}}, 201),
        ("POST", "customers", {"customer": {"first_name": "P", "tags": [1, "b"]}}, 201),
        ("POST", "customers", {"customer": {"first_name": "P", "addresses": "x"}}, 400),
        ("POST", "customers", {"customer": {"first_name": "P", "metafields": [{"value": 1}]}}, 422),
        ("POST", "redirects", {"redirect": {"path": 1.5, "target": {}}}, 400),
        ("POST", "draft_orders", {"draft_order": {"line_items": [{"title": "A", "price": "NaN", "quantity": 1}]}}, 422),
        ("POST", "draft_orders", {"draft_order": {"line_items": [{"title": "A", "price": 1, "quantity": 1e30}]}}, 422),
        ("POST", "draft_orders", {"draft_order": {"line_items": [], "customer": 5}}, 400),
    ],
)
def test_a_rest_call_of_any_kind_is_answered(
    http: httpx.Client, method: str, path: str, body: Any, status: int
) -> None:
    reply = http.request(method, f"/admin/api/2026-04/{path}.json", json=body)
    assert reply.status_code == status
    assert status == 201 or "errors" in reply.json()


def test_a_text_with_half_a_character_comes_back_whole(http: httpx.Client) -> None:
    body = b'{"customer": {"first_name": "a\\ud800b"}}'
    reply = http.post("/admin/api/2026-04/customers.json", content=body, headers={"Content-Type": "application/json"})
    assert reply.json()["customer"]["first_name"] == "a\ufffdb"


def test_a_time_that_no_shop_could_show_is_as_none(http: httpx.Client) -> None:
    for moment in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "yesterday"):
        reply = http.post("/admin/api/2026-04/pages.json", json={"page": {"title": "P", "published_at": moment}})
        assert (reply.status_code, reply.json()["page"]["published_at"][:4]) == (201, "2026")


Ask = Callable[..., dict[str, Any]]


def test_times_are_kept_in_one_form(ask: Ask) -> None:
    text = """mutation ($at: DateTime) { discountAutomaticBasicCreate(automaticBasicDiscount: {title: "T",
        startsAt: $at, endsAt: "2027-01-01", minimumRequirement: {quantity: {greaterThanOrEqualToQuantity: "2"}},
        customerGets: {value: {percentage: 0.1}, items: {all: true}}})
        { automaticDiscountNode { automaticDiscount { ... on DiscountAutomaticBasic { startsAt endsAt } } } } }"""
    body = ask(text, at="2026-03-02T10:00:00.5-05:00")
    node = body["data"]["discountAutomaticBasicCreate"]["automaticDiscountNode"]
    assert node["automaticDiscount"] == {"startsAt": "2026-03-02T15:00:00Z", "endsAt": "2027-01-01T00:00:00Z"}


@pytest.mark.parametrize(
    ("query", "variables", "code"),
    [
        (
            '{ productByIdentifier(identifier: {id: "gid://shopify/Product/1", handle: "a"}) { id } }',
            {},
            "invalidOneOf",
        ),
        ("{ productByIdentifier(identifier: {}) { id } }", {}, "invalidOneOf"),
        ("{ productByIdentifier(identifier: {handle: null}) { id } }", {}, "argumentLiteralsIncompatible"),
        ("query ($h: String) { productByIdentifier(identifier: {handle: $h}) { id } }", {"h": "a"}, "variableMismatch"),
        (
            "query ($i: ProductIdentifierInput!) { productByIdentifier(identifier: $i) { id } }",
            {"i": {"handle": None}},
            "INVALID_VARIABLE",
        ),
        (
            "query ($i: ProductIdentifierInput!) { productByIdentifier(identifier: $i) { id } }",
            {"i": {}},
            "INVALID_VARIABLE",
        ),
    ],
)
def test_of_some_inputs_exactly_one_field_is_given(ask: Ask, query: str, variables: dict[str, Any], code: str) -> None:
    (error,) = ask(query, **variables)["errors"]
    assert error["extensions"]["code"].startswith(code)


def test_an_argument_may_be_called_as_the_simulator_calls_its_own(ask: Ask) -> None:
    """``source`` is an argument of ``returnProcess`` and others."""
    body = ask('mutation { urlRedirectImportCreate(url: "https://shop.test/a.csv") { userErrors { message } } }')
    assert body["errors"][0]["extensions"]["code"] == "SIMULATOR_NOT_IMPLEMENTED"


def test_what_is_guessed_to_be_an_object_is_guessed_throughout(ask: Ask) -> None:
    text = "{ productVariants(first: 1) { nodes { selectedOptions { optionValue { id name } } } } }"
    value = ask(text)["data"]["productVariants"]["nodes"][0]["selectedOptions"][0]["optionValue"]
    assert value["id"].startswith("gid://shopify/ProductOptionValue/")


def test_an_id_of_nothing_is_no_id_where_null_may_not_be(ask: Ask) -> None:
    body = ask('{ productDuplicateJob(id: "gid://shopify/ProductDuplicateJob/1") { done } }')
    assert body["errors"][0]["extensions"]["code"] == "RESOURCE_NOT_FOUND"


def test_the_code_of_a_part_is_one_that_the_whole_knows(ask: Ask) -> None:
    errors = "userErrors { code message } } }"
    body = ask('mutation { blogCreate(blog: {title: "B", metafields: [{key: "size"}]}) { ' + errors)
    assert [error["code"] for error in body["data"]["blogCreate"]["userErrors"]] == ["INVALID"]


@pytest.mark.parametrize(
    "mark",
    [
        {"last_id": {}, "last_value": []},
        {"last_id": 1, "last_value": None, "behind": [[]]},
        {"last_id": 1, "last_value": None, "behind": 5},
        {"last_id": 1},
        [],
        None,
    ],
)
def test_a_cursor_that_nobody_gave_is_refused(ask: Ask, mark: Any) -> None:
    cursor = base64.b64encode(json.dumps(mark).encode()).decode()
    body = ask("query ($c: String) { productVendors(before: $c, first: 10) { nodes } }", c=cursor)
    assert [error["extensions"]["code"] for error in body["errors"]] == ["BAD_REQUEST"]


def test_events_are_never_changed_so_that_a_filter_of_changes_leaves_them(http: httpx.Client) -> None:
    reply = http.get("/admin/api/2026-04/events.json?updated_at_min=2026-03-02")
    assert (reply.status_code, "events" in reply.json()) == (200, True)


def test_a_definition_says_whether_the_admin_filters_by_it(ask: Ask) -> None:
    text = """mutation { metafieldDefinitionCreate(definition: {name: "Size", namespace: "custom", key: "size",
        type: "single_line_text_field", ownerType: PRODUCT})
        { createdDefinition { capabilities { adminFilterable { status } } } } }"""
    made = ask(text)["data"]["metafieldDefinitionCreate"]["createdDefinition"]
    assert made["capabilities"]["adminFilterable"]["status"] == "NOT_FILTERABLE"


def test_what_is_to_be_deleted_may_be_named_twice(ask: Ask, shop: RunningShop) -> None:
    shop.reset({"redirects": {"/a": "/b"}})
    node_id = ask("{ urlRedirects(first: 1) { nodes { id } } }")["data"]["urlRedirects"]["nodes"][0]["id"]
    text = "mutation ($ids: [ID!]!) { urlRedirectBulkDeleteByIds(ids: $ids) { userErrors { code } } }"
    assert ask(text, ids=[node_id, node_id])["data"]["urlRedirectBulkDeleteByIds"]["userErrors"] == []
    assert ask("{ urlRedirects(first: 1) { nodes { id } } }")["data"]["urlRedirects"]["nodes"] == []


def test_metaobjects_to_be_deleted_may_be_named_twice(ask: Ask, shop: RunningShop) -> None:
    shop.reset({"objects": [{"type": "Metaobject", "id": 5}]})
    text = "mutation ($ids: [ID!]) { metaobjectBulkDelete(where: {ids: $ids}) { userErrors { code } } }"
    ids = ["gid://shopify/Metaobject/5"] * 2
    assert ask(text, ids=ids)["data"]["metaobjectBulkDelete"]["userErrors"] == []
    assert "Metaobject" not in shop.state()["objects"]


def test_the_address_of_a_company_has_a_country(ask: Ask, shop: RunningShop) -> None:
    shop.reset({"companies": [{"name": "Acme", "locations": [{"name": "Leeds"}]}]})
    place = ask("{ companyLocations(first: 1) { nodes { id } } }")["data"]["companyLocations"]["nodes"][0]["id"]
    text = """mutation ($id: ID!) { companyLocationAssignAddress(locationId: $id, addressTypes: [BILLING],
        address: {zip: "1"}) { addresses { countryCode } userErrors { field code } } }"""
    error = {"field": ["address", "countryCode"], "code": "BLANK"}
    answer = ask(text, id=place)["data"]["companyLocationAssignAddress"]
    assert answer == {"addresses": None, "userErrors": [error]}


def test_attributes_of_an_order_are_values_by_name(shop: RunningShop) -> None:
    order = shop.do("order", lines=[{"sku": "HD-OAK", "quantity": 1}])["admin_graphql_api_id"]
    with pytest.raises(InputError, match="values by name"):
        shop.do("edit-order", order=order, attributes="x")


def test_a_cursor_is_refused_whatever_is_sorted_by(ask: Ask, shop: RunningShop) -> None:
    shop.reset({"segments": [{"name": "All", "query": "number_of_orders >= 0"}]})
    segment = ask("{ segments(first: 1) { nodes { id } } }")["data"]["segments"]["nodes"][0]["id"]
    text = """query ($id: ID!) { customerSegmentMembers(segmentId: $id, first: 1, after: "x", sortKey: "")
        { pageInfo { hasNextPage } } }"""
    assert [error["extensions"]["code"] for error in ask(text, id=segment)["errors"]] == ["BAD_REQUEST"]


def test_access_that_is_given_as_null_stays_as_it_is(ask: Ask) -> None:
    parts = 'name: "Author", type: "author", fieldDefinitions: [{key: "name", type: "single_line_text_field"}]'
    text = f"mutation {{ metaobjectDefinitionCreate(definition: {{{parts}}}) {{ metaobjectDefinition {{ id }} }} }}"
    made = ask(text)["data"]["metaobjectDefinitionCreate"]["metaobjectDefinition"]["id"]
    text = """mutation ($id: ID!) { metaobjectDefinitionUpdate(id: $id, definition: {access: {storefront: null}})
        { metaobjectDefinition { access { storefront } } } }"""
    told = ask(text, id=made)["data"]["metaobjectDefinitionUpdate"]["metaobjectDefinition"]
    assert told["access"]["storefront"] == "NONE"


def test_a_value_of_an_option_has_a_name(ask: Ask) -> None:
    product = ask("{ products(first: 1) { nodes { id options { id } } } }")["data"]["products"]["nodes"][0]
    text = """mutation ($id: ID!, $option: ID!) { productOptionUpdate(productId: $id, option: {id: $option},
        optionValuesToAdd: [{}]) { userErrors { field code } } }"""
    body = ask(text, id=product["id"], option=product["options"][0]["id"])
    error = {"field": ["optionValuesToAdd", "0", "name"], "code": "INVALID_NAME"}
    assert body["data"]["productOptionUpdate"]["userErrors"] == [error]


def test_a_product_may_get_no_media_at_all(ask: Ask) -> None:
    product = ask("{ products(first: 1) { nodes { id } } }")["data"]["products"]["nodes"][0]["id"]
    text = "mutation ($id: ID!) { productCreateMedia(productId: $id, media: []) { media { id } } }"
    assert ask(text, id=product)["data"]["productCreateMedia"]["media"] == []


@pytest.mark.parametrize(
    ("verb", "given"),
    [
        ("tag", {"product": "harbour-at-dawn", "remove": 2}),
        ("tag", {"product": "harbour-at-dawn", "add": [1]}),
        ("add-customer", {"email": {"a": 1}}),
        ("add-customer", {"email": [1]}),
    ],
)
def test_a_doing_of_any_kind_is_refused_in_words(shop: RunningShop, verb: str, given: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        shop.do(verb, given)


RAW = (
    b"GET / HTTP/1.1\r\n\r\n",
    b"POST /admin/api/2026-04/graphql.json HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
    b"POST /admin/api/2026-04/graphql.json HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
    b"POST /admin/api/2026-04/graphql.json HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"BREW /admin HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /admin/api/2026-04/products.json?%ff=%fe&a[]=&;;= HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /admin/%2e%2e/%00%ff.json HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET //admin/api//graphql.json HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /_sim/changes?since=%D9%A3 HTTP/1.1\r\nHost: a\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"\r\n\r\n",
)


@pytest.mark.parametrize("raw", RAW)
def test_what_is_hardly_http_is_answered_or_refused_and_the_shop_goes_on(
    shop: RunningShop, http: httpx.Client, raw: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_connection(("127.0.0.1", shop.port), timeout=10) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert not answer or 200 <= int(answer.split()[1]) < 500
    assert [record for record in caplog.records if record.exc_info] == []
    assert http.post(GRAPHQL, json={"query": "{ shop { name } }"}).json()["data"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "clock", {"advance": 1e308}),
        ("POST", "clock", {"advance": -1e20}),
        ("POST", "clock", {"set": "0001-01-01T00:00:00+14:00"}),
        ("GET", "changes?since=" + "9" * 5000, None),
        ("GET", "state?type=%00", None),
        ("POST", "webhooks/take", {"numbers": [{}]}),
        ("POST", "webhooks/take", {"numbers": 1}),
        ("POST", "webhooks/deliver", {"numbers": ["x"]}),
        ("POST", "webhooks/drain", {"timeout": "x"}),
        ("POST", "subscriptions", {"topic": "orders/create", "include_fields": 5}),
        ("POST", "subscriptions", {"topic": "orders/create", "address": ["x"]}),
        ("DELETE", "subscriptions", {"id": [1]}),
        ("POST", "faults", {"kind": ["x"]}),
        ("POST", "faults", {"kind": "latency", "seconds": "x"}),
        ("POST", "reset", {"seed": 5}),
        ("POST", "reset", {"seed": ["x"]}),
    ],
)
def test_what_the_control_side_cannot_do_is_told_in_words(
    http: httpx.Client, method: str, path: str, body: Any
) -> None:
    reply = http.request(method, f"/_sim/{path}", content=json.dumps(body).encode() if body else b"")
    assert reply.status_code in (404, 422)
    assert reply.json()["error"]["message"]


def test_a_body_that_rest_emptied_is_an_empty_text(ask: Ask, shop: RunningShop, http: httpx.Client) -> None:
    shop.reset({"blogs": [{"title": "News", "articles": [{"title": "Hello", "body": "<p>Hi</p>"}]}]})
    (article,) = ask("{ articles(first: 1) { nodes { id } } }")["data"]["articles"]["nodes"]
    (blog,) = ask("{ blogs(first: 1) { nodes { id } } }")["data"]["blogs"]["nodes"]
    path = f"/admin/api/2026-04/blogs/{blog['id'].split('/')[-1]}/articles/{article['id'].split('/')[-1]}.json"
    assert http.put(path, json={"article": {"body_html": None}}).status_code == 200
    assert ask("{ articles(first: 1) { nodes { body } } }")["data"]["articles"]["nodes"] == [{"body": ""}]


def test_the_app_that_made_a_metaobject_is_a_whole_one(ask: Ask, shop: RunningShop) -> None:
    shop.reset(
        {
            "metaobject_definitions": [{"type": "poet", "name": "Poet", "fields": {"name": "single_line_text_field"}}],
            "metaobjects": [{"type": "poet", "handle": "ada", "values": {"name": "Ada"}}],
        }
    )
    query = (
        '{ metaobjects(type: "poet", first: 1) { nodes { createdBy { apiKey availableAccessScopes { handle } } } } }'
    )
    (poet,) = ask(query)["data"]["metaobjects"]["nodes"]
    assert poet["createdBy"]["apiKey"]
    assert {"handle": "read_products"} in poet["createdBy"]["availableAccessScopes"]
