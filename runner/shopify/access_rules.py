"""Reads Shopify's access rules, which are sentences, into scopes (actions.md 4.7)."""

from __future__ import annotations

import re
from collections.abc import Sequence

_SCOPE = re.compile(r"\b((?:read|write|unauthenticated)_[a-z_]+)\b")
_BARE = re.compile(r"`([a-z_]+)`")
_ALSO = re.compile(r"^Requires (?:the )?`[a-z_]+`.*scope")
_MARKET_STYLE = re.compile(r"(`\w+`) for queries and both (`\w+`) as well as (`\w+`) for mutations")
_CONJUNCTION = re.compile(r" as well as any of | and (?=\()")


def access_rule(words: str, published: Sequence[str], *, mutation: bool) -> list[list[str]]:
    """The scopes that ``words`` ask for: every inner list must be met, by any one of its scopes.

    ``published`` is the flat list Shopify gives beside the words. It does not tell "and" from "or", hence the words
    come first and the list decides only when they name no scope. ``mutation`` chooses the form of resources that are
    named without one (``shipping`` becomes ``write_shipping``). Empty: no scope is named, the rule is something else.
    """
    main, _, also = words.partition(" Also:")
    groups = [_scopes(part, mutation=mutation) for part in _conjuncts(main, mutation=mutation)]
    # Other sentences after "Also:" are about staff permissions, or about one optional use of the field.
    groups += [_scopes(line, mutation=mutation) for line in re.split(r"(?<=\.)\s", also.strip()) if _ALSO.match(line)]
    groups = [group for group in groups if group]
    if not groups and published:
        groups = [list(dict.fromkeys(published))]
    return groups


def _conjuncts(words: str, *, mutation: bool) -> list[str]:
    """The parts of a sentence that must all hold."""
    if match := _MARKET_STYLE.search(words):
        query, first, second = match.groups()
        return [first, second] if mutation else [query]
    return _CONJUNCTION.split(words)


def _scopes(words: str, *, mutation: bool) -> list[str]:
    named = list(dict.fromkeys(_SCOPE.findall(words)))
    if named:
        return named
    # "Any of `orders` or `shipping` access scopes or `manage_delivery_settings` user permission."
    resources = _BARE.findall(words[: max(words.rfind("access scope"), 0)])
    return [f"{'write' if mutation else 'read'}_{resource}" for resource in dict.fromkeys(resources)]
