"""The vocabulary of rules: what a rule is, what it finds, and what a finding looks like to its reader."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from runner.errors import Where

if TYPE_CHECKING:
    from runner.lint.subject import Subject
    from runner.model.json_text import KeyPath


class Severity(StrEnum):
    """How bad a finding is: an error breaks live work, a warning is probably wrong, advice is worth a look."""

    ERROR = "error"
    WARNING = "warning"
    ADVICE = "advice"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)

    def reaches(self, least: Severity) -> bool:
        """Whether this is as bad as ``least``, or worse."""
        return self.rank <= least.rank


SCRIPT: KeyPath = ("script",)
TEMPLATE: KeyPath = ("subscriptions_template",)


@dataclass(frozen=True, slots=True)
class Edit:
    """Characters ``start`` to ``end`` of the text at the key ``part`` become ``text``."""

    part: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A correction that changes nothing but what is wrong; ``says`` words it for people.

    ``edits`` change texts, ``values`` are new values of whole keys; ``options`` are options to store, ``drop`` options
    to remove.
    """

    says: str
    edits: tuple[Edit, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    drop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule found: a sentence, and where.

    ``part`` is the path of a value in the task file, ``offset`` a place in its text where it is one; None: the whole.
    ``severity`` None stands for the rule's own.
    """

    message: str
    part: KeyPath = SCRIPT
    offset: int | None = None
    hint: str | None = None
    severity: Severity | None = None
    fix: Fix | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """A task that shows a rule: those keys of it that matter.

    ``granted`` are scopes of the shop, for rules on them; ``file`` is what its file is called, for rules on that;
    ``page`` what the task is called on its page in a checkout of the library, None: as it is.
    """

    script: str
    subscriptions: str = "mechanic/user/trigger"
    more: Mapping[str, Any] = field(default_factory=dict)
    granted: tuple[str, ...] | None = None
    file: str | None = None
    page: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its name, how bad it is, what it looks for, and how.

    ``about`` is a sentence on what it finds; ``why`` says what happens otherwise; ``wrong`` and ``right`` are examples,
    which a test checks; ``source`` is where the rule comes from. ``check`` yields what it finds in a task.
    """

    name: str
    severity: Severity
    about: str
    why: str
    wrong: Example
    right: Example
    source: str
    check: Callable[[Subject], Iterable[Found]]
    library: bool = False
    """True for a rule that holds for contributions to the task library only."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding as it is shown: ``where`` counts lines and columns within the part, ``line`` in the file.

    ``file`` is the file to open for it: the export, or a file of the task's folder. ``line`` and ``column`` count from
    1 in that file.
    """

    rule: str
    severity: Severity
    message: str
    where: Where
    hint: str | None = None
    file: str | None = None
    line: int | None = None
    column: int | None = None
    fix: Fix | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, without what there is none of."""
        document: dict[str, Any] = {
            "rule": self.rule,
            "severity": str(self.severity),
            "message": self.message,
            "where": self.where.to_dict(),
        }
        optional = {"hint": self.hint, "file": self.file, "line": self.line, "column": self.column}
        document |= {name: value for name, value in optional.items() if value is not None}
        if self.fix is not None:
            document["fix"] = self.fix.says
        return document
