"""The options of google_sheets, checked before anything is sent (actions.md 5.3)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runner.actions.google_folders import path_parts
from runner.actions.wanted import Wanted
from runner.model.json import JSON

OPERATIONS: tuple[str, ...] = (
    *("create_spreadsheet", "append_rows", "update_rows", "clear_values", "get_values", "delete_rows"),
    *("add_sheet", "rename_sheet", "delete_sheet", "export_spreadsheet"),
)
FILE_TYPES: Mapping[str, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "pdf": "application/pdf",
    "html": "application/zip",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "tsv": "text/tab-separated-values",
}
"""What Google calls each; it gives web pages as an archive."""
INPUT_OPTIONS: Mapping[str, str] = {"raw": "RAW", "user_entered": "USER_ENTERED"}
RENDER_OPTIONS: Mapping[str, str] = {
    "formatted_value": "FORMATTED_VALUE",
    "unformatted_value": "UNFORMATTED_VALUE",
    "formula": "FORMULA",
}
DEFAULT_TITLE = "New Spreadsheet"
_REPEATABLE = frozenset({"update_rows", "clear_values", "get_values", "rename_sheet", "export_spreadsheet"})
_EXAMPLE = '{"account": "…", "operation": "append_rows", "spreadsheet_id": "…", "rows": [["…"]]}.'
_QUALIFIED = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!(.+)", re.DOTALL)
_LAST_ROW = 10_000_000

Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class NewSheet:
    """A sheet of a new spreadsheet."""

    name: str
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class SheetsCall:
    """Checked options. ``sheet`` is the sheet that name or range say; ``cells`` the range without its sheet.

    ``value_input`` and ``render`` are Google's words. ``repeats``: doing it twice is the same as once, or wanted.
    """

    account: str
    operation: str
    spreadsheet_id: str = ""
    sheet: str | None = None
    cells: str | None = None
    rows: tuple[Row, ...] = ()
    title: str = DEFAULT_TITLE
    sheets: tuple[NewSheet, ...] = ()
    folders: tuple[str, ...] = ()
    value_input: str = "RAW"
    render: str = "FORMATTED_VALUE"
    start_row: int = 0
    end_row: int = 0
    new_sheet_name: str = ""
    file_type: str = "xlsx"
    repeats: bool = False

    @property
    def range(self) -> str | None:
        """The target in A1 notation; None: the first sheet, whose name is not known here."""
        if self.sheet is None:
            return self.cells
        return quoted_sheet(self.sheet) + (f"!{self.cells}" if self.cells else "")


def quoted_sheet(name: str) -> str:
    """A sheet's name as it stands in A1 notation, whatever it holds."""
    return "'" + name.replace("'", "''") + "'"


def read(options: JSON) -> SheetsCall:
    """The call that ``options`` describe. Raises ActionError."""
    wanted = Wanted("google_sheets", options, _EXAMPLE)
    account = wanted.required("account")
    operation = wanted.required("operation").lower()
    if operation not in OPERATIONS:
        raise wanted.fault(f'there is no operation "{operation[:40]}"', f"Operations are {', '.join(OPERATIONS)}.")
    more: dict[str, Any] = {}
    if operation == "create_spreadsheet":
        more |= _creation(wanted)
    else:
        more["spreadsheet_id"] = _spreadsheet_id(wanted)
    if operation in ("append_rows", "update_rows", "clear_values", "get_values"):
        more["sheet"], more["cells"] = _target(wanted)
    if operation in ("update_rows", "clear_values") and more["sheet"] is None and more["cells"] is None:
        raise wanted.fault('"sheet_range" and "sheet_name" are both missing', "Give one of them, or both.")
    if operation in ("append_rows", "update_rows"):
        more["rows"] = _rows(wanted, wanted.value("rows"), '"rows"')
        if not more["rows"]:
            raise wanted.fault('"rows" is missing or empty', 'Write "rows": [["first", "second"]].')
    if operation in ("delete_rows", "rename_sheet", "delete_sheet", "add_sheet"):
        more["sheet"] = wanted.required("sheet_name")
    if operation == "add_sheet":
        more["rows"] = _rows(wanted, wanted.value("rows"), '"rows"')
    if operation == "rename_sheet":
        more["new_sheet_name"] = wanted.required("new_sheet_name")
    if operation == "delete_rows":
        more["start_row"], more["end_row"] = _span(wanted)
    again = wanted.truth("retry_on_transient_errors", False) if operation == "append_rows" else False
    return SheetsCall(
        account,
        operation,
        value_input=INPUT_OPTIONS[_choice(wanted, "value_input_option", INPUT_OPTIONS)],
        render=RENDER_OPTIONS[_choice(wanted, "value_render_option", RENDER_OPTIONS)],
        file_type=_choice(wanted, "file_type", FILE_TYPES),
        repeats=again or operation in _REPEATABLE,
        **more,
    )


def _choice(wanted: Wanted, name: str, known: Mapping[str, str]) -> str:
    """One of ``known``, the first if left out."""
    text = (wanted.text(name) or next(iter(known))).lower()
    if text not in known:
        raise wanted.fault(f'"{name}" is none of {", ".join(known)}', f"Leave it out for {next(iter(known))}.")
    return text


def _spreadsheet_id(wanted: Wanted) -> str:
    text = wanted.required("spreadsheet_id")
    if not re.fullmatch(r"[A-Za-z0-9_-]+", text):
        raise wanted.fault(
            '"spreadsheet_id" is no id of a spreadsheet', "It is the part of its address between /d/ and /edit."
        )
    return text


def _target(wanted: Wanted) -> tuple[str | None, str | None]:
    """The sheet and the cells that are meant."""
    name, given = wanted.text("sheet_name"), wanted.text("sheet_range")
    if given is None:
        return name, None
    qualified = _QUALIFIED.fullmatch(given)
    if qualified is None:
        return name, given
    sheet = qualified[1].replace("''", "'") if qualified[1] is not None else qualified[2].strip()
    if name is not None and name != sheet:
        raise wanted.fault(f'"sheet_range" names the sheet "{sheet}", and "sheet_name" another one', "Name it once.")
    return sheet, qualified[3]


def _creation(wanted: Wanted) -> dict[str, Any]:
    rows = _rows(wanted, wanted.value("rows"), '"rows"')
    sheets = tuple(_new_sheets(wanted, wanted.value("sheets")))
    if rows and sheets:
        raise wanted.fault('"rows" and "sheets" are both given', "Give the rows of each sheet in sheets.")
    path = wanted.text("folder_path")
    return {
        "title": wanted.text("title") or DEFAULT_TITLE,
        "rows": rows,
        "sheets": sheets,
        "folders": () if path is None else path_parts(wanted, '"folder_path"', path),
    }


def _new_sheets(wanted: Wanted, given: Any) -> list[NewSheet]:
    if given is None:
        return []
    if not isinstance(given, list | tuple) or not all(isinstance(each, Mapping) for each in given):
        raise wanted.fault('"sheets" is not an array of objects', 'Write "sheets": [{"name": "…", "rows": [["…"]]}].')
    made: list[NewSheet] = []
    for each in given:
        sheet = Wanted("google_sheets", each, _EXAMPLE)
        name = sheet.text("name")
        if name is None:
            raise wanted.fault('a sheet in "sheets" has no name', 'Write {"name": "…", "rows": [["…"]]}.')
        if name.casefold() in {other.name.casefold() for other in made}:
            raise wanted.fault(f'two sheets in "sheets" are called "{name}"', "Names must differ.")
        made.append(NewSheet(name, _rows(wanted, sheet.value("rows"), f'the rows of the sheet "{name}"')))
    return made


def _rows(wanted: Wanted, given: Any, what: str) -> tuple[Row, ...]:
    if given is None:
        return ()
    if not isinstance(given, list | tuple) or not all(isinstance(row, list | tuple) for row in given):
        raise wanted.fault(f"{what} is not an array of arrays", 'Write "rows": [["first", "second"]].')
    for number, row in enumerate(given, 1):
        if any(isinstance(cell, Mapping | list | tuple) for cell in row):
            raise wanted.fault(
                f"{what}: row {number} holds a cell that is an array or an object",
                "Cells are texts, numbers, true, false or null.",
            )
    return tuple(given)


def _span(wanted: Wanted) -> tuple[int, int]:
    start = wanted.whole("start_row", 1, _LAST_ROW)
    if start is None:
        raise wanted.fault('"start_row" is missing', "The first row is 1.")
    end = wanted.whole("end_row", 1, _LAST_ROW)
    if end is not None and end < start:
        raise wanted.fault('"end_row" is before "start_row"', "Leave it out to delete one row.")
    return start, end or start
