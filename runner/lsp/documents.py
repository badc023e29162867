"""The open texts, and the tasks they belong to: a text that is not saved counts for its file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from lsprotocol.types import PositionEncodingKind
from pygls.exceptions import JsonRpcInvalidParams
from pygls.uris import from_fs_path, to_fs_path

from runner.errors import RunnerError
from runner.lint.finding import Rule
from runner.lint.ignoring import matches
from runner.lint.rules import chosen
from runner.lint.subject import Surroundings
from runner.lsp.positions import Lines
from runner.lsp.views import View, json_views
from runner.model.json import without_surrogates
from runner.model.task import Task
from runner.task_folder import HEAD, PARTS, is_task_folder, read_folder

_OF_A_TASK = re.compile(r'"(script|online_store_javascript|subscriptions_template)"\s*:')
_OTHER_FILES = ("mechanic.json", "mechanic.globals.json", "package.json")


@dataclass(frozen=True)
class Project:
    """What a project says beside its tasks: ``by_task`` are rules that it silences for single tasks, by handle."""

    surroundings: Surroundings = field(default_factory=Surroundings)
    rules: tuple[Rule, ...] = field(default_factory=chosen)
    by_task: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def rules_for(self, handle: str | None) -> tuple[Rule, ...]:
        """The rules to ask about a task."""
        silent = self.by_task.get(handle or "", ())
        return tuple(rule for rule in self.rules if not matches(rule.name, silent))


OpenProject = Callable[[Path], Project]
"""The project of a folder; ``RunnerError`` when its settings cannot be read."""


class Document:
    """A file as the editor has it; immutable, a change makes another one."""

    def __init__(self, uri: str, text: str, version: int | None, encoding: str = PositionEncodingKind.Utf16) -> None:
        self.uri = uri
        self.text = text if text.isascii() else without_surrogates(text)
        self.version = version
        self.path = Path(to_fs_path(uri) or "")
        self._encoding = encoding

    @cached_property
    def lines(self) -> Lines:
        """Its lines, in the encoding that was agreed on."""
        return Lines(self.text, self._encoding)

    @cached_property
    def views(self) -> tuple[View, ...]:
        """The texts of a task in it that can be helped with."""
        if self.path.name in PARTS:
            return (View((PARTS[self.path.name],), self.text),) if self.path.name.endswith(".liquid") else ()
        return json_views(self.text) if self.path.suffix == ".json" else ()

    def view_at(self, offset: int) -> tuple[View, int] | None:
        """The part at ``offset`` of the file, and the offset inside of it; None outside of Liquid."""
        for view in self.views:
            inside = view.inside(offset)
            if inside is not None:
                return view, inside
        return None

    @property
    def source(self) -> Path | None:
        """What its task is loaded from: the folder, or the file itself; None when it belongs to no task."""
        if self.path.name in PARTS or self.path.name == HEAD:
            return self.path.parent
        if self.path.suffix != ".json" or self.path.name in _OTHER_FILES or self.path.name.startswith("."):
            return None
        is_task = self.path.parent.name == "tasks" or _OF_A_TASK.search(self.text)
        return self.path if is_task else None


class Documents:
    """The open documents, and the last task that could be read of each source."""

    def __init__(self) -> None:
        self.encoding: str = PositionEncodingKind.Utf16
        self._open: dict[str, Document] = {}
        self._usable: dict[Path, Task] = {}

    def put(self, uri: str, text: str, version: int | None) -> Document:
        """The new text of a document."""
        document = self._open[uri] = Document(uri, text, version, self.encoding)
        return document

    def drop(self, uri: str) -> None:
        """A document was closed: its file counts again."""
        self._open.pop(uri, None)

    def get(self, uri: str) -> Document:
        """An open document. ``JsonRpcInvalidParams`` for one that was never opened."""
        found = self._open.get(uri)
        if found is None:
            raise JsonRpcInvalidParams(message=f"{uri} is not open")
        return found

    def of(self, source: Path) -> list[Document]:
        """The open documents of a task."""
        return [each for each in self._open.values() if each.source == source]

    @property
    def unsaved(self) -> dict[Path, Document]:
        """All open documents by path."""
        return {each.path: each for each in self._open.values()}

    def at(self, path: Path) -> Document:
        """A file as it counts: open, or as it is on the disk; empty when it is neither."""
        opened = self.unsaved.get(path)
        if opened is not None:
            return opened
        try:
            text = path.read_bytes().decode(errors="replace")
        except OSError:
            text = ""
        return Document(from_fs_path(str(path)) or path.as_uri(), text, None, self.encoding)

    def usable_task(self, source: Path) -> Task:
        """The task of ``source``; where it cannot be read at the moment, the last one that could be, or its texts."""
        try:
            task = load(source, self.unsaved)
        except RunnerError:
            task = self._usable.get(source) or Task(source.stem)
        self._usable[source] = task
        changed = {
            str(view.part[0]): view.text
            for document in self.of(source)
            for view in document.views
            if len(view.part) == 1
        }
        current = task.to_dict()
        changed = {key: text for key, text in changed.items() if current.get(key) != text}
        return task.edited(**changed) if changed else task


def load(source: Path, unsaved: Mapping[Path, Document]) -> Task:
    """The task in a file or folder, with the texts of the editor. ``RunnerError`` when it cannot be read."""
    if source.suffix == ".json" and not source.is_dir():
        return Task.from_json(unsaved[source].text, file=str(source))
    texts = {path: document.text for path, document in unsaved.items()}
    if is_task_folder(source) or source / HEAD in texts:
        return read_folder(source, unsaved=texts)
    keys = {PARTS[name]: texts[source / name] for name in PARTS if source / name in texts}
    return Task.from_json({"name": source.name, "script": "", "options": {}, **keys}, file=str(source))
