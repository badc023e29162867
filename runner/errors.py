"""Every error a user can meet, as one tree.

::

    RunnerError
    ├── TaskError        the task file, its options or its subscriptions
    ├── LiquidError      a template that does not parse or render
    │   └── LimitError   a template that went over a budget
    ├── ActionError      an action that was refused or failed
    ├── NetworkError     another machine did not answer, or may not be asked
    ├── ShopifyError     the shop did not answer, or refused
    ├── StoreError       the engine's own database
    ├── ConfigError      settings, folders, ports
    ├── InputError       a file or argument given by the user: events, options, fixtures, seeds
    └── SafetyError      stopped on purpose, to protect a live shop

Each carries what, where and what to do next. ``code`` is stable and documented in ``runner/docs/errors.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Where:
    """A place in something the user wrote: all parts optional; ``line`` and ``column`` count from 1."""

    file: str | None = None
    task: str | None = None
    part: str | None = None
    """Part of a task or file: ``script``, ``option "Days"``, ``subscriptions``, a key such as ``options.x``."""
    line: int | None = None
    column: int | None = None
    source: str | None = None
    """The text of that line, shown with a pointer under ``column``."""

    def __str__(self) -> str:
        named = [text for text in (self.file or self.task, self.part) if text]
        if self.line is not None:
            named.append(f"line {self.line}" + (f", column {self.column}" if self.column is not None else ""))
        return ", ".join(named)

    def to_dict(self) -> dict[str, object]:
        """Only the parts that are known, JSON-ready."""
        pairs = {name: getattr(self, name) for name in ("file", "task", "part", "line", "column", "source")}
        return {name: value for name, value in pairs.items() if value is not None}


class RunnerError(Exception):
    """Root of all errors meant for a user.

    ``message`` says what happened; ``hint`` what to do next; ``where`` where. ``transient`` is true when trying the
    same thing later may succeed: the engine retries such runs (engine.md 4.4).
    """

    code: str = "error"
    default_hint: ClassVar[str | None] = None

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        where: Where | None = None,
        code: str | None = None,
        transient: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint or self.default_hint
        self.where = where
        self.transient = transient
        if code is not None:
            self.code = code

    def __str__(self) -> str:
        place = str(self.where) if self.where else ""
        return f"{place}: {self.message}" if place else self.message

    def to_dict(self) -> dict[str, object]:
        """The error as the ``error`` member of a ``--json`` document (ecosystem.md 2)."""
        document: dict[str, object] = {"message": self.message, "code": self.code}
        if self.hint:
            document["hint"] = self.hint
        if self.where and self.where.to_dict():
            document["where"] = self.where.to_dict()
        return document


class TaskError(RunnerError):
    """A task file that cannot be used: not JSON, a wrong type, an invalid option or subscription."""

    code = "task.invalid"


class LiquidError(RunnerError):
    """A template that does not parse, or fails while rendering, or whose output is not a stream of objects."""

    code = "liquid.error"


class LimitError(LiquidError):
    """A template that used more iterations, output, nesting or time than allowed."""

    code = "liquid.limit"


class ActionError(RunnerError):
    """An action whose options are invalid, or that failed while being performed."""

    code = "action.failed"


class NetworkError(RunnerError):
    """A machine other than the shop could not be reached, or must not be.

    ``sent`` is true when the other side may have got the request, or a part of it, all the same.
    """

    code = "network.failed"

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        where: Where | None = None,
        code: str | None = None,
        transient: bool = False,
        sent: bool = False,
    ) -> None:
        super().__init__(message, hint=hint, where=where, code=code, transient=transient)
        self.sent = sent


class ShopifyError(RunnerError):
    """The shop could not be reached, or refused a call."""

    code = "shopify.failed"

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        where: Where | None = None,
        code: str | None = None,
        transient: bool = False,
        status: int | None = None,
        body: object = None,
    ) -> None:
        super().__init__(message, hint=hint, where=where, code=code, transient=transient)
        self.status = status
        self.body = body


class StoreError(RunnerError):
    """The engine's database cannot be opened, read or written."""

    code = "store.failed"


class ConfigError(RunnerError):
    """Settings that are missing, contradictory or of the wrong type; a port in use; a folder that is not there."""

    code = "config.invalid"


class InputError(RunnerError):
    """A file or argument given on the command line or to the Python API that cannot be used."""

    code = "input.invalid"


class SafetyError(RunnerError):
    """Stopped on purpose: the command would have changed a live shop without being told to."""

    code = "safety.stopped"
