"""Gift cards, and checkouts that were left."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from runner.errors import InputError
from runner.simulator.server import RunningShop
from tests.simulator.buying import PAT, SEED, Ask, mutate, topics

CREATE = """mutation ($input: GiftCardCreateInput!) { giftCardCreate(input: $input) { giftCardCode
  giftCard { id maskedCode lastCharacters enabled expiresOn note balance { amount currencyCode } customer { id } }
  userErrors { field code } } }"""
API = "/admin/api/2026-04"


@pytest.fixture
def shop(served: RunningShop) -> RunningShop:
    """The pottery, without orders."""
    served.reset(SEED)
    return served


def card(ask: Ask, **given: Any) -> dict[str, Any]:
    """The payload of a gift card of 50.00 and whatever is given."""
    return mutate(ask, CREATE, input={"initialValue": "50.00", **given})


def test_a_gift_card_shows_the_end_of_its_code_only(shop: RunningShop, ask: Ask) -> None:
    payload = card(ask, code="SPRING 2026 GIFT", customerId=PAT, note="n", expiresOn="2027-01-01")
    assert (payload["userErrors"], payload["giftCardCode"]) == ([], "spring2026gift")
    found = payload["giftCard"]
    assert (found["lastCharacters"], found["maskedCode"], found["enabled"]) == ("gift", "•••• •••• •••• gift", True)
    assert (found["balance"], found["customer"]) == ({"amount": "50.0", "currencyCode": "USD"}, {"id": PAT})
    assert len(card(ask)["giftCardCode"]) == 16


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"code": "short"}, {"field": ["input", "code"], "code": "TOO_SHORT"}),
        ({"code": "x" * 21}, {"field": ["input", "code"], "code": "TOO_LONG"}),
        ({"code": "takenalready"}, {"field": ["input", "code"], "code": "TAKEN"}),
        ({"initialValue": "-1"}, {"field": ["input", "initialValue"], "code": "GREATER_THAN"}),
        ({"customerId": "gid://shopify/Customer/1"}, {"field": ["input", "customerId"], "code": "CUSTOMER_NOT_FOUND"}),
    ],
)
def test_a_gift_card_that_cannot_be_is_refused(
    shop: RunningShop, ask: Ask, change: dict[str, Any], error: dict[str, Any]
) -> None:
    card(ask, code="takenalready")
    assert card(ask, **change) == {"giftCardCode": None, "giftCard": None, "userErrors": [error]}


@pytest.mark.parametrize(
    ("kind", "amount", "balance", "errors"),
    [
        ("Credit", "10.00", "60.0", []),
        ("Debit", "20.00", "30.0", []),
        ("Debit", "50.01", "50.0", [{"code": "INSUFFICIENT_FUNDS"}]),
        ("Debit", "0.00", "50.0", [{"code": "NEGATIVE_OR_ZERO_AMOUNT"}]),
        ("Credit", "1950.01", "50.0", [{"code": "GIFT_CARD_LIMIT_EXCEEDED"}]),
    ],
)
def test_money_is_put_on_and_taken_off(
    shop: RunningShop, ask: Ask, kind: str, amount: str, balance: str, errors: list[Any]
) -> None:
    node_id = card(ask)["giftCard"]["id"]
    field, low = f"giftCard{kind}Transaction", kind.lower()
    payload = mutate(
        ask,
        f"""giftCard{kind}(id: "{node_id}", {low}Input: {{{low}Amount: {{amount: "{amount}", currencyCode: USD}}}})
        {{ {field} {{ amount {{ amount }} }} userErrors {{ code }} }}""",
    )
    assert payload["userErrors"] == errors
    now = ask(f'{{ giftCard(id: "{node_id}") {{ balance {{ amount }} transactions(first: 5) {{ nodes {{ id }} }} }} }}')
    assert now["data"]["giftCard"]["balance"] == {"amount": balance}
    assert len(now["data"]["giftCard"]["transactions"]["nodes"]) == (0 if errors else 1)


def test_a_deactivated_card_stays_so(shop: RunningShop, ask: Ask, http: httpx.Client) -> None:
    node_id = card(ask)["giftCard"]["id"]
    off = mutate(ask, f'giftCardDeactivate(id: "{node_id}") {{ giftCard {{ enabled }} userErrors {{ code }} }}')
    assert off["giftCard"] == {"enabled": False}
    card(ask)
    assert len(http.get(f"{API}/gift_cards.json?status=enabled").json()["gift_cards"]) == 1
    (disabled,) = http.get(f"{API}/gift_cards.json?status=disabled").json()["gift_cards"]
    assert (disabled["balance"], disabled["admin_graphql_api_id"]) == ("50.00", node_id)
    found = ask('{ giftCards(first: 5, query: "status:disabled") { nodes { id } } }')
    assert found["data"]["giftCards"]["nodes"] == [{"id": node_id}]


def test_a_checkout_is_begun_left_and_completed(shop: RunningShop, ask: Ask, http: httpx.Client) -> None:
    for topic in ("checkouts/create", "checkouts/update", "orders/create"):
        shop.subscribe(topic)
    begun = shop.do("check-out", lines=[{"sku": "MUG-B", "quantity": 2}], email="pat@shop.test")
    assert (begun["email"], begun["total_price"]) == ("pat@shop.test", "55.00")
    assert begun["line_items"][0]["variant_title"] == "Blue"
    fields = "abandonedCheckoutUrl lineItemsQuantity customer { id } totalPriceSet { shopMoney { amount } }"
    left = ask(
        f"{{ abandonedCheckouts(first: 5) {{ nodes {{ {fields} lineItems(first: 2) {{ nodes {{ title sku }} }} }} }} }}"
    )
    (found,) = left["data"]["abandonedCheckouts"]["nodes"]
    assert (found["abandonedCheckoutUrl"], found["customer"]) == (begun["abandoned_checkout_url"], {"id": PAT})
    assert (found["lineItems"]["nodes"], found["lineItemsQuantity"]) == ([{"title": "Mug", "sku": "MUG-B"}], 2)
    assert len(http.get(f"{API}/checkouts.json").json()["checkouts"]) == 1
    done = shop.do("check-out", checkout=begun["token"], complete=True)
    assert done["completed_at"] is not None
    assert topics(shop) == ["checkouts/create", "orders/create", "checkouts/update"]
    assert http.get(f"{API}/checkouts/count.json").json() == {"count": 0}
    with pytest.raises(InputError, match="there is no open checkout"):
        shop.do("check-out", checkout=begun["token"])
