"""Names and values of queries and forms -> nested hashes, as Rack reads them (engine.md 6.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

DEPTH = 32
"""Levels of nesting that a name may ask for."""
FIELDS = 4096
"""Pairs that one request may hold."""

_NAME = re.compile(r"\[*([^\[\]]+)\]*")
_KEY = re.compile(r"\[([^\[\]]*)\]")


def query_hash(text: str) -> dict[str, Any] | None:
    """The hash that a query string or a form's body stands for; None when it is no sound one."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=FIELDS)
        return nested(pairs)
    except ValueError:
        return None


def nested(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """``a[b]=1`` makes a hash, ``a[]=1`` a list, ``a[][b]=1`` a list of hashes; of one name the last value counts.

    Raises ValueError where one name would be two things at once, or goes too deep.
    """
    root: dict[str, Any] = {}
    for name, value in pairs:
        path = _path(name)
        if path:
            _put(root, path, value)
    return root


def _path(name: str) -> list[str]:
    """``a[b][][c]`` as ``a``, ``b``, an empty text for the list, ``c``; nothing for a name without a letter."""
    head = _NAME.match(name)
    if head is None:
        return []
    rest = name[head.end(1) :].removeprefix("]")
    keys = _KEY.findall(rest)
    if "".join(f"[{key}]" for key in keys) != rest:
        return [name]
    if len(keys) >= DEPTH:
        raise ValueError(f"the name goes {len(keys)} levels deep")
    return [head.group(1), *keys]


def _put(place: dict[str, Any], path: list[str], value: Any) -> None:
    key, rest = path[0], path[1:]
    if not rest:
        if isinstance(place.get(key), dict | list):
            raise ValueError(f"{key} is a value here, and holds values elsewhere")
        place[key] = value
    elif rest[0] == "":
        _append(_inner(place, key, list), rest[1:], value)
    else:
        _put(_inner(place, key, dict), rest, value)


def _append(items: list[Any], path: list[str], value: Any) -> None:
    """``a[]`` adds a value; ``a[][b]`` goes into the last hash, or into a new one if that has ``b`` already."""
    if not path:
        items.append(value)
        return
    if path[0] == "":
        raise ValueError("a list directly in a list has no name")
    last = items[-1] if items else None
    if not isinstance(last, dict) or (len(path) == 1 and path[0] in last):
        last = {}
        items.append(last)
    _put(last, path, value)


def _inner(place: dict[str, Any], key: str, kind: type) -> Any:
    found = place.setdefault(key, kind())
    if type(found) is not kind:
        raise ValueError(f"{key} holds values here, and is something else elsewhere")
    return found
