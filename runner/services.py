"""What actions reach beside the shop, set up from the settings: one place for every command that performs actions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from runner.actions.base import Services
from runner.errors import NetworkError
from runner.network import Network, Policy

if TYPE_CHECKING:
    from runner.config import Settings


def load_services(settings: Settings) -> Services:
    """The services that ``settings`` set up. Raises ConfigError for a setting that cannot hold."""
    return Services(network=_network(settings))


def sealed_services() -> Services:
    """The services of a simulated store: nobody outside of it is called, since that would be real."""
    return Services(network=Network(resolve=_nobody))


def _nobody(host: str, port: int) -> Sequence[str]:
    raise NetworkError(
        f"{host} was not called: a simulated store stays by itself",
        hint="Actions reach other machines for the configured shop only, with `mode: live`.",
        code="network.simulated",
    )


def _network(settings: Settings) -> Network:
    policy = Policy.parse(settings.network_allow) if settings.network_allow else Policy()
    authorities = settings.network_authorities
    return Network(policy, None if authorities is None else settings.folder / authorities)
