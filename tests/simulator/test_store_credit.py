"""Store credit, script tags and product feeds."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from runner.simulator.server import RunningShop
from tests.simulator.buying import PAT, SEED, Ask, mutate, topics

API = "/admin/api/2026-04"
MOVE = """storeCreditAccountTransaction { amount { amount } balanceAfterTransaction { amount } event
  account { id balance { amount currencyCode } owner { ... on Customer { id } } } } userErrors { field code }"""


@pytest.fixture
def kiln(shop: RunningShop) -> RunningShop:
    shop.reset(SEED)
    return shop


def credit(ask: Ask, node_id: str, amount: str, currency: str = "USD", more: str = "") -> dict[str, Any]:
    money = f'creditAmount: {{amount: "{amount}", currencyCode: {currency}}}'
    return mutate(ask, f'storeCreditAccountCredit(id: "{node_id}", creditInput: {{{money} {more}}}) {{ {MOVE} }}')


def debit(ask: Ask, node_id: str, amount: str, currency: str = "USD") -> dict[str, Any]:
    money = f'debitAmount: {{amount: "{amount}", currencyCode: {currency}}}'
    return mutate(ask, f'storeCreditAccountDebit(id: "{node_id}", debitInput: {{{money}}}) {{ {MOVE} }}')


def test_a_customer_gets_an_account_with_the_first_credit_and_pays_from_it(kiln: RunningShop, ask: Ask) -> None:
    made = credit(ask, PAT, "20.00")["storeCreditAccountTransaction"]
    assert made["account"]["owner"] == {"id": PAT}
    assert (made["amount"], made["event"]) == ({"amount": "20.0"}, "ADJUSTMENT")
    account = made["account"]["id"]
    taken = debit(ask, account, "5.50")["storeCreditAccountTransaction"]
    assert (taken["amount"], taken["balanceAfterTransaction"]) == ({"amount": "-5.5"}, {"amount": "14.5"})
    credit(ask, PAT, "3.00", "EUR")
    body = ask(
        f"""{{ customer(id: "{PAT}") {{ storeCreditAccounts(first: 5) {{ nodes {{ balance {{ amount currencyCode }}
        transactions(first: 5) {{ nodes {{ amount {{ amount }} }} }} }} }} }} }}"""
    )
    assert body["data"]["customer"]["storeCreditAccounts"]["nodes"] == [
        {
            "balance": {"amount": "14.5", "currencyCode": "USD"},
            "transactions": {"nodes": [{"amount": {"amount": "20.0"}}, {"amount": {"amount": "-5.5"}}]},
        },
        {
            "balance": {"amount": "3.0", "currencyCode": "EUR"},
            "transactions": {"nodes": [{"amount": {"amount": "3.0"}}]},
        },
    ]


def test_credit_that_cannot_be_is_refused(kiln: RunningShop, ask: Ask) -> None:
    account = credit(ask, PAT, "20.00")["storeCreditAccountTransaction"]["account"]["id"]
    answers = {
        "OWNER_NOT_FOUND": credit(ask, "gid://shopify/Customer/1", "1"),
        "ACCOUNT_NOT_FOUND": debit(ask, "gid://shopify/StoreCreditAccount/1", "1"),
        "NEGATIVE_OR_ZERO_AMOUNT": credit(ask, PAT, "0"),
        "EXPIRES_AT_IN_PAST": credit(ask, PAT, "1", more=', expiresAt: "2020-01-01T00:00:00Z"'),
        "MISMATCHING_CURRENCY": debit(ask, account, "1", "EUR"),
        "CREDIT_LIMIT_EXCEEDED": credit(ask, account, "100000"),
        "INSUFFICIENT_FUNDS": debit(ask, account, "20.01"),
    }
    assert {code: [error["code"] for error in each["userErrors"]] for code, each in answers.items()} == {
        code: [code] for code in answers
    }


def test_script_tags_are_the_same_over_both_ways(kiln: RunningShop, ask: Ask, http: httpx.Client) -> None:
    made = http.post(f"{API}/script_tags.json", json={"script_tag": {"event": "onload", "src": "https://a.test/x.js"}})
    assert made.status_code == 201, made.text
    node_id = f"gid://shopify/ScriptTag/{made.json()['script_tag']['id']}"
    changed = mutate(
        ask,
        f'scriptTagUpdate(id: "{node_id}", input: {{cache: true}}) {{ scriptTag {{ src cache displayScope }} '
        "userErrors { message } }",
    )
    assert changed["scriptTag"] == {"src": "https://a.test/x.js", "cache": True, "displayScope": "ONLINE_STORE"}
    assert http.get(f"{API}/script_tags/count.json", params={"src": "https://b.test"}).json() == {"count": 0}
    for src, message in (("http://a.test/x.js", "Source is invalid"), ("", "Source can't be blank")):
        refused = mutate(ask, f'scriptTagCreate(input: {{src: "{src}"}}) {{ userErrors {{ message }} }}')
        assert refused["userErrors"] == [{"message": message}]
    gone = mutate(ask, f'scriptTagDelete(id: "{node_id}") {{ deletedScriptTagId userErrors {{ message }} }}')
    assert gone == {"deletedScriptTagId": node_id, "userErrors": []}
    assert http.get(f"{API}/script_tags.json").json() == {"script_tags": []}


def test_a_product_feed_tells_of_every_product_when_asked(kiln: RunningShop, ask: Ask) -> None:
    for topic in ("product_feeds/create", "product_feeds/full_sync", "product_feeds/full_sync_finish"):
        kiln.subscribe(topic)
    text = "productFeedCreate(input: {country: DE, language: DE}) { productFeed { id status } userErrors { code } }"
    feed = mutate(ask, text)["productFeed"]
    assert feed["status"] == "ACTIVE"
    assert mutate(ask, text)["userErrors"] == [{"code": "TAKEN"}]
    assert topics(kiln) == ["product_feeds/create"]
    mutate(ask, f'productFullSync(id: "{feed["id"]}") {{ id userErrors {{ code }} }}')
    *told, last = kiln.take()
    assert [each["payload"]["product"]["title"] for each in told] == ["Mug", "Hook"]
    assert last["payload"]["fullSync"]["count"] == 2
    gone = mutate(ask, f'productFeedDelete(id: "{feed["id"]}") {{ deletedId userErrors {{ code }} }}')
    assert gone == {"deletedId": feed["id"], "userErrors": []}
    again = mutate(ask, f'productFullSync(id: "{feed["id"]}") {{ id userErrors {{ code }} }}')
    assert again["userErrors"] == [{"code": "INVALID"}]


def test_a_chosen_option_names_the_value_that_its_option_has(kiln: RunningShop, ask: Ask) -> None:
    variant = "gid://shopify/ProductVariant/90000001"
    query = f"""{{ productVariant(id: "{variant}") {{ defaultCursor selectedOptions {{ name value
      optionValue {{ id name hasVariants }} }} product {{ options {{ optionValues {{ id name }} }} }} }} }}"""
    found = ask(query)["data"]["productVariant"]
    (chosen,) = found["selectedOptions"]
    assert (chosen["value"], chosen["optionValue"]["name"], chosen["optionValue"]["hasVariants"]) == (
        "Blue",
        "Blue",
        True,
    )
    assert chosen["optionValue"]["id"] == found["product"]["options"][0]["optionValues"][0]["id"]
