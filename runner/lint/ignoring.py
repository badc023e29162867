"""Comments that silence rules: ``{% comment %} lint: ignore RULE {% endcomment %}`` and ``{% # lint: ignore RULE %}``.

A comment counts for its own line and the next one that is not blank; ``lint: ignore-task RULE`` for the whole task.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

_COMMENT = re.compile(
    r"\{%-?\s*comment\s*-?%\}(?P<block>(?:(?!\{%).)*?)\{%-?\s*endcomment\s*-?%\}|\{%-?\s*#(?P<inline>[^%]*?)-?%\}"
    r"|^[ \t]*#(?P<line>[^\n]*)$",
    re.DOTALL | re.MULTILINE,
)
_DIRECTIVE = re.compile(r"\s*lint:\s*ignore(?P<task>-task)?(?P<rules>(?:[\s,]+[a-z_.*]+)*)\s*(?:--.*)?\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Ignored:
    """A comment: the rules it names, where it stands in the script, and the lines it holds for; None: all of them."""

    rules: tuple[str, ...]
    offset: int
    lines: tuple[int, int] | None

    def covers(self, rule: str, line: int | None) -> bool:
        """Whether it silences ``rule`` at ``line`` of the script (None: a finding that stands elsewhere)."""
        if not matches(rule, self.rules):
            return False
        return self.lines is None or (line is not None and self.lines[0] <= line <= self.lines[1])


def matches(rule: str, names: Collection[str]) -> bool:
    """Whether ``rule`` is among ``names``, which may be whole families (``gql`` or ``gql.*``)."""
    family = rule.partition(".")[0]
    return rule in names or family in names or f"{family}.*" in names


def ignored(script: str) -> Iterator[Ignored]:
    """The directives in the comments of ``script``, in order."""
    if "lint:" not in script:
        return
    for comment in _COMMENT.finditer(script):
        found = _DIRECTIVE.match(comment["block"] or comment["inline"] or comment["line"] or "")
        if found is None:
            continue
        names = tuple(found["rules"].replace(",", " ").split())
        yield Ignored(names, comment.start(), None if found["task"] else _lines(script, comment.start(), comment.end()))


def _lines(script: str, start: int, end: int) -> tuple[int, int]:
    """From the line of the comment to the next line that is not blank."""
    first = script.count("\n", 0, start) + 1
    last = script.count("\n", 0, end) + 1
    for line in script[end:].split("\n")[1:]:
        last += 1
        if line.strip():
            break
    return first, last
