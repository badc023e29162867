"""The access scopes of a task, each with its reasons (engine.md 7, actions.md 4.7, 10; tasks.md 5)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from runner.clock import FixedClock
from runner.liquid.render import render
from runner.model.action import Action
from runner.model.event import Event
from runner.model.rendering import Lookup, Read, Rendering
from runner.model.subscription import parse_subscriptions
from runner.model.task import Task
from runner.preview_scopes import RequiredScope, ScopeReport, rendering_scopes, required_scopes
from tests.liquid.conftest import NOW

FULFILLMENT_ORDERS = (
    "assigned_fulfillment_orders",
    "merchant_managed_fulfillment_orders",
    "third_party_fulfillment_orders",
)
WRITE_FULFILLMENT_ORDERS = " ".join(f"write_{name}" for name in FULFILLMENT_ORDERS)


def shopify(options: Any) -> Rendering:
    """A preview with one shopify action."""
    return Rendering(actions=(Action("shopify", options),))


def report(
    *renderings: Rendering, topics: Iterable[str] = (), script: str = "", version: str | None = None, **given: Any
) -> ScopeReport:
    task = Task("T", script, shopify_api_version=version)
    return required_scopes(task, parse_subscriptions("\n".join(topics)), renderings, **given)


def reasons(found: ScopeReport) -> dict[str, tuple[str, ...]]:
    return {scope.name: scope.reasons for scope in found.scopes}


# What needs which scope


@pytest.mark.parametrize(
    ("mutation", "expected"),
    [
        ("inventoryAdjustQuantities", "write_inventory"),
        ("orderUpdate", "write_orders"),
        ("publishablePublish", "write_publications"),
        ("customerUpdate", "write_customers"),
        ("publishableUnpublish", "write_publications"),
        ("collectionUpdate", "write_products"),
        ("orderCapture", "write_orders"),
        ("productVariantsBulkUpdate", "write_products"),
        ("collectionReorderProducts", "write_products"),
        ("customerSendAccountInviteEmail", "write_customers"),
        ("discountCodeBasicCreate", "write_discounts"),
        ("fulfillmentCancel", WRITE_FULFILLMENT_ORDERS),
        ("fulfillmentCreate", WRITE_FULFILLMENT_ORDERS),
        ("orderCancel", "write_orders"),
        ("orderMarkAsPaid", "write_orders"),
        ("productUpdate", "write_products"),
        ("collectionAddProducts", "write_products"),
        ("collectionCreate", "write_products"),
        ("collectionRemoveProducts", "write_products"),
        ("orderClose", "write_orders"),
        ("productDelete", "write_products"),
        ("deliveryProfileUpdate", "write_shipping"),
        ("draftOrderComplete", "write_draft_orders"),
        ("inventoryItemUpdate", "write_inventory"),
        ("orderEditAddVariant", "write_order_edits"),
        ("orderEditBegin", "write_order_edits"),
        ("orderEditCommit", "write_order_edits"),
        ("collectionAddProductsV2", "write_products"),
        ("discountAutomaticBulkDelete", "write_discounts"),
        ("discountCodeBulkDelete", "write_discounts"),
        ("draftOrderCreate", "write_draft_orders"),
        ("draftOrderDelete", "write_draft_orders"),
        ("draftOrderInvoiceSend", "write_draft_orders"),
        ("draftOrderUpdate", "write_draft_orders"),
        ("fileCreate", "write_files"),
        ("fulfillmentEventCreate", "write_fulfillments"),
        ("fulfillmentOrderLineItemsPreparedForPickup", "write_merchant_managed_fulfillment_orders"),
        ("fulfillmentOrderMove", "write_merchant_managed_fulfillment_orders write_third_party_fulfillment_orders"),
        ("fulfillmentTrackingInfoUpdate", WRITE_FULFILLMENT_ORDERS),
        ("fulfillmentTrackingInfoUpdateV2", WRITE_FULFILLMENT_ORDERS),
        ("inventoryBulkToggleActivation", "write_inventory"),
        ("orderEditAddLineItemDiscount", "write_order_edits"),
        ("productVariantsBulkDelete", "write_products"),
        ("returnApproveRequest", "write_returns"),
        ("segmentCreate", "write_customers"),
    ],
)
def test_the_mutations_of_the_library_need_the_scopes_of_the_table(mutation: str, expected: str) -> None:
    found = report(shopify(f"mutation {{ {mutation} {{ __typename }} }}"))
    assert found.to_request == tuple(expected.split())
    assert found.warnings == ()
    assert {reason for scope in found.scopes for reason in scope.reasons} == {f"action shopify: mutation {mutation}"}


@pytest.mark.parametrize("mutation", ["tagsAdd(id: $id, tags: [])", "tagsRemove(id: $id, tags: [])"])
@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("Order", "write_orders"),
        ("Customer", "write_customers"),
        ("Product", "write_products"),
        ("DraftOrder", "write_draft_orders"),
    ],
)
def test_tags_need_the_write_scope_of_the_tagged_type(mutation: str, kind: str, expected: str) -> None:
    query = f"mutation($id: ID!) {{ {mutation} {{ userErrors {{ message }} }} }}"
    found = report(shopify({"query": query, "variables": {"id": f"gid://shopify/{kind}/1"}}))
    name = mutation.partition("(")[0]
    assert reasons(found) == {expected: (f"action shopify: mutation {name} on {kind}",)}


@pytest.mark.parametrize("mutation", ["metafieldsSet", "metafieldsDelete"])
@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("Product", "write_products"),
        ("ProductVariant", "write_products"),
        ("Collection", "write_products"),
        ("Customer", "write_customers"),
        ("Shop", ""),
    ],
)
def test_metafields_need_the_write_scope_of_their_owner(mutation: str, kind: str, expected: str) -> None:
    owner = f'metafields: [{{ownerId: "gid://shopify/{kind}/1", namespace: "n", key: "k"}}]'
    found = report(shopify(f"mutation {{ {mutation}({owner}) {{ userErrors {{ message }} }} }}"))
    assert found.to_request == tuple(expected.split())
    assert found.warnings == ()


QUERY_ROOTS = {
    "order": "read_orders",
    "products { nodes { id } }": "read_products",
    "orders { nodes { id } }": "read_orders",
    "product": "read_products",
    "customer": "read_customers",
    "inventoryLevel": "read_inventory",
    "productVariants { nodes { id } }": "read_products",
    "publications { nodes { id } }": "read_publications",
    "collection": "read_products",
    "customers { nodes { id } }": "read_customers",
    "customerSegmentMembers { edges { node { id } } }": "read_customers",
    "collections { nodes { id } }": "read_products",
    "locations { nodes { id } }": "read_locations",
    "draftOrders { nodes { id } }": "read_draft_orders",
    "draftOrder": "read_draft_orders",
    "inventoryItems { nodes { id } }": "read_inventory",
    "shopifyqlQuery": "read_reports",
    "inventoryItem": "read_inventory",
    "shop": "",
    "codeDiscountNodeByCode": "read_discounts",
    "deliveryProfile": "read_shipping",
    "discountNodes { nodes { id } }": "read_discounts",
    "ordersCount { count }": "read_orders",
    "productVariant": "read_products",
    "refund": "read_orders",
    "collectionByIdentifier": "read_products",
    "customersCount { count }": "read_customers",
    "discountNode": "read_discounts",
    "markets { nodes { id } }": "read_markets",
    "metaobject": "read_metaobjects",
    "paymentTermsTemplates": "",
    "events { nodes { id } }": "",
    "metafieldDefinitions { nodes { id } }": "",
    "productTypes { nodes }": "read_products",
    "productVendors { nodes }": "read_products",
    "publication": "read_publications",
    "return": "read_returns",
    "segments { nodes { id } }": "read_customers",
}
"""Query roots of the library (actions.md 10.2), with the scope of the type they answer."""


@pytest.mark.parametrize(("root", "expected"), QUERY_ROOTS.items())
def test_the_query_roots_of_the_library_need_the_scope_of_what_they_read(root: str, expected: str) -> None:
    text = "query { " + (root if "{" in root else root + " { __typename }") + " }"
    found = report(Rendering(queries=(text,)))
    assert found.to_request == tuple(expected.split())
    assert found.warnings == ()
    assert all(reason.startswith("filter shopify: ") for scope in found.scopes for reason in scope.reasons)


@pytest.mark.parametrize(
    ("options", "expected", "reason"),
    [
        (["update", ["order", 1], {"note": ""}], "write_orders", "PUT orders"),
        (["delete", ["draft_order", 1]], "write_draft_orders", "DELETE draft_orders"),
        (["create", "customer", {}], "write_customers", "POST customers"),
        (["update", "theme", {"id": 5}], "write_themes", "PUT themes"),
        (["create", ["order", 1, "transaction"], {}], "write_orders", "POST orders"),
        (["get", "/admin/themes/1/assets.json?asset[key]=x"], "read_themes", "GET themes"),
        (["put", "/admin/api/2026-04/orders/1.json", {}], "write_orders", "PUT orders"),
        (["create", "metafield", {}], "", ""),
        (["delete", ["order", None]], "write_orders", "DELETE orders"),
        (["update", ["country", None], {}], "write_shipping", "PUT countries"),
        (["Update", "order", {}], "write_orders", "PUT orders"),
    ],
)
def test_rest_forms_need_the_scope_of_their_resource(options: Any, expected: str, reason: str) -> None:
    found = report(shopify(options))
    assert reasons(found) == ({expected: (f"action shopify: {reason}",)} if expected else {})
    assert found.warnings == ()


@pytest.mark.parametrize(
    "options",
    [None, 5, {}, {"query": 5}, [], [None], [["x"], ["y"]], ["nope", 1], ["delete"], ["delete", 5], ["get", "x"]],
)
def test_options_that_say_nothing_are_a_warning(options: Any) -> None:
    found = report(shopify(options))
    assert found.scopes == ()
    assert len(found.warnings) == 1
    assert found.warnings[0].startswith("action shopify: ")


def test_a_bulk_operation_needs_what_its_inner_query_reads() -> None:
    inner = "{ products { edges { node { id } } } }"
    text = f'mutation {{ bulkOperationRunQuery(query: """{inner}""") {{ bulkOperation {{ id }} }} }}'
    assert reasons(report(shopify(text))) == {"read_products": ("action shopify: products.edges.node",)}


def test_ids_that_tell_nothing_are_a_warning() -> None:
    found = report(shopify('mutation { tagsAdd(id: null, tags: ["x"]) { userErrors { message } } }'))
    assert found.scopes == ()
    assert found.warnings == (
        "action shopify: mutation tagsAdd: no id tells what it changes, so its scope is unknown.",
    )


def test_other_action_types_need_nothing() -> None:
    actions = (Action("http", {"url": "https://x.test"}), Action("echo", "{ orders { nodes { id } } }"))
    assert report(Rendering(actions=actions)) == ScopeReport()


@pytest.mark.parametrize(
    ("topics", "expected"),
    [
        (["shopify/orders/create"], {"read_orders": ("subscription shopify/orders/create",)}),
        (
            ["shopify/orders/paid+1.hour", "shopify/orders/paid", "shopify/refunds/create"],
            {"read_orders": ("subscription shopify/orders/paid", "subscription shopify/refunds/create")},
        ),
        (["mechanic/user/order", "mechanic/scheduler/daily", "shopify/shop/update", "user/a/b"], {}),
        (["user/vip/order"], {"read_orders": ("subscription user/vip/order, from shopify/orders/create",)}),
    ],
)
def test_subscriptions_need_the_scope_of_their_topic_or_source(topics: list[str], expected: dict[str, Any]) -> None:
    assert reasons(report(topics=topics, sources={"user/vip/order": "shopify/orders/create"})) == expected


def test_lookups_need_the_scope_of_what_they_lead_to() -> None:
    rendering = Rendering(
        lookups=(Lookup("order.customer", "customers/{id}.json"), Lookup("shop.metafields", "metafields.json")),
        reads=(Read("rest", "customers/1.json"), Read("rest", "locations.json"), Read("rest", "shop.json")),
    )
    assert reasons(report(rendering)) == {
        "read_customers": ("lookup order.customer",),
        "read_locations": ("lookup locations.json",),
    }


def test_what_objects_query_by_themselves_counts_once() -> None:
    query = 'query { inventoryItem(id: "1") { id } }'
    read = Read("graphql", query)
    assert reasons(report(Rendering(reads=(read, read)))) == {"read_inventory": ("lookup: inventoryItem",)}
    assert reasons(report(Rendering(queries=(query,), reads=(read,)))) == {
        "read_inventory": ("filter shopify: inventoryItem",)
    }


def test_the_permissions_tag_adds_to_what_is_found() -> None:
    script = "{% permissions %}write_customers, read_reports{% endpermissions %}"
    found = report(script=script, topics=["shopify/orders/create"])
    assert reasons(found) == {
        "read_orders": ("subscription shopify/orders/create",),
        "read_reports": ("permissions tag",),
        "write_customers": ("permissions tag",),
    }


# One report


def test_a_write_scope_covers_the_read_scope_beside_it() -> None:
    update = "mutation { orderUpdate(input: {}) { order { id } } }"
    found = report(shopify(update), topics=["shopify/orders/create"])
    assert [scope.name for scope in found.scopes] == ["read_orders", "write_orders"]
    assert [scope.covered_by for scope in found.scopes] == ["write_orders", None]
    assert found.to_request == ("write_orders",)


def test_alternatives_are_those_that_serve_every_reason() -> None:
    update = "mutation { orderUpdate(input: {}) { userErrors { message } } }"
    capture = "mutation { orderCapture(input: {}) { userErrors { message } } }"
    (scope,) = report(shopify(update), shopify(capture)).scopes
    assert scope == RequiredScope(
        "write_orders",
        ("write_marketplace_orders",),
        ("action shopify: mutation orderUpdate", "action shopify: mutation orderCapture"),
    )


def test_a_need_with_alternatives_joins_the_one_that_is_asked_for_anyway() -> None:
    found = report(topics=["shopify/inventory_items/update", "shopify/products/update"])
    assert reasons(found) == {
        "read_products": ("subscription shopify/inventory_items/update", "subscription shopify/products/update")
    }


def test_missing_scopes_are_those_that_nothing_granted_meets() -> None:
    update = "mutation { orderUpdate(input: {}) { userErrors { message } } }"
    found = report(shopify(update), topics=["shopify/orders/create", "shopify/fulfillment_holds/added"])
    held = ["read_orders", "write_third_party_fulfillment_orders"]
    assert [scope.name for scope in found.missing(held)] == ["write_orders"]
    assert found.missing([*held, "write_marketplace_orders"]) == ()
    assert len(found.missing([])) == 5


def test_a_report_is_json_ready() -> None:
    update = "mutation { orderUpdate(input: {}) { userErrors { message } } }"
    found = report(shopify(update), shopify(5), topics=["shopify/orders/create"])
    assert found.to_dict(["read_orders"]) == {
        "required": [
            {"scope": "read_orders", "reasons": ["subscription shopify/orders/create"], "covered_by": "write_orders"},
            {
                "scope": "write_orders",
                "reasons": ["action shopify: mutation orderUpdate"],
                "alternatives": ["write_marketplace_orders", "write_quick_sale"],
            },
        ],
        "missing": ["write_orders"],
        "warnings": ["action shopify: the options are of no known form, so their scopes are unknown"],
    }
    assert found.to_dict()["missing"] == []


def test_the_version_of_the_task_decides_which_fields_exist() -> None:
    text = "query { shop { id } }"
    assert report(Rendering(queries=(text,)), version="2024-01").warnings == ()
    assert "2026-04" in report(Rendering(queries=("{ nope }",)), version="2026-04").warnings[0]


def test_a_whole_preview_is_inspected() -> None:
    script = """
      {% capture query %}query { product(id: {{ product.admin_graphql_api_id | json }}) { title } }{% endcapture %}
      {% assign result = query | shopify %}
      {% assign spent = customer.orders.size %}
      {% action "shopify" %}
        mutation { tagsAdd(id: "gid://shopify/Customer/{{ customer.id }}", tags: "x") { userErrors { field } } }
      {% endaction %}
    """
    task = Task("T", script)
    event = Event("shopify/customers/create", {"id": 5}, preview=True)
    rendering = render(task, event, clock=FixedClock(NOW))
    found = required_scopes(task, parse_subscriptions("shopify/customers/create"), [rendering])
    assert reasons(found) == {
        "read_customers": ("subscription shopify/customers/create", "lookup customers/5/orders.json"),
        "read_orders": ("lookup customer.orders",),
        "read_products": ("filter shopify: product",),
        "write_customers": ("action shopify: mutation tagsAdd on Customer",),
    }
    assert [scope.name for scope in rendering_scopes(task, rendering).scopes] == list(reasons(found))
