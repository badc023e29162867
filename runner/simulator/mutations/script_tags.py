"""Script tags: scripts that the online store loads. ``ScriptTag``: src, displayScope, cache, createdAt, updatedAt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from runner.simulator.contract import Context, user_error
from runner.simulator.graph import Node

Answer = Mapping[str, Any]


def create(context: Context, args: dict[str, Any]) -> Answer:
    """``scriptTagCreate``."""
    given = args["input"]
    problem = _problem(given.get("src"))
    if problem is not None:
        return {"scriptTag": None, "userErrors": [user_error(("src",), problem)]}
    now = context.graph.now()
    fields = {"displayScope": "ONLINE_STORE", "cache": False, **given, "createdAt": now, "updatedAt": now}
    return {"scriptTag": context.graph.create("ScriptTag", fields), "userErrors": []}


def update(context: Context, args: dict[str, Any]) -> Answer:
    """``scriptTagUpdate``."""
    tag, given = _find(context, args["id"]), args["input"]
    if tag is None:
        return {"scriptTag": None, "userErrors": [user_error(("id",), "Script tag does not exist")]}
    problem = _problem(given["src"]) if "src" in given else None
    if problem is not None:
        return {"scriptTag": None, "userErrors": [user_error(("src",), problem)]}
    context.graph.update(tag.id, {**given, "updatedAt": context.graph.now()})
    return {"scriptTag": tag, "userErrors": []}


def delete(context: Context, args: dict[str, Any]) -> Answer:
    """``scriptTagDelete``."""
    tag = _find(context, args["id"])
    if tag is None:
        return {"deletedScriptTagId": None, "userErrors": [user_error(("id",), "Script tag does not exist")]}
    context.graph.delete(tag.id)
    return {"deletedScriptTagId": tag.id, "userErrors": []}


def _problem(src: Any) -> str | None:
    if not src:
        return "Source can't be blank"
    parts = urlsplit(str(src))
    return None if parts.scheme == "https" and parts.netloc else "Source is invalid"


def _find(context: Context, node_id: str) -> Node | None:
    return context.graph.get(node_id, "ScriptTag")


MUTATIONS = {"scriptTagCreate": create, "scriptTagDelete": delete, "scriptTagUpdate": update}
