"""``runner upgrade-check``: what another version of the Admin API would change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from runner.cli.output import ExitCode, Output

if TYPE_CHECKING:
    from runner.errors import RunnerError
    from runner.lint.upgrade import Upgrade


@click.command("upgrade-check")
@click.argument("tasks", nargs=-1, metavar="[TASK...]")
@click.option("--to", "version", required=True, metavar="VERSION", help="Version of the Admin API, such as 2026-10.")
@click.option("--brief", is_flag=True, help="Print a line for each change, without source and hint.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(tasks: tuple[str, ...], version: str, brief: bool, as_json: bool) -> int:
    """Show what another version of the Admin API would change for tasks.

    Each task is held against the version it uses now: documents that are no longer valid, what becomes deprecated, and
    scopes that are asked for. TASK is as for `runner lint`.

    Exit code: 0 nothing breaks, 1 something does, 2 a task or the version cannot be read.
    """
    from runner.cli.lint import examined_sources, surroundings
    from runner.cli.progress import counted
    from runner.clock import SystemClock
    from runner.config import load_settings
    from runner.errors import RunnerError
    from runner.lint.upgrade import compare
    from runner.project import load_task
    from runner.shopify.schema import load

    output = Output(as_json=as_json)
    schema = load(version)
    if schema.note is not None:
        output.note(f"Warning: {schema.note}", style="yellow")
    settings = load_settings()
    around = surroundings(settings)
    sources = examined_sources(tasks, settings)
    upgrades: list[Upgrade] = []
    faults: dict[str, RunnerError] = {}
    for source in counted(sources, "Looking at", output=output, clock=SystemClock()):
        try:
            upgrades.append(compare(load_task(source), version, around))
        except RunnerError as fault:
            faults[source] = fault
    return _told(output, version, upgrades, faults, brief=brief)


def _told(output: Output, version: str, upgrades: list[Upgrade], faults: dict[str, RunnerError], *, brief: bool) -> int:
    from runner.cli.lint_text import show_faults, show_findings

    for upgrade in upgrades:
        label = f"{upgrade.task.file or upgrade.task.name} (now {upgrade.before})"
        show_findings(output, label, upgrade.findings, whole=not brief)
        for word, scopes in (("asks for", upgrade.asked), ("no longer asks for", upgrade.dropped)):
            if scopes:
                output.say(f"{label} {word} the scopes {', '.join(scopes)}")
    show_faults(output, faults)
    broken = sum(bool(each.broken) for each in upgrades)
    deprecated = sum(bool(each.deprecated) for each in upgrades)
    rescoped = sum(bool(each.asked or each.dropped) for each in upgrades)
    output.say(
        f"{len(upgrades)} tasks to {version}: {broken} would break, {deprecated} use what becomes deprecated, "
        f"{rescoped} ask for other scopes.",
        style="red" if broken else "bold",
    )
    summary = {"tasks": len(upgrades), "broken": broken, "deprecated": deprecated, "scopes": rescoped}
    output.document(
        {
            "to": version,
            "tasks": [each.to_dict() for each in upgrades if each.changes],
            "errors": [{"source": source, **fault.to_dict()} for source, fault in faults.items()],
            "summary": summary,
            "ok": not faults and not broken,
        }
    )
    if faults:
        return ExitCode.INVALID
    return ExitCode.FAILED if broken else ExitCode.DONE
