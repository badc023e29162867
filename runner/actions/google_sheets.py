"""google_sheets: the ten operations on spreadsheets (actions.md 5.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from runner.actions.base import ActionType, Outcome, Tools
from runner.actions.google_api import GoogleApi
from runner.actions.google_sheets_calls import PERFORMERS
from runner.actions.google_sheets_options import FILE_TYPES, INPUT_OPTIONS, OPERATIONS, RENDER_OPTIONS, SheetsCall, read
from runner.actions.pass_through import for_account
from runner.actions.reading import in_order, shown_rows
from runner.errors import ActionError, NetworkError
from runner.model.json import JSON

_ROWS = {"type": "array", "items": {"type": "array"}}


class GoogleSheetsAction(ActionType):
    """One operation on one spreadsheet.

    What would be done twice if it were done again is tried again only where nothing can have been done.
    """

    name = "google_sheets"
    schema: ClassVar[Mapping[str, Any]] = {
        "type": "object",
        "required": ["account", "operation"],
        "properties": {
            "account": {"type": "string", "description": "the name of an account of `runner connect list`"},
            "operation": {"enum": list(OPERATIONS), "description": "below"},
            "spreadsheet_id": {"type": "string", "description": "required for all operations but `create_spreadsheet`"},
            "title": {"type": "string", "default": "New Spreadsheet", "description": "`create_spreadsheet`"},
            "rows": {
                **_ROWS,
                "description": "arrays of cells: `create_spreadsheet`, `append_rows`, `update_rows`, `add_sheet`",
            },
            "sheets": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "name": {"type": "string", "description": "of the sheet"},
                        "rows": {**_ROWS, "description": "its rows"},
                    },
                },
                "description": "`create_spreadsheet`, in place of `rows`",
            },
            "folder_path": {"type": "string", "description": "`create_spreadsheet`: folders separated by `/`"},
            "sheet_name": {"type": "string", "description": "exactly; the first sheet without it and `sheet_range`"},
            "sheet_range": {"type": "string", "description": "in A1 notation, such as `A2:D` or `Orders!A2:D`"},
            "value_input_option": {
                "enum": list(INPUT_OPTIONS),
                "default": "raw",
                "description": "of what writes; `user_entered` reads formulas and dates as if typed",
            },
            "value_render_option": {
                "enum": list(RENDER_OPTIONS),
                "default": "formatted_value",
                "description": "`get_values`",
            },
            "start_row": {"type": "integer", "description": "`delete_rows`; the first row is 1"},
            "end_row": {"type": "integer", "description": "`delete_rows`; `start_row` if left out"},
            "new_sheet_name": {"type": "string", "description": "`rename_sheet`; a new name"},
            "file_type": {
                "enum": list(FILE_TYPES),
                "default": "xlsx",
                "description": "`export_spreadsheet`; `html` is an archive of pages",
            },
            "retry_on_transient_errors": {
                "type": "boolean",
                "default": False,
                "description": "`append_rows`: try again also where the rows may have been written",
            },
        },
    }

    def validate(self, options: JSON) -> SheetsCall:
        return read(options)

    def perform(self, options: SheetsCall, tools: Tools) -> Outcome:
        with GoogleApi(self.name, options.account, tools) as api:
            try:
                result = PERFORMERS[options.operation](api, options)
            except (ActionError, NetworkError) as error:
                # differs: the platform tries operations that would be doubled never again; here a failure before
                # anything can have been done is tried again for all of them.
                return api.failed(error, repeats=options.repeats)
            return Outcome(ok=True, result=api.shown(result))

    def summary(self, options: JSON) -> str:
        given = options if isinstance(options, Mapping) else {}
        operation = str(given.get("operation") or "").strip() or "no operation"
        rows = given.get("rows")
        count = f", {len(rows)} row{'' if len(rows) == 1 else 's'}" if isinstance(rows, list) else ""
        where = given.get("title") if operation == "create_spreadsheet" else given.get("spreadsheet_id")
        sheet = given.get("sheet_name") or given.get("sheet_range")
        named = " ".join(str(each) for each in (where, sheet) if each)
        return f"{operation}{f' {named}' if named else ''}{count}{for_account(given)}"

    def shown(self, options: JSON) -> JSON:
        """The operation, and rows as lines of a table."""
        if not isinstance(options, Mapping):
            return options
        shown = in_order(options, ("operation", "account", "spreadsheet_id", "title"), ("rows", "sheets"))
        if "rows" in shown:
            shown["rows"] = shown_rows(shown["rows"])
        if isinstance(shown.get("sheets"), list):
            shown["sheets"] = [
                {**each, "rows": shown_rows(each["rows"])} if isinstance(each, Mapping) and "rows" in each else each
                for each in shown["sheets"]
            ]
        return shown

    def resendable(self, options: SheetsCall) -> bool:
        return options.repeats
