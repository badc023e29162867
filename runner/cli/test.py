"""``runner test``: the cases of tasks, and the preview events they define, against their snapshots."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from runner.cli.output import ExitCode, Output
from runner.errors import InputError

if TYPE_CHECKING:
    from runner.testing.running import CaseResult, Results


@click.command("test")
@click.argument("tasks", nargs=-1, metavar="[TASK...]")
@click.option("--update", is_flag=True, help="Write new snapshots, take changed ones over, delete unused ones.")
@click.option("--review", is_flag=True, help="Tell what changed, and on a terminal ask what to take over.")
@click.option("--junit", metavar="FILE", help="Write the results as JUnit XML too.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(tasks: tuple[str, ...], update: bool, review: bool, junit: str | None, as_json: bool) -> int:
    """Run the cases of tasks, and compare what they render with their snapshots.

    TASK is a handle, a case such as my-task/plain, or the file of either; without any, the whole project. Each event
    that a task defines for its preview counts as a case. `runner docs fixtures` tells how cases are written.

    Exit code: 0 all is as it was, 1 something differs or a snapshot is unused, 2 there is nothing to run.
    """
    from runner.cli.task_places import project_root
    from runner.testing.running import Results, run_cases

    output = Output(as_json=as_json)
    if update and review:
        raise InputError("--update and --review exclude each other", code="input.usage", hint="--review asks first")
    root = project_root().absolute()
    targets, handles = _targets(root, tasks)
    results = Results()
    if targets:
        with output.working("Running the cases"):
            results = run_cases(root, targets, handles, update=update, junit=Path(junit) if junit is not None else None)
    if not results.cases and not (results.unused or results.written):
        hint = f"write one: {root / 'fixtures'}/<task>/<case>.yml, see `runner docs fixtures`"
        raise InputError("there is no case to run", code="fixture.missing", hint=hint)
    _show(output, results, root, review=review)
    if review:
        _review(output, results, root)
    output.document(
        {
            "cases": [case.to_dict() for case in results.cases],
            "unused": [str(each.relative_to(root)) for each in results.unused],
            "written": [str(each.relative_to(root)) for each in results.written],
            "ok": results.ok,
        }
    )
    return ExitCode.DONE if results.ok else ExitCode.FAILED


def _targets(root: Path, words: Sequence[str]) -> tuple[list[Path], list[str]]:
    """Files and folders for pytest, and the handles that they are all of; no handle: the whole project."""
    from runner.cli.task_places import task_places
    from runner.project import find_fixture

    if not words:
        return [each for each in (root / "fixtures", root / "tasks") if each.is_dir()], []
    known = {place.handle: place for place in task_places(root)}
    targets, handles = [], []
    for word in words:
        path = Path(word)
        handle = path.name.removesuffix(".json") if path.exists() and path.suffix != ".yml" else word
        if handle in known or (root / "fixtures" / handle).is_dir():
            handles.append(handle)
            place = known.get(handle)
            files = [place.file if place.file.is_file() else place.folder] if place else []
            targets += [each for each in (*files, root / "fixtures" / handle) if each.exists()]
        else:
            targets.append(_case(find_fixture(word, root=root), root))
            handles.append("")  # one case says nothing about the snapshots of others
    return targets, handles


def _case(path: Path, root: Path) -> Path:
    if not path.absolute().is_relative_to(root):
        raise InputError(f"{path} is no case of this project", hint=f"the project is {root}")
    return path.absolute()


def _show(output: Output, results: Results, root: Path, *, review: bool) -> None:
    by_task = Counter((case.task, case.outcome) for case in results.cases)
    rows = [
        (task, str(by_task[task, "passed"]), str(by_task[task, "failed"]))
        for task in dict.fromkeys(case.task for case in results.cases)
    ]
    if rows:
        output.table(("task", "passed", "failed"), rows, numbers=(1, 2))
    for case in results.cases:
        if case.outcome == "failed":
            _show_failure(output, case)
    for each in results.written:
        output.say(f"  {'written' if each.exists() else 'deleted'}: {each.relative_to(root)}")
    for each in results.unused:
        output.say(f"Unused snapshot: {each.relative_to(root)}", style="red")
    output.say()
    failed = sum(case.outcome == "failed" for case in results.cases)
    number = f"{len(results.cases)} case{'' if len(results.cases) == 1 else 's'}"
    output.say(f"{number}: {len(results.cases) - failed} passed, {failed} failed.", style="bold")
    if results.unused or any(case.found is not None for case in results.cases):
        output.say("`runner test --update` takes over what is meant" + ("." if review else ", `--review` asks first."))


def _show_failure(output: Output, case: CaseResult) -> None:
    output.say()
    output.say(f"{case.task}/{case.case}{' (defined in the task)' if case.kind == 'preview' else ''}", style="red")
    if case.changes:
        for change in case.changes:
            for line in change.lines():
                output.say(f"  {line}")
    elif case.found is not None and case.snapshot is not None and not case.snapshot.exists():
        output.say("  It has no snapshot yet: `runner test --update` writes one; read it before you commit it.")
    else:
        for line in (case.message or "").splitlines():
            output.say(f"  {line}")


def _review(output: Output, results: Results, root: Path) -> None:
    """Ask for each that differs, on a terminal; the answer yes writes the snapshot."""
    from runner.testing.running import PASSED
    from runner.whole_files import write_file

    if output.as_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return
    from dataclasses import replace

    for at, case in enumerate(results.cases):
        if case.found is None or case.snapshot is None:
            continue
        if click.confirm(f"{case.task}/{case.case}: is this meant?", default=False):
            write_file(case.snapshot, case.found.encode())
            results.cases[at] = replace(case, outcome=PASSED)
            output.say(f"  written: {case.snapshot.relative_to(root)}")
    for each in list(results.unused):
        if click.confirm(f"Delete {each.relative_to(root)}?", default=False):
            each.unlink()
            results.unused.remove(each)
