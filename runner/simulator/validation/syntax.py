"""Text to document, and syntax errors in the words of the parser Shopify runs (graphql-ruby's C parser)."""

from __future__ import annotations

import json
import re

from graphql import DocumentNode, GraphQLSyntaxError, parse
from graphql.language import Lexer, Source, TokenKind

from runner.simulator.validation.problem import Problem

_NAMES = {
    TokenKind.BANG: "BANG",
    TokenKind.DOLLAR: "VAR_SIGN",
    TokenKind.AMP: "AMP",
    TokenKind.PAREN_L: "LPAREN",
    TokenKind.PAREN_R: "RPAREN",
    TokenKind.SPREAD: "ELLIPSIS",
    TokenKind.COLON: "COLON",
    TokenKind.EQUALS: "EQUALS",
    TokenKind.AT: "DIR_SIGN",
    TokenKind.BRACKET_L: "LBRACKET",
    TokenKind.BRACKET_R: "RBRACKET",
    TokenKind.BRACE_L: "LCURLY",
    TokenKind.PIPE: "PIPE",
    TokenKind.BRACE_R: "RCURLY",
    TokenKind.INT: "INT",
    TokenKind.FLOAT: "FLOAT",
    TokenKind.NAME: "IDENTIFIER",
    TokenKind.STRING: "STRING",
    TokenKind.BLOCK_STRING: "STRING",
}
_KEYWORDS = frozenset(
    ["on", "fragment", "true", "false", "null", "query", "mutation", "subscription", "schema", "scalar", "type"]
) | {"extend", "implements", "interface", "union", "enum", "input", "directive", "repeatable"}


def parse_document(text: str) -> DocumentNode | Problem:
    """The document, or the one syntax error that stops it.

    By analogy: ``syntax error, unexpected RCURLY ("}") at [1, 3]`` is the parser's form; Shopify may add what it
    expected.
    """
    try:
        return parse(text)
    except GraphQLSyntaxError as error:
        return _worded(text, error)


def _worded(text: str, error: GraphQLSyntaxError) -> Problem:
    place = error.locations[0] if error.locations else None
    line, column = (place.line, place.column) if place else (1, 1)
    found, spelled = _token_at(text, next(iter(error.positions or ()), 0))
    shown = f"{found} ({json.dumps(spelled, ensure_ascii=False)})" if spelled is not None else found
    return Problem(f"syntax error, unexpected {shown} at [{line}, {column}]", locations=((line, column),))


def _token_at(text: str, position: int) -> tuple[str, str | None]:
    """Name and spelling of the token at ``position``; no spelling at the end of the text."""
    lexer = Lexer(Source(text))
    try:
        token = lexer.advance()
        while token.kind is not TokenKind.EOF and token.start < position:
            token = lexer.advance()
    except GraphQLSyntaxError:
        rest = re.match(r"\S", text[position:])
        return "invalid token", rest.group() if rest else text[position : position + 1]
    if token.kind is TokenKind.EOF:
        return "end of file", None
    spelled = text[token.start : token.end]
    if token.kind is TokenKind.NAME and spelled in _KEYWORDS:
        return spelled.upper(), spelled
    return _NAMES.get(token.kind, "invalid token"), spelled
