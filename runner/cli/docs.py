"""``runner docs``: the manual, as it ships in the package."""

from __future__ import annotations

import difflib
from pathlib import Path

import click

import runner
from runner.cli.output import Output
from runner.errors import InputError


def pages() -> dict[str, Path]:
    """Subject -> file of every page of the manual, alphabetically."""
    folder = Path(runner.__file__).parent / "docs"
    return {path.stem: path for path in sorted(folder.glob("*.md"))}


@click.command("docs")
@click.argument("topic", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(topic: str | None, as_json: bool) -> None:
    """Print a page of the manual.

    Without TOPIC, lists the pages.
    """
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
