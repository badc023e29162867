"""Themes and their files.

``OnlineStoreTheme``: name, role, createdAt, updatedAt. ``ThemeFile`` (a type of the simulator's own): ``_theme``,
``_key`` (``templates/index.json``), ``_text`` or ``_base64``, createdAt, updatedAt.
"""

from __future__ import annotations

import base64
import fnmatch
import hashlib
import mimetypes
from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, Fields, Listing
from runner.simulator.families.rendering import shop_time
from runner.simulator.graph import Graph, Node

FILE = "ThemeFile"
INDEXES = {FILE: ("_theme",)}


def files_of(graph: Graph, theme: Node) -> list[Node]:
    """The files of a theme by name."""
    return sorted(graph.find(FILE, "_theme", theme.id), key=lambda node: str(node["_key"]))


def find_file(graph: Graph, theme: Node, key: str) -> Node | None:
    """One file of a theme."""
    return next((node for node in graph.find(FILE, "_theme", theme.id) if node["_key"] == key), None)


def write_file(graph: Graph, theme: Node, key: str, text: str | None, encoded: str | None = None) -> Node:
    """Create or replace a file by its text, or by its bytes in base64."""
    known, now = find_file(graph, theme, key), graph.now()
    content = {"_text": text, "_base64": encoded, "updatedAt": now}
    if known is not None:
        return graph.update(known.id, content)
    return graph.create(FILE, {"_theme": theme.id, "_key": key, **content, "createdAt": now})


def content_of(file: Node) -> bytes:
    """The bytes of a file."""
    return base64.b64decode(file["_base64"]) if file["_base64"] else str(file["_text"] or "").encode()


def content_type(file: Node) -> str:
    """The media type of a file, by its name."""
    key = str(file["_key"])
    if key.endswith(".liquid"):
        return "application/x-liquid"
    return mimetypes.guess_type(key)[0] or "application/octet-stream"


def file_object(file: Node) -> dict[str, Any]:
    """A file as an ``OnlineStoreThemeFile`` or the result of an operation on one."""
    body = {"__typename": "OnlineStoreThemeFileBodyText", "content": file["_text"]}
    if file["_base64"]:
        body = {"__typename": "OnlineStoreThemeFileBodyBase64", "contentBase64": file["_base64"]}
    content = content_of(file)
    return {
        "id": file.id,
        "filename": file["_key"],
        "body": body,
        "checksumMd5": hashlib.md5(content, usedforsecurity=False).hexdigest(),
        "contentType": content_type(file),
        "size": str(len(content)),
        "createdAt": file["createdAt"],
        "updatedAt": file["updatedAt"],
    }


def render_theme(theme: Node, context: Context) -> dict[str, Any]:
    """A theme as REST and webhooks give it."""
    return {
        "id": theme.number,
        "name": theme["name"],
        "created_at": shop_time(theme["createdAt"], context),
        "updated_at": shop_time(theme["updatedAt"], context),
        "role": str(theme["role"]).lower(),
        "theme_store_id": None,
        "previewable": True,
        "processing": False,
        "admin_graphql_api_id": theme.id,
    }


def publish(context: Context, theme: Node) -> None:
    """Make a theme the main one; the one that was is unpublished. Sends ``themes/publish`` and ``themes/update``."""
    graph, now = context.graph, context.graph.now()
    for other in graph.of_type("OnlineStoreTheme"):
        if other["role"] == "MAIN" and other is not theme:
            graph.update(other.id, role="UNPUBLISHED", updatedAt=now)
            context.emit("themes/update", render_theme(other, context))
    graph.update(theme.id, role="MAIN", updatedAt=now)
    context.emit("themes/publish", render_theme(theme, context))


def _files(theme: Node, context: Context, args: Mapping[str, Any]) -> Listing:
    patterns = args.get("filenames")
    found = files_of(context.graph, theme)
    if patterns:
        found = [node for node in found if any(fnmatch.fnmatchcase(node["_key"], pattern) for pattern in patterns)]
    return Listing([file_object(node) for node in found])


def _themes(source: Any, context: Context, args: Mapping[str, Any]) -> Listing:
    roles, names = args.get("roles"), args.get("names")
    return Listing(
        [
            node
            for node in context.graph.of_type("OnlineStoreTheme")
            if (not roles or node["role"] in roles)
            and (not names or any(fnmatch.fnmatchcase(node["name"], pattern) for pattern in names))
        ]
    )


FIELDS: Fields = {
    "OnlineStoreTheme": {
        "files": _files,
        "prefix": lambda theme, context, args: "",
        "processing": lambda theme, context, args: False,
        "processingFailed": lambda theme, context, args: False,
        "themeStoreId": lambda theme, context, args: None,
        "translations": lambda theme, context, args: [],
    },
    "OnlineStoreThemeFileConnection": {"userErrors": lambda page, context, args: []},
    "QueryRoot": {"themes": _themes},
}
