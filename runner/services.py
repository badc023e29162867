"""What actions reach beside the shop, set up from the settings: one place for every command that performs actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from runner.actions.base import Endpoint, Services
from runner.clock import Clock, SystemClock
from runner.errors import ConfigError, NetworkError
from runner.files import Files
from runner.files.browser import chromium
from runner.files.folder import FolderStore
from runner.files.keeping import FileStore, PassingFiles
from runner.files.place import Bucket, read_place
from runner.network import Network, Policy
from runner.redact import MARKER

if TYPE_CHECKING:
    from runner.accounts import AccountBook, Accounts
    from runner.config import Settings
    from runner.mail.account import Account
    from runner.mail.post import Mail
    from runner.store import Store


def load_services(settings: Settings, shop: Mapping[str, Any] | None = None, *, kept: Store | None = None) -> Services:
    """The services that ``settings`` set up, for the shop with the REST record ``shop``.

    Files are kept with the database ``kept``, and not without one.

    Raises ConfigError for a setting that cannot hold, or that another one is missing for.
    """
    network = load_network(settings)
    files = Files(network, browser=chromium)
    triggers = (settings.flow_triggers or "").split(",")
    toaster = settings.report_toaster_url
    return Services(
        network=network,
        files=files,
        store=None if kept is None else load_file_store(settings, kept),
        mail=_mail(settings, network, shop or {}),
        accounts=load_accounts(settings),
        flow_triggers=dict(pair.split("=") for pair in triggers if pair),
        report_toaster=None if toaster is None else Endpoint(toaster, settings.report_toaster_token),
    )


def quiet_services(
    settings: Settings | None = None, shop: Mapping[str, Any] | None = None, *, clock: Clock | None = None
) -> Services:
    """The services of a run that reaches nobody outside the shop: enough for every type to say what it would send.

    Mail comes from the account of ``settings``, with their templates, or from one that is made up. ``clock`` tells
    when addresses of files end. Raises ConfigError as ``load_services``.
    """
    network = Network(resolve=_nobody)
    triggers = {kind: f"{kind}-trigger" for kind in ("general", "customer", "product", "order")}
    given = (settings.flow_triggers or "").split(",") if settings is not None else ()
    toaster = settings.report_toaster_url if settings is not None else None
    return Services(
        network=network,
        files=Files(network, browser=chromium),
        store=PassingFiles(clock or SystemClock(), timedelta(days=7), "simulated"),
        mail=_quiet_mail(settings, network, shop or {}),
        flow_triggers={**triggers, **dict(pair.split("=") for pair in given if pair)},
        report_toaster=Endpoint(toaster or "https://report-toaster.invalid/", MARKER),
    )


def _quiet_mail(settings: Settings | None, network: Network, shop: Mapping[str, Any]) -> Mail:
    from runner.mail.account import Account, Server
    from runner.mail.addresses import Mailbox
    from runner.mail.post import Mail
    from runner.mail.templates import Templates

    found = None if settings is None else _mail(settings, network, shop)
    if found is not None and found.account is not None:
        return found
    account = Account(Server("smtp+plain", "the mail server", 25), Mailbox("", "orders", "shop.example"))
    if found is not None:
        return replace(found, account=account)
    templates = Templates() if settings is None else Templates(settings.folder / settings.email_templates, shop)
    return Mail(account, templates=templates, network=network, shop=shop)


def _nobody(host: str, port: int) -> Sequence[str]:
    raise NetworkError(
        f"{host} was not called: this run reaches nobody outside the shop",
        hint="Actions reach other machines for the configured shop, with `mode: live`, or with --outside.",
        code="network.simulated",
    )


def load_file_store(settings: Settings, kept: Store) -> FileStore:
    """What keeps files of tasks, their addresses signed with what only the database ``kept`` knows."""
    from runner.store.kept import KeptValues

    place = read_place(settings.files) if settings.files else None
    if isinstance(place, Bucket):
        from runner.files.s3 import BucketStore

        return BucketStore(place, kept.clock, lifetime=settings.files_last, seal=kept.salt)
    served = KeptValues(kept.database, "server")

    def base() -> str:
        """The address that the settings name, else the one that `runner serve` last had, else the one it will have."""
        return str(settings.public_url or served.get("public") or "http://127.0.0.1:9393").rstrip("/")

    folder = settings.files_folder(place)
    return FolderStore(folder, kept.clock, lifetime=settings.files_last, seal=kept.salt, base=base)


def load_network(settings: Settings) -> Network:
    """The way to other machines, with what the settings allow and trust beside the public internet."""
    policy = Policy.parse(settings.network_allow) if settings.network_allow else Policy()
    authorities = settings.network_authorities
    return Network(policy, None if authorities is None else settings.folder / authorities)


def load_accounts(settings: Settings, clock: Clock | None = None) -> Accounts:
    """The accounts at Google, Slack and Airtable that the settings' file holds."""
    from runner.accounts import Accounts

    places = {"airtable": settings.airtable_url, "google": settings.google_url, "slack": settings.slack_url}
    return Accounts(
        account_book(settings),
        load_network(settings),
        clock or SystemClock(),
        places={name: place for name, place in places.items() if place},
    )


def account_book(settings: Settings) -> AccountBook | None:
    """The file of accounts; None where neither a setting nor the shop's name says which one it is.

    Raises ConfigError for one in the project's folder, from where it could reach a repository.
    """
    from runner.accounts import AccountBook
    from runner.shop_values import accounts_file, check_place

    file = accounts_file(settings)
    if file is None:
        return None
    check_place(settings, file, "accounts_file")
    return AccountBook(file)


def _mail(settings: Settings, network: Network, shop: Mapping[str, Any]) -> Mail | None:
    """The way out for messages; None when the settings name no account at all."""
    if settings.email_server is None and not settings.email_accounts:
        return None
    from runner.mail.post import Mail
    from runner.mail.templates import Templates

    usual = {
        "server": settings.email_server,
        "from": settings.email_from,
        "user": settings.email_user,
        "password": settings.email_password,
    }
    others = {
        name: _account(f"email_accounts: {name}: ", each, usual) for name, each in settings.email_accounts.items()
    }
    return Mail(
        None if settings.email_server is None else _account("email_", usual, {}),
        others,
        templates=Templates(settings.folder / settings.email_templates, shop),
        network=network,
        shop=shop,
        folder=settings.folder,
    )


def _account(word: str, given: Mapping[str, str | None], usual: Mapping[str, str | None]) -> Account:
    """An account of what is ``given``; ``usual`` says the rest, but no login goes to another server than its own."""
    from runner.mail.account import Account, read_server
    from runner.mail.addresses import read_mailbox

    login = given if given.get("server") else {**usual, **given}
    place, sender = login.get("server"), read_mailbox(given.get("from") or usual.get("from") or "")
    if place is None:
        raise ConfigError(
            f"{word}server is not set, and neither is email_server", hint="set one of them: `runner docs email`"
        )
    if sender is None:
        raise ConfigError(
            f"{word}server is set, and {word}from is not: mail has to come from somebody",
            hint="set it as in `My Shop <orders@example.com>`, to an address that the server may send from",
        )
    server, password = read_server(place), login.get("password")
    if server.is_postmark and password is None:
        raise ConfigError(
            f"{word}server is Postmark, and {word}password is not set",
            hint="give it the API token of a Postmark server, from the environment",
        )
    return Account(server, sender, login.get("user"), password)
