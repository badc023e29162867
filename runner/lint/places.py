"""Where in its file a finding stands: a place in a text of the task -> file, line and column."""

from __future__ import annotations

import re
from array import array
from functools import cached_property
from pathlib import Path

from runner.model.json_text import KeyPath, Span, spans
from runner.model.task import Task
from runner.task_folder import HEAD, PARTS

_CHARACTER = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL
)
"""One character of a JSON string, escaped or not."""


class FilePlaces:
    """The places of one task's parts: in its export, or in the files of its folder."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._characters: dict[KeyPath, array[int]] = {}
        self._folder = Path(task.file) if task.file and Path(task.file).is_dir() else None

    def find(self, part: KeyPath, offset: int | None) -> tuple[str | None, int | None, int | None]:
        """(file, line, column) of ``offset`` in the text at ``part``, or of the part itself.

        The lines of a text in an export are one line of the file. Line and column are None where the part is not in
        the file.
        """
        if self._folder is None:
            line, column = self._in_json(part, offset)
            return self._task.file, line, column
        own = next((name for name, key in PARTS.items() if part == (key,)), None)
        if own is not None and (self._folder / own).is_file():
            text = str(self._task.to_dict().get(PARTS[own]) or "")
            line, column = _counted(text, offset or 0)
            return str(self._folder / own), line, column
        head = self._folder / HEAD
        return str(head if head.is_file() else self._folder), None, None

    @cached_property
    def _text(self) -> str:
        return self._task.to_json().removeprefix("\ufeff")

    @cached_property
    def _spans(self) -> dict[KeyPath, Span]:
        return spans(self._text)

    def _in_json(self, part: KeyPath, offset: int | None) -> tuple[int | None, int | None]:
        at = part
        while at and at not in self._spans:
            at = at[:-1]
        if not at:
            return None, None
        span = self._spans[at]
        if offset is None or at != part or self._text[span.start] != '"':
            return _counted(self._text, span.key)
        if at not in self._characters:
            inside = _CHARACTER.finditer(self._text, span.start + 1, span.end)
            self._characters[at] = array("L", (match.start() for match in inside))
        characters = self._characters[at]
        return _counted(self._text, characters[min(offset, len(characters) - 1)])


def _counted(text: str, offset: int) -> tuple[int, int]:
    start = text.rfind("\n", 0, offset) + 1
    return text.count("\n", 0, offset) + 1, offset - start + 1
