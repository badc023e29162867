"""How templates see the shop and the cache while the engine renders them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from runner.actions.base import ShopClient
from runner.engine.results import stored_result
from runner.liquid.reads import ResultLines
from runner.store.bulk import BulkRows
from runner.store.cache import CacheRows

_NOT_FOUND = 404


class EngineReads:
    """``runner.liquid.reads.Reads`` over a shop's client and the store's cache.

    ``client`` None: nobody answers queries and look-ups, which are nil then; the cache is still there. ``results`` are
    those of bulk operations; None: none are kept.
    """

    def __init__(self, client: ShopClient | None, cache: CacheRows, shop: str, results: BulkRows | None = None) -> None:
        self._results = results
        self._client = client
        self._cache = cache
        self._shop = shop

    def graphql(self, query: str, variables: Mapping[str, Any] | None = None) -> Any:
        """The whole response, error answers included. Raises ShopifyError when there is none."""
        return None if self._client is None else self._client.graphql(query, variables).body

    def rest(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        """The body of ``GET``; None for what does not exist. Raises ShopifyError for any other refusal."""
        if self._client is None:
            return None
        reply = self._client.rest("GET", f"/admin/{path}", None, params)
        if reply.status == _NOT_FOUND:
            return None
        failure = reply.failure()
        if failure is not None:
            raise failure
        return reply.body

    def cache(self, key: str) -> Any:
        """The live value under ``key``."""
        return self._cache.get(self._shop, key)

    def cache_items(self) -> Iterable[tuple[str, Any]]:
        """All live entries by key."""
        return self._cache.items(self._shop)

    def bulk_result(self, operation_id: str) -> ResultLines | None:
        """The kept result of an operation. Raises LookupError when it is not there, or no longer."""
        return None if self._results is None else stored_result(self._results, self._shop, operation_id)
