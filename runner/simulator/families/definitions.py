"""Definitions of metafields: computed fields, and which definition a metafield has.

``MetafieldDefinition``: name, namespace (in full), key, ownerType, description, ``_type``, ``_validations``
[{name, value}], pinnedPosition, ``_capabilities`` {smartCollectionCondition, adminFilterable, uniqueValues …: bool},
``_access`` {admin, storefront, customerAccount}.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, Fields, Listing
from runner.simulator.families.metafield_values import TYPE_NAMES, value_error
from runner.simulator.families.metafields import full_namespace
from runner.simulator.graph import Graph, Node

INDEXES = {"MetafieldDefinition": ("key",)}
CAPABILITIES = (
    "adminFilterable",
    "analyticsQueryable",
    "cartToOrderCopyable",
    "smartCollectionCondition",
    "uniqueValues",
)
ACCESS = {"admin": "PUBLIC_READ_WRITE", "customerAccount": "NONE", "storefront": "PUBLIC_READ"}
_CATEGORIES = {
    "boolean": "TRUE_FALSE",
    "color": "COLOR",
    "date": "DATE_TIME",
    "date_time": "DATE_TIME",
    "dimension": "MEASUREMENT",
    "json": "JSON",
    "money": "MONEY",
    "number_decimal": "NUMBER",
    "number_integer": "NUMBER",
    "rating": "RATING",
    "url": "URL",
    "volume": "MEASUREMENT",
    "weight": "MEASUREMENT",
}


def find_definition(graph: Graph, owner_type: str, namespace: str, key: str) -> Node | None:
    """The definition of an owner type under a full namespace and key."""
    for node in graph.find("MetafieldDefinition", "key", key):
        if node["ownerType"] == owner_type and node["namespace"] == namespace:
            return node
    return None


def type_object(name: str) -> dict[str, Any]:
    """A ``MetafieldDefinitionType``."""
    base = name.removeprefix("list.")
    category = "REFERENCE" if base.endswith("_reference") else _CATEGORIES.get(base, "TEXT")
    return {
        "name": name,
        "category": category,
        "supportedValidations": [],
        "supportsDefinitionMigrations": False,
        "valueType": "INTEGER" if name == "number_integer" else "BOOLEAN" if name == "boolean" else "STRING",
    }


def validation_objects(validations: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """Validations as answered; the type of a validation's value follows from its name."""
    kinds = {"min": "number_decimal", "max": "number_decimal", "choices": "json", "regex": "single_line_text_field"}
    return [{**each, "type": kinds.get(each["name"], "single_line_text_field")} for each in validations or []]


def metafields_of(graph: Graph, definition: Node) -> list[Node]:
    """The metafields that the definition is about."""
    return [
        node
        for node in graph.of_type("Metafield")
        if node["ownerType"] == definition["ownerType"]
        and node["namespace"] == definition["namespace"]
        and node["key"] == definition["key"]
    ]


def _definition(metafield: Node, context: Context, args: Mapping[str, Any]) -> Node | None:
    return find_definition(context.graph, metafield["ownerType"], metafield["namespace"], metafield["key"])


def _metafields(definition: Node, context: Context, args: Mapping[str, Any]) -> list[Node]:
    wanted = args.get("validationStatus") or "ANY"
    found = metafields_of(context.graph, definition)
    if wanted == "ANY":
        return found
    return [node for node in found if (value_error(definition["_type"], node["value"]) is None) is (wanted == "VALID")]


def _capabilities(definition: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    held = definition["_capabilities"] or {}
    status = "FILTERABLE" if held.get("adminFilterable") else "NOT_FILTERABLE"
    return {name: {"enabled": bool(held.get(name)), "eligible": True, "status": status} for name in CAPABILITIES}


def _definitions(source: Any, context: Context, args: Mapping[str, Any]) -> Listing:
    """Those of ``ownerType``, narrowed by namespace, key and whether they are pinned."""
    pinned = args.get("pinnedStatus") or "ANY"
    found = [
        node
        for node in context.graph.of_type("MetafieldDefinition")
        if node["ownerType"] == args["ownerType"]
        and (args.get("namespace") is None or node["namespace"] == full_namespace(args["namespace"]))
        and args.get("key") in (None, node["key"])
        and (pinned == "ANY" or (node["pinnedPosition"] is not None) is (pinned == "PINNED"))
    ]
    return Listing(found, search="metafieldDefinitions")


def _one(source: Any, context: Context, args: Mapping[str, Any]) -> Node | None:
    if args.get("id") is not None:
        return context.graph.get(args["id"], "MetafieldDefinition")
    identifier = args.get("identifier")
    if identifier is None:
        return None
    namespace = full_namespace(identifier.get("namespace"))
    return find_definition(context.graph, identifier["ownerType"], namespace, identifier["key"])


def _of_owner(owner_type: str) -> Any:
    """``metafieldDefinitions`` of an object: those of its type."""
    return lambda owner, context, args: _definitions(None, context, {**args, "ownerType": owner_type})


_OWNERS = {
    "Article": "ARTICLE",
    "Blog": "BLOG",
    "Collection": "COLLECTION",
    "Company": "COMPANY",
    "CompanyLocation": "COMPANY_LOCATION",
    "Customer": "CUSTOMER",
    "DiscountAutomaticNode": "DISCOUNT",
    "DiscountCodeNode": "DISCOUNT",
    "DiscountNode": "DISCOUNT",
    "DraftOrder": "DRAFTORDER",
    "Location": "LOCATION",
    "Market": "MARKET",
    "Order": "ORDER",
    "Page": "PAGE",
    "Product": "PRODUCT",
    "ProductVariant": "PRODUCTVARIANT",
}

FIELDS: Fields = {
    **{name: {"metafieldDefinitions": _of_owner(owner_type)} for name, owner_type in _OWNERS.items()},
    "Metafield": {"definition": _definition},
    "MetafieldDefinition": {
        "access": lambda definition, context, args: {**ACCESS, **(definition["_access"] or {})},
        "capabilities": _capabilities,
        "constraints": lambda definition, context, args: {"key": None, "values": []},
        "metafields": _metafields,
        "metafieldsCount": lambda definition, context, args: len(_metafields(definition, context, args)),
        "standardTemplate": lambda definition, context, args: None,
        "type": lambda definition, context, args: type_object(definition["_type"]),
        "useAsCollectionCondition": lambda definition, context, args: bool(
            (definition["_capabilities"] or {}).get("smartCollectionCondition")
        ),
        "validationStatus": lambda definition, context, args: "ALL_VALID",
        "validations": lambda definition, context, args: validation_objects(definition["_validations"]),
    },
    "QueryRoot": {
        "metafieldDefinition": _one,
        "metafieldDefinitionTypes": lambda source, context, args: [type_object(name) for name in TYPE_NAMES],
        "metafieldDefinitions": _definitions,
    },
}
