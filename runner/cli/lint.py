"""``runner lint``: what is wrong with tasks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from runner.cli.completing import complete_tasks
from runner.cli.output import ExitCode, Output
from runner.errors import InputError, RunnerError

if TYPE_CHECKING:
    from runner.config import Settings
    from runner.lint.checkout import Checkout
    from runner.lint.finding import Finding, Rule
    from runner.lint.subject import Surroundings
    from runner.liquid.limits import Limits
    from runner.model.task import Task

_SEVERITIES = ("error", "warning", "advice")


@click.command("lint")
@click.argument("tasks", shell_complete=complete_tasks, nargs=-1, metavar="[TASK...]")
@click.option("--rule", "only", multiple=True, metavar="RULE", help="Ask this rule or family only, such as gql.")
@click.option("--ignore", "without", multiple=True, metavar="RULE", help="Leave this rule or family out.")
@click.option("--severity", type=click.Choice(_SEVERITIES), default="advice", help="Least severity to show.")
@click.option("--strict", is_flag=True, help="Let warnings fail as well.")
@click.option("--fix", is_flag=True, help="Correct what can be corrected safely, in the files.")
@click.option("--library", is_flag=True, help="Ask the rules for contributions to the task library too.")
@click.option("--sarif", "sarif_file", metavar="FILE", help="Write the findings as SARIF 2.1.0 too.")
@click.option("--github", is_flag=True, help="Print annotations for a workflow of GitHub.")
@click.option("--brief", is_flag=True, help="Print a line for each finding, without source and hint.")
@click.option("--explain", "explained", metavar="RULE", help="Say what a rule means, with examples.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(tasks: tuple[str, ...], explained: str | None, as_json: bool, **given: Any) -> int:
    """Find mistakes in tasks, without running them.

    TASK is a file, a folder or a handle, as for `runner preview`; without any, all tasks of the project. A comment
    {% comment %} lint: ignore RULE {% endcomment %} in the line before silences a rule, `lint_ignore` in runner.yml
    does so for all tasks. Rules: `runner docs lint`.

    Exit code: 0 no errors, 1 errors were found, 2 a task or a setting cannot be read.
    """
    output = Output(as_json=as_json)
    if explained is not None:
        return _explain(output, explained)
    from runner.config import load_settings

    settings = load_settings()
    rules, elsewhere = asked_rules(settings, given)
    sources = examined_sources(tasks, settings)
    findings, faults, fixed = _examined(output, sources, settings, rules, elsewhere, given)
    if faults and not findings:
        raise next(iter(faults.values()))
    return _told(output, findings, faults, rules, fixed=fixed, **given)


def _explain(output: Output, name: str) -> int:
    from runner.cli.lint_text import explain, rule_document
    from runner.lint.rules import RULES, check_name

    check_name(name)
    if name not in RULES:
        family = [rule for rule in RULES if rule.startswith(f"{name.partition('.')[0]}.")]
        raise InputError(f'"{name}" is a family of rules', code="input.rule", hint=f"name one: {', '.join(family)}")
    if not output.as_json:
        explain(output, RULES[name])
    output.document(rule_document(RULES[name]))
    return ExitCode.DONE


def asked_rules(settings: Settings, given: Mapping[str, Any]) -> tuple[tuple[Rule, ...], dict[str, list[str]]]:
    """The rules to ask, and those that runner.yml silences for single tasks, by handle.

    ``given``: names or families of rules ``only`` and ``without``, and whether those for the ``library`` are asked.
    """
    from runner.lint.rules import check_name, chosen

    without, by_task = list(given["without"]), dict[str, list[str]]()
    for word in (settings.lint_ignore or "").replace(",", " ").split():
        handle, colon, name = word.rpartition(":")
        check_name(name)
        if colon:
            by_task.setdefault(handle, []).append(name)
        else:
            without.append(name)
    return chosen(given["only"], without, library=given["library"]), by_task


def examined_sources(words: Sequence[str], settings: Settings) -> list[str]:
    """What to look at: the tasks that ``words`` name, or all of the project. ``InputError`` when there is neither."""
    from runner.cli.lint_text import from_here
    from runner.cli.preview_tasks import sources
    from runner.project import find_root

    if not words:
        folder = (find_root(settings.folder) or settings.folder) / "tasks"
        if not folder.is_dir():
            raise InputError("no task is given, and there is no folder tasks/", code="input.usage", hint=_USAGE)
        words = (str(folder),)
    found = sources(words)
    return [from_here(each) for each in ([found] if isinstance(found, str) else found)]


_USAGE = "runner lint tasks/my-task.json, or run it in a project"


def surroundings(
    settings: Settings,
    *,
    examined: str | None = None,
    root: Path | None = None,
    limits: Limits | None = None,
    checkout: Checkout | None = None,
) -> Surroundings:
    """What the project in ``root`` (that of the current folder) knows beside its tasks.

    Stored events are not used: the same files give the same findings.
    """
    from runner.cli.samples import sample_event, sample_shop
    from runner.lint.subject import Surroundings
    from runner.preview import SAMPLE_SHOP
    from runner.shop_values import load_values

    values = load_values(settings)
    return Surroundings(
        sample=cache(partial(sample_event, root=root)),
        granted=settings.granted,
        globals=values.globals,
        secrets=values.without_values(),
        shop=sample_shop(root) or SAMPLE_SHOP,
        version=settings.api_version,
        examined=examined,
        limits=limits,
        checkout=checkout,
    )


def _examined(
    output: Output,
    sources: Sequence[str],
    settings: Settings,
    rules: tuple[Rule, ...],
    elsewhere: dict[str, list[str]],
    given: dict[str, Any],
) -> tuple[dict[str, list[Finding]], dict[str, RunnerError], int]:
    """Findings by task, tasks that cannot be read, and how many findings were corrected."""
    from runner.cli.progress import counted
    from runner.clock import SystemClock
    from runner.lint.engine import examine
    from runner.lint.finding import Severity
    from runner.lint.fixing import write
    from runner.project import load_task

    checkout = _checkout(sources, settings) if given["library"] else None
    around, least = surroundings(settings, checkout=checkout), Severity(given["severity"])
    found: dict[str, list[Finding]] = {}
    faults: dict[str, RunnerError] = {}
    fixed = 0
    for source in counted(sources, "Looking at", output=output, clock=SystemClock()):
        try:
            task = load_task(source)
        except RunnerError as fault:
            faults[source] = fault
            continue
        asked = _without(rules, elsewhere.get(task.handle or "", ()))
        findings = examine(task, asked, around)
        mendable = [each.fix for each in findings if each.fix is not None]
        if given["fix"] and mendable:
            write(task, mendable)
            before, findings = len(findings), examine(load_task(source), asked, around)
            fixed += max(0, before - len(findings))
        found[_label(task, source)] = [each for each in findings if each.severity.reaches(least)]
    return found, faults, fixed


def _checkout(sources: Sequence[str], settings: Settings) -> Checkout | None:
    """The checkout of the task library that the tasks, or the project, stand in."""
    from runner.lint.checkout import read_checkout
    from runner.project import find_root

    folders = [Path(each).parent for each in sources if Path(each).parent.name == "tasks"]
    return read_checkout(folders[0].parent if folders else find_root(settings.folder) or settings.folder)


def _without(rules: Iterable[Rule], names: Iterable[str]) -> list[Rule]:
    from runner.lint.ignoring import matches

    silent = tuple(names)
    return [rule for rule in rules if not matches(rule.name, silent)]


def _label(task: Task, source: str) -> str:
    from runner.cli.lint_text import from_here

    return from_here(task.file or source)


def _told(
    output: Output,
    found: dict[str, list[Finding]],
    faults: dict[str, RunnerError],
    rules: Sequence[Rule],
    *,
    fixed: int,
    **given: Any,
) -> int:
    """Print everything, write the SARIF file, and give the exit code."""
    from runner.cli.lint_text import show_annotations, show_faults, show_findings, show_summary, summary_of

    every = [finding for findings in found.values() for finding in findings]
    for label, findings in found.items():
        if given["github"]:
            show_annotations(output, findings)
        else:
            show_findings(output, label, findings, whole=not given["brief"])
    show_faults(output, faults)
    summary = summary_of(every, len(found))
    if not given["github"]:
        show_summary(output, summary, every, fixed)
    if given["sarif_file"] is not None:
        _write_sarif(given["sarif_file"], every, rules)
    output.document(
        {
            "findings": [finding.to_dict() for finding in every],
            "errors": [{"source": source, **fault.to_dict()} for source, fault in faults.items()],
            "summary": {**summary, "fixed": fixed},
            "ok": not faults and not summary["errors"],
        }
    )
    if faults:
        return ExitCode.INVALID
    failing = summary["errors"] or (given["strict"] and summary["warnings"])
    return ExitCode.FAILED if failing else ExitCode.DONE


def _write_sarif(file: str, findings: Sequence[Finding], rules: Sequence[Rule]) -> None:
    from runner.lint.sarif import document
    from runner.whole_files import write_file

    text = json.dumps(document(findings, rules, Path.cwd()), ensure_ascii=False, indent=2)
    write_file(Path(file), text.encode() + b"\n")
