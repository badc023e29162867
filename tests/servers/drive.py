"""A small Google Drive: folders, files with versions, searches by the queries that the engine makes."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.servers.web import Answer

if TYPE_CHECKING:
    from tests.servers.providers import Got
    from tests.servers.sheets import Sheets

FOLDER = "application/vnd.google-apps.folder"


@dataclass
class Entry:
    """A file or folder; ``contents`` are its versions."""

    id: str
    name: str
    mime: str
    parents: list[str]
    properties: dict[str, str] = field(default_factory=dict)
    contents: list[bytes] = field(default_factory=list)
    moment: int = 0


@dataclass
class Drive:
    """All entries in the order made; ``waiting`` are resumable uploads by their id."""

    entries: list[Entry] = field(default_factory=list)
    waiting: dict[str, tuple[str | None, dict[str, Any]]] = field(default_factory=dict)
    moments: int = 0

    def paths(self) -> list[str]:
        """Every entry with its folders."""
        return [self.path(entry) for entry in self.entries]

    def path(self, entry: Entry) -> str:
        parent = next((each for each in self.entries if each.id in entry.parents), None)
        return entry.name if parent is None else f"{self.path(parent)}/{entry.name}"

    def at(self, path: str) -> Entry:
        return next(entry for entry in self.entries if self.path(entry) == path)

    def answer(self, got: Got, sheets: Sheets) -> Answer:
        kind = (got.query.get("uploadType") or [""])[0]
        entry_id = got.path.partition("/files/")[2]
        if got.path.startswith("/upload/") and "upload_id" in got.query:
            known, about = self.waiting.pop(got.query["upload_id"][0])
            return self.stored(known, about, got.body)
        if kind == "multipart":
            about, content = _parts(got)
            return self.stored(entry_id or None, about, content)
        if kind == "resumable":
            upload = f"up-{len(self.waiting)}"
            self.waiting[upload] = (entry_id or None, got.json)
            place = f"http://elsewhere.test{got.path}?uploadType=resumable&upload_id={upload}"
            return Answer(200, b"", (("Location", place),))
        if got.method == "POST":
            return self.stored(None, got.json, None)
        if entry_id.endswith("/export"):
            mime = got.query["mimeType"][0]
            return Answer(200, f"exported as {mime}".encode(), (("Content-Type", mime),))
        if entry_id:
            return self.one(entry_id, got, sheets)
        return self.found(got)

    def stored(self, known: str | None, about: dict[str, Any], content: bytes | None) -> Answer:
        self.moments += 1
        if known is None:
            entry = Entry(f"file-{len(self.entries) + 1}", about["name"], about["mimeType"], about["parents"])
            self.entries.append(entry)
        else:
            entry = next(each for each in self.entries if each.id == known)
            if "parents" in about:
                return _said({"error": {"code": 403, "message": "The parents field is not directly writable"}}, 403)
        entry.moment = self.moments
        entry.properties |= about.get("appProperties", {})
        if content is not None:
            entry.contents.append(content)
        link = f"https://drive.google.com/file/d/{entry.id}/view"
        return _said({"id": entry.id, "name": entry.name, "mimeType": entry.mime, "webViewLink": link})

    def one(self, entry_id: str, got: Got, sheets: Sheets) -> Answer:
        entry = next((each for each in self.entries if each.id == entry_id), None)
        if entry is None:
            return _said({"error": {"code": 404, "message": f"File not found: {entry_id}."}}, 404)
        if got.method == "PATCH":
            entry.parents = [*got.query.get("addParents", [])]
        return _said({"id": entry.id, "name": entry.name, "parents": entry.parents})

    def found(self, got: Got) -> Answer:
        query = got.query["q"][0]
        texts = [text.replace("\\'", "'").replace("\\\\", "\\") for text in re.findall(r"'((?:[^'\\]|\\.)*)'", query)]
        if query.startswith("appProperties"):
            matches = [each for each in self.entries if each.properties.get(texts[0]) == texts[1]]
        else:
            name, parent, mime = texts
            wants_folder = "mimeType = " in query
            assert mime == FOLDER
            matches = [
                each
                for each in self.entries
                if (each.name, parent in each.parents, each.mime == FOLDER) == (name, True, wants_folder)
            ]
        matches.sort(key=lambda each: each.moment, reverse="desc" in got.query["orderBy"][0])
        return _said({"files": [{"id": each.id} for each in matches[:1]]})


def _parts(got: Got) -> tuple[dict[str, Any], bytes]:
    boundary = got.headers["content-type"].partition("boundary=")[2].encode()
    _, first, second, rest = got.body.split(b"--" + boundary)
    assert rest.strip() == b"--"
    about = json.loads(first.partition(b"\r\n\r\n")[2])
    return about, second.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n")


def _said(value: Any, status: int = 200) -> Answer:
    return Answer(status, json.dumps(value).encode(), (("Content-Type", "application/json"),))
