"""Every command that can be called, from the table of commands down."""

from __future__ import annotations

from collections.abc import Iterator

import click

from runner.cli import root


def leaves(
    command: click.Command = root, words: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """(words of the command, the command) for all that are no groups, and groups that can be called themselves."""
    context = click.Context(command)
    if not isinstance(command, click.Group) or command.invoke_without_command:
        yield words, command
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from leaves(found, (*words, name))
