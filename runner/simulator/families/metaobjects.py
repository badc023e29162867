"""Metaobjects and their definitions: computed fields.

``MetaobjectDefinition``: type, name, description, displayNameKey, ``_fields`` [{key, name, description, required, type,
validations}], ``_capabilities`` {publishable, translatable, onlineStore, renderable: bool}, ``_access``.
``Metaobject``: type, handle, ``_values`` {key: text}, ``_status`` (null: not publishable).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, Fields, Listing
from runner.simulator.families.answers import constant
from runner.simulator.families.app import own_app
from runner.simulator.families.definitions import type_object, validation_objects
from runner.simulator.families.metafields import AS_JSON, full_namespace
from runner.simulator.graph import Graph, Node

INDEXES = {"Metaobject": ("type",), "MetaobjectDefinition": ("type",)}
_ACCESS = {"admin": "PUBLIC_READ_WRITE", "customerAccount": "NONE", "storefront": "NONE"}


def full_type(name: str) -> str:
    """A type as stored: ``$app:x`` is the app's own ``app--1--x``."""
    return full_namespace(name) if name.startswith("$app") else name


def definition_of(graph: Graph, type_name: str) -> Node | None:
    """The definition of a type of metaobjects."""
    return graph.first("MetaobjectDefinition", "type", full_type(type_name))


def display_name(metaobject: Node, graph: Graph) -> str:
    """The value of the definition's key for display, else the handle in words."""
    definition = definition_of(graph, metaobject["type"])
    key = definition["displayNameKey"] if definition is not None else None
    value = (metaobject["_values"] or {}).get(key)
    return str(value) if value else str(metaobject["handle"]).replace("-", " ").capitalize()


def by_handle(graph: Graph, type_name: str, handle: str) -> Node | None:
    """The metaobject of a type and handle."""
    found = graph.find("Metaobject", "type", full_type(type_name))
    return next((node for node in found if node["handle"] == handle), None)


def _field(metaobject: Node, row: Mapping[str, Any]) -> dict[str, Any]:
    kind, value = str(row["type"]), (metaobject["_values"] or {}).get(row["key"])
    listed = kind.startswith("list.")
    parsed = json.loads(value) if value is not None and (listed or kind in AS_JSON) else value
    refers = kind.endswith("_reference")
    return {
        "key": row["key"],
        "type": kind,
        "value": value,
        "jsonValue": parsed,
        "definition": _field_definition(row),
        "reference": value if refers and not listed else None,
        "references": parsed if refers and listed else None,
        "thumbnail": {"hex": value, "file": None} if kind == "color" and value else None,
    }


def _field_definition(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "key": row["key"],
        "name": row["name"],
        "description": row.get("description"),
        "required": bool(row.get("required")),
        "type": type_object(row["type"]),
        "validations": validation_objects(row.get("validations")),
        "capabilities": {"adminFilterable": {"enabled": False}},
    }


def _fields(metaobject: Node, context: Context, args: Mapping[str, Any]) -> list[dict[str, Any]]:
    definition = definition_of(context.graph, metaobject["type"])
    return [_field(metaobject, row) for row in definition["_fields"]] if definition is not None else []


def _one_field(metaobject: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any] | None:
    return next((each for each in _fields(metaobject, context, args) if each["key"] == args["key"]), None)


def _capability_data(metaobject: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    status = metaobject["_status"]
    return {"publishable": {"status": status} if status else None, "onlineStore": None}


def _capabilities(definition: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    held = definition["_capabilities"] or {}
    found = {name: {"enabled": bool(held.get(name))} for name in ("publishable", "translatable", "renderable")}
    return {**found, "onlineStore": None}


def _app(node: Node, context: Context, args: Mapping[str, Any]) -> Node:
    return own_app(context)


def _metaobjects(source: Any, context: Context, args: Mapping[str, Any]) -> Listing:
    graph = context.graph
    found = graph.find("Metaobject", "type", full_type(args["type"]))
    key = str(args.get("sortKey") or "")
    sorts: dict[str, Any] = {
        "id": lambda node: node.number,
        "type": lambda node: node["type"],
        "updated_at": lambda node: node["updatedAt"],
        "display_name": lambda node: display_name(node, graph),
    }
    return Listing(found, sorts={key: sorts[key]} if key in sorts else {}, search="metaobjects")


def _references(metaobject: Node, context: Context, args: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Metafields whose value names the metaobject."""
    return [
        {
            "key": node["key"],
            "name": node["key"],
            "namespace": node["namespace"],
            "target": metaobject.id,
            "referencer": node["_owner"],
        }
        for node in context.graph.of_type("Metafield")
        if "reference" in node["type"] and metaobject.id in node["value"]
    ]


FIELDS: Fields = {
    "Metaobject": {
        "capabilities": _capability_data,
        "createdBy": _app,
        "createdByApp": _app,
        "createdByStaff": constant(None),
        "definition": lambda metaobject, context, args: definition_of(context.graph, metaobject["type"]),
        "displayName": lambda metaobject, context, args: display_name(metaobject, context.graph),
        "field": _one_field,
        "fields": _fields,
        "referencedBy": _references,
        "staffMember": constant(None),
        "thumbnailField": constant(None),
    },
    "MetaobjectDefinition": {
        "access": lambda definition, context, args: {**_ACCESS, **(definition["_access"] or {})},
        "capabilities": _capabilities,
        "createdByApp": _app,
        "createdByStaff": constant(None),
        "fieldDefinitions": lambda definition, context, args: [_field_definition(row) for row in definition["_fields"]],
        "hasThumbnailField": lambda definition, context, args: False,
        "metaobjects": lambda definition, context, args: context.graph.find("Metaobject", "type", definition["type"]),
        "metaobjectsCount": lambda definition, context, args: len(
            context.graph.find("Metaobject", "type", definition["type"])
        ),
        "standardTemplate": constant(None),
    },
    "QueryRoot": {
        "metaobjectByHandle": lambda source, context, args: by_handle(
            context.graph, args["handle"]["type"], args["handle"]["handle"]
        ),
        "metaobjectDefinitionByType": lambda source, context, args: definition_of(context.graph, args["type"]),
        "metaobjects": _metaobjects,
    },
}
