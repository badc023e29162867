"""Payment terms: the templates, the terms of drafts and orders, and when they are due."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from runner.simulator.server import RunningShop
from tests.simulator.asking import Ask
from tests.simulator.buying import CART, FIRST, SEED, mutate, read, topics

TERMS = """paymentTerms {
  id paymentTermsName paymentTermsType dueInDays due overdue
  paymentSchedules(first: 2) { nodes { issuedAt dueAt completedAt due balanceDue { amount } } }
}"""
NET_30 = "gid://shopify/PaymentTermsTemplate/4"
FIXED = "gid://shopify/PaymentTermsTemplate/7"


@pytest.fixture
def kiln(shop: RunningShop) -> RunningShop:
    shop.reset(SEED)
    for topic in ("payment_terms/create", "payment_terms/update", "payment_terms/delete", "orders/updated"):
        shop.subscribe(topic)
    return shop


def create(ask: Ask, owner: str, template: str = NET_30, rows: str = "") -> dict[str, Any]:
    given = f'paymentTermsTemplateId: "{template}", {rows}'
    return mutate(
        ask,
        f'paymentTermsCreate(referenceId: "{owner}", paymentTermsAttributes: {{{given}}}) '
        "{ paymentTerms { id } userErrors { field message code } }",
    )


def test_templates_have_names_types_and_days(ask: Ask) -> None:
    found = ask("{ paymentTermsTemplates { id name paymentTermsType dueInDays } }")["data"]["paymentTermsTemplates"]
    assert {each["name"]: (each["paymentTermsType"], each["dueInDays"]) for each in found} == {
        "Due on receipt": ("RECEIPT", None),
        "Due on fulfillment": ("FULFILLMENT", None),
        "Net 7": ("NET", 7),
        "Net 15": ("NET", 15),
        "Net 30": ("NET", 30),
        "Net 45": ("NET", 45),
        "Net 60": ("NET", 60),
        "Net 90": ("NET", 90),
        "Fixed": ("FIXED", None),
    }
    chosen = ask("{ paymentTermsTemplates(paymentTermsType: FIXED) { id } }")["data"]["paymentTermsTemplates"]
    assert chosen == [{"id": FIXED}]


def test_terms_of_an_order_are_due_after_their_days_until_it_is_paid(kiln: RunningShop, ask: Ask) -> None:
    kiln.do("order", **CART, payment="pending")
    kiln.take()
    assert create(ask, FIRST)["userErrors"] == []
    assert topics(kiln) == ["payment_terms/create", "orders/updated"]
    terms = read(ask, TERMS)["paymentTerms"]
    assert (terms["paymentTermsName"], terms["dueInDays"], terms["overdue"]) == ("Net 30", 30, False)
    (schedule,) = terms["paymentSchedules"]["nodes"]
    issued, due = (datetime.fromisoformat(schedule[name]) for name in ("issuedAt", "dueAt"))
    assert (issued.date().isoformat(), due - issued) == ("2026-03-02", timedelta(days=30))
    assert (schedule["due"], schedule["completedAt"], schedule["balanceDue"]) == (False, None, {"amount": "85.0"})
    kiln.advance(31 * 86400)
    assert read(ask, TERMS)["paymentTerms"]["overdue"] is True
    kiln.do("pay", order="#1001")
    paid = read(ask, TERMS)["paymentTerms"]
    assert paid["overdue"] is False
    assert paid["paymentSchedules"]["nodes"][0]["completedAt"] is not None
    assert paid["paymentSchedules"]["nodes"][0]["balanceDue"] == {"amount": "0.0"}


def test_a_draft_with_terms_becomes_an_order_that_is_still_to_pay(kiln: RunningShop, ask: Ask) -> None:
    lines = 'lineItems: [{title: "Mug", quantity: 2, originalUnitPriceWithCurrency: {amount: "5", currencyCode: USD}}]'
    text = f'draftOrderCreate(input: {{{lines}, paymentTerms: {{paymentTermsTemplateId: "{NET_30}"}}}})'
    draft = mutate(ask, f"{text} {{ draftOrder {{ id {TERMS} }} userErrors {{ message }} }}")["draftOrder"]
    assert draft["paymentTerms"]["paymentSchedules"]["nodes"][0]["balanceDue"] == {"amount": "10.0"}
    done = mutate(
        ask,
        f'draftOrderComplete(id: "{draft["id"]}") '
        f"{{ draftOrder {{ order {{ displayFinancialStatus {TERMS} }} }} userErrors {{ message }} }}",
    )["draftOrder"]["order"]
    assert done["displayFinancialStatus"] == "PENDING"
    assert done["paymentTerms"]["id"] == draft["paymentTerms"]["id"]


REFUSED = {
    "no such order": ("gid://shopify/Order/9", NET_30, "", ["referenceId"]),
    "no such template": (FIRST, "gid://shopify/PaymentTermsTemplate/99", "", ["paymentTermsAttributes"]),
    "a fixed date is not given": (FIRST, FIXED, "", ["paymentTermsAttributes"]),
    "two schedules": (
        FIRST,
        FIXED,
        'paymentSchedules: [{dueAt: "2026-05-01T00:00:00Z"}, {dueAt: "2026-06-01T00:00:00Z"}]',
        ["paymentTermsAttributes"],
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_terms_that_cannot_be_are_refused(kiln: RunningShop, ask: Ask, name: str) -> None:
    owner, template, rows, field = REFUSED[name]
    kiln.do("order", **CART, payment="pending")
    (error,) = create(ask, owner, template, rows)["userErrors"]
    assert (error["field"], error["code"]) == (field, "PAYMENT_TERMS_CREATION_UNSUCCESSFUL")
    assert read(ask, TERMS)["paymentTerms"] is None


def test_terms_are_changed_and_taken_away(kiln: RunningShop, ask: Ask) -> None:
    kiln.do("order", **CART, payment="pending")
    terms = create(ask, FIRST)["paymentTerms"]["id"]
    (again,) = create(ask, FIRST)["userErrors"]
    assert again["code"] == "PAYMENT_TERMS_CREATION_UNSUCCESSFUL"
    kiln.take()
    given = f'paymentTermsTemplateId: "{FIXED}", paymentSchedules: [{{dueAt: "2026-05-01T00:00:00Z"}}]'
    changed = mutate(
        ask,
        f'paymentTermsUpdate(input: {{paymentTermsId: "{terms}", paymentTermsAttributes: {{{given}}}}}) '
        "{ paymentTerms { paymentTermsName paymentSchedules(first: 5) { nodes { dueAt issuedAt } } } "
        "userErrors { code } }",
    )["paymentTerms"]
    assert changed == {
        "paymentTermsName": "Fixed",
        "paymentSchedules": {"nodes": [{"dueAt": "2026-05-01T00:00:00Z", "issuedAt": None}]},
    }
    assert topics(kiln) == ["payment_terms/update", "orders/updated"]
    gone = mutate(
        ask, f'paymentTermsDelete(input: {{paymentTermsId: "{terms}"}}) {{ deletedId userErrors {{ code }} }}'
    )
    assert gone == {"deletedId": terms, "userErrors": []}
    assert topics(kiln) == ["payment_terms/delete", "orders/updated"]
    assert read(ask, TERMS)["paymentTerms"] is None


def test_rest_shows_the_terms_of_an_order(kiln: RunningShop, ask: Ask, http: Any) -> None:
    kiln.do("order", **CART, payment="pending")
    create(ask, FIRST)
    terms = http.get("/admin/api/2026-04/orders/50000001.json").json()["order"]["payment_terms"]
    assert (terms["payment_terms_name"], terms["payment_terms_type"], terms["due_in_days"]) == ("Net 30", "net", 30)
    assert terms["payment_schedules"][0]["amount"] == "85.00"
    assert terms["payment_schedules"][0]["due_at"].startswith("2026-04-01T11:00:0")
