"""``metafieldsSet`` (with compare-and-set by digest) and ``metafieldsDelete``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from runner.simulator.contract import Context, user_error
from runner.simulator.families.announcing import SAVED, announce_saved
from runner.simulator.families.metafield_values import value_error
from runner.simulator.families.metafields import OWNER_TYPES, digest, find_metafield, full_namespace
from runner.simulator.graph import Graph, Node

LIMIT = 25
"""Metafields a call (published)."""
_NAME = re.compile(r"[A-Za-z0-9_-]+\Z")
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
_NAMESPACE = re.compile(r"[$A-Za-z0-9_:-]+\Z")
Errors = list[dict[str, Any]]


def set_metafields(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Create or change metafields; nothing is kept when one of them is wrong."""
    rows = args["metafields"]
    if len(rows) > LIMIT:
        message = f"Exceeded the maximum metafields input limit of {LIMIT}."
        error = _error(("metafields",), message, "LESS_THAN_OR_EQUAL_TO", None)
        return {"metafields": None, "userErrors": [error]}
    found: list[Node] = []
    errors: Errors = []
    for index, row in enumerate(rows):
        problems = row_errors(context, row["ownerId"], row, ("metafields", str(index)), index)
        errors += problems
        if not problems:
            found.append(store(context, row["ownerId"], row))
    if errors:
        return {"metafields": None, "userErrors": errors}
    _tell_owners(context, [row["ownerId"] for row in rows])
    return {"metafields": found, "userErrors": []}


def set_inline(context: Context, owner: str, rows: Sequence[Mapping[str, Any]], path: Sequence[str]) -> Errors:
    """Set the metafields given inside another mutation's input; what is wrong with them, without codes' positions."""
    errors: Errors = []
    for index, row in enumerate(rows):
        problems = row_errors(context, owner, row, (*path, str(index)), index)
        errors += problems
        if not problems:
            store(context, owner, row)
    return errors


def delete_metafields(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Delete metafields by owner, namespace and key; null stands for one that did not exist."""
    deleted: list[dict[str, Any] | None] = []
    owners = []
    for row in args["metafields"]:
        node = find_metafield(context.graph, row["ownerId"], full_namespace(row["namespace"]), row["key"])
        if node is None:
            deleted.append(None)
            continue
        deleted.append({"ownerId": row["ownerId"], "namespace": node["namespace"], "key": node["key"]})
        owners.append(row["ownerId"])
        context.graph.delete(node.id)
    _tell_owners(context, owners)
    return {"deletedMetafields": deleted, "userErrors": []}


def by_name(graph: Graph, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A metafield given by its ``id`` with the namespace and key that it has; any other as it is."""
    known = graph.get(row.get("id"))
    if known is None or known.type != "Metafield":
        return row
    return {**row, "namespace": known["namespace"], "key": known["key"]}


def store(context: Context, owner: str, row: Mapping[str, Any]) -> Node:
    """Write one valid metafield (``namespace``, ``key``, ``type``, ``value``); the type may be the one it has."""
    graph, now, row = context.graph, context.graph.now(), by_name(context.graph, row)
    namespace = full_namespace(row.get("namespace"))
    known = find_metafield(graph, owner, namespace, row["key"])
    kind = row.get("type") or (known["type"] if known is not None else "single_line_text_field")
    if known is None:
        fields = {
            "_owner": owner,
            "ownerType": OWNER_TYPES[owner.split("/")[3]],
            "namespace": namespace,
            "key": row["key"],
            "type": kind,
            "value": row["value"],
            "createdAt": now,
            "updatedAt": now,
        }
        return graph.create("Metafield", fields)
    if known["value"] != row["value"] or known["type"] != kind:
        graph.update(known.id, value=row["value"], type=kind, updatedAt=now)
    return known


def row_errors(context: Context, owner_id: str, row: Mapping[str, Any], path: tuple[str, ...], index: int) -> Errors:
    """What is wrong with one metafield; ``path`` goes before the field's name, ``index`` is ``elementIndex``."""
    owner, row = context.graph.get(owner_id), by_name(context.graph, row)
    if owner is None or owner.type not in OWNER_TYPES:
        return [_error((*path, "ownerId"), "Owner does not exist.", "INVALID", index)]
    errors = _name_errors(row, path, index)
    known = None
    if not errors:
        known = find_metafield(context.graph, owner_id, full_namespace(row.get("namespace")), row["key"])
        errors += _compare_errors(known, row, path, index)
    kind = row.get("type") or (known["type"] if known is not None else None)
    if kind is None:
        errors.append(_error((*path, "type"), "Type can't be blank", "BLANK", index))
    elif not row.get("value"):
        errors.append(_error((*path, "value"), "Value can't be blank", "BLANK", index))
    else:
        found = value_error(kind, row["value"])
        if found is not None:
            field, message, code = found
            errors.append(_error((*path, field), message, code, index))
    return errors


def _name_errors(row: Mapping[str, Any], path: tuple[str, ...], index: int) -> Errors:
    if row.get("key") is None:
        return [_error((*path, "key"), "Key can't be blank", "BLANK", index)]
    errors = []
    key, namespace = row["key"], row.get("namespace")
    for name, text, low, high, form in (
        ("key", key, 2, 64, _NAME),
        ("namespace", namespace, 3, 255, _NAMESPACE),
    ):
        if text is None:
            continue
        label = name.capitalize()
        if len(text) < low:
            message = f"{label} is too short (minimum is {low} characters)"
            errors.append(_error((*path, name), message, "TOO_SHORT", index))
        elif len(text) > high:
            message = f"{label} is too long (maximum is {high} characters)"
            errors.append(_error((*path, name), message, "TOO_LONG", index))
        elif not form.match(text):
            message = f"{label} contains one or more invalid characters."
            errors.append(_error((*path, name), message, "INVALID", index))
    return errors


def _compare_errors(known: Node | None, row: Mapping[str, Any], path: tuple[str, ...], index: int) -> Errors:
    """Compare-and-set: an absent digest opts out, null means "must not exist yet" (published)."""
    if "compareDigest" not in row:
        return []
    wanted = row["compareDigest"]
    where = (*path, "compareDigest")
    if wanted is not None and not _DIGEST.match(wanted):
        return [_error(where, "The compareDigest is invalid.", "INVALID_COMPARE_DIGEST", index)]
    if wanted == (digest(known) if known is not None else None):
        return []
    return [_error(where, "The metafield has been modified since it was loaded.", "STALE_OBJECT", index)]


def _error(path: Sequence[str], message: str, code: str, index: int | None) -> dict[str, Any]:
    return {**user_error(path, message, code), "elementIndex": index}


def _tell_owners(context: Context, owners: Sequence[str]) -> None:
    """An owner whose metafields changed was saved: its time and its webhook, once each."""
    for owner_id in dict.fromkeys(owners):
        owner = context.graph.get(owner_id)
        if owner is not None and owner.type in SAVED:
            context.graph.touch(owner.id)
            announce_saved(context, owner)


MUTATIONS = {"metafieldsSet": set_metafields, "metafieldsDelete": delete_metafields}
