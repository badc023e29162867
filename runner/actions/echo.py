"""echo: gives its options back, or fails on request (actions.md 3.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from runner.actions.base import ActionType, Outcome, Tools
from runner.model.json import JSON, canonical

ERROR_OPTION = "__error"


class EchoAction(ActionType):
    """Any options. An object with a non-null ``__error`` fails the run with it, for good."""

    name = "echo"
    local = True
    writes_whole = True
    schema: ClassVar[Mapping[str, Any]] = {
        "description": "Any JSON. The key __error of an object fails the action with its value.",
        "properties": {ERROR_OPTION: {"description": "fails the action, with this text or JSON as the error"}},
    }

    def validate(self, options: JSON) -> JSON:
        return options

    def perform(self, options: JSON, tools: Tools) -> Outcome:
        demanded = options.get(ERROR_OPTION) if isinstance(options, Mapping) else None
        if demanded is None:
            return Outcome(ok=True, result=options)
        text = demanded if isinstance(demanded, str) else canonical(demanded)
        return Outcome(ok=False, error=text, code="action.echo_error")

    def summary(self, options: JSON) -> str:
        text = options if isinstance(options, str) else canonical(options)
        return text if len(text) <= 120 else text[:119] + "…"

    def announces(self) -> bool:
        return False
