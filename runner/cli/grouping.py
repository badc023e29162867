"""A command of commands, whose help tells each with its whole first sentence."""

from __future__ import annotations

import click

_LONGEST = 300
"""Characters of a first sentence: enough for any."""


class CommandGroup(click.Group):
    """As ``click.Group``, which cuts what its commands do after 45 characters."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The section of commands; a command that is hidden is left out."""
        found = {name: self.get_command(ctx, name) for name in self.list_commands(ctx)}
        rows = [(name, each.get_short_help_str(_LONGEST)) for name, each in found.items() if each and not each.hidden]
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)
