"""``runner shop seed``: seeds of simulated stores."""

from __future__ import annotations

from collections import Counter

import click

from runner.cli.grouping import CommandGroup
from runner.cli.output import ExitCode, Output
from runner.errors import InputError


@click.group("seed", cls=CommandGroup)
def seed() -> None:
    """List and check the seeds that simulated stores are made from."""


@seed.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def list_(as_json: bool) -> None:
    """List the seeds of the project and those that come with the package."""
    from runner.project import find_seed, seed_names

    output = Output(as_json=as_json)
    found = [(name, str(find_seed(name))) for name in seed_names()]
    output.table(("seed", "file"), found)
    output.document({"seeds": [{"name": name, "file": file} for name, file in found]})


@seed.command("check")
@click.argument("names", nargs=-1, metavar="[SEED...]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def check(names: tuple[str, ...], as_json: bool) -> int:
    """Build the store of each SEED, a name or a path, and say what it holds or what is wrong with it.

    Without any, of all seeds of the project and the package.

    Exit code: 0 all are good, 2 one is not.
    """
    from runner.cli.output import error_document, error_lines
    from runner.project import find_seed, seed_names
    from runner.simulator.seed import load_seed

    output = Output(as_json=as_json)
    found = []
    for name in names or seed_names():
        try:
            path = find_seed(name)
            objects = load_seed(path).objects
        except InputError as fault:
            found.append({"seed": name, "ok": False, "error": error_document(fault)})
            lines = error_lines(fault)
            output.say(f"{name}: {lines[0]}", style="red")
            for line in lines[1:]:
                output.say(line)
            continue
        counts = Counter(sorted(node.type for node in objects.nodes))
        found.append({"seed": name, "ok": True, "file": str(path), "objects": dict(counts)})
        output.say(f"{name}: good", style="green")
        output.say(f"  {', '.join(f'{count} {kind}' for kind, count in counts.items())}")
    output.document({"seeds": found})
    return ExitCode.DONE if all(each["ok"] for each in found) else ExitCode.INVALID
