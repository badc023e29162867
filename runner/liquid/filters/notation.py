"""Filters of JSON and GraphQL text, and ``default`` (liquid.md 3.1)."""

from __future__ import annotations

import json as json_module
import re
from collections.abc import Callable
from typing import Any, Final

from runner.errors import LimitError, LiquidError
from runner.liquid.filters.arguments import is_list, items
from runner.liquid.limits import nested_too_deeply, refuse_large
from runner.liquid.objects.base import LiquidObject
from runner.liquid.values import Keyword, argument_text, is_empty, json_text, shown, truthy
from runner.model.json import without_surrogates


def json(value: Any) -> str:
    """Compact JSON of any value; LiquidError for binary strings, NaN and Infinity."""
    return json_text(value)


def parse_json(value: Any, *, silent: Any = False) -> Any:
    """The value a JSON text stands for. Blank or malformed: LiquidError with the place, nil when ``silent``."""
    try:
        return decode("parse_json", value)
    except LimitError:
        raise
    except LiquidError:
        if truthy(silent):
            return None
        raise


def decode(name: str, value: Any) -> Any:
    """One strict JSON value out of ``value``; LiquidError with line and column, ``name`` first, otherwise."""
    if isinstance(value, (list, tuple, dict, LiquidObject, bool)):
        raise LiquidError(f"{name}: the input must be JSON text, not {shown(value)}")
    source = argument_text(value)
    if not source.strip():
        raise LiquidError(f"{name}: the input is blank", hint="In a preview, give it a sample to parse instead.")
    try:
        parsed = _DECODER.decode(source)
    except json_module.JSONDecodeError as error:
        near = source[max(0, error.pos - 20) : error.pos + 20]
        raise LiquidError(
            f"{name}: invalid JSON, {error.msg} at line {error.lineno}, column {error.colno}, near {shown(near)}"
        ) from error
    except RecursionError as error:
        raise nested_too_deeply(f"{name}: the JSON is") from error
    except ValueError as error:
        raise LiquidError(f"{name}: invalid JSON, {error}") from error
    return without_surrogates(parsed) if _SURROGATE.search(source) else parsed


def _refuse_constant(word: str) -> Any:
    raise ValueError(f"{word} is not a JSON value")


_DECODER: Final = json_module.JSONDecoder(parse_constant=_refuse_constant)
_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")


def jsonl(value: Any) -> str:
    """The JSON of each element on a line of its own, without a newline at the end; nil is an empty text."""
    found = items("jsonl", value) if value is None or is_list(value) else [value]
    refuse_large(found, "jsonl")
    return "\n".join([json_text(item) for item in found])


def parse_jsonl(value: Any) -> list[Any]:
    """The values of all lines, trimmed, blank lines skipped. LiquidError naming the first malformed line."""
    if isinstance(value, (list, tuple, dict, LiquidObject)):
        raise LiquidError(f"parse_jsonl: the input must be text, not {shown(value)}")
    lines = [(number, line.strip()) for number, line in enumerate(argument_text(value).split("\n"), 1)]
    lines = [(number, line) for number, line in lines if line]
    if all(line.startswith("{") and line.endswith("}") for _, line in lines):
        # Bulk files: decoding all objects as one array is three times faster (performance.md 7). Lines that are no
        # objects by themselves make a malformed array, or one of another length; then the slow way names the line.
        try:
            joined = decode("parse_jsonl", f"[{','.join([line for _, line in lines])}]")
        except LimitError:
            raise
        except LiquidError:
            joined = []
        if len(joined) == len(lines):
            return list(joined)
    return [decode(f"parse_jsonl: line {number}", line) for number, line in lines]


def graphql_arguments(value: Any) -> str:
    """GraphQL source of a value: a hash as arguments without outer braces, keys bare; nil is ``null``."""
    if isinstance(value, LiquidObject):
        value = value.plain()
    if isinstance(value, (list, tuple, dict)):
        refuse_large(value, "graphql_arguments")
    return _members(value) if isinstance(value, dict) else _graphql(value)


def _members(value: dict[str, Any]) -> str:
    for key in value:
        if not _NAME.fullmatch(str(key)):
            raise LiquidError(f"graphql_arguments: {shown(key)} cannot be the name of an argument")
    return ", ".join([f"{key}: {_graphql(item)}" for key, item in value.items()])


_NAME: Final = re.compile(r"[_A-Za-z][_0-9A-Za-z]*")


def _graphql(value: Any) -> str:
    if isinstance(value, LiquidObject):
        value = value.plain()
    if isinstance(value, dict):
        return f"{{{_members(value)}}}"
    if isinstance(value, (list, tuple, range)):
        return f"[{', '.join([_graphql(item) for item in items('graphql_arguments', value)])}]"
    return json_text(value)


def default(value: Any, fallback: Any = "", *, allow_false: Any = False) -> Any:
    """``fallback`` in place of nil, false, and empty texts, lists and hashes; ``allow_false`` keeps false."""
    if value is False:
        return value if truthy(allow_false) else fallback
    return fallback if value is None or isinstance(value, Keyword) or is_empty(value) else value


FILTERS: dict[str, Callable[..., Any]] = {
    "default": default,
    "graphql_arguments": graphql_arguments,
    "json": json,
    "jsonl": jsonl,
    "parse_json": parse_json,
    "parse_jsonl": parse_jsonl,
}
