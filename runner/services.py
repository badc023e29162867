"""What actions reach beside the shop, set up from the settings: one place for every command that performs actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from runner.actions.base import Services
from runner.errors import ConfigError, NetworkError
from runner.files import Files
from runner.files.browser import chromium
from runner.network import Network, Policy

if TYPE_CHECKING:
    from runner.config import Settings
    from runner.mail.post import Mail


def load_services(settings: Settings, shop: Mapping[str, Any] | None = None) -> Services:
    """The services that ``settings`` set up, for the shop with the REST record ``shop``.

    Raises ConfigError for a setting that cannot hold, or that another one is missing for.
    """
    network = load_network(settings)
    files = Files(network, browser=chromium)
    return Services(network=network, files=files, mail=_mail(settings, network, shop or {}))


def sealed_services() -> Services:
    """The services of a simulated store: nobody outside of it is called, since that would be real."""
    network = Network(resolve=_nobody)
    return Services(network=network, files=Files(network))


def _nobody(host: str, port: int) -> Sequence[str]:
    raise NetworkError(
        f"{host} was not called: a simulated store stays by itself",
        hint="Actions reach other machines for the configured shop only, with `mode: live`.",
        code="network.simulated",
    )


def load_network(settings: Settings) -> Network:
    """The way to other machines, with what the settings allow and trust beside the public internet."""
    policy = Policy.parse(settings.network_allow) if settings.network_allow else Policy()
    authorities = settings.network_authorities
    return Network(policy, None if authorities is None else settings.folder / authorities)


def _mail(settings: Settings, network: Network, shop: Mapping[str, Any]) -> Mail | None:
    """The way out for messages; None when the settings name no server."""
    if settings.email_server is None:
        return None
    from runner.mail.account import Account, read_server
    from runner.mail.addresses import read_mailbox
    from runner.mail.post import Mail
    from runner.mail.templates import Templates

    sender = read_mailbox(settings.email_from or "")
    if sender is None:
        raise ConfigError(
            "email_server is set, and email_from is not: mail has to come from somebody",
            hint="set `email_from: My Shop <orders@example.com>`, an address that the server may send from",
        )
    server = read_server(settings.email_server)
    if server.is_postmark and settings.email_password is None:
        raise ConfigError(
            "email_server is Postmark, and email_password is not set",
            hint="set RUNNER_EMAIL_PASSWORD to the API token of a Postmark server",
        )
    return Mail(
        Account(server, sender, settings.email_user, settings.email_password),
        templates=Templates(settings.folder / settings.email_templates, shop),
        network=network,
        shop=shop,
        folder=settings.folder,
    )
