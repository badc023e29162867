"""Files and words given on the command line -> values, with errors that show the place."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from runner.errors import InputError, Where
from runner.model.event import Event

EVENT_EXAMPLE = '{"topic": "shopify/orders/create", "data": {"id": 1}}'
_EVENT_KEYS = frozenset(
    {"topic", "data", "preview", "id", "created_at", "parent", "source", "shopify_topic", "description"}
)


def read_text(path: str, what: str) -> str:
    """The text of a file, ``-`` for standard input. ``what`` names it in errors, such as ``event file``."""
    try:
        if path == "-":
            return sys.stdin.buffer.read().decode("utf-8-sig")
        return Path(path).read_text(encoding="utf-8-sig")
    except FileNotFoundError as fault:
        raise InputError(
            f"there is no such {what}", code="input.not_found", where=Where(file=path), hint=_beside(path)
        ) from fault
    except UnicodeDecodeError as fault:
        raise InputError(
            f"the {what} is not UTF-8 text (byte {fault.start})",
            where=Where(file=path),
            hint="save it as UTF-8",
        ) from fault
    except OSError as fault:
        raise InputError(
            f"the {what} cannot be read: {fault.strerror}", where=Where(file=path), hint="give the path of a file"
        ) from fault


def _beside(path: str) -> str:
    """What stands near a path that does not exist."""
    import difflib

    folder = Path(path).parent
    if not folder.is_dir():
        return f"the folder {folder} does not exist either; paths count from {Path.cwd()}"
    names = sorted(entry.name for entry in folder.iterdir())
    near = difflib.get_close_matches(Path(path).name, names, n=3)
    if near:
        return f"did you mean {' or '.join(str(folder / name) for name in near)}?"
    return f"{folder.absolute()} holds no file of a similar name"


def read_json(path: str, what: str) -> Any:
    """The JSON value in a file; ``InputError`` with line, column and the source line when it is none."""
    text = read_text(path, what)
    if not text.strip():
        raise InputError(f"the {what} is empty", where=Where(file=path), hint="expected JSON")
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as fault:
        lines = text.splitlines()
        where = Where(
            file=path,
            line=fault.lineno,
            column=fault.colno,
            source=lines[fault.lineno - 1] if fault.lineno <= len(lines) else None,
        )
        raise InputError(
            f"the {what} is not JSON: {fault.msg[:1].lower()}{fault.msg[1:]}",
            code="input.not_json",
            where=where,
            hint="strings and keys stand in double quotes, no comma after the last one, no comments",
        ) from fault
    except (ValueError, RecursionError) as fault:
        raise InputError(
            f"the {what} is not JSON that can be used: {fault}", code="input.not_json", where=Where(file=path)
        ) from fault


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")


def read_event(path: str) -> Event:
    """The event in a file: an object with ``topic`` and, mostly, ``data`` (fixtures/_events/ holds examples)."""
    return event_from(read_json(path, "event file"), path)


def event_from(document: Any, path: str) -> Event:
    """An event from its JSON form; ``InputError`` saying which key is wrong."""
    if not isinstance(document, dict):
        raise InputError(
            f"an event is an object, this is {_kind(document)}",
            code="input.event",
            where=Where(file=path),
            hint=f"such as {EVENT_EXAMPLE}",
        )
    _check_keys(document, path)
    parent = document.get("parent")
    if parent is not None and not isinstance(parent, dict):
        raise _bad_key("parent", "an event (an object) or null", parent, path)
    return Event(
        topic=document["topic"],
        data=document.get("data"),
        preview=document.get("preview") is True,
        id=document.get("id"),
        created_at=_moment(document.get("created_at"), path),
        parent=event_from(parent, path) if parent else None,
        source=document.get("source"),
        shopify_topic=document.get("shopify_topic"),
    )


def _check_keys(document: Mapping[str, Any], path: str) -> None:
    if "topic" not in document:
        payload = {"id", "admin_graphql_api_id", "inventory_item_id"} & set(document)
        hint = 'this looks like the payload alone: put it under "data"; ' if payload else ""
        raise InputError(
            'the event has no "topic"',
            code="input.event",
            where=Where(file=path, part="topic"),
            hint=f"{hint}an event looks like {EVENT_EXAMPLE}",
        )
    for key in ("topic", "id", "source", "shopify_topic"):
        value = document.get(key)
        if value is not None and not isinstance(value, str):
            raise _bad_key(key, "text", value, path)
    if not document["topic"]:
        raise _bad_key("topic", "text such as shopify/orders/create", document["topic"], path)
    for key in document:
        if key not in _EVENT_KEYS:
            raise InputError(
                f'an event has no key "{key}"',
                code="input.event",
                where=Where(file=path, part=key),
                hint=f"known keys: {', '.join(sorted(_EVENT_KEYS))}; the payload belongs under data",
            )


def _moment(value: Any, path: str) -> str | None:
    """``created_at`` as it stands, once it is known to be an aware ISO 8601 time."""
    if value is None:
        return None
    try:
        aware = datetime.fromisoformat(str(value)).tzinfo is not None
    except ValueError:
        aware = False
    if not isinstance(value, str) or not aware:
        raise _bad_key("created_at", "a time with zone such as 2026-03-04T20:06:07Z", value, path)
    return value


def _bad_key(key: str, expected: str, value: Any, path: str) -> InputError:
    return InputError(
        f"{key}: expected {expected}, found {_kind(value)}",
        code="input.event",
        where=Where(file=path, part=key),
        hint=f"an event looks like {EVENT_EXAMPLE}",
    )


def _kind(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{value[:40]}"' if value else "empty text"
        case list():
            return "a list"
        case dict():
            return "an object"
        case _:
            return f"the number {value}"


def read_options(path: str | None) -> dict[str, Any] | None:
    """Option values to use in place of the task's own, from a JSON object in a file; None without a file."""
    if path is None:
        return None
    document = read_json(path, "options file")
    if not isinstance(document, dict):
        raise InputError(
            f"options are an object of names and values, this is {_kind(document)}",
            code="input.options",
            where=Where(file=path),
            hint='such as {"email_recipient__email_required": "me@example.com"}',
        )
    inner = document.get("options")
    if isinstance(inner, dict) and "script" in document:
        raise InputError(
            "this is a whole task, not its options",
            code="input.options",
            where=Where(file=path),
            hint="give a file that holds the value of its options key alone",
        )
    return document
