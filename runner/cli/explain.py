"""``runner explain``: where actions came from."""

from __future__ import annotations

import click

from runner.cli.output import Output


@click.command("explain")
@click.argument("start", metavar="RUN")
@click.option("--verbose", is_flag=True, help="Show values and options whole.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(start: str, verbose: bool, as_json: bool) -> None:
    """Show where in the script an action came from, and from which fields.

    RUN is the beginning of the id of a run of an action, a task or an event, or of an event's own id. For each action:
    the line that wrote it, the rounds of the loops around it, the conditions it stands under, and the fields of the
    event, the options and the queries that can have had a part in it.
    """
    from runner.cli import explaining

    explaining.explain(Output(as_json=as_json), start, verbose=verbose)
