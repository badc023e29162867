"""Options as people read them: files by their size and first lines instead of all they hold."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from runner.model.json import JSON

FIRST_LINES = 5
LONGEST_LINE = 100


def in_order(options: Mapping[str, Any], first: tuple[str, ...], last: tuple[str, ...] = ()) -> dict[str, Any]:
    """``options`` with the keys ``first`` before all others and ``last`` behind them; blank ones are left out."""
    rest = [key for key in options if key not in first and key not in last]
    return {key: options[key] for key in (*first, *rest, *last) if options.get(key) not in (None, "", [], {})}


def shown_files(file_map: JSON) -> JSON:
    """A map of files (actions.md 2): what each would be made of, nothing made. What is no such map stays as it is."""
    if not isinstance(file_map, Mapping):
        return file_map
    return {str(name): _file(value) for name, value in file_map.items()}


def shown_rows(rows: JSON) -> JSON:
    """Rows of a sheet: how many, and the first ones, each a line. What are no rows stays as it is."""
    if not isinstance(rows, list | tuple) or not rows or not all(isinstance(row, list | tuple) for row in rows):
        return rows
    lines = [" | ".join("" if cell is None else str(cell) for cell in row) for row in rows[:FIRST_LINES]]
    begins = [line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}…" for line in lines]
    more = ["…"] if len(rows) > FIRST_LINES else []
    return "\n".join((f"{len(rows)} row{'' if len(rows) == 1 else 's'}:", *begins, *more))


def hidden_texts(options: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """``options`` with dots in place of the passwords and keys called ``names``, as far as they are given."""
    return {key: "••••••" if key in names and value not in (None, "") else value for key, value in options.items()}


def _file(value: Any) -> JSON:
    unknown: JSON = value
    if isinstance(value, str):
        return _text("text", value)
    if not isinstance(value, Mapping) or len(value) != 1:
        return unknown
    ((kind, given),) = value.items()
    if kind == "base64" and isinstance(given, str):
        return _binary(given)
    if kind == "pdf" and isinstance(given, Mapping) and isinstance(given.get("html"), str):
        settings = {name: setting for name, setting in given.items() if name != "html"}
        made = _text("a PDF of HTML", given["html"])
        return {"of": made, **settings} if settings else made
    if kind == "zip" and isinstance(given, Mapping):
        locked = "a zip archive with a password" if given.get("password") else "a zip archive"
        return {locked: shown_files(given.get("files"))}
    return f"what {given} answers with" if kind == "url" else unknown


def _text(what: str, text: str) -> str:
    lines = text.splitlines()
    head = f"{what}, {size(len(text.encode()))}, {len(lines)} line{'' if len(lines) == 1 else 's'}"
    begins = [line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}…" for line in lines[:FIRST_LINES]]
    more = ["…"] if len(lines) > FIRST_LINES else []
    return "\n".join((f"{head}:", *begins, *more)) if lines else head


def _binary(encoded: str) -> str:
    try:
        return f"bytes in base64, {size(len(base64.b64decode(encoded)))}"
    except binascii.Error:
        return "bytes in base64 that cannot be decoded"


def size(number: int) -> str:
    """A number of bytes for people: ``14 bytes``, ``2.5 kB``, ``1.2 MB``."""
    if number < 1000:
        return f"{number} byte{'' if number == 1 else 's'}"
    thousands = number / 1000
    return f"{thousands:.1f} kB" if thousands < 1000 else f"{thousands / 1000:.1f} MB"
