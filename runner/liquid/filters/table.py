"""Filters of CSV (liquid.md 3.1)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from runner.errors import LiquidError
from runner.liquid.filters.arguments import bounded_list, is_list, items
from runner.liquid.limits import refuse_large
from runner.liquid.objects.base import LiquidObject
from runner.liquid.values import argument_text, shown, truthy

_BOM = "\ufeff"


def csv(value: Any, separator: Any = None, *, delimiter: Any = None, include_bom: Any = False) -> str:
    """A list of rows as CSV, every row ending in a newline; nil is an empty cell, an empty text is ``""``.

    LiquidError when the input is not a list of lists.
    """
    mark = _delimiter("csv", separator if delimiter is None else delimiter)
    if not is_list(value):
        raise LiquidError(f"csv: the input must be a list of rows, not {shown(value)}")
    rows = items("csv", value)
    refuse_large(rows, "csv")
    special = re.compile(f'["\r\n{re.escape(mark)}]' if len(mark) == 1 else f'["\r\n]|{re.escape(mark)}')
    lines = []
    for row in rows:
        if not is_list(row):
            raise LiquidError(f"csv: every row must be a list, not {shown(row)}")
        lines.append(mark.join([_cell(cell, special) for cell in items("csv", row)]) + "\n")
    return (_BOM if truthy(include_bom) else "") + "".join(lines)


def _cell(cell: Any, special: re.Pattern[str]) -> str:
    if cell is None:
        return ""
    content = argument_text(cell)
    if not content or special.search(content):
        doubled = content.replace('"', '""')
        return f'"{doubled}"'
    return content


def _delimiter(name: str, value: Any) -> str:
    mark = "," if value is None else argument_text(value)
    if not mark or any(character in mark for character in '"\r\n'):
        raise LiquidError(f"{name}: {shown(value)} cannot be the delimiter")
    return mark


def parse_csv(value: Any, *, headers: Any = False, delimiter: Any = ",") -> list[Any]:
    """The rows of CSV text, as lists, or with ``headers`` as hashes keyed by the first row.

    An empty cell is nil, a quoted empty one ``""``; a row that is too short gives nil. LiquidError for bad quoting.
    """
    if is_list(value) or isinstance(value, (dict, LiquidObject)):
        raise LiquidError(f"parse_csv: the input must be text, not {shown(value)}")
    rows = _rows(argument_text(value).removeprefix(_BOM), _delimiter("parse_csv", delimiter))
    if not truthy(headers) or not rows:
        return rows
    names = [name or "" for name in rows[0]]
    keyed = []
    for row in rows[1:]:
        record: dict[str, Any] = {}
        for position, name in enumerate(names):
            record.setdefault(name, row[position] if position < len(row) else None)
        keyed.append(record)
    return keyed


def _rows(source: str, mark: str) -> list[list[str | None]]:
    """Cell by cell: each is quoted or bare, and ends at a delimiter, a line end or the end of the text."""
    cell_end = re.compile(f"{re.escape(mark)}|[\r\n]")
    line_end = re.compile("\r\n|\n|\r")
    quoted = re.compile('"([^"]*+(?:""[^"]*+)*+)"')
    rows: list[list[str | None]] = []
    row: list[str | None] = []
    position, line, length = 0, 1, len(source)
    cells = 0
    while position < length or row:
        cells += 1
        bounded_list("parse_csv", cells)
        cell: str | None
        if source.startswith('"', position):
            found = quoted.match(source, position)
            if found is None:
                raise LiquidError(f"parse_csv: the quote opened in line {line} is never closed")
            cell = found.group(1).replace('""', '"')
            line += cell.count("\n")
            end = found.end()
        else:
            stop = cell_end.search(source, position)
            end = stop.start() if stop else length
            cell = source[position:end] or None
            if cell and '"' in cell:
                raise LiquidError(f"parse_csv: a quote inside the bare cell {shown(cell)} in line {line}")
        position = end
        ended = line_end.match(source, position)
        if ended or position == length:
            # A blank line is a row without cells.
            rows.append([*row, cell] if row or cell is not None else [])
            row, line, position = [], line + 1, ended.end() if ended else position
        elif source.startswith(mark, position):
            row.append(cell)
            position += len(mark)
        else:
            raise LiquidError(
                f"parse_csv: text after the closing quote in line {line}: {shown(source[position:][:20])}"
            )
    return rows


FILTERS: dict[str, Callable[..., Any]] = {"csv": csv, "parse_csv": parse_csv}
