"""Subscription contracts: what was agreed, how they go on and end, and what is told of it."""

from __future__ import annotations

from typing import Any

import pytest

from runner.simulator.server import RunningShop
from tests.simulator.buying import PAT, SEED, Ask, mutate, topics

BLUE, RED = "gid://shopify/ProductVariant/90000001", "gid://shopify/ProductVariant/90000002"
CONTRACT = """contract { id status nextBillingDate revisionId currencyCode note customer { id } linesCount { count }
  billingPolicy { interval intervalCount maxCycles } deliveryPolicy { intervalCount } deliveryPrice { amount }
  deliveryMethod { ... on SubscriptionDeliveryMethodShipping { address { city } } }
  lines(first: 5) { nodes { id title sku quantity currentPrice { amount } lineDiscountedPrice { amount } variantId
    productId requiresShipping } } } userErrors { field code }"""


@pytest.fixture
def kiln(shop: RunningShop) -> RunningShop:
    shop.reset(SEED)
    for topic in ("create", "update", "pause", "activate", "cancel", "expire", "fail"):
        shop.subscribe(f"subscription_contracts/{topic}")
    return shop


def create(
    ask: Ask, *, customer: str = PAT, variant: str = BLUE, quantity: int = 2, price: str = "24.00", lines: bool = True
) -> dict[str, Any]:
    every = "interval: MONTH, intervalCount: 1"
    terms = (
        f'billingPolicy: {{{every}, maxCycles: 6}}, deliveryPolicy: {{{every}}}, deliveryPrice: 5, note: "fragile", '
    )
    terms += 'deliveryMethod: {shipping: {address: {address1: "9 Low Rd", city: "York", countryCode: GB}}}'
    line = f'{{line: {{productVariantId: "{variant}", quantity: {quantity}, currentPrice: {price}}}}}' if lines else ""
    given = f'customerId: "{customer}", currencyCode: USD, nextBillingDate: "2026-04-01T00:00:00Z"'
    text = f"subscriptionContractAtomicCreate(input: {{{given}, contract: {{{terms}}}, lines: [{line}]}})"
    return mutate(ask, f"{text} {{ {CONTRACT} }}")


def test_a_contract_holds_what_was_agreed(kiln: RunningShop, ask: Ask) -> None:
    contract = create(ask)["contract"]
    assert (contract["status"], contract["customer"], contract["note"]) == ("ACTIVE", {"id": PAT}, "fragile")
    assert contract["billingPolicy"] == {"interval": "MONTH", "intervalCount": 1, "maxCycles": 6}
    assert (contract["deliveryPrice"], contract["deliveryMethod"]) == ({"amount": "5.0"}, {"address": {"city": "York"}})
    (line,) = contract["lines"]["nodes"]
    assert (line["title"], line["sku"], line["currentPrice"], line["lineDiscountedPrice"]) == (
        "Mug",
        "MUG-B",
        {"amount": "24.0"},
        {"amount": "48.0"},
    )
    (told,) = kiln.take()
    assert told["topic"] == "subscription_contracts/create"
    assert (told["payload"]["customer_id"], told["payload"]["billing_policy"]["interval"]) == (7001, "month")
    body = ask(
        f'{{ customer(id: "{PAT}") {{ subscriptionContracts(first: 5) {{ nodes {{ id }} }} }} '
        "subscriptionContracts(first: 5) { nodes { id } } }"
    )["data"]
    assert body["customer"]["subscriptionContracts"] == body["subscriptionContracts"]
    assert body["subscriptionContracts"]["nodes"] == [{"id": contract["id"]}]


@pytest.mark.parametrize(
    ("change", "status"),
    [("Pause", "PAUSED"), ("Fail", "FAILED"), ("Cancel", "CANCELLED"), ("Expire", "EXPIRED")],
)
def test_a_contract_goes_on_until_it_has_ended(kiln: RunningShop, ask: Ask, change: str, status: str) -> None:
    contract = create(ask)["contract"]["id"]
    kiln.take()
    done = mutate(ask, f'subscriptionContract{change}(subscriptionContractId: "{contract}") {{ {CONTRACT} }}')
    assert (done["contract"]["status"], done["contract"]["revisionId"]) == (status, "2")
    assert topics(kiln) == [f"subscription_contracts/{change.lower()}", "subscription_contracts/update"]
    again = mutate(ask, f'subscriptionContractActivate(subscriptionContractId: "{contract}") {{ {CONTRACT} }}')
    if status in ("PAUSED", "FAILED"):
        assert again["contract"]["status"] == "ACTIVE"
    else:
        assert again["userErrors"] == [{"field": ["subscriptionContractId"], "code": "CONTRACT_TERMINATED"}]


def test_the_next_date_and_the_product_change(kiln: RunningShop, ask: Ask) -> None:
    contract = create(ask)["contract"]
    date = "2026-05-01T00:00:00Z"
    text = f'subscriptionContractSetNextBillingDate(contractId: "{contract["id"]}", date: "{date}") {{ {CONTRACT} }}'
    assert mutate(ask, text)["contract"]["nextBillingDate"] == date
    line = contract["lines"]["nodes"][0]["id"]
    change = f'lineId: "{line}", input: {{productVariantId: "{RED}", currentPrice: 20}}'
    text = f'subscriptionContractProductChange(subscriptionContractId: "{contract["id"]}", {change})'
    changed = mutate(ask, f"{text} {{ lineUpdated {{ sku currentPrice {{ amount }} }} userErrors {{ code }} }}")
    assert changed["lineUpdated"] == {"sku": "MUG-R", "currentPrice": {"amount": "20.0"}}
    assert topics(kiln)[-2:] == ["subscription_contracts/update"] * 2


def test_a_contract_that_cannot_be_is_refused(kiln: RunningShop, ask: Ask) -> None:
    answers = {
        "CUSTOMER_DOES_NOT_EXIST": create(ask, customer="gid://shopify/Customer/1"),
        "INVALID": create(ask, variant="gid://shopify/ProductVariant/1"),
        "GREATER_THAN": create(ask, quantity=0),
        "GREATER_THAN_OR_EQUAL_TO": create(ask, price="-1"),
        "INVALID_LINES": create(ask, lines=False),
    }
    assert {code: [error["code"] for error in each["userErrors"]] for code, each in answers.items()} == {
        code: [code] for code in answers
    }
    assert topics(kiln) == []
