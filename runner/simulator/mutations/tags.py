"""``tagsAdd`` and ``tagsRemove``, for everything in the graph that has tags."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from runner.simulator.contract import Context, Refusal, user_error
from runner.simulator.families.announcing import announce_saved
from runner.simulator.families.customers import announce_tags
from runner.simulator.graph import Node, type_of

TAGGABLE = {
    "Article": 250,
    "Customer": 250,
    "DiscountAutomaticNode": 250,
    "DiscountCodeNode": 250,
    "DiscountNode": 250,
    "DraftOrder": 250,
    "Order": 250,
    "Product": 250,
}
"""Types with tags, and how many each may have."""
TAG_LENGTH = 255
SHORT_TAG_LENGTH = 40
"""Of orders and draft orders."""


def add(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Add tags; those it has already, in whatever case, stay as they are."""
    node, errors = _owner(context, args["id"])
    if node is None:
        return {"node": None, "userErrors": errors}
    wanted = split_tags(args["tags"])
    limit = SHORT_TAG_LENGTH if node.type in ("Order", "DraftOrder") else TAG_LENGTH
    if any(len(tag) > limit for tag in wanted):
        message = f"Tags are too long (maximum is {limit} characters)"
        return {"node": None, "userErrors": [user_error(("tags",), message)]}
    present: list[str] = list(node["tags"] or [])
    known = {tag.casefold() for tag in present}
    new = [tag for tag in wanted if tag.casefold() not in known]
    if len(present) + len(new) > TAGGABLE[node.type]:
        message = f"Tags can't have more than {TAGGABLE[node.type]} values"
        return {"node": None, "userErrors": [user_error(("tags",), message)]}
    _write(context, node, [*present, *new])
    return {"node": node, "userErrors": []}


def remove(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Take tags away, compared without case; those it does not have do not matter."""
    node, errors = _owner(context, args["id"])
    if node is None:
        return {"node": None, "userErrors": errors}
    unwanted = {tag.casefold() for tag in split_tags(args["tags"])}
    _write(context, node, [tag for tag in node["tags"] or [] if tag.casefold() not in unwanted])
    return {"node": node, "userErrors": []}


def split_tags(given: Iterable[str]) -> list[str]:
    """Tags as given, each text possibly several with commas: trimmed, blanks dropped, the first of equal ones kept."""
    found: dict[str, str] = {}
    for text in given:
        for part in text.split(","):
            tag = part.strip()
            if tag:
                found.setdefault(tag.casefold(), tag)
    return list(found.values())


def _owner(context: Context, node_id: str) -> tuple[Node | None, list[dict[str, Any]]]:
    """The object to tag. A type without tags is refused as a whole: ``Invalid id`` (seen)."""
    kind = type_of(node_id)
    if kind not in TAGGABLE:
        raise Refusal(f"Invalid id: {node_id}", "RESOURCE_NOT_FOUND")
    node = context.graph.get(node_id)
    if node is None:
        return None, [user_error(("id",), f"{kind} does not exist")]
    return node, []


def _write(context: Context, node: Node, tags: Sequence[str]) -> None:
    ordered = sorted(tags, key=str.casefold)
    if ordered == list(node["tags"] or []):
        return
    before = list(node["tags"] or [])
    context.graph.update(node.id, tags=ordered, updatedAt=context.graph.now())
    announce_saved(context, node)
    if node.type == "Customer":
        announce_tags(context, node, before)


MUTATIONS = {"tagsAdd": add, "tagsRemove": remove}
