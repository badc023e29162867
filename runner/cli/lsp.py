"""``runner lsp``: the language server that editors start."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from runner.cli.output import ExitCode, Output
from runner.errors import InputError

if TYPE_CHECKING:
    from runner.lsp.documents import Project

_SECONDS = 3.0
"""For one preview while somebody types: a loop that does not end must not keep the findings from them."""


@click.command("lsp")
@click.option("--stdio", is_flag=True, help="Speak over stdin and stdout, which it does anyway.")
def command(stdio: bool) -> int:
    """Help an editor with tasks: findings, completion, hover, corrections as you type.

    Editors start it and speak with it over stdin and stdout, by the Language Server Protocol: `runner docs editors`
    says what to set in VS Code and Neovim. It looks at the files of tasks, script.liquid, subscriptions.liquid,
    task.json and whole exports, as the editor has them, saved or not, and at the settings of the project each of them
    lies in. Nothing is performed, and nothing is sent anywhere.
    """
    try:
        from runner.lsp.serving import serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        raise InputError(
            "the language server needs the package pygls",
            hint='Install it: pip install "mechanic-runner[lsp]"',
            code="input.usage",
        ) from error
    if sys.stdin.isatty():
        Output().note(
            "An editor speaks with this over stdin; `runner docs editors` says how to set it up. Ctrl+C ends it."
        )
    serve(_project)
    return ExitCode.DONE


def _project(folder: Path) -> Project:
    """What the project around ``folder`` says."""
    from runner.cli.lint import asked_rules, surroundings
    from runner.config import load_settings
    from runner.liquid.limits import Limits
    from runner.lsp.documents import Project
    from runner.project import find_root

    settings = load_settings(folder)
    rules, by_task = asked_rules(settings, {"only": (), "without": (), "library": False})
    around = surroundings(settings, root=find_root(folder) or folder, limits=Limits(seconds=_SECONDS))
    return Project(around, rules, {handle: tuple(names) for handle, names in by_task.items()})
