"""``runner docs``: the manual, as it ships in the package; and ``build``, pages of the project's own tasks."""

from __future__ import annotations

import difflib
from pathlib import Path

import click
from click.shell_completion import CompletionItem

import runner
from runner.cli.grouping import CommandGroup
from runner.cli.output import Output
from runner.errors import InputError


def pages() -> dict[str, Path]:
    """Subject -> file of every page of the manual, alphabetically."""
    folder = Path(runner.__file__).parent / "docs"
    return {path.stem: path for path in sorted(folder.glob("*.md"))}


class ManualOrBuild(CommandGroup):
    """``build`` is a command, every other word a page of the manual."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return ["build"]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name != "build":
            return None
        from runner.cli.docs_build import command as build

        return build

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] == "build":
            return super().resolve_command(ctx, args)
        # A word like an option gets here after two dashes only, which are used up by now.
        return "page", page, ["--", *args] if args[0].startswith("-") else args

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        return [
            *super().shell_complete(ctx, incomplete),
            *(CompletionItem(name) for name in pages() if name.startswith(incomplete)),
        ]


@click.group("docs", cls=ManualOrBuild, invoke_without_command=True, subcommand_metavar="[TOPIC | build ...]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """Print a page of the manual.

    Without TOPIC, lists the pages. `runner docs build` writes pages of the project's tasks.
    """
    context.obj = as_json
    if context.invoked_subcommand is None:
        show(None, as_json)


@click.command("page", hidden=True)
@click.argument("topic")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def page(before: bool, topic: str, as_json: bool) -> None:
    """Print a page of the manual."""
    show(topic, as_json or before)


def show(topic: str | None, as_json: bool) -> None:
    """Print the page, or the list of pages. ``InputError`` for one there is not."""
    output = Output(as_json=as_json)
    known = pages()
    if topic is None:
        titles = {name: path.read_text(encoding="utf-8").splitlines()[0].lstrip("# ") for name, path in known.items()}
        output.table(("topic", "about"), list(titles.items()))
        output.document({"pages": titles})
        return
    if topic not in known:
        near = difflib.get_close_matches(topic, known, n=1)
        raise InputError(
            f'there is no page "{topic}" in the manual',
            code="input.unknown_page",
            hint=f"did you mean `runner docs {near[0]}`?" if near else f"one of: {', '.join(known)}",
        )
    text = known[topic].read_text(encoding="utf-8")
    output.say(text.rstrip("\n"))
    output.document({"topic": topic, "markdown": text})
