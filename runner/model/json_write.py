"""Writes JSON: the library's canonical bytes, and edits that keep everything else of a text as it was."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from runner.model.json_text import KeyPath, Span, scan, spans

_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPED_LETTER = re.compile(r"(?<!\\)(?:\\\\)*\\u(?!00[0-7])[0-9a-fA-F]{4}")
_KEY_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
_ESCAPED_ASCII = {"/": "\\/", "<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "'": "\\u0027"}
"""Characters that some writers of JSON escape without need."""


@dataclass(frozen=True, slots=True)
class JSONStyle:
    """How a text is laid out. ``indent`` None: one line. ``escapes``: characters written as the escape given."""

    indent: str | None = "  "
    newline: str = "\n"
    comma: str = ","
    colon: str = ": "
    ascii_only: bool = False
    escapes: tuple[tuple[str, str], ...] = ()


def style_of(text: str, known: Mapping[KeyPath, Span]) -> JSONStyle:
    """The layout of a text whose root is an object with at least two keys; ``known`` are its ``spans``."""
    top = sorted(span for path, span in known.items() if len(path) == 1)
    opening = text[known[()].start + 1 : top[0].key]
    key = _KEY_TEXT.match(text, top[0].key)
    colon = text[key.end() : top[0].start] if key else ": "
    between = text[top[0].end : top[1].key] if len(top) > 1 else ","
    return JSONStyle(
        indent=opening.rpartition("\n")[2] if "\n" in opening else None,
        newline="\r\n" if "\r\n" in opening else "\n",
        comma="," if "\n" in opening else between.replace("\n", ""),
        colon=colon if "\n" not in colon else ": ",
        ascii_only=text.isascii() and _ESCAPED_LETTER.search(text) is not None,
        escapes=tuple(
            pair for pair in _ESCAPED_ASCII.items() if pair[1] in text and pair[0] not in _bare(text, pair[1])
        ),
    )


def _bare(text: str, escape: str) -> str:
    return text.replace(escape, "")


def write_json(value: Any, style: JSONStyle, *, level: int = 0) -> str:
    """``value`` in ``style``, without a final newline; ``level`` counts the objects around it."""
    text = json.dumps(value, indent=style.indent, ensure_ascii=style.ascii_only, separators=(style.comma, style.colon))
    text = _SURROGATE.sub(_escape, text)
    for char, escape in style.escapes:
        text = text.replace(char, escape)  # these stand inside strings only
    return text.replace("\n", style.newline + (style.indent or "") * level)


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def replace_values(text: str, changes: Mapping[str, Any]) -> str:
    """``text`` with the values of these keys of its root replaced, new keys at the end, all else untouched."""
    known = spans(text)
    style = style_of(text, known)
    pieces: list[str] = []
    at = 0
    written = sorted((known[(key,)].start, key) for key in changes if (key,) in known)
    for _, key in written:
        span = known[(key,)]
        pieces += [text[at : span.start], write_json(changes[key], style, level=1)]
        at = span.end
    last = max(span.end for path, span in known.items() if len(path) == 1)
    pieces.append(text[at:last])
    for key, value in changes.items():
        if (key,) not in known:
            lead = "," + style.newline + style.indent if style.indent is not None else style.comma
            pieces += [lead, write_json(key, style), style.colon, write_json(value, style, level=1)]
    return "".join(pieces) + text[last:]


def canonical_document(document: Mapping[str, Any]) -> str:
    """The form the task library publishes (tasks.md 1.3).

    Top-level keys sorted by code point, nested objects in stored order, two-space indent, non-ASCII and ``/`` literal,
    one final newline. Floats as JavaScript writes them (``1.0`` is ``1``); lone surrogates as escapes.
    """
    text = write_json(dict(sorted(document.items())), JSONStyle()) + "\n"
    pieces: list[str] = []
    at = 0
    # differs: the library's build rounds integers beyond 2^53 as JavaScript does; ids are kept exact here.
    for event in scan(text):
        number = text[event.start : event.end]
        if event.kind == "value" and text[event.start] in "-0123456789" and not number.lstrip("-").isdigit():
            pieces += [text[at : event.start], javascript_number(float(number))]
            at = event.end
    return "".join(pieces) + text[at:]


def javascript_number(number: float) -> str:
    """A finite float as JavaScript prints it: ``1``, ``0.8``, ``0.00001``, ``1e-7``, ``1e+21``."""
    if number == 0:
        return "0"
    sign, digit_tuple, exponent = Decimal(repr(number)).as_tuple()
    digits = "".join(map(str, digit_tuple)).rstrip("0")
    point = len(digit_tuple) + int(exponent)
    minus = "-" if sign else ""
    if len(digits) <= point <= 21:
        return minus + digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return minus + digits[:point] + "." + digits[point:]
    if -6 < point <= 0:
        return minus + "0." + "0" * -point + digits
    mantissa = digits[0] + ("." + digits[1:] if len(digits) > 1 else "")
    return f"{minus}{mantissa}e{'+' if point > 0 else '-'}{abs(point - 1)}"
