"""``runner test``: the cases of tasks, and the preview events they define, against their snapshots."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from runner.cli.completing import complete_tasks
from runner.cli.output import ExitCode, Output
from runner.errors import InputError

if TYPE_CHECKING:
    from runner.coverage.report import TaskCoverage
    from runner.testing.running import CaseResult, Results
    from runner.testing.tracing import Tracing


@click.command("test")
@click.argument("tasks", shell_complete=complete_tasks, nargs=-1, metavar="[TASK...]")
@click.option("--update", is_flag=True, help="Write new snapshots, take changed ones over, delete unused ones.")
@click.option("--review", is_flag=True, help="Tell what changed, and on a terminal ask what to take over.")
@click.option("--coverage", is_flag=True, help="Tell which lines, branches and actions were entered, and which never.")
@click.option("--annotate", is_flag=True, help="With --coverage: print the scripts, each line marked.")
@click.option(
    "--fail-under",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="With --coverage: fail if a task has less percent.",
)
@click.option("--watch", is_flag=True, help="Run again what a changed file touches, until Ctrl-C.")
@click.option("--junit", metavar="FILE", help="Write the results as JUnit XML too.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(tasks: tuple[str, ...], *, watch: bool, as_json: bool, **given: Any) -> int:
    """Run the cases of tasks, and compare what they render with their snapshots.

    TASK is a handle, a case such as my-task/plain, or the file of either; without any, the whole project. Each event
    that a task defines for its preview counts as a case. `runner docs fixtures` tells how cases are written.

    Exit code: 0 all is as it was, 1 something differs, a snapshot is unused or too little is covered, 2 there is
    nothing to run.
    """
    output = Output(as_json=as_json)
    asked = _Asked(**given)
    _check(asked, watch=watch, as_json=as_json)
    if watch:
        _watch(output, tasks, asked)
    return _test(output, tasks, asked)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The options of the command."""

    update: bool
    review: bool
    coverage: bool
    annotate: bool
    fail_under: float | None
    junit: str | None


def _check(asked: _Asked, *, watch: bool, as_json: bool) -> None:
    """Refuse options that mean nothing together."""
    wrong: tuple[tuple[bool, str, str], ...] = (
        (asked.update and asked.review, "--update and --review exclude each other", "--review asks first"),
        (watch and as_json, "--watch and --json exclude each other", "--json prints one document"),
        (
            watch and (asked.update or asked.review),
            f"--watch and {'--update' if asked.update else '--review'} exclude each other",
            "look at what changed first; then `runner test --update` takes it over",
        ),
        (asked.annotate and not asked.coverage, "--annotate goes with --coverage", "runner test --coverage --annotate"),
        (
            asked.fail_under is not None and not asked.coverage,
            "--fail-under goes with --coverage",
            "runner test --coverage --fail-under 80",
        ),
    )
    for holds, what, hint in wrong:
        if holds:
            raise InputError(what, code="input.usage", hint=hint)


def _watch(output: Output, words: tuple[str, ...], asked: _Asked) -> NoReturn:
    from runner.cli.retesting import touched, watched_places
    from runner.cli.task_places import project_root
    from runner.cli.watching import watch
    from runner.clock import SystemClock

    root = project_root().absolute()
    chosen_targets(root, words)  # a word that names nothing is refused before anything is watched
    now = list(words)

    def places() -> list[Path]:
        targets = [each for word in words for each in _known_targets(root, word)] if words else _folders(root)
        return watched_places(root, targets)

    def told(changed: Collection[Path]) -> None:
        now[:] = touched(root, changed, words)

    watch(output, places, lambda: _test(output, tuple(now), asked), clock=SystemClock(), told=told)


def _known_targets(root: Path, word: str) -> list[Path]:
    """What the word stands for; its folder of cases when it names nothing just now."""
    try:
        return chosen_targets(root, [word])[0]
    except InputError:
        return [root / "fixtures" / word.partition("/")[0], root / "tasks" / f"{word}.json"]


def _test(output: Output, tasks: Sequence[str], asked: _Asked) -> int:
    from runner.cli.task_places import project_root
    from runner.testing.running import Results, run_cases
    from runner.testing.tracing import Tracing

    root = project_root().absolute()
    targets, handles = chosen_targets(root, tasks)
    results, tracing = Results(), Tracing() if asked.coverage else None
    junit = Path(asked.junit) if asked.junit is not None else None
    if targets:
        with output.working("Running the cases"):
            results = run_cases(root, targets, handles, update=asked.update, junit=junit, tracing=tracing)
    if not results.cases and not (results.unused or results.written) and tracing is None:
        hint = f"write one: {root / 'fixtures'}/<task>/<case>.yml, see `runner docs fixtures`"
        raise InputError("there is no case to run", code="fixture.missing", hint=hint)
    found = None
    if tracing is not None:
        with output.working("Looking at what was entered"):
            found = covered_tasks(root, handles, tracing)
    _show(output, results, root, takes_over=asked.update or asked.review, review=asked.review)
    if asked.review:
        _review(output, results, root)
    document = {
        "cases": [case.to_dict() for case in results.cases],
        "unused": [str(each.relative_to(root)) for each in results.unused],
        "written": [str(each.relative_to(root)) for each in results.written],
        "ok": results.ok,
    }
    covered = True
    if found is not None:
        covered = all(each.fault is None and each.whole.percent >= (asked.fail_under or 0) for each in found)
        tasks_covered = [each.to_dict() for each in found]
        document["coverage"] = {"tasks": tasks_covered, "fail_under": asked.fail_under, "ok": covered}
        _show_coverage(output, found, asked)
    output.document(document)
    return ExitCode.DONE if results.ok and covered else ExitCode.FAILED


def covered_tasks(root: Path, handles: Sequence[str], tracing: Tracing) -> list[TaskCoverage]:
    """The coverage of the tasks that were asked for; of all there are, when none was named."""
    from runner.cli.samples import sample_event
    from runner.cli.task_places import task_places
    from runner.coverage.measuring import measure

    chosen = [each for each in task_places(root) if not handles or each.handle in handles]
    sources = [each.file if each.file.is_file() else each.folder for each in chosen]
    found = measure(root, sources, tracing, sample=cache(sample_event))
    if not found:
        raise InputError("there is no task to look at", code="fixture.missing", hint="run it in a project with tasks/")
    return found


def _show_coverage(output: Output, found: Sequence[TaskCoverage], asked: _Asked) -> None:
    from runner.cli.coverage_text import show_coverage

    show_coverage(output, found, least=asked.fail_under, annotate=asked.annotate)


def _folders(root: Path) -> list[Path]:
    return [each for each in (root / "fixtures", root / "tasks") if each.is_dir()]


def chosen_targets(root: Path, words: Sequence[str]) -> tuple[list[Path], list[str]]:
    """Files and folders for pytest, and the handles that they are all of; no handle: the whole project."""
    from runner.cli.task_places import task_places
    from runner.project import find_fixture

    if not words:
        return _folders(root), []
    known = {place.handle: place for place in task_places(root)}
    _check_handles(words, known)
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


def _check_handles(words: Sequence[str], known: Mapping[str, object]) -> None:
    """``InputError`` for a word that is nearly a handle: more likely that than a case."""
    for word in words:
        near = [] if word in known or Path(word).exists() else get_close_matches(word, known, n=1, cutoff=0.8)
        if near:
            hint = f'did you mean "{near[0]}"?'
            raise InputError(f'there is no task or case "{word}"', code="input.missing", hint=hint)


def _case(path: Path, root: Path) -> Path:
    from runner.testing.fixtures import SUFFIXES

    if path.suffix not in SUFFIXES:
        hint = "tasks stand in tasks/, cases in fixtures/<task>/<case>.yml; `runner import` takes tasks in"
        raise InputError(f"{path} is no task or case of this project", hint=hint)
    if not path.absolute().is_relative_to(root):
        raise InputError(f"{path} is no case of this project", hint=f"the project is {root}")
    return path.absolute()


def _show(output: Output, results: Results, root: Path, *, takes_over: bool, review: bool) -> None:
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
    if takes_over and any(case.outcome == "failed" and case.found is None for case in results.cases):
        output.say("Snapshots are taken over, claims are not: mend the task, or what the case expects in its file.")


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
