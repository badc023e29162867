"""``runner preview``: what tasks would do, offline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any, NoReturn

import click

from runner.cli.completing import complete_tasks
from runner.cli.inputs import read_bytes, read_event, read_options
from runner.cli.output import ExitCode, Output
from runner.errors import InputError, Where

if TYPE_CHECKING:
    from runner.model.event import Event
    from runner.model.task import Task
    from runner.preview import TaskPreview

    PreviewOf = Callable[[Task], TaskPreview]


@click.command("preview")
@click.argument("tasks", shell_complete=complete_tasks, nargs=-1, metavar="TASK...")
@click.option("--event", "event_file", metavar="FILE", help="Preview with the event in this JSON file, and only that.")
@click.option("--options", "options_file", metavar="FILE", help="Option values (a JSON object) in place of the task's.")
@click.option("--input", "input_file", metavar="FILE", help="Values of the run form (a JSON object), for `input`.")
@click.option("--stdin", "from_stdin", is_flag=True, help="Read the task's JSON from standard input.")
@click.option("--no-stored", is_flag=True, help="Never use stored events; a build service (CI set) does not anyway.")
@click.option("--watch", is_flag=True, help="Do it again whenever a file of it changes, until Ctrl-C.")
@click.option("--shop", "seed", metavar="SEED", help="Ask a simulated store made from this seed, such as prints.")
@click.option("--case", "case", metavar="CASE", help="Render as in this case, with its recorded answers or its store.")
@click.option("--verbose", is_flag=True, help="Show whole options, logs, queries, timings and reasons.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(
    tasks: tuple[str, ...],
    event_file: str | None,
    options_file: str | None,
    input_file: str | None,
    from_stdin: bool,
    no_stored: bool,
    watch: bool,
    seed: str | None,
    case: str | None,
    verbose: bool,
    as_json: bool,
) -> int:
    """Show what a task would do, offline; nothing is performed.

    TASK is the path of an export, a task's folder, the handle of a task in tasks/, or a folder of tasks. Each topic is
    rendered with the events the task defines, else the latest stored event, else a sample.

    With --shop, one task is rendered as in a live run, with what a simulated store answers, and the preview data in its
    script are held against that: what is nil there, or of another kind. With --case it is rendered as in that case,
    such as my-task/two-sales, and held against the answers that are recorded there, or given by the case's store.

    One task is shown whole. Several, or a folder, are a table with a row for each; --verbose shows them whole too.

    Exit code: 0 all rendered, 1 a preview failed, 2 a task is invalid.
    """
    output = Output(as_json=as_json)
    asked = _Asked(tasks, event_file, options_file, input_file, from_stdin, no_stored, seed, case)
    if watch:
        _watch(output, asked, verbose=verbose)
    return _preview(output, asked, verbose=verbose)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What to preview: the words of the command."""

    tasks: tuple[str, ...]
    event_file: str | None
    options_file: str | None
    input_file: str | None
    from_stdin: bool
    no_stored: bool
    seed: str | None
    case: str | None


def _watch(output: Output, asked: _Asked, *, verbose: bool) -> NoReturn:
    if output.as_json or asked.from_stdin:
        what = "--json" if output.as_json else "--stdin"
        hint = "--json prints one document, and standard input can be read once"
        raise InputError(f"--watch and {what} exclude each other", code="input.usage", hint=hint)
    from runner.cli.watching import task_places, watch
    from runner.clock import SystemClock

    _sources(asked.tasks, asked.from_stdin, {})
    files = (asked.event_file, asked.options_file, asked.input_file)
    watch(
        output,
        lambda: task_places(asked.tasks, files),
        lambda: _preview(output, asked, verbose=verbose),
        clock=SystemClock(),
    )


def _files(asked: _Asked) -> dict[str, str | None]:
    """What goes with one task alone."""
    return {"--options": asked.options_file, "--input": asked.input_file, "--shop": asked.seed, "--case": asked.case}


def _preview(output: Output, asked: _Asked, *, verbose: bool) -> int:
    found = _sources(asked.tasks, asked.from_stdin, _files(asked))
    event = read_event(asked.event_file) if asked.event_file is not None else None
    options, inputs = read_options(asked.options_file), read_options(asked.input_file)
    if asked.case is not None and not isinstance(found, list):
        return _preview_case(output, asked, asked.case, _load(found), verbose=verbose)
    if asked.seed is not None and not isinstance(found, list):
        from runner.cli.preview_live import preview_live

        task = _load(found)
        check_options(task, options, asked.options_file)
        if asked.input_file is not None:
            hint = "leave one of them out: `runner run TASK --shop SEED --input FILE` takes both"
            raise InputError("--input and --shop exclude each other", code="input.usage", hint=hint)
        return preview_live(output, task, asked.seed, event, options=options, verbose=verbose)
    with ExitStack() as stack:
        preview = _preview_of(output, stack, event, no_stored=asked.no_stored)
        if isinstance(found, list):
            from runner.cli.preview_tasks import preview_tasks

            return preview_tasks(output, found, preview, verbose=verbose)
        from runner.model.run_form import check_inputs

        task = _load(found)
        check_options(task, options, asked.options_file)
        check_inputs(task, inputs or {}, asked.input_file)
        return _preview_one(output, partial(preview, options=options, inputs=inputs)(task), verbose=verbose)


def _preview_case(output: Output, asked: _Asked, case: str, task: Task, *, verbose: bool) -> int:
    from runner.cli.preview_live import preview_case

    given = {"--event": asked.event_file, "--options": asked.options_file, "--input": asked.input_file}
    given["--shop"] = asked.seed
    for flag, value in given.items():
        if value is not None:
            hint = "the case says what happens, with which options, in which store"
            raise InputError(f"--case and {flag} exclude each other", code="input.usage", hint=hint)
    return preview_case(output, task, case, verbose=verbose)


def _sources(tasks: tuple[str, ...], from_stdin: bool, files: Mapping[str, str | None]) -> str | list[str] | None:
    """The one task to show, or the list of many; None for that on standard input."""
    if from_stdin == bool(tasks):
        raise InputError(
            "give either tasks or --stdin, not both" if tasks else "no task is given",
            code="input.usage",
            hint="runner preview tasks/my-task.json, or: cat my-task.json | runner preview --stdin",
        )
    if from_stdin:
        return None
    from runner.cli.preview_tasks import sources

    found = sources(tasks)
    given = [flag for flag, file in files.items() if file is not None]
    if given and isinstance(found, list):
        raise InputError(
            f"{given[0]} goes with one task, here are several",
            code="input.usage",
            hint="tasks have different options: preview them one at a time",
        )
    return found


def _preview_of(
    output: Output, stack: ExitStack, event: Event | None, *, no_stored: bool
) -> Callable[..., TaskPreview]:
    """``preview_task`` in the surroundings of the project: its samples, stored events, globals and secrets."""
    from runner.cli.samples import sample_event, sample_shop, stored_events
    from runner.config import load_settings
    from runner.preview import preview_task
    from runner.shop_values import load_values

    settings = load_settings()

    def warn(text: str) -> None:
        output.note(f"Warning: {text}", style="yellow")

    for warning in settings.warnings:
        warn(warning)
    values = load_values(settings)
    stored = None if no_stored or settings.is_ci else stack.enter_context(stored_events(settings, warn))
    return partial(
        preview_task,
        sample=cache(sample_event),
        stored=cache(stored) if stored is not None else None,
        event=event,
        globals=values.globals,
        secrets=values.without_values(),
        granted=settings.granted,
        shop=sample_shop(),
    )


def _load(source: str | None) -> Task:
    """The task named, or that on standard input."""
    from runner.model.task import Task
    from runner.project import load_task

    return Task.from_json(read_bytes("-", "task"), file="standard input") if source is None else load_task(source)


def check_options(task: Task, options: Mapping[str, Any] | None, file: str | None) -> None:
    """``InputError`` when ``options`` holds a key the task does not have, naming the nearest it has."""
    from runner.model.options import unknown_overrides

    findings = unknown_overrides(task, options) if options else ()
    if findings:
        raise InputError(
            findings[0].message,
            code=findings[0].code,
            where=Where(file=file, part=findings[0].key),
            hint="option keys are whole, with their flags, as in the task's JSON",
        )


def _preview_one(output: Output, result: TaskPreview, *, verbose: bool) -> int:
    from runner.cli.preview_text import show_task

    if not output.as_json:
        show_task(output, result, verbose=verbose)
    output.document(result.to_dict())
    if not result.is_valid:
        return ExitCode.INVALID
    return ExitCode.DONE if result.ok else ExitCode.FAILED
