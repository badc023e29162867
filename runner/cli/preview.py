"""``runner preview``: what a task would do, offline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from runner.cli.inputs import read_bytes, read_event, read_options
from runner.cli.output import ExitCode, Output, brief, error_lines
from runner.errors import InputError, Where

if TYPE_CHECKING:
    from runner.model.rendering import Rendering
    from runner.model.task import Task
    from runner.preview import Preview, TaskPreview


@click.command("preview")
@click.argument("tasks", nargs=-1, metavar="TASK...")
@click.option("--event", "event_file", metavar="FILE", help="Preview with the event in this JSON file, and only that.")
@click.option("--options", "options_file", metavar="FILE", help="Option values (a JSON object) in place of the task's.")
@click.option("--stdin", "from_stdin", is_flag=True, help="Read the task's JSON from standard input.")
@click.option("--verbose", is_flag=True, help="Show whole options, logs, queries and timings.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(
    tasks: tuple[str, ...],
    event_file: str | None,
    options_file: str | None,
    from_stdin: bool,
    verbose: bool,
    as_json: bool,
) -> int:
    """Show what a task would do, offline; nothing is performed.

    TASK is the path of an export, a task's folder, or the handle of a task in tasks/. Each topic it subscribes to is
    rendered with the events the task defines, else with a sample.

    Exit code: 0 all rendered, 1 a preview failed, 2 a task is invalid.
    """
    from runner.cli.samples import sample_event
    from runner.preview import preview_task

    output = Output(as_json=as_json)
    loaded = _load(tasks, from_stdin)
    event = read_event(event_file) if event_file is not None else None
    options = read_options(options_file)

    results = []
    for number, task in enumerate(loaded):
        check_options(task, options, options_file)
        result = preview_task(task, sample=sample_event, event=event, options=options)
        _show(output, result, verbose, first=number == 0)
        results.append(result)
    output.document(_document(results))
    if not all(result.is_valid for result in results):
        return ExitCode.INVALID
    return ExitCode.DONE if all(result.ok for result in results) else ExitCode.FAILED


def _load(tasks: Sequence[str], from_stdin: bool) -> list[Task]:
    from runner.model.task import Task
    from runner.project import load_task

    if from_stdin == bool(tasks):
        raise InputError(
            "give either tasks or --stdin, not both" if tasks else "no task is given",
            code="input.usage",
            hint="runner preview tasks/my-task.json, or: cat my-task.json | runner preview --stdin",
        )
    if from_stdin:
        return [Task.from_json(read_bytes("-", "task"), file="standard input")]
    return [load_task(source) for source in tasks]


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


def _document(results: Sequence[TaskPreview]) -> dict[str, Any]:
    """One task: its result; several: ``{"results": […], "ok"}``."""
    if len(results) == 1:
        return results[0].to_dict()
    return {"results": [result.to_dict() for result in results], "ok": all(result.ok for result in results)}


def _show(output: Output, result: TaskPreview, verbose: bool, *, first: bool) -> None:
    if not first:
        output.say()
    output.say(result.task.name, style="bold")
    for fault in result.faults:
        lines = error_lines(fault)
        output.say(f"Invalid: {lines[0]}", style="red")
        for line in lines[1:]:
            output.say(line)
    for error in result.option_errors:
        output.say(f"Option: {error.message}", style="yellow")
    for warning in result.warnings:
        output.say(f"Warning: {warning}", style="yellow")
    if not result.previews and result.is_valid:
        output.say("It subscribes to nothing, so there is nothing to preview.")
    invalid = {id(fault) for fault in result.faults}
    for preview in result.previews:
        _show_preview(output, preview, verbose, told=id(preview.rendering.error) in invalid)


def _show_preview(output: Output, preview: Preview, verbose: bool, *, told: bool) -> None:
    title = f"{preview.topic} ({preview.source}{': ' + preview.description if preview.description else ''})"
    output.say()
    output.say(title, style="cyan")
    rendered = preview.rendering
    if rendered.error is not None and not told:
        lines = error_lines(rendered.error)
        output.say(f"  Failed: {lines[0]}", style="red")
        for line in lines[1:]:
            output.say(f"  {line}")
    show_rendering(output, rendered, verbose)
    if verbose:
        output.say(f"  {preview.milliseconds} ms")


def show_rendering(output: Output, rendered: Rendering, verbose: bool) -> None:
    """What a rendering holds, indented by two: errors, actions, logs, queries, warnings."""
    for number, error in enumerate(rendered.errors, start=1):
        output.say(f"  Error {number}: {brief(error, verbose)}", style="red")
    for number, action in enumerate(rendered.actions, start=1):
        extra = "" if action.meta is None else f"  meta: {brief(action.meta, verbose)}"
        output.say(f"  Action {number}: {action.type}", style="green")
        for line in brief(action.options, verbose).splitlines():
            output.say(f"    {line}")
        if extra:
            output.say(f"  {extra}")
    for log in rendered.logs:
        output.say(f"  Log: {brief(log, verbose)}")
    if verbose:
        for query in rendered.queries:
            output.say("  Query:", style="dim")
            for line in query.strip().splitlines():
                output.say(f"    {line}", style="dim")
    for warning in rendered.warnings:
        output.say(f"  Warning: {warning}", style="yellow")
    if rendered.error is None and not (rendered.errors or rendered.actions or rendered.logs):
        output.say("  Did nothing.")
