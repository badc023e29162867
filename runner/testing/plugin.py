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

_SUFFIXES = (".yml", ".yaml")
_FOLDER = "fixtures"
_SYRUPY = 7
"""The first release of syrupy whose reports hold with several workers."""


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A collector for a case; None for everything else."""
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


def rendering(request: pytest.FixtureRequest, snapshot: Any) -> None:
    """Play the case and compare. ``CaseFailed`` for a difference, ``RunnerError`` for a case that cannot be played."""
    from runner.testing.fixtures import read_case
    from runner.testing.play import play
    from runner.testing.snapshots import CaseSnapshots
    from runner.testing.verdict import check_claims

    case = read_case(request.node.path)
    document = play(case)
    check_claims(case, document)
    kept = snapshot.use_extension(CaseSnapshots)
    if not kept == document:
        raise _difference(case, kept, document, f"pytest {request.node.nodeid}")


def _difference(case: Case, kept: Any, document: Any, command: str) -> AssertionError:
    from runner.testing.verdict import differing, missing

    result = list(kept.executions.values())[-1]
    if result.exception is not None:
        raise result.exception
    file = Path(result.snapshot_location)
    if result.recalled_data is None:
        return missing(case, file, command)
    return differing(case, file, result.recalled_data, kept.extension.serialize(document), command)
