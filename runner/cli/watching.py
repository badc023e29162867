"""``--watch``: do it again when a file changes, and say which did. Looks at the files a few times a second."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from runner.cli.output import Output, error_lines
from runner.clock import Clock
from runner.errors import RunnerError

_PAUSE = 0.3
"""Seconds between two looks; also how long files must rest before it is done again, since editors write in steps."""
_MOST_NAMED = 3

State = Mapping[Path, tuple[int, int]]


def watch(
    output: Output,
    places: Callable[[], Iterable[Path]],
    act: Callable[[], object],
    *,
    clock: Clock,
    told: Callable[[Collection[Path]], None] | None = None,
) -> NoReturn:
    """Call ``act``, and again each time a file at ``places`` (files, and folders with all in them) has changed.

    ``told`` is called before with the files that changed, came or went. What is wrong with the input is told, and waits
    for the next change. Ends by the user's interruption only.
    """
    while True:
        before = _state(places())
        try:
            act()
        except RunnerError as fault:
            for line in error_lines(fault):
                output.note(line, style="red")
        output.note("Watching; Ctrl-C ends it.", style="dim")
        after = _changed_state(before, places, clock)
        output.say()
        changed = sorted(path for path in {*before, *after} if before.get(path) != after.get(path))
        output.say(f"Changed: {_named(changed, after)}", style="cyan")
        if told is not None:
            told(changed)


def _changed_state(before: State, places: Callable[[], Iterable[Path]], clock: Clock) -> State:
    """The state once it differs from ``before`` and has come to rest."""
    last = before
    while True:
        clock.sleep(_PAUSE)
        now = _state(places())
        if now == last and now != before:
            return now
        last = now


def _state(places: Iterable[Path]) -> State:
    found = {}
    for path in _files(places):
        try:
            stat = path.stat()
        except OSError:  # it went away in between
            continue
        found[path] = (stat.st_mtime_ns, stat.st_size)
    return found


def _files(places: Iterable[Path]) -> Iterator[Path]:
    for place in places:
        if not place.is_dir():
            yield place
            continue
        for folder, inner, files in os.walk(place):
            inner[:] = [name for name in inner if name[0] != "."]
            yield from (Path(folder, name) for name in files if name[0] != ".")


def _named(changed: Sequence[Path], after: State) -> str:
    names = [_shown(path) + ("" if path in after else " (gone)") for path in changed]
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more


def _shown(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def task_places(words: Iterable[str], others: Iterable[str | None]) -> list[Path]:
    """Where the tasks that ``words`` name stand, with their helper folders; other files; and the project's own."""
    from runner.project import SETTINGS_FILE, find_root
    from runner.shop_values import GLOBALS_FILE

    root = find_root() or Path.cwd()
    found = [Path(word) for word in others if word is not None]
    for word in words:
        path = Path(word)
        if not path.exists():
            path = root / "tasks" / f"{word}.json"
        found += [path, path.with_suffix("")] if path.suffix == ".json" else [path, path.with_suffix(".json")]
    found += [root / SETTINGS_FILE, root / GLOBALS_FILE, root / "fixtures" / "_events"]
    return [path.absolute() for path in found]
