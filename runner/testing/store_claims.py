"""What a case claims about the store in the end, read from the store: the same shape with the values that are there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from runner.errors import InputError
from runner.shopify.client import ShopifyClient
from runner.shopify.schema import graphql_schema
from runner.simulator.server import RunningShop
from runner.testing.expectations import Expectation
from runner.testing.fixtures import Case, refuse
from runner.testing.references import gid_of

if TYPE_CHECKING:
    from graphql import GraphQLType

_ALIAS = re.compile(r"\s*(?:(\w+)\s*:\s*)?(\w+)")


def store_of(case: Case, shop: RunningShop, client: ShopifyClient) -> dict[str, Any]:
    """``store`` and ``levels`` as ``expect`` names them, each with what the store holds; empty for no such claims.

    ``InputError`` for objects and fields that do not exist.
    """
    found: dict[str, Any] = {}
    try:
        if case.expect.store:
            found["store"] = {name: _fields(name, case.expect, shop, client) for name in case.expect.store}
        if case.expect.levels:
            found["levels"] = _levels(case.expect.levels, shop)
    except InputError as error:
        refuse(case, "expect", error.message, error.hint)
    return found


def _fields(name: str, expect: Expectation, shop: RunningShop, client: ShopifyClient) -> Any:
    """What the Admin API answers to the fields that are claimed of one object; None when it does not exist."""
    wanted = expect.store[name] or {"id": ""}
    kind = name.partition("/")[0]
    chosen = _selection(wanted, graphql_schema(client.version).get_type(kind))
    try:
        gid = gid_of(shop, name)
    except InputError:
        if expect.store[name] is None:
            return None
        raise
    reply = client.graphql(f'{{ node(id: "{gid}") {{ ... on {kind} {chosen} }} }}')
    body = reply.body if isinstance(reply.body, Mapping) else {}
    errors = [str(error.get("message")) for error in body.get("errors") or ()]
    if errors:
        raise InputError(f"{name}: the store does not answer that: {'; '.join(errors)}", hint="fields of GraphQL")
    node = (body.get("data") or {}).get("node")
    return None if node is None else _shaped(wanted, node)


def _selection(wanted: Any, kind: GraphQLType | None) -> str:
    """``{ tags customer { email } }``: the names are GraphQL, arguments and all. ``kind`` is what the fields are of.

    Of objects that are claimed not to be there, it asks whether they are.
    """
    from graphql import get_named_type, is_composite_type

    fields = getattr(kind, "fields", {})
    inner = []
    for name, value in _members(wanted).items():
        field = fields.get(_field(name))
        inner.append(f"{name} {_selection(value, get_named_type(field.type) if field is not None else None)}")
    if inner:
        return f"{{ {' '.join(inner)} }}"
    return "{ __typename }" if wanted in (None, []) and is_composite_type(kind) else ""


def _members(wanted: Any) -> Mapping[str, Any]:
    """The fields of a hash; of a list, those of all its members."""
    if isinstance(wanted, Mapping):
        return wanted
    found: dict[str, Any] = {}
    for each in wanted if isinstance(wanted, list) else ():
        found.update(_members(each))
    return found


def _shaped(wanted: Any, node: Any) -> Any:
    """The answer under the names that the case uses."""
    if isinstance(wanted, Mapping) and isinstance(node, Mapping):
        return {name: _shaped(value, node.get(_key(name))) for name, value in wanted.items()}
    if isinstance(wanted, list) and isinstance(node, list) and _members(wanted):
        return [_shaped(wanted[min(at, len(wanted) - 1)], each) for at, each in enumerate(node)]
    return node


def _field(name: str) -> str:
    """``price`` of ``was: price(first: 1)``: what the schema calls the field."""
    found = _ALIAS.match(name)
    return name if found is None else str(found[2])


def _key(name: str) -> str:
    """``metafield`` of ``metafield(namespace: "a", key: "b")``, ``price`` of ``price: field``."""
    found = _ALIAS.match(name)
    return name if found is None else str(found[1] or found[2])


def _levels(wanted: Mapping[str, Mapping[str, int]], shop: RunningShop) -> dict[str, dict[str, int | None]]:
    """What is available, by SKU and location; None where an item is not stocked."""
    objects = shop.state()["objects"]
    levels = {
        (fields["item"], fields["location"]): (fields["_quantities"] or {}).get("available", 0)
        for fields in objects.get("InventoryLevel", {}).values()
    }
    found: dict[str, dict[str, int | None]] = {}
    for sku, places in wanted.items():
        item = objects["ProductVariant"][gid_of(shop, f"ProductVariant/{sku}")]["inventoryItem"]
        found[sku] = {place: levels.get((item, gid_of(shop, f"Location/{place}"))) for place in places}
    return found
