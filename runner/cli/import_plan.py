"""What an import would do to the tasks of a project: a row for each task, decided before anything is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from runner.cli.task_places import TaskPlace, handle_of, task_place, task_places
from runner.errors import InputError, RunnerError
from runner.incoming import IncomingTask
from runner.model.task import Task
from runner.project import load_stored
from runner.task_folder import HEAD, PARTS, folder_files, is_task_folder, read_bytes

CREATE, UPDATE, UNCHANGED = "create", "update", "unchanged"


@dataclass(frozen=True, slots=True)
class Row:
    """One task of the plan: where it goes, and what happens there. ``note`` is for people."""

    incoming: IncomingTask
    place: TaskPlace
    action: str
    note: str = ""

    def files(self) -> dict[Path, bytes]:
        """What to write: the JSON file, and a helper folder that is there already."""
        if self.action == UNCHANGED:
            return {}
        folder = self.place.folder
        parts = folder_files(Task.from_json(self.incoming.content)) if is_task_folder(folder) else {}
        return {self.place.file: self.incoming.content, **{folder / name: part for name, part in parts.items()}}

    def gone(self) -> list[Path]:
        """Parts of a helper folder that the new task does not have."""
        folder = self.place.folder
        if self.action != UPDATE or not is_task_folder(folder):
            return []
        parts = folder_files(Task.from_json(self.incoming.content))
        return [folder / name for name in (*PARTS, HEAD) if name not in parts]


@dataclass(slots=True)
class Plan:
    """Decides row by row. ``over`` replaces tasks of exactly the same name, else of the same handle (tasks.md 6.1)."""

    root: Path
    over: bool = False
    into: str | None = None
    force: bool = False
    rows: list[Row] = field(default_factory=list)
    _names: dict[str, list[TaskPlace]] = field(default_factory=dict)
    _places: dict[str, TaskPlace] = field(default_factory=dict)

    def make(self, incoming: Sequence[IncomingTask]) -> list[Row]:
        """The rows. ``InputError`` where it is not clear what is to be replaced, or edits would be lost."""
        self._places = {place.handle: place for place in task_places(self.root)}
        for place in self._places.values():
            if (name := _name(place)) is not None:
                self._names.setdefault(name, []).append(place)
        if self.into is not None:
            return [self._into(incoming, self.into)]
        shared = {name for name, number in Counter(each.task.name for each in incoming).items() if number > 1}
        taken: set[str] = set()
        for each in incoming:
            found = self._replaced(each) if self.over and each.task.name not in shared else None
            row = self._new(each, taken, shared) if found is None else self._update(each, found)
            if row.place.handle in taken and row.action == UPDATE:
                raise InputError(f'two of the tasks would replace "{row.place.handle}"', hint="import one of them")
            taken.add(row.place.handle)
            self.rows.append(row)
        return self.rows

    def _into(self, incoming: Sequence[IncomingTask], word: str) -> Row:
        if len(incoming) != 1:
            message = f"--into takes one task, here are {len(incoming)}"
            raise InputError(message, code="input.usage", hint="name a file that holds one")
        return self._update(incoming[0], task_place(word, self.root))

    def _replaced(self, each: IncomingTask) -> TaskPlace | None:
        """The task that it replaces: that of its name; among several, and without one, that of its handle."""
        named = self._names.get(each.task.name, [])
        if len(named) == 1:
            return named[0]
        own = self._places.get(_handle(each))
        if named and own not in named:
            handles = ", ".join(place.handle for place in named)
            hint = f"--into says which: {handles}"
            raise InputError(f'several tasks are called "{each.task.name}"', code="input.usage", hint=hint)
        return own

    def _update(self, each: IncomingTask, place: TaskPlace) -> Row:
        if _says_the_same(place, each):
            return Row(each, place, UNCHANGED)
        if not self.force and is_task_folder(place.folder) and place.standing()[0] != "ready":
            raise InputError(
                f"{place.folder} has edits that are not bundled",
                code="input.exists",
                hint=f"`runner tasks bundle {place.handle}` keeps them, --force throws them away",
            )
        if not self.force and place.file.is_file() and not _is_task(place):
            message = f"{place.file} is no task that can be read, and would be lost"
            raise InputError(message, code="input.exists", hint="--force replaces it; look at it first")
        return Row(each, place, UPDATE if place.file.is_file() else CREATE)

    def _new(self, each: IncomingTask, taken: set[str], shared: set[str]) -> Row:
        known = next((place for place in self._names.get(each.task.name, ()) if _says_the_same(place, each)), None)
        if known is not None and each.task.name not in shared:
            return Row(each, known, UNCHANGED)
        first = _handle(each)
        for number in count(1):
            handle = first if number == 1 else f"{first}-{number}"
            place = TaskPlace(handle, self.root / "tasks" / f"{handle}.json")
            if handle in taken:
                continue
            if _says_the_same(place, each):
                return Row(each, place, UNCHANGED)
            if not (handle in self._places or place.file.exists() or place.folder.exists()):
                return Row(each, place, CREATE, self._note(each, shared))
        raise AssertionError("there is always another number")

    def _note(self, each: IncomingTask, shared: set[str]) -> str:
        if each.task.name in shared:
            return "several incoming tasks have this name" + (": taken in as new" if self.over else "")
        same = self._names.get(each.task.name)
        return f"{same[0].handle} has the same name; --over replaces it" if same else ""


def _name(place: TaskPlace) -> str | None:
    """The name of a task that can be read; nothing is replaced by the name of one that cannot."""
    try:
        return load_stored(place.file if place.file.is_file() else place.folder).name
    except RunnerError:
        return None


def _is_task(place: TaskPlace) -> bool:
    return _name(place) is not None


def _says_the_same(place: TaskPlace, each: IncomingTask) -> bool:
    """Whether the file there holds this very task, however it is laid out."""
    if not place.file.is_file():
        return False
    content = read_bytes(place.file)
    try:
        return content == each.content or load_stored(place.file).canonical_json() == each.task.canonical_json()
    except RunnerError:
        return False  # what is there cannot be read as a task


def _handle(each: IncomingTask) -> str:
    return handle_of(each.stem or "") or handle_of(each.task.name) or "task"


def merge_webhooks(
    kept: Sequence[Mapping[str, object]], incoming: Sequence[Mapping[str, object]], *, over: bool
) -> tuple[list[Mapping[str, object]], list[tuple[str, str]]]:
    """The list to keep, and (name, what happens) for each that comes; equal names are replaced only with ``over``."""
    merged, told = list(kept), []
    for each in incoming:
        name = str(each["name"])
        at = next((place for place, known in enumerate(merged) if known.get("name") == name), None)
        if at is None:
            merged.append(each)
            told.append((name, CREATE))
        elif merged[at] == each:
            told.append((name, UNCHANGED))
        elif over:
            merged[at] = each
            told.append((name, UPDATE))
        else:
            hint = "--over replaces it"
            raise InputError(f'there is a custom webhook "{name}" already', code="input.exists", hint=hint)
    return merged, told
