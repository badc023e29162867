"""google_sheets at the wire: the ten operations, their targets and defaults, and what is repeated (actions.md 5.3)."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest

from runner.actions import Outcome
from runner.actions.google_sheets import GoogleSheetsAction
from runner.errors import ActionError
from tests.servers.connected import perform
from tests.servers.providers import Providers, google_error
from tests.servers.web import Answer

__all__ = ["perform"]

KIND = GoogleSheetsAction()
ROWS = [["a", 1, None], ["b"]]
Sheets = Callable[..., Outcome]


@pytest.fixture
def book_id(providers: Providers) -> str:
    """A spreadsheet with two sheets, the second with a name that needs quoting."""
    return providers.sheets.book("Sheet1", "It's new", drive=providers.drive)


@pytest.fixture
def sheets(perform: Callable[..., Outcome], book_id: str) -> Sheets:
    """``sheets("append_rows", rows=…)``: the outcome, on the spreadsheet of ``book_id``."""

    def act(operation: str, **options: Any) -> Outcome:
        known = {} if operation == "create_spreadsheet" else {"spreadsheet_id": book_id}
        return perform(KIND, {"account": "me@example.com", "operation": operation, **known, **options})

    return act


def about(book: str, **more: Any) -> dict[str, Any]:
    """A result: id, address and what the operation adds."""
    return {"spreadsheet_id": book, "spreadsheet_url": f"https://docs.google.com/spreadsheets/d/{book}", **more}


def rows_of(providers: Providers, book: str) -> dict[str, list[list[Any]]]:
    return {sheet.title: sheet.rows for sheet in providers.sheets.books[book]}


@pytest.mark.parametrize(
    ("options", "more", "rows"),
    [
        ({}, {"title": "New Spreadsheet"}, {"Sheet1": []}),
        ({"title": " "}, {"title": "New Spreadsheet"}, {"Sheet1": []}),
        ({"title": "Orders", "rows": ROWS}, {"title": "Orders"}, {"Sheet1": ROWS}),
        (
            {"title": "T", "sheets": [{"name": "It's", "rows": ROWS}, {"name": "B"}]},
            {"title": "T", "sheets": [{"name": "It's", "sheet_id": 0}, {"name": "B", "sheet_id": 100}]},
            {"It's": ROWS, "B": []},
        ),
    ],
)
def test_create_spreadsheet(options: Any, more: Any, rows: Any, sheets: Sheets, providers: Providers) -> None:
    outcome = sheets("create_spreadsheet", **options)
    assert outcome.result == about("book-2", **more)
    assert rows_of(providers, "book-2") == rows


def test_create_spreadsheet_in_folders_that_are_made(sheets: Sheets, providers: Providers) -> None:
    outcome = sheets("create_spreadsheet", title="T", folder_path="reports/2026")
    assert outcome.result == about("book-2", title="T", folder_path="reports/2026")
    sheets("create_spreadsheet", title="U", folder_path="/reports/2026/")
    assert providers.drive.paths() == ["Book", "reports", "reports/2026", "reports/2026/T", "reports/2026/U"]


@pytest.mark.parametrize(
    ("target", "place"),
    [
        ({}, "'Sheet1'"),
        ({"sheet_name": "It's new"}, "'It''s new'"),
        ({"sheet_range": "B2:D"}, "B2:D"),
        ({"sheet_name": "It's new", "sheet_range": "B2:D"}, "'It''s new'!B2:D"),
        ({"sheet_range": "'It''s new'!B2:D"}, "'It''s new'!B2:D"),
        ({"sheet_range": "Sheet1!A1"}, "'Sheet1'!A1"),
        ({"sheet_range": "Sheet1!A1", "sheet_name": "Sheet1"}, "'Sheet1'!A1"),
    ],
)
@pytest.mark.parametrize("operation", ["append_rows", "get_values"])
def test_the_target_in_google_s_notation(
    target: Any, place: str, operation: str, sheets: Sheets, book_id: str, providers: Providers
) -> None:
    rows = {"rows": ROWS} if operation == "append_rows" else {}
    assert sheets(operation, **rows, **target).ok
    verb = ":append" if operation == "append_rows" else ""
    assert providers.calls()[-1].path == f"/v4/spreadsheets/{book_id}/values/{place}{verb}"


def test_append_rows(sheets: Sheets, book_id: str, providers: Providers) -> None:
    sheets("append_rows", rows=[["x"]])
    outcome = sheets("append_rows", rows=ROWS)
    assert outcome.result == about(book_id, updated_range="Sheet1!A2", updated_rows=2, updated_columns=3)
    assert rows_of(providers, book_id)["Sheet1"] == [["x"], *ROWS]


def test_update_rows_starts_at_the_first_cell_of_a_sheet(sheets: Sheets, book_id: str, providers: Providers) -> None:
    outcome = sheets("update_rows", rows=ROWS, sheet_name="It's new")
    expected = {"updated_range": "It's new!A1", "updated_rows": 2, "updated_columns": 3, "updated_cells": 4}
    assert outcome.result == about(book_id, **expected)
    got = providers.calls()[-1]
    assert (got.method, got.path) == ("PUT", f"/v4/spreadsheets/{book_id}/values/'It''s new'!A1")
    assert got.json == {"values": ROWS}


@pytest.mark.parametrize("operation", ["append_rows", "update_rows"])
@pytest.mark.parametrize(
    ("option", "sent"),
    [({}, "RAW"), ({"value_input_option": "raw"}, "RAW"), ({"value_input_option": "User_Entered"}, "USER_ENTERED")],
)
def test_values_are_raw_unless_entered_as_a_user_would(
    option: Any, sent: str, operation: str, sheets: Sheets, providers: Providers
) -> None:
    sheets(operation, rows=ROWS, sheet_range="A1", **option)
    assert providers.calls()[-1].query["valueInputOption"] == [sent]


def test_clear_values(sheets: Sheets, book_id: str, providers: Providers) -> None:
    sheets("update_rows", rows=ROWS, sheet_name="Sheet1")
    outcome = sheets("clear_values", sheet_name="Sheet1")
    assert outcome.result == about(book_id, cleared_range="Sheet1!A1:Z9")
    assert rows_of(providers, book_id)["Sheet1"] == []


@pytest.mark.parametrize(
    ("option", "sent"),
    [
        ({}, "FORMATTED_VALUE"),
        ({"value_render_option": "unformatted_value"}, "UNFORMATTED_VALUE"),
        ({"value_render_option": "formula"}, "FORMULA"),
    ],
)
def test_get_values(option: Any, sent: str, sheets: Sheets, book_id: str, providers: Providers) -> None:
    sheets("update_rows", rows=ROWS, sheet_name="Sheet1")
    outcome = sheets("get_values", **option)
    assert outcome.result == about(book_id, range="Sheet1!A1:Z9", values=ROWS, row_count=2)
    assert providers.calls()[-1].query["valueRenderOption"] == [sent]


def test_values_of_an_empty_range_are_no_rows(sheets: Sheets, book_id: str, providers: Providers) -> None:
    """Google leaves ``values`` out then."""
    providers.faults = [Answer(200, b'{"range": "Sheet1!A1:B2", "majorDimension": "ROWS"}')]
    outcome = sheets("get_values", sheet_range="A1:B2")
    assert outcome.result == about(book_id, range="Sheet1!A1:B2", values=[], row_count=0)


@pytest.mark.parametrize(
    ("options", "left", "result"),
    [
        ({"start_row": 2}, [["0"], ["2"], ["3"]], {"start_row": 2, "end_row": 2, "deleted_rows": 1}),
        ({"start_row": "2", "end_row": "3"}, [["0"], ["3"]], {"start_row": 2, "end_row": 3, "deleted_rows": 2}),
    ],
)
def test_delete_rows_counts_from_one_both_included(
    options: Any, left: Any, result: Any, sheets: Sheets, book_id: str, providers: Providers
) -> None:
    sheets("update_rows", rows=[[str(n)] for n in range(4)], sheet_name="It's new")
    outcome = sheets("delete_rows", sheet_name="It's new", **options)
    assert outcome.result == about(book_id, sheet_name="It's new", **result)
    assert rows_of(providers, book_id)["It's new"] == left


@pytest.mark.parametrize(("options", "more"), [({}, {}), ({"rows": ROWS}, {"updated_rows": 2, "updated_columns": 3})])
def test_add_sheet(options: Any, more: Any, sheets: Sheets, book_id: str, providers: Providers) -> None:
    outcome = sheets("add_sheet", sheet_name="Third", **options)
    assert outcome.result == about(book_id, sheet_id=777, sheet_name="Third", **more)
    assert rows_of(providers, book_id)["Third"] == options.get("rows", [])


def test_a_sheet_that_is_there_is_not_added(sheets: Sheets) -> None:
    outcome = sheets("add_sheet", sheet_name="Sheet1")
    assert (outcome.ok, outcome.transient) == (False, False)
    assert 'A sheet with the name "Sheet1" already exists.' in str(outcome.error)


def test_rename_sheet(sheets: Sheets, book_id: str, providers: Providers) -> None:
    expected = about(book_id, sheet_id=100, previous_sheet_name="It's new", sheet_name="Old")
    assert sheets("rename_sheet", sheet_name="It's new", new_sheet_name="Old").result == expected
    assert list(rows_of(providers, book_id)) == ["Sheet1", "Old"]
    again = sheets("rename_sheet", sheet_name="It's new", new_sheet_name="Old")
    assert again.result == expected, "an attempt whose reply was lost has done it"


def test_rename_sheet_to_a_name_that_is_taken(sheets: Sheets, book_id: str, providers: Providers) -> None:
    outcome = sheets("rename_sheet", sheet_name="It's new", new_sheet_name="Sheet1")
    assert (outcome.ok, outcome.transient) == (False, False)
    assert list(rows_of(providers, book_id)) == ["Sheet1", "It's new"]


def test_delete_sheet_but_not_the_last_one(sheets: Sheets, book_id: str, providers: Providers) -> None:
    assert sheets("delete_sheet", sheet_name="Sheet1").result == about(book_id, sheet_id=0, sheet_name="Sheet1")
    last = sheets("delete_sheet", sheet_name="It's new")
    assert (last.ok, last.transient, "only sheet" in str(last.error)) == (False, False, True)
    assert list(rows_of(providers, book_id)) == ["It's new"]


@pytest.mark.parametrize(
    ("option", "kind", "mime"),
    [
        ({}, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ({"file_type": "CSV"}, "csv", "text/csv"),
        ({"file_type": "pdf"}, "pdf", "application/pdf"),
        ({"file_type": "html"}, "html", "application/zip"),
        ({"file_type": "ods"}, "ods", "application/vnd.oasis.opendocument.spreadsheet"),
        ({"file_type": "tsv"}, "tsv", "text/tab-separated-values"),
    ],
)
def test_export_spreadsheet(option: Any, kind: str, mime: str, sheets: Sheets, book_id: str) -> None:
    content = f"exported as {mime}".encode()
    assert sheets("export_spreadsheet", **option).result == {
        "spreadsheet_id": book_id,
        "name": "Book",
        "size": len(content),
        "file_type": kind,
        "data_base64": base64.b64encode(content).decode(),
    }


@pytest.mark.parametrize("operation", ["delete_rows", "rename_sheet", "delete_sheet"])
def test_a_sheet_that_is_not_there_is_permanent_and_names_those_that_are(operation: str, sheets: Sheets) -> None:
    outcome = sheets(operation, sheet_name="Nowhere", start_row=1, new_sheet_name="x")
    assert (outcome.ok, outcome.transient) == (False, False)
    assert 'no sheet "Nowhere"' in str(outcome.error)
    assert outcome.hint == "It has Sheet1, It's new."


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, '"operation" is missing'),
        ({"operation": "add_rows"}, 'no operation "add_rows"'),
        ({"operation": "get_values"}, '"spreadsheet_id" is missing'),
        ({"operation": "get_values", "spreadsheet_id": "https://docs.google.com/x"}, "no id of a spreadsheet"),
        ({"operation": "append_rows", "spreadsheet_id": "x"}, '"rows" is missing or empty'),
        ({"operation": "append_rows", "spreadsheet_id": "x", "rows": []}, '"rows" is missing or empty'),
        ({"operation": "append_rows", "spreadsheet_id": "x", "rows": ["a"]}, "not an array of arrays"),
        ({"operation": "append_rows", "spreadsheet_id": "x", "rows": [["a", {}]]}, "row 1 holds a cell"),
        ({"operation": "update_rows", "spreadsheet_id": "x", "rows": [["a"]]}, "both missing"),
        ({"operation": "clear_values", "spreadsheet_id": "x"}, "both missing"),
        (
            {"operation": "get_values", "spreadsheet_id": "x", "sheet_range": "A!A1", "sheet_name": "B"},
            'names the sheet "A", and "sheet_name" another one',
        ),
        ({"operation": "get_values", "spreadsheet_id": "x", "value_render_option": "raw"}, "is none of"),
        ({"operation": "append_rows", "spreadsheet_id": "x", "rows": [[1]], "value_input_option": "x"}, "is none of"),
        ({"operation": "delete_rows", "spreadsheet_id": "x", "start_row": 1}, '"sheet_name" is missing'),
        ({"operation": "delete_rows", "spreadsheet_id": "x", "sheet_name": "A"}, '"start_row" is missing'),
        ({"operation": "delete_rows", "spreadsheet_id": "x", "sheet_name": "A", "start_row": 0}, "whole number"),
        (
            {"operation": "delete_rows", "spreadsheet_id": "x", "sheet_name": "A", "start_row": 3, "end_row": 2},
            '"end_row" is before "start_row"',
        ),
        ({"operation": "add_sheet", "spreadsheet_id": "x"}, '"sheet_name" is missing'),
        ({"operation": "rename_sheet", "spreadsheet_id": "x", "sheet_name": "A"}, '"new_sheet_name" is missing'),
        ({"operation": "delete_sheet", "spreadsheet_id": "x"}, '"sheet_name" is missing'),
        ({"operation": "export_spreadsheet", "spreadsheet_id": "x", "file_type": "doc"}, "is none of xlsx"),
        ({"operation": "create_spreadsheet", "rows": [[1]], "sheets": [{"name": "A"}]}, "both given"),
        ({"operation": "create_spreadsheet", "sheets": [{"rows": []}]}, "has no name"),
        ({"operation": "create_spreadsheet", "sheets": [{"name": "A"}, {"name": "a"}]}, "two sheets"),
        ({"operation": "create_spreadsheet", "sheets": ["A"]}, "not an array of objects"),
        ({"operation": "create_spreadsheet", "folder_path": "a|b"}, "holds |"),
    ],
)
def test_options_are_checked_before_anything_is_sent(
    options: Any, words: str, perform: Callable[..., Outcome], providers: Providers
) -> None:
    with pytest.raises(ActionError) as caught:
        perform(KIND, {"account": "me@example.com", **options})
    assert words in str(caught.value)
    assert caught.value.code == "action.invalid_options"
    assert providers.saw == []


CALLS: dict[str, dict[str, Any]] = {
    "create_spreadsheet": {},
    "append_rows": {"rows": ROWS},
    "update_rows": {"rows": ROWS, "sheet_name": "Sheet1"},
    "clear_values": {"sheet_name": "Sheet1"},
    "get_values": {"sheet_name": "Sheet1"},
    "delete_rows": {"sheet_name": "Sheet1", "start_row": 1},
    "add_sheet": {"sheet_name": "Third"},
    "rename_sheet": {"sheet_name": "Sheet1", "new_sheet_name": "First"},
    "delete_sheet": {"sheet_name": "Sheet1"},
    "export_spreadsheet": {},
}
REPEATED = {"update_rows", "clear_values", "get_values", "rename_sheet", "export_spreadsheet"}
"""What is tried again though it may have been done: the table of actions.md 5.3."""


@pytest.mark.parametrize("operation", CALLS)
def test_every_operation_waits_where_google_is_asked_too_often(
    operation: str, sheets: Sheets, providers: Providers
) -> None:
    providers.faults = [google_error(429, "Quota exceeded", Retry_After="2")]
    assert sheets(operation, **CALLS[operation]).ok


def lost(providers: Providers, answer: Answer) -> None:
    """The first call that changes something is done, and answered by ``answer``; all after it too."""
    real = providers.answer

    def answering(got: Any) -> Answer:
        said = real(got)
        return answer if got.method != "GET" and got.path.startswith("/v4/") else said

    providers.respond = answering


@pytest.mark.parametrize("operation", CALLS)
@pytest.mark.parametrize("answer", [google_error(503, "Backend Error"), Answer(drop=True), Answer(200, b"<html>")])
def test_a_failure_after_something_may_have_been_done_is_repeated_by_the_table(
    answer: Answer, operation: str, sheets: Sheets, providers: Providers
) -> None:
    if operation in ("get_values", "export_spreadsheet"):
        providers.faults = [answer]
    else:
        lost(providers, answer)
    outcome = sheets(operation, **CALLS[operation])
    assert (outcome.ok, outcome.transient) == (False, operation in REPEATED)
    if operation not in REPEATED:
        assert "It may have been done: look before you retry it." in str(outcome.hint)
        assert outcome.uncertain is (answer.status == 200)


def test_append_rows_is_repeated_where_the_task_asks_for_it(sheets: Sheets, providers: Providers) -> None:
    lost(providers, google_error(500, "Internal"))
    assert sheets("append_rows", rows=ROWS, retry_on_transient_errors="true").transient
    assert not sheets("append_rows", rows=ROWS, retry_on_transient_errors=False).transient


@pytest.mark.parametrize("operation", ["append_rows", "delete_rows", "delete_sheet"])
def test_a_failure_before_anything_was_done_is_tried_again_for_all(
    operation: str, sheets: Sheets, providers: Providers
) -> None:
    """The look for the sheet's name or id fails, and nothing has been written."""
    providers.faults = [google_error(500, "Internal")]
    assert sheets(operation, **CALLS[operation]).transient


@pytest.mark.parametrize("operation", CALLS)
def test_a_refusal_is_permanent(operation: str, sheets: Sheets, providers: Providers) -> None:
    providers.faults = [google_error(400, "Unable to parse range: X")]
    outcome = sheets(operation, **CALLS[operation])
    assert (outcome.ok, outcome.transient, outcome.uncertain, outcome.code) == (False, False, False, "google.refused")
    assert outcome.error == "google_sheets: Google answered 400: Unable to parse range: X"


def test_a_spreadsheet_made_before_the_failure_is_named(sheets: Sheets, providers: Providers) -> None:
    real = providers.answer
    providers.respond = lambda got: google_error(403, "No") if "batchUpdate" in got.path else real(got)
    outcome = sheets("create_spreadsheet", rows=ROWS)
    assert (outcome.ok, outcome.transient) == (False, False)
    assert "The spreadsheet book-2 was made before that, and is not complete." in str(outcome.hint)


def test_a_spreadsheet_that_is_not_there(perform: Callable[..., Outcome], providers: Providers) -> None:
    options = {"account": "me@example.com", "operation": "get_values", "spreadsheet_id": "nope"}
    outcome = perform(KIND, options | {"sheet_range": "A1"})
    assert outcome.error == "google_sheets: Google answered 404: Requested entity was not found."
    assert "only files that they made themselves" in str(outcome.hint)


def test_more_than_twenty_megabytes_of_values_are_permanent(sheets: Sheets, providers: Providers) -> None:
    providers.faults = [Answer(200, b" " * (20 * 1024 * 1024 + 1))]
    outcome = sheets("get_values", sheet_range="A1")
    assert (outcome.ok, outcome.transient, outcome.uncertain) == (False, False, False)


@pytest.mark.parametrize(
    ("options", "summary"),
    [
        (
            {"account": "me", "operation": "append_rows", "spreadsheet_id": "x", "sheet_name": "A", "rows": [[1]]},
            "append_rows x A, 1 row for me",
        ),
        ({"account": "me", "operation": "create_spreadsheet", "title": "T"}, "create_spreadsheet T for me"),
        (None, "no operation"),
    ],
)
def test_the_summary(options: Any, summary: str) -> None:
    assert KIND.summary(options) == summary
