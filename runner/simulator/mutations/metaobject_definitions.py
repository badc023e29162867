"""Definitions of metaobjects: made, changed field by field, deleted with their metaobjects."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from runner.simulator.contract import Context, Mutation, user_error
from runner.simulator.families.metafield_values import TYPE_NAMES
from runner.simulator.families.metaobjects import definition_of, full_type
from runner.simulator.graph import Node

_TYPE = re.compile(r"(\$app:)?[A-Za-z0-9_-]+\Z")
_KEY = re.compile(r"[a-z0-9_-]+\Z")
TYPE_LENGTHS, KEY_LENGTHS = (3, 255), (2, 64)
CAPABILITIES = ("publishable", "translatable", "renderable", "onlineStore")
Errors = list[dict[str, Any]]


def create(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Add a definition."""
    given = args["definition"]
    errors = _type_errors(context, given["type"])
    rows = given.get("fieldDefinitions") or []
    for index, row in enumerate(rows):
        errors += _row_errors(row, ("definition", "fieldDefinitions", str(index)), rows[:index])
    key = given.get("displayNameKey")
    if key is not None and key not in {row["key"] for row in rows}:
        message = f'Field definition "{key}" does not exist'
        errors.append(_error(("definition", "displayNameKey"), message, "UNDEFINED_OBJECT_FIELD"))
    if errors:
        return {"metaobjectDefinition": None, "userErrors": errors}
    now = context.graph.now()
    fields = {
        "type": full_type(given["type"]),
        "name": given.get("name") or given["type"].replace("_", " ").capitalize(),
        "description": given.get("description"),
        "displayNameKey": key,
        "_fields": [field_row(row) for row in rows],
        "_capabilities": _capabilities(given, {}),
        "_access": _granted(given),
        "createdAt": now,
        "updatedAt": now,
    }
    return {"metaobjectDefinition": context.graph.create("MetaobjectDefinition", fields), "userErrors": []}


def field_row(given: Mapping[str, Any]) -> dict[str, Any]:
    """A field definition as it is stored."""
    return {
        "key": given["key"],
        "name": given.get("name") or str(given["key"]).replace("_", " ").capitalize(),
        "description": given.get("description"),
        "required": bool(given.get("required")),
        "type": given["type"],
        "validations": [dict(each) for each in given.get("validations") or []],
    }


def update(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Change a definition; fields are created, updated or deleted one by one."""
    definition, given = context.graph.get(args["id"]), args["definition"]
    if definition is None or definition.type != "MetaobjectDefinition":
        return {"metaobjectDefinition": None, "userErrors": [_error(("id",), "Record not found", "RECORD_NOT_FOUND")]}
    rows, errors = _changed(definition, given)
    if errors:
        return {"metaobjectDefinition": None, "userErrors": errors}
    fields: dict[str, Any] = {name: given[name] for name in ("name", "description", "displayNameKey") if name in given}
    fields.update(_fields=rows, _capabilities=_capabilities(given, definition["_capabilities"] or {}))
    if given.get("access"):
        fields["_access"] = {**(definition["_access"] or {}), **_granted(given)}
    context.graph.update(definition.id, {**fields, "updatedAt": context.graph.now()})
    kept = {row["key"] for row in rows}
    for metaobject in context.graph.find("Metaobject", "type", definition["type"]):
        values = {key: value for key, value in metaobject["_values"].items() if key in kept}
        context.graph.update(metaobject.id, _values=values)
    return {"metaobjectDefinition": definition, "userErrors": []}


def delete(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Delete a definition and every metaobject of it."""
    definition = context.graph.get(args["id"])
    if definition is None or definition.type != "MetaobjectDefinition":
        return {"deletedId": None, "userErrors": [_error(("id",), "Record not found", "RECORD_NOT_FOUND")]}
    for metaobject in context.graph.find("Metaobject", "type", definition["type"]):
        context.graph.delete(metaobject.id)
        context.emit("metaobjects/delete", {"id": metaobject.id, "type": metaobject["type"]})
    context.graph.delete(definition.id)
    return {"deletedId": definition.id, "userErrors": []}


def _changed(definition: Node, given: Mapping[str, Any]) -> tuple[list[dict[str, Any]], Errors]:
    rows = {row["key"]: dict(row) for row in definition["_fields"]}
    errors: Errors = []
    for index, operation in enumerate(given.get("fieldDefinitions") or []):
        path = ("definition", "fieldDefinitions", str(index))
        name, row = next(((key, value) for key, value in operation.items() if value), ("create", None))
        if row is None:
            continue
        if name == "create":
            errors += _row_errors(row, (*path, "create"), list(rows.values()))
            rows[row["key"]] = field_row(row)
        elif row["key"] not in rows:
            message = f'Field definition "{row["key"]}" does not exist'
            errors.append(_error((*path, name, "key"), message, "UNDEFINED_OBJECT_FIELD"))
        elif name == "delete":
            del rows[row["key"]]
        else:
            rows[row["key"]].update({key: value for key, value in row.items() if value is not None})
    return list(rows.values()), errors


def _type_errors(context: Context, name: str) -> Errors:
    where = ("definition", "type")
    if not TYPE_LENGTHS[0] <= len(name) <= TYPE_LENGTHS[1]:
        short = len(name) < TYPE_LENGTHS[0]
        limit = TYPE_LENGTHS[0] if short else TYPE_LENGTHS[1]
        message = f"Type is too {'short (minimum' if short else 'long (maximum'} is {limit} characters)"
        return [_error(where, message, "TOO_SHORT" if short else "TOO_LONG")]
    if not _TYPE.match(name):
        return [_error(where, "Type contains one or more invalid characters.", "INVALID")]
    if definition_of(context.graph, name) is not None:
        return [_error(where, "Type has already been taken", "TAKEN")]
    return []


def _row_errors(row: Mapping[str, Any], path: tuple[str, ...], others: Sequence[Mapping[str, Any]]) -> Errors:
    key = row["key"]
    if not KEY_LENGTHS[0] <= len(key) <= KEY_LENGTHS[1]:
        short = len(key) < KEY_LENGTHS[0]
        limit = KEY_LENGTHS[0] if short else KEY_LENGTHS[1]
        message = f"Key is too {'short (minimum' if short else 'long (maximum'} is {limit} characters)"
        return [_error((*path, "key"), message, "TOO_SHORT" if short else "TOO_LONG")]
    if not _KEY.match(key):
        return [_error((*path, "key"), "Key contains one or more invalid characters.", "INVALID")]
    if any(other["key"] == key for other in others):
        return [_error((*path, "key"), f'Field "{key}" duplicates other inputs', "OBJECT_FIELD_TAKEN")]
    if row["type"] not in TYPE_NAMES:
        message = f'Type name "{row["type"]}" is not a valid type'
        return [_error((*path, "type"), message, "INVALID_TYPE")]
    return []


def _capabilities(given: Mapping[str, Any], held: Mapping[str, bool]) -> dict[str, bool]:
    wanted = given.get("capabilities") or {}
    return {
        name: bool(wanted[name].get("enabled")) if wanted.get(name) else bool(held.get(name)) for name in CAPABILITIES
    }


def _granted(given: Mapping[str, Any]) -> dict[str, str]:
    """Who may read and write; what is null stays as it is."""
    return {name: value for name, value in (given.get("access") or {}).items() if value is not None}


def _error(path: tuple[str, ...], message: str, code: str) -> dict[str, Any]:
    return {**user_error(path, message, code), "elementKey": None, "elementIndex": None}


MUTATIONS: dict[str, Mutation] = {
    "metaobjectDefinitionCreate": create,
    "metaobjectDefinitionDelete": delete,
    "metaobjectDefinitionUpdate": update,
}
