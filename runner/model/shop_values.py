"""What a shop gives its tasks besides their options: globals and secrets (liquid.md 5.1, actions.md 1.9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from runner.model.secret import Secrets

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ShopValues:
    """``globals`` by key; ``secrets`` by name, None for one that is only named."""

    globals: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    secrets: Secrets = field(default_factory=Secrets)

    def without_values(self) -> Secrets:
        """The secrets as previews see them: their names, so that nothing shown depends on a value."""
        return Secrets(dict.fromkeys(self.secrets.values))

    def salted(self, salt: str) -> ShopValues:
        """The same with ``salt`` in the placeholders of its secrets."""
        return replace(self, secrets=replace(self.secrets, salt=salt))
