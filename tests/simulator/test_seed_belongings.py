"""Gift cards, checkouts and files of a seed, and what products and collections tell of their making."""

from __future__ import annotations

from typing import Any

import pytest

from runner.errors import InputError
from runner.simulator.seed import load_seed
from runner.simulator.server import RunningShop
from tests.simulator.buying import SEED, Ask

CARD = {"code": "LARK 2026 0001", "value": "50.00"}


def read(served: RunningShop, ask: Ask, more: dict[str, Any], query: str) -> dict[str, Any]:
    """What a query finds in the shop of a seed with ``more`` in it."""
    served.reset({**SEED, **more})
    body = ask(query)
    assert "errors" not in body, body
    data: dict[str, Any] = body["data"]
    return data


def test_gift_cards_are_spent_belong_to_somebody_expire_and_are_switched_off(served: RunningShop, ask: Ask) -> None:
    card = {**CARD, "balance": "32.50", "customer": "pat@shop.test", "expires": "2027-03-02", "note": "Thanks"}
    card |= {"created": "2026-01-02T00:00:00Z", "deactivated": "2026-02-02T00:00:00Z"}
    data = read(
        served,
        ask,
        {"gift_cards": [card]},
        """{ giftCards(first: 2) { nodes { lastCharacters enabled expiresOn note createdAt deactivatedAt
        balance { amount } initialValue { amount } customer { email }
        transactions(first: 2) { nodes { amount { amount } } } } } }""",
    )
    assert data["giftCards"]["nodes"] == [
        {
            "lastCharacters": "0001",
            "enabled": False,
            "expiresOn": "2027-03-02",
            "note": "Thanks",
            "createdAt": "2026-01-02T00:00:00Z",
            "deactivatedAt": "2026-02-02T00:00:00Z",
            "balance": {"amount": "32.5"},
            "initialValue": {"amount": "50.0"},
            "customer": {"email": "pat@shop.test"},
            "transactions": {"nodes": [{"amount": {"amount": "-17.5"}}]},
        }
    ]


def test_checkouts_that_nobody_ended_are_abandoned(served: RunningShop, ask: Ask) -> None:
    left = {"lines": [{"sku": "MUG-B", "quantity": 2}], "email": "pat@shop.test", "created": "2026-03-01T09:00:00Z"}
    bought = {"lines": ["MUG-R"], "email": "guest@shop.test", "completed": True}
    data = read(
        served,
        ask,
        {"checkouts": [left, bought]},
        """{ abandonedCheckouts(first: 5) { nodes { createdAt customer { email } totalPriceSet { shopMoney { amount } }
        lineItems(first: 2) { nodes { sku quantity } } } } ordersCount { count } }""",
    )
    assert data["abandonedCheckouts"]["nodes"] == [
        {
            "createdAt": "2026-03-01T09:00:00Z",
            "customer": {"email": "pat@shop.test"},
            "totalPriceSet": {"shopMoney": {"amount": "55.0"}},
            "lineItems": {"nodes": [{"sku": "MUG-B", "quantity": 2}]},
        }
    ]
    assert data["ordersCount"]["count"] == 1


def test_files_are_ready_and_as_old_as_they_are_said_to_be(served: RunningShop, ask: Ask) -> None:
    row = {"url": "https://files.test/guide.pdf", "alt": "Guide", "created": "2025-05-01T00:00:00Z"}
    data = read(served, ask, {"files": [row]}, "{ files(first: 3) { nodes { alt fileStatus createdAt } } }")
    assert data["files"]["nodes"] == [{"alt": "Guide", "fileStatus": "READY", "createdAt": "2025-05-01T00:00:00Z"}]


def test_products_and_collections_are_as_old_as_they_are_said_to_be(served: RunningShop, ask: Ask) -> None:
    cup = {"title": "Cup", "created": "2025-02-01T00:00:00Z", "gift_card": True, "channels": ["Point of Sale"]}
    cup |= {"weight": "0.35", "requires_shipping": False, "origin": "PT", "hs_code": "691200"}
    cups = {"title": "Cups", "created": "2025-03-01T00:00:00Z", "products": ["cup"]}
    data = read(
        served,
        ask,
        {"products": [*SEED["products"], cup], "collections": [cups]},
        """{ products(first: 1, query: "title:Cup") { nodes { createdAt isGiftCard publishedAt
        resourcePublications(first: 3) { nodes { publication { name } } }
        variants(first: 1) { nodes { createdAt inventoryItem { requiresShipping countryCodeOfOrigin
        harmonizedSystemCode measurement { weight { value unit } } } } } } }
        collections(first: 1) { nodes { updatedAt } } }""",
    )
    assert data["products"]["nodes"] == [
        {
            "createdAt": "2025-02-01T00:00:00Z",
            "isGiftCard": True,
            "publishedAt": None,
            "resourcePublications": {"nodes": [{"publication": {"name": "Point of Sale"}}]},
            "variants": {
                "nodes": [
                    {
                        "createdAt": "2025-02-01T00:00:00Z",
                        "inventoryItem": {
                            "requiresShipping": False,
                            "countryCodeOfOrigin": "PT",
                            "harmonizedSystemCode": "691200",
                            "measurement": {"weight": {"value": 0.35, "unit": "KILOGRAMS"}},
                        },
                    }
                ]
            },
        }
    ]
    assert data["collections"]["nodes"] == [{"updatedAt": "2025-03-01T00:00:00Z"}]


def test_a_discount_may_have_been_used_before(served: RunningShop, ask: Ask) -> None:
    data = read(
        served,
        ask,
        {"discounts": [{"code": "OLD", "percentage": 10, "used": 7, "usage_limit": 7}]},
        "{ codeDiscountNodes(first: 1) { nodes { codeDiscount { ... on DiscountCodeBasic { asyncUsageCount } } } } }",
    )
    assert data["codeDiscountNodes"]["nodes"] == [{"codeDiscount": {"asyncUsageCount": 7}}]


@pytest.mark.parametrize(
    ("more", "part", "message"),
    [
        ({"gift_cards": [{**CARD, "code": "short"}]}, "gift_cards[0].code", "expected a code of 8 to 20"),
        ({"gift_cards": [CARD, CARD]}, "gift_cards[1].code", "there are two gift cards"),
        ({"gift_cards": [{"code": "LARK20260001"}]}, "gift_cards[0].value", "expected a value of at most 2000.00"),
        ({"gift_cards": [{**CARD, "balance": "51"}]}, "gift_cards[0].balance", "expected at most its value"),
        ({"gift_cards": [{**CARD, "customer": "pat"}]}, "gift_cards[0].customer", "there is no customer 'pat'"),
        ({"gift_cards": [{**CARD, "expires": "soon"}]}, "gift_cards[0].expires", "expected a date such as"),
        ({"checkouts": [{"email": "pat@shop.test"}]}, "checkouts[0]", "say what is in the cart"),
        ({"checkouts": [{"lines": ["MUGG"]}]}, "checkouts[0].lines[0].sku", "there is no SKU 'MUGG'"),
        ({"files": [{"alt": "x"}]}, "files[0].url", "url is missing"),
        ({"products": [{"title": "A", "weight": "light"}]}, "products[0].weight", "expected a weight in kilograms"),
        (
            {"products": [{"title": "A", "channels": ["Onlin Store"]}]},
            "products[0].channels",
            "there is no publication",
        ),
    ],
)
def test_a_mistake_is_named_with_its_place(more: dict[str, Any], part: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as raised:
        load_seed({**SEED, **more})
    assert raised.value.where is not None
    assert raised.value.where.part == part
