"""What Shopify's mandatory webhooks ask for, told to the operator or done by itself (engine.md 10)."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from runner.engine.operations.purging import (
    COMPLIANCE_TOPICS,
    CUSTOMER_DATA,
    CUSTOMER_REDACT,
    SHOP_REDACT,
    Held,
    erase_everything,
    find,
    subject_of,
)
from runner.engine.queue.port import Queue
from runner.errors import InputError
from runner.store import Store, Wanted
from runner.store.events import EventRow

EVERY = timedelta(minutes=5)

_ASKS = {
    CUSTOMER_REDACT: "to delete what is kept of a customer: `runner purge --request {}` does",
    CUSTOMER_DATA: "what is kept of a customer: `runner purge --request {} --dry-run` tells",
    SHOP_REDACT: "to delete everything of the shop: `runner purge --request {}` does",
}
_log = logging.getLogger(__name__)


class Compliance:
    """A chore of the worker: every five minutes, looks for requests among the events; once done, they are erased too.

    Requests and what is erased are those of the domain ``shop`` alone. Each request is told in the log once by each
    process. ``at_once``: requests to delete are done as well, without being asked. What is still being worked on is not
    cancelled for them, it is erased when it is over: a run may be about many other customers. Several workers at once
    do no harm.
    """

    def __init__(self, store: Store, queue: Queue, shop: str, *, at_once: bool) -> None:
        self._store = store
        self._queue = queue
        self._shop = shop
        self._at_once = at_once
        self._told: set[str] = set()
        self._last: datetime | None = None

    def look(self) -> None:
        """Tell of requests, and do those that may be done. Raises StoreError, and goes on at the next call."""
        now = self._store.clock.now()
        if self._last is not None and self._last <= now < self._last + EVERY:
            return
        requests = [(topic, row) for topic in COMPLIANCE_TOPICS for row in self._rows(topic)]
        self._told &= {row.event.id or "" for _, row in requests}
        mine = frozenset(row.event.id or "" for topic, row in requests if topic == CUSTOMER_REDACT)
        for topic, row in requests:
            self._tell(topic, row.event.id or "")
            if not self._at_once or topic == CUSTOMER_DATA or self._store.retention.open_events([row.event.id or ""]):
                continue
            if topic == SHOP_REDACT:
                number = erase_everything(self._store, self._queue, self._shop)
                _log.warning(
                    "%s event(s), all there were of the shop, and its cache are deleted, as Shopify asked", number
                )
                break
            self._erase(row, mine)
        self._last = now

    def _rows(self, topic: str) -> list[EventRow]:
        """The requests that are not done, oldest first: what is erased has no data any more."""
        found = self._store.search.event_ids(Wanted(topic=f"shopify/{topic}", shop=self._shop))
        rows = [self._store.events.get(event_id) for _, event_id in found]
        return [row for row in rows if row is not None and row.cleared_at is None]

    def _tell(self, topic: str, event_id: str) -> None:
        if event_id not in self._told:
            self._told.add(event_id)
            _log.warning("Shopify asks %s", _ASKS[topic].format(event_id[:8]))

    def _erase(self, row: EventRow, requests: frozenset[str]) -> None:
        """Erase the customer of a request, and the request itself once nothing of theirs is being worked on."""
        own = row.event.id or ""
        try:
            subject = subject_of(row.event.data if isinstance(row.event.data, dict) else {})
            held = find(self._store, subject, shop=self._shop)
        except InputError:
            return  # it names nobody who could be looked for: it was told, and is for people
        # Other requests name orders of their own: each stays until it is done itself.
        held = Held(
            tuple(event_id for event_id in held.events if event_id not in requests),
            tuple(event_id for event_id in held.pending if event_id not in requests),
            held.cache,
        )
        done = (*held.events, *(() if held.pending else (own,)))
        self._store.erasure.erase(done, held.cache)
        if done or held.cache:
            _log.warning(
                "the data and runs of %s event(s) and %s cache key(s) of a customer are deleted, as Shopify asked; "
                "%s event(s) are still being worked on",
                len(held.events),
                len(held.cache),
                len(held.pending),
            )
