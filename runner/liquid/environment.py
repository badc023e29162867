"""The environment of the dialect: tags, filters, and the rules python-liquid lets us set."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import ClassVar

from liquid import Environment, Mode, Token

from runner.liquid.expressions.filters import FilterFunction
from runner.liquid.filters import all_filters
from runner.liquid.lexer import tokens
from runner.liquid.limits import BLOCK_NESTING
from runner.liquid.tags import TAGS


class DialectEnvironment(Environment):
    """python-liquid's environment with the platform's tags and filters instead of its own."""

    block_nesting_limit: ClassVar[int] = BLOCK_NESTING

    def __init__(self) -> None:
        self.functions: dict[str, FilterFunction] = {}
        super().__init__(tolerance=Mode.STRICT, strict_filters=True)

    def tokenizer(self) -> Callable[[str], Iterator[Token]]:
        """Our lexer in place of python-liquid's."""
        return tokens

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        """Register the dialect's own tags and filters, and nothing else."""
        for tag in TAGS.values():
            self.add_tag(tag)
        for name, function in all_filters().items():
            self.functions[name] = FilterFunction.of(name, function)


@cache
def environment() -> DialectEnvironment:
    """The one environment of the process; it never changes once built."""
    return DialectEnvironment()
