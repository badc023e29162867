"""``runner preview`` of many tasks: which ones, a row for each, and what they come to together."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runner.cli.output import ExitCode, Output, plain_table
from runner.cli.preview_text import show_task
from runner.cli.progress import counted
from runner.clock import SystemClock
from runner.errors import RunnerError, TaskError
from runner.preview_scopes import ScopeReport
from runner.project import load_task, task_files, task_handles
from runner.task_folder import is_task_folder

if TYPE_CHECKING:
    from runner.model.task import Task
    from runner.preview import TaskPreview

_HEADERS = ("result", "task", "topics", "actions", "logs", "errors", "ms")
_NUMBERS = (2, 3, 4, 5, 6)
_OTHER_COLUMNS = 49
"""Characters of a row beside the task's name."""
_SHORTEST_NAME = 16
_STYLES = {"ok": None, "failed": "red", "invalid": "red"}


def sources(words: Sequence[str]) -> str | list[str]:
    """What to preview: the one task that ``words`` name, or a list where they are several or a folder of tasks.

    A task named twice is there once. ``TaskError`` for a folder without tasks.
    """
    found: list[str] = []
    several = len(words) > 1
    for word in words:
        folder = Path(word)
        if not folder.is_dir() or is_task_folder(folder) or _is_handle(word):
            found.append(word)
            continue
        several = True
        found.extend(str(file) for file in task_files(folder))
    once = {os.path.realpath(each) if os.path.exists(each) else each: each for each in reversed(found)}
    kept = set(once.values())
    return list(dict.fromkeys(each for each in found if each in kept)) if several else words[0]


def _is_handle(word: str) -> bool:
    """Whether a folder's name is meant as a handle: there is a task of that name, and none in the folder."""
    return word in task_handles() and not any(True for _ in _tasks_in(Path(word)))


def _tasks_in(folder: Path) -> Iterator[Path]:
    try:
        yield from task_files(folder)
    except TaskError:
        return


@dataclass(frozen=True)
class Row:
    """A task of the table: its preview, or the error that kept it from being read."""

    source: str
    result: TaskPreview | None = None
    error: RunnerError | None = None

    @property
    def handle(self) -> str:
        """The task's handle, also of one that cannot be read."""
        known = self.result.task.handle if self.result else None
        return known or Path(self.source).name.removesuffix(".json")

    @property
    def state(self) -> str:
        """``ok``, ``failed`` or ``invalid``."""
        if self.result is None or not self.result.is_valid:
            return "invalid"
        return "ok" if self.result.ok else "failed"

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many topics were previewed, and what came of them; a script that fails counts as an error."""
        previews = self.result.previews if self.result else ()
        return {
            "topics": len({preview.topic for preview in previews}),
            "previews": len(previews),
            "actions": sum(len(preview.rendering.actions) for preview in previews),
            "logs": sum(len(preview.rendering.logs) for preview in previews),
            "errors": sum(len(each.rendering.errors) + (each.rendering.error is not None) for each in previews),
        }

    @property
    def milliseconds(self) -> float:
        """How long its previews took to render."""
        return round(sum(preview.milliseconds for preview in self.result.previews), 1) if self.result else 0.0

    def first_failure(self) -> str | None:
        """What failed first, in a line, with its place."""
        if self.error is not None:
            return str(self.error)
        if self.result is None or self.result.ok:
            return None
        if self.result.faults:
            return str(self.result.faults[0])
        failed = next(preview for preview in self.result.previews if not preview.rendering.ok)
        rendered = failed.rendering
        return f"{failed.topic}: {rendered.error or _message(rendered.errors[0])}"

    def to_dict(self) -> dict[str, Any]:
        """The result document of the task; one of the same form when it cannot be read."""
        if self.result is not None:
            return self.result.to_dict()
        error = self.error.to_dict() if self.error is not None else {}
        return {
            "task": {
                "name": None,
                "handle": self.handle,
                "file": self.source,
                "subscriptions": [],
                "option_errors": [],
                "errors": [error],
                "warnings": [],
            },
            "previews": [],
            "scopes": ScopeReport().to_dict(),
            "ok": False,
        }


def preview_tasks(
    output: Output, found: Sequence[str], preview: Callable[[Task], TaskPreview], *, verbose: bool
) -> int:
    """Preview the tasks ``found``, print the table or the document, and give the exit code: the worst counts."""
    clock = SystemClock()
    began = clock.now()
    rows = [_row(output, source, preview) for source in counted(found, "Previewing", output=output, clock=clock)]
    elapsed = round((clock.now() - began).total_seconds() * 1000)
    if verbose and not output.as_json:
        for row in rows:
            _show_whole(output, row)
    _show_table(output, rows)
    summary = _summary(rows, elapsed)
    required, missing = _scopes(rows)
    _show_total(output, summary, required if verbose else [], missing)
    output.document(
        {
            "tasks": [row.to_dict() for row in rows],
            "summary": summary,
            "scopes": {"required": required, "missing": missing},
            "ok": summary["ok"] == len(rows),
        }
    )
    if summary["invalid"]:
        return ExitCode.INVALID
    return ExitCode.FAILED if summary["failed"] else ExitCode.DONE


def _row(output: Output, source: str, preview: Callable[[Task], TaskPreview]) -> Row:
    try:
        return Row(source, preview(load_task(source)))
    except RunnerError as error:
        return Row(source, error=error)
    except Exception:
        output.note(f"while previewing {source}:")
        raise


def _message(error: Any) -> str:
    """An error a script rendered, in one line; mostly it is a text, or has a message."""
    text = error.get("message", error) if isinstance(error, dict) else error
    return " ".join(str(text).split())


def _show_whole(output: Output, row: Row) -> None:
    if row.result is not None:
        show_task(output, row.result, verbose=True)
        output.say()
        output.say()


def _labels(rows: Sequence[Row]) -> list[str]:
    """Handles; paths where a handle is not the only one."""
    count = Counter(row.handle for row in rows)
    return [row.handle if count[row.handle] == 1 else row.source for row in rows]


def _show_table(output: Output, rows: Sequence[Row]) -> None:
    """A line a task, and what failed first below it. On a terminal, lines are cut to its width."""
    if output.as_json:
        return
    width = output.width
    room = None if width is None else max(width - _OTHER_COLUMNS, _SHORTEST_NAME)
    cells = [
        (
            row.state,
            _cut(label, room),
            *(str(row.counts[name]) for name in ("topics", "actions", "logs", "errors")),
            f"{row.milliseconds:.1f}",
        )
        for row, label in zip(rows, _labels(rows), strict=True)
    ]
    header, line, *lines = plain_table(_HEADERS, cells, _NUMBERS)
    output.say(header, style="bold")
    output.say(line)
    for row, shown in zip(rows, lines, strict=True):
        output.say(shown, style=_STYLES[row.state])
        failure = row.first_failure()
        if failure is not None:
            output.say(_cut(f"    {failure}", width))


def _cut(text: str, room: int | None) -> str:
    return text if room is None or len(text) <= room else f"{text[: room - 1]}…"


def _summary(rows: Sequence[Row], elapsed: int) -> dict[str, int]:
    states = Counter(row.state for row in rows)
    names = ("previews", "actions", "logs", "errors")
    return {
        "tasks": len(rows),
        **{state: states[state] for state in _STYLES},
        **{name: sum(row.counts[name] for row in rows) for name in names},
        "idle": sum(preview.did_nothing for row in rows if row.result for preview in row.result.previews),
        "option_errors": sum(bool(row.result and row.result.option_errors) for row in rows),
        "ms": elapsed,
    }


def _scopes(rows: Iterable[Row]) -> tuple[list[str], list[str]]:
    """What all tasks together need to be asked for, and what of it the token lacks."""
    reports = [(row.result.scopes, row.result.granted) for row in rows if row.result is not None]
    asked = {name for report, _ in reports for name in report.to_request}
    required = {name for name in asked if not (name[:5] == "read_" and f"write_{name[5:]}" in asked)}
    missing = {scope.name for report, held in reports if held is not None for scope in report.missing(held)}
    return sorted(required), sorted(missing)


def _show_total(output: Output, summary: dict[str, int], required: Sequence[str], missing: Sequence[str]) -> None:
    states = ", ".join(f"{summary[state]} {state}" for state in _STYLES)
    counts = ", ".join(f"{summary[name]} {name}" for name in ("previews", "actions", "logs", "errors"))
    output.say()
    output.say(f"{summary['tasks']} tasks: {states}.", style="bold")
    output.say(f"{counts}; {summary['ms'] / 1000:.1f} s.")
    if summary["idle"]:
        output.say(f"{summary['idle']} previews did nothing.")
    if summary["option_errors"]:
        output.say(f"{summary['option_errors']} tasks cannot be enabled before options are filled in or corrected.")
    if required:
        output.say(f"Scopes for all of them: {', '.join(required)}")
    if missing:
        output.say(f"Scopes not granted: {', '.join(missing)}", style="red")
    if summary["failed"] or summary["invalid"]:
        output.say("`runner preview TASK` shows one whole.")
