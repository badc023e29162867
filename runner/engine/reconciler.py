"""Finds what Shopify failed to tell: asks the shop what changed, and makes the events that never came (engine.md 10).

Each topic that tasks subscribe to, and whose changes can be listed, has a watermark. A look takes in everything from a
little before it up to a few minutes ago, since deliveries may be late, compares that with the events that are kept, and
accepts one for each resource that nobody told of. Such events have the source ``reconciliation``.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from runner.clock import iso_utc
from runner.errors import ShopifyError
from runner.model.event import Event
from runner.shopify.changes import RECONCILED, Caller, Change, changes, key_of, moment_of, read_moment
from runner.store import Store, Transaction
from runner.store.kept import KeptValues

if TYPE_CHECKING:
    from runner.engine.engine import Engine

SOURCE = "reconciliation"
LATE = timedelta(minutes=5)
"""So long a delivery may take: what is younger is looked at the next time."""
OVERLAP = timedelta(minutes=10)
"""So much of the span before is looked at again, since the shop's searches lag behind."""
FARTHEST = timedelta(days=7)
"""A standstill longer than that is made up for from there on."""

_log = logging.getLogger(__name__)


class Reconciler:
    """A long chore of workers: looks after each topic ``every`` so often. Any number of processes may.

    ``client`` is asked; it is throttled as all others. Trouble with one topic, such as a missing scope, is logged, and
    does not keep the others from being looked after; its watermark stays, so that nothing is left out.
    """

    # differs: the platform makes up for no delivery that Shopify failed to make (engine.md 5.3).
    def __init__(self, engine: Engine, client: Caller, every: timedelta) -> None:
        self._engine = engine
        self._client = client
        self._every = every
        self._store = engine.store
        self._marks = KeptValues(engine.store.database, "reconciled")

    def look(self) -> int:
        """Look after the topics whose time has come; how many events were missing. Raises StoreError."""
        found = 0
        for topic in sorted(RECONCILED & self._engine.wanted_topics()):
            now = self._store.clock.now()
            mark = self._marks.get(topic) or {}
            first, last = read_moment(mark.get("from")), read_moment(mark.get("until"))
            if first is None or last is None:
                # What came before is nobody's to tell: from here on nothing is lost.
                self._marks.put(topic, {"from": iso_utc(now - LATE), "until": iso_utc(now - LATE)})
            elif now - LATE - last >= self._every:
                found += self._looked(topic, first, last, now - LATE)
        return found

    def _looked(self, topic: str, first: datetime, last: datetime, until: datetime) -> int:
        since = max(first, max(last, until - FARTHEST) - OVERLAP)
        try:
            count = sum(self._made_up(topic, change) for change in self._missing(topic, since, until))
        except ShopifyError as error:
            _log.warning("%s could not be reconciled: %s%s", topic, error, f" ({error.hint})" if error.hint else "")
            return 0
        self._marks.put(topic, {"from": iso_utc(first), "until": iso_utc(until)})
        if count:
            _log.warning("%s event(s) of %s had never come; they are made up for", count, topic)
        return count

    def _missing(self, topic: str, since: datetime, until: datetime) -> Iterator[Change]:
        known: dict[str, datetime] = {}
        for data in self._store.events.data_since(self._engine.domain, topic, since):
            key, at = key_of(topic, data), moment_of(topic, data)
            if key is not None and at is not None:
                known[key] = max(at, known.get(key, at))
        for change in changes(self._client, topic, since, until):
            latest = known.get(change.key)
            if latest is None or latest < change.at.replace(microsecond=0):
                yield change

    def _made_up(self, topic: str, change: Change) -> bool:
        """Accept the event of a change; False when that was done before, or the resource is gone."""
        payload = change.payload()
        if payload is None:
            return False
        event = Event(topic, dict(payload), source=SOURCE, shopify_topic=topic)
        # The record as it is now: its own moment counts, which may be later than the listed one.
        at = moment_of(topic, event.data) or change.at
        origin = {"reconciled": {"changed_at": iso_utc(at)}}
        return self._engine.accept(event, _name(topic, change.key, at), origin=origin) is not None


def made_up_for(store: Store, transaction: Transaction, event: Event, shop: str) -> bool:
    """Whether ``event``, a webhook that comes late, tells what the reconciler has made an event of already."""
    if event.source != "shopify" or event.topic not in RECONCILED:
        return False
    key, at = key_of(event.topic, event.data), moment_of(event.topic, event.data)
    if key is None or at is None:
        return False
    return store.events.has(shop, _name(event.topic, key, at), within=transaction)


def _name(topic: str, key: str, at: datetime) -> str:
    """The dedupe key of a made-up event; Shopify's moments are whole seconds in some places and not in others."""
    return f"reconciled:{topic}:{key}:{iso_utc(at.replace(microsecond=0))}"
