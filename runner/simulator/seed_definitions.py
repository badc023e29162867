"""Definitions of metafields and metaobjects in a seed, and metaobjects.

::

    metafield_definitions:
      - {owner: product, name: Size, metafield: custom.size, type: single_line_text_field, id, description,
         collection_condition: true, pinned: false, choices: [S, M, L]}
    metaobject_definitions:
      - {type: designer, name: Designer, id, display: name, publishable: false,
         fields: {name: single_line_text_field, born: date}}
    metaobjects:
      - {type: designer, handle: mara, id, status: active, values: {name: Mara Lind}}
"""

from __future__ import annotations

import json
from typing import Any

from runner.simulator.families.metafield_values import TYPE_NAMES, value_error
from runner.simulator.graph import Graph
from runner.simulator.seed_collections import given_id
from runner.simulator.seed_reader import Table, nearest

_OWNERS = ("COLLECTION", "COMPANY", "CUSTOMER", "DRAFTORDER", "LOCATION", "ORDER", "PRODUCT", "PRODUCTVARIANT", "SHOP")


def add_definitions(root: Table, graph: Graph) -> None:
    """Create everything under the three keys."""
    for table in root.tables("metafield_definitions"):
        _add_metafield_definition(table, graph)
        table.finish()
    for table in root.tables("metaobject_definitions"):
        _add_metaobject_definition(table, graph)
        table.finish()
    for table in root.tables("metaobjects"):
        _add_metaobject(table, graph)
        table.finish()


def _add_metafield_definition(table: Table, graph: Graph) -> None:
    namespace, dot, key = table.required("metafield").rpartition(".")
    if not dot:
        table.refuse("expected a name such as custom.size", "metafield")
    choices = table.texts("choices")
    condition = table.boolean("collection_condition", False)
    graph.create(
        "MetafieldDefinition",
        {
            "name": table.text("name", key),
            "namespace": namespace,
            "key": key,
            "ownerType": table.choice("owner", _OWNERS, "PRODUCT"),
            "description": table.text("description"),
            "_type": _type(table, table.text("type", "single_line_text_field") or "", "type"),
            "_validations": [{"name": "choices", "value": json.dumps(choices)}] if choices else [],
            "pinnedPosition": 1 if table.boolean("pinned", False) else None,
            "_capabilities": {"smartCollectionCondition": condition},
            "_access": {},
            "createdAt": graph.now(),
            "updatedAt": graph.now(),
        },
        id=given_id(table, graph, "MetafieldDefinition"),
    )


def _add_metaobject_definition(table: Table, graph: Graph) -> None:
    name, inner = table.required("type"), table.table("fields")
    rows: list[dict[str, Any]] = []
    for key in inner.names() if inner is not None else ():
        kind = _type(inner, inner.required(key), key) if inner is not None else ""
        row = {"key": key, "name": key.replace("_", " ").capitalize(), "description": None}
        rows.append({**row, "required": False, "type": kind, "validations": []})
    display = table.text("display")
    if display is not None and display not in {row["key"] for row in rows}:
        table.refuse(f"there is no field {display!r}", "display", nearest(display, [row["key"] for row in rows]))
    graph.create(
        "MetaobjectDefinition",
        {
            "type": name,
            "name": table.text("name", name.capitalize()),
            "description": table.text("description"),
            "displayNameKey": display,
            "_fields": rows,
            "_capabilities": {"publishable": table.boolean("publishable", False)},
            "_access": {},
            "createdAt": graph.now(),
            "updatedAt": graph.now(),
        },
        id=given_id(table, graph, "MetaobjectDefinition"),
    )


def _add_metaobject(table: Table, graph: Graph) -> None:
    name = table.required("type")
    definition = graph.first("MetaobjectDefinition", "type", name)
    if definition is None:
        known = [str(node["type"]) for node in graph.of_type("MetaobjectDefinition")]
        table.refuse(f"there is no metaobject definition {name!r}", "type", nearest(name, known))
    kinds = {row["key"]: row["type"] for row in definition["_fields"]}
    values: dict[str, Any] = {}
    inner = table.table("values")
    for key in inner.names() if inner is not None else ():
        if inner is None or key not in kinds:
            table.refuse(f"{name} has no field {key!r}", "values", nearest(key, kinds))
        values[key] = inner.required(key)
        problem = value_error(kinds[key], values[key])
        if problem is not None:
            inner.refuse(problem[1], key)
    status = table.choice("status", ("ACTIVE", "DRAFT"), "ACTIVE")
    publishable = (definition["_capabilities"] or {}).get("publishable")
    fields = {
        "type": name,
        "handle": table.required("handle"),
        "_values": values,
        "_status": status if publishable else None,
        "createdAt": graph.now(),
        "updatedAt": graph.now(),
    }
    graph.create("Metaobject", fields, id=given_id(table, graph, "Metaobject"))


def _type(table: Table, name: str, key: str) -> str:
    if name not in TYPE_NAMES:
        table.refuse(f"there is no type of metafields {name!r}", key, nearest(name, TYPE_NAMES))
    return name
