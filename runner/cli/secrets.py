"""``runner secrets``: values that tasks name and nobody sees again."""

from __future__ import annotations

import sys

import click

from runner.cli.grouping import CommandGroup
from runner.cli.output import Output
from runner.errors import InputError


@click.group("secrets", cls=CommandGroup)
def command() -> None:
    """List, set and delete the secrets of tasks.

    Values are written, and never read back. They are kept in a file outside the project that only its owner can read.
    A server that runs takes changes up by itself.
    """


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def list_(as_json: bool) -> None:
    """List the names of the secrets, and where the value of each comes from; never a value."""
    from runner.config import load_settings
    from runner.shop_values import load_values

    output = Output(as_json=as_json)
    settings = load_settings()
    found = load_values(settings).secrets.values
    origins = {
        key: "environment" if key in settings.secret_values else "no value" if found[key] is None else "file"
        for key in sorted(found)
    }
    if origins:
        output.table(("secret", "value from"), list(origins.items()))
    else:
        output.say("none yet: `runner secrets set KEY`")
    output.document({"secrets": [{"key": key, "origin": origin} for key, origin in origins.items()]})


@command.command("set")
@click.argument("key")
@click.option("--value-env", "variable", metavar="VAR", help="Take the value from this environment variable.")
@click.option("--from-stdin", is_flag=True, help="Take the value from standard input, byte for byte.")
@click.option("--force", is_flag=True, help="Replace a value that is there.")
def set_(key: str, variable: str | None, from_stdin: bool, force: bool) -> None:
    """Keep a value under KEY. Without an option it is asked for, and not shown.

    There is no way to give it as an argument: those are seen by other users, and kept in the shell's history.
    """
    from runner.cli.values_told import tell_set
    from runner.config import load_settings
    from runner.shop_values import read_secrets
    from runner.value_files import put_secret, required_secrets_file

    settings = load_settings()
    if required_secrets_file(settings).exists() and key in read_secrets(settings) and not force:
        raise InputError(f"{key} has a value already", code="input.usage", hint="add --force to replace it")
    value = _value(key, variable, from_stdin)
    if not value:
        raise InputError("the value is empty", hint="`runner secrets delete` removes a secret")
    file = put_secret(settings, key, value)
    output = Output()
    tell_set(output, key, str(file))
    if key in settings.secret_values:
        output.note(f"Warning: the environment sets {key} too, and wins", style="yellow")


@command.command("delete")
@click.argument("key")
@click.option("--force", is_flag=True, help="Needed, since a task may use it.")
def delete(key: str, force: bool) -> None:
    """Delete the value of KEY."""
    from runner.cli.values_told import check_force, missing
    from runner.config import load_settings
    from runner.value_files import drop_secret

    check_force(force, key)
    settings = load_settings()
    if not drop_secret(settings, key):
        raise missing("secret", key, "the environment sets it" if key in settings.secret_values else None)
    Output().say(f"{key} is deleted")


def _value(key: str, variable: str | None, from_stdin: bool) -> str:
    from runner.config import environment_value

    if variable is not None and from_stdin:
        raise InputError("give either --value-env or --from-stdin, not both", code="input.usage")
    if variable is not None:
        found = environment_value(variable)
        if found is None:
            raise InputError(f"the environment variable {variable} is not set", code="input.missing")
        return found
    if from_stdin:
        try:
            return sys.stdin.buffer.read().decode("utf-8")
        except UnicodeDecodeError as fault:
            raise InputError("the value is not UTF-8 text", hint="encode bytes, as base64 for example") from fault
    if not sys.stdin.isatty():
        raise InputError(
            "no value is given, and there is no terminal to ask on",
            code="input.usage",
            hint=f"printf %s VALUE | runner secrets set {key} --from-stdin, or --value-env VAR",
        )
    return str(click.prompt(f"Value of {key}", hide_input=True, confirmation_prompt=True, err=True))
