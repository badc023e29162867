"""A checkout of the task library, for the rules on contributions to it (tasks.md 7, 8)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runner.errors import InputError, Where
from runner.task_pages import Wording, library_wording

INDEX = "README.md"


@dataclass(frozen=True, slots=True)
class Checkout:
    """What stands beside its tasks.

    ``words`` are the fixed sentences of its pages; ``pages`` the files of ``docs/`` by their path therein; ``tags``
    those that its schema allows, None when it does not say; ``others`` what lies in ``tasks/`` and is no task, which is
    told with the task ``first``.
    """

    words: Wording
    pages: Mapping[str, bytes] = field(repr=False)
    tags: tuple[str, ...] | None = None
    others: tuple[str, ...] = ()
    first: str | None = None


def read_checkout(root: Path) -> Checkout | None:
    """The checkout in this folder; None where ``docs/`` does not hold an index and a page of a task.

    ``InputError`` when a page cannot be read, or none shows the fixed sentences.
    """
    docs, tasks = root / "docs", root / "tasks"
    readmes = sorted(docs.glob(f"*/{INDEX}"))
    if not readmes or not (docs / INDEX).is_file():
        return None
    pages = {str(each.relative_to(docs).as_posix()): each.read_bytes() for each in sorted(docs.rglob("*.*"))}
    texts = [(each.parent.name, _text(pages[f"{each.parent.name}/{INDEX}"], each)) for each in readmes]
    words = library_wording(texts, _text(pages[INDEX], docs / INDEX))
    names = sorted(each.name for each in tasks.iterdir()) if tasks.is_dir() else []
    handles = [name.removesuffix(".json") for name in names if name.endswith(".json")]
    others = tuple(name for name in names if not name.endswith(".json"))
    return Checkout(words, pages, _tags(root), others, handles[0] if handles else None)


def _text(content: bytes, file: Path) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as fault:
        hint = "build it anew: runner docs build --library"
        raise InputError("the page is not UTF-8", where=Where(file=str(file)), hint=hint) from fault


def _tags(root: Path) -> tuple[str, ...] | None:
    """The tags of ``lib/task_schema.json``; None without that file, or where it lists none."""
    try:
        schema = json.loads((root / "lib" / "task_schema.json").read_bytes())
    except (OSError, ValueError):
        return None
    return next((tuple(values) for values in _enums(schema.get("properties", {}).get("tags", {}))), None)


def _enums(schema: Any) -> Iterator[list[str]]:
    for key, value in schema.items() if isinstance(schema, dict) else ():
        if key == "enum" and isinstance(value, list) and all(isinstance(each, str) for each in value):
            yield value
        else:
            yield from _enums(value)
