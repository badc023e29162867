"""Findings in words: for people, and for GitHub's annotations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runner.cli.output import Output, error_lines
from runner.errors import RunnerError
from runner.lint.finding import Severity

if TYPE_CHECKING:
    from runner.lint.finding import Example, Finding, Rule

_STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.ADVICE: "cyan"}
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.ADVICE: "notice"}


def show_findings(output: Output, label: str, findings: Sequence[Finding], *, whole: bool) -> None:
    """The findings of one task: a line each, with its place; ``whole`` adds the source line and the hint."""
    if not findings:
        return
    output.say(label, style="bold")
    for finding in findings:
        spot = _spot(finding)
        output.say(f"  {spot:<24} {finding.severity:<7}  {finding.rule:<16}  {finding.message}", style=_style(finding))
        if whole:
            for line in _details(finding):
                output.say(f"    {line}")
    output.say()


def show_faults(output: Output, faults: Mapping[str, RunnerError]) -> None:
    """Tasks that cannot be read, on stderr."""
    for source, fault in faults.items():
        lines = error_lines(fault)
        output.note(f"Error: {source}: {lines[0]}", style="red")
        for line in lines[1:]:
            output.note(line)


def _style(finding: Finding) -> str | None:
    return _STYLES[finding.severity]


def _spot(finding: Finding) -> str:
    where = finding.where
    spot = where.part or "task"
    return f"{spot} {where.line}:{where.column}" if where.line is not None else spot


def _details(finding: Finding) -> Iterator[str]:
    """The source line with a pointer, the hint, and what --fix would do."""
    if finding.where.source is not None:
        lines = error_lines(RunnerError("", where=finding.where))
        yield from (line.strip("\n") for line in lines if line.startswith("  |"))
    if finding.hint:
        yield f"  Hint: {finding.hint}"
    if finding.fix is not None:
        yield f"  --fix would {finding.fix.says}"


def summary_of(findings: Sequence[Finding], tasks: int) -> dict[str, int]:
    """How many tasks were looked at, and how many findings of each severity there are."""
    count = Counter(each.severity for each in findings)
    names = {Severity.ERROR: "errors", Severity.WARNING: "warnings", Severity.ADVICE: "advice"}
    return {"tasks": tasks, **{name: count[severity] for severity, name in names.items()}}


def show_summary(output: Output, summary: dict[str, int], findings: Sequence[Finding], fixed: int) -> None:
    """The last lines: what came of it all."""
    many = summary["tasks"] != 1
    counts = f"{_number(summary['errors'], 'error')}, {_number(summary['warnings'], 'warning')}"
    text = f"{summary['tasks']} task{'s' * many}: {counts}, {summary['advice']} advice."
    output.say(text, style="red" if summary["errors"] else "bold")
    if fixed:
        output.say(f"{_number(fixed, 'finding')} corrected.")
    mendable = sum(each.fix is not None for each in findings)
    if mendable and not fixed:
        output.say(f"--fix would correct {mendable} of them.")
    if findings:
        output.say("`runner lint --explain RULE` says what a rule means.")


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def show_annotations(output: Output, findings: Sequence[Finding]) -> None:
    """GitHub's workflow commands: it shows each at its line of the change."""
    for finding in findings:
        marks = {"file": from_here(finding.file) if finding.file else None, "line": finding.line, "col": finding.column}
        place = ",".join(f"{name}={_escaped(str(value), True)}" for name, value in marks.items() if value is not None)
        title = _escaped(f"{finding.rule} in {finding.where.task}, {_spot(finding)}", True)
        text = f"{finding.message}. {finding.hint}" if finding.hint else finding.message
        joined = ",".join(filter(None, (place, f"title={title}")))
        output.say(f"::{_LEVELS[finding.severity]} {joined}::{_escaped(text, False)}")


def from_here(source: str) -> str:
    """A path from where the command runs, when it leads down from there: as people and GitHub name files."""
    path = Path(source)
    return str(path.relative_to(Path.cwd())) if path.is_absolute() and path.is_relative_to(Path.cwd()) else source


def _escaped(text: str, prop: bool) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if prop else text


def explain(output: Output, rule: Rule) -> None:
    """A rule in full."""
    output.say(f"{rule.name} ({rule.severity})", style="bold")
    output.say()
    output.say(rule.about)
    output.say(rule.why)
    for title, example in (("Wrong:", rule.wrong), ("Right:", rule.right)):
        output.say()
        output.say(title, style="bold")
        for line in example_lines(example):
            output.say(f"    {line}")
    output.say()
    output.say(f"Silence it with {{% comment %}} lint: ignore {rule.name} {{% endcomment %}} in the line before.")


def example_lines(example: Example) -> list[str]:
    """An example as its author would write it: subscriptions where they matter, the script, and other keys."""
    import json

    lines = [] if example.file is None else [f"file: {example.file}", ""]
    lines += [] if example.page is None else [f"name on its page: {example.page}", ""]
    lines += [] if example.subscriptions == "mechanic/user/trigger" else [*example.subscriptions.split("\n"), ""]
    lines += example.script.split("\n")
    for key, value in example.more.items():
        lines += ["", f"{key}: {json.dumps(value)}"]
    if example.granted is not None:
        lines += ["", f"granted scopes: {', '.join(example.granted)}"]
    return lines


def rule_document(rule: Rule) -> dict[str, Any]:
    """A rule, JSON-ready."""
    return {
        "rule": rule.name,
        "severity": str(rule.severity),
        "about": rule.about,
        "why": rule.why,
        "wrong": "\n".join(example_lines(rule.wrong)),
        "right": "\n".join(example_lines(rule.right)),
    }
