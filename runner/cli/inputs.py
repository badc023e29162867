"""Files and words given on the command line -> values, with errors that show the place."""

from __future__ import annotations

import difflib
import json
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runner.errors import InputError, Where
from runner.model.event import Event

if TYPE_CHECKING:
    from runner.model.json_text import JSONText, KeyPath

EVENT_EXAMPLE = '{"topic": "shopify/orders/create", "data": {"id": 1}}'
_EVENT_KEYS = frozenset(
    {"topic", "data", "preview", "id", "created_at", "parent", "source", "shopify_topic", "description"}
)
_PAYLOAD_KEYS = frozenset({"id", "admin_graphql_api_id", "inventory_item_id"})
_TEXT_KEYS = ("topic", "id", "source", "shopify_topic")


def read_bytes(path: str, what: str) -> bytes:
    """The bytes of a file, ``-`` for standard input. ``what`` names it in errors, such as ``event file``."""
    try:
        return sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except FileNotFoundError as fault:
        raise InputError(
            f"there is no such {what}", code="input.missing", where=Where(file=path), hint=_beside(path)
        ) from fault
    except OSError as fault:
        raise InputError(
            f"the {what} cannot be read: {fault.strerror}", where=Where(file=path), hint="give the path of a file"
        ) from fault


def _beside(path: str) -> str:
    """What stands near a path that does not exist."""
    folder = Path(path).parent
    if not folder.is_dir():
        return f"the folder {folder} does not exist either; paths count from {Path.cwd()}"
    stems = {entry.stem: entry.name for entry in sorted(folder.iterdir()) if entry.is_file()}
    near = difflib.get_close_matches(Path(path).stem, stems, n=3)
    if near:
        return f"did you mean {' or '.join(str(folder / stems[name]) for name in near)}?"
    like = [name for name in stems.values() if Path(name).suffix == Path(path).suffix and name[0] != "."][:5]
    return f"{folder.absolute()} holds {', '.join(like) or 'no such files'}"


def read_object(path: str, what: str, example: str) -> JSONText:
    """The JSON object in a file; ``InputError`` with line, column and the source line when it holds none."""
    from runner.model.json_text import read_json

    content = read_bytes(path, what)
    if not content.strip():
        raise InputError(f"the {what} is empty", where=Where(file=path), hint=f"expected JSON such as {example}")
    document = read_json(content, file=path)
    if not isinstance(document.value, dict):
        raise InputError(
            f"the {what} must hold an object, this is {_kind(document.value)}",
            where=document.where(()),
            hint=f"such as {example}",
        )
    return document


def read_event(path: str) -> Event:
    """The event in a file: an object with ``topic`` and, mostly, ``data`` (fixtures/_events/ holds examples)."""
    if Path(path).suffix in (".yml", ".yaml"):
        raise InputError(
            "an event file is JSON, this is YAML",
            code="input.event",
            where=Where(file=path),
            hint=f"`runner test` plays the cases of fixtures/; an event looks like {EVENT_EXAMPLE}",
        )
    return _event(read_object(path, "event file", EVENT_EXAMPLE), ())


def event_in(value: Mapping[str, Any]) -> Event:
    """The event in a JSON object, with the errors of ``read_event``."""
    from runner.model.json_text import read_json

    return _event(read_json(json.dumps(value, ensure_ascii=False), file="event"), ())


def _event(document: JSONText, path: KeyPath) -> Event:
    """The event at ``path`` of the document: the root, or a parent in it."""
    found: Any = document.value
    for key in path:
        found = found[key]
    if not isinstance(found, dict):
        raise _bad_key(document, path, "an event (an object) or null", found)
    _check_keys(document, path, found)
    topic = found["topic"]
    # A native delivery's shopify_topic is its topic (engine.md 1.1); a file need not say it twice.
    native = topic if topic.startswith("shopify/") else None
    return Event(
        topic=topic,
        data=found.get("data"),
        preview=found.get("preview") is True,
        id=found.get("id"),
        created_at=_moment(document, path, found.get("created_at")),
        parent=None if found.get("parent") is None else _event(document, (*path, "parent")),
        source=found.get("source"),
        shopify_topic=found.get("shopify_topic") or native,
    )


def _check_keys(document: JSONText, path: KeyPath, found: dict[str, Any]) -> None:
    if "topic" not in found:
        hint = 'this looks like the payload alone: put it under "data"; ' if _PAYLOAD_KEYS & set(found) else ""
        raise InputError(
            'the event has no "topic"',
            code="input.event",
            where=document.where(path),
            hint=f"{hint}an event looks like {EVENT_EXAMPLE}",
        )
    for key in _TEXT_KEYS:
        value = found.get(key)
        if value is not None and not isinstance(value, str):
            raise _bad_key(document, (*path, key), "text", value)
    if not found["topic"]:
        raise _bad_key(document, (*path, "topic"), "text such as shopify/orders/create", found["topic"])
    for key in found:
        if key not in _EVENT_KEYS:
            raise InputError(
                f'an event has no key "{key}"',
                code="input.event",
                where=document.where((*path, key)),
                hint=f"known keys: {', '.join(sorted(_EVENT_KEYS))}; the payload belongs under data",
            )


def _moment(document: JSONText, path: KeyPath, value: Any) -> str | None:
    """``created_at`` as it stands, once it is known to be an aware ISO 8601 time."""
    if value is None:
        return None
    try:
        aware = datetime.fromisoformat(str(value)).tzinfo is not None
    except ValueError:
        aware = False
    if not isinstance(value, str) or not aware:
        raise _bad_key(document, (*path, "created_at"), "a time with zone such as 2026-03-04T20:06:07Z", value)
    return value


def _bad_key(document: JSONText, path: KeyPath, expected: str, value: Any) -> InputError:
    return InputError(
        f"{path[-1]}: expected {expected}, found {_kind(value)}",
        code="input.event",
        where=document.where(path),
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
    document = read_object(path, "options file", '{"email_recipient__email_required": "me@example.com"}')
    options: dict[str, Any] = document.value
    if "script" in options and isinstance(options.get("options"), dict):
        raise InputError(
            "this is a whole task, not its options",
            code="input.options",
            where=document.where(("script",)),
            hint="give a file that holds the value of its options key alone",
        )
    return options
