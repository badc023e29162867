"""Asks after the bulk operations that actions started, until each has ended and its task knows (engine.md 5.6)."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any, Protocol

from runner.actions.base import ShopClient
from runner.engine.bulk_start import BULK_TOPIC
from runner.engine.engine import Engine
from runner.engine.holding import IN_PLACE
from runner.errors import ShopifyError
from runner.model.event import Event
from runner.shopify.bulk import BY_ID, FINAL, NEWEST
from runner.store.bulk import BulkWatch, LostLook

LEASE = timedelta(minutes=2)
"""So long a look belongs to who began it; then another worker may begin one. Fetching a result renews it."""
SHORTEST, LONGEST, GROWTH = 2.0, 30.0, 1.4
"""Seconds between two looks at an operation: from the first to the second, and by what factor they grow."""
KEPT_FOR = timedelta(days=7)
"""So long Shopify keeps a result."""
GIVE_UP = timedelta(days=11)
"""An operation that the shop tells nothing of is over by then: ten days at most to run, in any version."""
UNKNOWN_TASK = timedelta(minutes=5)
"""How often an operation that has ended is looked at while nobody knows the task that started it."""

_log = logging.getLogger(__name__)


class BulkShop(ShopClient, Protocol):
    """The shop as it is asked after bulk operations; ``runner.shopify.client`` is the real one."""

    def result_lines(self, url: str) -> AbstractContextManager[Iterator[bytes]]:
        """The lines of a result. Raises ShopifyError."""

    def at(self, version: str) -> BulkShop: ...


class BulkOperations:
    """Looks after the operations of the engine's shop; any number of processes may, each look is done by one.

    When an operation has ended, its result is fetched and kept, and the task that started it gets the event
    ``mechanic/shopify/bulk_operation``. If that task does not subscribe to it, nothing happens.
    """

    def __init__(self, engine: Engine, client: BulkShop) -> None:
        self._engine = engine
        self._client = client
        self._store = engine.store
        self._clock = engine.store.clock

    def look(self) -> int:
        """Do the looks that are due; how many operations ended. Raises StoreError only."""
        ended = 0
        for watch in self._store.bulk.due(self._engine.domain, self._clock.now()):
            if self._client.hold() > IN_PLACE:
                break
            claimed = self._store.bulk.claim(watch, self._lease())
            if claimed is not None:
                ended += self._looked(claimed)
        return ended

    def next_at(self) -> datetime | None:
        """When the next look is due; None when no operation is waited for."""
        return min((watch.look_at for watch in self.open if watch.look_at is not None), default=None)

    @property
    def open(self) -> tuple[BulkWatch, ...]:
        """The operations that are waited for."""
        return self._store.bulk.open(self._engine.domain)

    def _looked(self, watch: BulkWatch) -> bool:
        """One look; whether the operation has ended. Trouble with the shop means another look later."""
        client = self._client if watch.api_version is None else self._client.at(watch.api_version)
        try:
            found = _asked(client, watch)
            if found is None and self._clock.now() - watch.begun_at > GIVE_UP:
                found = {"id": watch.operation_id, "type": watch.kind, "status": "EXPIRED", "url": None}
            if found is not None and found["status"] in FINAL:
                return self._ended(client, watch, found)
        except ShopifyError as error:
            _log.warning("the bulk operation %s is asked after again later: %s", watch.operation_id or "?", error)
            self._store.bulk.note(watch, self._next(watch), error=str(error))
            return False
        except LostLook:
            return False
        known = {} if found is None else {"operation_id": found["id"], "status": found["status"]}
        trouble = "the shop does not know this operation" if found is None else None
        self._store.bulk.note(watch, self._next(watch), error=trouble, **known)
        return False

    def _ended(self, client: BulkShop, watch: BulkWatch, found: Mapping[str, Any]) -> bool:
        task = self._engine.task(watch.task_id)
        if task is None and self._clock.now() - watch.begun_at <= GIVE_UP:
            # Another process may know it: `runner run` starts tasks that are not enabled here.
            return self._store.bulk.note(watch, self._clock.now() + UNKNOWN_TASK, status=found["status"]) is None
        if task is not None and task.enabled and task.wants(BULK_TOPIC):
            # By its id the result is found, so it must be known before the event is. By its status word of its end
            # that comes meanwhile is no news.
            named = self._store.bulk.note(watch, self._lease(), operation_id=found["id"], status=found["status"])
            if named is None:
                return False
            data = self._with_result(client, watch, dict(found))
            row = self._store.events.get(watch.event_id)
            event = Event(
                topic=BULK_TOPIC,
                data=data,
                source="bulk_operation",
                parent=None if row is None else row.event,
                targets=frozenset({watch.task_id}),
            )
            self._engine.accept(event, f"bulk_operation:{found['id']}", origin={"action_run": watch.action_run_id})
            found = data
        values = {"operation_id": found["id"], "status": found["status"], "error": None}
        return self._store.bulk.note(watch, None, ended_at=self._clock.now(), **values) is not None

    def _with_result(self, client: BulkShop, watch: BulkWatch, found: dict[str, Any]) -> dict[str, Any]:
        """The operation's attributes, its result kept; as expired when there was one that can no longer be had."""
        if not found.get("url"):
            return found
        try:
            with client.result_lines(found["url"]) as lines:
                self._store.bulk.keep_lines(watch, lines, renew=self._lease)
        except ShopifyError as error:
            if error.transient or not self._is_past(found.get("completedAt") or found.get("createdAt")):
                raise
            return {**found, "status": "EXPIRED", "url": None}
        return found

    def _is_past(self, moment: Any) -> bool:
        """Whether a result of that time is no longer kept by the shop."""
        try:
            ended_at = datetime.fromisoformat(str(moment))
        except ValueError:
            return False
        return ended_at.tzinfo is not None and self._clock.now() - ended_at > KEPT_FOR

    def _lease(self) -> datetime:
        return self._clock.now() + LEASE

    def _next(self, watch: BulkWatch) -> datetime:
        seconds = min(LONGEST, SHORTEST * GROWTH ** min(watch.looks, 20))
        return self._clock.now() + timedelta(seconds=seconds)


def _asked(client: ShopClient, watch: BulkWatch) -> dict[str, Any] | None:
    """The attributes of the operation; None when the shop knows none. Raises ShopifyError."""
    if watch.operation_id is None:
        reply, root = client.graphql(NEWEST[watch.kind]), "currentBulkOperation"
    else:
        reply, root = client.graphql(BY_ID, {"id": watch.operation_id}), "node"
    failure = reply.failure()
    if failure is not None:
        raise failure
    found = (reply.body.get("data") or {}).get(root)
    return found if isinstance(found, dict) and found.get("status") else None
