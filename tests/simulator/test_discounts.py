"""Discounts by code and automatic ones, and timelines of events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from runner.errors import InputError
from runner.simulator.seed import load_seed
from runner.simulator.server import RunningShop

Ask = Callable[..., dict[str, Any]]
SEED = {
    "clock": "2026-03-02T15:00:00Z",
    "products": [{"title": "Mug", "id": 11}, {"title": "Bowl", "id": 12}],
    "collections": [{"title": "Cups", "id": 1, "products": ["mug"]}],
    "customers": [{"name": "Pat Moss", "id": 7001, "email": "pat@shop.test"}],
    "discounts": [
        {"code": "SPRING", "id": 1, "percentage": 10, "minimum": 50, "tags": "season", "once_per_customer": True},
        {"title": "Cups off", "id": 2, "amount": 5, "collections": ["cups"], "ends": "2026-03-01T00:00:00Z"},
        {"code": "SHIP", "id": 3, "free_shipping": True, "starts": "2026-04-01T00:00:00Z"},
    ],
}
SPRING, CUPS, SHIP = (
    "gid://shopify/DiscountCodeNode/1",
    "gid://shopify/DiscountAutomaticNode/2",
    "gid://shopify/DiscountCodeNode/3",
)
CREATE = (
    "mutation($input: DiscountCodeBasicInput!) { discountCodeBasicCreate(basicCodeDiscount: $input) "
    "{ codeDiscountNode { id "
    "codeDiscount { __typename ... on DiscountCodeBasic { title summary status codes(first: 2) { nodes { code } } "
    "customerSelection { __typename } customerGets { value { __typename } items { __typename } } discountClasses } } } "
    "userErrors { field message code } } }"
)
GOOD = {
    "title": "Ten",
    "code": "TEN",
    "startsAt": "2026-03-01T00:00:00Z",
    "customerSelection": {"all": True},
    "customerGets": {"items": {"all": True}, "value": {"percentage": 0.1}},
}


@pytest.fixture
def shop(served: RunningShop) -> RunningShop:
    """A shop with three discounts."""
    served.reset(SEED)
    return served


def test_a_discount_is_read_without_a_guess(http: httpx.Client) -> None:
    query = """{ codeDiscountNodeByCode(code: "spring") { id codeDiscount { __typename ... on DiscountCodeBasic {
        title summary shortSummary status startsAt endsAt usageLimit appliesOncePerCustomer asyncUsageCount createdAt
        updatedAt tags codesCount { count } codes(first: 5) { nodes { id code } } discountClass discountClasses
        combinesWith { orderDiscounts productDiscounts shippingDiscounts } hasTimelineComment recurringCycleLimit
        customerGets { items { __typename ... on AllDiscountItems { allItems } }
          value { ... on DiscountPercentage { percentage } } }
        customerSelection { ... on DiscountCustomerAll { allCustomers } } context { __typename }
        minimumRequirement { ... on DiscountMinimumSubtotal { greaterThanOrEqualToSubtotal { amount } } }
        shareableUrls { url } totalSales { amount } } } } }"""
    reply = http.post("/admin/api/2026-04/graphql.json", json={"query": query})
    assert "errors" not in reply.json()
    assert "X-Simulator-Guessed" not in reply.headers
    node = reply.json()["data"]["codeDiscountNodeByCode"]
    found = node["codeDiscount"]
    assert node["id"] == SPRING
    assert found["summary"] == "10% off entire order • Minimum purchase of $50.00 • One use per customer"
    assert (found["status"], found["discountClass"]) == ("ACTIVE", "ORDER")
    assert found["customerGets"] == {
        "items": {"__typename": "AllDiscountItems", "allItems": True},
        "value": {"percentage": 0.1},
    }
    assert found["minimumRequirement"] == {"greaterThanOrEqualToSubtotal": {"amount": "50.00"}}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [SPRING, CUPS, SHIP]),
        ("status:active", [SPRING]),
        ("status:expired", [CUPS]),
        ("status:scheduled", [SHIP]),
        ("method:automatic", [CUPS]),
        ("type:percentage", [SPRING]),
        ("discount_type:free_shipping", [SHIP]),
        ("code:ship", [SHIP]),
        ("title:cups", [CUPS]),
        ("tag:season", [SPRING]),
        ("ends_at:<2026-03-02", [CUPS]),
    ],
)
def test_discounts_are_searched_by_the_documented_fields(ask: Ask, query: str, found: list[str]) -> None:
    body = ask(
        "query($q: String) { discountNodes(first: 9, query: $q) { nodes { id } } "
        "discountNodesCount(query: $q) { count } }",
        q=query,
    )
    assert [node["id"] for node in body["data"]["discountNodes"]["nodes"]] == found
    assert body["data"]["discountNodesCount"]["count"] == len(found)


def test_a_new_code_is_told_and_can_be_found(ask: Ask, shop: RunningShop) -> None:
    shop.subscribe("discounts/create")
    selection = {"customers": {"add": ["gid://shopify/Customer/7001"]}}
    gets = {
        "items": {"products": {"productsToAdd": ["gid://shopify/Product/11"]}, "collections": None},
        "value": {"discountAmount": {"amount": "5", "appliesOnEachItem": True}, "percentage": None},
    }
    payload = ask(CREATE, input={**GOOD, "customerSelection": selection, "customerGets": gets})["data"][
        "discountCodeBasicCreate"
    ]
    assert payload["userErrors"] == []
    assert payload["codeDiscountNode"]["codeDiscount"] == {
        "__typename": "DiscountCodeBasic",
        "title": "Ten",
        "summary": "$5.00 off 1 product • For 1 customer",
        "status": "ACTIVE",
        "codes": {"nodes": [{"code": "TEN"}]},
        "customerSelection": {"__typename": "DiscountCustomers"},
        "customerGets": {"value": {"__typename": "DiscountAmount"}, "items": {"__typename": "DiscountProducts"}},
        "discountClasses": ["PRODUCT"],
    }
    (delivery,) = shop.take()
    assert delivery["payload"]["title"] == "Ten"
    assert delivery["payload"]["status"] == "ACTIVE"
    assert delivery["payload"]["admin_graphql_api_id"] == payload["codeDiscountNode"]["id"]


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"title": " "}, ["title"], "BLANK"),
        ({"code": ""}, ["code"], "BLANK"),
        ({"code": "Spring"}, ["code"], "TAKEN"),
        ({"startsAt": None}, ["startsAt"], "BLANK"),
        ({"endsAt": "2026-02-01T00:00:00Z"}, ["endsAt"], "END_DATE_BEFORE_START_DATE"),
        ({"customerSelection": None}, ["context"], "BLANK"),
        ({"customerGets": None}, ["customerGets"], "BLANK"),
        ({"usageLimit": 0}, ["usageLimit"], "GREATER_THAN"),
        (
            {"customerGets": {"items": {"all": True}, "value": {"percentage": 10.0}}},
            ["customerGets", "value", "percentage"],
            "VALUE_OUTSIDE_RANGE",
        ),
        (
            {
                "customerGets": {
                    "items": {"collections": {"add": ["gid://shopify/Collection/9"]}},
                    "value": {"percentage": 0.1},
                }
            },
            ["customerGets", "items", "collections", "add"],
            "INVALID",
        ),
        (
            {"customerSelection": {"customers": {"add": ["gid://shopify/Customer/9"]}}},
            ["customerSelection", "customers", "add"],
            "INVALID",
        ),
    ],
)
def test_a_discount_that_cannot_be_is_refused(ask: Ask, given: dict[str, Any], field: list[str], code: str) -> None:
    payload = ask(CREATE, input={**GOOD, **given})["data"]["discountCodeBasicCreate"]
    assert payload["codeDiscountNode"] is None
    assert [(error["field"], error["code"]) for error in payload["userErrors"]] == [
        (["basicCodeDiscount", *field], code)
    ]


def test_both_minimums_are_refused_each_at_its_place(ask: Ask) -> None:
    minimum = {"quantity": {"greaterThanOrEqualToQuantity": "2"}, "subtotal": {"greaterThanOrEqualToSubtotal": "5"}}
    payload = ask(CREATE, input={**GOOD, "minimumRequirement": minimum})["data"]["discountCodeBasicCreate"]
    assert {error["code"] for error in payload["userErrors"]} == {"MINIMUM_SUBTOTAL_AND_QUANTITY_RANGE_BOTH_PRESENT"}


def test_buy_x_get_y_says_what_for_what(ask: Ask) -> None:
    one = {"items": {"products": {"productsToAdd": ["gid://shopify/Product/11"]}}, "value": {"quantity": "2"}}
    two = {
        "items": {"products": {"productsToAdd": ["gid://shopify/Product/12"]}},
        "value": {"discountOnQuantity": {"quantity": "1", "effect": {"percentage": 1.0}}},
    }
    body = ask(
        "mutation($input: DiscountAutomaticBxgyInput!) { discountAutomaticBxgyCreate(automaticBxgyDiscount: $input) { "
        "automaticDiscountNode { automaticDiscount { ... on DiscountAutomaticBxgy { summary customerBuys { value { "
        "... on DiscountQuantity { quantity } } } customerGets { value { ... on DiscountOnQuantity { "
        "effect { __typename } "
        "quantity { quantity } } } } } } } userErrors { code } } }",
        input={"title": "B", "startsAt": "2026-03-01T00:00:00Z", "customerBuys": one, "customerGets": two},
    )
    found = body["data"]["discountAutomaticBxgyCreate"]["automaticDiscountNode"]["automaticDiscount"]
    assert found == {
        "summary": "Buy 2 items, get 1 item free",
        "customerBuys": {"value": {"quantity": "2"}},
        "customerGets": {"value": {"effect": {"__typename": "DiscountPercentage"}, "quantity": {"quantity": "1"}}},
    }


def test_an_update_keeps_what_it_does_not_say(ask: Ask) -> None:
    body = ask(
        "mutation($id: ID!, $input: DiscountCodeBasicInput!) { discountCodeBasicUpdate(id: $id, "
        "basicCodeDiscount: $input) { "
        "codeDiscountNode { codeDiscount { ... on DiscountCodeBasic { title summary codes(first: 1) "
        "{ nodes { code } } } } } "
        "userErrors { code } } }",
        id=SPRING,
        input={"code": "SUMMER", "usageLimit": 1},
    )
    assert body["data"]["discountCodeBasicUpdate"]["codeDiscountNode"]["codeDiscount"] == {
        "title": "SPRING",
        "summary": "10% off entire order • Minimum purchase of $50.00 • One use total • One use per customer",
        "codes": {"nodes": [{"code": "SUMMER"}]},
    }


def test_discounts_are_switched_on_and_off(ask: Ask) -> None:
    text = (
        'mutation {{ {}(id: "{}") {{ codeDiscountNode {{ codeDiscount {{ ... on DiscountCodeFreeShipping '
        "{{ status }} }} }} userErrors {{ code }} }} }}"
    )
    on = ask(text.format("discountCodeActivate", SHIP))["data"]["discountCodeActivate"]
    assert on["codeDiscountNode"]["codeDiscount"] == {"status": "ACTIVE"}
    off = ask(text.format("discountCodeDeactivate", SHIP))["data"]["discountCodeDeactivate"]
    assert off["codeDiscountNode"]["codeDiscount"] == {"status": "EXPIRED"}
    wrong = ask(text.format("discountCodeActivate", CUPS))["data"]["discountCodeActivate"]
    assert wrong["userErrors"] == [{"code": "INVALID"}]


def test_many_discounts_are_deleted_by_ids_or_by_a_search(ask: Ask, shop: RunningShop) -> None:
    shop.subscribe("discounts/delete")
    text = "mutation {{ {}({}) {{ job {{ id done }} userErrors {{ code }} }} }}"
    payload = ask(text.format("discountCodeBulkDelete", f'ids: ["{SPRING}"]'))["data"]["discountCodeBulkDelete"]
    assert payload["userErrors"] == []
    ask(text.format("discountAutomaticBulkDelete", 'search: "status:expired"'))
    assert [
        node["id"] for node in ask("{ discountNodes(first: 5) { nodes { id } } }")["data"]["discountNodes"]["nodes"]
    ] == [SHIP]
    assert [delivery["payload"]["admin_graphql_api_id"] for delivery in shop.take()] == [SPRING, CUPS]
    assert ask('{ codeDiscountNodeByCode(code: "SPRING") { id } }')["data"] == {"codeDiscountNodeByCode": None}
    both = ask(text.format("discountCodeBulkDelete", 'ids: [], search: "x"'))["data"]["discountCodeBulkDelete"]
    none = ask("mutation { discountCodeBulkDelete { userErrors { code } } }")["data"]["discountCodeBulkDelete"]
    assert [both["userErrors"][0]["code"], none["userErrors"][0]["code"]] == ["TOO_MANY_ARGUMENTS", "MISSING_ARGUMENT"]


def test_codes_are_added_in_bulk_and_the_failed_ones_told(ask: Ask) -> None:
    payload = ask(
        f'mutation {{ discountRedeemCodeBulkAdd(discountId: "{SPRING}", codes: [{{code: "A1"}}, {{code: "ship"}}]) '
        "{ bulkCreation { codesCount importedCount failedCount done codes(first: 5) { nodes { code "
        "errors { message } } } } "
        "userErrors { code } } }"
    )["data"]["discountRedeemCodeBulkAdd"]
    creation = payload["bulkCreation"]
    assert (creation["codesCount"], creation["importedCount"], creation["failedCount"]) == (2, 1, 1)
    assert [len(node["errors"]) for node in creation["codes"]["nodes"]] == [0, 1]
    assert ask('{ codeDiscountNodeByCode(code: "a1") { id } }')["data"]["codeDiscountNodeByCode"] == {"id": SPRING}


def test_a_discount_has_a_timeline_that_names_the_app(ask: Ask) -> None:
    payload = ask(CREATE, input=GOOD)["data"]["discountCodeBasicCreate"]
    node_id = payload["codeDiscountNode"]["id"]
    for query, count in (("verb:create", 1), ("action:create", 1), ("verb:destroy", 0)):
        found = ask(
            f'{{ discountNode(id: "{node_id}") {{ events(first: 1, query: "{query}") {{ nodes {{ '
            f"appTitle attributeToUser message }} }} "
            "discount { __typename } } }"
        )["data"]["discountNode"]
        assert len(found["events"]["nodes"]) == count
    assert found["discount"] == {"__typename": "DiscountCodeBasic"}


def test_a_discount_keeps_tags_and_metafields(ask: Ask) -> None:
    set_body = ask(
        f'mutation {{ metafieldsSet(metafields: [{{ownerId: "{SPRING}", namespace: "custom", key: "note", '
        'type: "single_line_text_field", value: "x"}]) { metafields { value ownerType } userErrors { message } } }'
    )
    assert set_body["data"]["metafieldsSet"]["metafields"] == [{"value": "x", "ownerType": "DISCOUNT"}]
    found = ask(f'{{ discountNode(id: "{SPRING}") {{ metafield(namespace: "custom", key: "note") {{ value }} }} }}')
    assert found["data"]["discountNode"]["metafield"] == {"value": "x"}


@pytest.mark.parametrize(
    ("discounts", "words"),
    [
        ([{"code": "A"}], "give one of percentage, amount and free_shipping"),
        ([{"code": "A", "percentage": 5}, {"code": "a", "percentage": 5}], "two discounts with the code a"),
        ([{"code": "A", "percentage": 5, "products": ["mugg"]}], "no product 'mugg'"),
        ([{"code": "A", "percentage": 5, "customers": ["pta@shop.test"]}], "no customer 'pta@shop.test'"),
        ([{"percentage": 5}], "title is missing"),
    ],
)
def test_a_seed_with_a_wrong_discount_is_refused(discounts: list[dict[str, Any]], words: str) -> None:
    with pytest.raises(InputError, match=words):
        load_seed({**SEED, "discounts": discounts})
