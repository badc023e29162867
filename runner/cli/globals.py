"""``runner globals``: values that every task may read and everybody may see."""

from __future__ import annotations

import json
from typing import Any

import click

from runner.cli.grouping import CommandGroup
from runner.cli.output import Output, brief
from runner.errors import InputError


@click.group("globals", cls=CommandGroup)
def command() -> None:
    """List, set and delete the globals of tasks, kept in mechanic.globals.json.

    A server that runs takes changes up by itself.
    """


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def list_(as_json: bool) -> None:
    """List the globals with their values and where each comes from."""
    from runner.config import load_settings
    from runner.shop_values import GLOBALS_FILE, load_values

    output = Output(as_json=as_json)
    settings = load_settings()
    values = load_values(settings).globals
    origins = {key: "runner.yml" if key in settings.globals else GLOBALS_FILE for key in values}
    if values:
        rows = [(key, brief(values[key], compact=True, limit=80), origins[key]) for key in sorted(values)]
        output.table(("key", "value", "origin"), rows)
    else:
        output.say("none yet: `runner globals set KEY VALUE`")
    output.document({"globals": dict(values), "origins": origins})


@command.command("set")
@click.argument("key")
@click.argument("text", metavar="[VALUE]", required=False)
@click.option("--json", "value", metavar="JSON", help="The value as JSON, instead of as text.")
def set_(key: str, text: str | None, value: str | None) -> None:
    """Keep a value under KEY: a text, or with --json any JSON."""
    from runner.cli.values_told import tell_set
    from runner.config import load_settings
    from runner.value_files import put_global

    if (text is None) == (value is None):
        raise InputError(
            "give either a text or --json", code="input.usage", hint="runner globals set rate 2, or: … --json '[1, 2]'"
        )
    settings = load_settings()
    file = put_global(settings, key, text if value is None else _json(value))
    output = Output()
    tell_set(output, key, str(file))
    if key in settings.globals:
        output.note(f"Warning: runner.yml sets {key} too, and wins", style="yellow")


@command.command("delete")
@click.argument("key")
@click.option("--force", is_flag=True, help="Needed, since a task may use it.")
def delete(key: str, force: bool) -> None:
    """Delete the value of KEY."""
    from runner.cli.values_told import check_force, missing
    from runner.config import load_settings
    from runner.value_files import drop_global

    check_force(force, key)
    settings = load_settings()
    if not drop_global(settings, key):
        raise missing("global", key, "runner.yml sets it" if key in settings.globals else None)
    Output().say(f"{key} is deleted")


def _json(text: str) -> Any:
    def no_constant(name: str) -> None:
        raise ValueError(f"{name} is not JSON")

    try:
        return json.loads(text, parse_constant=no_constant)
    except (ValueError, RecursionError) as fault:
        raise InputError(f"the value is not JSON: {fault}", hint="a text needs quotes: '\"gold\"'") from fault
