"""``runner export``: tasks as the platform and the task library take them (tasks.md 6.2)."""

from __future__ import annotations

import json
import re
import sys
import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import click

from runner.cli.output import Output
from runner.errors import InputError

if TYPE_CHECKING:
    from runner.model.task import Task

_LIBRARY_KEYS = (
    *("docs", "halt_action_run_sequence_on_error", "name", "online_store_javascript", "options"),
    *("order_status_javascript", "perform_action_runs_in_sequence", "preview_event_definitions", "script"),
    *("subscriptions", "subscriptions_template", "tags"),
)
"""The keys that the schema of the task library knows (tasks.md 8)."""
_CREDENTIAL = re.compile(r"(?:^|_)(?:password|passphrase|secret|token|api_?key|private_key|credentials?)(?:_|$)")
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every file in an archive: the same tasks give the same bytes."""


@click.command("export")
@click.argument("tasks", nargs=-1, metavar="[TASK...]")
@click.option("--all", "every", is_flag=True, help="All tasks of the project.")
@click.option("--output", "target", metavar="PATH", help="A .json file, a .zip file, or a folder; default: stdout.")
@click.option("--library", is_flag=True, help="As the task library publishes it: its keys only, sorted.")
@click.option("--force", is_flag=True, help="Replace files that exist.")
@click.option("--json", "as_json", is_flag=True, help="With --output: print one JSON document.")
def command(tasks: tuple[str, ...], every: bool, target: str | None, library: bool, force: bool, as_json: bool) -> None:
    """Write tasks in the form that the platform imports.

    TASK is a handle, a file or a folder. One task is its file, byte by byte; several are a JSON list, or with a folder
    or a ZIP file as --output, a file each. Option values go along; whether a task is enabled, ids and secrets do not.
    """
    output = Output(as_json=as_json)
    if as_json and target is None:
        raise InputError("--json goes with --output", code="input.usage", hint="the export itself is JSON on stdout")
    found = _load(tasks, every=every)
    for handle, task in found.items():
        _warn(output, handle, task)
    texts = {handle: _text(task, library=library) for handle, task in found.items()}
    if target is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(_together(texts))
        sys.stdout.buffer.flush()
        return
    from runner.whole_files import write_files

    written = write_files(_files(Path(target), target, texts), force=force)
    output.say(f"{len(texts)} task{'' if len(texts) == 1 else 's'} exported to {target}")
    output.document({"tasks": list(texts), "written": [str(path) for path in written]})


def _load(words: Sequence[str], *, every: bool) -> dict[str, Task]:
    from runner.cli.task_places import project_root, task_places
    from runner.project import load_task

    if every == bool(words):
        hint = "runner export my-task, or runner export --all --output tasks.zip"
        raise InputError("name tasks, or give --all", code="input.usage", hint=hint)
    root = project_root()
    if every:
        places = task_places(root)
        words = [str(place.file if place.file.is_file() else place.folder) for place in places]
        if not words:
            raise InputError(
                f"there is no task in {root / 'tasks'}", code="input.missing", hint="runner tasks new my-task"
            )
    found: dict[str, Task] = {}
    for word in words:
        task = load_task(word, root=root)
        handle = task.handle or "task"
        if handle in found and found[handle] != task:
            raise InputError(f'two tasks have the handle "{handle}"', code="input.usage", hint="export one at a time")
        found[handle] = task
    return found


def _text(task: Task, *, library: bool) -> bytes:
    from runner.model.json_write import canonical_document
    from runner.model.task_check import RECORD_KEYS

    document = task.to_dict()
    if library:
        full = {key: getattr(task, key) for key in _LIBRARY_KEYS if key in document or key in _REQUIRED}
        return canonical_document(full).encode("utf-8", "surrogatepass")
    if RECORD_KEYS & set(document):  # pasted from an error's event: such keys are never exported
        return task.canonical_json().encode("utf-8", "surrogatepass")
    return task.to_json().encode("utf-8", "surrogatepass")


_REQUIRED = ("name", "options", "subscriptions_template", "script", "docs")


def _together(texts: Mapping[str, bytes]) -> bytes:
    """One task as it is; several as a list."""
    from runner.model.json_write import JSONStyle, write_json

    if len(texts) == 1:
        return next(iter(texts.values()))
    documents = [json.loads(text.decode("utf-8-sig", "surrogatepass")) for text in texts.values()]
    return (write_json(documents, JSONStyle()) + "\n").encode()


def _files(path: Path, word: str, texts: Mapping[str, bytes]) -> dict[Path, bytes]:
    if path.is_dir() or word.endswith(("/", "\\")):
        return {path / f"{handle}.json": text for handle, text in texts.items()}
    if path.suffix == ".zip":
        packed = BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for handle, text in texts.items():
                archive.writestr(zipfile.ZipInfo(f"{handle}.json", _EPOCH), text, zipfile.ZIP_DEFLATED)
        return {path: packed.getvalue()}
    if path.suffix != ".json":
        raise InputError(
            f'"{word}" is neither a .json or .zip file nor a folder', code="input.usage", hint=f"a folder: {word}/"
        )
    return {path: _together(texts)}


def _warn(output: Output, handle: str, task: Task) -> None:
    """Options that seem to hold a credential go along verbatim: say so."""
    from runner.model.options import discover

    for option in discover(task):
        value = task.options.get(option.key)
        if isinstance(value, str) and value and "{" not in value and _CREDENTIAL.search(option.key.partition("__")[0]):
            if "secret" in option.key.partition("__")[2].split("_"):
                continue  # the name of a secret, not its value
            message = f'{handle}: the value of "{option.label}" goes along; is that a credential?'
            output.note(f"Warning: {message}", style="yellow")
