"""The pages of the manual that are made from the code: ``python -m tests.architecture.manual`` writes them all."""

from __future__ import annotations

import re
import tokenize
from collections.abc import Iterator
from io import StringIO

import click

from runner.cli import root
from tests.architecture.manual_actions import ACTIONS_PAGE, actions_page
from tests.architecture.manual_lint import LINT_PAGE, lint_page
from tests.architecture.manual_liquid import LIQUID_PAGE, liquid_page
from tests.architecture.manual_options import OPTIONS_PAGE, options_page
from tests.architecture.sources import PACKAGE, Module, modules

CLI_PAGE = PACKAGE / "docs" / "cli.md"
DIFFERENCES_PAGE = PACKAGE / "docs" / "differences.md"
MARK = "<!-- below: collected from the code by `python -m tests.architecture.manual` -->"

_CLI_HEAD = """# Commands

The help of every command, as it prints it. Exit codes and the form of errors: `runner docs errors`. Texts for people
and JSON documents go to stdout, everything else to stderr. `--debug` counts in any position.
"""


def commands() -> Iterator[tuple[str, click.Command, click.Context]]:
    """(whole name, command, context) of every command, depth first, alphabetically."""
    yield from _walk("runner", root, None)


def _walk(
    name: str, command: click.Command, parent: click.Context | None
) -> Iterator[tuple[str, click.Command, click.Context]]:
    context = click.Context(
        command,
        info_name=name.rsplit(" ", 1)[-1],
        parent=parent,
        terminal_width=100,
        max_content_width=100,
        **({"help_option_names": ["-h", "--help"]} if parent is None else {}),
    )
    yield name, command, context
    if isinstance(command, click.Group):
        for sub in sorted(command.list_commands(context)):
            child = command.get_command(context, sub)
            assert child is not None
            yield from _walk(f"{name} {sub}", child, context)


def cli_page() -> str:
    """The page of commands."""
    parts = [_CLI_HEAD]
    for name, command, context in commands():
        parts.append(f"## {name}\n\n```text\n{command.get_help(context).rstrip()}\n```\n")
    return "\n".join(parts)


def differences(module: Module) -> Iterator[str]:
    """The ``# differs:`` comments of a module, each joined with the comment lines that continue it."""
    lines: list[tuple[int, str]] = [
        (token.start[0], token.string.lstrip("# ").rstrip())
        for token in tokenize.generate_tokens(StringIO(module.text).readline)
        if token.type == tokenize.COMMENT and token.line.lstrip().startswith("#")
    ]
    for at, (number, text) in enumerate(lines):
        if text.startswith("differs:"):
            words = [text.removeprefix("differs:").strip()]
            for step, (later, more) in enumerate(lines[at + 1 :], start=1):
                if later != number + step or more.startswith("differs:"):
                    break
                words.append(more)
            yield " ".join(words)


def differences_page() -> str:
    """The page of differences: its hand-written head, then what the code says."""
    head = DIFFERENCES_PAGE.read_text(encoding="utf-8").split(MARK)[0]
    rows = [f"- `{module.shown}`: {text}" for module in modules() for text in differences(module)]
    return head + MARK + "\n\n" + ("\n".join(rows) + "\n" if rows else "None.\n")


def titles() -> dict[str, str]:
    """Page -> its first heading."""
    return {
        path.stem: re.sub(r"^# ", "", path.read_text(encoding="utf-8").splitlines()[0])
        for path in sorted((PACKAGE / "docs").glob("*.md"))
    }


if __name__ == "__main__":
    ACTIONS_PAGE.write_text(actions_page(), encoding="utf-8")
    CLI_PAGE.write_text(cli_page(), encoding="utf-8")
    DIFFERENCES_PAGE.write_text(differences_page(), encoding="utf-8")
    LINT_PAGE.write_text(lint_page(), encoding="utf-8")
    LIQUID_PAGE.write_text(liquid_page(), encoding="utf-8")
    OPTIONS_PAGE.write_text(options_page(), encoding="utf-8")
