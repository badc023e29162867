"""google_drive: files into Google Drive (actions.md 5.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlsplit

from runner.actions.base import ActionType, GeneratedFile, Outcome, Tools
from runner.actions.google_api import UPLOAD, GoogleApi, read_json
from runner.actions.google_folders import FOLDER_TYPE, find_folder, newest, path_parts, quoted
from runner.actions.http_body import json_bytes
from runner.actions.pass_through import for_account
from runner.actions.reading import in_order, shown_files
from runner.actions.wanted import Wanted
from runner.errors import ActionError, NetworkError
from runner.model.json import JSON

_EXAMPLE = '{"account": "…", "uploads": {"reports/sales.csv": "…"}}.'
_OVERWRITE = "overwrite"
_AT_ONCE = 5 * 1024 * 1024
"""Bytes that Google takes in one request with the file's name; more go in two."""
_HOST = "https://www.googleapis.com"
_FIELDS = "id,name,mimeType,webViewLink"
_MARK = "mechanicUpload"
"""The private property that says by which run, and as which of its files, one was made."""


@dataclass(frozen=True, slots=True)
class DriveCall:
    """Checked options. ``paths`` are the names of folders and file, by key of ``uploads``."""

    account: str
    uploads: Mapping[str, Any]
    paths: Mapping[str, tuple[str, ...]]
    overwrite: bool = False


class GoogleDriveAction(ActionType):
    """All files in their order; folders are made where they are missing."""

    name = "google_drive"
    schema: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "required": ["account", "uploads"],
        "properties": {
            "account": {"type": "string", "description": "the name of an account of `runner connect list`"},
            "uploads": {
                "type": "object",
                "description": "files by path, such as `reports/2026/sales.csv`; missing folders are made",
                "properties": {
                    _OVERWRITE: {
                        "type": "boolean",
                        "default": False,
                        "description": "replace the newest file of that name in that folder, if there is one",
                    }
                },
            },
        },
    }

    def validate(self, options: JSON) -> DriveCall:
        wanted = Wanted(self.name, options, _EXAMPLE)
        account = wanted.required("account")
        given = wanted.mapping("uploads") or {}
        files = {key: value for key, value in given.items() if key != _OVERWRITE}
        if not files:
            raise wanted.fault('"uploads" names no file', f"Write {_EXAMPLE}")
        overwrite = Wanted(self.name, given, _EXAMPLE).truth(_OVERWRITE, False)
        paths = {key: path_parts(wanted, "the path", key) for key in files}
        return DriveCall(account, files, paths, overwrite)

    def perform(self, options: DriveCall, tools: Tools) -> Outcome:
        files = tools.generated(options.uploads)
        with GoogleApi(self.name, options.account, tools) as api:
            try:
                uploads = _uploads(api, options, files, tools)
            except (ActionError, NetworkError) as error:
                return api.failed(error, repeats=True)
            return Outcome(ok=True, result=api.shown({"uploads": uploads}))

    def summary(self, options: JSON) -> str:
        given = options if isinstance(options, Mapping) else {}
        uploads = given.get("uploads")
        names = [str(key) for key in uploads if key != _OVERWRITE] if isinstance(uploads, Mapping) else []
        shown = f"{', '.join(names[:3])}{' …' if len(names) > 3 else ''}" if names else "no files"
        return f"upload {shown}{for_account(given)}"

    def shown(self, options: JSON) -> JSON:
        """The files by their size."""
        given = options.get("uploads") if isinstance(options, Mapping) else None
        if not isinstance(options, Mapping) or not isinstance(given, Mapping):
            return options
        rest = in_order({key: value for key, value in options.items() if key != "uploads"}, ("account",))
        flag = {_OVERWRITE: given[_OVERWRITE]} if _OVERWRITE in given else {}
        files = {key: value for key, value in given.items() if key != _OVERWRITE}
        return {**rest, **flag, "uploads": shown_files(files)}


def _uploads(api: GoogleApi, call: DriveCall, files: Any, tools: Tools) -> dict[str, Any]:
    folders: dict[tuple[str, ...], str] = {}
    done: dict[str, Any] = {}
    for made in files:
        *above, name = call.paths[made.name]
        parent = find_folder(api, tuple(above), folders)
        said = _upload(api, made, name, parent, mark=tools.child_id(made.name), overwrite=call.overwrite)
        done[made.name] = {
            "id": said.get("id"),
            "name": said.get("name"),
            "mime_type": said.get("mimeType"),
            "web_view_link": said.get("webViewLink"),
            "path": "/".join(above),
        }
    return done


def _upload(
    api: GoogleApi, made: GeneratedFile, name: str, parent: str, *, mark: str, overwrite: bool
) -> Mapping[str, Any]:
    """What Drive says of the file. One that an earlier attempt of the same run made is written again, not doubled."""
    marked = f"appProperties has {{ key={quoted(_MARK)} and value={quoted(mark)} }} and trashed = false"
    present = newest(api, marked)
    if present is None and overwrite:
        present = newest(
            api,
            f"name = {quoted(name)} and {quoted(parent)} in parents and mimeType != {quoted(FOLDER_TYPE)} "
            "and trashed = false",
        )
    about: dict[str, Any] = {"name": name, "mimeType": made.mime, "appProperties": {_MARK: mark}}
    if present is None:
        about["parents"] = [parent]
    method, url = ("POST", UPLOAD) if present is None else ("PATCH", f"{UPLOAD}/{present}")
    # Whatever is lost on the way is found by its mark.
    send = _in_one if len(made.data) <= _AT_ONCE else _in_two
    found: Mapping[str, Any] = send(api, method, url, about, made)
    return found


def _in_one(api: GoogleApi, method: str, url: str, about: Mapping[str, Any], made: GeneratedFile) -> Any:
    boundary = f"runner-{about['appProperties'][_MARK]}"
    lines = (
        f"--{boundary}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n".encode(),
        json_bytes(about),
        f"\r\n--{boundary}\r\nContent-Type: {made.mime}\r\n\r\n".encode(),
        made.data,
        f"\r\n--{boundary}--\r\n".encode(),
    )
    reply = api.send(
        method,
        url,
        params={"uploadType": "multipart", "fields": _FIELDS},
        content=b"".join(lines),
        headers=[("Content-Type", f"multipart/related; boundary={boundary}")],
    )
    return read_json(reply)


def _in_two(api: GoogleApi, method: str, url: str, about: Mapping[str, Any], made: GeneratedFile) -> Any:
    begun = api.send(
        method,
        url,
        params={"uploadType": "resumable", "fields": _FIELDS},
        content=json_bytes(about),
        headers=[
            ("Content-Type", "application/json; charset=UTF-8"),
            ("X-Upload-Content-Type", made.mime),
            ("X-Upload-Content-Length", str(len(made.data))),
        ],
    )
    # Only path and query of what it answers: the token must not go elsewhere.
    place = urlsplit(begun.headers.get("location", ""))
    address = f"{_HOST}{place.path}?{place.query}"
    return read_json(api.send("PUT", address, content=made.data, headers=[("Content-Type", made.mime)]))
