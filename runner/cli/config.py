"""``runner config show``."""

from __future__ import annotations

import click

from runner.cli.grouping import CommandGroup
from runner.cli.output import Output
from runner.config import load_settings


@click.group("config", cls=CommandGroup)
def command() -> None:
    """Show the settings in force and where each came from."""


@command.command("show")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def show(as_json: bool) -> None:
    """Print every setting with its value and origin; secrets stay hidden."""
    output = Output(as_json=as_json)
    settings = load_settings()
    for warning in settings.warnings:
        output.note(f"Warning: {warning}", style="yellow")
    shown = settings.shown()
    output.say(f"Settings file: {settings.file or 'none found'}")
    output.table(
        ("setting", "value", "origin"),
        [(name, entry["value"] or "-", entry["origin"] or "") for name, entry in shown.items()],
    )
    output.document(
        {
            "file": str(settings.file) if settings.file else None,
            "settings": shown,
            "warnings": list(settings.warnings),
        }
    )
