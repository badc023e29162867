"""The pytest plugin: every ``fixtures/<handle>/<case>.yml`` is a test, its snapshot stands beside it.

Loaded by every run of pytest where this package is installed, so it costs nothing until a case is collected: everything
but pytest is imported late.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from runner.testing.fixtures import Case
    from runner.testing.tracing import Tracing

_SUFFIXES = (".yml", ".yaml")
_FOLDER = "fixtures"
PREVIEWS = "--runner-previews"
"""The flag with which the preview events that tasks define are cases too; `runner test` gives it."""
TRACING: pytest.StashKey[Tracing] = pytest.StashKey()
"""Where in pytest's configuration stands what keeps the traces of renderings; nowhere unless they are wanted."""
_SYRUPY = 7
"""The first release of syrupy whose reports hold with several workers."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The flag ``PREVIEWS``."""
    group = parser.getgroup("mechanic-runner")
    group.addoption(PREVIEWS, action="store_true", help="Preview events defined in tasks/*.json are cases as well.")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A collector for a case, or for the preview events of a task; None for everything else."""
    if file_path.name.endswith(".json") and parent.config.getoption(PREVIEWS):
        from runner.testing.definitions import is_task

        found: pytest.Collector = DefinitionsFile.from_parent(parent, path=file_path)
        return found if is_task(file_path) else None
    if file_path.suffix not in _SUFFIXES or file_path.parent.parent.name != _FOLDER:
        return None
    from runner.testing.fixtures import is_case

    collector: pytest.Collector = CaseFile.from_parent(parent, path=file_path)
    return collector if is_case(file_path) else None


class CaseFile(pytest.File):
    """One case: one test."""

    def collect(self) -> Iterator[pytest.Item]:
        """The test ``rendering``. The file is read when it runs, so that a mistake in it fails this test alone."""
        self._require_syrupy()
        item: CaseItem = CaseItem.from_parent(self, name=rendering.__name__, callobj=rendering)
        yield item

    def _require_syrupy(self) -> None:
        from importlib.metadata import PackageNotFoundError, version

        try:
            found = version("syrupy")
        except PackageNotFoundError:
            found = ""
        old = not found.partition(".")[0].isdigit() or int(found.partition(".")[0]) < _SYRUPY
        if old or not self.config.pluginmanager.hasplugin("syrupy"):
            state = f"{found} is too old" if found and old else "it is switched off" if found else "it is not installed"
            raise self.CollectError(
                f"{self.name} is a case of a task; its snapshot is kept by syrupy, and {state}.\n"
                f'Hint: pip install "mechanic-runner[test]", or "syrupy>={_SYRUPY}"'
            )


class DefinitionsFile(CaseFile):
    """A task: a test for each preview event that it defines for a topic it subscribes to."""

    def collect(self) -> Iterator[pytest.Item]:
        """The tests ``preview of …``. A task that cannot be read fails here."""
        from runner.errors import RunnerError
        from runner.testing.definitions import definition_cases
        from runner.testing.verdict import worded

        try:
            cases = definition_cases(self.path)
        except RunnerError as fault:
            raise self.CollectError(worded(fault)) from fault
        if cases:
            self._require_syrupy()
        for case in cases:
            item: DefinitionItem = DefinitionItem.from_parent(self, name=case.path.stem, callobj=rendering)
            item.case = case
            yield item


class CaseItem(pytest.Function):
    """The test of a case. A function, since syrupy looks after the snapshots of nothing else."""

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """The place and name in reports."""
        return self.path, None, f"{self.path.parent.name}: {self.path.stem}"

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What, where and what next; a traceback only for what is none of the case's doing."""
        from runner.errors import RunnerError
        from runner.testing.verdict import CaseFailed, worded

        if isinstance(excinfo.value, CaseFailed):
            return str(excinfo.value)
        if isinstance(excinfo.value, RunnerError):
            return worded(excinfo.value)
        return super().repr_failure(excinfo)


class DefinitionItem(CaseItem):
    """The test of a preview event that the task itself defines."""

    case: Case

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """The place and name in reports."""
        return self.path, None, f"{self.case.handle}: preview {self.name}"


def rendering(request: pytest.FixtureRequest, snapshot: Any) -> None:
    """Play the case and compare. ``CaseFailed`` for a difference, ``RunnerError`` for a case that cannot be played."""
    from runner.testing.fixtures import read_case
    from runner.testing.play import play
    from runner.testing.snapshots import CaseSnapshots, DefinitionSnapshots
    from runner.testing.tracing import CASE, PREVIEW
    from runner.testing.verdict import check_claims

    defined = isinstance(request.node, DefinitionItem)
    case = request.node.case if defined else read_case(request.node.path)
    tracing = request.config.stash.get(TRACING, None)
    watch = tracing.of(f"{case.handle}/{case.path.stem}", PREVIEW if defined else CASE) if tracing is not None else None
    document = play(case, watch=watch)
    check_claims(case, document)
    kept = snapshot.use_extension(DefinitionSnapshots if defined else CaseSnapshots)
    command = f"runner test {case.handle}" if defined else f"pytest {request.node.nodeid}"
    if not kept == document:
        raise _difference(case, kept, document, command)


def _difference(case: Case, kept: Any, document: Any, command: str) -> AssertionError:
    from runner.testing.verdict import differing, missing

    result = list(kept.executions.values())[-1]
    if result.exception is not None:
        raise result.exception
    file, found = Path(result.snapshot_location), kept.extension.serialize(document)
    if result.recalled_data is None:
        return missing(case, file, found, command)
    return differing(case, file, result.recalled_data, found, command)
