"""What actions reach beside the shop, set up from the settings: one place for every command that performs actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runner.actions.base import Services

if TYPE_CHECKING:
    from runner.config import Settings


def load_services(settings: Settings) -> Services:
    """The services that ``settings`` set up. Raises ConfigError for a setting that cannot hold."""
    return Services()
