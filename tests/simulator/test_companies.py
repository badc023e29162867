"""Companies with their locations, contacts and roles."""

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
    "customers": [
        {"name": "Pat Moss", "id": 7001, "email": "pat@shop.test"},
        {"name": "Ann Lee", "id": 7002, "email": "ann@shop.test"},
    ],
    "companies": [
        {
            "name": "Harbour Hotels",
            "id": 1,
            "external_id": "HH",
            "contacts": ["pat@shop.test"],
            "metafields": {"custom.tier": "gold"},
            "locations": [
                {"name": "Leeds", "id": 1, "address": {"address1": "1 High St", "city": "Leeds", "country_code": "GB"}}
            ],
        }
    ],
}
COMPANY, LEEDS = "gid://shopify/Company/1", "gid://shopify/CompanyLocation/1"


@pytest.fixture
def shop(served: RunningShop) -> RunningShop:
    """A shop with one company."""
    served.reset(SEED)
    return served


def test_a_contact_buys_for_the_company(shop: RunningShop, ask: Ask) -> None:
    order = shop.do(
        "order", lines=[{"title": "Towel", "price": "9.00"}], customer="pat@shop.test", company="Harbour Hotels"
    )
    text = """query($id: ID!) { order(id: $id) { purchasingEntity { ... on PurchasingCompany {
      company { metafield(namespace: "custom", key: "tier") { value } } location { name } } } } }"""
    bought_for = ask(text, id=order["admin_graphql_api_id"])["data"]["order"]["purchasingEntity"]
    assert bought_for == {"company": {"metafield": {"value": "gold"}}, "location": {"name": "Leeds"}}


@pytest.mark.parametrize(
    ("customer", "company", "message"),
    [
        ("ann@shop.test", "Harbour Hotels", "its customer is no contact of Harbour Hotels"),
        ("pat@shop.test", "Harbor Hotels", "there is no company 'Harbor Hotels'"),
    ],
)
def test_nobody_else_buys_for_a_company(shop: RunningShop, customer: str, company: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        shop.do("order", lines=[{"title": "Towel", "price": "9.00"}], customer=customer, company=company)


def test_a_company_is_read_without_a_guess(http: httpx.Client) -> None:
    query = f"""{{ company(id: "{COMPANY}") {{
        name externalId note customerSince lifetimeDuration contactsCount {{ count }} locationsCount {{ count }}
        ordersCount {{ count }} totalSpent {{ amount }} defaultRole {{ name }}
        contactRoles(first: 5) {{ nodes {{ name }} }}
        mainContact {{ isMainContact customer {{ email companyContactProfiles {{ company {{ name }} }} }}
          roleAssignments(first: 5) {{ nodes {{ role {{ name }} companyLocation {{ name }} }} }} }}
        locations(first: 5) {{ nodes {{ name currency taxSettings {{ taxExempt }}
          buyerExperienceConfiguration {{ payNowOnly }}
          shippingAddress {{ formattedAddress country }} catalogsCount {{ count }} }} }}
        metafields(first: 5, keys: ["custom.tier"]) {{ nodes {{ value }} }}
        events(first: 1) {{ nodes {{ id }} }} }} }}"""
    reply = http.post("/admin/api/2026-04/graphql.json", json={"query": query})
    assert "errors" not in reply.json(), reply.json()
    assert "X-Simulator-Guessed" not in reply.headers
    company = reply.json()["data"]["company"]
    contact = company["mainContact"]
    assert contact["customer"] == {
        "email": "pat@shop.test",
        "companyContactProfiles": [{"company": {"name": "Harbour Hotels"}}],
    }
    assert contact["roleAssignments"]["nodes"] == [
        {"role": {"name": "Location admin"}, "companyLocation": {"name": "Leeds"}}
    ]
    (place,) = company["locations"]["nodes"]
    assert place["shippingAddress"] == {
        "formattedAddress": ["Harbour Hotels", "1 High St", "Leeds", "United Kingdom"],
        "country": "United Kingdom",
    }
    assert company["metafields"]["nodes"] == [{"value": "gold"}]


def test_a_new_company_brings_contact_and_location(ask: Ask, shop: RunningShop) -> None:
    for topic in ("companies/create", "company_contacts/create", "company_locations/create"):
        shop.subscribe(topic)
    payload = mutate(
        ask,
        'companyCreate(input: {company: {name: "New", externalId: "N"}, companyContact: {email: '
        '"new@shop.test", firstName: "New"}, '
        'companyLocation: {name: "York", shippingAddress: {address1: "1 A St", countryCode: GB}, '
        "billingSameAsShipping: true}}) "
        "{ company { name mainContact { customer { email } roleAssignments(first: 5) { nodes { role { name } } } } "
        "locations(first: 5) { nodes { name billingAddress { address1 } } } } userErrors { field code } }",
    )
    assert payload["userErrors"] == []
    assert payload["company"]["mainContact"] == {
        "customer": {"email": "new@shop.test"},
        "roleAssignments": {"nodes": [{"role": {"name": "Location admin"}}]},
    }
    assert payload["company"]["locations"]["nodes"] == [{"name": "York", "billingAddress": {"address1": "1 A St"}}]
    assert {delivery["topic"] for delivery in shop.take()} == {
        "companies/create",
        "company_contacts/create",
        "company_locations/create",
    }


@pytest.mark.parametrize(
    ("call", "field", "code"),
    [
        ('companyCreate(input: {company: {name: " "}})', ["input", "company", "name"], "BLANK"),
        ('companyCreate(input: {company: {name: "x", externalId: "HH"}})', ["input", "company", "externalId"], "TAKEN"),
        (
            'companyUpdate(companyId: "gid://shopify/Company/9", input: {name: "x"})',
            ["companyId"],
            "RESOURCE_NOT_FOUND",
        ),
        (
            f'companyContactCreate(companyId: "{COMPANY}", input: {{email: "pat@shop.test"}})',
            ["input"],
            "TAKEN",
        ),
        (f'companyContactCreate(companyId: "{COMPANY}", input: {{email: "nobody"}})', ["input", "email"], "INVALID"),
        (
            f'companyLocationCreate(companyId: "{COMPANY}", input: {{shippingAddress: {{city: "York"}}}})',
            ["input", "shippingAddress", "countryCode"],
            "BLANK",
        ),
    ],
)
def test_what_cannot_be_is_refused(ask: Ask, shop: RunningShop, call: str, field: list[str], code: str) -> None:
    assert mutate(ask, f"{call} {{ userErrors {{ field code }} }}")["userErrors"] == [{"field": field, "code": code}]
    assert shop.shop.graph.count("Company") == 1


def test_a_customer_becomes_a_contact_with_a_role_at_one_location(ask: Ask) -> None:
    made = mutate(
        ask,
        f'companyAssignCustomerAsContact(companyId: "{COMPANY}", customerId: "gid://shopify/Customer/7002") '
        "{ companyContact { id } userErrors { code } }",
    )
    contact = made["companyContact"]["id"]
    roles = ask(f'{{ company(id: "{COMPANY}") {{ contactRoles(first: 5) {{ nodes {{ id name }} }} }} }}')["data"][
        "company"
    ]
    role = roles["contactRoles"]["nodes"][1]
    text = (
        f'companyContactAssignRole(companyContactId: "{contact}", companyContactRoleId: '
        f'"{role["id"]}", companyLocationId: "{LEEDS}") '
        "{ companyContactRoleAssignment { id role { name } } userErrors { code } }"
    )
    given = mutate(ask, text)["companyContactRoleAssignment"]
    assert given["role"] == {"name": "Ordering only"}
    assert mutate(ask, text)["userErrors"] == [{"code": "LIMIT_REACHED"}]
    revoked = mutate(
        ask,
        f'companyContactRevokeRole(companyContactId: "{contact}", companyContactRoleAssignmentId: "{given["id"]}") '
        "{ revokedCompanyContactRoleAssignmentId userErrors { code } }",
    )
    assert revoked["revokedCompanyContactRoleAssignmentId"] == given["id"]
    main = mutate(
        ask,
        f'companyAssignMainContact(companyId: "{COMPANY}", companyContactId: "{contact}") '
        "{ company { mainContact { customer { email } } } userErrors { code } }",
    )
    assert main["company"]["mainContact"] == {"customer": {"email": "ann@shop.test"}}


def test_a_location_changes_address_and_tax_settings(ask: Ask) -> None:
    changed = mutate(
        ask,
        f'companyLocationAssignAddress(locationId: "{LEEDS}", addressTypes: [BILLING], address: '
        f'{{address1: "9 Low Rd", countryCode: GB}}) '
        "{ addresses { address1 } userErrors { code } }",
    )
    assert changed["addresses"] == [{"address1": "9 Low Rd"}]
    taxed = mutate(
        ask,
        f'companyLocationTaxSettingsUpdate(companyLocationId: "{LEEDS}", taxExempt: true, taxRegistrationId: "GB1") '
        "{ companyLocation { taxSettings { taxExempt taxRegistrationId } shippingAddress { address1 "
        "} } userErrors { code } }",
    )
    assert taxed["companyLocation"] == {
        "taxSettings": {"taxExempt": True, "taxRegistrationId": "GB1"},
        "shippingAddress": {"address1": "1 High St"},
    }


def test_a_deleted_company_leaves_its_customers(ask: Ask, shop: RunningShop) -> None:
    shop.subscribe("companies/delete")
    payload = mutate(ask, f'companyDelete(id: "{COMPANY}") {{ deletedCompanyId userErrors {{ code }} }}')
    assert payload["deletedCompanyId"] == COMPANY
    graph = shop.shop.graph
    assert graph.count("Customer") == 2
    assert [graph.count(kind) for kind in ("CompanyContact", "CompanyLocation", "CompanyAddress", "Metafield")] == [
        0,
        0,
        0,
        0,
    ]
    assert len(shop.take()) == 1


@pytest.mark.parametrize(
    ("query", "found"), [("name:harbour", 1), ("external_id:HH", 1), ("external_id:X", 0), ("", 1)]
)
def test_companies_are_searched_by_the_documented_fields(ask: Ask, query: str, found: int) -> None:
    body = ask("query($q: String) { companies(first: 5, query: $q) { nodes { id } } }", q=query)
    assert len(body["data"]["companies"]["nodes"]) == found


def test_a_contact_of_a_seed_is_a_customer() -> None:
    with pytest.raises(InputError, match="there is no customer"):
        load_seed(
            {"customers": [{"email": "pat@shop.test"}], "companies": [{"name": "A", "contacts": ["pta@shop.test"]}]}
        )
