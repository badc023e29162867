"""Filters of regular expressions, in Ruby's syntax (liquid.md 3.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from runner.errors import LimitError, LiquidError
from runner.liquid.filters.arguments import bounded
from runner.liquid.filters.ruby_pattern import expanse, longest_literal, translated
from runner.liquid.limits import too_large
from runner.liquid.values import Described, argument_text, shown

SECONDS: Final = 2.0
"""Time one use of a pattern may take; a pattern that backtracks without end is stopped there."""

MAX_PATTERN: Final = 10_000
"""Characters of the longest pattern."""

MAX_LITERAL: Final = 1_000
"""Plain characters in a row: the package prepares to look for them in a time that grows with their number cubed, and
does not watch its time limit meanwhile."""

MAX_REPETITIONS: Final = 100_000
"""Size of the largest pattern with its counted repetitions written out; Ruby refuses larger numbers too."""

MAX_MATCHES: Final = 50_000
"""Matches that one `scan` may find."""


class MatchResult(Described):
    """One match: shows as the matched text, in JSON too; answers ``captures`` and ``named_captures``."""

    __slots__ = ("_captures", "_named", "_whole")

    def __init__(self, whole: str, captures: list[str | None], named: dict[str, str | None]) -> None:
        self._whole = whole
        self._captures = captures
        self._named = named

    def describe(self) -> str:
        return self._whole

    def lookup(self, key: Any) -> Any:
        if key == "captures":
            return list(self._captures)
        return dict(self._named) if key == "named_captures" else None

    def plain(self) -> str:
        # A task of the library checks a metafield's key by ``match`` and puts the match with ``json`` into its queries.
        return self._whole

    def __iter__(self) -> Iterator[Any]:
        return iter([self._whole])


def match(value: Any, pattern: Any) -> MatchResult | None:
    """The first match of ``pattern``, a regular expression in Ruby's syntax; nil when there is none.

    It shows as the matched text, also by ``json``. ``.captures`` lists what the groups matched, nil for one that took
    no part; ``.named_captures`` holds the named groups ``(?<name>…)`` by name. Beside named groups plain ones do not
    capture.
    ``^`` and ``$`` match at every line, ``\\A`` and ``\\z`` at the ends of the text; ``(?i)`` ignores case, ``(?m)``
    lets the dot match newlines. A time limit stops a pattern that backtracks without end.
    """
    found = _matches("match", value, pattern, 1)
    return found[0] if found else None


def scan(value: Any, pattern: Any) -> list[MatchResult]:
    """All matches of ``pattern``, from left to right and not overlapping; an empty list when there is none.

    Each is what ``match`` gives. ``map: "captures"`` makes lists of the groups' texts out of them.
    """
    return _matches("scan", value, pattern, MAX_MATCHES)


def _matches(name: str, value: Any, pattern: Any, most: int) -> list[MatchResult]:
    import regex

    source, wanted = argument_text(value), argument_text(pattern)
    if len(wanted) > MAX_PATTERN:
        raise too_large(f"{name}: the pattern has {len(wanted):,} characters, more than {MAX_PATTERN:,}")
    if longest_literal(wanted) > MAX_LITERAL:
        raise too_large(f"{name}: the pattern {shown(wanted)} has more than {MAX_LITERAL:,} plain characters in a row")
    if expanse(wanted) > MAX_REPETITIONS:
        raise too_large(f"{name}: the counted repetitions of the pattern {shown(wanted)} multiply to too much")
    size = 0
    try:
        compiled = regex.compile(translated(wanted), regex.VERSION1 | regex.MULTILINE)
        found: list[MatchResult] = []
        for hit in compiled.finditer(source, timeout=SECONDS):
            found.append(MatchResult(hit.group(), list(hit.groups()), hit.groupdict()))
            size += len(hit.group()) + sum([len(each or "") for each in hit.groups()])
            bounded(name, size)
            if len(found) >= most:
                break
    except regex.error as error:
        raise LiquidError(f"{name}: {shown(wanted)} is not a regular expression: {error}") from error
    except TimeoutError as error:
        raise LimitError(
            f"{name}: the pattern {shown(wanted)} took more than {SECONDS:g} s on {shown(source)}",
            hint="Nested repetitions such as (a+)+ backtrack without end; write them without nesting.",
            code="liquid.limit.pattern",
        ) from error
    if most > 1 and len(found) >= most:
        raise too_large(f"{name}: more than {most:,} matches")
    return found


FILTERS: dict[str, Callable[..., Any]] = {"match": match, "scan": scan}
