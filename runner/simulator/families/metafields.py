"""Metafields: by namespace and key on their owners, and computed fields."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, Fields, Listing
from runner.simulator.graph import Graph, Node

INDEXES = {"Metafield": ("_owner",)}

OWNER_TYPES = {
    "AppInstallation": "API_PERMISSION",
    "Article": "ARTICLE",
    "Blog": "BLOG",
    "Collection": "COLLECTION",
    "Company": "COMPANY",
    "CompanyLocation": "COMPANY_LOCATION",
    "Customer": "CUSTOMER",
    "DiscountAutomaticNode": "DISCOUNT",
    "DiscountCodeNode": "DISCOUNT",
    "DraftOrder": "DRAFTORDER",
    "Location": "LOCATION",
    "Market": "MARKET",
    "MediaImage": "MEDIA_IMAGE",
    "Order": "ORDER",
    "Page": "PAGE",
    "Product": "PRODUCT",
    "ProductVariant": "PRODUCTVARIANT",
    "Shop": "SHOP",
}
"""Types that own metafields, with the ``MetafieldOwnerType`` of each."""
APP_NAMESPACE = "app--1"
"""What ``$app`` stands for: the namespace reserved for the app that calls; the simulator knows one."""


def full_namespace(namespace: str | None) -> str:
    """A namespace as stored: absent or ``$app`` is the app's own, ``$app:x`` a part of it."""
    if not namespace or namespace == "$app":
        return APP_NAMESPACE
    return f"{APP_NAMESPACE}--{namespace[5:]}" if namespace.startswith("$app:") else namespace


def find_metafield(graph: Graph, owner: str, namespace: str, key: str) -> Node | None:
    """The metafield of an owner under a full namespace and key."""
    for node in graph.find("Metafield", "_owner", owner):
        if node["namespace"] == namespace and node["key"] == key:
            return node
    return None


def values_by_name(owner: Node, graph: Graph) -> dict[str, str]:
    """The values of an owner's metafields by ``namespace.key`` in small letters, as searches name them."""
    found = graph.find("Metafield", "_owner", owner.id)
    return {f"{each['namespace']}.{each['key']}".lower(): each["value"] for each in found}


def digest(metafield: Node) -> str:
    """``compareDigest``: changes with type and value."""
    return hashlib.sha256(f"{metafield['type']}\n{metafield['value']}".encode()).hexdigest()


def _one(owner: Node | Mapping[str, Any], context: Context, args: Mapping[str, Any]) -> Node | None:
    namespace, key = args.get("namespace"), args["key"]
    whole = namespace is None and "." in key
    if whole:
        namespace, _, key = key.rpartition(".")
    found = find_metafield(context.graph, _id(owner), full_namespace(namespace), key)
    return _with_whole_key(found) if whole and found is not None else found


def _with_whole_key(metafield: Node) -> Node:
    """Asked for as ``namespace.key``, a metafield tells its key in that form too (Shopify since 2023-01)."""
    fields = {**metafield.fields, "key": _name(metafield)}
    return Node(metafield.type, metafield.id, fields, metafield.sequence)


def _name(metafield: Node) -> str:
    return f"{metafield['namespace']}.{metafield['key']}"


def _id(owner: Node | Mapping[str, Any]) -> str:
    """Of an object, or of one that is only answered and not kept, such as the app's installation."""
    return owner.id if isinstance(owner, Node) else str(owner.get("id"))


def _many(owner: Node | Mapping[str, Any], context: Context, args: Mapping[str, Any]) -> Listing:
    found = context.graph.find("Metafield", "_owner", _id(owner))
    namespace, keys = args.get("namespace"), args.get("keys")
    if namespace is not None:
        found = [node for node in found if node["namespace"] == full_namespace(namespace)]
    if keys is not None:
        names = {key if "." in key or namespace is None else f"{full_namespace(namespace)}.{key}" for key in keys}
        found = [node for node in found if _name(node) in names]
        found = [_with_whole_key(node) if _name(node) in keys else node for node in found]
    return Listing(found)


def json_value(metafield: Node, context: Context, args: Mapping[str, Any]) -> Any:
    """``jsonValue``: numbers, booleans, lists and JSON as such, anything else as text."""
    kind, value = str(metafield["type"]), metafield["value"]
    if kind.startswith("list.") or kind in AS_JSON:
        return json.loads(value)
    return value


AS_JSON = frozenset(
    {
        "json",
        "boolean",
        "integer",
        "number_integer",
        "rich_text_field",
        "money",
        "rating",
        "dimension",
        "volume",
        "weight",
        "link",
    }
)


def _reference(metafield: Node, context: Context, args: Mapping[str, Any]) -> str | None:
    return (
        metafield["value"]
        if str(metafield["type"]).endswith("_reference") and "list." not in metafield["type"]
        else None
    )


def _references(metafield: Node, context: Context, args: Mapping[str, Any]) -> list[str] | None:
    kind = str(metafield["type"])
    if not (kind.startswith("list.") and kind.endswith("_reference")):
        return None
    found: list[str] = json.loads(metafield["value"])
    return found


FIELDS: Fields = {
    "Metafield": {
        "compareDigest": lambda metafield, context, args: digest(metafield),
        "description": lambda metafield, context, args: None,
        "jsonValue": json_value,
        "owner": lambda metafield, context, args: metafield["_owner"],
        "reference": _reference,
        "references": _references,
        "translations": lambda metafield, context, args: [],
    },
    **{name: {"metafield": _one, "metafields": _many} for name in OWNER_TYPES},
}
