"""Themes over REST, and their files as assets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, RestCall, RestError, RestReply, Route
from runner.simulator.families.rendering import shop_time
from runner.simulator.families.themes import (
    content_type,
    file_object,
    files_of,
    find_file,
    publish,
    render_theme,
    write_file,
)
from runner.simulator.graph import Node
from runner.simulator.mutations.themes import create as create_theme
from runner.simulator.mutations.themes import delete as delete_theme
from runner.simulator.mutations.themes import update as update_theme
from runner.simulator.rest.paging import fetch, missing, not_found, one, wrapped

_ROLES = ("main", "unpublished", "development", "demo")


def index(context: Context, call: RestCall) -> RestReply:
    """All themes; ``role`` narrows them."""
    role = call.query.get("role", "").upper()
    found = [node for node in context.graph.of_type("OnlineStoreTheme") if role in ("", node["role"])]
    return RestReply(200, {"themes": [render_theme(node, context) for node in found]})


def show(context: Context, call: RestCall) -> RestReply:
    """One theme."""
    return one("theme", _theme(context, call), render_theme, context, call)


def create(context: Context, call: RestCall) -> RestReply:
    """Add a theme."""
    given = wrapped(call, "theme")
    role = str(given.get("role", "unpublished")).lower()
    if role not in _ROLES:
        raise RestError(422, {"role": ["is not included in the list"]})
    answer = create_theme(context, {"name": given.get("name"), "source": given.get("src") or "theme"})
    if role == "main":
        publish(context, answer["theme"])
    return one("theme", answer["theme"], render_theme, context, call, 201)


def change(context: Context, call: RestCall) -> RestReply:
    """Rename a theme, or publish it: ``{"role": "main"}``."""
    theme, given = _theme(context, call), wrapped(call, "theme")
    if "name" in given:
        answer = update_theme(context, {"id": theme.id, "input": {"name": given["name"]}})
        if answer["userErrors"]:
            raise RestError(422, {"name": [error["message"] for error in answer["userErrors"]]})
    role = str(given.get("role", theme["role"])).lower()
    if role not in _ROLES:
        raise RestError(422, {"role": ["is not included in the list"]})
    if role == "main" and theme["role"] != "MAIN":
        publish(context, theme)
    return one("theme", theme, render_theme, context, call)


def delete(context: Context, call: RestCall) -> RestReply:
    """Delete a theme that is not published."""
    theme = _theme(context, call)
    if delete_theme(context, {"id": theme.id})["userErrors"]:
        raise RestError(403, {"base": ["The published theme can't be deleted."]})
    return RestReply(200, render_theme(theme, context))


def assets(context: Context, call: RestCall) -> RestReply:
    """The files of a theme without content, or the one of ``asset[key]`` with it."""
    theme, key = _theme(context, call), call.query.get("asset[key]")
    if key is None:
        rows = [_asset(file, theme, context) for file in files_of(context.graph, theme)]
        return RestReply(200, {"assets": rows})
    return RestReply(200, {"asset": {**_asset(_file(context, theme, key), theme, context, whole=True)}})


def write_asset(context: Context, call: RestCall) -> RestReply:
    """Create or replace a file: by ``value``, ``attachment`` (base64) or as a copy of ``source_key``."""
    theme, given = _theme(context, call), wrapped(call, "asset")
    if not given.get("key"):
        raise missing("key")
    text, encoded = given.get("value"), given.get("attachment")
    if given.get("source_key"):
        source = _file(context, theme, given["source_key"])
        text, encoded = source["_text"], source["_base64"]
    if text is None and encoded is None:
        raise RestError(422, {"asset": ["a value, an attachment or a source_key is required"]})
    file = write_file(context.graph, theme, given["key"], text, encoded)
    context.graph.touch(theme.id)
    context.emit("themes/update", render_theme(theme, context))
    return RestReply(200, {"asset": _asset(file, theme, context)})


def delete_asset(context: Context, call: RestCall) -> RestReply:
    """Delete the file of ``asset[key]``."""
    theme, key = _theme(context, call), call.query.get("asset[key]")
    if key is None:
        raise missing("asset[key]")
    context.graph.delete(_file(context, theme, key).id)
    return RestReply(200, {"message": f"{key} was successfully deleted"})


def _asset(file: Node, theme: Node, context: Context, *, whole: bool = False) -> dict[str, Any]:
    shown: Mapping[str, Any] = file_object(file)
    row = {
        "key": shown["filename"],
        "public_url": None,
        "created_at": shop_time(file["createdAt"], context),
        "updated_at": shop_time(file["updatedAt"], context),
        "content_type": content_type(file),
        "size": int(shown["size"]),
        "checksum": shown["checksumMd5"],
        "theme_id": theme.number,
    }
    if whole:
        row.update({"attachment": file["_base64"]} if file["_base64"] else {"value": file["_text"]})
    return row


def _file(context: Context, theme: Node, key: str) -> Node:
    file = find_file(context.graph, theme, key)
    if file is None:
        raise not_found()
    return file


def _theme(context: Context, call: RestCall) -> Node:
    return fetch(context, "OnlineStoreTheme", call.ids["id"])


ROUTES = (
    Route("GET", "themes", index, "read_themes"),
    Route("POST", "themes", create, "write_themes"),
    Route("GET", "themes/{id}", show, "read_themes"),
    Route("PUT", "themes/{id}", change, "write_themes"),
    Route("DELETE", "themes/{id}", delete, "write_themes"),
    Route("GET", "themes/{id}/assets", assets, "read_themes"),
    Route("PUT", "themes/{id}/assets", write_asset, "write_themes"),
    Route("DELETE", "themes/{id}/assets", delete_asset, "write_themes"),
)
