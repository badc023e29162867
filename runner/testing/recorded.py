"""Reads answered by what was written down (``reads`` and ``cache`` of a case)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from runner.errors import InputError
from runner.shopify.usage import graphql_label
from runner.testing.fixtures import INVALID, Recorded


class RecordedReads:
    """``runner.liquid.reads.Reads`` over recordings and a cache.

    A question without a recorded answer is an ``InputError`` of the code ``fixture.invalid``, never nil: on the
    platform a shop always answers. ``recorded`` None: the case has no answers at all.
    """

    def __init__(self, recorded: Recorded | None, cache: Mapping[str, Any]) -> None:
        self._recorded = recorded or Recorded()
        self._cache = cache
        self._asked = 0

    def graphql(self, query: str, variables: Mapping[str, Any] | None = None) -> Any:
        """The next response, or the one put together from the root fields that the query selects."""
        answers = self._recorded.graphql
        if isinstance(answers, Mapping):
            return {"data": {key: _fresh(_by_root(answers, key, name)) for key, name in _roots(query)}}
        self._asked += 1
        if self._asked > len(answers):
            raise _unanswered(
                f"question {self._asked} of the script ({graphql_label(query)}) has no recorded answer",
                "add it under reads.graphql, or let a store answer: `shop: prints`",
            )
        return _fresh(answers[self._asked - 1])

    def rest(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        """The body recorded for the path, with its parameters or without."""
        bare = path.lstrip("/")
        whole = f"{bare}?{'&'.join(f'{name}={params[name]}' for name in sorted(params))}" if params else bare
        for name in (whole, bare):
            if name in self._recorded.rest:
                return _fresh(self._recorded.rest[name])
        close = get_close_matches(whole, self._recorded.rest, n=1)
        raise _unanswered(
            f"GET {whole} has no recorded answer",
            f"recorded is {close[0]}" if close else f"add it under reads.rest: `{whole}: {{…}}`",
        )

    def cache(self, key: str) -> Any:
        """The value under ``key``."""
        return _fresh(self._cache.get(key))

    def cache_items(self) -> Iterable[tuple[str, Any]]:
        """All entries, ordered by key."""
        return [(key, _fresh(self._cache[key])) for key in sorted(self._cache)]

    def bulk_result(self, operation_id: str) -> None:
        """Always an InputError: results come with the event."""
        raise _unanswered(
            "the result of the bulk operation is not recorded",
            "add its lines to the event, as a list of objects under data.objects",
        )


def _by_root(answers: Mapping[str, Any], key: str, name: str) -> Any:
    """The data recorded for a root field, by the name the query gives it or by its own."""
    for candidate in (key, name):
        if candidate in answers:
            return answers[candidate]
    close = get_close_matches(name, answers, n=1)
    raise _unanswered(
        f"the root field {name} has no recorded data",
        f"recorded is {close[0]}" if close else f"add it under reads.graphql: `{name}: …`",
    )


def _roots(query: str) -> list[tuple[str, str]]:
    """(name in the reply, name in the schema) of each root field of the first operation."""
    from graphql import FieldNode, GraphQLSyntaxError, OperationDefinitionNode, parse

    try:
        document = parse(query, no_location=True)
    except GraphQLSyntaxError as error:
        raise _unanswered(f"the script's query is not GraphQL: {error.message}", "a store would refuse it") from error
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    fields = [node for each in operations[:1] for node in each.selection_set.selections if isinstance(node, FieldNode)]
    return [(field.alias.value if field.alias else field.name.value, field.name.value) for field in fields]


def _unanswered(message: str, hint: str) -> InputError:
    return InputError(message, hint=hint, code=INVALID)


def _fresh(value: Any) -> Any:
    """A copy: a script may change what it is given."""
    return json.loads(json.dumps(value))
