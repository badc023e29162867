"""An action: a declared piece of work (actions.md 1.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from runner.model.json import JSON, canonical

CONTROL_PARAMETERS = ("__meta", "__perform_event")
"""Keys removed from options before anything else sees them (actions.md 1.3)."""


@dataclass(frozen=True, slots=True)
class Action:
    """What a task wants done.

    ``type`` names the action type; ``options`` is any JSON its type understands; ``meta`` is never interpreted and
    comes back in ``action.meta``; ``perform_event`` false suppresses ``mechanic/actions/perform``.
    """

    type: str
    options: JSON = None
    meta: JSON = None
    perform_event: bool = True

    def to_dict(self) -> dict[str, Any]:
        """``{"type", "options"}``, then ``"meta"`` when given and ``"perform_event": false`` when off."""
        document: dict[str, Any] = {"type": self.type, "options": self.options}
        if self.meta is not None:
            document["meta"] = self.meta
        if not self.perform_event:
            document["perform_event"] = False
        return document

    def fingerprint(self) -> str:
        """Canonical text of type, options and meta: equal for actions that would do the same (actions.md 1.8)."""
        return canonical({"type": self.type, "options": self.options, "meta": self.meta})


def is_off(control: JSON) -> bool:
    """True for a ``__perform_event`` that switches the event off: false, also as the text "false" (actions.md 1.3)."""
    return control is False or control == "false"
