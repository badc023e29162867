"""``runner completion``: the script that makes a shell complete our commands."""

from __future__ import annotations

import click

from runner.cli.output import Output

SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> None:
    """Print what makes a shell complete commands, options and names of tasks.

    \b
    bash: echo 'eval "$(runner completion bash)"' >> ~/.bashrc
    zsh:  echo 'eval "$(runner completion zsh)"' >> ~/.zshrc
    fish: runner completion fish > ~/.config/fish/completions/runner.fish
    """
    from click.shell_completion import get_completion_class

    from runner.cli import root

    kind = get_completion_class(shell)
    assert kind is not None, "click knows these shells"
    Output().say(kind(root, {}, "runner", "_RUNNER_COMPLETE").source())
