"""The five forms of an http action's body (actions.md 3.7)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote_plus

from runner.model.json import without_surrogates

Header = tuple[str, str]

JSON_TYPE = "application/json"
FORM_TYPE = "application/x-www-form-urlencoded"


def media_type(content_type: str) -> str:
    """``application/json`` of ``Application/JSON; charset=utf-8``."""
    return content_type.partition(";")[0].strip().lower()


def encoded(body: Any, headers: Sequence[Header]) -> tuple[bytes | None, list[Header]]:
    """The bytes of ``body`` (text, object, array or None), and the ``headers`` that go with it: calls without files."""
    if body is None:
        return None, list(headers)
    if isinstance(body, str):
        return text_bytes(body), list(headers)
    given = next((value for name, value in headers if name.lower() == "content-type"), None)
    if given is not None and media_type(given) == FORM_TYPE:
        return form_text(body).encode(), list(headers)
    more = [] if given is not None else [("Content-Type", JSON_TYPE)]
    return json_bytes(body), [*headers, *more]


def text_bytes(text: str) -> bytes:
    """UTF-8, with U+FFFD for half surrogate pairs, which JSON can spell and UTF-8 cannot."""
    return str(without_surrogates(text)).encode()


def json_bytes(value: Any) -> bytes:
    """Compact JSON in UTF-8, keys in their order."""
    return json.dumps(without_surrogates(value), ensure_ascii=False, separators=(",", ":")).encode()


def form_text(body: Any) -> str:
    """``a[b]=1&c[]=2``, percent-encoded: keys in their order, null as an empty value, empty members left out."""
    return "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in form_fields(without_surrogates(body)))


def form_fields(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """The fields of a form for a nested ``value``, in order."""
    if isinstance(value, Mapping):
        for key, member in value.items():
            yield from form_fields(member, f"{name}[{key}]" if name else str(key))
    elif isinstance(value, list | tuple):
        for member in value:
            yield from form_fields(member, f"{name}[]")
    else:
        yield name, _field_text(value)


def _field_text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)
