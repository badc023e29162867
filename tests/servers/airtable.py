"""A small Airtable: one base with tables of records; records are made, changed, merged, listed and deleted by ten."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.servers.web import Answer

if TYPE_CHECKING:
    from tests.servers.providers import Got

BASE = "appBase0000000001"
AT_ONCE = 10
_MADE = "2026-11-27T12:00:00.000Z"
_BAD = "Invalid request: parameter validation failed. Check your request data."


@dataclass
class Bases:
    """The tables of the bases ``known``: records by id, each its fields."""

    known: set[str] = field(default_factory=lambda: {BASE})
    tables: dict[str, dict[str, dict[str, Any]]] = field(default_factory=lambda: {"Orders": {}})
    made: int = 0

    def answer(self, got: Got) -> Answer:
        """What Airtable answers."""
        parts = got.path.removeprefix("/v0/").split("/")
        if parts[:2] == ["meta", "bases"] and parts[2] in self.known:
            return self.table(got)
        if parts[0] not in self.known or len(parts) < 2:
            return _said({"error": "NOT_FOUND"}, 404)
        records = self.tables.get(parts[1])
        if records is None:
            return _refused(403, "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND", "Invalid permissions, or no such model.")
        if got.method == "GET":
            return _said({"records": [_shown(each, records[each]) for each in records]})
        if got.method == "DELETE":
            gone = got.query.get("records[]", [])
            if len(gone) > AT_ONCE or not set(gone) <= set(records):
                return _refused(422, "INVALID_REQUEST_UNKNOWN", _BAD)
            for each in gone:
                del records[each]
            return _said({"records": [{"id": each, "deleted": True} for each in gone]})
        try:
            return self.written(records, got)
        except ValueError:
            return _refused(422, "INVALID_REQUEST_BODY", "Could not parse request body")

    def written(self, records: dict[str, dict[str, Any]], got: Got) -> Answer:
        said = got.json
        if not isinstance(said, dict):
            raise ValueError("it is no object")
        listed = said.get("records", [said])
        if len(listed) > AT_ONCE or not all("fields" in each for each in listed):
            return _refused(422, "INVALID_REQUEST_UNKNOWN", _BAD)
        keys = said.get("performUpsert", {}).get("fieldsToMergeOn")
        made, changed, shown = [], [], []
        for each in listed:
            known = each.get("id")
            if keys is not None and known is None:
                same = (one for one in records if all(records[one].get(k) == each["fields"].get(k) for k in keys))
                known = next(same, None)
            if known is None and got.method == "PATCH" and keys is None:
                return _refused(422, "INVALID_RECORDS", "You must provide an array of objects with ids.")
            (made if known is None else changed).append(known := known or self.named())
            records.setdefault(known, {}).update(each["fields"])
            shown.append(_shown(known, records[known]))
        if keys is not None:
            return _said({"records": shown, "createdRecords": made, "updatedRecords": changed})
        return _said({"records": shown} if "records" in said else shown[0])

    def named(self) -> str:
        self.made += 1
        return f"rec{self.made:014}"

    def table(self, got: Got) -> Answer:
        said = got.json
        self.tables[said["name"]] = {}
        return _said({"id": f"tbl{len(self.tables):014}", "name": said["name"], "fields": said["fields"]})


def _shown(record: str, fields: dict[str, Any]) -> dict[str, Any]:
    return {"id": record, "createdTime": _MADE, "fields": fields}


def _said(value: Any, status: int = 200) -> Answer:
    return Answer(status, json.dumps(value).encode(), (("Content-Type", "application/json; charset=utf-8"),))


def _refused(status: int, kind: str, message: str) -> Answer:
    return _said({"error": {"type": kind, "message": message}}, status)
