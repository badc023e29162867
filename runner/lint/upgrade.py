"""What another version of the Admin API would change for a task (tooling.md 6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from runner.lint.engine import examine
from runner.lint.finding import Finding
from runner.lint.rules import RULES
from runner.lint.subject import Subject, Surroundings
from runner.model.task import Task
from runner.preview_scopes import required_scopes

_ASKED = ("gql.deprecated", "gql.idempotent", "gql.schema")


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What changes for ``task`` from the version ``before`` on: findings that are new with the other version.

    ``broken`` would not work any more; ``deprecated`` works and is to go. ``asked`` and ``dropped`` are scopes.
    """

    task: Task
    before: str
    broken: tuple[Finding, ...]
    deprecated: tuple[Finding, ...]
    asked: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()

    @property
    def changes(self) -> bool:
        """Whether anything does."""
        return bool(self.broken or self.deprecated or self.asked or self.dropped)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All of them, what breaks first."""
        return (*self.broken, *self.deprecated)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "task": self.task.handle or self.task.name,
            "from": self.before,
            "broken": [finding.to_dict() for finding in self.broken],
            "deprecated": [finding.to_dict() for finding in self.deprecated],
            "scopes": {"added": list(self.asked), "dropped": list(self.dropped)},
        }


def compare(task: Task, version: str, surroundings: Surroundings) -> Upgrade:
    """What ``version`` would change for ``task``, held against the version it uses now.

    Raises ``ConfigError`` for what is no version.
    """
    rules = [RULES[name] for name in _ASKED]
    before = task.shopify_api_version or surroundings.version
    known = {_name(finding) for finding in examine(task, rules, surroundings)}
    then = examine(task, rules, replace(surroundings, examined=version))
    new = [finding for finding in then if _name(finding) not in known]
    old_scopes, new_scopes = _scopes(task, before, surroundings), _scopes(task, version, surroundings)
    return Upgrade(
        task,
        before,
        _of(new, deprecated=False),
        _of(new, deprecated=True),
        tuple(sorted(new_scopes - old_scopes)),
        tuple(sorted(old_scopes - new_scopes)),
    )


def _of(findings: Sequence[Finding], *, deprecated: bool) -> tuple[Finding, ...]:
    return tuple(each for each in findings if (each.rule == "gql.deprecated") is deprecated)


def _name(finding: Finding) -> tuple[str, int | None, int | None, str]:
    """What makes two findings the same in two versions: messages name the version."""
    words = finding.message.split(": ", 1)[-1] if finding.rule == "gql.schema" else finding.message
    name = words.split(" is deprecated in ")[0].split(" is refused without ")[0]
    return finding.rule, finding.where.line, finding.where.column, name


def _scopes(task: Task, version: str, surroundings: Surroundings) -> frozenset[str]:
    subject = Subject(task, surroundings)
    renderings = [preview.rendering for preview in subject.filled.previews]
    versioned = replace(task, shopify_api_version=version)
    return frozenset(required_scopes(versioned, subject.subscriptions, renderings).to_request)
