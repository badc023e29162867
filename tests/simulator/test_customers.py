"""Customers: reading, writing, consents, addresses, segments, REST, seeds and what follows."""

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
    "shop": {"name": "People", "address": {"country_code": "GB"}},
    "clock": "2026-03-02T10:00:00-05:00",
    "customers": [
        {
            "name": "Pat Moss",
            "id": 7001,
            "email": "Pat@shop.test",
            "phone": "+441904000000",
            "tags": "vip, trade",
            "note": "likes tea",
            "state": "enabled",
            "email_marketing": "subscribed",
            "orders_before": {"count": 3, "spent": "120.50"},
            "created": "2026-01-05T09:00:00-05:00",
            "addresses": [
                {"address1": "1 High St", "city": "Leeds", "country_code": "GB", "zip": "LS1 1AA"},
                {"address1": "9 Low Rd", "city": "Ottawa", "country": "Canada", "province_code": "ON"},
            ],
            "metafields": {"custom.size": "M"},
        },
        {"name": "Ann Lee", "id": 7002, "email": "ann@other.test"},
        {"first_name": "Guest {n}", "email": "guest{n}@shop.test", "id": 7100, "count": 3},
    ],
    "segments": [{"name": "VIPs", "id": 1, "query": "customer_tags CONTAINS 'vip'"}],
}
PAT = "gid://shopify/Customer/7001"
ANN = "gid://shopify/Customer/7002"


@pytest.fixture
def shop(served: RunningShop) -> RunningShop:
    """A shop with five customers."""
    served.reset(SEED)
    return served


def errors(payload: dict[str, Any]) -> list[tuple[Any, str]]:
    return [(error["field"], error["message"]) for error in payload["userErrors"]]


def test_a_seeded_customer_is_read_without_a_guess(ask: Ask, http: httpx.Client) -> None:
    query = """{ customer(id: "gid://shopify/Customer/7001") {
        displayName email phone state tags note locale taxExempt numberOfOrders canDelete verifiedEmail lifetimeDuration
        amountSpent { amount currencyCode } lastOrder { id }
        defaultEmailAddress { emailAddress marketingState marketingOptInLevel marketingUpdatedAt }
        defaultPhoneNumber { phoneNumber marketingState }
        defaultAddress { formatted(withName: true) country countryCodeV2 provinceCode name }
        addressesV2(first: 5) { nodes { city country } }
        metafield(namespace: "custom", key: "size") { value }
        orders(first: 5) { nodes { id } }
    } }"""
    reply = http.post("/admin/api/2026-04/graphql.json", json={"query": query})
    assert "X-Simulator-Guessed" not in reply.headers
    customer = reply.json()["data"]["customer"]
    assert customer == {
        "displayName": "Pat Moss",
        "email": "pat@shop.test",
        "phone": "+441904000000",
        "state": "ENABLED",
        "tags": ["trade", "vip"],
        "note": "likes tea",
        "locale": "en",
        "taxExempt": False,
        "numberOfOrders": "3",
        "canDelete": False,
        "verifiedEmail": True,
        "lifetimeDuration": "1 month",
        "amountSpent": {"amount": "120.50", "currencyCode": "USD"},
        "lastOrder": None,
        "defaultEmailAddress": {
            "emailAddress": "pat@shop.test",
            "marketingState": "SUBSCRIBED",
            "marketingOptInLevel": "SINGLE_OPT_IN",
            "marketingUpdatedAt": "2026-01-05T14:00:00Z",
        },
        "defaultPhoneNumber": {"phoneNumber": "+441904000000", "marketingState": "NOT_SUBSCRIBED"},
        "defaultAddress": {
            "formatted": ["Pat Moss", "1 High St", "Leeds LS1 1AA", "United Kingdom"],
            "country": "United Kingdom",
            "countryCodeV2": "GB",
            "provinceCode": None,
            "name": "Pat Moss",
        },
        "addressesV2": {
            "nodes": [{"city": "Leeds", "country": "United Kingdom"}, {"city": "Ottawa", "country": "Canada"}]
        },
        "metafield": {"value": "M"},
        "orders": {"nodes": []},
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 5),
        ("email:pat@shop.test", 1),
        ("email:PAT@SHOP.TEST", 1),
        ("email:*@shop.test", 0),
        ("tag:vip", 1),
        ("tag_not:vip", 4),
        ("state:ENABLED", 1),
        ("state:disabled", 4),
        ("first_name:Guest", 3),
        ("orders_count:>2", 1),
        ("total_spent:>=120.5", 1),
        ("accepts_marketing:true", 1),
        ("country:Canada", 1),
        ("customer_date:<2026-02-01", 1),
        ("metafields.custom.size:M", 1),
        ("phone:+441904000000", 1),
        ("Leeds", 1),
        ("moss", 1),
    ],
)
def test_customers_are_searched_by_the_documented_fields(ask: Ask, query: str, found: int) -> None:
    body = ask(
        "query($q: String) { customers(first: 10, query: $q) { nodes { id } } customersCount(query: $q) { count } }",
        q=query,
    )
    assert len(body["data"]["customers"]["nodes"]) == found
    assert body["data"]["customersCount"]["count"] == found


def test_customers_are_sorted_by_last_name(ask: Ask) -> None:
    nodes = ask("{ customers(first: 10, sortKey: NAME, reverse: true) { nodes { lastName } } }")["data"]["customers"][
        "nodes"
    ]
    assert [node["lastName"] for node in nodes[:2]] == ["Moss", "Lee"]


def test_a_new_customer_is_normalised_and_told(ask: Ask, shop: RunningShop) -> None:
    shop.subscribe("customers/create")
    payload = mutate(
        ask,
        """customerCreate(input: {email: " New@Shop.test ", phone: "01904 000001", firstName: "New", tags: ["b, a"],
        addresses: [{address1: "1 A St", countryCode: US, provinceCode: "ME"}],
        metafields: [{namespace: "custom", key: "size", type: "single_line_text_field", value: "L"}],
        emailMarketingConsent: {marketingState: SUBSCRIBED}})
        { customer { email phone tags defaultAddress { firstName country }
          metafield(namespace: "custom", key: "size") { value }
          defaultEmailAddress { marketingState } } userErrors { field message } }""",
    )
    assert payload == {
        "customer": {
            "email": "new@shop.test",
            "phone": "+441904000001",
            "tags": ["a", "b"],
            "defaultAddress": {"firstName": "New", "country": "United States"},
            "metafield": {"value": "L"},
            "defaultEmailAddress": {"marketingState": "SUBSCRIBED"},
        },
        "userErrors": [],
    }
    (delivery,) = shop.take()
    told = delivery["payload"]
    assert told["email"] == "new@shop.test"
    assert told["default_address"]["address1"] == "1 A St"
    assert told["state"] == "disabled"
    assert not {"tags", "orders_count", "total_spent", "email_marketing_consent"} & told.keys()


@pytest.mark.parametrize(
    ("given", "field", "message"),
    [
        ("{}", None, "A name, phone number, or email address must be present"),
        ('{note: "x"}', None, "A name, phone number, or email address must be present"),
        ('{email: "nobody"}', ["email"], "Email is invalid"),
        ('{email: "PAT@shop.test"}', ["email"], "Email has already been taken"),
        ('{phone: "+441904000000"}', ["phone"], "Phone has already been taken"),
        ('{phone: "12"}', ["phone"], "Phone is invalid"),
        (f'{{firstName: "{"x" * 256}"}}', ["firstName"], "First name is too long (maximum is 255 characters)"),
        ('{id: "gid://shopify/Customer/1", email: "x@y.test"}', ["id"], "Cannot specify ID on creation"),
    ],
)
def test_a_customer_that_cannot_be_is_refused(
    ask: Ask, shop: RunningShop, given: str, field: Any, message: str
) -> None:
    payload = mutate(ask, f"customerCreate(input: {given}) {{ customer {{ id }} userErrors {{ field message }} }}")
    assert payload["customer"] is None
    assert (field, message) in errors(payload)
    assert shop.shop.graph.count("Customer") == 5


def test_an_update_tells_the_customer_and_the_tags_that_changed(ask: Ask, shop: RunningShop) -> None:
    for topic in ("customers/update", "customer/tags_added", "customer/tags_removed"):
        shop.subscribe(topic)
    payload = mutate(
        ask,
        f'customerUpdate(input: {{id: "{PAT}", note: "", tags: ["vip", "new"]}}) '
        "{ customer { note tags firstName } userErrors { message } }",
    )
    assert payload["customer"] == {"note": None, "tags": ["new", "vip"], "firstName": "Pat"}
    told = {delivery["topic"]: delivery["payload"] for delivery in shop.take()}
    assert told["customer.tags_added"]["tags"] == ["new"]
    assert told["customer.tags_added"]["customerId"] == PAT
    assert told["customer.tags_removed"]["tags"] == ["trade"]
    assert told["customers/update"]["note"] is None


@pytest.mark.parametrize(
    ("given", "field", "message"),
    [
        ('{id: "gid://shopify/Customer/9"}', ["id"], "Customer does not exist"),
        (f'{{id: "{ANN}", email: "pat@shop.test"}}', ["email"], "Email has already been taken"),
        (
            f'{{id: "{ANN}", email: "", firstName: "", lastName: ""}}',
            None,
            "A name, phone number, or email address must be present",
        ),
        (
            f'{{id: "{ANN}", emailMarketingConsent: {{marketingState: SUBSCRIBED}}}}',
            ["emailMarketingConsent"],
            "To update emailMarketingConsent, please use the customerEmailMarketingConsentUpdate Mutation instead",
        ),
    ],
)
def test_an_update_that_cannot_be_is_refused(ask: Ask, given: str, field: Any, message: str) -> None:
    payload = mutate(ask, f"customerUpdate(input: {given}) {{ customer {{ id }} userErrors {{ field message }} }}")
    assert errors(payload) == [(field, message)]


def test_metafields_inside_an_update_are_checked_and_undo_it(ask: Ask, shop: RunningShop) -> None:
    payload = mutate(
        ask,
        f'customerUpdate(input: {{id: "{PAT}", note: "changed", metafields: [{{namespace: "custom", key: "count", '
        'type: "number_integer", value: "x"}]}) { customer { id } userErrors { field message } }',
    )
    assert errors(payload) == [(["metafields", "0", "value"], "Value must be an integer.")]
    assert shop.shop.graph.get(PAT)["note"] == "likes tea"  # type: ignore[index]


def test_only_a_customer_without_orders_is_deleted(ask: Ask, shop: RunningShop) -> None:
    shop.subscribe("customers/delete")
    shop.shop.graph.create("Order", {"customer": ANN, "createdAt": "2026-03-01T00:00:00Z"})
    text = 'customerDelete(input: {{id: "{}"}}) {{ deletedCustomerId shop {{ name }} userErrors {{ field message }} }}'
    refused = mutate(ask, text.format(ANN))
    assert errors(refused) == [(["id"], "Customer can’t be deleted because they have associated orders")]
    assert mutate(ask, text.format(PAT))["deletedCustomerId"] == PAT
    assert shop.shop.graph.find("Metafield", "_owner", PAT) == []
    assert shop.shop.graph.count("MailingAddress") == 0
    (delivery,) = shop.take()
    assert delivery["payload"]["id"] == 7001
    assert errors(mutate(ask, text.format(PAT))) == [(["id"], "Customer can't be found")]


@pytest.mark.parametrize(
    ("customer", "state", "problem"),
    [("7002", "INVITED", None), ("7001", "ENABLED", "Account already enabled"), ("9", None, "Customer does not exist")],
)
def test_an_invitation_goes_to_who_has_no_account(
    ask: Ask, shop: RunningShop, customer: str, state: str | None, problem: str | None
) -> None:
    node_id = f"gid://shopify/Customer/{customer}"
    payload = mutate(
        ask,
        f'customerSendAccountInviteEmail(customerId: "{node_id}") {{ customer {{ state }} userErrors '
        f"{{ code field message }} }}",
    )
    assert [error["message"] for error in payload["userErrors"]] == ([problem] if problem else [])
    node = shop.shop.graph.get(node_id)
    assert (node["state"] if node else None) == state


def test_consent_is_changed_by_its_own_mutation(ask: Ask, shop: RunningShop) -> None:
    shop.subscribe("customers_email_marketing_consent/update")
    text = (
        'customerEmailMarketingConsentUpdate(input: {{customerId: "{}", emailMarketingConsent: '
        "{{marketingState: {}{}}}}}) "
        "{{ customer {{ defaultEmailAddress {{ marketingState marketingUpdatedAt }} }} userErrors {{ "
        "code field message }} }}"
    )
    payload = mutate(ask, text.format(ANN, "SUBSCRIBED", ', consentUpdatedAt: "2026-02-01T00:00:00Z"'))
    assert payload["customer"]["defaultEmailAddress"]["marketingState"] == "SUBSCRIBED"
    (delivery,) = shop.take()
    assert delivery["payload"]["email_marketing_consent"]["state"] == "subscribed"
    refused = mutate(ask, text.format(ANN, "NOT_SUBSCRIBED", ""))
    assert refused["userErrors"][0]["message"] == "Cannot specify NOT_SUBSCRIBED as a marketing state input"
    late = mutate(ask, text.format(ANN, "SUBSCRIBED", ', consentUpdatedAt: "2030-01-01T00:00:00Z"'))
    assert late["userErrors"][0]["field"] == ["input", "emailMarketingConsent", "consentUpdatedAt"]


def test_consent_to_sms_needs_a_phone_number(ask: Ask) -> None:
    text = (
        'customerSmsMarketingConsentUpdate(input: {{customerId: "{}", smsMarketingConsent: '
        "{{marketingState: SUBSCRIBED}}}}) "
        "{{ customer {{ id }} userErrors {{ field message }} }}"
    )
    assert mutate(ask, text.format(PAT))["userErrors"] == []
    assert mutate(ask, text.format(ANN))["customer"] is None


def test_addresses_are_added_changed_and_taken_away(ask: Ask, shop: RunningShop) -> None:
    new = mutate(
        ask,
        f'customerAddressCreate(customerId: "{ANN}", address: {{address1: "1 A St", countryCode: '
        f"US}}, setAsDefault: true) "
        "{ address { id firstName } userErrors { message } }",
    )
    address = new["address"]["id"]
    assert new["address"]["firstName"] == "Ann"
    assert address.endswith("?model_name=CustomerAddress")
    again = mutate(
        ask,
        f'customerAddressCreate(customerId: "{ANN}", address: {{address1: "1 A St", countryCode: US}}) '
        "{ address { id } userErrors { field message } }",
    )
    assert again["address"] is None
    changed = mutate(
        ask,
        f'customerAddressUpdate(customerId: "{ANN}", addressId: "{address}", address: {{countryCode: '
        f'CA, city: "Ottawa"}}) '
        "{ address { address1 city country } userErrors { message } }",
    )
    assert changed["address"] == {"address1": "1 A St", "city": "Ottawa", "country": "Canada"}
    wrong = mutate(
        ask,
        f'customerUpdateDefaultAddress(customerId: "{PAT}", addressId: "{address}") {{ userErrors {{ '
        f"field message }} }}",
    )
    assert errors(wrong) == [(["addressId"], "Address does not exist")]
    gone = mutate(
        ask,
        f'customerAddressDelete(customerId: "{ANN}", addressId: "{address}") {{ deletedAddressId '
        f"userErrors {{ message }} }}",
    )
    assert gone["deletedAddressId"] == address
    assert shop.shop.graph.get(ANN)["defaultAddress"] is None  # type: ignore[index]


def test_customer_set_updates_who_has_the_address_and_adds_who_has_not(ask: Ask, shop: RunningShop) -> None:
    text = (
        'customerSet(identifier: {{email: "{}"}}, input: {{firstName: "Set"}}) {{ customer {{ id '
        "firstName }} userErrors {{ message }} }}"
    )
    assert mutate(ask, text.format("pat@shop.test"))["customer"] == {"id": PAT, "firstName": "Set"}
    assert mutate(ask, text.format("fresh@shop.test"))["customer"]["firstName"] == "Set"
    assert shop.shop.graph.count("Customer") == 6


def test_a_merge_keeps_the_account_and_what_both_had(ask: Ask, shop: RunningShop) -> None:
    order = shop.shop.graph.create("Order", {"customer": ANN, "createdAt": "2026-03-01T00:00:00Z"})
    payload = mutate(
        ask,
        f'customerMerge(customerOneId: "{ANN}", customerTwoId: "{PAT}", overrideFields: '
        f'{{customerIdOfEmailToKeep: "{ANN}"}}) '
        "{ resultingCustomerId job { id done } userErrors { message } }",
    )
    assert payload["resultingCustomerId"] == PAT
    assert ask(f'{{ job(id: "{payload["job"]["id"]}") {{ done }} }}')["data"]["job"] == {"done": True}
    assert order["customer"] == PAT
    kept = shop.shop.graph.get(PAT)
    assert kept is not None
    assert (kept["email"], kept["firstName"], kept["tags"]) == ("ann@other.test", "Pat", ["trade", "vip"])
    assert shop.shop.graph.get(ANN) is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 5),
        ("customer_tags CONTAINS 'VIP'", 1),
        ("customer_tags NOT CONTAINS 'vip'", 4),
        ("customer_tags IS NULL", 4),
        ("customer_tags IS NOT NULL", 1),
        ("number_of_orders > 0", 1),
        ("number_of_orders = 0 AND customer_email_domain = 'shop.test'", 3),
        ("number_of_orders BETWEEN 1 AND 3", 1),
        ("customer_account_status = 'ENABLED'", 1),
        ("customer_account_status != 'ENABLED'", 4),
        ("customer_email_domain = 'other.test' OR customer_tags CONTAINS 'vip'", 2),
        ("(customer_email_domain = 'shop.test' OR number_of_orders > 5) AND customer_tags NOT CONTAINS 'vip'", 3),
        ("amount_spent >= 120.5", 1),
        ("email_subscription_status = 'SUBSCRIBED'", 1),
        ("customer_added_date < -30d", 1),
        ("customer_added_date >= 2026-03-01", 4),
        ("customer_countries CONTAINS 'CA'", 1),
        ("customer_regions CONTAINS 'CA-ON'", 1),
        ("metafields.custom.size = 'M'", 1),
        ("last_order_date IS NULL", 5),
    ],
)
def test_segment_queries_find_their_members(ask: Ask, query: str, found: int) -> None:
    body = ask(
        "query($q: String) { customerSegmentMembers(first: 10, query: $q) { totalCount edges { node "
        "{ id displayName } } } }",
        q=query,
    )
    members = body["data"]["customerSegmentMembers"]
    assert (members["totalCount"], len(members["edges"])) == (found, found)


def test_a_member_is_named_after_its_customer(ask: Ask) -> None:
    query = """{ customerSegmentMembers(first: 1, segmentId: "gid://shopify/Segment/1") { edges { node {
        __typename id displayName numberOfOrders lastOrderId defaultEmailAddress { emailAddress }
        metafield(namespace: "custom", key: "size") { value } } } } }"""
    (edge,) = ask(query)["data"]["customerSegmentMembers"]["edges"]
    assert edge["node"] == (
        {
            "__typename": "CustomerSegmentMember",
            "id": "gid://shopify/CustomerSegmentMember/7001",
            "displayName": "Pat Moss",
            "numberOfOrders": "3",
            "lastOrderId": None,
            "defaultEmailAddress": {"emailAddress": "pat@shop.test"},
            "metafield": {"value": "M"},
        }
    )


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("colour = 'red'", "Line 1 Column 0: 'colour' filter cannot be found."),
        ("number_of_orders > 1 AND colour = 1", "Line 1 Column 25: 'colour' filter cannot be found."),
        ("number_of_orders", "Line 1 Column 0: 'number_of_orders' needs an operator."),
    ],
)
def test_a_query_that_is_none_is_refused(ask: Ask, query: str, message: str) -> None:
    body = ask("query($q: String) { customerSegmentMembers(first: 1, query: $q) { edges { cursor } } }", q=query)
    assert body["errors"][0]["message"] == message
    created = ask(
        'mutation($q: String!) { segmentCreate(name: "x", query: $q) { segment { id } userErrors { field message } } }',
        q=query,
    )
    assert errors(created["data"]["segmentCreate"]) == [(["query"], message)]


def test_segments_are_made_listed_changed_and_deleted(ask: Ask, shop: RunningShop) -> None:
    made = mutate(
        ask,
        'segmentCreate(name: "New", query: "number_of_orders > 1") { segment { id name query } '
        "userErrors { message } }",
    )
    node_id = made["segment"]["id"]
    taken = mutate(ask, 'segmentCreate(name: "VIPs", query: "number_of_orders > 1") { userErrors { field message } }')
    assert errors(taken) == [(["name"], "Name has already been taken")]
    names = [node["name"] for node in ask("{ segments(first: 5) { nodes { name } } }")["data"]["segments"]["nodes"]]
    assert names == ["VIPs", "New"]
    inside = ask(
        f'{{ customerSegmentMembership(customerId: "{PAT}", segmentIds: ["{node_id}"]) {{ memberships '
        f"{{ isMember }} }} }}"
    )
    assert inside["data"]["customerSegmentMembership"] == {"memberships": [{"isMember": True}]}
    assert (
        mutate(ask, f'segmentDelete(id: "{node_id}") {{ deletedSegmentId userErrors {{ message }} }}')[
            "deletedSegmentId"
        ]
        == node_id
    )


def test_rest_reads_and_writes_the_same_customers(http: httpx.Client) -> None:
    listed = http.get("/admin/api/2026-04/customers.json", params={"limit": 2}).json()["customers"]
    assert [customer["id"] for customer in listed] == [7001, 7002]
    assert listed[0]["tags"] == "trade, vip"
    assert listed[0]["orders_count"] == 3
    assert listed[0]["total_spent"] == "120.50"
    assert listed[0]["addresses"][0]["country_name"] == "United Kingdom"
    found = http.get("/admin/customers/search.json", params={"query": "email:ann@other.test"}).json()["customers"]
    assert [customer["id"] for customer in found] == [7002]
    changed = http.put(
        "/admin/customers/7002.json", json={"customer": {"id": 7002, "tags": "x, y", "note": "n"}}
    ).json()
    assert (changed["customer"]["tags"], changed["customer"]["note"]) == ("x, y", "n")
    refused = http.post("/admin/customers.json", json={"customer": {"email": "pat@shop.test"}})
    assert (refused.status_code, refused.json()) == (422, {"errors": {"email": ["has already been taken"]}})
    made = http.post("/admin/customers.json", json={"customer": {"first_name": "R", "addresses": [{"city": "York"}]}})
    assert made.status_code == 201
    number = made.json()["customer"]["id"]
    assert made.json()["customer"]["default_address"]["city"] == "York"
    assert http.delete(f"/admin/customers/{number}.json").json() == {}
    assert http.get(f"/admin/customers/{number}.json").status_code == 404


def test_rest_keeps_addresses_and_sends_invitations(http: httpx.Client) -> None:
    made = http.post(
        "/admin/customers/7002/addresses.json", json={"address": {"city": "York", "country_code": "GB"}}
    ).json()
    address = made["customer_address"]
    assert address["default"] is True
    path = f"/admin/customers/7002/addresses/{address['id']}"
    assert http.put(f"{path}.json", json={"address": {"city": "Hull"}}).json()["customer_address"]["city"] == "Hull"
    assert http.delete(f"{path}.json").status_code == 422
    assert (
        http.post("/admin/customers/7002/send_invite.json", json={}).json()["customer_invite"]["to"] == "ann@other.test"
    )
    assert http.get("/admin/customers/7002.json").json()["customer"]["state"] == "invited"


def test_verbs_add_and_change_customers(shop: RunningShop) -> None:
    shop.subscribe("customers/enable")
    shop.do("add-customer", first_name="Verb", email="verb@shop.test", tags="x")
    shop.do("edit-customer", customer="verb@shop.test", note="hello")
    told = shop.do("set-account", customer="verb@shop.test", state="enabled")
    assert (told["note"], told["tags"], told["state"]) == ("hello", "x", "enabled")
    (delivery,) = shop.take()
    assert delivery["payload"]["email"] == "verb@shop.test"


@pytest.mark.parametrize(
    ("customers", "words"),
    [
        ([{"note": "x"}], "a customer needs a name"),
        ([{"email": "a@b.test"}, {"email": "A@b.test"}], "two customers with the email"),
        ([{"name": "A", "first_name": "B"}], "not both"),
        ([{"name": "A", "state": "on"}], "expected one of DISABLED"),
        ([{"name": "A", "emial": "x"}], "unknown key emial"),
        ([{"name": "A", "id": 1}, {"name": "B", "id": 1}], "the id 1 is taken"),
    ],
)
def test_a_seed_with_a_wrong_customer_is_refused(customers: list[dict[str, Any]], words: str) -> None:
    with pytest.raises(InputError, match=words):
        load_seed({"customers": customers})
