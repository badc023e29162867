"""``lib.indent``: tabs in front of lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from runner.lint.finding import SCRIPT, Edit, Example, Fix, Found, Rule, Severity
from runner.lint.subject import Subject

_INDENT = re.compile(r"^[ \t]*\t[ \t]*", re.MULTILINE)
_WIDTH = 2


def check(subject: Subject) -> Iterator[Found]:
    """Every line whose indentation holds a tab."""
    for match in _INDENT.finditer(subject.script):
        spaces = match.group().replace("\t", " " * _WIDTH)
        fix = Fix("indent by spaces", (Edit("script", match.start(), match.end(), spaces),))
        yield Found("the line is indented by a tab", SCRIPT, match.start(), "Indent by two spaces.", fix=fix)


RULE = Rule(
    "lib.indent",
    Severity.ERROR,
    "A line of the script is indented by tabs.",
    "The library's own test refuses the contribution. --fix writes two spaces for each tab.",
    Example("{% if event.preview %}\n\t{% log 1 %}\n{% endif %}"),
    Example("{% if event.preview %}\n  {% log 1 %}\n{% endif %}"),
    "tasks.md 8",
    check,
    library=True,
)
