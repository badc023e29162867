"""How `runner connect` gets the right to act: by a page, by a token, by a key file."""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from runner.cli.output import Output
from runner.errors import ConfigError, InputError

if TYPE_CHECKING:
    from runner.accounts import Account, AccountBook, Accounts, Provider
    from runner.config import Settings

WAIT_SECONDS = 300.0
"""For somebody to allow it in the browser."""


@dataclass(frozen=True, slots=True)
class Given:
    """What the command line says of an account to connect."""

    provider: str
    name: str | None = None
    client_id: str | None = None
    secret_variable: str | None = None
    client_file: Path | None = None
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """How a person is asked: by a code on another ``device``, by an address to ``paste``, or in a ``browser`` here."""

    port: int
    device: bool = False
    paste: bool = False
    browser: bool = True


@dataclass(frozen=True, slots=True)
class _Desk:
    """What connecting needs: the settings' accounts, their file, the provider."""

    provider: Provider
    book: AccountBook
    accounts: Accounts
    output: Output

    @classmethod
    def of(cls, given: Given) -> _Desk:
        from runner.accounts import PROVIDERS
        from runner.config import load_settings
        from runner.services import load_accounts

        settings = load_settings()
        return cls(PROVIDERS[given.provider], required_book(settings), load_accounts(settings), Output())

    def address(self, usual: str) -> str:
        """``usual``, or what stands in for it."""
        return self.accounts.address(self.provider.name, usual)

    def keep(self, account: Account, given: Given) -> None:
        """Find out whose ``account`` is, keep it and say so."""
        from runner.accounts.whose import whose
        from runner.clock import SystemClock

        token = account.token_at(SystemClock().now()) or ""
        owner = whose(self.provider, token, address=self.address(self.provider.who), network=self.accounts.network)
        scopes = account.scopes if owner.scopes is None else owner.scopes
        named = replace(account, name=(given.name or owner.name).strip(), scopes=scopes)
        self.tell(named, owner.name)

    def tell(self, account: Account, owner: str) -> None:
        """Keep ``account``, and say so."""
        self.book.put(self.provider.name, account)
        whose_it_is = "" if owner == account.name else f" ({owner})"
        self.output.say(f'the {self.provider.label} account "{account.name}"{whose_it_is} is connected')
        self.output.say(f'tasks name it: "account": {json.dumps(account.name, ensure_ascii=False)}')
        self.output.note(f"kept in {self.book.file}", style="dim")
        if self.provider.name == "slack" and account.scopes and "chat:write" not in account.scopes:
            self.output.note("Warning: the token lacks the scope chat:write: it cannot post", style="yellow")


def required_book(settings: Settings) -> AccountBook:
    """The file of accounts. Raises ConfigError when nothing says which one it is."""
    from runner.services import account_book

    book = account_book(settings)
    if book is None:
        raise ConfigError(
            "no file is known for accounts",
            code="config.accounts",
            hint="set `shop:`, or `accounts_file: FILE` outside the project",
        )
    return book


def token_given(what: str, variable: str | None, from_stdin: bool, provider: str) -> str:
    """A token from a variable, from standard input, or from whoever sits at the terminal."""
    if variable is not None and from_stdin:
        raise InputError("give either --token-env or --from-stdin, not both", code="input.usage")
    if variable is not None:
        token = _variable(variable)
    elif from_stdin:
        token = sys.stdin.buffer.read().decode("utf-8", "replace")
    elif sys.stdin.isatty():
        token = str(click.prompt(f"The {what}", hide_input=True, err=True))
    else:
        raise InputError(
            "no token is given, and there is no terminal to ask on",
            code="input.usage",
            hint=f"printf %s TOKEN | runner connect {provider} --from-stdin, or --token-env VAR",
        )
    if not token.strip() or not token.strip().isascii() or len(token.split()) != 1:
        raise InputError(f"that is no {what}: it is one word", hint="copy it again, whole")
    return token.strip()


def _variable(name: str) -> str:
    from runner.config import environment_value

    found = environment_value(name)
    if not found:
        raise InputError(f"the environment variable {name} is not set", code="input.missing")
    return found


def connect_by_token(given: Given, token: str) -> None:
    """Keep a token, once its provider has said whose it is; a refresh token, where a client is given with it."""
    from runner.accounts import Account
    from runner.accounts.tokens import renewed
    from runner.clock import SystemClock

    desk = _Desk.of(given)
    if given.provider == "slack" and token.startswith("xoxe-") and given.client_id is None:
        raise InputError(
            "that is a refresh token of an app with token rotation",
            hint="give --client-id and --client-secret-env with it",
        )
    if given.client_id is None:
        desk.keep(Account("", token=token), given)
        return
    secret = _client_secret(given)
    account = Account(given.name or "new", client_id=given.client_id, client_secret=secret, refresh_token=token)
    address, now = desk.address(desk.provider.token), SystemClock().now()
    desk.keep(renewed(desk.provider, account, address=address, network=desk.accounts.network, now=now), given)


def connect_service_account(given: Given, file: Path) -> None:
    """Keep the key of a service account of Google, once it has made a token."""
    from runner.accounts import Account
    from runner.accounts.tokens import renewed
    from runner.clock import SystemClock

    desk = _Desk.of(given)
    document = _json_file(file, "the key file of a service account")
    wanted = ("client_email", "private_key", "private_key_id")
    key = {name: document[name] for name in wanted if isinstance(document.get(name), str)}
    if document.get("type") != "service_account" or len(key) != len(wanted):
        raise InputError(f"{file} is not the key file of a service account", hint="Google's console makes one as JSON")
    scopes = (desk.provider.scopes[0], *given.scopes)
    name = (given.name or key["client_email"]).strip()
    account = Account(name, key=key | {"token_uri": desk.provider.token}, scopes=scopes)
    address, now = desk.address(desk.provider.token), SystemClock().now()
    made = renewed(desk.provider, account, address=address, network=desk.accounts.network, now=now)
    desk.tell(made, key["client_email"])


def connect_by_page(given: Given, way: Way) -> None:
    """Ask a person for the right, on a page of the provider, and keep what it gives."""
    desk = _Desk.of(given)
    account = _applicant(given, desk)
    if way.device:
        allowed = _by_device(desk, account)
    elif way.paste:
        allowed = _by_paste(desk, account, way)
    else:
        allowed = _by_browser(desk, account, way)
    desk.keep(allowed, given)


def _by_browser(desk: _Desk, account: Account, way: Way) -> Account:
    from runner.accounts.granting import Callback, invite, redeem
    from runner.clock import SystemClock

    authorize = desk.address(desk.provider.authorize or "")
    with Callback(way.port) as callback:
        invitation = invite(desk.provider, account, address=authorize, port=callback.port, random=secrets.token_urlsafe)
        opened = way.browser and click.launch(invitation.address) == 0
        desk.output.note("Allow it on the page that opens; if none does, open" if opened else "Open this address:")
        desk.output.note(invitation.address)
        desk.output.note(f"waiting on 127.0.0.1:{callback.port}; with the browser on another machine use --paste")
        code = callback.wait(invitation, WAIT_SECONDS)
    address, network = desk.address(desk.provider.token), desk.accounts.network
    return redeem(desk.provider, account, invitation, code, address=address, network=network, clock=SystemClock())


def _by_paste(desk: _Desk, account: Account, way: Way) -> Account:
    from runner.accounts.granting import invite, redeem
    from runner.clock import SystemClock

    authorize = desk.address(desk.provider.authorize or "")
    port = way.port or 9397
    invitation = invite(desk.provider, account, address=authorize, port=port, random=secrets.token_urlsafe)
    desk.output.note("Open this address, and allow it. The browser then ends at a page that it cannot show:")
    desk.output.note(invitation.address)
    pasted = str(click.prompt("Paste the address where it ended", err=True))
    code = invitation.code(urlsplit(pasted.strip()).query)
    if code is None:
        raise InputError(
            "that is not the address where this page ends",
            code="account.denied",
            hint=f"it begins with {invitation.redirect} and holds state= and code=; start again",
        )
    address, network = desk.address(desk.provider.token), desk.accounts.network
    return redeem(desk.provider, account, invitation, code, address=address, network=network, clock=SystemClock())


def _by_device(desk: _Desk, account: Account) -> Account:
    from runner.accounts.granting import invite_device, wait_for_device
    from runner.clock import SystemClock

    network = desk.accounts.network
    device = desk.address(desk.provider.device or "")
    invitation = invite_device(desk.provider, account, address=device, network=network)
    desk.output.note(f"On any device open {invitation.page} and type the code {invitation.user_code}")
    address = desk.address(desk.provider.token)
    return wait_for_device(desk.provider, account, invitation, address=address, network=network, clock=SystemClock())


def _applicant(given: Given, desk: _Desk) -> Account:
    """The account that is to be, with the client that asks: given, or the one it was connected with before."""
    from runner.accounts import Account

    scopes = tuple(dict.fromkeys((*desk.provider.scopes, *given.scopes)))
    if given.client_file is not None:
        client = _client(given.client_file)
        return Account("new", client_id=client[0], client_secret=client[1], scopes=scopes)
    if given.client_id is not None:
        secret = _client_secret(given)
        return Account("new", client_id=given.client_id, client_secret=secret, scopes=scopes)
    former = desk.book.find(given.provider, given.name) if given.name else None
    if former is None or former.client_id is None:
        raise InputError(
            f"{desk.provider.label} is asked by an app of your own, and none is given",
            code="input.usage",
            hint="--client-file FILE, or --client-id ID: `runner docs integrations` tells how to make it",
        )
    return replace(former, scopes=scopes, access_token=None, refresh_token=None, expires_at=None)


def _client_secret(given: Given) -> str | None:
    if given.secret_variable is not None:
        return _variable(given.secret_variable)
    if given.provider == "airtable":
        return None  # its clients need none
    if not sys.stdin.isatty():
        raise InputError("the client's secret is missing", code="input.usage", hint="--client-secret-env VAR")
    return str(click.prompt("The client's secret", hide_input=True, err=True)).strip()


def _client(file: Path) -> tuple[str, str | None]:
    """Id and secret of a client, from the JSON file that Google's console gives."""
    document = _json_file(file, "the client's file")
    inner = document.get("installed") or document.get("web") or document
    found = inner if isinstance(inner, Mapping) else {}
    client_id, secret = found.get("client_id"), found.get("client_secret")
    if not isinstance(client_id, str) or not (secret is None or isinstance(secret, str)):
        raise InputError(f"{file} is not the file of an OAuth client", hint="Google's console offers it as JSON")
    return client_id, secret


def _json_file(file: Path, what: str) -> Mapping[str, Any]:
    try:
        found = json.loads(file.read_bytes())
    except OSError as fault:
        hint = f"expected {what}"
        raise InputError(f"{file} cannot be read: {fault.strerror}", code="input.missing", hint=hint) from fault
    except (ValueError, RecursionError):
        # Not its words: they may quote a secret.
        raise InputError(f"{file} is not JSON", hint=f"expected {what}") from None
    if not isinstance(found, dict):
        raise InputError(f"{file} is not a JSON object", hint=f"expected {what}")
    return found
