"""Script tags over REST."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, RestCall, RestReply, Route
from runner.simulator.families.rendering import shop_time
from runner.simulator.graph import Node
from runner.simulator.mutations import script_tags
from runner.simulator.rest.orders import refuse
from runner.simulator.rest.paging import fetch, filters, invalid, listing, one, within, wrapped


def render_script_tag(tag: Node, context: Context) -> dict[str, Any]:
    """A script tag."""
    return {
        "id": tag.number,
        "src": tag["src"],
        "event": "onload",
        "created_at": shop_time(tag["createdAt"], context),
        "updated_at": shop_time(tag["updatedAt"], context),
        "display_scope": tag["displayScope"].lower(),
        "cache": bool(tag["cache"]),
    }


def _chosen(context: Context, call: RestCall) -> list[Node]:
    asked = filters(call)
    return [
        tag
        for tag in context.graph.of_type("ScriptTag")
        if asked.get("src") in (None, tag["src"]) and within(tag, asked)
    ]


def index(context: Context, call: RestCall) -> RestReply:
    """Script tags that fit ``src`` and the times."""
    return listing("script_tags", _chosen(context, call), render_script_tag, context, call)


def count(context: Context, call: RestCall) -> RestReply:
    """How many script tags fit."""
    return RestReply(200, {"count": len(_chosen(context, call))})


def show(context: Context, call: RestCall) -> RestReply:
    """One script tag."""
    return one("script_tag", fetch(context, "ScriptTag", call.ids["id"]), render_script_tag, context, call)


def create(context: Context, call: RestCall) -> RestReply:
    """Add a script tag."""
    given = wrapped(call, "script_tag")
    if given.get("event") != "onload":
        raise invalid(event="is invalid" if given.get("event") else "can't be blank")
    answer = script_tags.create(context, {"input": _input(given)})
    refuse(answer)
    return one("script_tag", answer["scriptTag"], render_script_tag, context, call, 201)


def change(context: Context, call: RestCall) -> RestReply:
    """Change a script tag."""
    tag = fetch(context, "ScriptTag", call.ids["id"])
    refuse(script_tags.update(context, {"id": tag.id, "input": _input(wrapped(call, "script_tag"))}))
    return one("script_tag", tag, render_script_tag, context, call)


def delete(context: Context, call: RestCall) -> RestReply:
    """Take a script tag away."""
    context.graph.delete(fetch(context, "ScriptTag", call.ids["id"]).id)
    return RestReply(200, {})


def _input(given: Mapping[str, Any]) -> dict[str, Any]:
    wanted = {name: given[name] for name in ("src", "cache") if name in given}
    if given.get("display_scope"):
        wanted["displayScope"] = str(given["display_scope"]).upper()
    return wanted


_SCOPES = ("read_script_tags", "write_script_tags")
ROUTES = (
    Route("GET", "script_tags", index, _SCOPES[0]),
    Route("GET", "script_tags/count", count, _SCOPES[0]),
    Route("POST", "script_tags", create, _SCOPES[1]),
    Route("GET", "script_tags/{id}", show, _SCOPES[0]),
    Route("PUT", "script_tags/{id}", change, _SCOPES[1]),
    Route("DELETE", "script_tags/{id}", delete, _SCOPES[1]),
)
