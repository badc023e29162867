"""What the tools share: the project, the library and the manual, each read when it is first asked for."""

from __future__ import annotations

import functools
import inspect
import json
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from mcp.server.mcpserver.exceptions import ToolError

from runner.assistant.index import Index
from runner.assistant.manual import Manual
from runner.cli.samples import sample_event
from runner.cli.task_places import project_root, task_places
from runner.clock import SystemClock
from runner.errors import InputError, RunnerError
from runner.model.task import Task
from runner.project import load_task

if TYPE_CHECKING:
    from runner.config import Settings
    from runner.library.entry import Entry
    from runner.library.shelf import Shelf

Tool = Callable[..., dict[str, Any]]
LIBRARY_ID = "task:"
"""How ids of tasks of the library begin; tasks of the project are known by handle or path."""


class Bookcase:
    """The library as it was read: its tasks by handle, an index over them, and the handles that cannot be read."""

    def __init__(self, shelf: Shelf) -> None:
        from runner.library.entry import Entry

        self.shelf = shelf
        self.entries: dict[str, Entry] = {}
        self.broken: list[str] = []
        sample, clock = functools.cache(sample_event), SystemClock()
        for handle in shelf.handles:
            try:
                self.entries[handle] = Entry(handle, shelf.task(handle), sample, clock)
            except RunnerError:
                self.broken.append(handle)

    @cached_property
    def index(self) -> Index:
        """Over names, handles, tags, topics, documentation and scripts."""
        return Index({handle: _fields(entry) for handle, entry in self.entries.items()})

    def entry(self, word: str) -> Entry:
        """The task of this id or handle. ``TaskError`` with the nearest one when there is none."""
        from runner.library.shelf import handle_of

        handle = handle_of(word.removeprefix(LIBRARY_ID))
        if handle not in self.entries:
            self.shelf.task(handle)  # says what is wrong with it, and which come near
        return self.entries[handle]

    def url(self, handle: str) -> str:
        """Where the export stands: in the public repository at the commit that was fetched, or on this disk."""
        if self.shelf.commit is not None:
            return f"{self.shelf.origin}/blob/{self.shelf.commit}/tasks/{handle}.json"
        return (self.shelf.folder / f"{handle}.json").absolute().as_uri()


def _fields(entry: Entry) -> dict[str, str]:
    task = entry.task
    names = " ".join(option.name for option in entry.options)
    return {
        "title": task.name,
        "slug": entry.handle,
        "tags": " ".join(entry.tags),
        "events": " ".join((*entry.topics, task.template)),
        "content": "\n".join((task.docs or "", names, task.script)),
    }


class Desk:
    """The state of one server. Tools run one at a time: they share the engine, and pytest."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.manual = Manual()
        self._bookcase: Bookcase | None = None

    @property
    def root(self) -> Path:
        """The project's folder, or the current one."""
        return project_root().absolute()

    @property
    def settings(self) -> Settings:
        """The settings as they are now."""
        from runner.config import load_settings

        return load_settings()

    @property
    def bookcase(self) -> Bookcase:
        """The library at hand. ``InputError`` when it was never fetched: nothing here asks the network."""
        if self._bookcase is None:
            from runner.library.shelf import open_shelf

            shelf = open_shelf(self.settings)
            if shelf is None:
                raise InputError(
                    "the task library is not on this machine yet",
                    hint="run `runner library update` once, or set `library:` in runner.yml to a checkout",
                    code="input.missing",
                )
            self._bookcase = Bookcase(shelf)
        return self._bookcase

    def refresh(self) -> Bookcase:
        """The library, read again from the disk."""
        self._bookcase = None
        return self.bookcase

    def task(self, word: str | None, export: Mapping[str, Any] | None) -> Task:
        """The task of the project, of the library (``task:HANDLE``), or in ``export``; exactly one is to be given."""
        if (word is None) == (export is None):
            raise InputError("give either task or export", code="input.usage", hint='such as task: "my-task"')
        if export is not None:
            return Task.from_json(json.dumps(export, ensure_ascii=False), file="export")
        assert word is not None, "one of the two was given"
        if word.startswith(LIBRARY_ID):
            return self.bookcase.entry(word).task
        return load_task(word, root=self.root)

    def project_tasks(self) -> list[tuple[str, Path, Task | RunnerError]]:
        """(handle, file or folder, the task or why it cannot be read) of all tasks of the project."""
        found: list[tuple[str, Path, Task | RunnerError]] = []
        for place in task_places(self.root):
            path = place.file if place.file.is_file() else place.folder
            try:
                found.append((place.handle, path, load_task(path)))
            except RunnerError as fault:
                found.append((place.handle, path, fault))
        return found

    def told(self, tool: Tool) -> Tool:
        """``tool``, one at a time, with our errors as errors of the protocol: what, where, what next."""

        @functools.wraps(tool)
        def called(*given: Any, **named: Any) -> dict[str, Any]:
            with self.lock:
                try:
                    return tool(*given, **named)
                except RunnerError as fault:
                    raise ToolError(worded(fault)) from fault

        called.__doc__ = inspect.getdoc(tool)
        return called


def worded(fault: RunnerError) -> str:
    """The error in words, with its place, hint and code."""
    where = f" ({fault.where})" if fault.where is not None and str(fault.where) else ""
    hint = f"\nHint: {fault.hint}" if fault.hint else ""
    return f"{fault.message}{where}{hint}\nCode: {fault.code}"
