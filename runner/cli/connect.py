"""``runner connect``: accounts at Google, Slack and Airtable that tasks act for."""

from __future__ import annotations

from pathlib import Path

import click

from runner.cli.connecting import Given, Way, connect_by_page, connect_by_token, token_given
from runner.cli.grouping import CommandGroup
from runner.cli.output import Output
from runner.errors import InputError

_PORTS = click.IntRange(0, 65535)


@click.group("connect", cls=CommandGroup)
def command() -> None:
    """Connect accounts at Google, Slack and Airtable; list and remove them.

    Tasks name an account; its tokens are kept in a file outside the project that only its owner can read, renewed
    when they expire, and never printed. `runner docs integrations` tells what to set up at each of the three.
    """


@command.command("google", short_help="Connect a Google account.")
@click.option("--name", help="What tasks call the account; its address, if not given.")
@click.option("--client-file", type=click.Path(path_type=Path), help="The client's JSON file of the Google console.")
@click.option("--client-id", help="The client's id, in place of its file.")
@click.option("--client-secret-env", metavar="VAR", help="The environment variable with the client's secret.")
@click.option("--service-account", type=click.Path(path_type=Path), help="Instead: a service account's JSON key file.")
@click.option("--scope", "scopes", multiple=True, help="A further right to ask for; may be repeated.")
@click.option("--device", is_flag=True, help="Allow it on another device, by a code.")
@click.option("--paste", is_flag=True, help="Paste the address where the browser ended, of another machine.")
@click.option("--no-browser", is_flag=True, help="Print the address, and open no browser.")
@click.option("--port", type=_PORTS, default=0, help="The port the browser comes back to; any free one, if not given.")
def google(
    *,
    name: str | None,
    client_file: Path | None,
    client_id: str | None,
    client_secret_env: str | None,
    service_account: Path | None,
    scopes: tuple[str, ...],
    device: bool,
    paste: bool,
    no_browser: bool,
    port: int,
) -> None:
    """Connect a Google account, for the types google, google_drive and google_sheets.

    A page of Google asks the account's owner. Needs a client of your own, for desktop apps; with --device one for TVs
    and limited input devices.
    """
    from runner.cli.connecting import connect_service_account

    given = Given("google", name, client_id, client_secret_env, client_file, scopes)
    if service_account is not None:
        connect_service_account(given, service_account)
    else:
        connect_by_page(given, Way(device=device, paste=paste, browser=not no_browser, port=port))


@command.command("airtable", short_help="Connect an Airtable account.")
@click.option("--name", help="What tasks call the account; its address or id, if not given.")
@click.option("--token-env", metavar="VAR", help="Take a personal access token from this environment variable.")
@click.option("--from-stdin", is_flag=True, help="Take a personal access token from standard input.")
@click.option("--client-id", help="Instead of a token: the id of an OAuth integration.")
@click.option("--client-secret-env", metavar="VAR", help="The environment variable with its secret, if it has one.")
@click.option("--paste", is_flag=True, help="Paste the address where the browser ended, of another machine.")
@click.option("--no-browser", is_flag=True, help="Print the address, and open no browser.")
@click.option("--port", type=_PORTS, default=9397, show_default=True, help="The port of its redirect URL.")
def airtable(
    *,
    name: str | None,
    token_env: str | None,
    from_stdin: bool,
    client_id: str | None,
    client_secret_env: str | None,
    paste: bool,
    no_browser: bool,
    port: int,
) -> None:
    """Connect an Airtable account, by a personal access token or an OAuth integration.

    Without an option the token is asked for, and not shown.
    """
    given = Given("airtable", name, client_id, client_secret_env)
    if client_id is not None:
        connect_by_page(given, Way(paste=paste, browser=not no_browser, port=port))
    else:
        connect_by_token(given, token_given("personal access token", token_env, from_stdin, "airtable"))


@command.command("slack", short_help="Connect a Slack workspace.")
@click.option("--name", help="What tasks call the account; the workspace's name, if not given.")
@click.option("--token-env", metavar="VAR", help="Take the token from this environment variable.")
@click.option("--from-stdin", is_flag=True, help="Take the token from standard input.")
@click.option("--client-id", help="With token rotation: the app's client id; the token is then a refresh token.")
@click.option("--client-secret-env", metavar="VAR", help="The environment variable with the client's secret.")
def slack(
    *, name: str | None, token_env: str | None, from_stdin: bool, client_id: str | None, client_secret_env: str | None
) -> None:
    """Connect a Slack workspace, by the bot token of an app of your own.

    Without an option the token is asked for, and not shown.
    """
    given = Given("slack", name, client_id, client_secret_env)
    what = "bot token" if client_id is None else "refresh token"
    connect_by_token(given, token_given(what, token_env, from_stdin, "slack"))


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def list_(as_json: bool) -> None:
    """List the accounts that are connected; never a token."""
    from runner.accounts import PROVIDERS
    from runner.config import load_settings
    from runner.services import account_book

    output = Output(as_json=as_json)
    book = account_book(load_settings())
    found = [
        {"provider": provider, "name": account.name, "kind": account.kind, "scopes": list(account.scopes)}
        for provider in PROVIDERS
        for account in ([] if book is None else book.accounts(provider).values())
    ]
    if found:
        output.table(
            ("type", "account", "by", "may"),
            [(str(each["provider"]), str(each["name"]), str(each["kind"]), _rights(each["scopes"])) for each in found],
        )
    else:
        output.say("none yet: `runner connect google`, `runner connect slack` or `runner connect airtable`")
    output.document({"accounts": found})


@command.command("remove")
@click.argument("provider")
@click.argument("name")
@click.option("--force", is_flag=True, help="Needed, since a task may use it.")
def remove(provider: str, name: str, force: bool) -> None:
    """Forget the account NAME of PROVIDER. At the provider the right stays until it is taken back there."""
    from runner.accounts import provider as known
    from runner.cli.connecting import required_book
    from runner.cli.values_told import check_force
    from runner.config import load_settings

    place = known(provider)
    book = required_book(load_settings())
    if name not in book.accounts(place.name):
        raise InputError(
            f'no {place.label} account "{name}" is connected',
            code="input.missing",
            hint="`runner connect list` shows them",
        )
    check_force(force, name)
    book.drop(place.name, name)
    Output().say(f'the {place.label} account "{name}" is removed')


def _rights(scopes: object) -> str:
    """The last part of each scope."""
    listed = scopes if isinstance(scopes, list) else []
    return ", ".join(str(each).rpartition("/")[2] for each in listed) or "as the token says"
