"""shopify at the wire: what is sent, and what becomes of each kind of reply (actions.md 4.1 to 4.3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from runner.actions import Outcome, Tools
from runner.actions.shopify import ShopifyAction
from runner.errors import ActionError
from tests.shopify.conftest import Scripted, Shop

MUTATION = 'mutation { tagsAdd(id: "gid://shopify/Order/1", tags: "x") { userErrors { field message } } }'
GRAPHQL_PATH = "/admin/api/2026-04/graphql.json"
Perform = Callable[..., Outcome]


@pytest.fixture
def perform(connect: Callable[..., Any], tools: Callable[..., Tools]) -> Perform:
    def act(options: Any, **changes: Any) -> Outcome:
        kind = ShopifyAction()
        return kind.perform(kind.validate(options), tools(shop=connect(**changes)))

    return act


@pytest.mark.parametrize(
    ("options", "sent"),
    [
        (MUTATION, {"query": MUTATION}),
        (f"\n  {MUTATION} # ä\n", {"query": f"\n  {MUTATION} # ä\n"}),
        ({"query": MUTATION}, {"query": MUTATION}),
        ({"query": MUTATION, "variables": None}, {"query": MUTATION}),
        ({"query": MUTATION, "variables": {"a": [1.5, None]}}, {"query": MUTATION, "variables": {"a": [1.5, None]}}),
        ({"query": MUTATION, "variables": {}, "other": 1}, {"query": MUTATION, "variables": {}}),
    ],
)
def test_graphql_is_sent_as_the_task_wrote_it(options: Any, sent: Any, perform: Perform, shop: Shop) -> None:
    outcome = perform(options)
    (seen,) = shop.saw
    assert (seen.method, seen.path, seen.body) == ("POST", GRAPHQL_PATH, sent)
    assert outcome.ok


V = "/admin/api/2026-04"


@pytest.mark.parametrize(
    ("options", "method", "path", "body"),
    [
        (["create", "customer", {"email": "x"}], "POST", f"{V}/customers.json", {"customer": {"email": "x"}}),
        (["create", ["customer"], {}], "POST", f"{V}/customers.json", {"customer": {}}),
        (
            ["create", ["price_rule", 3, "discount_code"], {"code": "A"}],
            "POST",
            f"{V}/price_rules/3/discount_codes.json",
            {"discount_code": {"code": "A"}},
        ),
        (["update", ["order", 1], {"note": "n"}], "PUT", f"{V}/orders/1.json", {"order": {"note": "n"}}),
        (["update", ["order", "1"], {}], "PUT", f"{V}/orders/1.json", {"order": {}}),
        (
            ["update", ["order", 1, "fulfillment", 2], {"a": 1}],
            "PUT",
            f"{V}/orders/1/fulfillments/2.json",
            {"fulfillment": {"a": 1}},
        ),
        (
            ["update", "theme", {"id": 5, "role": "main"}],
            "PUT",
            f"{V}/themes/5.json",
            {"theme": {"id": 5, "role": "main"}},
        ),
        (["update", ["country", 7], {"tax": 0}], "PUT", f"{V}/countries/7.json", {"country": {"tax": 0}}),
        (["delete", ["draft_order", 9]], "DELETE", f"{V}/draft_orders/9.json", None),
        (["DELETE", ["draft_order", 9]], "DELETE", f"{V}/draft_orders/9.json", None),
        (["delete", "/admin/orders/1.json"], "DELETE", f"{V}/orders/1.json", None),
        (["get", "/admin/shop.json"], "GET", f"{V}/shop.json", None),
        (["get", "/admin/api/2025-07/shop.json"], "GET", "/admin/api/2025-07/shop.json", None),
        (["get", "/admin/orders.json", {"limit": 5}], "GET", f"{V}/orders.json?limit=5", None),
        (
            ["get", "/admin/themes/1/assets.json?asset[key]=templates/a.json"],
            "GET",
            f"{V}/themes/1/assets.json?asset[key]=templates/a.json",
            None,
        ),
        (["post", "/admin/orders/1/close.json"], "POST", f"{V}/orders/1/close.json", None),
        (["post", "/admin/orders/1/close.json", {}], "POST", f"{V}/orders/1/close.json", {}),
        (
            ["PUT", "/admin/themes/1/assets.json", {"asset": {"k": 1}}],
            "PUT",
            f"{V}/themes/1/assets.json",
            {"asset": {"k": 1}},
        ),
        (
            ["post", "/admin/inventory_levels/set.json", {"available": 3}],
            "POST",
            f"{V}/inventory_levels/set.json",
            {"available": 3},
        ),
    ],
)
def test_rest_in_both_styles(options: Any, method: str, path: str, body: Any, perform: Perform, shop: Shop) -> None:
    shop.script(Scripted(body={"x": 1}))
    outcome = perform(options)
    (seen,) = shop.saw
    sent = seen.path.replace("%5B", "[").replace("%5D", "]").replace("%2F", "/")
    assert (seen.method, sent, seen.body) == (method, path, body)
    assert (outcome.ok, outcome.result) == (True, {"x": 1})


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (None, "neither text"),
        (5, "neither text"),
        ("", "no GraphQL text"),
        ("  \n", "no GraphQL text"),
        ({}, "no GraphQL text"),
        ({"query": 5}, "no GraphQL text"),
        ({"query": MUTATION, "variables": [1]}, '"variables" is not an object'),
        ({"query": MUTATION, "variables": "{}"}, '"variables" is not an object'),
        ([], "array is empty"),
        (["fetch", "/admin/x.json"], "is not a verb"),
        ([None, "order"], "is not a verb"),
        (["create", "order"], "has 1 arguments"),
        (["create", "order", "x"], "needs an object"),
        (["create", ["order", 1], {}], "has no id yet"),
        (["create", "order", {}, 1], "has 3 arguments"),
        (["update", "order", {"note": "n"}], "does not say which order"),
        (["update", ["order", 1, "fulfillment"], {}], "does not say which fulfillment"),
        (["update", ["order", 1]], "has 1 arguments"),
        (["update", ["order", None], {}], "is not an id"),
        (["update", ["order", "1/../2"], {}], "is not an id"),
        (["update", [1, "order"], {}], "is not the name"),
        (["update", [], {}], "is not a resource"),
        (["update", {"order": 1}, {}], "is not a resource"),
        (["update", "../x", {"id": 1}], "is not the name"),
        (["delete", "order"], "does not say which order"),
        (["get", "order"], "is not a path"),
        (["get", "https://evil.example/admin/x.json"], "is not a path"),
        (["get", "//evil.example/admin/x.json"], "is not a path"),
        (["get", "/other/x.json"], "is not a path"),
        (["get", "/admin/../x.json"], "is not plain"),
        (["get", "/admin/%2e%2e/x.json"], "is not plain"),
        (["get", "/admin//evil.example/x.json"], "is not plain"),
        (["get", "/admin/a b.json"], "is not plain"),
        (["get", "/admin/x.json\r\nHost: evil"], "is not plain"),
        (["get", "/admin/x.json", 5], "no object"),
        (["get"], "takes a path"),
        (["put", "/admin/x.json", {}, {}], "takes a path"),
        (["post", "/admin/oauth/access_token", {}], "not allowed"),
        ("mutation { appUninstall { userErrors { message } } }", "appUninstall is not allowed"),
        ("mutation { a: storefrontAccessTokenCreate(input: {}) { b } }", "storefrontAccessTokenCreate is not allowed"),
        ("mutation { ...F } fragment F on Mutation { ... { appUninstall { a } } }", "appUninstall is not allowed"),
    ],
)
def test_options_that_are_refused_touch_no_network(options: Any, says: str, perform: Perform, shop: Shop) -> None:
    with pytest.raises(ActionError, match=says) as caught:
        perform(options)
    assert caught.value.hint
    assert not caught.value.transient
    assert shop.saw == []


@pytest.mark.parametrize(
    "query",
    [
        'mutation { tagsAdd(id: "appUninstall") { node { id } } }',
        "mutation { tagsAdd { a } } # appUninstall { x }",
        "query { appUninstall { x } }",
        "mutation { broken appUninstall",
    ],
)
def test_the_deny_list_looks_at_mutations_and_not_at_words(query: str) -> None:
    assert ShopifyAction().validate(query)


def test_the_deny_list_can_be_set() -> None:
    with pytest.raises(ActionError, match="tagsAdd is not allowed"):
        ShopifyAction(denied=["tagsAdd"]).validate(MUTATION)
    assert ShopifyAction(denied=[]).validate("mutation { appUninstall { x } }")


def test_the_result_is_the_whole_reply_and_the_cost_is_counted(perform: Perform, shop: Shop) -> None:
    body = {
        "data": {"a": {"userErrors": []}, "b": None},
        "extensions": {
            "cost": {
                "requestedQueryCost": 10,
                "actualQueryCost": 10,
                "throttleStatus": {"maximumAvailable": 2000, "currentlyAvailable": 1990, "restoreRate": 100},
            }
        },
    }
    shop.script(Scripted(body=body))
    outcome = perform(MUTATION)
    assert (outcome.ok, outcome.result) == (True, body)
    assert outcome.meta is not None
    assert outcome.meta["shopify_admin_graphql_api_cost"] == 10
    assert outcome.meta["shopify_admin_graphql_api_requests_count"] == 1
    assert outcome.meta["shopify_admin_rest_api_requests_count"] == 0


STALE = {"field": ["a", "0"], "message": "Stale.", "code": "CHANGE_FROM_QUANTITY_STALE", "__typename": "X"}
ONE = '[{"field": ["a", "0"], "message": "Stale.", "code": "CHANGE_FROM_QUANTITY_STALE"}]'


@pytest.mark.parametrize(
    ("query", "data", "error"),
    [
        (MUTATION, {"tagsAdd": {"userErrors": [STALE]}}, ONE),
        (MUTATION, {"other": {"userErrors": [STALE]}}, ONE),
        (MUTATION, {"tagsAdd": {"mediaUserErrors": [STALE]}}, ONE),
        (MUTATION, {"tagsAdd": {"orderCancelUserErrors": [STALE]}}, ONE),
        (MUTATION, {"tagsAdd": {"USERERRORS": [STALE]}}, ONE),
        ("mutation { x { problems: userErrors { message } } }", {"x": {"problems": [STALE]}}, ONE),
        (
            MUTATION,
            {"tagsAdd": {"userErrors": [{"message": "Nö.", "field": None}]}},
            '[{"field": null, "message": "Nö."}]',
        ),
        (
            MUTATION,
            {"one": {"userErrors": []}, "two": {"userErrors": [{"message": "No."}]}},
            '[{"alias": "two", "message": "No."}]',
        ),
    ],
)
def test_user_errors_fail_the_action_for_good(query: str, data: Any, error: str, perform: Perform, shop: Shop) -> None:
    shop.script(Scripted(body={"data": data}))
    outcome = perform(query)
    assert (outcome.ok, outcome.error, outcome.transient) == (False, error, False)
    assert outcome.result is None
    assert outcome.response == {"data": data}


@pytest.mark.parametrize(
    "data",
    [
        None,
        {"tagsAdd": None},
        {"tagsAdd": {"userErrors": []}},
        {"tagsAdd": {"userErrors": None}},
        {"tagsAdd": {"node": {"userErrors": [STALE]}}},
        {"shop": "text"},
        {"nodes": [{"userErrors": [STALE]}]},
    ],
)
def test_what_is_no_user_error_of_a_root_payload_succeeds(data: Any, perform: Perform, shop: Shop) -> None:
    shop.script(Scripted(body={"data": data}))
    assert perform(MUTATION).ok


def _errors(code: str | None = None) -> Scripted:
    error: dict[str, Any] = {"message": "Went wrong."}
    return Scripted(body={"errors": [error | ({"extensions": {"code": code}} if code else {})]})


@pytest.mark.parametrize(
    ("reply", "transient", "says"),
    [
        (_errors(), False, '["Went wrong."]'),
        (_errors("ACCESS_DENIED"), False, '["Went wrong."]'),
        (_errors("MAX_COST_EXCEEDED"), False, '["Went wrong."]'),
        (_errors("INTERNAL_SERVER_ERROR"), True, '["Went wrong."]'),
        (Scripted(body={"data": {"x": 1}, "errors": [{"message": "half"}]}), False, '["half"]'),
        (Scripted(body={"errors": "[API] Invalid API key"}), False, '["[API] Invalid API key"]'),
        (Scripted(status=500, body={}), True, "500"),
        (Scripted(status=502, body=b"<html>", headers={"Content-Type": "text/html"}), True, "502"),
        (Scripted(status=503, body={}), True, "503"),
        (Scripted(status=504, body={}), True, "504"),
        (Scripted(status=401, body={"errors": "Unauthorized"}), False, "401"),
        (Scripted(status=402, body={}), False, "402"),
        (Scripted(status=403, body={}), False, "403"),
        (Scripted(status=404, body={}), False, "404"),
        (Scripted(status=423, body={}), False, "423"),
        (Scripted(status=400, body={"errors": "bad"}), False, "400"),
    ],
)
def test_failures_of_graphql_calls(reply: Scripted, transient: bool, says: str, perform: Perform, shop: Shop) -> None:
    shop.script(reply)
    outcome = perform(MUTATION)
    assert (outcome.ok, outcome.transient, outcome.result) == (False, transient, None)
    assert says in str(outcome.error)
    assert not outcome.uncertain


@pytest.mark.parametrize("reply", [Scripted(drop=True), Scripted(body={"data": {}}, cut=True)])
def test_a_lost_reply_is_transient_and_uncertain(reply: Scripted, perform: Perform, shop: Shop) -> None:
    shop.script(reply)
    outcome = perform(MUTATION)
    assert (outcome.ok, outcome.transient, outcome.uncertain) == (False, True, True)
    assert len(shop.saw) == 1


def test_a_shop_that_cannot_be_reached_is_transient_and_certain(perform: Perform) -> None:
    outcome = perform(MUTATION, base_url="http://127.0.0.1:1")
    assert (outcome.ok, outcome.transient, outcome.uncertain) == (False, True, False)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (
            422,
            {"errors": {"note": ["too long"]}},
            'Received a Shopify error (resource invalid): {"note": ["too long"]}',
        ),
        (404, {"errors": "Not Found"}, "Received a Shopify error (resource not found): Not Found"),
        (400, {"errors": {"order": "Required"}}, 'Received a Shopify error (bad request): {"order": "Required"}'),
        (406, {}, "Received a Shopify error (not acceptable): {}"),
        (418, {"error": "teapot"}, "Received a Shopify error (status 418): teapot"),
    ],
)
def test_a_refused_rest_call_fails_for_good(status: int, body: Any, error: str, perform: Perform, shop: Shop) -> None:
    shop.script(Scripted(status=status, body=body))
    outcome = perform(["update", ["order", 1], {"note": "n"}])
    assert (outcome.ok, outcome.transient, outcome.error, outcome.result) == (False, False, error, None)
    assert outcome.response == {"status": status, "body": body}
    assert outcome.meta is not None
    assert outcome.meta["shopify_admin_rest_api_requests_count"] == 1


@pytest.mark.parametrize(("status", "transient"), [(500, True), (503, True), (401, False), (403, False), (423, False)])
def test_a_rest_call_the_shop_did_not_take(status: int, transient: bool, perform: Perform, shop: Shop) -> None:
    shop.script(Scripted(status=status, body={"errors": "x"}))
    outcome = perform(["get", "/admin/shop.json"])
    assert (outcome.ok, outcome.transient) == (False, transient)


def test_throttling_is_waited_out_within_the_attempt(perform: Perform, shop: Shop) -> None:
    shop.script(Scripted(status=429, headers={"Retry-After": "2.0"}), Scripted(body={"order": {}}))
    outcome = perform(["get", "/admin/orders/1.json"])
    assert outcome.ok
    assert len(shop.saw) == 2


def test_without_a_shop_the_action_fails_and_says_what_to_set(tools: Callable[..., Tools]) -> None:
    kind = ShopifyAction()
    with pytest.raises(ActionError, match="no shop") as caught:
        kind.perform(kind.validate(MUTATION), tools())
    assert "SHOPIFY_SHOP" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("options", "again"),
    [
        ("{ shop { name } }", True),
        ("query Q { orders { id } }", True),
        (MUTATION, True),
        ("mutation { metafieldsSet(metafields: []) { a } }", True),
        ("mutation { productUpdate(input: {}) { a } b: orderDelete { a } }", True),
        ("mutation { publishablePublish(id: 1) { a } }", True),
        ("mutation { orderCreate(order: {}) { a } }", False),
        ("mutation { tagsAdd { a } orderCreate { a } }", False),
        ("mutation { inventoryAdjustQuantities(input: {}) { a } }", False),
        ('mutation { inventoryAdjustQuantities(input: {}) @idempotent(key: "k") { a } }', True),
        ('mutation { subscriptionBillingAttemptCreate(idempotencyKey: "k") { a } }', True),
        ("mutation { ...F } fragment F on Mutation { orderCreate { a } ...F }", False),
        ("mutation { orderCreate", True),
        (["get", "/admin/shop.json"], True),
        (["update", ["order", 1], {}], True),
        (["delete", ["order", 1]], True),
        (["create", "order", {}], False),
        (["post", "/admin/orders/1/transactions.json", {}], False),
        (["post", "/admin/inventory_levels/set.json", {}], True),
        (["post", "/admin/inventory_levels/adjust.json", {}], False),
    ],
)
def test_what_may_be_sent_again_when_nobody_knows_whether_it_arrived(options: Any, again: bool) -> None:
    kind = ShopifyAction()
    assert kind.resendable(kind.validate(options)) is again


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (MUTATION, "mutation tagsAdd"),
        ({"query": "{ shop { name } }"}, "query shop"),
        (["update", ["order", 1], {"note": "n"}], "PUT orders/1.json"),
        (["get", "/admin/shop.json"], "GET shop.json"),
        ([], "shopify: the array is empty"),
    ],
)
def test_summaries(options: Any, line: str) -> None:
    assert ShopifyAction().summary(options) == line
