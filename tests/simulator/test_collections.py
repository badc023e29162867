"""Collections and sales channels: membership, order, rules, publishing, search, seeds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from runner.errors import InputError
from runner.simulator.seed import load_seed
from runner.simulator.server import RunningShop
from tests.simulator.asking import mutate

Ask = Callable[..., dict[str, Any]]
SEED = {
    "publications": [{"name": "Online Store", "id": 1}, {"name": "Wholesale", "id": 2, "auto_publish": False}],
    "products": [
        {
            "title": "Mug",
            "id": 11,
            "price": "20.00",
            "compare_at_price": "25.00",
            "tags": "sale, blue",
            "vendor": "Kiln",
        },
        {"title": "Bowl", "id": 12, "price": "35.00", "type": "Tableware", "published": False},
        {
            "title": "Apron",
            "id": 13,
            "price": "15.00",
            "type": "Textile",
            "tags": "sale",
            "metafields": {"custom.fit": "L"},
        },
    ],
    "collections": [
        {"title": "Cups", "id": 1, "sort": "manual", "products": ["mug", "bowl", "apron"]},
        {"title": "Sale", "id": 2, "rules": ["tag equals sale"], "sort": "price_asc"},
    ],
}
MUG, BOWL, APRON = (f"gid://shopify/Product/{number}" for number in (11, 12, 13))
CUPS, SALE = (f"gid://shopify/Collection/{number}" for number in (1, 2))


@pytest.fixture
def shop(served: RunningShop) -> RunningShop:
    """A shop with three products, two collections and two channels."""
    served.reset(SEED)
    return served


def titles(ask: Ask, collection: str, arguments: str = "") -> list[str]:
    query = f'{{ collection(id: "{collection}") {{ products(first: 10{arguments}) {{ nodes {{ title }} }} }} }}'
    return [node["title"] for node in ask(query)["data"]["collection"]["products"]["nodes"]]


def test_a_collection_is_read_without_a_guess(http: httpx.Client) -> None:
    query = f"""{{ collection(id: "{SALE}") {{
        id title handle sortOrder templateSuffix descriptionHtml description updatedAt legacyResourceId
        ruleSet {{ appliedDisjunctively rules {{ column relation condition conditionObject {{ __typename }} }} }}
        productsCount {{ count }} seo {{ title }} image {{ url }} publishedOnCurrentPublication
        resourcePublications(first: 5) {{ nodes {{ publication {{ name }} isPublished }} }} hasProduct(id: "{MUG}")
    }} }}"""
    reply = http.post("/admin/api/2026-04/graphql.json", json={"query": query})
    assert "X-Simulator-Guessed" not in reply.headers
    found = reply.json()["data"]["collection"]
    assert found["ruleSet"]["rules"] == [
        {"column": "TAG", "relation": "EQUALS", "condition": "sale", "conditionObject": None}
    ]
    assert (found["productsCount"]["count"], found["hasProduct"], found["sortOrder"]) == (2, True, "PRICE_ASC")
    assert found["resourcePublications"]["nodes"] == [{"publication": {"name": "Online Store"}, "isPublished": True}]


@pytest.mark.parametrize(
    ("collection", "arguments", "expected"),
    [
        (CUPS, "", ["Mug", "Bowl", "Apron"]),
        (CUPS, ", sortKey: MANUAL", ["Mug", "Bowl", "Apron"]),
        (CUPS, ", sortKey: TITLE", ["Apron", "Bowl", "Mug"]),
        (CUPS, ", sortKey: PRICE, reverse: true", ["Bowl", "Mug", "Apron"]),
        (SALE, "", ["Apron", "Mug"]),
        (SALE, ", sortKey: COLLECTION_DEFAULT", ["Apron", "Mug"]),
    ],
)
def test_products_stand_in_the_order_of_the_collection_or_of_the_sort_key(
    ask: Ask, collection: str, arguments: str, expected: list[str]
) -> None:
    assert titles(ask, collection, arguments) == expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ('{column: TITLE, relation: STARTS_WITH, condition: "b"}', ["Bowl"]),
        ('{column: TITLE, relation: NOT_CONTAINS, condition: "o"}', ["Mug"]),
        ('{column: TYPE, relation: EQUALS, condition: "tableware"}', ["Bowl"]),
        ('{column: VENDOR, relation: NOT_EQUALS, condition: "Kiln"}', ["Bowl", "Apron"]),
        ('{column: VARIANT_PRICE, relation: LESS_THAN, condition: "20"}', ["Apron"]),
        ('{column: VARIANT_PRICE, relation: EQUALS, condition: "20"}', ["Mug"]),
        ('{column: VARIANT_INVENTORY, relation: LESS_THAN, condition: "1"}', ["Mug", "Bowl", "Apron"]),
        ('{column: IS_PRICE_REDUCED, relation: IS_SET, condition: ""}', ["Mug"]),
        ('{column: IS_PRICE_REDUCED, relation: IS_NOT_SET, condition: ""}', ["Bowl", "Apron"]),
    ],
)
def test_rules_choose_the_products_they_say(ask: Ask, rule: str, expected: list[str]) -> None:
    payload = mutate(
        ask,
        f'collectionCreate(input: {{title: "R", sortOrder: CREATED, ruleSet: {{appliedDisjunctively: '
        f"false, rules: [{rule}]}}}}) "
        "{ collection { id } userErrors { field message } }",
    )
    assert payload["userErrors"] == []
    assert titles(ask, payload["collection"]["id"]) == expected


def test_one_rule_is_enough_when_applied_disjunctively(ask: Ask) -> None:
    rules = (
        '[{column: TAG, relation: EQUALS, condition: "blue"}, {column: TYPE, relation: EQUALS, condition: "Textile"}]'
    )
    text = (
        'collectionCreate(input: {{title: "R", sortOrder: ALPHA_ASC, ruleSet: {{appliedDisjunctively: '
        "{}, rules: {}}}}}) {{ collection {{ id }} }}"
    )
    either, both = (mutate(ask, text.format(word, rules))["collection"]["id"] for word in ("true", "false"))
    assert (titles(ask, either), titles(ask, both)) == (["Apron", "Mug"], [])


def test_a_change_of_a_product_changes_what_is_in_a_smart_collection(ask: Ask) -> None:
    mutate(ask, f'tagsAdd(id: "{BOWL}", tags: ["sale"]) {{ userErrors {{ message }} }}')
    assert titles(ask, SALE) == ["Apron", "Mug", "Bowl"]
    found = ask(
        f'{{ product(id: "{BOWL}") {{ inCollection(id: "{SALE}") collections(first: 5) {{ nodes {{ title }} }} }} }}'
    )
    assert found["data"]["product"] == {
        "inCollection": True,
        "collections": {"nodes": [{"title": "Cups"}, {"title": "Sale"}]},
    }


def test_a_new_collection_has_a_free_handle_and_is_told(ask: Ask, shop: RunningShop) -> None:
    shop.subscribe("collections/create")
    payload = mutate(
        ask,
        f'collectionCreate(input: {{title: "Cups", products: ["{APRON}"], metafields: [{{namespace: '
        f'"custom", key: "kind", '
        'type: "single_line_text_field", value: "x"}]}) { collection { handle sortOrder ruleSet { rules { column } } '
        'publishedOnCurrentPublication metafield(namespace: "custom", key: "kind") { value } } '
        "userErrors { message } }",
    )
    assert payload["collection"] == {
        "handle": "cups-1",
        "sortOrder": "BEST_SELLING",
        "ruleSet": None,
        "publishedOnCurrentPublication": False,
        "metafield": {"value": "x"},
    }
    (delivery,) = shop.take()
    assert (delivery["payload"]["handle"], delivery["payload"]["sort_order"]) == ("cups-1", "best-selling")


@pytest.mark.parametrize(
    ("call", "field", "message"),
    [
        ('collectionCreate(input: {title: " "})', ["title"], "Title can't be blank"),
        ('collectionCreate(input: {handle: "x"})', ["title"], "Title can't be blank"),
        (f'collectionUpdate(input: {{id: "{CUPS}", title: ""}})', ["title"], "Title can't be blank"),
        (
            'collectionUpdate(input: {id: "gid://shopify/Collection/9", title: "x"})',
            ["id"],
            "Collection does not exist",
        ),
        (
            f'collectionUpdate(input: {{id: "{CUPS}", ruleSet: {{appliedDisjunctively: true, rules: '
            f'[{{column: TAG, relation: EQUALS, condition: "x"}}]}}}})',
            ["ruleSet"],
            "Cannot update rule set of a custom collection",
        ),
        (
            'collectionCreate(input: {title: "x", ruleSet: {appliedDisjunctively: true, rules: '
            '[{column: TAG, relation: CONTAINS, condition: "x"}]}})',
            ["ruleSet", "rules", "0", "relation"],
            "Relation CONTAINS is not allowed for column TAG",
        ),
        (f'collectionUpdate(input: {{id: "{CUPS}", handle: "sale"}})', ["handle"], "Handle has already been taken"),
    ],
)
def test_a_collection_that_cannot_be_is_refused(ask: Ask, call: str, field: list[str], message: str) -> None:
    payload = mutate(ask, f"{call} {{ collection {{ id }} userErrors {{ field message }} }}")
    assert payload == {"collection": None, "userErrors": [{"field": field, "message": message}]}


def test_products_are_added_and_taken_out_by_hand(ask: Ask, shop: RunningShop) -> None:
    shop.subscribe("collections/update")
    text = '{}(id: "{}", productIds: ["{}"]) {{ userErrors {{ field message }} }}'
    mutate(ask, text.format("collectionRemoveProducts", CUPS, MUG))
    assert titles(ask, CUPS) == ["Bowl", "Apron"]
    mutate(ask, text.format("collectionAddProducts", CUPS, MUG))
    assert titles(ask, CUPS) == ["Bowl", "Apron", "Mug"]
    twice = mutate(ask, text.format("collectionAddProducts", CUPS, MUG))
    assert twice["userErrors"][0]["field"] == ["productIds"]
    assert mutate(ask, text.format("collectionAddProductsV2", CUPS, MUG))["userErrors"] == []
    smart = mutate(ask, text.format("collectionAddProductsV2", SALE, BOWL))
    assert smart["userErrors"] == [{"field": ["id"], "message": "Can't manually add products to a smart collection"}]
    assert {delivery["topic"] for delivery in shop.take()} == {"collections/update"}


def test_moves_are_made_one_after_the_other(ask: Ask) -> None:
    text = 'collectionReorderProducts(id: "{}", moves: [{}]) {{ job {{ id done }} userErrors {{ code field }} }}'
    moves = f'{{id: "{APRON}", newPosition: "0"}}, {{id: "{MUG}", newPosition: "2"}}'
    payload = mutate(ask, text.format(CUPS, moves))
    assert payload["job"]["done"] is False
    assert titles(ask, CUPS) == ["Apron", "Bowl", "Mug"]
    refused = mutate(ask, text.format(SALE, moves))
    assert refused["userErrors"] == [{"code": "MANUALLY_SORTED_COLLECTION", "field": ["id"]}]
    job = ask(f'{{ job(id: "{payload["job"]["id"]}") {{ done }} }}')["data"]["job"]
    assert job == {"done": True}


def test_a_deleted_collection_leaves_its_products(ask: Ask, shop: RunningShop) -> None:
    shop.subscribe("collections/delete")
    payload = mutate(
        ask, f'collectionDelete(input: {{id: "{CUPS}"}}) {{ deletedCollectionId userErrors {{ message }} }}'
    )
    assert payload["deletedCollectionId"] == CUPS
    assert ask("{ products(first: 5) { nodes { id } } }")["data"]["products"]["nodes"][0]["id"] == MUG
    assert [delivery["payload"]["id"] for delivery in shop.take()] == [1]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("title:cups", 1),
        ("collection_type:smart", 1),
        ("product_id:12", 1),
        ("handle:sale", 1),
        ("nothing", 0),
        ("", 2),
    ],
)
def test_collections_are_searched_by_the_documented_fields(ask: Ask, query: str, found: int) -> None:
    body = ask("query($q: String) { collections(first: 5, query: $q) { nodes { id } } }", q=query)
    assert len(body["data"]["collections"]["nodes"]) == found


def test_products_are_searched_by_their_collection(ask: Ask) -> None:
    body = ask('{ products(first: 5, query: "collection_id:2") { nodes { title } } }')
    assert [node["title"] for node in body["data"]["products"]["nodes"]] == ["Mug", "Apron"]


def test_publications_tell_their_app_by_their_catalog(ask: Ask) -> None:
    query = """{ publications(first: 5, catalogType: APP) { nodes { id name
        catalog { ... on AppCatalog { apps(first: 1) { nodes { title } } } } } } }"""
    nodes = ask(query)["data"]["publications"]["nodes"]
    assert [node["catalog"]["apps"]["nodes"][0]["title"] for node in nodes] == ["Online Store", "Wholesale"]
    assert (
        ask("{ publications(first: 5, catalogType: MARKET) { nodes { id } } }")["data"]["publications"]["nodes"] == []
    )


def test_publishing_and_unpublishing_is_told_and_read_back(ask: Ask, shop: RunningShop) -> None:
    shop.subscribe("products/update")
    text = (
        '{}(id: "{}", input: [{}]) {{ publishable {{ publishedOnPublication(publicationId: '
        '"gid://shopify/Publication/1") }} userErrors {{ field message }} }}'
    )
    one, two = (f'{{publicationId: "gid://shopify/Publication/{number}"}}' for number in (1, 2))
    payload = mutate(ask, text.format("publishablePublish", BOWL, f"{one}, {two}"))
    assert payload["publishable"] == {"publishedOnPublication": True}
    (delivery,) = shop.take()
    assert delivery["payload"]["published_at"] is not None
    mutate(ask, text.format("publishablePublish", BOWL, one))
    assert shop.take() == []
    payload = mutate(ask, text.format("publishableUnpublish", BOWL, one))
    assert payload["publishable"] == {"publishedOnPublication": False}
    (delivery,) = shop.take()
    assert delivery["payload"]["published_at"] is None
    found = ask(
        f'{{ product(id: "{BOWL}") {{ resourcePublicationsV2(first: 5) {{ nodes {{ publication {{ name }} }} }} }} }}'
    )
    assert found["data"]["product"]["resourcePublicationsV2"]["nodes"] == [{"publication": {"name": "Wholesale"}}]


def test_publishing_later_waits_for_its_date(ask: Ask, shop: RunningShop) -> None:
    date = "2030-01-01T00:00:00Z"
    text = (
        'publishablePublish(id: "{}", input: [{{publicationId: "gid://shopify/Publication/{}", '
        'publishDate: "{}"}}]) {{ userErrors {{ field }} }}'
    )
    refused = mutate(ask, text.format(BOWL, 2, date))
    assert refused["userErrors"] == [{"field": ["input", "0", "publishDate"]}]
    assert mutate(ask, text.format(BOWL, 1, date))["userErrors"] == []
    query = f'{{ product(id: "{BOWL}") {{ publishedOnPublication(publicationId: "gid://shopify/Publication/1") }} }}'
    assert ask(query)["data"]["product"]["publishedOnPublication"] is False
    shop.advance(4 * 366 * 86400)
    assert ask(query)["data"]["product"]["publishedOnPublication"] is True


def test_an_unknown_publication_is_refused(ask: Ask) -> None:
    payload = mutate(
        ask,
        f'publishablePublish(id: "{MUG}", input: [{{publicationId: "gid://shopify/Publication/9"}}]) '
        f"{{ userErrors {{ field message }} }}",
    )
    assert payload["userErrors"] == [
        {"field": ["input", "0", "publicationId"], "message": "Publication does not exist or is not publishable"}
    ]


@pytest.mark.parametrize(
    ("collections", "words"),
    [
        ([{"title": "A", "products": ["mgu"]}], "there is no product 'mgu'"),
        ([{"title": "A", "rules": ["tga equals x"]}], "there is no column 'tga'"),
        ([{"title": "A", "rules": ["tag contains x"]}], "tag has no relation 'contains'"),
        ([{"title": "A", "rules": ["tag equals x"], "products": ["mug"]}], "rules or products, not both"),
        ([{"title": "A"}, {"title": "a"}], "two collections with the handle 'a'"),
    ],
)
def test_a_seed_with_a_wrong_collection_is_refused(collections: list[dict[str, Any]], words: str) -> None:
    with pytest.raises(InputError, match=words):
        load_seed({"products": ["Mug"], "collections": collections})
