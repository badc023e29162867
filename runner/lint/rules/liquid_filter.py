"""``liquid.filter``: filters that do not exist, all of them."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from runner.lint.finding import SCRIPT, Edit, Example, Fix, Found, Rule, Severity
from runner.lint.subject import Subject
from runner.liquid.environment import environment
from runner.liquid.scan import filter_uses


def check(subject: Subject) -> Iterator[Found]:
    """Every use of a filter that there is not; ``liquid.syntax`` names the first only."""
    if subject.fault is None:
        return
    known = environment().functions
    for name, start in filter_uses(subject.script):
        if name in known:
            continue
        near = get_close_matches(name, known, n=1)
        fix = None
        if near:
            edit = Edit("script", start, start + len(name), near[0])
            fix = Fix(f"write {near[0]} in place of {name}", (edit,))
        hint = f'Did you mean "{near[0]}"?' if near else "`runner docs liquid` lists every filter."
        yield Found(f'there is no filter "{name}"', SCRIPT, start, hint, fix=fix)


RULE = Rule(
    "liquid.filter",
    Severity.ERROR,
    "A filter that does not exist.",
    "The script does not parse, so nothing runs it. This rule names every such filter, liquid.syntax the first fault.",
    Example("{% log 'hello' | upcasee %}"),
    Example("{% log 'hello' | upcase %}"),
    "liquid.md 3",
    check,
)
