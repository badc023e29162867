"""Runs the cases of a project with pytest and tells what came of each (tooling.md 6)."""

from __future__ import annotations

import io
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runner.errors import InputError
from runner.testing.difference import Change
from runner.testing.fixtures import FOLDER
from runner.testing.live_difference import case_differences
from runner.whole_files import whole_file

if TYPE_CHECKING:
    import pytest

    from runner.testing.tracing import Tracing

PASSED, FAILED = "passed", "failed"
_INTERRUPTED, _NOTHING = 2, 5


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What came of one case. ``kind``: ``case`` or ``preview``, an event that the task defines.

    ``changes`` say how what it renders now differs from its snapshot; then ``snapshot`` is that file and ``found`` what
    it would hold. ``message`` is the whole report of a failure.
    """

    task: str
    case: str
    kind: str
    outcome: str
    milliseconds: float
    message: str | None = None
    snapshot: Path | None = None
    found: str | None = None
    changes: tuple[Change, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "task": self.task,
            "case": self.case,
            "kind": self.kind,
            "outcome": self.outcome,
            "ms": self.milliseconds,
            "message": self.message,
            "changes": [change.to_dict() for change in self.changes],
        }


@dataclass(slots=True)
class Results:
    """All of a run. ``unused`` are snapshots without a case, ``written`` those that were made, changed or deleted."""

    cases: list[CaseResult] = field(default_factory=list)
    unused: list[Path] = field(default_factory=list)
    written: list[Path] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """True when every case passed and no snapshot is left over."""
        return not self.unused and all(case.outcome == PASSED for case in self.cases)


def run_cases(
    root: Path,
    targets: Sequence[Path],
    handles: Sequence[str],
    *,
    update: bool = False,
    junit: Path | None = None,
    tracing: Tracing | None = None,
) -> Results:
    """Run the cases in ``targets`` (files and folders); ``handles``: whose snapshots may be unused, none given: all.

    With ``update``, snapshots are written, and unused ones deleted. ``junit`` is a file for the results as XML.
    ``tracing`` is given the traces of all renderings. ``InputError`` when pytest or syrupy is missing.
    """
    try:
        import pytest
        import syrupy  # noqa: F401 - pytest loads it; here only whether it is there
    except ImportError as fault:
        hint = 'pip install "mechanic-runner[test]"'
        raise InputError(f"tests need pytest and syrupy: {fault}", code="input.usage", hint=hint) from fault
    recorder = _Recorder(tracing)
    before = _snapshots(root)
    words = [
        *("-c", os.devnull, "--rootdir", str(root), "--noconftest", "-p", "no:cacheprovider", "--runner-previews"),
        # Only what is needed: others would reorder cases, and rewriting assertions takes longer than most runs.
        *("--disable-plugin-autoload", "-p", "syrupy", "-p", "runner.testing.plugin", "--assert=plain"),
        "--continue-on-collection-errors",
        *(["--snapshot-update"] if update else []),
        *map(str, targets),
    ]
    heard = io.StringIO()
    with redirect_stdout(heard), redirect_stderr(heard), _reported(junit) as report:
        code = int(pytest.main([*words, *report], plugins=[recorder]))
    if code == _INTERRUPTED and recorder.stopped:
        raise KeyboardInterrupt
    if code > _INTERRUPTED and code != _NOTHING:
        raise InputError(f"pytest could not run:\n{heard.getvalue().strip()}", hint="does `pytest fixtures` run?")
    results = Results(recorder.results, _unused(root, handles))
    if update:
        for each in results.unused:
            each.unlink()
        results.unused = []
    results.written = sorted(path for path, _ in before.items() ^ _snapshots(root).items())
    results.written = list(dict.fromkeys(results.written))
    return results


@contextmanager
def _reported(junit: Path | None) -> Iterator[list[str]]:
    """What makes pytest write a report, which is put in its place once it is whole."""
    if junit is None:
        yield []
        return
    with suppress(_NoReport), whole_file(junit) as report, tempfile.TemporaryDirectory() as folder:
        made = Path(folder, "report.xml")
        yield ["--junitxml", str(made)]
        if not made.is_file():
            raise _NoReport
        report.write(made.read_bytes())


class _NoReport(Exception):
    """Pytest has not written one: it could not run."""


def _unused(root: Path, handles: Sequence[str]) -> list[Path]:
    from runner.testing.snapshots import definition_orphans, orphans

    found = [*orphans(root / FOLDER), *definition_orphans(root / FOLDER)]
    return [each for each in found if not handles or each.relative_to(root / FOLDER).parts[0] in handles]


def _snapshots(root: Path) -> dict[Path, bytes]:
    files = (each for each in (root / FOLDER).glob("*/**/*.json") if each.is_file())
    return {each: each.read_bytes() for each in files if each.relative_to(root / FOLDER).parts[0][0] not in "_."}


class _Recorder:
    """The plugin that listens."""

    def __init__(self, tracing: Tracing | None) -> None:
        self.results: list[CaseResult] = []
        self.stopped = False
        self._tracing = tracing

    def pytest_configure(self, config: pytest.Config) -> None:
        from runner.testing.plugin import TRACING

        if self._tracing is not None:
            config.stash[TRACING] = self._tracing

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        self.stopped = excinfo.type is KeyboardInterrupt  # pytest's own reasons to stop are derived from it

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            path = Path(report.nodeid)
            self.results.append(CaseResult(_task_of(path), path.name, "case", FAILED, 0.0, report.longreprtext))

    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        if call.when != "call" and call.excinfo is None:
            return
        fault = call.excinfo.value if call.excinfo is not None else None
        message = None if fault is None else str(item.repr_failure(call.excinfo))  # type: ignore[arg-type]
        case = getattr(item, "case", None)
        kind = "case" if case is None else "preview"
        task, name = (item.path.parent.name, item.path.stem) if case is None else (case.handle, item.name)
        outcome, took = PASSED if fault is None else FAILED, round(call.duration * 1000, 1)
        snapshot, found, stored = (getattr(fault, key, None) for key in ("snapshot", "found", "stored"))
        self.results.append(
            CaseResult(task, name, kind, outcome, took, message, snapshot, found, tuple(_changes(stored, found)))
        )


def _task_of(path: Path) -> str:
    return path.parent.name if path.parent.parent.name == FOLDER else path.name.removesuffix(".json")


def _changes(stored: str | None, found: str | None) -> Iterator[Change]:
    """How a snapshot differs; nothing where it cannot be read, as when a merge left its marks in it."""
    if stored is None or found is None:
        return
    try:
        old = json.loads(stored)
    except ValueError:
        return
    if isinstance(old, dict):
        yield from case_differences(old, json.loads(found))
