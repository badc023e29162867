"""Reads: the protocol through which templates see the world outside their event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol


class ResultLines(Protocol):
    """The lines of a bulk operation's result, as they stand in its file, by number from 0 on."""

    def __len__(self) -> int: ...

    def __getitem__(self, number: int, /) -> bytes: ...

    def __iter__(self) -> Iterator[bytes]: ...


class Reads(Protocol):
    """What a template may ask. Implementations: the engine's over a shop and a store, a fixture's recordings, none.

    Values are fresh plain JSON data. A failure of the transport is raised as ``ShopifyError`` after the
    implementation's own waiting; an error *answer* of GraphQL is a normal return value.
    """

    def graphql(self, query: str, variables: Mapping[str, Any] | None = None) -> Any:
        """The whole response ``{"data", "errors", "extensions"}`` of a GraphQL query, or None when nobody answers."""

    def rest(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        """The JSON body of ``GET /admin/api/<version>/<path>``, for example ``variants/1.json``; None when the
        resource does not exist, or nobody answers."""

    def cache(self, key: str) -> Any:
        """The cached value under ``key``, None when there is none or it has expired."""

    def cache_items(self) -> Iterable[tuple[str, Any]]:
        """All live cache entries, ordered by key."""

    def bulk_result(self, operation_id: str) -> ResultLines | None:
        """The result of a bulk operation; None where none are kept. Raises LookupError when it is not there."""


class NoReads:
    """Nothing answers: previews (tasks.md 4.1), and renderings without a store."""

    def graphql(self, query: str, variables: Mapping[str, Any] | None = None) -> Any:
        return None

    def rest(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        return None

    def cache(self, key: str) -> Any:
        return None

    def cache_items(self) -> Iterable[tuple[str, Any]]:
        return ()

    def bulk_result(self, operation_id: str) -> ResultLines | None:
        return None
