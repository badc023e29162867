"""Every mistake of ``mistakes.py`` made at a shop, and laws that hold for all errors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import httpx
import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
)

from runner.shopify.schema import graphql_schema
from runner.simulator.server import RunningShop, simulator
from tests.simulator.mistakes import MISTAKES, SEED, Mistake

GRAPHQL = "/admin/api/2026-04/graphql.json"
LIBRARY = frozenset(
    """
    tagsAdd tagsRemove bulkOperationRunQuery metafieldsSet inventoryAdjustQuantities metafieldsDelete orderUpdate
    publishablePublish customerUpdate publishableUnpublish collectionUpdate orderCapture productVariantsBulkUpdate
    collectionReorderProducts customerSendAccountInviteEmail discountCodeBasicCreate fulfillmentCancel
    fulfillmentCreate orderCancel orderMarkAsPaid productUpdate collectionAddProducts collectionCreate
    collectionRemoveProducts orderClose productDelete deliveryProfileUpdate draftOrderComplete inventoryItemUpdate
    orderEditAddVariant orderEditBegin orderEditCommit collectionAddProductsV2 discountAutomaticBulkDelete
    discountCodeBulkDelete draftOrderCreate draftOrderDelete draftOrderInvoiceSend draftOrderUpdate fileCreate
    fulfillmentEventCreate fulfillmentOrderLineItemsPreparedForPickup fulfillmentOrderMove
    fulfillmentTrackingInfoUpdate fulfillmentTrackingInfoUpdateV2 inventoryBulkToggleActivation
    orderEditAddLineItemDiscount productVariantsBulkDelete returnApproveRequest segmentCreate
    """.split()  # noqa: SIM905 fifty names read better so
)
"""The mutations of actions.md 10.1."""


def name_of(mistake: Mistake) -> str:
    """The mutation that is called."""
    return mistake.call.partition("(")[0].strip()


NAMES = [f"{place}-{name_of(each)}" for place, each in enumerate(MISTAKES)]


@pytest.fixture(scope="module")
def shop() -> Iterator[RunningShop]:
    """A shop with an order that is paid, one that was sent, a draft that became an order, and an edit under way."""
    with simulator(SEED) as running:
        running.do("order", lines=[{"sku": "MUG"}], customer="pat@shop.test")
        running.do("order", lines=[{"sku": "BOWL"}])
        running.do("fulfill", order="#1002")
        yield running


@pytest.fixture(scope="module")
def client(shop: RunningShop) -> Iterator[httpx.Client]:
    """A client with the shop's token."""
    headers = {"X-Shopify-Access-Token": shop.token}
    with httpx.Client(base_url=shop.url, headers=headers, timeout=60, trust_env=False, verify=False) as found:
        yield found


@pytest.fixture(scope="module")
def ids(shop: RunningShop, client: httpx.Client) -> dict[str, str]:
    """What the names in the calls stand for."""
    found = {
        "MUG": "gid://shopify/Product/11",
        "BOWL": "gid://shopify/Product/12",
        "CUPS": "gid://shopify/Collection/21",
        "CHEAP": "gid://shopify/Collection/22",
        "PAT": "gid://shopify/Customer/7001",
    }
    objects = shop.state()["objects"]
    names = {node["name"]: gid for gid, node in objects["Location"].items()}
    found |= {"WORKSHOP": names["Workshop"], "GALLERY": names["Gallery"]}
    orders = {node["name"]: gid for gid, node in objects["Order"].items()}
    found |= {"PAID": orders["#1001"], "SENT": orders["#1002"]}
    (variant,) = (gid for gid, node in objects["ProductVariant"].items() if node["sku"] == "MUG")
    found |= {"VARIANT": variant, "ITEM": objects["ProductVariant"][variant]["inventoryItem"]}
    draft = run(
        client,
        f'draftOrderCreate(input: {{lineItems: [{{variantId: "{variant}", quantity: 1}}]}})',
        "draftOrder { id }",
    )
    found["DONE"] = draft["draftOrder"]["id"]
    run(client, f'draftOrderComplete(id: "{found["DONE"]}")', "draftOrder { id }")
    edit = run(client, f'orderEditBegin(id: "{found["PAID"]}")', "calculatedOrder { id }")
    found["EDIT"] = edit["calculatedOrder"]["id"]
    return found


def run(client: httpx.Client, call: str, selection: str) -> dict[str, Any]:
    """The payload of one mutation that is in order."""
    query = f"mutation {{ {call} {{ {selection} userErrors {{ message }} }} }}"
    body = client.post(GRAPHQL, json={"query": query}).json()
    assert "errors" not in body, body
    (payload,) = body["data"].values()
    assert payload["userErrors"] == []
    result: dict[str, Any] = payload
    return result


def made(client: httpx.Client, mistake: Mistake, ids: dict[str, str], key: str) -> list[dict[str, Any]]:
    """The errors that a mistake leads to."""
    call = mistake.call.replace("KEY", key)
    for name, gid in ids.items():
        call = call.replace(f'"{name}"', f'"{gid}"')
    fields = "field message" + (" code" if "code" in error_type(mistake).fields else "")
    body = client.post(GRAPHQL, json={"query": f"mutation {{ {call} {{ {mistake.errors} {{ {fields} }} }} }}"}).json()
    assert "errors" not in body, body
    (payload,) = body["data"].values()
    found: list[dict[str, Any]] = payload[mistake.errors]
    return found


def error_type(mistake: Mistake) -> GraphQLObjectType:
    """The type of the errors of a mutation."""
    mutation = graphql_schema().mutation_type
    assert mutation is not None
    payload = get_named_type(mutation.fields[name_of(mistake)].type)
    assert isinstance(payload, GraphQLObjectType)
    found = get_named_type(payload.fields[mistake.errors].type)
    assert isinstance(found, GraphQLObjectType)
    return found


@pytest.mark.parametrize(
    ("number", "mistake"),
    list(enumerate(MISTAKES)),
    ids=[f"{place}-{name_of(each)}" for place, each in enumerate(MISTAKES)],
)
def test_a_mistake_is_told_as_shopify_tells_it(
    client: httpx.Client, ids: dict[str, str], number: int, mistake: Mistake
) -> None:
    errors = made(client, mistake, ids, f"key-{number}")
    assert [(each["field"], each.get("code")) for each in errors] == [(mistake.field, mistake.code)], errors
    assert mistake.message in (None, errors[0]["message"])


def test_every_mutation_of_the_library_has_a_mistake() -> None:
    assert len(LIBRARY) == 50
    assert LIBRARY - {name_of(mistake) for mistake in MISTAKES} == {"metafieldsDelete"}


def test_deleting_a_metafield_that_is_not_there_is_no_mistake(client: httpx.Client, ids: dict[str, str]) -> None:
    """The page of ``metafieldsDelete``: what was not there is null in ``deletedMetafields``."""
    call = f'metafieldsDelete(metafields: [{{ownerId: "{ids["MUG"]}", namespace: "own", key: "gone"}}])'
    assert run(client, call, "deletedMetafields { key }") == {"deletedMetafields": [None], "userErrors": []}


@pytest.mark.parametrize("mistake", MISTAKES, ids=NAMES)
def test_codes_and_paths_of_the_table_are_those_of_the_schema(mistake: Mistake) -> None:
    """``field`` is published as the path to the input that is wrong, ``code`` as a member of its enumeration."""
    if mistake.code is not None:
        codes = get_named_type(error_type(mistake).fields["code"].type)
        assert isinstance(codes, GraphQLEnumType)
        assert mistake.code in codes.values
    if mistake.field is not None:
        mutation = graphql_schema().mutation_type
        assert mutation is not None
        args = {name: arg.type for name, arg in mutation.fields[name_of(mistake)].args.items()}
        inside = [
            {name: field.type for name, field in kind.fields.items()}
            for kind in map(get_named_type, args.values())
            if isinstance(kind, GraphQLInputObjectType)
        ]
        assert any(leads_somewhere(mistake.field, where) for where in (args, *inside))


def leads_somewhere(path: Sequence[str], where: dict[str, Any]) -> bool:
    """Whether a path names arguments, members of input objects and places in lists."""
    if not path:
        return True
    kind, rest = where.get(path[0]), path[1:]
    if kind is None:
        return False
    if isinstance(get_nullable_type(kind), GraphQLList) and rest:
        if not rest[0].isdigit():
            return False
        rest = rest[1:]
    inner = get_named_type(kind)
    if isinstance(inner, GraphQLInputObjectType):
        return leads_somewhere(rest, {name: field.type for name, field in inner.fields.items()})
    return not rest


def test_no_mistake_changes_anything(shop: RunningShop, client: httpx.Client, ids: dict[str, str]) -> None:
    before = shop.about()["last_change"]
    for number, mistake in enumerate(MISTAKES[::9]):
        made(client, mistake, ids, f"again-{number}")
    assert shop.about()["last_change"] == before
