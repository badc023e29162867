"""The book of dispatches: one small row each, kept by DBOS in the database of the store (durability.md 5).

The only module that speaks to DBOS. Its rows hold a run id and a dispatch number, and are written in the transaction
of ours that makes the dispatch; its functions do the claiming, the limit for each shop, priorities and delays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from dbos import DBOS, DBOSClient, DBOSConfig, DBOSPortableJSONSerializer, EnqueueOptions

from runner.clock import iso_utc
from runner.engine.queue.learned import Dispatch, LearnedEnqueue
from runner.engine.queue.limits import QueueLimits
from runner.engine.queue.log import join_log
from runner.errors import ConfigError
from runner.store import Store, Transaction
from runner.store.chunks import chunks
from runner.store.database import dispose

QUEUE = "runs"
WORKFLOW = "run_job"
APPLICATION = "mech"
VERSION = "1"
"""Constant: rows of another version are never claimed, and the library's default is a hash of our source."""

MAX_DEATHS = 5
"""How often a run may take its process with it before it is given up."""

PENDING = "PENDING"
WORN_OUT = "MAX_RECOVERY_ATTEMPTS_EXCEEDED"
WAITING = ("ENQUEUED", "DELAYED")
LIVE = frozenset((PENDING, *WAITING))
FINISHED = ("SUCCESS", "ERROR", "CANCELLED", WORN_OUT)


def dispatch_id(run_id: str, dispatch_no: int) -> str:
    """The key of a dispatch. One that is used already is not queued again: dispatching twice is harmless."""
    return f"{run_id}#{dispatch_no}"


def run_of(key: str) -> tuple[str, int]:
    """The run id and dispatch number of a key."""
    run_id, _, number = key.rpartition("#")
    return run_id, int(number) if number.isdigit() else 0


class Dispatches:
    """The book in the database of ``store``, whose tables are made when missing. Raises StoreError."""

    def __init__(self, store: Store) -> None:
        join_log()
        self._store = store
        self._database = store.database
        self._engine = store.database.queue_engine()
        try:
            self._client = self._prepared()
        except BaseException:
            dispose(self._engine)
            raise
        self._learned = LearnedEnqueue(self._enqueue)

    def _prepared(self) -> DBOSClient:
        with self._database.wording("prepared for the queue"):
            DBOS.migrate(self._database.url.render_as_string(hide_password=False))
            return DBOSClient(
                system_database_engine=self._engine,
                serializer=DBOSPortableJSONSerializer(),
                application_name=APPLICATION,
                retry_connection_errors=False,
            )

    def add(
        self, transaction: Transaction, run_id: str, dispatch_no: int, *, shop: str, priority: int, delay: float
    ) -> None:
        """Queue a dispatch as part of ``transaction``, to be claimed in ``delay`` seconds."""
        key, partition = dispatch_id(run_id, dispatch_no), shop or "-"
        if delay <= 0:
            self._learned.add(transaction, Dispatch(key, run_id, dispatch_no, partition, priority))
            return
        options = _options(key, partition, priority)
        options["delay_seconds"] = delay
        self._client.enqueue_in_transaction(transaction, options, run_id, dispatch_no)

    def _enqueue(self, transaction: Transaction, key: str, run_id: str, number: int, shop: str, priority: int) -> None:
        self._client.enqueue_in_transaction(transaction, _options(key, shop, priority), run_id, number)

    def cancel(self, keys: Sequence[str]) -> None:
        """Take dispatches back that nobody claimed; unknown and ended ones are left alone."""
        with self._database.wording("written"):
            for some in chunks(keys, 5000):
                self._client.cancel_workflows(list(some))

    def states(self, keys: Sequence[str]) -> dict[str, str]:
        """The state of each of these dispatches; those that are not in the book are missing."""
        found: dict[str, str] = {}
        with self._database.wording("read"):
            for some in chunks(keys):
                rows = self._client.list_workflows(workflow_ids=list(some), load_input=False, load_output=False)
                found.update((row.workflow_id, row.status) for row in rows)
        return found

    def waiting(self, *, limit: int, offset: int) -> list[str]:
        """The keys of a page of dispatches that nobody has claimed yet, oldest first."""
        with self._database.wording("read"):
            rows = self._client.list_workflows(
                status=list(WAITING), queue_name=QUEUE, limit=limit, offset=offset, load_input=False, load_output=False
            )
        return [row.workflow_id for row in rows]

    def owners(self) -> frozenset[str]:
        """The worker processes that have claimed something and not ended it."""
        with self._database.wording("read"):
            rows = self._client.list_workflows(status=PENDING, load_input=False, load_output=False)
        return frozenset(row.executor_id for row in rows if row.executor_id)

    def lost(self, keys: Sequence[str], executor_id: str) -> list[str]:
        """Those of these dispatches, claimed by this worker process, that others claimed since, or may claim now."""
        found: list[str] = []
        with self._database.wording("read"):
            for some in chunks(keys):
                rows = self._client.list_workflows(workflow_ids=list(some), load_input=False, load_output=False)
                for row in rows:
                    if row.status in WAITING or row.executor_id not in (executor_id, None):
                        found.append(row.workflow_id)
        return found

    def forget(self, before: datetime, *, limit: int) -> int:
        """Delete up to ``limit`` dispatches that ended earlier than ``before``; how many."""
        with self._database.wording("written"):
            rows = self._client.list_workflows(
                status=list(FINISHED),
                completed_before=iso_utc(before),
                limit=limit,
                load_input=False,
                load_output=False,
            )
            if rows:
                self._client.delete_workflows([row.workflow_id for row in rows])
        return len(rows)

    def launch(self, executor_id: str, body: Callable[[str, int], None], limits: QueueLimits) -> None:
        """Begin to claim dispatches in this process, and give them to ``body`` on threads.

        ``executor_id`` must be new. A process launches once at a time: raises ConfigError for a second queue.
        """
        config: DBOSConfig = {
            "name": APPLICATION,
            "system_database_url": self._database.url.render_as_string(hide_password=False),
            "system_database_engine": self._engine,
            "executor_id": executor_id,
            "application_version": VERSION,
            "serializer": DBOSPortableJSONSerializer(),
            "log_level": "WARNING",
            "max_executor_threads": limits.worker * 2,
            "scheduler_polling_interval_sec": 3600.0,
        }
        with self._database.wording("opened"):
            # Before the launch, whose claiming thread looks for new queues only now and then.
            self._client.register_queue(
                QUEUE,
                partition_concurrency=limits.shop,
                worker_concurrency=limits.worker,
                polling_interval_sec=limits.poll,
                on_conflict="always_update",
            )
            DBOS(config=config)
            join_log()
            if DBOS.executor_id != executor_id:
                raise ConfigError(
                    "this process works on a durable queue already",
                    hint="Stop that queue first, or start another process with `runner worker`.",
                )
            DBOS.workflow(name=WORKFLOW, max_recovery_attempts=MAX_DEATHS)(body)
            try:
                DBOS.launch()
            except BaseException:
                DBOS.destroy(destroy_registry=True)
                raise

    def take_over(self, executor_ids: Iterable[str]) -> int:
        """Queue again what these worker processes have claimed; how many dispatches. Needs ``launch``.

        The library calls it internal. It is used here only, the version is pinned, and a test shows what it must do.
        Two workers that take over the same at once do no harm: a claim is moved once.
        """
        with self._database.wording("written"):
            return len(DBOS._recover_pending_workflows(list(executor_ids)))

    def land(self, grace: float) -> None:
        """Claim no more; wait up to ``grace`` seconds for the bodies under way, then leave them."""
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=round(grace))

    def close(self) -> None:
        """Let go of the database."""
        self._client.destroy()
        dispose(self._engine)


def _options(key: str, shop: str, priority: int) -> EnqueueOptions:
    return {
        "workflow_name": WORKFLOW,
        "queue_name": QUEUE,
        "workflow_id": key,
        "app_version": VERSION,
        "priority": priority,
        "queue_partition_key": shop,
    }
