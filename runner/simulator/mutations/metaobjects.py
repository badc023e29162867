"""Metaobjects: made, changed, upserted by handle, deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runner.simulator.contract import Context, Mutation, user_error
from runner.simulator.families import jobs
from runner.simulator.families.metafield_values import value_error
from runner.simulator.families.metaobjects import by_handle, definition_of, display_name, full_type
from runner.simulator.families.rendering import shop_time
from runner.simulator.graph import Node
from runner.simulator.mutations.titles import handle_of

Errors = list[dict[str, Any]]


def create(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Add a metaobject. Sends ``metaobjects/create``."""
    given = args["metaobject"]
    definition = definition_of(context.graph, given["type"])
    if definition is None:
        message = f'No metaobject definition exists for type "{given["type"]}"'
        error = user_error(("metaobject", "type"), message, "UNDEFINED_OBJECT_TYPE")
        return {"metaobject": None, "userErrors": [_error(error)]}
    errors = _errors(context, definition, given, None)
    if errors:
        return {"metaobject": None, "userErrors": errors}
    return {"metaobject": _add(context, definition, given), "userErrors": []}


def update(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Change values, handle and status of a metaobject. Sends ``metaobjects/update``."""
    metaobject = _metaobject(context, args["id"])
    if metaobject is None:
        return {"metaobject": None, "userErrors": [_missing()]}
    errors = _change(context, metaobject, args["metaobject"])
    return {"metaobject": None if errors else metaobject, "userErrors": errors}


def upsert(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Change the metaobject of a type and handle, or add it."""
    handle, given = args["handle"], args["metaobject"]
    definition = definition_of(context.graph, handle["type"])
    if definition is None:
        message = f'No metaobject definition exists for type "{handle["type"]}"'
        error = user_error(("handle", "type"), message, "UNDEFINED_OBJECT_TYPE")
        return {"metaobject": None, "userErrors": [_error(error)]}
    known = by_handle(context.graph, handle["type"], handle["handle"])
    if known is not None:
        errors = _change(context, known, given)
        return {"metaobject": None if errors else known, "userErrors": errors}
    wanted = {"handle": handle["handle"], **given, "type": handle["type"]}
    errors = _errors(context, definition, wanted, None)
    if errors:
        return {"metaobject": None, "userErrors": errors}
    return {"metaobject": _add(context, definition, wanted), "userErrors": []}


def delete(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Delete a metaobject. Sends ``metaobjects/delete``."""
    metaobject = _metaobject(context, args["id"])
    if metaobject is None:
        return {"deletedId": None, "userErrors": [_missing()]}
    _remove(context, metaobject)
    return {"deletedId": metaobject.id, "userErrors": []}


def bulk_delete(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Delete those of ``where.ids`` or of ``where.type``, as a job."""
    where = args["where"]
    if where.get("type") is not None:
        found = context.graph.find("Metaobject", "type", full_type(where["type"]))
    else:
        ids = dict.fromkeys(where.get("ids") or [])
        found = [node for each in ids if (node := _metaobject(context, each)) is not None]
    for metaobject in found:
        _remove(context, metaobject)
    return {"job": jobs.started(context), "userErrors": []}


def _add(context: Context, definition: Node, given: Mapping[str, Any]) -> Node:
    now = context.graph.now()
    values = {row["key"]: row["value"] for row in given.get("fields") or []}
    publishable = (definition["_capabilities"] or {}).get("publishable")
    metaobject = context.graph.create(
        "Metaobject",
        {
            "type": definition["type"],
            "handle": _free_handle(context, definition, given, values),
            "_values": values,
            "_status": (_status(given) or "DRAFT") if publishable else None,
            "createdAt": now,
            "updatedAt": now,
        },
    )
    context.emit("metaobjects/create", _payload(metaobject, context))
    return metaobject


def _change(context: Context, metaobject: Node, given: Mapping[str, Any]) -> Errors:
    definition = definition_of(context.graph, metaobject["type"])
    errors = _errors(context, definition, given, metaobject) if definition is not None else [_missing()]
    if errors:
        return errors
    fields: dict[str, Any] = {
        "_values": {**metaobject["_values"], **{row["key"]: row["value"] for row in given.get("fields") or []}}
    }
    if given.get("handle"):
        fields["handle"] = handle_of(given["handle"])
    if _status(given) is not None:
        fields["_status"] = _status(given)
    context.graph.update(metaobject.id, {**fields, "updatedAt": context.graph.now()})
    context.emit("metaobjects/update", _payload(metaobject, context))
    return []


def _remove(context: Context, metaobject: Node) -> None:
    payload = {"id": metaobject.id, "type": metaobject["type"]}
    context.graph.delete(metaobject.id)
    context.emit("metaobjects/delete", payload)


def _free_handle(context: Context, definition: Node, given: Mapping[str, Any], values: Mapping[str, str]) -> str:
    """The handle given, else one of the name for display, else one of the type; with a number when it is taken."""
    text = given.get("handle") or values.get(definition["displayNameKey"] or "") or definition["type"]
    base = handle_of(str(text)) or "metaobject"
    handle, number = base, 0
    while by_handle(context.graph, definition["type"], handle) is not None:
        number += 1
        handle = f"{base}-{number}"
    return handle


def _errors(context: Context, definition: Node, given: Mapping[str, Any], metaobject: Node | None) -> Errors:
    errors: Errors = []
    known = {row["key"]: row for row in definition["_fields"]}
    rows: Sequence[Mapping[str, Any]] = given.get("fields") or []
    seen: set[str] = set()
    for index, row in enumerate(rows):
        path, key = ("metaobject", "fields", str(index)), row["key"]
        if key not in known:
            message = f'Field definition "{key}" does not exist'
            errors.append(_error(user_error(path, message, "UNDEFINED_OBJECT_FIELD"), key, index))
            continue
        if key in seen:
            message = f'Field "{key}" duplicates other inputs'
            errors.append(_error(user_error(path, message, "DUPLICATE_FIELD_INPUT"), key, index))
        seen.add(key)
        found = value_error(known[key]["type"], row["value"]) if row["value"] else None
        if found is not None:
            errors.append(_error(user_error((*path, "value"), found[1], "INVALID_VALUE"), key, index))
    held = dict(metaobject["_values"]) if metaobject is not None else {}
    held.update({row["key"]: row["value"] for row in rows})
    for key, row in known.items():
        if row.get("required") and not held.get(key):
            message = f"{row['name']} can't be blank"
            errors.append(_error(user_error(("metaobject",), message, "OBJECT_FIELD_REQUIRED"), key))
    if given.get("handle") and metaobject is not None:
        other = by_handle(context.graph, definition["type"], handle_of(given["handle"]))
        if other is not None and other is not metaobject:
            errors.append(_error(user_error(("metaobject", "handle"), "Handle has already been taken", "TAKEN")))
    if _status(given) is not None and not (definition["_capabilities"] or {}).get("publishable"):
        message = "Capability is not enabled on this definition"
        where = ("metaobject", "capabilities", "publishable")
        errors.append(_error(user_error(where, message, "CAPABILITY_NOT_ENABLED")))
    return errors


def _status(given: Mapping[str, Any]) -> str | None:
    return ((given.get("capabilities") or {}).get("publishable") or {}).get("status")


def _metaobject(context: Context, node_id: str) -> Node | None:
    return context.graph.get(node_id, "Metaobject")


def _missing() -> dict[str, Any]:
    return _error(user_error(("id",), "Record not found", "RECORD_NOT_FOUND"))


def _error(error: dict[str, Any], key: str | None = None, index: int | None = None) -> dict[str, Any]:
    return {**error, "elementKey": key, "elementIndex": index}


def _payload(metaobject: Node, context: Context) -> dict[str, Any]:
    return {
        "id": metaobject.id,
        "type": metaobject["type"],
        "handle": metaobject["handle"],
        "display_name": display_name(metaobject, context.graph),
        "fields": dict(metaobject["_values"]),
        "capabilities": {"publishable": {"status": metaobject["_status"]}} if metaobject["_status"] else {},
        "created_at": shop_time(metaobject["createdAt"], context),
        "updated_at": shop_time(metaobject["updatedAt"], context),
    }


MUTATIONS: dict[str, Mutation] = {
    "metaobjectBulkDelete": bulk_delete,
    "metaobjectCreate": create,
    "metaobjectDelete": delete,
    "metaobjectUpdate": update,
    "metaobjectUpsert": upsert,
}
