"""Where in its file a finding stands: a place in a text of the task -> file, line and column."""

from __future__ import annotations

import re
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
        self._folder = Path(task.file) if task.file and Path(task.file).is_dir() else None

    def find(self, part: KeyPath, offset: int | None) -> tuple[str | None, int | None, int | None]:
        """(file, line, column) of ``offset`` in the text at ``part``, or of the part itself.

        The lines of a text in an export are one line of the file. Line and column are None where the part is not in
        the file.
        """
        if self._folder is None:
            line, column = self._in_json(self._text, self._spans, part, offset)
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

    @staticmethod
    def _in_json(
        text: str, known: dict[KeyPath, Span], part: KeyPath, offset: int | None
    ) -> tuple[int | None, int | None]:
        at = part
        while at and at not in known:
            at = at[:-1]
        if not at:
            return None, None
        span = known[at]
        if offset is None or at != part or text[span.start] != '"':
            return _counted(text, span.key)
        position = span.start + 1
        for _ in range(offset):
            match = _CHARACTER.match(text, position)
            if match is None or match.end() >= span.end:
                break
            position = match.end()
        return _counted(text, position)


def _counted(text: str, offset: int) -> tuple[int, int]:
    start = text.rfind("\n", 0, offset) + 1
    return text.count("\n", 0, offset) + 1, offset - start + 1
