"""Definitions of metafields: made, changed, pinned, deleted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from runner.simulator.contract import Context, Mutation, user_error
from runner.simulator.families import jobs
from runner.simulator.families.definitions import CAPABILITIES, find_definition, metafields_of
from runner.simulator.families.metafield_values import TYPE_NAMES
from runner.simulator.families.metafields import full_namespace
from runner.simulator.families.rendering import shop_time
from runner.simulator.graph import Node

PINNED_LIMIT = 20
"""Pinned definitions of one owner type (published)."""
_FORM = re.compile(r"[A-Za-z0-9_-]+\Z")
Errors = list[dict[str, Any]]


def create(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Add a definition. Sends ``metafield_definitions/create``."""
    given = args["definition"]
    errors = _errors(context, given)
    if errors:
        return {"createdDefinition": None, "userErrors": errors}
    capabilities = _capabilities(given, {})
    definition = context.graph.create(
        "MetafieldDefinition",
        {
            "name": given["name"],
            "namespace": full_namespace(given.get("namespace")),
            "key": given["key"],
            "ownerType": given["ownerType"],
            "description": given.get("description"),
            "_type": given["type"],
            "_validations": [dict(each) for each in given.get("validations") or []],
            "pinnedPosition": _next_pin(context, given["ownerType"]) if given.get("pin") else None,
            "_capabilities": capabilities,
            "_access": {name: value for name, value in (given.get("access") or {}).items() if value is not None},
            "createdAt": context.graph.now(),
            "updatedAt": context.graph.now(),
        },
    )
    context.emit("metafield_definitions/create", _payload(definition, context))
    return {"createdDefinition": definition, "userErrors": []}


def update(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Change a definition's name, description, validations and capabilities; its type stays."""
    given = args["definition"]
    definition = _by_identifier(context, given)
    if definition is None:
        error = user_error(("definition",), "Definition not found.", "NOT_FOUND")
        return {"updatedDefinition": None, "userErrors": [error]}
    if "name" in given and not (given["name"] or "").strip():
        error = user_error(("definition", "name"), "Name can't be blank", "BLANK")
        return {"updatedDefinition": None, "userErrors": [error]}
    fields = {name: given[name] for name in ("name", "description") if name in given}
    if given.get("validations") is not None:
        fields["_validations"] = [dict(each) for each in given["validations"]]
    fields["_capabilities"] = _capabilities(given, definition["_capabilities"] or {})
    if given.get("access"):
        fields["_access"] = {**(definition["_access"] or {}), **given["access"]}
    if "pin" in given:
        pinned = definition["pinnedPosition"] or _next_pin(context, definition["ownerType"])
        fields["pinnedPosition"] = pinned if given["pin"] else None
    context.graph.update(definition.id, {**fields, "updatedAt": context.graph.now()})
    context.emit("metafield_definitions/update", _payload(definition, context))
    job = jobs.started(context) if given.get("validations") is not None else None
    return {"updatedDefinition": definition, "validationJob": job, "userErrors": []}


def delete(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Delete a definition, its metafields too when that is asked for."""
    definition = _named(context, args, "id")
    if definition is None:
        error = user_error(("id",), "Definition not found.", "NOT_FOUND")
        return {"deletedDefinition": None, "deletedDefinitionId": None, "userErrors": [error]}
    if _in_use(context, definition):
        message = "Definition is used as a condition of a smart collection."
        error = user_error(("id",), message, "METAFIELD_DEFINITION_IN_USE")
        return {"deletedDefinition": None, "deletedDefinitionId": None, "userErrors": [error]}
    if args.get("deleteAllAssociatedMetafields"):
        for metafield in metafields_of(context.graph, definition):
            context.graph.delete(metafield.id)
    context.graph.delete(definition.id)
    identity = {name: definition[name] for name in ("ownerType", "namespace", "key")}
    context.emit("metafield_definitions/delete", _payload(definition, context))
    return {"deletedDefinition": identity, "deletedDefinitionId": definition.id, "userErrors": []}


def _pin(payload: str, pinned: bool) -> Mutation:
    def call(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
        definition = _named(context, args, "definitionId")
        if definition is None:
            return {payload: None, "userErrors": [user_error(("definitionId",), "Definition not found.", "NOT_FOUND")]}
        if pinned is (definition["pinnedPosition"] is not None):
            message = f"Definition is {'already' if pinned else 'not'} pinned."
            error = user_error(("definitionId",), message, "ALREADY_PINNED" if pinned else "NOT_PINNED")
            return {payload: None, "userErrors": [error]}
        position = _next_pin(context, definition["ownerType"]) if pinned else None
        context.graph.update(definition.id, pinnedPosition=position)
        return {payload: definition, "userErrors": []}

    return call


def _errors(context: Context, given: Mapping[str, Any]) -> Errors:
    errors: Errors = []
    namespace = given.get("namespace")
    for name, text, low, high in (
        ("name", given["name"], 1, 255),
        ("key", given["key"], 2, 64),
        ("namespace", namespace, 3, 255),
    ):
        if text is None:
            continue
        label, where = name.capitalize(), ("definition", name)
        if not text.strip():
            errors.append(user_error(where, f"{label} can't be blank", "BLANK"))
        elif len(text) < low:
            errors.append(user_error(where, f"{label} is too short (minimum is {low} characters)", "TOO_SHORT"))
        elif len(text) > high:
            errors.append(user_error(where, f"{label} is too long (maximum is {high} characters)", "TOO_LONG"))
        elif name != "name" and not _FORM.match(text.removeprefix("$app").removeprefix(":") or "x"):
            errors.append(user_error(where, f"{label} contains one or more invalid characters.", "INVALID_CHARACTER"))
    if given["type"] not in TYPE_NAMES:
        message = f"Type name {given['type']} is not a valid type. Valid types are: {', '.join(TYPE_NAMES)}."
        errors.append(user_error(("definition", "type"), message, "INCLUSION"))
    if not errors and _by_identifier(context, given) is not None:
        message = f"Key is in use for {given['ownerType'].capitalize()} metafields on the '{namespace}' namespace."
        errors.append(user_error(("definition", "key"), message, "TAKEN"))
    if given.get("pin") and _next_pin(context, given["ownerType"]) > PINNED_LIMIT:
        message = f"Limit of {PINNED_LIMIT} pinned definitions."
        errors.append(user_error(("definition",), message, "PINNED_LIMIT_REACHED"))
    return errors


def _capabilities(given: Mapping[str, Any], held: Mapping[str, bool]) -> dict[str, bool]:
    wanted = given.get("capabilities") or {}
    found = {name: bool(held.get(name)) for name in CAPABILITIES}
    for name in CAPABILITIES:
        if wanted.get(name) is not None:
            found[name] = bool(wanted[name].get("enabled"))
    if given.get("useAsCollectionCondition") is not None:
        found["smartCollectionCondition"] = bool(given["useAsCollectionCondition"])
    return found


def _named(context: Context, args: Mapping[str, Any], name: str) -> Node | None:
    if args.get(name) is not None:
        return context.graph.get(args[name], "MetafieldDefinition")
    return _by_identifier(context, args["identifier"]) if args.get("identifier") else None


def _by_identifier(context: Context, given: Mapping[str, Any]) -> Node | None:
    return find_definition(context.graph, given["ownerType"], full_namespace(given.get("namespace")), given["key"])


def _next_pin(context: Context, owner_type: str) -> int:
    pinned: Sequence[int] = [
        node["pinnedPosition"]
        for node in context.graph.of_type("MetafieldDefinition")
        if node["ownerType"] == owner_type and node["pinnedPosition"] is not None
    ]
    return max(pinned, default=0) + 1


def _in_use(context: Context, definition: Node) -> bool:
    return any(
        rule.get("conditionObjectId") == definition.id
        for collection in context.graph.of_type("Collection")
        for rule in (collection["_rules"] or {"rules": []})["rules"]
    )


def _payload(definition: Node, context: Context) -> dict[str, Any]:
    return {
        "id": definition.number,
        "admin_graphql_api_id": definition.id,
        "name": definition["name"],
        "namespace": definition["namespace"],
        "key": definition["key"],
        "description": definition["description"],
        "owner_type": definition["ownerType"],
        "type": {"name": definition["_type"]},
        "created_at": shop_time(definition["createdAt"], context),
        "updated_at": shop_time(definition["updatedAt"], context),
    }


MUTATIONS: dict[str, Mutation] = {
    "metafieldDefinitionCreate": create,
    "metafieldDefinitionDelete": delete,
    "metafieldDefinitionPin": _pin("pinnedDefinition", True),
    "metafieldDefinitionUnpin": _pin("unpinnedDefinition", False),
    "metafieldDefinitionUpdate": update,
}
