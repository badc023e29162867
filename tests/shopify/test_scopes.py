"""Scopes of documents and REST calls, from Shopify's published rules (actions.md 4.7, 10.1)."""

from __future__ import annotations

import pytest

from runner.shopify.schema import load
from runner.shopify.scopes import Need, Needs, of_graphql, of_rest

SCHEMA = load()
FULFILLMENTS = (
    "write_assigned_fulfillment_orders",
    "write_merchant_managed_fulfillment_orders",
    "write_third_party_fulfillment_orders",
)


def scopes(document: str, variables: dict | None = None) -> tuple[str, ...]:
    return of_graphql(document, variables, schema=SCHEMA).scopes()


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("{ shop { id } }", ()),
        ('{ order(id: "1") { id } }', ("read_orders",)),
        ('{ order(id: "1") { customer { id } } }', ("read_customers", "read_orders")),
        ("{ orders(first: 1) { edges { node { id } } } }", ("read_orders",)),
        ('{ a: inventoryLevel(id: "1") { id } }', ("read_inventory",)),
        ('{ node(id: "1") { id ... on Product { id } } }', ("read_products",)),
        ('query { ...q } fragment q on QueryRoot { order(id: "1") { id } }', ("read_orders",)),
        ('{ shopifyqlQuery(query: "x") { __typename } }', ("read_reports",)),
        ("query A { shop { id } } query B { customers(first: 1) { nodes { id } } }", ("read_customers",)),
        ("{ __schema { types { name } } }", ()),
    ],
)
def test_queries_need_what_their_selections_read(document: str, expected: tuple[str, ...]) -> None:
    assert scopes(document) == expected


@pytest.mark.parametrize(
    ("mutation", "expected"),
    [
        ("orderUpdate(input: {}) { order { id } }", ("write_orders",)),
        ("customerUpdate(input: {}) { customer { id } }", ("write_customers",)),
        ("inventoryAdjustQuantities(input: {}) { userErrors { message } }", ("write_inventory",)),
        ('publishablePublish(id: "1", input: []) { userErrors { message } }', ("write_publications",)),
        ("draftOrderCreate(input: {}) { draftOrder { id } }", ("write_draft_orders",)),
        ("fileCreate(files: []) { userErrors { message } }", ("write_files",)),
        ("fulfillmentCreate(fulfillment: {}) { userErrors { message } }", FULFILLMENTS),
        ('fulfillmentCancel(id: "1") { userErrors { message } }', FULFILLMENTS),
        ('deliveryProfileUpdate(id: "1", profile: {}) { userErrors { message } }', ("write_shipping",)),
        ("refundCreate(input: {}) { userErrors { message } }", ("write_orders",)),
        ("stagedUploadsCreate(input: []) { userErrors { message } }", ()),
        (
            'productJoinSellingPlanGroups(id: "1") { userErrors { message } }',
            ("write_own_subscription_contracts", "write_products"),
        ),
    ],
)
def test_mutations_need_what_shopify_publishes(mutation: str, expected: tuple[str, ...]) -> None:
    found = of_graphql(f"mutation {{ {mutation} }}", schema=SCHEMA)
    assert (found.scopes(), found.unknown) == (expected, ())


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("Order", ("write_orders",)),
        ("Customer", ("write_customers",)),
        ("Product", ("write_products",)),
        ("ProductVariant", ("write_products",)),
        ("Collection", ("write_products",)),
        ("DraftOrder", ("write_draft_orders",)),
        ("Article", ("write_content",)),
        ("OnlineStorePage", ("write_content",)),
        ("order", ("write_orders",)),
        ("draftOrder", ("write_draft_orders",)),
        ("Shop", ()),
    ],
)
def test_tags_and_metafields_need_the_write_scope_of_their_owner(kind: str, expected: tuple[str, ...]) -> None:
    gid = f"gid://shopify/{kind}/1"
    literal = f'mutation {{ tagsAdd(id: "{gid}", tags: ["x"]) {{ userErrors {{ message }} }} }}'
    variable = "mutation($id: ID!) { tagsRemove(id: $id, tags: []) { userErrors { message } } }"
    nested = "mutation($m: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $m) { userErrors { message } } }"
    mixed = "mutation($id: ID!) { metafieldsDelete(metafields: [{ownerId: $id}]) { userErrors { message } } }"
    default = f'mutation($id: ID = "{gid}") {{ tagsAdd(id: $id, tags: []) {{ userErrors {{ message }} }} }}'
    assert scopes(literal) == expected
    assert scopes(variable, {"id": gid}) == expected
    assert scopes(nested, {"m": [{"ownerId": gid, "value": "x"}]}) == expected
    assert scopes(mixed, {"id": gid}) == expected
    assert scopes(default) == expected


def test_an_id_that_is_only_mentioned_asks_for_nothing() -> None:
    metafields = [{"ownerId": "gid://shopify/Customer/1", "value": "gid://shopify/Product/2"}]
    document = "mutation($m: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $m) { userErrors { message } } }"
    assert scopes(document, {"m": metafields}) == ("write_customers",)


def test_several_owners_need_several_scopes() -> None:
    owners = ", ".join(f'{{ownerId: "gid://shopify/{kind}/1"}}' for kind in ("Order", "Product"))
    document = f"mutation {{ metafieldsSet(metafields: [{owners}]) {{ userErrors {{ message }} }} }}"
    assert scopes(document) == ("write_orders", "write_products")


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ('mutation { tagsAdd(id: "", tags: []) { userErrors { message } } }', "tagsAdd: no id"),
        ('mutation { tagsAdd(id: "gid://shopify/Nope/1", tags: []) { userErrors { message } } }', "Nope is not a type"),
        ("mutation($q: String!) { bulkOperationRunQuery(query: $q) { bulkOperation { id } } }", "inner query"),
        ("{ orders(first: 1 }", "does not parse"),
        ("{ nope }", "QueryRoot has no field nope"),
        ('{ order(id: "1") { nope { x } } }', "Order has no field nope"),
    ],
)
def test_what_cannot_be_found_out_is_said(document: str, words: str) -> None:
    assert any(words in line for line in of_graphql(document, schema=SCHEMA).unknown)


@pytest.mark.parametrize(
    "document",
    [
        "query { orders(first: ) { nodes { id } } }",
        'query($n: Int) { orders(first: $n, after: , query: ")") { nodes { id } } } # )',
        'query { orders(query: """)""", first: ) { nodes { id } } }',
        "query { orders(first: (1) { nodes { id } } }) { nodes { id } } }",
    ],
)
def test_the_fields_of_a_text_with_broken_arguments_still_count(document: str) -> None:
    found = of_graphql(document, schema=SCHEMA)
    assert found.scopes() == ("read_orders",)
    assert "fields alone" in found.unknown[0]


@pytest.mark.parametrize(
    "document", ["{ orders(first: 1 }", "{ orders { id ", "", "orders", '{ orders(a: "x }', "{a" * 50_000]
)
def test_a_text_that_cannot_be_read_at_all_needs_nothing_that_is_known(document: str) -> None:
    found = of_graphql(document, schema=SCHEMA)
    assert found.needs == ()
    assert "scopes are unknown" in found.unknown[0]


def test_bulk_operations_need_what_their_inner_query_reads() -> None:
    inner = "{ orders { edges { node { id customer { id } } } } }"
    text = f'mutation {{ bulkOperationRunQuery(query: """{inner}""") {{ bulkOperation {{ id status }} }} }}'
    given = "mutation($q: String!) { bulkOperationRunQuery(query: $q) { bulkOperation { id } } }"
    assert scopes(text) == scopes(given, {"q": inner}) == ("read_customers", "read_orders")


def test_bulk_mutations_need_what_their_inner_mutation_writes() -> None:
    inner = "mutation($input: ProductInput!) { productUpdate(input: $input) { product { id } } }"
    call = 'bulkOperationRunMutation(mutation: $m, stagedUploadPath: "x") { userErrors { field } }'
    document = f"mutation($m: String!) {{ {call} }}"
    assert scopes(document, {"m": inner}) == ("write_products",)


def test_a_fragment_that_spreads_itself_ends() -> None:
    document = '{ shop { id } ...q } fragment q on QueryRoot { order(id: "1") { id } ...q }'
    assert scopes(document) == ("read_orders",)


def test_each_need_says_which_field_asks_and_in_shopifys_words() -> None:
    found = of_graphql("{ orders(first: 1) { nodes { customer { id } } } }", schema=SCHEMA)
    assert [need.reason for need in found.needs] == ["orders.nodes", "orders.nodes.customer"]
    assert "`read_orders` access scope" in str(found.needs[0].words)


@pytest.mark.parametrize(
    ("alternatives", "proposed"),
    [
        (("read_orders", "read_marketplace_orders", "read_quick_sale"), ("read_orders",)),
        (("write_marketplace_orders",), ("write_marketplace_orders",)),
        (("write_orders", "write_pos_staff_member_event_attribution_overrides"), ("write_orders",)),
        (("read_content", "read_online_store_pages"), ("read_content",)),
        (FULFILLMENTS, FULFILLMENTS),
        ((*FULFILLMENTS, "write_marketplace_fulfillment_orders"), FULFILLMENTS),
    ],
)
def test_of_alternatives_the_general_one_is_proposed(alternatives, proposed) -> None:
    assert Need(alternatives, "").proposed == proposed


def test_read_is_left_out_beside_write_and_alternatives_are_not_asked_twice() -> None:
    needs = Needs(
        (Need(("read_a", "read_b"), "1"), Need(("read_b",), "2"), Need(("write_c",), "3"), Need(("read_c",), "4"))
    )
    assert needs.scopes() == ("read_b", "write_c")


def test_missing_needs_are_those_that_no_held_scope_meets() -> None:
    needs = Needs((Need(("read_a", "read_b"), "1"), Need(("read_c",), "2"), Need(("write_d",), "3")))
    assert [need.reason for need in needs.missing(["read_b", "write_c", "read_d"])] == ["3"]


def test_needs_add_up_without_repetition() -> None:
    one = Needs((Need(("read_a",), "1"),), ("x",))
    assert one + one + Needs((Need(("read_b",), "2"),), ("y",)) == Needs(
        (Need(("read_a",), "1"), Need(("read_b",), "2")), ("x", "y")
    )


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/admin/orders/1.json", ("read_orders",)),
        ("put", "/admin/api/2026-04/orders/1.json", ("write_orders",)),
        ("POST", "/admin/orders/1/transactions.json", ("write_orders",)),
        ("DELETE", "/admin/draft_orders/1.json", ("write_draft_orders",)),
        ("GET", "/admin/themes/1/assets.json?asset[key]=x", ("read_themes",)),
        ("PUT", "/admin/themes/1.json", ("write_themes",)),
        ("POST", "/admin/inventory_levels/set.json", ("write_inventory",)),
        ("GET", "/admin/variants/1.json", ("read_products",)),
        ("GET", "/admin/shop.json", ()),
        ("POST", "/admin/metafields.json", ()),
        ("GET", "/admin/users/1.json", ("read_users",)),
        ("GET", "/admin/oauth/access_scopes.json", ()),
    ],
)
def test_rest_calls_need_the_scope_of_their_resource_by_verb(method, path, expected) -> None:
    found = of_rest(method, path)
    assert (found.scopes(), found.unknown) == (expected, ())


@pytest.mark.parametrize("path", ["/admin/nope.json", "/elsewhere", ""])
def test_an_unknown_rest_resource_is_said(path: str) -> None:
    assert of_rest("GET", path).unknown
