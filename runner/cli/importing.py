"""``runner import``: tasks from exports of any form into the project (tasks.md 6.1)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from runner.cli.output import ExitCode, Output
from runner.errors import ConfigError, InputError

if TYPE_CHECKING:
    from runner.cli.import_plan import Row
    from runner.incoming import Incoming


@click.command("import")
@click.argument("paths", nargs=-1, metavar="PATH...")
@click.option("--over", is_flag=True, help="Replace the tasks that have exactly the same name, else the same handle.")
@click.option("--into", metavar="TASK", help="Replace this task, whatever the name of the one that comes.")
@click.option("--force", is_flag=True, help="Replace also what was edited in folders and not bundled.")
@click.option("--dry-run", is_flag=True, help="Show the plan, write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(paths: tuple[str, ...], over: bool, into: str | None, force: bool, dry_run: bool, as_json: bool) -> int:
    """Take tasks into the project's folder tasks/, disabled until they are enabled.

    PATH is an export, a list or a ZIP of them, a folder, a task's folder, a README of the library with its code beside
    it, a recipe, a custom Shopify webhook, or - for standard input. Without --over and --into, every task becomes a new
    one, and no file is replaced.

    Exit code: 0 all were taken in, 2 something cannot be read, and then nothing was written.
    """
    from runner.cli.import_plan import Plan
    from runner.cli.task_places import project_root

    output = Output(as_json=as_json)
    if over and into is not None:
        raise InputError("--over and --into exclude each other", code="input.usage", hint="--into names the task")
    root = project_root()
    found = _read(paths)
    rows = Plan(root, over=over, into=into, force=force).make(found.tasks) if found.tasks else []
    hooks = _webhooks(root, found, over=over)
    for note in found.notes:
        output.note(f"Note: {note}", style="yellow")
    if not dry_run:
        _write(root, rows, hooks)
    checks = [None if dry_run else _check(row) for row in rows]
    _show(output, rows, checks, hooks[1], dry_run=dry_run)
    output.document(
        {
            "tasks": [_document(row, check) for row, check in zip(rows, checks, strict=True)],
            "webhooks": [{"name": name, "action": action} for name, action in hooks[1]],
            "notes": found.notes,
            "dry_run": dry_run,
        }
    )
    return ExitCode.DONE


def _read(paths: Sequence[str]) -> Incoming:
    from runner.cli.inputs import read_bytes
    from runner.incoming import Incoming, read_incoming

    if not paths:
        raise InputError("nothing to import is named", code="input.usage", hint="runner import export.json")
    all_of_it = Incoming()
    for path in paths:
        if path == "-":
            found = read_incoming("standard input", read_bytes("-", "task"))
        elif not Path(path).exists():
            read_bytes(path, "file to import")
        else:
            found = read_incoming(path)
        all_of_it.tasks += found.tasks
        all_of_it.webhooks += found.webhooks
        all_of_it.notes += found.notes
    return all_of_it


def _webhooks(root: Path, found: Incoming, *, over: bool) -> tuple[bytes | None, list[tuple[str, str]]]:
    """The new text of the project's file of custom webhooks, None where it stays; and what happens to each."""
    import json

    from runner.cli.custom_webhooks import FILE
    from runner.cli.import_plan import UNCHANGED, merge_webhooks
    from runner.cli.inputs import read_bytes
    from runner.model.custom_webhook import read_custom_webhooks
    from runner.model.json_text import read_json

    if not found.webhooks:
        return None, []
    file, kept = root / FILE, []
    if file.is_file():
        value = read_json(read_bytes(str(file), "file of custom webhooks"), file=str(file), error=ConfigError).value
        read_custom_webhooks(value, str(file))
        kept = value if isinstance(value, list) else [value]
    merged, told = merge_webhooks(kept, found.webhooks, over=over)
    read_custom_webhooks(merged, str(file))
    if all(action == UNCHANGED for _, action in told):
        return None, told
    return (json.dumps(merged, ensure_ascii=False, indent=2) + "\n").encode(), told


def _write(root: Path, rows: Sequence[Row], hooks: tuple[bytes | None, list[tuple[str, str]]]) -> None:
    from runner.cli.custom_webhooks import FILE
    from runner.cli.import_plan import CREATE
    from runner.whole_files import write_files

    for row in rows:
        try:
            write_files(row.files(), force=row.action != CREATE, gone=row.gone())
        except InputError as fault:
            done = f"{rows.index(row)} of {len(rows)} tasks were written before; importing again goes on"
            raise InputError(
                f"{fault.message} ({done})", code=fault.code, where=fault.where, hint=fault.hint
            ) from fault
    if hooks[0] is not None:
        write_files({root / FILE: hooks[0]}, force=True)


def _check(row: Row) -> Any:
    """The preview of the task, without stored events: what is wrong with it, which options and scopes it needs."""
    from functools import cache

    from runner.cli.samples import sample_event, sample_shop
    from runner.config import load_settings
    from runner.preview import preview_task
    from runner.project import load_stored
    from runner.shop_values import load_values

    settings = load_settings()
    values = load_values(settings)
    return preview_task(
        load_stored(row.place.file),
        sample=cache(sample_event),
        globals=values.globals,
        secrets=values.without_values(),
        granted=settings.granted,
        shop=sample_shop(),
    )


def _show(
    output: Output, rows: Sequence[Row], checks: Sequence[Any], hooks: Sequence[tuple[str, str]], *, dry_run: bool
) -> None:
    if rows:
        output.table(
            ("action", "task", "preview", "name"),
            [
                (row.action, row.place.handle, _state(check), row.incoming.task.name)
                for row, check in zip(rows, checks, strict=True)
            ],
        )
    for name, action in hooks:
        output.say(f"{action}  custom webhook {name}")
    for row, check in zip(rows, checks, strict=True):
        for line in _remarks(row, check):
            output.note(f"{row.place.handle}: {line}")
    if dry_run:
        output.say("Nothing was written.")
    elif any(row.action == "create" for row in rows):
        output.say("New tasks are disabled: `runner preview TASK` shows one, `runner tasks enable TASK` lets it run.")


def _state(check: Any) -> str:
    if check is None:
        return ""
    if not check.is_valid:
        return "invalid"
    return "ok" if check.ok else "failed"


def _remarks(row: Row, check: Any) -> list[str]:
    lines = [row.note] if row.note else []
    if check is None:
        return lines
    lines += [str(fault) for fault in check.faults]
    if check.option_errors:
        labels = ", ".join(dict.fromkeys(f'"{error.label}"' for error in check.option_errors))
        lines.append(f"before it can be enabled, set {labels}")
    missing = [scope.name for scope in check.scopes.missing(check.granted)] if check.granted is not None else []
    if missing:
        lines.append(f"scopes not granted: {', '.join(missing)}")
    return lines


def _document(row: Row, check: Any) -> dict[str, Any]:
    document = {
        "task": row.place.handle,
        "name": row.incoming.task.name,
        "action": row.action,
        "file": str(row.place.file),
        "source": row.incoming.source,
        "note": row.note or None,
    }
    if check is None:
        return document
    return document | {
        "preview": _state(check),
        "option_errors": [error.to_dict() for error in check.option_errors],
        "errors": [fault.to_dict() for fault in check.faults],
        "scopes": check.scopes.to_dict(check.granted),
    }
