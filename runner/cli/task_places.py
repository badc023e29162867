"""Where the tasks of a project stand: JSON files, helper folders, and their ids on the platform."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from runner.errors import InputError, RunnerError, Where
from runner.project import find_root
from runner.task_folder import HEAD, bundle, is_task_folder, read_bytes

LINKS = Path(".mechanic", "links.json")
_HANDLE = re.compile(r"[0-9a-z-]{1,200}")
_ID_KEYS = ("id", "task_id", "taskId", "remote_id", "remoteId")
_PATH_KEYS = ("path", "file", "local_path", "localPath", "local_file")


@dataclass(frozen=True, slots=True)
class TaskPlace:
    """A task of the folder ``tasks``: ``file`` and ``folder`` may exist or not. ``linked`` is its id elsewhere."""

    handle: str
    file: Path
    linked: str | None = None

    @property
    def folder(self) -> Path:
        """Its helper folder."""
        return self.file.with_suffix("")

    def standing(self) -> tuple[str, RunnerError | None]:
        """``ready``, ``needs bundling`` or ``invalid``, and why it is invalid."""
        try:
            if not is_task_folder(self.folder):
                from runner.project import load_stored

                load_stored(self.file)
                return "ready", None
            text = bundle(self.folder).to_json()
            same = self.file.is_file() and text.encode("utf-8", "surrogatepass") == read_bytes(self.file)
        except RunnerError as fault:
            return "invalid", fault
        return ("ready" if same else "needs bundling"), None


def project_root() -> Path:
    """The folder of the project, or the current one."""
    return find_root() or Path.cwd()


def task_places(root: Path) -> list[TaskPlace]:
    """All tasks of the project, by handle; none where there is no folder ``tasks``."""
    folder = root / "tasks"
    if not folder.is_dir():
        return []
    inside = [each for each in folder.iterdir() if each.name[0] != "."]
    names = {each.stem for each in inside if each.suffix == ".json" and each.is_file()}
    names |= {each.name for each in inside if each.is_dir() and is_task_folder(each)}
    links = _links(root)
    return [TaskPlace(name, folder / f"{name}.json", links.get(name)) for name in sorted(names)]


def task_place(word: str, root: Path) -> TaskPlace:
    """The task that ``word`` names: its handle, the path of its file or folder, or its id elsewhere.

    ``InputError`` (``input.missing``) for an unknown one, with the nearest.
    """
    known = task_places(root)
    found = next((each for each in known if word in (each.handle, each.linked)), None)
    if found is not None:
        return found
    path = Path(word)
    if path.name == HEAD and path.is_file():
        path = path.parent
    if path.suffix == ".json" and path.is_file():
        return TaskPlace(path.stem, path)
    if path.is_dir() and is_task_folder(path):
        return TaskPlace(path.name, path.parent / f"{path.name}.json")
    raise no_such_task(word, [each.handle for each in known], root / "tasks")


def no_such_task(word: str, handles: Sequence[str], folder: Path) -> InputError:
    """What to raise for a word that is none of these handles; it names the nearest."""
    near = get_close_matches(word, handles, n=1, cutoff=0.5)
    hint = f'did you mean "{near[0]}"?' if near else f"there are: {', '.join(handles[:10]) or 'none yet'}"
    return InputError(f'there is no task "{word}" in {folder}', code="input.missing", hint=hint)


def check_handle(word: str) -> str:
    """``word``, if it can be the name of a task's file; ``InputError`` with one that can."""
    if _HANDLE.fullmatch(word):
        return word
    hint = "small letters, digits and dashes"
    usable = handle_of(word)
    raise InputError(f'"{word}" cannot be the name of a task\'s file', hint=f"{hint}: {usable}" if usable else hint)


def handle_of(name: str) -> str:
    """A handle for the name of a task; empty when it has no letter or digit that could stand in one."""
    return re.sub(r"[^0-9a-z]+", "-", name.lower().replace("'", "").replace("’", "")).strip("-")[:120].strip("-")


def _links(root: Path) -> dict[str, str]:
    """Handle -> id, as far as the file tells. Its form is not published, so any that names files and ids is read."""
    file = root / LINKS
    if not file.is_file():
        return {}
    from runner.model.json_text import read_json

    try:
        document = read_json(read_bytes(file), file=str(file)).value
    except RunnerError as fault:
        where = Where(file=str(file))
        raise InputError(fault.message, where=fault.where or where, hint="it belongs to the platform's tool") from fault
    return dict(_linked(document))


def _linked(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """(handle, id) of everything below ``value``, which stands under ``key``."""
    if isinstance(value, list):
        for each in value:
            yield from _linked(each)
    if not isinstance(value, Mapping):
        return
    for inner, each in value.items():
        if name := _task_name(each):
            yield name, _id(value) or (key if inner in _PATH_KEYS else inner)
        elif (name := _task_name(inner)) and (number := _id(each)):
            yield name, number
        else:
            yield from _linked(each, inner)


def _task_name(value: Any) -> str | None:
    """The handle in a path such as ``tasks/order-tagger.json``."""
    match = re.fullmatch(r"(?:\./)?tasks/([^/]+)\.json", value) if isinstance(value, str) else None
    return match[1] if match else None


def _id(value: Any) -> str | None:
    if isinstance(value, str) and _task_name(value) is None:
        return value
    found = next((value[key] for key in _ID_KEYS if key in value), None) if isinstance(value, Mapping) else None
    return str(found) if found else None
