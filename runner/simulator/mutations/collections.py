"""``collectionCreate``, ``collectionUpdate``, ``collectionDelete``, ``collectionDuplicate``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runner.simulator.contract import Context, Refusal, user_error
from runner.simulator.families import jobs
from runner.simulator.families.announcing import announce_saved
from runner.simulator.families.collection_rules import RELATIONS
from runner.simulator.families.collections import render_collection
from runner.simulator.families.events import note_event
from runner.simulator.graph import Node, type_of
from runner.simulator.mutations.metafields import set_inline
from runner.simulator.mutations.titles import free_handle, handle_of, title_errors

_PLAIN = ("title", "descriptionHtml", "sortOrder", "templateSuffix", "seo")
Errors = list[dict[str, Any]]


def create(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Add a collection, manual unless it has rules. Sends ``collections/create``."""
    given = args["input"]
    errors = [user_error(("id",), "Id can't be given for a new collection")] if given.get("id") else []
    if "title" not in given:
        errors.append(user_error(("title",), "Title can't be blank"))
    errors += _errors(context, given, None)
    if errors:
        return _refused(*errors)
    collection = add_collection(context, given)
    errors = set_inline(context, collection.id, given.get("metafields") or [], ("metafields",))
    if errors:
        return _refused(*errors)
    note_event(context, collection, "create", f"created this collection: {collection['title']}.")
    context.emit("collections/create", render_collection(collection, context))
    return {"collection": collection, "userErrors": []}


def add_collection(context: Context, given: Mapping[str, Any]) -> Node:
    """Store a new collection of an input that was found good. It is in no publication yet; nothing is sent."""
    now = context.graph.now()
    return context.graph.create(
        "Collection",
        {
            "descriptionHtml": "",
            "sortOrder": "BEST_SELLING",
            "templateSuffix": None,
            "seo": None,
            "_image": None,
            "_rules": None,
            "_products": list(dict.fromkeys(given.get("products") or [])),
            "publishedAt": None,
            **_fields(given),
            "handle": free_handle(context, "Collection", given.get("handle") or given["title"]),
            "createdAt": now,
            "updatedAt": now,
        },
    )


def update(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Change a collection. Sends ``collections/update``; with new rules a job finds the products."""
    given = args["input"]
    collection = find_collection(context, given.get("id"))
    if collection is None:
        return {**_refused(user_error(("id",), "Collection does not exist")), "job": None}
    errors = _errors(context, given, collection)
    errors = errors or set_inline(context, collection.id, given.get("metafields") or [], ("metafields",))
    if errors:
        return {**_refused(*errors), "job": None}
    fields = _fields(given)
    if given.get("handle"):
        fields["handle"] = handle_of(given["handle"])
    save(context, collection, fields)
    job = jobs.started(context) if given.get("ruleSet") else None
    return {"collection": collection, "job": job, "userErrors": []}


def save(context: Context, collection: Node, fields: Mapping[str, Any]) -> Node:
    """Store ``fields``, bump ``updatedAt`` and send ``collections/update``."""
    context.graph.update(collection.id, {**fields, "updatedAt": context.graph.now()})
    announce_saved(context, collection)
    return collection


def delete(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Delete a collection; its products stay. Sends ``collections/delete``."""
    collection = find_collection(context, args["input"]["id"])
    if collection is None:
        error = user_error(("id",), "Collection does not exist")
        return {"deletedCollectionId": None, "shop": context.shop, "userErrors": [error]}
    remove_collection(context, collection)
    return {"deletedCollectionId": collection.id, "shop": context.shop, "userErrors": []}


def remove_collection(context: Context, collection: Node) -> None:
    """Take a collection and its metafields away, and send ``collections/delete``."""
    for metafield in context.graph.find("Metafield", "_owner", collection.id):
        context.graph.delete(metafield.id)
    context.graph.delete(collection.id)
    payload = {"id": collection.number, "published_scope": "global", "admin_graphql_api_id": collection.id}
    context.emit("collections/delete", payload)


def duplicate(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Copy a collection with its products under a new title."""
    given = args["input"]
    collection = find_collection(context, given["collectionId"])
    if collection is None:
        error = user_error(("input", "collectionId"), "Collection does not exist", "COLLECTION_NOT_FOUND")
        return {"collection": None, "job": None, "userErrors": [error]}
    errors = _errors(context, {"title": given["newTitle"]}, None)
    if errors:
        errors = [{**each, "code": None} for each in errors]
        return {"collection": None, "job": None, "userErrors": errors}
    copied = {name: value for name, value in collection.fields.items() if name not in ("createdAt", "updatedAt")}
    if not given.get("copyPublications"):
        copied.update(publishedAt=None, _publications={})
    now = context.graph.now()
    title = given["newTitle"]
    names = {"title": title, "handle": free_handle(context, "Collection", title), "createdAt": now, "updatedAt": now}
    copy = context.graph.create("Collection", {**copied, **names})
    context.emit("collections/create", render_collection(copy, context))
    return {"collection": copy, "job": jobs.started(context), "userErrors": []}


def find_collection(context: Context, node_id: str | None) -> Node | None:
    """The collection of a gid; ``Refusal`` for the gid of something else."""
    if node_id is not None and type_of(node_id) != "Collection":
        raise Refusal(f"Invalid id: {node_id}", "RESOURCE_NOT_FOUND")
    return context.graph.get(node_id)


def _fields(given: Mapping[str, Any]) -> dict[str, Any]:
    fields = {name: given[name] for name in _PLAIN if name in given}
    if given.get("ruleSet"):
        rules = given["ruleSet"]
        fields["_rules"] = {
            "appliedDisjunctively": rules["appliedDisjunctively"],
            "rules": [{"conditionObjectId": None, **rule} for rule in rules.get("rules") or []],
        }
    if given.get("image"):
        source = given["image"].get("src")
        fields["_image"] = {"id": None, "url": source, "altText": given["image"].get("altText")} if source else None
    return fields


def _errors(context: Context, given: Mapping[str, Any], collection: Node | None) -> Errors:
    errors: Errors = title_errors(given)
    if given.get("handle") and collection is not None:
        other = context.graph.first("Collection", "handle", handle_of(given["handle"]))
        if other is not None and other is not collection:
            errors.append(user_error(("handle",), "Handle has already been taken"))
    if given.get("ruleSet"):
        if collection is not None and collection["_rules"] is None:
            message = "Cannot update rule set of a custom collection"
            errors.append(user_error(("ruleSet",), message))
        errors += _rule_errors(context, given["ruleSet"].get("rules") or [])
    errors += _product_errors(context, given)
    return errors


def _rule_errors(context: Context, rules: Sequence[Mapping[str, Any]]) -> Errors:
    errors: Errors = []
    if not rules:
        errors.append(user_error(("ruleSet", "rules"), "Rules can't be blank"))
    for index, rule in enumerate(rules):
        path = ("ruleSet", "rules", str(index))
        if rule["relation"] not in RELATIONS.get(rule["column"], ()):
            message = f"Relation {rule['relation']} is not allowed for column {rule['column']}"
            errors.append(user_error((*path, "relation"), message))
        if not rule["condition"].strip() and rule["relation"] not in ("IS_SET", "IS_NOT_SET"):
            errors.append(user_error((*path, "condition"), "Condition can't be blank"))
        if rule["column"].endswith("METAFIELD_DEFINITION"):
            definition = context.graph.get(rule.get("conditionObjectId"))
            if definition is None or definition.type != "MetafieldDefinition":
                message = "Condition object must be a metafield definition"
                errors.append(user_error((*path, "conditionObjectId"), message))
    return errors


def _product_errors(context: Context, given: Mapping[str, Any]) -> Errors:
    products = given.get("products") or []
    if products and given.get("ruleSet"):
        return [user_error(("products",), "Products can't be given for a smart collection")]
    for index, node_id in enumerate(products):
        node = context.graph.get(node_id)
        if node is None or node.type != "Product":
            return [user_error(("products", str(index)), "Product does not exist")]
    return []


def _refused(*errors: dict[str, Any]) -> dict[str, Any]:
    return {"collection": None, "userErrors": list(errors)}


MUTATIONS = {
    "collectionCreate": create,
    "collectionDelete": delete,
    "collectionDuplicate": duplicate,
    "collectionUpdate": update,
}
