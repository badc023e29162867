"""Asks rules about tasks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from runner.errors import Where
from runner.lint.finding import SCRIPT, Finding, Found, Rule
from runner.lint.ignoring import ignored
from runner.lint.places import FilePlaces
from runner.lint.subject import Subject, Surroundings
from runner.liquid.places import place
from runner.model.json_text import KeyPath, path_words
from runner.model.task import Task


def examine(task: Task, rules: Iterable[Rule], surroundings: Surroundings) -> list[Finding]:
    """What ``rules`` find in ``task``, by place; what its own comments silence is left out."""
    subject = Subject(task, surroundings)
    places = FilePlaces(task)
    silent = list(ignored(task.script))
    findings = []
    for rule in rules:
        for found in _once(rule.check(subject)):
            finding = _finding(rule, found, task, places)
            line = finding.where.line if found.part == SCRIPT else None
            if not any(each.covers(rule.name, line) for each in silent):
                findings.append((found, finding))
    return [finding for _, finding in sorted(findings, key=lambda pair: _order(*pair))]


def _once(found: Iterable[Found]) -> Iterator[Found]:
    """Each finding once: a loop may lead over the same place again."""
    seen = set()
    for each in found:
        key = (each.message, each.part, each.offset)
        if key not in seen:
            seen.add(key)
            yield each


def _order(found: Found, finding: Finding) -> tuple[Any, ...]:
    """Texts in the order of a task's editor, then by place, then by rule."""
    order = ("subscriptions_template", "script").index(found.part[0]) if found.part[0] in _FIRST else len(_FIRST)
    return order, found.part[0], found.offset if found.offset is not None else -1, finding.rule, finding.message


_FIRST: Sequence[str] = ("subscriptions_template", "script")


def _finding(rule: Rule, found: Found, task: Task, places: FilePlaces) -> Finding:
    file, line, column = places.find(found.part, found.offset)
    return Finding(
        rule.name,
        found.severity or rule.severity,
        found.message,
        _where(found, task),
        found.hint,
        file,
        line,
        column,
        found.fix,
    )


def _where(found: Found, task: Task) -> Where:
    part = _PARTS.get(found.part) or path_words(found.part)
    base = Where(file=task.file, task=task.handle or task.name, part=part)
    text: Any = task.to_dict()
    if found.part == ("subscriptions_template",):
        text = task.template
    else:
        for step in found.part:
            if isinstance(text, list) and isinstance(step, int):
                text = text[step]
            else:
                text = text.get(step) if isinstance(text, Mapping) else None
    if found.offset is None or not isinstance(text, str):
        return base
    spot = place(text, found.offset)
    return replace(base, line=spot.line, column=spot.column, source=spot.source)


_PARTS: Mapping[KeyPath, str] = {("subscriptions_template",): "subscriptions"}
