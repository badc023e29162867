"""Types of actions that do all but the last step, and keep what they would have sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from runner.actions import ACTION_TYPES
from runner.actions.base import ActionType, Outcome, Tools
from runner.actions.ftp import FtpCall
from runner.errors import ActionError
from runner.model.json import JSON
from runner.model.secret import Secrets, secret_keys
from runner.outbox.folder import Entry, Outbox
from runner.outbox.recording import Kept, recording
from runner.redact import MARKER, Redactor

STAYING = frozenset({"cache", "echo", "event", "shopify"})
"""Types that reach nobody but the shop."""

_CONVERSATIONS = frozenset({"google_drive", "google_sheets"})
"""Types whose further requests depend on the answer to the first, mostly a question."""


@dataclass(frozen=True, slots=True)
class _Call:
    """``options`` as the task gave them, ``checked`` as ``perform`` takes them; None: a secret has to be known first.

    Neither holds the value of a secret.
    """

    options: JSON
    checked: Any


class KeptAction(ActionType):
    """``kind``, up to where it would reach another machine: that is written into ``outbox``.

    The code of ``kind`` itself runs, and is stopped at its first request. It never learns a secret: a marker stands in
    its place, so that no form of it can be kept.
    """

    name = "outbox"
    schema: ClassVar[Mapping[str, Any]] = {}
    offline = True

    def __init__(self, kind: ActionType, outbox: Outbox) -> None:
        self._kind = kind
        self._outbox = outbox

    def with_secrets(self, options: JSON, secrets: Secrets) -> JSON:
        resolved = self._kind.with_secrets(options, secrets)
        if resolved == options:
            return options
        try:
            self._kind.validate(resolved)
        except ActionError as error:
            redactor = Redactor(secrets.values[key] for key in secret_keys(options, secrets))
            hint = None if error.hint is None else redactor.text(error.hint)
            raise ActionError(redactor.text(error.message), hint=hint, code=error.code) from None
        marked = dict.fromkeys(secrets.values, MARKER)
        return self._kind.with_secrets(options, Secrets(marked, secrets.salt))

    def validate(self, options: JSON) -> _Call:
        try:
            return _Call(options, self._kind.validate(options))
        except ActionError:
            if MARKER not in json.dumps(options, ensure_ascii=False, default=str):
                raise
            return _Call(options, None)  # valid with the secret, as was seen before

    def perform(self, options: _Call, tools: Tools) -> Outcome:
        entry = self._outbox.open(self._kind.name)
        try:
            entry.write("action.json", self._document(options, tools))
            outcome = self._performed(options.checked, tools, entry)
        except BaseException:
            entry.drop()
            raise
        if not outcome.ok:
            entry.drop()
            return outcome
        return replace(outcome, response={"outbox": entry.path}, events=(), meta=None)

    def summary(self, options: JSON) -> str:
        return self._kind.summary(options)

    def shown(self, options: JSON) -> JSON:
        return self._kind.shown(options)

    def announces(self) -> bool:
        return self._kind.announces()

    def _performed(self, checked: Any, tools: Tools, entry: Entry) -> Outcome:
        # differs: the platform cannot run a task without reaching others. Here an action that was kept succeeds; its
        # result is what the machine alone can know, and the place where it is kept instead of an answer.
        kept = Outcome(ok=True, result={"outbox": entry.path})
        if checked is None:
            return kept
        try:
            request = "first-request.http" if self._kind.name in _CONVERSATIONS else "request.http"
            return self._kind.perform(checked, recording(tools, entry, request=request))
        except Kept:
            if isinstance(checked, FtpCall):
                entry.write("session.txt", _session(checked).encode())
            return kept

    def _document(self, call: _Call, tools: Tools) -> bytes:
        document = {
            "type": self._kind.name,
            "summary": self._kind.summary(call.options),
            "event": tools.event.topic,
            "task": tools.task_id,
            "options": call.options,
        }
        text = json.dumps(document, indent=2, ensure_ascii=False, default=str)
        return text.encode("utf-8", "replace") + b"\n"


def kept_types(
    outbox: Outbox, *, only: frozenset[str] | None = None, types: Mapping[str, ActionType] = ACTION_TYPES
) -> Mapping[str, ActionType]:
    """``types`` with those that reach others kept in ``outbox``; of these ``only`` the ones named, if any are."""
    return {
        name: kind if name in STAYING or (only is not None and name not in only) else KeptAction(kind, outbox)
        for name, kind in types.items()
    }


def _session(call: FtpCall) -> str:
    """What the session would do, for people."""
    lines = [f"{call.protocol}://{call.host}:{call.port}, as {call.user}"]
    lines += [f"upload {path}" for path in call.uploads or ()]
    lines += [f"download {path}" for path in call.downloads]
    return "\n".join(lines) + "\n"
