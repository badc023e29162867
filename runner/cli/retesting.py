"""``runner test --watch``: which cases a change of files touches."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from runner.testing.fixtures import FOLDER, SUFFIXES

_TASKS = "tasks"


def watched_places(root: Path, targets: Sequence[Path]) -> list[Path]:
    """Everything that the outcome of the cases in ``targets`` (all of the project's if they are its folders) rests on.

    What all cases share is among it: settings, globals, samples, stores and tasks of fixtures.
    """
    from runner.project import SETTINGS_FILE
    from runner.shop_values import GLOBALS_FILE

    found = [root / SETTINGS_FILE, root / GLOBALS_FILE, *_shared(root)]
    for target in targets:
        found.append(target)
        if target.suffix in SUFFIXES:
            handle = target.parent.name
            found += [target.with_suffix(".json"), root / _TASKS / f"{handle}.json", root / _TASKS / handle]
        elif target.parent == root / _TASKS:
            found += [target.with_suffix(".json"), target.with_suffix("")]
    return found


def _shared(root: Path) -> list[Path]:
    folder = root / FOLDER
    if not folder.is_dir():
        return []
    return sorted(each for each in folder.iterdir() if each.name[0] == "_" and each.is_dir())


def touched(root: Path, changed: Collection[Path], words: Sequence[str]) -> list[str]:
    """The words for ``runner test`` that run what the ``changed`` files touch, among that which ``words`` name.

    The same ``words`` when that is all of it, as for settings, globals, samples and stores.
    """
    found: dict[str, None] = {}
    for path in sorted(changed):
        names = _names(root, path)
        if names is None:
            return list(words)
        found |= dict.fromkeys(names)
    handles = {name for name in found if "/" not in name}
    chosen = [name for name in found if name in handles or name.partition("/")[0] not in handles]
    return [name for name in chosen if not words or _among(name, words)] or list(words)


def _among(name: str, words: Sequence[str]) -> bool:
    """Whether one of ``words`` covers the case or task of this name; paths are taken to."""
    stems = {Path(word).name.removesuffix(".json") for word in words if "/" not in word or word.endswith(".json")}
    return name.partition("/")[0] in stems or name in words


def _names(root: Path, path: Path) -> list[str] | None:
    """Handles and cases that a file is part of; None when it may be part of all."""
    parts = path.relative_to(root).parts if path.is_relative_to(root) else ()
    match parts:
        case (folder, name) if folder == _TASKS:
            return _of_task(root, Path(name).stem, path)
        case (folder, name, *_) if folder == _TASKS:
            return _of_task(root, name, path)
        case (folder, "_tasks", name) if folder == FOLDER:
            return _of_task(root, Path(name).stem, path)
        case (folder, handle, name) if folder == FOLDER and handle[0] != "_":
            case = path.with_suffix(SUFFIXES[0])
            return [f"{handle}/{case.stem}"] if case.is_file() else [handle]
        case (folder, handle, *_) if folder == FOLDER and handle[0] != "_":
            return [handle]
        case _:
            return None


def _of_task(root: Path, handle: str, path: Path) -> list[str]:
    """The task with its cases, and cases elsewhere that name it."""
    own = [handle] if _stands(root, handle) else []
    return [*own, *_naming(root, handle, str(path.relative_to(root)))]


def _stands(root: Path, handle: str) -> bool:
    tasks = root / _TASKS
    return any(each.exists() for each in (tasks / f"{handle}.json", tasks / handle, root / FOLDER / handle))


def _naming(root: Path, handle: str, file: str) -> Iterator[str]:
    """Cases of other folders whose key ``task`` names the task or its file."""
    pattern = re.compile(rf"^task:\s*[\"']?(?:{re.escape(handle)}|{re.escape(file)})[\"']?\s*$", re.MULTILINE)
    for path in sorted((root / FOLDER).glob("*/*")):
        if path.suffix in SUFFIXES and path.parent.name != handle and path.parent.name[0] != "_":
            try:
                text = path.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError):  # told when the case runs
                continue
            if pattern.search(text):
                yield f"{path.parent.name}/{path.stem}"
