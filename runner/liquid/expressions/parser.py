"""Reads expressions: strict grammar, errors with their place (liquid.md 1.3, 2.2, 2.5)."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from runner.liquid.expressions import lexemes as kinds
from runner.liquid.expressions.filters import Filter
from runner.liquid.expressions.lexemes import Lexeme, lexemes
from runner.liquid.expressions.nodes import (
    And,
    Comparison,
    Expression,
    Filtered,
    FreshArray,
    FreshHash,
    Literal,
    Or,
    Path,
    Property,
    RangeLiteral,
    Step,
)
from runner.liquid.places import syntax_error
from runner.liquid.values import BLANK, EMPTY

if TYPE_CHECKING:
    from liquid import Token

    from runner.errors import LiquidError
    from runner.liquid.environment import DialectEnvironment

KEYWORDS = {
    "nil": None,
    "null": None,
    "true": True,
    "false": False,
    "blank": BLANK,
    "empty": EMPTY,
    "newline": "\n",
}
"""Literals that are words. They are no variables: assigning to such a name does not change what the word means."""

NESTING_LIMIT = 100
"""Brackets within brackets of one expression."""


class ExpressionParser:
    """A reader over the text of one tag or output; ``token`` is the template token that holds it."""

    def __init__(self, token: Token, environment: DialectEnvironment) -> None:
        self.environment = environment
        self.source = token.source
        try:
            self._lexemes = lexemes(token.value, token.start_index)
        except kinds.UnexpectedCharacter as error:
            raise syntax_error(error.message, self.source, error.start, error.hint) from error
        self._position = 0
        self._depth = 0

    # Stepping

    @property
    def current(self) -> Lexeme:
        return self._lexemes[self._position]

    def peek(self, ahead: int = 1) -> Lexeme:
        return self._lexemes[min(self._position + ahead, len(self._lexemes) - 1)]

    def take(self) -> Lexeme:
        """The current lexeme; moves past it."""
        lexeme = self.current
        if lexeme.kind != kinds.END:
            self._position += 1
        return lexeme

    def at_sign(self, sign: str) -> bool:
        return self.current.kind == kinds.SIGN and self.current.value == sign

    def at_word(self, word: str) -> bool:
        return self.current.kind == kinds.WORD and self.current.value == word

    def skip_sign(self, sign: str) -> bool:
        """Move past ``sign`` if it is here."""
        if self.at_sign(sign):
            self._position += 1
            return True
        return False

    def expect_sign(self, sign: str) -> None:
        if not self.skip_sign(sign):
            raise self.failure(f"expected {sign!r}, found {self.describe()}")

    def at_end(self) -> bool:
        return self.current.kind == kinds.END

    def expect_end(self) -> None:
        """Fail unless everything has been read."""
        if not self.at_end():
            raise self.failure(f"unexpected {self.describe()}")

    def describe(self) -> str:
        """The current lexeme in words."""
        lexeme = self.current
        return lexeme.kind if lexeme.kind == kinds.END else f"{lexeme.kind} {lexeme.value!r}"

    def failure(self, message: str, start: int | None = None, hint: str | None = None) -> LiquidError:
        """A ``LiquidError`` that points at ``start``, or here."""
        return syntax_error(message, self.source, self.current.start if start is None else start, hint)

    # Values

    def primary(self) -> Expression:
        """A literal, a range or a path."""
        lexeme = self.current
        if lexeme.kind == kinds.STRING:
            return Literal(self.take().start, lexeme.value)
        if lexeme.kind == kinds.INTEGER:
            return Literal(self.take().start, self._integer(lexeme))
        if lexeme.kind == kinds.FLOAT:
            return Literal(self.take().start, float(lexeme.value))
        if self.at_sign("("):
            return self._range()
        if lexeme.kind == kinds.WORD or self.at_sign("["):
            return self._word()
        if self.at_end():
            raise self.failure("a value is missing")
        raise self.failure(f"expected a value, found {self.describe()}")

    def _integer(self, lexeme: Lexeme) -> int:
        try:
            return int(lexeme.value)
        except ValueError as error:  # more digits than Python converts
            message = f"the number has {len(lexeme.value)} digits, more than any value here needs"
            raise self.failure(message, lexeme.start) from error

    def _range(self) -> Expression:
        start = self.take().start
        first = self.primary()
        self.expect_sign("..")
        last = self.primary()
        self.expect_sign(")")
        return RangeLiteral(start, first, last)

    def _word(self) -> Expression:
        word = self.current
        followed = self.peek().kind == kinds.SIGN and self.peek().value in (".", "[")
        if word.kind == kinds.WORD and not followed:
            if word.value in KEYWORDS:
                return Literal(self.take().start, KEYWORDS[word.value])
            if word.value == "array":
                return FreshArray(self.take().start)
            if word.value == "hash":
                return FreshHash(self.take().start)
        return self.path()

    def path(self) -> Path:
        """A variable with its steps."""
        start = self.current.start
        root: str | Expression = self._bracket() if self.at_sign("[") else self.name()
        steps: list[Step] = []
        while True:
            if self.at_sign("["):
                steps.append(_constant(self._bracket()))
            elif self.skip_sign("."):
                name = self.name()
                steps.append(Property(name) if name in Property.NAMES else name)
            else:
                break
        return Path(start, root, steps, self._text_since(start))

    def _bracket(self) -> Expression:
        self._depth += 1
        if self._depth > NESTING_LIMIT:
            raise self.failure("brackets are nested too deeply")
        self.expect_sign("[")
        key = self.primary()
        self.expect_sign("]")
        self._depth -= 1
        return key

    def name(self) -> str:
        """A bare name. No word is reserved here (liquid.md 1.3)."""
        if self.current.kind != kinds.WORD:
            raise self.failure(f"expected a name, found {self.describe()}")
        return self.take().value

    def _text_since(self, start: int) -> str:
        last = self._lexemes[self._position - 1]
        return self.source[start : last.start + len(last.value)]

    # Filters

    def filtered(self, *, in_arguments: bool = False) -> Expression:
        """A value and its filters. ``in_arguments``: a comma before ``name:`` ends the chain (liquid.md 2.2)."""
        value = self.primary()
        chain: list[Filter] = []
        while self.skip_sign("|"):
            chain.append(self._filter(in_arguments))
        return Filtered(value.start, value, chain) if chain else value

    def _filter(self, in_arguments: bool) -> Filter:
        start = self.current.start
        name = self.name()
        function = self.environment.functions.get(name)
        if function is None:
            nearest = get_close_matches(name, self.environment.functions, 1)
            hint = f"Did you mean {nearest[0]!r}?" if nearest else "`runner docs liquid` lists every filter."
            raise self.failure(f"unknown filter {name!r}", start, hint)
        positional: list[Expression] = []
        named: dict[str, Expression] = {}
        if self.skip_sign(":"):
            self._argument(positional, named, in_arguments)
            while self.at_sign(",") and not (in_arguments and self._names_next()):
                self.take()
                self._argument(positional, named, in_arguments)
        return Filter(start, function, positional, named)

    def _argument(self, positional: list[Expression], named: dict[str, Expression], in_arguments: bool) -> None:
        colon = self.peek()
        if self.current.kind == kinds.WORD and colon.kind == kinds.SIGN and colon.value == ":" and not in_arguments:
            name = self.name()
            self.take()
            named[name] = self.primary()
        else:
            positional.append(self.primary())

    def _names_next(self) -> bool:
        colon = self.peek(2)
        return self.peek().kind == kinds.WORD and colon.kind == kinds.SIGN and colon.value == ":"

    # Conditions

    def condition(self) -> Expression:
        """Comparisons joined by ``and`` and ``or``, of equal rank and grouped from the right (liquid.md 1.5)."""
        parts: list[tuple[str, Expression]] = [("", self._comparison())]
        while self.at_word("and") or self.at_word("or"):
            parts.append((self.take().value, self._comparison()))
        joined = parts[-1][1]
        for (_, left), (word, _) in zip(reversed(parts[:-1]), reversed(parts[1:]), strict=True):
            joined = (And if word == "and" else Or)(left.start, left, joined)
        return joined

    def _comparison(self) -> Expression:
        left = self.primary()
        if self.current.kind == kinds.OPERATOR or self.at_word("contains"):
            operator = self.take()
            return Comparison(operator.start, left, operator.value, self.primary())
        return left


def _constant(key: Expression) -> Step:
    """The key itself when it is a plain string or integer: lookups then skip an evaluation."""
    if isinstance(key, Literal) and type(key.value) in (str, int):
        literal: str | int = key.value
        return literal
    return key
