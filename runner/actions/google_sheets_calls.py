"""What google_sheets asks of Google, by operation (actions.md 5.3)."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from runner.actions.google_api import DRIVE, SHEETS, GoogleApi
from runner.actions.google_folders import find_folder
from runner.actions.google_sheets_options import FILE_TYPES, Row, SheetsCall, quoted_sheet
from runner.errors import ActionError, NetworkError

Result = dict[str, Any]


def spreadsheet_url(spreadsheet_id: str) -> str:
    """Where people see it."""
    return f"https://docs.google.com/spreadsheets/d/{spreadsheet_id}"


def _about(spreadsheet_id: str) -> Result:
    return {"spreadsheet_id": spreadsheet_id, "spreadsheet_url": spreadsheet_url(spreadsheet_id)}


def _create(api: GoogleApi, call: SheetsCall) -> Result:
    # First what can be done again: a folder that was made is found the next time.
    folder = find_folder(api, call.folders, {}) if call.folders else None
    wanted: dict[str, Any] = {"properties": {"title": call.title}}
    if call.sheets:
        wanted["sheets"] = [{"properties": {"title": sheet.name}} for sheet in call.sheets]
    made = api.change(
        "POST", SHEETS, wanted, again=False, fields="spreadsheetId,properties.title,sheets.properties(sheetId,title)"
    )
    spreadsheet_id = str(made["spreadsheetId"])
    sheets = [sheet["properties"] for sheet in made.get("sheets") or []]
    filled = {sheet.name: sheet.rows for sheet in call.sheets if sheet.rows}
    if call.rows and sheets:
        filled = {str(sheets[0]["title"]): call.rows}
    try:
        if filled:
            _fill(api, call, spreadsheet_id, filled)
        if folder is not None:
            _move(api, spreadsheet_id, folder)
    except (ActionError, NetworkError) as error:
        error.hint = f"The spreadsheet {spreadsheet_id} was made before that, and is not complete. {error.hint or ''}"
        raise
    result = {**_about(spreadsheet_id), "title": call.title}
    if call.folders:
        result["folder_path"] = "/".join(call.folders)
    if call.sheets:
        result["sheets"] = [{"name": sheet["title"], "sheet_id": sheet["sheetId"]} for sheet in sheets]
    return result


def _fill(api: GoogleApi, call: SheetsCall, spreadsheet_id: str, filled: Mapping[str, Sequence[Row]]) -> None:
    ranges = [{"range": f"{quoted_sheet(name)}!A1", "values": list(rows)} for name, rows in filled.items()]
    body = {"valueInputOption": call.value_input, "data": ranges}
    api.change("POST", f"{SHEETS}/{spreadsheet_id}/values:batchUpdate", body, again=True, fields="spreadsheetId")


def _move(api: GoogleApi, spreadsheet_id: str, folder: str) -> None:
    url = f"{DRIVE}/{spreadsheet_id}"
    parents = api.get(url, fields="parents").get("parents") or []
    api.change("PATCH", url, {}, again=True, addParents=folder, removeParents=",".join(map(str, parents)), fields="id")


def _append(api: GoogleApi, call: SheetsCall) -> Result:
    said = api.change(
        "POST",
        f"{_values(api, call)}:append",
        {"values": list(call.rows)},
        again=call.repeats,
        valueInputOption=call.value_input,
        insertDataOption="INSERT_ROWS",
    )
    updates = said.get("updates") or {}
    return {
        **_about(call.spreadsheet_id),
        "updated_range": updates.get("updatedRange"),
        "updated_rows": updates.get("updatedRows", 0),
        "updated_columns": updates.get("updatedColumns", 0),
    }


def _update(api: GoogleApi, call: SheetsCall) -> Result:
    said = _written(api, call, call.range if call.cells else f"{call.range}!A1")
    return {
        **_about(call.spreadsheet_id),
        "updated_range": said.get("updatedRange"),
        "updated_rows": said.get("updatedRows", 0),
        "updated_columns": said.get("updatedColumns", 0),
        "updated_cells": said.get("updatedCells", 0),
    }


def _written(api: GoogleApi, call: SheetsCall, cells: str | None) -> Any:
    url = f"{SHEETS}/{call.spreadsheet_id}/values/{quote(str(cells), safe='')}"
    body = {"values": list(call.rows)}
    return api.change("PUT", url, body, again=True, valueInputOption=call.value_input)


def _clear(api: GoogleApi, call: SheetsCall) -> Result:
    said = api.change("POST", f"{_values(api, call)}:clear", {}, again=True)
    return {**_about(call.spreadsheet_id), "cleared_range": said.get("clearedRange")}


def _get(api: GoogleApi, call: SheetsCall) -> Result:
    said = api.get(_values(api, call), valueRenderOption=call.render)
    values = said.get("values") or []
    return {**_about(call.spreadsheet_id), "range": said.get("range"), "values": values, "row_count": len(values)}


def _values(api: GoogleApi, call: SheetsCall) -> str:
    """The address of the target's values; without any target that is the first sheet."""
    cells = call.range
    if cells is None:
        cells = quoted_sheet(str(_sheets(api, call)[0]["title"]))
    return f"{SHEETS}/{call.spreadsheet_id}/values/{quote(cells, safe='')}"


def _sheets(api: GoogleApi, call: SheetsCall) -> list[Mapping[str, Any]]:
    """``sheetId``, ``title`` and ``index`` of all sheets, in their order."""
    said = api.get(f"{SHEETS}/{call.spreadsheet_id}", fields="sheets.properties(sheetId,title,index)")
    found = [sheet["properties"] for sheet in said.get("sheets") or []]
    return sorted(found, key=lambda sheet: int(sheet.get("index", 0)))


def _sheet_id(sheets: Sequence[Mapping[str, Any]], name: str) -> int:
    for sheet in sheets:
        if sheet["title"] == name:
            return int(sheet.get("sheetId", 0))
    raise ActionError(
        f'google_sheets: the spreadsheet has no sheet "{name}"',
        hint=f"It has {', '.join(str(sheet['title']) for sheet in sheets)}.",
        code="google.refused",
    )


def _change(api: GoogleApi, call: SheetsCall, request: Mapping[str, Any], *, again: bool) -> Any:
    """Google's reply to one request of a batch."""
    said = api.change(
        "POST", f"{SHEETS}/{call.spreadsheet_id}:batchUpdate", {"requests": [request]}, again=again, fields="replies"
    )
    return (said.get("replies") or [{}])[0]


def _delete_rows(api: GoogleApi, call: SheetsCall) -> Result:
    sheet_id = _sheet_id(_sheets(api, call), str(call.sheet))
    rows = {"sheetId": sheet_id, "dimension": "ROWS", "startIndex": call.start_row - 1, "endIndex": call.end_row}
    _change(api, call, {"deleteDimension": {"range": rows}}, again=False)
    return {
        **_about(call.spreadsheet_id),
        "sheet_name": call.sheet,
        "start_row": call.start_row,
        "end_row": call.end_row,
        "deleted_rows": call.end_row - call.start_row + 1,
    }


def _add_sheet(api: GoogleApi, call: SheetsCall) -> Result:
    said = _change(api, call, {"addSheet": {"properties": {"title": call.sheet}}}, again=False)
    sheet_id = said["addSheet"]["properties"]["sheetId"]
    result = {**_about(call.spreadsheet_id), "sheet_id": sheet_id, "sheet_name": call.sheet}
    if call.rows:
        try:
            written = _written(api, call, f"{call.range}!A1")
        except (ActionError, NetworkError) as error:
            error.hint = f'The sheet "{call.sheet}" was added before that, without its rows. {error.hint or ""}'
            raise
        result["updated_rows"] = written.get("updatedRows", 0)
        result["updated_columns"] = written.get("updatedColumns", 0)
    return result


def _rename(api: GoogleApi, call: SheetsCall) -> Result:
    sheets = _sheets(api, call)
    names = {str(sheet["title"]) for sheet in sheets}
    if call.sheet not in names and call.new_sheet_name in names:
        # An attempt whose reply was lost has done it.
        sheet_id = _sheet_id(sheets, call.new_sheet_name)
    else:
        sheet_id = _sheet_id(sheets, str(call.sheet))
        properties = {"sheetId": sheet_id, "title": call.new_sheet_name}
        _change(api, call, {"updateSheetProperties": {"properties": properties, "fields": "title"}}, again=True)
    return {
        **_about(call.spreadsheet_id),
        "sheet_id": sheet_id,
        "previous_sheet_name": call.sheet,
        "sheet_name": call.new_sheet_name,
    }


def _delete_sheet(api: GoogleApi, call: SheetsCall) -> Result:
    sheets = _sheets(api, call)
    sheet_id = _sheet_id(sheets, str(call.sheet))
    if len(sheets) == 1:
        raise ActionError(
            f'google_sheets: "{call.sheet}" is the only sheet, and a spreadsheet needs one',
            hint="Add another one first, or clear this one.",
            code="google.refused",
        )
    _change(api, call, {"deleteSheet": {"sheetId": sheet_id}}, again=False)
    return {**_about(call.spreadsheet_id), "sheet_id": sheet_id, "sheet_name": call.sheet}


def _export(api: GoogleApi, call: SheetsCall) -> Result:
    url = f"{DRIVE}/{call.spreadsheet_id}"
    name = api.get(url, fields="name").get("name")
    content = api.send("GET", f"{url}/export", params={"mimeType": FILE_TYPES[call.file_type]}).content
    return {
        "spreadsheet_id": call.spreadsheet_id,
        "name": name,
        "size": len(content),
        "file_type": call.file_type,
        "data_base64": base64.b64encode(content).decode("ascii"),
    }


PERFORMERS: Mapping[str, Callable[[GoogleApi, SheetsCall], Result]] = {
    "create_spreadsheet": _create,
    "append_rows": _append,
    "update_rows": _update,
    "clear_values": _clear,
    "get_values": _get,
    "delete_rows": _delete_rows,
    "add_sheet": _add_sheet,
    "rename_sheet": _rename,
    "delete_sheet": _delete_sheet,
    "export_spreadsheet": _export,
}
"""By operation; each may raise ActionError and NetworkError."""
