"""Tags that do not exist, and ends of blocks that were never opened."""

from __future__ import annotations

from difflib import get_close_matches

from liquid import Token
from liquid.ast import Node
from liquid.stream import TokenStream
from liquid.token import TOKEN_ILLEGAL, TOKEN_TAG

from runner.liquid.places import line_of, tag_error
from runner.liquid.tags.base import DialectTag

_BLOCKS = ("capture", "case", "for", "if", "ifchanged", "tablerow", "unless")
_EITHER = ("action", "error", "log")
"""Tags with a body or with arguments."""
_BRANCHES = {"else": "if, unless, case or for", "elsif": "if or unless", "when": "case"}


class UnknownTag(DialectTag):
    """Refuses a tag, naming the nearest known one."""

    name = TOKEN_ILLEGAL

    def parse(self, stream: TokenStream) -> Node:
        token = stream.expect(TOKEN_TAG)
        name = token.value
        if name in _BRANCHES:
            raise tag_error(f"{{% {name} %}} stands outside of {_BRANCHES[name]}", token)
        opener = name.removeprefix("end")
        if name.startswith("end") and opener in self.env.tags:
            raise self._stray_end(stream, token, opener)
        opened = {each.value for each in stream.tokens[: stream.pos] if each.kind == TOKEN_TAG}
        ends = [f"end{each}" for each in (*_BLOCKS, *_EITHER) if each in opened]
        nearest = get_close_matches(name, [*ends, *(tag for tag in self.env.tags if tag.isalpha())], 1)
        hint = f"Did you mean {{% {nearest[0]} %}}?" if nearest else "`runner docs liquid` lists every tag."
        raise tag_error(f"unknown tag {name!r}", token, hint)

    def _stray_end(self, stream: TokenStream, token: Token, opener: str) -> Exception:
        """Name what is still open, or the inline form that was taken for a block (liquid.md 2.3)."""
        inner = self._still_open(stream)
        if opener in [each.value for each in inner] and inner[-1].value != opener:
            return tag_error(
                f"{{% {token.value} %}} on line {line_of(token)} comes before the {inner[-1].value} tag "
                f"on line {line_of(inner[-1])} is closed",
                token,
                f"Write {{% end{inner[-1].value} %}} before it.",
            )
        earlier = [t for t in stream.tokens[: stream.pos] if t.kind == TOKEN_TAG and t.value == opener]
        message = f"{{% {token.value} %}} on line {line_of(token)} closes nothing"
        if not earlier or opener not in _EITHER:
            return tag_error(message, token)
        return tag_error(
            f"{message}: the {opener} tag on line {line_of(earlier[-1])} has arguments, so it has no body",
            token,
            f"Remove {{% {token.value} %}}, or the arguments of the {opener} tag.",
        )

    def _still_open(self, stream: TokenStream) -> list[Token]:
        """The block tags that are open where the stream is, outermost first."""
        found: list[Token] = []
        for token in stream.tokens[: stream.pos]:
            if token.kind != TOKEN_TAG:
                continue
            if token.value in _BLOCKS:
                found.append(token)
            elif found and token.value == f"end{found[-1].value}":
                found.pop()
        return found
