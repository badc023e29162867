"""Bulk operations: how to ask after one, and how its result is read (actions.md 4.6)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from runner.errors import ShopifyError

if TYPE_CHECKING:
    import httpx

FINAL = frozenset({"COMPLETED", "FAILED", "CANCELED", "EXPIRED"})
_FIELDS = "id type status errorCode createdAt completedAt objectCount rootObjectCount fileSize url partialDataUrl query"
BY_ID = f"query BulkOperationById($id: ID!) {{ node(id: $id) {{ ... on BulkOperation {{ {_FIELDS} }} }} }}"
"""Any version of the Admin API answers this; ``bulkOperation(id:)`` came with 2026-01 only."""
NEWEST = {
    kind: f"query NewestBulkOperation {{ currentBulkOperation(type: {kind}) {{ {_FIELDS} }} }}"
    for kind in ("QUERY", "MUTATION")
}


@contextmanager
def result_lines(http: httpx.Client, url: str, *, base_url: str) -> Iterator[Iterator[bytes]]:
    """The lines of the result at ``url``, read as they are wanted. No token goes there: it is not the shop's.

    Raises ``ShopifyError`` in between: transient when the connection fails; permanent, with its ``status``, when the
    address is not good, or no longer.
    """
    import httpx

    if not url.startswith(("https://", f"{base_url}/")):
        raise ShopifyError(f"the result of the bulk operation is at {url!r}, which is no https address")
    try:
        with http.stream("GET", url, headers={"Accept": "*/*"}, follow_redirects=False) as reply:
            if reply.status_code != 200:
                raise ShopifyError(
                    f"the result of the bulk operation cannot be fetched: status {reply.status_code}",
                    code="shopify.bulk_result",
                    status=reply.status_code,
                    transient=reply.status_code >= 500 or reply.status_code == 429,
                    hint="results are kept for seven days",
                )
            yield _lines(reply.iter_bytes())
    except httpx.HTTPError as error:
        raise ShopifyError(
            f"the result of the bulk operation did not arrive: {type(error).__name__} {error}".rstrip(),
            code="shopify.bulk_result",
            transient=True,
        ) from error


def _lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Split at line feeds only: texts in JSON may hold other separators of lines."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole
    if rest:
        yield rest
