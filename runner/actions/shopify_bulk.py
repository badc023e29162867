"""Bulk operations that a shopify action started, found in its reply (actions.md 4.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from runner.actions.shopify_graphql import mutation_fields

_STARTERS = {"bulkOperationRunQuery": "QUERY", "bulkOperationRunMutation": "MUTATION"}
_GID = "gid://shopify/BulkOperation/"


@dataclass(frozen=True, slots=True)
class Started:
    """A bulk operation that a mutation started: ``QUERY`` or ``MUTATION``; its id is None when none was asked for."""

    kind: str
    operation_id: str | None


def started(document: str, data: Any) -> tuple[Started, ...]:
    """The bulk operations that ``document`` started, by the ``data`` of its reply, whatever names it gives to fields.

    An operation counts as started when its payload has no user errors. At most one of each kind has no id.
    """
    if "bulkOperationRun" not in document or not isinstance(data, Mapping):
        return ()
    found = []
    for key, kind in _starters(document):
        payload = data.get(key)
        if not isinstance(payload, Mapping) or any(isinstance(value, list) and value for value in payload.values()):
            continue
        objects = [value for value in payload.values() if isinstance(value, Mapping)]
        ids = [text for each in objects for text in each.values() if isinstance(text, str) and text.startswith(_GID)]
        if ids or objects or None not in payload.values():
            found.append(Started(kind, ids[0] if ids else None))
    return tuple(dict.fromkeys(found))


def _starters(document: str) -> list[tuple[str, str]]:
    """(name in the reply, kind of operation) of the root fields that start one, those behind fragments included."""
    from graphql import GraphQLSyntaxError, parse

    try:
        parsed = parse(document, no_location=True)
    except GraphQLSyntaxError:
        return []
    return [
        (field.alias.value if field.alias else field.name.value, _STARTERS[field.name.value])
        for field in mutation_fields(parsed)
        if field.name.value in _STARTERS
    ]
