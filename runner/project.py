"""The folder: finds its root, its tasks, fixtures, seeds and samples, and those that come with the package.

A name is looked up in the project first, then among what is shipped. A path is taken as it is.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from runner.errors import ConfigError, InputError, TaskError, Where
from runner.model.task import Task
from runner.model.topic import parse_topic
from runner.task_folder import HEAD, PARTS, README, is_task_folder, read_bytes, read_folder

SETTINGS_FILE = "runner.yml"
VENDOR_FILE = "mechanic.json"
"""The mark of a project of the platform's own command line, which is read and never written (tooling.md 1.2)."""
Shipped = Literal["tasks", "fixtures"]

_HANDLE = re.compile(r"[\w-]{1,200}")
_SHOPS = "_shops"
_EVENTS = "_events"
_YAML = (".yml", ".yaml")


def find_root(start: str | os.PathLike[str] | None = None) -> Path | None:
    """The nearest folder from ``start`` (default: the current one) up with runner.yml, ``tasks/`` or mechanic.json."""
    first = Path(start) if start is not None else Path.cwd()
    for folder in (first.absolute(), *first.absolute().parents):
        if (folder / SETTINGS_FILE).is_file() or (folder / "tasks").is_dir() or (folder / VENDOR_FILE).is_file():
            return folder
    return None


def shipped(name: Shipped) -> Path:
    """The folder ``tasks`` or ``fixtures`` that comes with the package, in an installation and in a checkout.

    ``ConfigError`` when the installation is incomplete.
    """
    return _shipped_beside(Path(__file__).parent, name)


def _shipped_beside(package: Path, name: str) -> Path:
    installed, checkout = package / "_shipped" / name, package.parent
    if installed.is_dir():
        return installed
    # A folder of that name beside an installed package would be somebody else's.
    if (checkout / "pyproject.toml").is_file() and (checkout / name).is_dir():
        return checkout / name
    message = f"The {name} that come with the package are missing."
    raise ConfigError(message, hint="Install mechanic-runner again.", where=Where(file=str(installed)))


def load_task(
    source: str | os.PathLike[str] | Mapping[str, Any], *, root: str | os.PathLike[str] | None = None
) -> Task:
    """The task in a JSON file, a folder or a dict; or, by its handle, in the project's ``tasks/`` or the shipped ones.

    A folder is a helper folder (``task.json`` with ``script.liquid`` …) or a library README with its code. A helper
    folder beside a JSON file counts, so that edits in it show before they are bundled. ``root`` is the project
    (default: ``find_root()``). ``TaskError`` says where it looked and what comes near, or what is wrong with the file.
    """
    if isinstance(source, Mapping):
        return Task.from_json(source)
    path = _as_path(source)
    handle = str(source) if _HANDLE.fullmatch(str(source)) else None
    if _exists(path) and not (handle and path.is_dir() and not is_task_folder(path)):
        return _load_path(path)
    if handle:
        for folder in _task_folders(root):
            if (folder / f"{handle}.json").is_file():
                return _load_path(folder / f"{handle}.json")
            if is_task_folder(folder / handle):
                return read_folder(folder / handle)
        if _exists(path):
            return _load_path(path)
    raise _no_such_task(path, handle, root)


def load_tasks(folder: str | os.PathLike[str]) -> list[Task]:
    """All tasks of a folder, by file name: its ``.json`` files, and helper folders that have none beside them.

    ``TaskError`` when there is no such folder, it holds no task, or one of them cannot be read.
    """
    tasks = [_load_path(each) for each in task_files(folder)]
    return sorted(tasks, key=lambda task: task.handle or "")


def task_files(folder: str | os.PathLike[str]) -> list[Path]:
    """What ``load_tasks`` reads, unread: files and helper folders by name. ``TaskError`` as there, but for reading."""
    path = _as_path(folder)
    if not path.is_dir():
        if not _exists(path):
            raise _no_such_task(path, None, None)
        hint = "Name its folder, or the task alone."
        raise TaskError("This is a file, not a folder of tasks.", where=Where(file=str(path)), hint=hint)
    files = sorted(each for each in path.glob("[!.]*.json") if each.is_file())
    taken = {each.stem for each in files}
    folders = sorted(
        each for each in path.iterdir() if each.is_dir() and each.name not in taken and each.name[0] != "."
    )
    found = sorted(
        [*files, *(each for each in folders if is_task_folder(each))], key=lambda each: each.name.removesuffix(".json")
    )
    if not found:
        inner = [each.name for each in sorted(folders) if next(each.glob("*.json"), None)]
        hint = f"Name one of its folders: {', '.join(inner)}." if inner else "Tasks are files such as my-task.json."
        raise TaskError("There is no task in this folder.", where=Where(file=str(path)), code="task.missing", hint=hint)
    return found


def task_handles(root: str | os.PathLike[str] | None = None) -> list[str]:
    """Handles that ``load_task`` knows: the project's, then the shipped ones, each once."""
    return list(dict.fromkeys(name for folder in _task_folders(root) for name in _handles_in(folder)))


def _load_path(path: Path) -> Task:
    if path.is_dir():
        if is_task_folder(path):
            return read_folder(path)
        count = sum(1 for _ in path.glob("*.json"))
        message = (
            f"This is a folder of {count} JSON files, not a task." if count else "There is no task in this folder."
        )
        hint = "Name one of its files." if count else "A task's folder holds task.json and script.liquid."
        raise TaskError(message, hint=hint, where=Where(file=str(path)), code="task.missing")
    in_parts = path.name in (HEAD, README, *PARTS) and is_task_folder(path.parent)
    if in_parts and (path.name != HEAD or (path.parent / "script.liquid").is_file()):
        return read_folder(path.parent)
    if path.suffix == ".json" and (path.with_suffix("") / HEAD).is_file():
        return read_folder(path.with_suffix(""))
    return load_stored(path)


def load_stored(path: Path) -> Task:
    """The task of a JSON file alone, whatever stands in a helper folder beside it; of a folder without such a file.

    What is deployed: edits in a folder count once they are bundled. ``TaskError`` as from ``load_task``.
    """
    return read_folder(path) if path.is_dir() else Task.from_json(read_bytes(path), file=str(path))


def _task_folders(root: str | os.PathLike[str] | None) -> list[Path]:
    return _both(root, "tasks")


def _both(root: str | os.PathLike[str] | None, name: Shipped, *inner: str) -> list[Path]:
    """The project's folder of that name and the shipped one, those that exist."""
    project = Path(root) if root is not None else find_root()
    folders = [project / name] if project else []
    folders.append(shipped(name))
    unique = {folder.resolve(): folder for folder in reversed(folders)}
    return [folder.joinpath(*inner) for folder in reversed(unique.values()) if folder.joinpath(*inner).is_dir()]


def _handles_in(folder: Path) -> list[str]:
    files = {each.stem for each in folder.glob("*.json")}
    folders = {each.name for each in folder.iterdir() if is_task_folder(each)} if folder.is_dir() else set()
    return sorted(files | folders)


def _as_path(source: object) -> Path:
    if not isinstance(source, str | os.PathLike):
        raise TaskError(f"A task is loaded from a path or a dict, not from {type(source).__name__}.")
    if isinstance(source, str) and source.lstrip().startswith("{"):
        hint = "Parse it first, or use Task.from_json."
        raise TaskError("This is JSON text; a path or a dict belongs here.", hint=hint)
    return Path(source)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name the system refuses: too long, or with a NUL character
        return False


def _no_such_task(path: Path, handle: str | None, root: str | os.PathLike[str] | None) -> TaskError:
    if handle:
        looked = [str(folder) for folder in _task_folders(root)]
        known = task_handles(root)
        near = get_close_matches(handle, known, n=3, cutoff=0.5)
        message = f'There is no task "{handle}", neither as a path nor in {" or ".join(looked)}.'
        return TaskError(message, hint=_near_hint(near, known), where=Where(task=handle), code="task.missing")
    folder = path.parent
    if not _exists(folder) or not folder.is_dir():
        message, near = f'There is no folder "{folder}".', []
    else:
        message = f'There is no file "{path.name}" in {folder.absolute()}.'
        near = get_close_matches(path.name, sorted(each.name for each in folder.iterdir()), n=3, cutoff=0.5)
    known = task_handles(root)
    return TaskError(message, hint=_near_hint(near, known), where=Where(file=str(path)), code="task.missing")


def _near_hint(near: Iterable[str], known: list[str]) -> str | None:
    named = ", ".join(f'"{name}"' for name in near)
    if named:
        return f"Did you mean {named}?"
    return f"Known by name: {', '.join(known[:10])}{' …' if len(known) > 10 else ''}." if known else None


def find_seed(name: str | os.PathLike[str], *, root: str | os.PathLike[str] | None = None) -> Path:
    """The file of a simulated shop: a path, or the name of one in ``fixtures/_shops/``.

    ``InputError`` for an unknown one, with the nearest name and the list.
    """
    return _find_named(name, "shop seed", "seed.unknown", seed_names(root), _both(root, "fixtures", _SHOPS))


def seed_names(root: str | os.PathLike[str] | None = None) -> list[str]:
    """Names that ``find_seed`` knows."""
    return _yaml_names(_both(root, "fixtures", _SHOPS))


def find_fixture(name: str | os.PathLike[str], *, root: str | os.PathLike[str] | None = None) -> Path:
    """The file of a case: a path, or ``<handle>/<case>`` in ``fixtures/``. ``InputError`` for an unknown one."""
    return _find_named(name, "fixture", "fixture.missing", fixture_names(root), _both(root, "fixtures"))


def fixture_names(root: str | os.PathLike[str] | None = None) -> list[str]:
    """``<handle>/<case>`` of every case; the shared ``_shops`` and ``_events`` are none."""
    folders = [each for base in _both(root, "fixtures") for each in sorted(base.iterdir()) if each.is_dir()]
    cases = [f"{each.name}/{case}" for each in folders if each.name[0] not in "_." for case in _yaml_names([each])]
    return list(dict.fromkeys(cases))


def _yaml_names(folders: Iterable[Path]) -> list[str]:
    names = (each.stem for folder in folders for each in sorted(folder.iterdir()) if each.suffix in _YAML)
    return list(dict.fromkeys(names))


def _find_named(name: str | os.PathLike[str], what: str, code: str, known: list[str], folders: list[Path]) -> Path:
    path = Path(name)
    if _exists(path) and path.is_file():
        return path
    if str(name) in known:
        files = [folder / f"{name}{suffix}" for folder in folders for suffix in _YAML]
        return next(each for each in files if each.is_file())
    near = get_close_matches(str(name), known, n=3, cutoff=0.5)
    looked = " or ".join(str(folder) for folder in folders) or "fixtures"
    message = f'There is no {what} "{name}", neither as a path nor in {looked}.'
    raise InputError(message, hint=_near_hint(near, known), code=code)


def find_sample(topic: str, *, root: str | os.PathLike[str] | None = None) -> Path | None:
    """The sample event of a topic, ``fixtures/_events/<topic>.json``: ``{"topic", "data"}``; None when there is none.

    ``TaskError`` when ``topic`` is not of the form of a topic.
    """
    parts = str(parse_topic(topic)).split("/")
    files = (folder.joinpath(*parts[:2], f"{parts[2]}.json") for folder in _both(root, "fixtures", _EVENTS))
    return next((each for each in files if each.is_file()), None)


def sample_topics(root: str | os.PathLike[str] | None = None) -> list[str]:
    """Topics that have a sample event."""
    found = {
        each.relative_to(folder).with_suffix("").as_posix()
        for folder in _both(root, "fixtures", _EVENTS)
        for each in folder.glob("*/*/*.json")
    }
    return sorted(found)
