"""Folders of Google Drive by their path (actions.md 5.2)."""

from __future__ import annotations

from typing import Any

from runner.actions.google_api import DRIVE, GoogleApi
from runner.actions.wanted import Wanted

FOLDER_TYPE = "application/vnd.google-apps.folder"
ROOT = "root"
_REFUSED = frozenset('<>:"\\|?*')


def path_parts(wanted: Wanted, what: str, path: str) -> tuple[str, ...]:
    """The names of a path. Raises ActionError for characters that names may not have, and for names that are blank."""
    bad = sorted({character for character in path if character in _REFUSED or ord(character) < 32})
    if bad:
        raise wanted.fault(
            f'{what} "{path[:100]}" holds {" ".join(each if each.isprintable() else repr(each) for each in bad)}',
            'Names in Drive may not have any of < > : " \\ | ? *; folders are separated by /.',
        )
    parts = tuple(part.strip() for part in path.strip().strip("/").split("/"))
    if not all(parts) or {".", ".."} & set(parts):
        raise wanted.fault(f'{what} "{path[:100]}" is not a path', "Write folder/folder/name.")
    return parts


def find_folder(api: GoogleApi, names: tuple[str, ...], known: dict[tuple[str, ...], str]) -> str:
    """The id of the folder with that path, made where it is missing; ``known`` are those met before, by path."""
    parent = ROOT
    for end in range(1, len(names) + 1):
        path = names[:end]
        if path not in known:
            known[path] = _folder(api, path[-1], parent)
        parent = known[path]
    return parent


def newest(api: GoogleApi, query: str, order: str = "modifiedTime desc") -> str | None:
    """The id of the first file that ``query`` finds."""
    files = api.get(DRIVE, q=query, orderBy=order, pageSize=1, spaces="drive", fields="files(id)").get("files") or []
    return str(files[0]["id"]) if files else None


def quoted(text: str) -> str:
    """``text`` as it stands in a query of Drive."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _folder(api: GoogleApi, name: str, parent: str) -> str:
    """The oldest one of that name, so that all who made one at the same time meet in it."""
    query = (
        f"name = {quoted(name)} and {quoted(parent)} in parents and mimeType = {quoted(FOLDER_TYPE)} "
        "and trashed = false"
    )
    found = newest(api, query, "createdTime")
    if found is not None:
        return found
    wanted: dict[str, Any] = {"name": name, "mimeType": FOLDER_TYPE, "parents": [parent]}
    # A folder made by a call whose reply was lost is found by the next attempt.
    return str(api.change("POST", DRIVE, wanted, again=True, fields="id")["id"])
