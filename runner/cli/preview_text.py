"""The previews of a task in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runner.cli.layout import indented, labelled, value_lines
from runner.cli.output import Output, error_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from runner.errors import ActionError
    from runner.model.action import Action
    from runner.model.rendering import Rendering
    from runner.preview import Preview, TaskPreview


def show_task(output: Output, result: TaskPreview, *, verbose: bool) -> None:
    """Everything of one task: what is wrong with it, each topic, scopes, and a last line with the verdict."""
    output.say(result.task.name, style="bold")
    _show_state(output, result)
    invalid = {id(fault) for fault in result.faults}
    shown: list[Preview] = []
    for preview in result.previews:
        output.say()
        _show_preview(output, preview, shown, verbose=verbose, told=id(preview.rendering.error) in invalid)
        shown.append(preview)
    _show_scopes(output, result, verbose=verbose)
    output.say()
    output.say(_verdict(result), style=None if result.ok else "red")


def _show_state(output: Output, result: TaskPreview) -> None:
    for fault in result.faults:
        lines = error_lines(fault)
        output.say(f"Invalid: {lines[0]}", style="red")
        _say(output, lines[1:])
    errors = [error for error in result.option_errors if error.code != "option.liquid" or not result.faults]
    if errors:
        output.say("Before it can be enabled:", style="yellow")
        for error in errors:
            output.say(f"  {error.message} ({error.key})")
        if any(error.code == "option.reference" for error in errors):
            output.say("  `runner docs settings` says how a shop gets its globals and secrets.")
    for warning in dict.fromkeys((*result.warnings, *result.scopes.warnings)):
        output.say(f"Warning: {warning}", style="yellow")
    if not result.subscriptions and result.is_valid:
        output.say("It subscribes to nothing, so there is nothing to preview.")
    if result.subscriptions:
        output.say(f"Subscribes to {', '.join(str(each) for each in result.subscriptions)}")


def _show_preview(output: Output, preview: Preview, before: list[Preview], *, verbose: bool, told: bool) -> None:
    what = f"{preview.source}: {preview.description}" if preview.description else preview.source
    time = f", {preview.milliseconds} ms" if verbose else ""
    output.say(f"{preview.topic} ({what}{time})", style="cyan")
    rendered = preview.rendering
    if rendered.error is not None and told:
        output.say("  Not rendered: see above.")
        return
    twin = next((each for each in before if _looks_like(each.rendering, rendered)), None)
    if twin is not None and not verbose and not preview.did_nothing:
        output.say(f"  The same as for {twin.topic}{f' ({twin.description})' if twin.description else ''}.")
        return
    if rendered.error is not None:
        lines = error_lines(rendered.error)
        output.say(f"  Failed: {lines[0]}", style="red")
        _say(output, indented(lines[1:]))
    _show_rendering(output, rendered, preview.refusals, verbose=verbose)


def show_rendering(output: Output, rendered: Rendering, *, verbose: bool) -> None:
    """Actions, errors and logs of one rendering."""
    _show_rendering(output, rendered, {}, verbose=verbose)


def _looks_like(one: Rendering, other: Rendering) -> bool:
    """Whether the same would be shown of both."""
    parts = [(each.actions, each.logs, each.errors, each.liquid_error, each.warnings) for each in (one, other)]
    return parts[0] == parts[1]


def _show_rendering(output: Output, rendered: Rendering, refusals: Mapping[int, ActionError], *, verbose: bool) -> None:
    for number, error in enumerate(rendered.errors, start=1):
        _say(output, indented(labelled(f"Error {number}:", error, whole=verbose)), style="red")
    for number, action in enumerate(rendered.actions, start=1):
        output.say(f"  Action {number}: {action.type}", style="green")
        _say(output, indented(value_lines(_readable(action, verbose=verbose), whole=verbose), 4))
        if action.meta is not None:
            _say(output, indented(labelled("meta:", action.meta, whole=verbose), 4))
        if not action.perform_event:
            output.say("    without an event mechanic/actions/perform afterwards")
        refusal = refusals.get(number - 1)
        if refusal is not None:
            lines = error_lines(refusal)
            output.say(f"    As it is, it would fail: {lines[0]}", style="yellow")
            _say(output, indented(lines[1:], 4))
    for log in rendered.logs:
        _say(output, indented(labelled("Log:", log, whole=verbose)))
    if verbose:
        for query in rendered.queries:
            output.say("  Query:", style="dim")
            _say(output, indented(value_lines(query, whole=True), 4), style="dim")
    for warning in rendered.warnings:
        output.say(f"  Warning: {warning}", style="yellow")
    if rendered.error is None and not (rendered.errors or rendered.actions or rendered.logs):
        output.say("  Did nothing.")


def _readable(action: Action, *, verbose: bool) -> Any:
    """The options as their type shows them to people; as they are, if ``verbose``, or of an unknown type."""
    from runner.actions import ACTION_TYPES

    kind = ACTION_TYPES.get(action.type)
    return action.options if verbose or kind is None else kind.shown(action.options)


def _show_scopes(output: Output, result: TaskPreview, *, verbose: bool) -> None:
    """One line a scope with its first reason; all of them, those that others include as well, if ``verbose``."""
    missing = {scope.name for scope in result.scopes.missing(result.granted)} if result.granted is not None else set()
    scopes = [scope for scope in result.scopes.scopes if verbose or scope.covered_by is None]
    if not scopes:
        return
    output.say()
    output.say("Scopes", style="cyan")
    width = max(len(scope.name) for scope in scopes)
    for scope in scopes:
        first, *others = scope.reasons
        notes = [f"or {' or '.join(scope.alternatives)}"] if scope.alternatives else []
        notes += [f"included in {scope.covered_by}"] if scope.covered_by else []
        notes += ["NOT GRANTED"] if scope.name in missing else []
        more = f", {len(others)} more" if others and not verbose else ""
        note = f" [{'; '.join(notes)}]" if notes else ""
        line = f"  {scope.name.ljust(width)}  {first}{more}{note}"
        output.say(line, style="red" if scope.name in missing else None)
        for reason in others if verbose else ():
            output.say(f"  {' ' * width}  {reason}")


def _verdict(result: TaskPreview) -> str:
    if not result.is_valid:
        return "The task is invalid."
    failed = sum(not preview.rendering.ok for preview in result.previews)
    count = len(result.previews)
    if failed:
        return "The preview failed." if count == 1 else f"{failed} of {count} previews failed."
    if not count:
        return "The task is valid."
    return "The preview rendered." if count == 1 else f"All {count} previews rendered."


def _say(output: Output, lines: Iterable[str], *, style: str | None = None) -> None:
    for line in lines:
        output.say(line, style=style)
