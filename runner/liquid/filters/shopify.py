"""The ``shopify`` filter: GraphQL queries while rendering (liquid.md 3.1)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Final

from runner.errors import LiquidError
from runner.liquid.objects.base import LiquidObject
from runner.liquid.state import RenderState
from runner.liquid.values import argument_text, json_text, shown

_LEXEME: Final = re.compile(
    r'"""(?:\\"""|.)*?"""|"(?:\\.|[^"\\\n])*"|#[^\n\r]*|(?P<name>[_A-Za-z][_0-9A-Za-z]*)|(?P<mark>[{}()])', re.DOTALL
)
_OPERATIONS: Final = frozenset({"query", "mutation", "subscription"})


def shopify(value: Any, *, variables: Any = None, state: RenderState) -> Any:
    """The whole response to a GraphQL query: a hash of ``data``, ``errors``, ``extensions``; nil in previews.

    ``variables`` is a hash. LiquidError for a mutation, a subscription, and text that holds no query.
    """
    query = argument_text(value)
    if not query.strip():
        raise LiquidError("shopify: the query is blank")
    refused = operations(query) - {"query"}
    if refused:
        raise LiquidError(
            f"shopify: the filter only reads, but the text holds a {min(refused)}: {shown(query.strip())}",
            hint='Changes are made by actions: {% action "shopify" %} … {% endaction %}.',
        )
    return state.graphql(query, _plain_variables(variables))


def _plain_variables(variables: Any) -> dict[str, Any]:
    if variables is None:
        return {}
    if not isinstance(variables, (dict, LiquidObject)):
        raise LiquidError(f"shopify: variables must be a hash, not {shown(variables)}")
    plain = json.loads(json_text(variables))
    if not isinstance(plain, dict):
        raise LiquidError(f"shopify: variables must be a hash, not {shown(plain)}")
    return plain


def operations(document: str) -> frozenset[str]:
    """The kinds of operation in a GraphQL document: ``query`` (also for a bare selection), ``mutation``, …

    Only lexemes are looked at, so that a malformed document is left for the shop to refuse.
    """
    kinds: set[str] = set()
    depth, at_start = 0, True
    for lexeme in _LEXEME.finditer(document):
        name, mark = lexeme["name"], lexeme["mark"]
        if name and depth == 0 and at_start:
            if name in _OPERATIONS:
                kinds.add(name)
            at_start = False
        elif mark in ("{", "("):
            if depth == 0 and at_start:
                kinds.add("query")
            depth, at_start = depth + 1, False
        elif mark in ("}", ")"):
            depth = max(0, depth - 1)
            at_start = depth == 0 and mark == "}"
    return frozenset(kinds)


FILTERS: dict[str, Callable[..., Any]] = {"shopify": shopify}
