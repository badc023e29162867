"""Kills commands wherever they touch a file: ``python -m tests.cli.kill_points SCENARIOS FOLDER``.

A process of its own with all modules loaded, which forks for each kill: a command that was killed at its n-th step, for
every n until it ends by itself. Steps are what changes the folder: a file opened for writing, half of what is written
into it, a rename, a deletion, a folder made. What stands there afterwards is compared with before and with what a whole
run makes, then the command is called again. Prints ``{name: {"points": n, "faults": [text, …]}}``.
"""

from __future__ import annotations

import builtins
import io
import json
import os
import re
import shutil
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from runner.cli import invoke

Files = dict[str, bytes]
MOST = 200
_PASSING = re.compile(rb' (?:time|timestamp|hostname)="[^"]*"')
_CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.link"}


class Steps:
    """Counts the steps of this process in ``home``, and kills it at number ``at``."""

    def __init__(self, home: Path, at: int) -> None:
        self.home = str(home)
        self.left = at

    def step(self) -> None:
        """One step."""
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def arm(self) -> None:
        """Count from now on, as long as the process lives."""
        sys.addaudithook(self._audit)
        opened = io.open

        def counted(file: Any, mode: str = "r", *words: Any, **more: Any) -> Any:
            made = opened(file, mode, *words, **more)
            writes = set(mode) & set("wax+") and not (isinstance(file, int) and file < 3)
            return Halving(made, self.step) if writes and self._is_ours(file) else made

        io.open = builtins.open = counted

    def _audit(self, event: str, given: tuple[Any, ...]) -> None:
        opens = event == "open" and int(given[2] or 0) & (os.O_WRONLY | os.O_RDWR)
        if (opens or event in _CHANGES) and self._is_ours(given[0]):
            self.step()

    def _is_ours(self, file: Any) -> bool:
        if isinstance(file, int):
            try:
                file = os.readlink(f"/proc/self/fd/{file}")
            except OSError:
                return False
        name = os.path.abspath(os.fsdecode(file)) if isinstance(file, str | bytes | os.PathLike) else ""
        return name.startswith(self.home) and "/.runner/runner.db" not in name


class Halving:
    """An open file that takes a step in the middle of each write."""

    def __init__(self, file: Any, step: Callable[[], None]) -> None:
        self._file = file
        self._step = step

    def write(self, content: Any) -> int:
        """Write both halves."""
        middle = len(content) // 2
        self._file.write(content[:middle])
        self._file.flush()
        self._step()
        self._file.write(content[middle:])
        return len(content)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> Halving:
        return self

    def __exit__(self, *fault: object) -> None:
        self._file.close()

    def __iter__(self) -> Iterator[Any]:
        return iter(self._file)


def files_of(home: Path) -> Files:
    """Every file that is somebody's: not the database, and not what a killed process leaves beside.

    What differs from run to run is taken out: the folder's own name, and how long tests took.
    """
    found = {str(each.relative_to(home)): each for each in sorted(home.rglob("*")) if each.is_file()}
    kept = {name: each.read_bytes() for name, each in found.items() if not _is_beside(name)}
    return {name: _PASSING.sub(b"", text.replace(os.fsencode(home), b"")) for name, text in kept.items()}


def _is_beside(name: str) -> bool:
    parts = name.split("/")
    leftover = parts[-1].startswith(".") and parts[-1].endswith(".part")
    return leftover or ".runner/runner.db" in name or any(part.startswith(".runner.") for part in parts)


@contextmanager
def inside(home: Path) -> Iterator[io.StringIO]:
    """In this folder, with what is printed kept."""
    former, said = Path.cwd(), io.StringIO()
    os.chdir(home)
    try:
        with redirect_stdout(said), redirect_stderr(said):
            yield said
    finally:
        os.chdir(former)


def call(home: Path, words: list[str]) -> tuple[int, str]:
    """(exit code, what was printed)."""
    with inside(home) as said:
        code = int(invoke(words))
    return code, said.getvalue()


def killed(home: Path, words: list[str], at: int) -> bool:
    """Run it in a fork; False when it ended before its step ``at``."""
    child = os.fork()
    if not child:
        Steps(home, at).arm()
        try:
            call(home, words)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def in_fork(home: Path, words: list[str]) -> tuple[int, str]:
    """The same as ``call``, in a fork: nothing is remembered from one run to the next."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        try:
            answer = call(home, words)
        except BaseException as fault:  # noqa: BLE001 - the test tells it
            answer = (255, repr(fault))
        with os.fdopen(writing, "w") as stream:
            json.dump(answer, stream)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as stream:
        code, said = json.load(stream)
    os.waitpid(child, 0)
    return code, said


def examine(base: Path, name: str, scenario: Mapping[str, Any]) -> dict[str, Any]:
    """Kill one command at each of its steps."""
    base /= name.replace(" ", "-")
    template, done = base / "before", base / "done"
    template.mkdir(parents=True)
    for path, text in scenario["files"].items():
        (template / path).parent.mkdir(parents=True, exist_ok=True)
        (template / path).write_bytes(text.encode())
    for words in scenario["prepared"]:
        code, said = call(template, words)
        assert code == 0, f"{words}: {said}"
    for path, text in scenario["edits"].items():
        (template / path).write_bytes(text.encode())
    before, words = files_of(template), scenario["words"]
    shutil.copytree(template, done)
    code, said = call(done, words)  # here, so that every module is loaded before the forks
    if code:
        return {"points": 0, "faults": [f"it ends with {code}: {said}"]}
    after, faults, at = files_of(done), [], 1
    while at < MOST:
        home = base / f"killed-{at}"
        shutil.copytree(template, home)
        if not killed(home, words, at):
            break
        found = files_of(home)
        faults += [f"killed at step {at}: {fault}" for fault in torn(before, found, after)]
        again, said = in_fork(home, scenario["again"]) if found != after and _is_tried_again(at) else (0, "")
        if again:
            faults.append(f"killed at step {at}, the next run ends with {again}: {said}")
        elif _is_tried_again(at) and files_of(home) != after:
            faults.append(f"killed at step {at}, the next run leaves {sorted(files_of(home).items() ^ after.items())}")
        shutil.rmtree(home)
        at += 1
    return {"points": at - 1, "faults": faults}


def _is_tried_again(at: int) -> bool:
    """All steps with the first files, and some of many alike."""
    return at <= 3 or at % 5 == 0


def torn(before: Files, found: Files, after: Files) -> Iterator[str]:
    """Files that are neither as they were nor as they should be."""
    for name in sorted({*before, *found, *after}):
        if found.get(name) not in (before.get(name), after.get(name)):
            yield f"{name} holds {found[name][:60]!r}" if name in found else f"{name} is gone"


def main(scenarios: str, base: str) -> None:
    """Print what came of each."""
    wanted = json.loads(Path(scenarios).read_text())
    print(json.dumps({name: examine(Path(base), name, each) for name, each in wanted.items()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
