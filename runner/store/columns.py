"""Column types that store the same bytes on SQLite and PostgreSQL: moments, JSON, text."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any

from sqlalchemy import BigInteger, Dialect, Text
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def to_milliseconds(moment: datetime) -> int:
    """Whole milliseconds since 1970 of an aware ``moment``, rounded down, as every record writes time (engine.md 1)."""
    return (moment - EPOCH) // _MILLISECOND


def from_milliseconds(value: int) -> datetime:
    """The aware UTC moment ``value`` milliseconds after 1970."""
    return EPOCH + value * _MILLISECOND


def to_json_text(value: Any) -> str:
    """Compact ASCII JSON of ``value``. ASCII, since neither database takes lone surrogates or, in PostgreSQL, NUL.

    Raises ValueError or TypeError for what JSON cannot hold.
    """
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"), allow_nan=False)


class Encoded(str):
    """JSON text, as ``to_json_text`` makes it, to be kept in a column of JSON as it is."""

    __slots__ = ()


def _finite(value: Any) -> Any:
    """``value`` with null for every number JSON does not have. Replies can hold them: Python reads ``NaN``."""
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list | tuple) else value


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept as milliseconds since 1970: sorts and compares alike everywhere."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else to_milliseconds(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else from_milliseconds(value)


class JsonText(TypeDecorator[Any]):
    """Any JSON value as text; None is SQL NULL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        if value is None or isinstance(value, Encoded):
            return None if value is None else str(value)
        try:
            return to_json_text(value)
        except ValueError:
            return to_json_text(_finite(value))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


def plain(text: str | None) -> str | None:
    """``text`` as a database can hold it."""
    return None if text is None else text.replace("\0", "?").encode("utf-8", "replace").decode("utf-8")


class PlainText(TypeDecorator[str]):
    """Text for people: what a database cannot hold (lone surrogates, NUL) is replaced by a question mark."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return plain(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else str(value)
