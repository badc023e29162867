"""The filter that reads XML, by the rules of ActiveSupport's ``Hash.from_xml`` (liquid.md 3.1)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Final
from xml.parsers import expat

from runner.errors import LimitError, LiquidError
from runner.liquid.values import argument_text, number, result_number
from runner.model.json import without_surrogates

MAX_DEPTH: Final = 100
"""Elements inside each other, as ActiveSupport allows."""

_CONTENT: Final = "__content__"


def parse_xml(value: Any) -> Any:
    """An XML document as a hash; blank gives nil. LiquidError when malformed, or when it declares a document type."""
    source = argument_text(value)
    if not source.strip():
        return None
    reader = _Reader()
    try:
        reader.parser.Parse(without_surrogates(source.strip()), True)
    except expat.ExpatError as error:
        raise LiquidError(f"parse_xml: the input is not XML: {error}") from error
    return {name: _converted(element) for name, element in reader.root.items()}


class _Reader:
    """Collects a document into nested hashes: attributes and children by name, text under ``__content__``."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.buffer_size = 1 << 20
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.root: dict[str, Any] = {}
        self._open: list[dict[str, Any]] = [self.root]
        self._texts: list[list[str]] = [[]]
        self._names: list[str] = []

    def _refuse(self, *_: Any) -> None:
        # Entities declared there could unpack without end.
        raise LiquidError("parse_xml: document type declarations are not read")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) > MAX_DEPTH:
            raise LimitError(
                f"parse_xml: more than {MAX_DEPTH} elements inside each other", code="liquid.limit.nesting"
            )
        self._names.append(name.rpartition(":")[2].replace("-", "_"))
        self._texts.append([])
        self._open.append({key.replace("-", "_"): item for key, item in attributes.items()})

    def _end(self, _: str) -> None:
        element, name, content = self._open.pop(), self._names.pop(), "".join(self._texts.pop())
        if content:
            element[_CONTENT] = content
        if len(element) > 1 and not element.get(_CONTENT, "x").strip():
            del element[_CONTENT]
        parent = self._open[-1]
        if name not in parent:
            parent[name] = element
        elif isinstance(parent[name], list):
            parent[name].append(element)
        else:
            parent[name] = [parent[name], element]

    def _text(self, text: str) -> None:
        self._texts[-1].append(text)


def _converted(value: Any) -> Any:
    """An element, list of siblings or attribute as the value it stands for."""
    if isinstance(value, list):
        return [_converted(item) for item in value]
    if not isinstance(value, dict):
        return value
    kind = value.get("type") if isinstance(value.get("type"), str) else None
    if kind == "array":
        return _array(value)
    content = value.get(_CONTENT)
    if content is not None and (len(value) == 1 or content.strip()):
        parse = _TYPES.get(kind or "")
        return parse(content) if parse else content
    if kind == "string" and value.get("nil") != "true":
        return ""
    if not value or value.get("nil") == "true" or (kind and len(value) == 1):
        return None
    return {name: _converted(item) for name, item in value.items()}


def _array(value: dict[str, Any]) -> list[Any]:
    """The children of an element of type array, whatever their name."""
    entries = next((item for item in value.values() if not isinstance(item, str)), None)
    if entries is None:
        return []
    return [_converted(item) for item in (entries if isinstance(entries, list) else [entries])]


def _integer(content: str) -> Any:
    found = number(content)
    return int(found)


def _decimal(content: str) -> Any:
    return result_number(number(content))


def _boolean(content: str) -> bool:
    return content.strip() in ("1", "true")


def _datetime(content: str) -> str:
    try:
        moment = datetime.fromisoformat(content.strip())
    except ValueError as error:
        raise LiquidError(f"parse_xml: {content!r} is not a date and time") from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _date(content: str) -> str:
    try:
        return date.fromisoformat(content.strip()).isoformat()
    except ValueError as error:
        raise LiquidError(f"parse_xml: {content!r} is not a date") from error


def _base64(content: str) -> str:
    try:
        return base64.b64decode(content).decode(errors="replace")
    except (binascii.Error, ValueError) as error:
        raise LiquidError(f"parse_xml: not base64: {error}") from error


_TYPES: Final[dict[str, Callable[[str], Any]]] = {
    "base64Binary": _base64,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    "dateTime": _datetime,
    "decimal": _decimal,
    "double": _decimal,
    "float": _decimal,
    "integer": _integer,
}

FILTERS: dict[str, Callable[..., Any]] = {"parse_xml": parse_xml}
