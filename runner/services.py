"""What actions reach beside the shop, set up from the settings: one place for every command that performs actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runner.actions.base import Services
from runner.network import Network, Policy

if TYPE_CHECKING:
    from runner.config import Settings


def load_services(settings: Settings) -> Services:
    """The services that ``settings`` set up. Raises ConfigError for a setting that cannot hold."""
    return Services(network=_network(settings))


def _network(settings: Settings) -> Network:
    policy = Policy.parse(settings.network_allow) if settings.network_allow else Policy()
    authorities = settings.network_authorities
    return Network(policy, None if authorities is None else settings.folder / authorities)
