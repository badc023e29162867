"""The language of customer segments: ``customer_tags CONTAINS 'vip' AND number_of_orders > 2`` (published reference).

Comparisons with ``= != < <= > >=``, ``BETWEEN a AND b``, ``CONTAINS``, ``NOT CONTAINS``, ``IS NULL``, ``IS NOT NULL``,
joined by AND and OR with parentheses; dates as ``2026-03-01``, ``today``, ``-30d``, ``-2w``, ``-3m``, ``-1y``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from runner.simulator.contract import Context
from runner.simulator.families.segment_filters import FILTERS, UNANSWERED, Filter, metafield_filter
from runner.simulator.graph import Node
from runner.simulator.search_values import Zone, matches

Test = Callable[[Node], bool]
_TOKEN = re.compile(
    r"""\s*(?:(?P<text>'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")|(?P<operator>!=|<=|>=|=|<|>)|(?P<mark>[()])
    |(?P<word>[-+]?[\w.$:/@-]+)|(?P<other>\S))""",
    re.VERBOSE,
)
_RELATIVE = re.compile(r"([-+])(\d+)([dwmy])\Z", re.IGNORECASE)
_UNIT_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}


class SegmentError(Exception):
    """Why a query is none, in Shopify's words: ``Line 1 Column 0: 'x' filter cannot be found.``"""


class UnknownHere(Exception):
    """A documented filter that the simulator cannot answer."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    column: int


def compiled(text: str, context: Context) -> Test:
    """Who belongs to a segment. Raises ``SegmentError``; an empty query is everybody."""
    tokens = [
        _Token(match.lastgroup or "", match[match.lastgroup or 0], match.start(match.lastgroup or 0))
        for match in _TOKEN.finditer(text)
        if match.lastgroup
    ]
    return _Parser(tokens, context).query()


class _Parser:
    def __init__(self, tokens: list[_Token], context: Context) -> None:
        self._tokens = tokens
        self._place = 0
        self._context = context
        self._zone = Zone.of(context.shop["ianaTimezone"], context.clock.now())

    def query(self) -> Test:
        if not self._tokens:
            return lambda customer: True
        test = self._or()
        if self._place < len(self._tokens):
            raise self._error(f"'{self._tokens[self._place].text}' is unexpected.")
        return test

    def _or(self) -> Test:
        tests = [self._and()]
        while self._word("OR"):
            tests.append(self._and())
        return tests[0] if len(tests) == 1 else lambda customer: any(test(customer) for test in tests)

    def _and(self) -> Test:
        tests = [self._unit()]
        while self._word("AND"):
            tests.append(self._unit())
        return tests[0] if len(tests) == 1 else lambda customer: all(test(customer) for test in tests)

    def _unit(self) -> Test:
        if self._peek().text == "(":
            self._place += 1
            inside = self._or()
            if self._take().text != ")":
                raise self._error("')' is expected.", -1)
            return inside
        return self._comparison()

    def _comparison(self) -> Test:
        name = self._take()
        if name.kind != "word":
            raise self._error("a filter is expected.", -1)
        if name.text in UNANSWERED:
            raise UnknownHere(name.text)
        field = FILTERS.get(name.text)
        if field is None and name.text.startswith("metafields."):
            field = metafield_filter(name.text)
        if field is None:
            raise self._error(f"'{name.text}' filter cannot be found.", -1)
        return self._operation(field, name.text)

    def _operation(self, field: Filter, name: str) -> Test:
        if self._word("IS"):
            negated = self._word("NOT")
            self._expect("NULL")
            return lambda customer: bool(self._values(field, customer)) is negated
        if self._word("BETWEEN"):
            low = self._value(field)
            self._expect("AND")
            high = self._value(field)
            return lambda customer: any(
                self._holds(field, value, ">=", low) and self._holds(field, value, "<=", high)
                for value in self._values(field, customer)
            )
        negated = self._word("NOT")
        if self._word("CONTAINS"):
            wanted = self._value(field)
            return lambda customer: (
                any(self._holds(field, value, "=", wanted) for value in self._values(field, customer)) is not negated
            )
        sign = self._take()
        if sign.kind != "operator" or negated:
            raise self._error(f"'{name}' needs an operator.", -1)
        wanted = self._value(field)
        if sign.text == "!=":
            return lambda customer: (
                not any(self._holds(field, value, "=", wanted) for value in self._values(field, customer))
            )
        return lambda customer: any(
            self._holds(field, value, sign.text, wanted) for value in self._values(field, customer)
        )

    def _values(self, field: Filter, customer: Node) -> list[Any]:
        value = field.read(customer, self._context.graph)
        members: Iterable[Any] = value if isinstance(value, list | tuple) else [value]
        return [member for member in members if member not in (None, "")]

    def _holds(self, field: Filter, value: Any, sign: str, wanted: str) -> bool:
        return matches(field.kind, value, wanted, True, None if sign == "=" else sign, self._zone)

    def _value(self, field: Filter) -> str:
        token = self._take()
        if token.kind == "text":
            return re.sub(r"\\(.)", r"\1", token.text[1:-1])
        if token.kind != "word":
            raise self._error("a value is expected.", -1)
        relative = _RELATIVE.match(token.text)
        if field.kind == "time" and relative:
            days = int(relative[2]) * _UNIT_DAYS[relative[3].lower()] * (-1 if relative[1] == "-" else 1)
            moment = self._zone.now.astimezone(self._zone.zone) + timedelta(days=days)
            return moment.date().isoformat()
        return token.text

    def _peek(self) -> _Token:
        return self._tokens[self._place] if self._place < len(self._tokens) else _Token("end", "", 0)

    def _take(self) -> _Token:
        token = self._peek()
        self._place += 1
        return token

    def _word(self, word: str) -> bool:
        token = self._peek()
        if token.kind == "word" and token.text.upper() == word:
            self._place += 1
            return True
        return False

    def _expect(self, word: str) -> None:
        if not self._word(word):
            raise self._error(f"'{word}' is expected.")

    def _error(self, words: str, back: int = 0) -> SegmentError:
        place = min(max(self._place + back, 0), len(self._tokens) - 1)
        return SegmentError(f"Line 1 Column {self._tokens[place].column}: {words}")
