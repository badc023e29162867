"""What came of an action that was given values of secrets, without them, as it is kept and shown (actions.md 1.9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from runner.actions.base import Outcome
from runner.model.secret import Secrets, secret_keys
from runner.redact import Redactor

_OPAQUE = frozenset({"body_base64", "data_base64"})
"""Keys of encoded bytes: a secret inside compressed ones could not be seen, so they are left out whole."""


def redactor_for(options: Any, secrets: Secrets) -> Redactor:
    """Knows the values of the secrets that ``options``, as the task gave them, name."""
    return Redactor(secrets.values[key] for key in secret_keys(options, secrets))


def hidden(outcome: Outcome, redactor: Redactor) -> Outcome:
    """``outcome`` as it may be kept, told and shown. A redactor that knows no secrets changes nothing."""
    if not redactor.secrets:
        return outcome
    return replace(
        outcome,
        result=_hidden(outcome.result, redactor),
        error=None if outcome.error is None else redactor.text(outcome.error),
        hint=None if outcome.hint is None else redactor.text(outcome.hint),
        response=_hidden(outcome.response, redactor),
        events=tuple(
            replace(draft, topic=redactor.text(draft.topic), data=_hidden(draft.data, redactor))
            for draft in outcome.events
        ),
    )


def _hidden(value: Any, redactor: Redactor) -> Any:
    return redactor.json(_without_bytes(value, redactor.marker))


def _without_bytes(value: Any, marker: str) -> Any:
    if isinstance(value, Mapping):
        return {
            key: marker if key in _OPAQUE and member is not None else _without_bytes(member, marker)
            for key, member in value.items()
        }
    return [_without_bytes(member, marker) for member in value] if isinstance(value, (list, tuple)) else value
