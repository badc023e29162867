"""Reads what people call an export: files, bundles, folders, archives and pastes with tasks in them (tasks.md 6.1)."""

from __future__ import annotations

import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any

from runner.errors import InputError, RunnerError, TaskError, Where
from runner.model.json_text import read_json
from runner.model.json_write import JSONStyle, write_json
from runner.model.task import Task
from runner.model.task_check import RECORD_KEYS
from runner.task_folder import HEAD, PARTS, README, is_task_folder, read_bytes, read_folder

MAX_UNPACKED = 200_000_000
"""Bytes that an archive may hold unpacked; the whole library has 4 million."""
_ARCHIVE_SIGNS = (b"PK\x03\x04", b"PK\x05\x06")
_TASK_SIGNS = ("script", "online_store_javascript")


@dataclass(frozen=True, slots=True)
class IncomingTask:
    """A task to take in: ``content`` are the bytes of its file, those it came in where it had a file of its own."""

    task: Task
    content: bytes
    source: str
    stem: str | None = None
    """The name of the file or folder it came in, without ``.json``."""


@dataclass(slots=True)
class Incoming:
    """What was found: tasks, custom Shopify webhooks as JSON objects, and what is to be told about the rest."""

    tasks: list[IncomingTask] = field(default_factory=list)
    webhooks: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_incoming(path: str, content: bytes | None = None) -> Incoming:
    """Everything at ``path``: a JSON file of any form, an archive, a README of the library, a folder of any of these.

    With ``content``, that of ``path``, which then only names it. ``TaskError`` or ``InputError``, with the place, for
    what is none of these: half of a bundle is never given.
    """
    found = Incoming()
    place = Path(path)
    if content is None and place.is_dir():
        _read_folder(found, place)
        return found
    given = read_bytes(place) if content is None else content
    if content is None and place.name in (README, HEAD, *PARTS) and is_task_folder(place.parent):
        _take_folder(found, place.parent)
    elif given[:4] in _ARCHIVE_SIGNS:
        _read_archive(found, path, given)
    elif content is None and place.suffix.lower() == ".md":
        _read_lone_readme(path)
    else:
        _read_text(found, given, path, place.name.removesuffix(".json") if content is None else None)
    return found


def _read_folder(found: Incoming, folder: Path) -> None:
    """A task's own folder; else every JSON file and every task's folder in it, and one level further down."""
    if is_task_folder(folder):
        _take_folder(found, folder)
        return
    inside = sorted(each for each in folder.iterdir() if each.name[0] != ".")
    stems = {each.stem for each in inside if each.suffix == ".json"}
    for each in inside:
        if each.suffix == ".json" and each.is_file():
            _read_text(found, read_bytes(each), str(each), each.stem)
        elif each.is_dir() and is_task_folder(each) and each.name not in stems:
            _take_folder(found, each)
    if not (found.tasks or found.webhooks or found.notes):
        inner = folder / "tasks"
        if not inner.is_dir():
            hint = "Tasks are files such as my-task.json, or folders with task.json and script.liquid."
            raise TaskError(
                "There is no task in this folder.", where=Where(file=str(folder)), code="task.missing", hint=hint
            )
        _read_folder(found, inner)


def _take_folder(found: Incoming, folder: Path) -> None:
    task = read_folder(folder)
    beside = folder.parent / f"{folder.name}.json"
    text = task.to_json() if beside.is_file() else task.canonical_json()
    found.tasks.append(IncomingTask(task, text.encode("utf-8", "surrogatepass"), str(folder), folder.name))
    if not (folder / HEAD).is_file() and b"Made by `runner docs build`" not in read_bytes(folder / README):
        found.notes.append(
            f"{folder}: a README does not hold preview events, the order of actions and the API version; "
            "they have their defaults"
        )


def _read_lone_readme(path: str) -> None:
    raise TaskError(
        "A README alone has no script.",
        hint="Put script.liquid beside it, in a folder named like the task, and import the folder.",
        where=Where(file=path),
    )


def _read_archive(found: Incoming, path: str, content: bytes) -> None:
    if not zipfile.is_zipfile(BytesIO(content)):
        raise InputError("the archive is damaged", where=Where(file=path), hint="download it or pack it again")
    with zipfile.ZipFile(BytesIO(content)) as archive:
        members = [each for each in archive.infolist() if _is_wanted(each.filename)]
        if sum(each.file_size for each in members) > MAX_UNPACKED:
            raise InputError(f"the archive holds more than {MAX_UNPACKED} bytes", where=Where(file=path))
        for member in members:
            named = f"{path}/{member.filename}"
            try:
                text = archive.read(member)
            except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError) as fault:
                hint = "pack it again, without a password"
                message = f"the archive cannot be unpacked: {fault}"
                raise InputError(message, where=Where(file=named), hint=hint) from fault
            _read_text(found, text, named, PurePosixPath(member.filename).stem)
    if not members:
        raise TaskError("There is no JSON file in this archive.", where=Where(file=path), code="task.missing")


def _is_wanted(name: str) -> bool:
    """JSON files of tasks; neither hidden ones, nor the rests of a helper folder."""
    parts = PurePosixPath(name).parts
    return name.endswith(".json") and parts[-1] != HEAD and not any(part[0] in "._" for part in parts)


def _read_text(found: Incoming, content: bytes, source: str, stem: str | None) -> None:
    """Any JSON: one object as it is, several of them by parts."""
    try:
        value = read_json(content, file=source, error=TaskError).value
    except TaskError:
        several = _sequence(content)
        if several is None:
            raise
        value = several
    if isinstance(value, list | dict) and not value:
        hint = "An export is an object with name, script and more, or a list of such."
        raise TaskError("There is no task in it.", where=Where(file=source), code="task.missing", hint=hint)
    for number, document in enumerate(_documents(value), start=1):
        alone = document is value
        label = source if alone else f"{source}, number {number}"
        _take(found, document, label, content if alone else None, stem if alone else None)


def _sequence(content: bytes) -> list[Any] | None:
    """The objects of a text that holds several, one after another; None for everything else."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    decoder, at, found = json.JSONDecoder(), 0, []
    text = text.strip()
    while at < len(text):
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return None
        found.append(value)
        at = at + len(text[at:]) - len(text[at:].lstrip())
    return found if len(found) > 1 and all(isinstance(each, dict) for each in found) else None


def _documents(value: Any) -> Sequence[Any]:
    if isinstance(value, list):
        return value
    if isinstance(value, dict) and isinstance(value.get("tasks"), list) and not _is_task_like(value):
        return list(value["tasks"])
    return [value]


def _is_task_like(document: Any) -> bool:
    return isinstance(document, Mapping) and any(key in document for key in _TASK_SIGNS)


def _take(found: Incoming, document: Any, source: str, content: bytes | None, stem: str | None) -> None:
    """One object: a task, a custom webhook, a recipe with these in it, an error's event with the failed task."""
    if isinstance(document, Mapping) and not _is_task_like(document):
        if "shopify_topic" in document and "event_topic" in document:
            found.webhooks.append(_checked_webhook(dict(document), source))
            return
        if isinstance(document.get("resources"), list) and document.get("kind") is not None:
            _take_recipe(found, document, source)
            return
        record = next(_task_records(document), None)
        if record is not None:
            _take(found, record, source, None, None)
            return
        if "topic" in document and "data" in document:
            hint = "`runner events import FILE` takes events."
            raise TaskError("This is an event, not a task.", hint=hint, where=Where(file=source))
    if not isinstance(document, Mapping):
        found.tasks.append(_incoming(Task.from_json(json.dumps(document), file=source), None, source, None))
        return
    if content is not None and not RECORD_KEYS & set(document):
        found.tasks.append(_incoming(Task.from_json(content, file=source), content, source, stem))
        return
    kept = {key: value for key, value in document.items() if key not in RECORD_KEYS}
    found.tasks.append(_incoming(_named(kept, source), None, source, stem))


def _incoming(task: Task, content: bytes | None, source: str, stem: str | None) -> IncomingTask:
    if content is None:
        content = task.to_json().encode("utf-8", "surrogatepass")
    return IncomingTask(task, content, source, stem)


def _named(document: Mapping[str, Any], source: str) -> Task:
    """The task of an object inside another file: errors name that file, and keys."""
    try:
        return Task.from_json(write_json(dict(document), JSONStyle()) + "\n", file=None)
    except RunnerError as fault:
        part = fault.where.part if fault.where else None
        raise TaskError(fault.message, hint=fault.hint, where=Where(file=source, part=part), code=fault.code) from fault


def _task_records(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The task that failed, as the event of its error tells of it (engine.md 1.3)."""
    data = document.get("data")
    for holder in (data, document):
        if isinstance(holder, Mapping) and _is_task_like(holder.get("task")):
            yield holder["task"]


def _checked_webhook(document: dict[str, Any], source: str) -> dict[str, Any]:
    from runner.model.custom_webhook import read_custom_webhooks

    read_custom_webhooks([document], source)
    return document


def _take_recipe(found: Incoming, recipe: Mapping[str, Any], source: str) -> None:
    for number, resource in enumerate(recipe["resources"], start=1):
        if not isinstance(resource, Mapping):
            raise TaskError(f"Resource {number} of the recipe is not an object.", where=Where(file=source))
        kind, config = resource.get("type"), resource.get("config")
        if kind in ("task", "shopify_webhook") and isinstance(config, Mapping):
            _take(found, config, f"{source}, resource {number}", None, None)
        else:
            found.notes.append(f"{source}: resource {number} is left out, {_kind_words(kind)} cannot be imported")
    if re.search(r'"(inputs|bindings)":\s*[\[{]\s*[^\]}\s]', json.dumps(recipe)):
        found.notes.append(f"{source}: what the recipe asks for and fills in has to be set in the options by hand")


def _kind_words(kind: Any) -> str:
    return f"a {kind.replace('_', ' ')}" if isinstance(kind, str) and kind else "a resource without type"
