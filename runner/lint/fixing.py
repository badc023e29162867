"""Puts corrections into task files, byte for byte as they were elsewhere, and never half (tasks.md 1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from runner.errors import InputError, Where
from runner.lint.finding import Edit, Fix
from runner.model.json_write import replace_values
from runner.model.task import Task
from runner.task_folder import HEAD, PARTS, read_bytes
from runner.whole_files import write_file


def corrected(task: Task, fixes: Iterable[Fix]) -> Task:
    """``task`` with all of ``fixes``; of two that change the same characters the first counts."""
    return task.edited(**changes(task, list(fixes)))


def changes(task: Task, fixes: list[Fix]) -> dict[str, Any]:
    """New values by key of the task file."""
    changed: dict[str, Any] = {}
    document = task.to_dict()
    for part in dict.fromkeys(edit.part for fix in fixes for edit in fix.edits):
        edits = [edit for fix in fixes for edit in fix.edits if edit.part == part]
        changed[part] = _edited(str(document.get(part) or ""), edits)
    options = dict(task.options)
    for fix in fixes:
        changed |= fix.values
        options |= {key: value for key, value in fix.options.items() if value is not None or key not in options}
        for key in fix.drop:
            options.pop(key, None)
    if options != task.options:
        changed["options"] = options
    return changed


def write(task: Task, fixes: Iterable[Fix]) -> tuple[Path, ...]:
    """Put ``fixes`` into the file or the folder the task came from; the files written.

    ``InputError`` for a task that is in no file, or a file that cannot be written: then nothing has changed.
    """
    changed = changes(task, list(fixes))
    if not task.file or not Path(task.file).exists():
        raise InputError(
            "the task is in no file, so nothing can be corrected", hint="give a file or a folder", code="input.fix"
        )
    path = Path(task.file)
    texts = _folder_texts(path, changed) if path.is_dir() else {path: task.edited(**changed).to_json()}
    return tuple(target for target, text in texts.items() if write_file(target, text.encode()))


def _folder_texts(folder: Path, changed: Mapping[str, Any]) -> dict[Path, str]:
    """The files of a task's folder that hold what changed, with their new texts."""
    texts: dict[Path, str] = {}
    rest = dict(changed)
    for name, key in PARTS.items():
        if key in rest and (folder / name).is_file():
            texts[folder / name] = str(rest.pop(key))
    if rest:
        head = folder / HEAD
        if not head.is_file():
            raise InputError(
                f"{', '.join(rest)} stand in no file of this folder that can be corrected",
                where=Where(file=str(folder)),
                hint=f"a folder with {HEAD} can be",
                code="input.fix",
            )
        texts[head] = replace_values(read_bytes(head).decode(), rest)
    return texts


def _edited(text: str, edits: list[Edit]) -> str:
    end = len(text) + 1
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        if edit.end <= end:
            text = text[: edit.start] + edit.text + text[edit.end :]
            end = edit.start
    return text
