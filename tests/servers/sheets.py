"""A small Google Sheets: spreadsheets with sheets of rows, and the calls that the engine makes."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.servers.drive import Drive, Entry
from tests.servers.web import Answer

if TYPE_CHECKING:
    from tests.servers.providers import Got

_RANGE = re.compile(r"(?:'((?:[^']|'')*)'|([^!']+))(?:!(.+))?")


@dataclass
class Sheet:
    """Rows by text; ``id`` is the sheet's."""

    id: int
    title: str
    rows: list[list[Any]] = field(default_factory=list)


@dataclass
class Sheets:
    """Spreadsheets by id."""

    books: dict[str, list[Sheet]] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)

    def book(self, *titles: str, drive: Drive, name: str = "Book") -> str:
        """A new spreadsheet; its id."""
        book = f"book-{len(self.books) + 1}"
        self.books[book] = [Sheet(number * 100, title) for number, title in enumerate(titles)]
        drive.entries.append(Entry(book, name, "application/vnd.google-apps.spreadsheet", ["root"]))
        return book

    def answer(self, got: Got, drive: Drive) -> Answer:
        rest = got.path.removeprefix("/v4/spreadsheets").strip("/")
        if not rest:
            return self.created(got, drive)
        book, _, tail = rest.partition("/")
        name, _, verb = (tail if tail else book).partition(":")
        known = book.partition(":")[0]
        if known not in self.books:
            return _refused("Requested entity was not found.", 404)
        if not tail and not verb:
            return _said({"sheets": [_about(sheet, index) for index, sheet in enumerate(self.books[known])]})
        if not tail:
            return self.changed(self.books[known], got.json["requests"][0])
        if name == "values":
            for each in got.json["data"]:
                self.sheet(known, each["range"]).rows = each["values"]
            return _said({"spreadsheetId": known})
        return self.values(known, got, tail.removeprefix("values/"))

    def created(self, got: Got, drive: Drive) -> Answer:
        said = got.json
        titles = [each["properties"]["title"] for each in said.get("sheets", [])] or ["Sheet1"]
        book = self.book(*titles, drive=drive, name=said["properties"]["title"])
        sheets = [_about(sheet, index) for index, sheet in enumerate(self.books[book])]
        return _said({"spreadsheetId": book, "properties": said["properties"], "sheets": sheets})

    def values(self, book: str, got: Got, target: str) -> Answer:
        matched = re.fullmatch(r"(.*?)(?::(append|clear))?", target, re.DOTALL)
        assert matched is not None
        cells, verb = matched.groups()
        sheet = self.sheet(book, cells)
        if verb is None and got.method == "GET":
            return _said({"range": f"{sheet.title}!A1:Z9", "majorDimension": "ROWS", "values": sheet.rows})
        if verb == "clear":
            sheet.rows.clear()
            return _said({"spreadsheetId": book, "clearedRange": f"{sheet.title}!A1:Z9"})
        if got.query.get("valueInputOption", [""])[0] not in ("RAW", "USER_ENTERED"):
            return _refused("'valueInputOption' is required but not specified", 400)
        rows = got.json["values"]
        start = len(sheet.rows) if verb == "append" else 0
        sheet.rows[start:] = rows
        wide = max(len(row) for row in rows)
        said = {
            "updatedRange": f"{sheet.title}!A{start + 1}",
            "updatedRows": len(rows),
            "updatedColumns": wide,
            "updatedCells": sum(len(row) for row in rows),
        }
        return _said({"spreadsheetId": book, "updates": said} if verb == "append" else {"spreadsheetId": book, **said})

    def sheet(self, book: str, cells: str) -> Sheet:
        matched = _RANGE.fullmatch(cells)
        title = None if matched is None else (matched[1] or "").replace("''", "'") or matched[2]
        return next((sheet for sheet in self.books[book] if sheet.title == title), self.books[book][0])

    def changed(self, sheets: list[Sheet], request: dict[str, Any]) -> Answer:
        (kind, said), *_ = request.items()
        title = said.get("properties", {}).get("title")
        if title in {sheet.title for sheet in sheets}:
            return _refused(f'Invalid requests[0].{kind}: A sheet with the name "{title}" already exists.', 400)
        if kind == "addSheet":
            sheets.append(Sheet(777, title))
            return _said({"replies": [{"addSheet": {"properties": {"sheetId": 777, "title": title}}}]})
        sheet_id = (said.get("range") or said.get("properties") or said)["sheetId"]
        sheet = next(each for each in sheets if each.id == sheet_id)
        if kind == "deleteSheet":
            sheets.remove(sheet)
        elif kind == "updateSheetProperties":
            sheet.title = said["properties"]["title"]
        else:
            del sheet.rows[said["range"]["startIndex"] : said["range"]["endIndex"]]
        return _said({"replies": [{}]})


def _about(sheet: Sheet, index: int) -> dict[str, Any]:
    return {"properties": {"sheetId": sheet.id, "title": sheet.title, "index": index}}


def _said(value: Any, status: int = 200) -> Answer:
    return Answer(status, json.dumps(value).encode(), (("Content-Type", "application/json"),))


def _refused(message: str, status: int) -> Answer:
    return _said({"error": {"code": status, "message": message, "status": "INVALID_ARGUMENT"}}, status)
