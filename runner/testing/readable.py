"""What came of a case, in a form that a review can read, and that is the same each time.

GraphQL becomes a list of lines, other texts of several lines a ``{"lines": […]}``. What is very long is shortened in
the middle; the digest that stands there instead changes whenever any of it does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from runner.model.json import canonical
from runner.shopify.usage import CallRecord

MOST_ITEMS = 40
"""Members that a list or hash may have before its middle is left out."""
MOST_LINES = 200
"""The same for lists that hold only texts: GraphQL, calls, changes."""
LONGEST_TEXT = 800
"""Characters that a line may have before its middle is left out."""
_KEPT_ITEMS = 3
_KEPT_TEXT = 240
_DIGEST = 16


def readable(document: Mapping[str, Any], replaced: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The document of a snapshot. ``replaced``: texts that differ each time, such as a port -> what to show instead."""
    result: dict[str, Any] = _plain(_graphql_in_lines(document), replaced or {})
    return result


def _graphql_in_lines(document: Mapping[str, Any]) -> dict[str, Any]:
    """A rendering, and those of its follow-ups, with GraphQL as lists of lines."""
    found = dict(document)
    if "queries" in found:
        found["queries"] = [graphql_lines(query) for query in found["queries"]]
    if "actions" in found:
        found["actions"] = [{**action, "options": action_options(action)} for action in found["actions"]]
    if "followups" in found:
        found["followups"] = [_graphql_in_lines(each) for each in found["followups"]]
    return found


def action_options(action: Mapping[str, Any]) -> Any:
    """The options of an action; the GraphQL of a shopify action as lines, in both of its forms."""
    options = action.get("options")
    if action.get("type") != "shopify":
        return options
    if isinstance(options, str):
        return graphql_lines(options)
    if isinstance(options, Mapping) and isinstance(options.get("query"), str):
        return {**options, "query": graphql_lines(options["query"])}
    return options


def graphql_lines(text: str) -> list[str]:
    """The text line by line, nothing left out."""
    return text.split("\n")


def call_lines(calls: Iterable[CallRecord]) -> list[str]:
    """``mutation inventorySetQuantities: 200, 10 points``: each exchange with the shop."""
    return [_call_line(call) for call in calls]


def _call_line(call: CallRecord) -> str:
    parts = ["no reply" if call.status is None else str(call.status)]
    if call.cost is not None:
        parts.append(f"{call.cost:g} points")
    if call.outcome != "ok":
        parts.append(call.outcome)
    return f"{call.request}: {', '.join(parts)}"


def _plain(value: Any, replaced: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _text(value, replaced)
    if isinstance(value, Mapping):
        return _hash({str(key): _plain(member, replaced) for key, member in value.items()})
    if isinstance(value, Sequence):
        return _list([_plain(member, replaced) for member in value])
    return value


def _text(text: str, replaced: Mapping[str, str]) -> Any:
    for found, stand_in in replaced.items():
        text = text.replace(found, stand_in)
    if "\n" in text:
        return {"lines": _list([_line(line) for line in text.split("\n")])}
    return _line(text)


def _line(text: str) -> str:
    if len(text) <= LONGEST_TEXT:
        return text
    left_out = len(text) - 2 * _KEPT_TEXT
    return f"{text[:_KEPT_TEXT]} … {left_out} characters, {_digest(text)} … {text[-_KEPT_TEXT:]}"


def _list(members: list[Any]) -> list[Any]:
    most = MOST_LINES if all(isinstance(member, str) for member in members) else MOST_ITEMS
    if len(members) <= most:
        return members
    note = f"… {len(members) - 2 * _KEPT_ITEMS} more, {_digest(members)} …"
    return [*members[:_KEPT_ITEMS], note, *members[-_KEPT_ITEMS:]]


def _hash(members: dict[str, Any]) -> dict[str, Any]:
    if len(members) <= MOST_ITEMS:
        return members
    pairs = list(members.items())
    note = f"… {len(members) - 2 * _KEPT_ITEMS} more"
    return dict([*pairs[:_KEPT_ITEMS], (note, _digest(members)), *pairs[-_KEPT_ITEMS:]])


def _digest(value: Any) -> str:
    """The order of a hash does not count in JSON, but it does in what an action does: so it does here."""
    ordered = [list(pair) for pair in value.items()] if isinstance(value, Mapping) else value
    text = canonical(ordered)
    return f"sha256 {hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:_DIGEST]}"
