"""Themes: made, renamed, copied, published, deleted, and their files written."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, Mutation, Partial, user_error
from runner.simulator.families import jobs
from runner.simulator.families.themes import file_object, files_of, find_file, publish, render_theme, write_file
from runner.simulator.graph import Node

NAME_LIMIT = 50
FILES = 50
"""Files in one call (published)."""


def create(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Add a theme from an address; nothing is downloaded, so it has no files."""
    name = (args.get("name") or str(args["source"]).rsplit("/", 1)[-1])[:NAME_LIMIT]
    theme = _add(context, name, args.get("role") or "UNPUBLISHED")
    return {"theme": theme, "userErrors": []}


def _add(context: Context, name: str, role: str) -> Node:
    now = context.graph.now()
    fields = {"name": name, "role": role, "createdAt": now, "updatedAt": now}
    theme = context.graph.create("OnlineStoreTheme", fields)
    context.emit("themes/create", render_theme(theme, context))
    return theme


def update(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Rename a theme."""
    theme, name = find_theme(context, args["id"]), args["input"].get("name")
    if theme is None:
        return {"theme": None, "userErrors": [_missing()]}
    if name is not None and len(name) > NAME_LIMIT:
        message = f"Name is too long (maximum is {NAME_LIMIT} characters)"
        return {"theme": None, "userErrors": [user_error(("input", "name"), message, "TOO_LONG")]}
    if name:
        context.graph.update(theme.id, name=name, updatedAt=context.graph.now())
        context.emit("themes/update", render_theme(theme, context))
    return {"theme": theme, "userErrors": []}


def duplicate(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Copy a theme with its files."""
    theme = find_theme(context, args["id"])
    if theme is None:
        return {"newTheme": None, "userErrors": [_missing()]}
    copy = _add(context, args.get("name") or f"Copy of {theme['name']}"[:NAME_LIMIT], "UNPUBLISHED")
    for file in files_of(context.graph, theme):
        write_file(context.graph, copy, file["_key"], file["_text"], file["_base64"])
    return {"newTheme": copy, "userErrors": []}


def make_main(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``themePublish``."""
    theme = find_theme(context, args["id"])
    if theme is None:
        return {"theme": None, "userErrors": [_missing()]}
    publish(context, theme)
    return {"theme": theme, "userErrors": []}


def delete(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Delete a theme that is not the main one."""
    theme = find_theme(context, args["id"])
    if theme is None:
        return {"deletedThemeId": None, "userErrors": [_missing()]}
    if theme["role"] == "MAIN":
        error = user_error(("id",), "The published theme can't be deleted.")
        return {"deletedThemeId": None, "userErrors": [error]}
    for file in files_of(context.graph, theme):
        context.graph.delete(file.id)
    context.graph.delete(theme.id)
    context.emit("themes/delete", {"id": theme.number, "admin_graphql_api_id": theme.id})
    return {"deletedThemeId": theme.id, "userErrors": []}


def upsert_files(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``themeFilesUpsert``: text, or base64; addresses are refused, since nothing is downloaded."""
    theme = find_theme(context, args["themeId"])
    errors = _file_errors(theme, args["files"])
    for index, row in enumerate(args["files"] if not errors else ()):
        kind, value = row["body"]["type"], row["body"]["value"]
        if kind == "URL" or (kind == "BASE64" and not _is_base64(value)):
            message = "The file body is invalid." if kind == "BASE64" else "The file could not be downloaded."
            path = ("files", str(index), "body")
            errors.append({**user_error(path, message, "FILE_VALIDATION_ERROR"), "filename": row["filename"]})
    if theme is None or errors:
        return {"upsertedThemeFiles": None, "userErrors": errors}
    written = []
    for row in args["files"]:
        text = row["body"]["value"] if row["body"]["type"] == "TEXT" else None
        encoded = row["body"]["value"] if row["body"]["type"] == "BASE64" else None
        written.append(file_object(write_file(context.graph, theme, row["filename"], text, encoded)))
    _touched(context, theme)
    return {"upsertedThemeFiles": written, "job": jobs.started(context), "userErrors": []}


def copy_files(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``themeFilesCopy`` inside of one theme; files that are not there are told, the others copied."""
    theme = find_theme(context, args["themeId"])
    if theme is None:
        return {"copiedThemeFiles": None, "userErrors": _file_errors(None, ())}
    copied, errors = [], []
    for index, row in enumerate(args["files"]):
        file = find_file(context.graph, theme, row["srcFilename"])
        if file is None:
            error = user_error(("files", str(index), "srcFilename"), "File not found.", "NOT_FOUND")
            errors.append({**error, "filename": row["srcFilename"]})
            continue
        copy = write_file(context.graph, theme, row["dstFilename"], file["_text"], file["_base64"])
        copied.append(file_object(copy))
    _touched(context, theme)
    return Partial(copiedThemeFiles=copied, userErrors=errors)


def delete_files(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``themeFilesDelete``; files that are not there are told."""
    theme = find_theme(context, args["themeId"])
    if theme is None:
        return {"deletedThemeFiles": None, "userErrors": _file_errors(None, ())}
    deleted, errors = [], []
    for index, key in enumerate(args["files"]):
        file = find_file(context.graph, theme, key)
        if file is None:
            error = user_error(("files", str(index)), "File not found.", "NOT_FOUND")
            errors.append({**error, "filename": key})
            continue
        deleted.append(file_object(file))
        context.graph.delete(file.id)
    _touched(context, theme)
    return Partial(deletedThemeFiles=deleted, userErrors=errors)


def find_theme(context: Context, node_id: str) -> Node | None:
    """The theme of a gid; None when there is none."""
    return context.graph.get(node_id, "OnlineStoreTheme")


def _touched(context: Context, theme: Node) -> None:
    context.graph.touch(theme.id)
    context.emit("themes/update", render_theme(theme, context))


def _file_errors(theme: Node | None, rows: Any) -> list[dict[str, Any]]:
    if theme is None:
        return [{**user_error(("themeId",), "Theme not found.", "NOT_FOUND"), "filename": None}]
    if len(rows) > FILES:
        message = f"You can only write {FILES} files at a time."
        return [{**user_error(("files",), message, "LESS_THAN_OR_EQUAL_TO"), "filename": None}]
    names = [row["filename"] for row in rows]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        error = user_error(("files",), "There are files with the same filename.", "DUPLICATE_FILE_INPUT")
        return [{**error, "filename": twice}]
    return []


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


def _missing() -> dict[str, Any]:
    return user_error(("id",), "Theme not found.", "NOT_FOUND")


MUTATIONS: dict[str, Mutation] = {
    "themeCreate": create,
    "themeDelete": delete,
    "themeDuplicate": duplicate,
    "themeFilesCopy": copy_files,
    "themeFilesDelete": delete_files,
    "themeFilesUpsert": upsert_files,
    "themePublish": make_main,
    "themeUpdate": update,
}
