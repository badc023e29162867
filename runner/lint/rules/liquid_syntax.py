"""``liquid.syntax``: a text that does not parse."""

from __future__ import annotations

from collections.abc import Iterator

from runner.errors import LiquidError
from runner.lint.finding import SCRIPT, TEMPLATE, Example, Found, Rule, Severity
from runner.lint.subject import Subject
from runner.liquid.template import parse
from runner.model.json_text import KeyPath

_PARTS = ("online_store_javascript", "order_status_javascript")


def check(subject: Subject) -> Iterator[Found]:
    """One finding for each text: reading stops at the first fault. Unknown filters are told by ``liquid.filter``."""
    if subject.fault is not None and not subject.fault.message.startswith("unknown filter"):
        yield found_of(subject.fault, SCRIPT, subject.script)
    yield from _read(TEMPLATE, subject.task.template)
    for key in _PARTS:
        yield from _read((key,), getattr(subject.task, key) or "")
    for each in subject.facts.faults:
        yield found_of(each, SCRIPT, subject.script)


def _read(part: KeyPath, text: str) -> Iterator[Found]:
    try:
        parse(text, str(part[0]))
    except LiquidError as fault:
        yield found_of(fault, part, text)


def found_of(fault: LiquidError, part: KeyPath, text: str) -> Found:
    """The fault of a template as a finding."""
    offset = None
    if fault.where is not None and fault.where.line is not None:
        before = text.split("\n")[: fault.where.line - 1]
        offset = sum(len(line) + 1 for line in before) + (fault.where.column or 1) - 1
    return Found(fault.message, part, offset, fault.hint)


RULE = Rule(
    "liquid.syntax",
    Severity.ERROR,
    "Liquid that does not parse: a tag that is never closed, an unknown tag, a broken expression.",
    "The platform does not save such a task, and nothing runs it.",
    Example("{% if event.preview %}{% log 'hello' %}"),
    Example("{% if event.preview %}{% log 'hello' %}{% endif %}"),
    "liquid.md 1.3, 2.2",
    check,
)
