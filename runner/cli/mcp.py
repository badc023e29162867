"""``runner mcp``: a server for assistants."""

from __future__ import annotations

import os
import signal
import sys

import click

from runner.cli.output import ExitCode
from runner.errors import InputError, Where


@click.command("mcp")
@click.option("--folder", metavar="DIR", help="The project; default: the current folder.")
def command(folder: str | None) -> None:
    """Serve the task library, the manual and the engine to assistants, over standard input and output.

    A client such as an editor starts it and speaks the Model Context Protocol with it; `runner docs assistants` tells
    how. It reads the project and the library, writes nothing, performs nothing, and asks no shop.
    """
    if folder is not None:
        try:
            os.chdir(folder)
        except OSError as fault:
            raise InputError(
                f"there is no such folder: {fault.strerror}", code="input.missing", where=Where(file=folder)
            ) from fault
    try:
        from runner.assistant.server import server
    except ImportError as fault:
        if (fault.name or "").partition(".")[0] not in ("mcp", "mcp_types", "pydantic"):
            raise
        hint = 'pip install "mechanic-runner[mcp]"'
        raise InputError(f"this needs the package mcp: {fault}", code="input.usage", hint=hint) from fault
    # Nothing is open that could be left half done, and the thread that waits for input cannot be called back.
    signal.signal(signal.SIGINT, lambda number, frame: os._exit(ExitCode.INTERRUPTED))
    if sys.stdin.isatty():
        click.echo("Waiting for a client on standard input; `runner docs assistants` tells how to add one.", err=True)
    server().run("stdio")
