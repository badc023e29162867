"""The tasks of a project, and which of them are enabled: a switch in the database; new tasks are off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from runner.cli.task_places import no_such_task
from runner.clock import Clock, iso_utc
from runner.config import Settings
from runner.engine.matching import EnabledTask
from runner.errors import RunnerError
from runner.model.shop_values import ShopValues
from runner.project import find_root, load_stored, task_files
from runner.store import Deprecation, Store
from runner.store.kept import KeptValues
from runner.value_files import LiveValues


@dataclass(frozen=True, slots=True)
class ProjectTask:
    """A task of the folder. ``prepared`` is what the engine takes, None for one that cannot be used: ``fault``.

    ``deprecations`` are the calls which the task as it is now made, and which the shop wants changed.
    """

    handle: str
    enabled: bool
    prepared: EnabledTask | None = None
    fault: RunnerError | None = None
    deprecations: tuple[Deprecation, ...] = ()

    @property
    def name(self) -> str:
        """Its name, or handle."""
        return self.prepared.task.name if self.prepared is not None else self.handle

    @property
    def topics(self) -> tuple[str, ...]:
        """Its subscriptions as lines."""
        return tuple(str(each) for each in self.prepared.subscriptions) if self.prepared is not None else ()

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        document: dict[str, Any] = {
            "handle": self.handle,
            "name": self.name,
            "enabled": self.enabled,
            "subscriptions": list(self.topics),
            "deprecations": [_known(each) for each in self.deprecations],
        }
        if self.fault is not None:
            document["error"] = self.fault.to_dict()
        return document


class ProjectTasks:
    """Reads the folder ``tasks`` of the project and the switches of its database."""

    def __init__(
        self, settings: Settings, store: Store, *, shop: Mapping[str, Any], values: ShopValues | LiveValues
    ) -> None:
        self._folder = (find_root(settings.folder) or settings.folder) / "tasks"
        self._store = store
        self._switches = KeptValues(store.database, "task")
        self._shop = shop
        self._live = values if isinstance(values, LiveValues) else None
        self._values = values.values if isinstance(values, LiveValues) else values
        self._clock: Clock = store.clock

    def known(self) -> tuple[ProjectTask, ...]:
        """The same as ``load``, with what the shop said of the calls of those that are enabled (engine.md 5.5)."""
        return tuple(replace(task, deprecations=self._deprecations(task)) for task in self.load())

    def load(self) -> tuple[ProjectTask, ...]:
        """All of them, by handle. What is wrong with one stands in it, and keeps nobody else from working."""
        switches = self._switches.all()
        return tuple(self._load(path, switches) for path in self._paths())

    def fingerprint(self) -> tuple[Any, ...]:
        """Changes whenever a task file, a switch or a live value does. Raises as ``LiveValues.refresh``."""
        values = self._live.refresh() if self._live is not None else ()
        files = [each for path in self._paths() for each in (sorted(path.iterdir()) if path.is_dir() else [path])]
        seen = tuple((str(file), file.stat().st_mtime_ns, file.stat().st_size) for file in files)
        return (seen, values, tuple(sorted((name, value["enabled"]) for name, value in self._switches.all().items())))

    def switch(self, handle: str, *, on: bool) -> ProjectTask:
        """Enable or disable one. ``InputError`` for an unknown handle; its own error for one that cannot be used."""
        found = {path.name.removesuffix(".json"): path for path in self._paths()}
        if handle not in found:
            raise no_such_task(handle, list(found), self._folder)
        task = self._load(found[handle], {})
        if on and task.fault is not None:
            raise task.fault
        self._switches.put(handle, {"enabled": on})
        if not on and task.prepared is not None:
            self._store.deprecations.forget(task.prepared.id)
        return replace(task, enabled=on)

    def _deprecations(self, task: ProjectTask) -> tuple[Deprecation, ...]:
        if task.prepared is None or not task.enabled:
            return ()
        return self._store.deprecations.of(task.prepared.id, task.prepared.task.content_hash)

    def _paths(self) -> list[Path]:
        if not self._folder.is_dir() or not any(self._folder.glob("[!.]*")):
            return []
        return task_files(self._folder)

    def _load(self, path: Path, switches: Mapping[str, Any]) -> ProjectTask:
        handle = path.name.removesuffix(".json")
        on = bool((switches.get(handle) or {}).get("enabled"))
        try:
            task = load_stored(path)
            prepared = EnabledTask.prepare(task, shop=self._shop, clock=self._clock, values=self._values)
        except RunnerError as fault:
            return ProjectTask(handle, on, fault=fault)
        return ProjectTask(handle, on, replace(prepared, enabled=on))


def _known(found: Deprecation) -> dict[str, Any]:
    moments = {"first_seen": iso_utc(found.first_seen), "last_seen": iso_utc(found.last_seen)}
    return {"request": found.request, "version": found.version, "reason": found.reason, "count": found.count, **moments}
