"""Where made-up answers differ from those a store gives: which values are nil there, or of another kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from runner.liquid.reads import Reads, ResultLines

_KINDS = {bool: "true or false", str: "text", int: "a number", float: "a number", list: "a list", dict: "an object"}
NIL = "nil"


@dataclass(slots=True)
class AnswersKept:
    """Passes reads on, and keeps what was answered to each query. ``answers``: the ``data`` of each answer."""

    reads: Reads
    answers: list[Mapping[str, Any]] = field(default_factory=list)

    def graphql(self, query: str, variables: Mapping[str, Any] | None = None) -> Any:
        """As ``Reads.graphql``."""
        answer = self.reads.graphql(query, variables)
        data = answer.get("data") if isinstance(answer, Mapping) else None
        if isinstance(data, Mapping):
            self.answers.append(data)
        return answer

    def rest(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        """As ``Reads.rest``."""
        return self.reads.rest(path, params)

    def cache(self, key: str) -> Any:
        """As ``Reads.cache``."""
        return self.reads.cache(key)

    def cache_items(self) -> Iterable[tuple[str, Any]]:
        """As ``Reads.cache_items``."""
        return self.reads.cache_items()

    def bulk_result(self, operation_id: str) -> ResultLines | None:
        """As ``Reads.bulk_result``."""
        return self.reads.bulk_result(operation_id)


@dataclass(frozen=True, slots=True)
class StubDifference:
    """One value: ``path`` with ``[]`` for the elements of a list, what the ``stub`` has and what the ``store`` has."""

    path: str
    stub: str
    store: str

    def to_dict(self) -> dict[str, str]:
        """JSON-ready."""
        return {"path": self.path, "stub": self.stub, "store": self.store}


def differences(stub: Any, answers: Iterable[Mapping[str, Any]]) -> list[StubDifference] | None:
    """Where ``stub``, a whole response, differs in kind from the answers to queries with the same roots.

    None when no query with those roots was made, or the stub is no response. A value that any of the answers has of
    the stub's kind does not differ, neither does one below a list that is empty in the store.
    """
    data = stub.get("data") if isinstance(stub, Mapping) else None
    if not isinstance(data, Mapping) or not data:
        return None
    fitting = [answer for answer in answers if data.keys() <= answer.keys()]
    return list(_differing(data, fitting, "")) if fitting else None


def _differing(stub: Any, real: list[Any], path: str) -> Iterator[StubDifference]:
    kind = _kind(stub)
    kinds = {_kind(each): None for each in real}
    if stub is None or not kinds:
        return
    if kind not in kinds:
        yield StubDifference(path, kind, " or ".join(kinds))
    elif isinstance(stub, Mapping):
        maps = [each for each in real if isinstance(each, Mapping)]
        for key, inner in stub.items():
            below = f"{path}.{key}" if path else str(key)
            values = [each[key] for each in maps if key in each]
            if values:
                yield from _differing(inner, values, below)
            else:
                yield StubDifference(below, _kind(inner), "not selected by the query")
    elif isinstance(stub, list) and stub:
        elements = [element for each in real if isinstance(each, list) for element in each]
        seen: dict[StubDifference, None] = {}
        for element in stub:
            seen.update(dict.fromkeys(_differing(element, elements, f"{path}[]")))
        yield from seen


def _kind(value: Any) -> str:
    return NIL if value is None else _KINDS[type(value)]
