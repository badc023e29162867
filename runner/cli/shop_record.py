"""``runner shop record``: a real store's data as a seed."""

from __future__ import annotations

from pathlib import Path

import click

from runner.cli.output import Output
from runner.errors import InputError


@click.command("record")
@click.argument("name")
@click.option("--most", type=click.IntRange(1, 5000), default=100, show_default=True, help="So many of each kind.")
@click.option("--force", is_flag=True, help="Replace a seed of that name.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def record(name: str, most: int, force: bool, as_json: bool) -> None:
    """Read the configured shop and write it as the seed NAME, fixtures/_shops/NAME.yml or a path.

    Nothing in the shop is changed. Locations, products with variants, levels and metafields, collections and customers
    are taken; customers get made-up names and email addresses, and no phones, notes or streets. Look at the file before
    you share it: titles, tags and metafields are the shop's own.
    """
    import yaml

    from runner.cli.target import configured_target
    from runner.config import load_settings
    from runner.project import find_root
    from runner.simulator.seed import parse_seed
    from runner.testing.record import record_seed
    from runner.whole_files import write_file

    output = Output(as_json=as_json)
    is_path = name.endswith((".yml", ".yaml"))
    path = Path(name) if is_path else (find_root() or Path.cwd()) / "fixtures" / "_shops" / f"{name}.yml"
    if path.exists() and not force:
        raise InputError(f"{path} exists already", code="input.exists", hint="choose another name, or give --force")
    if is_path and not path.parent.is_dir():
        raise InputError(f"the folder {path.parent} does not exist", code="input.missing", hint="create it first")
    with configured_target(load_settings(), dry=True) as target:
        with output.working(f"Reading {target.label}"):
            seed = record_seed(target.asking, most=most, told=output.note)
            seed["clock"] = target.clock.now().isoformat(timespec="seconds")
        head = f"# Recorded from {target.label}, customers made anonymous.\n"
        text = head + yaml.safe_dump(seed, sort_keys=False, allow_unicode=True, width=120)
        parse_seed(text, str(path))
        write_file(path, text.encode())
    counts = {kind: len(found) for kind, found in seed.items() if isinstance(found, list)}
    output.say(f"{path}: {', '.join(f'{count} {kind}' for kind, count in counts.items())}")
    output.say(f"Serve it: runner shop serve --seed {name}")
    output.document({"seed": name, "file": str(path), "objects": counts})
