"""``runner shop``: simulated Shopify stores."""

from __future__ import annotations

import threading
from pathlib import Path

import click

from runner.cli.grouping import CommandGroup
from runner.cli.output import Output
from runner.cli.shop_look import changes, clock, do, faults, state
from runner.cli.shop_record import record
from runner.cli.shop_seed import seed
from runner.errors import InputError


@click.group("shop", cls=CommandGroup)
def command() -> None:
    """Serve a simulated Shopify store, look into it and change it; check and record seeds."""


for _part in (seed, state, changes, do, clock, faults, record):
    command.add_command(_part)


@command.command("serve")
@click.option("--seed", required=True, metavar="NAME", help="The store to begin with: a seed's name or path.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=9292, show_default=True, help="Port on 127.0.0.1; 0: any free one."
)
@click.option("--state", "state_file", metavar="FILE", help="Keep the store in this file across restarts.")
@click.option("--strict", is_flag=True, help="Refuse what could only be answered by a guess.")
@click.option("--json", "as_json", is_flag=True, help="Print address and token as one JSON document.")
def serve(seed: str, port: int, state_file: str | None, strict: bool, as_json: bool) -> None:
    """Serve a simulated store on this machine until interrupted.

    Only this machine can reach it. Its clock ticks; everything else is as the seed says.
    """
    from runner.project import find_seed
    from runner.simulator.server import open_shop

    output = Output(as_json=as_json)
    path = find_seed(seed)
    with output.working(f"Building the store {path.stem}"):
        shop = open_shop(path, port=port, state_file=_state_file(state_file), strict=strict)
    shop.start()
    shop.courier.start()
    try:
        output.say(f"{shop.domain} is served at {shop.url}", style="bold")
        output.say()
        output.say("To point runner, or anything else, at it:")
        output.say(f"  export SHOPIFY_SHOP={shop.url} SHOPIFY_ACCESS_TOKEN={shop.token}")
        output.say(f"  export SHOPIFY_CLIENT_SECRET={shop.secret}  # signs its webhooks, for `runner serve`")
        output.say(f"To try queries, in a browser: {shop.url}/_sim/graphiql")
        output.say("To look inside, in another terminal: runner shop state, changes, do, clock, faults")
        keys = {"token": shop.token, "client_secret": shop.secret}
        output.document({"shop": shop.domain, "url": shop.url, **keys, "seed": path.stem})
        output.note("Stop it with Ctrl-C.")
        threading.Event().wait()
    except KeyboardInterrupt:
        # The documented way to end it, so no error.
        output.note("stopped")
    finally:
        shop.stop()
        shop.courier.stop()


def _state_file(path: str | None) -> Path | None:
    if path is None:
        return None
    folder = Path(path).absolute().parent
    if not folder.is_dir():
        raise InputError(
            f"the folder {folder} does not exist", code="input.missing", hint="create it, or choose another"
        )
    return Path(path)
