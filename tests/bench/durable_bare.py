"""What DBOS alone does: a workflow with three steps that do nothing, on the settings that our queue uses too."""

from __future__ import annotations

from typing import Any

from dbos import DBOS, DBOSClient, DBOSConfig, DBOSPortableJSONSerializer, EnqueueOptions
from sqlalchemy import create_engine, event

QUEUE = "bare"
VERSION = "1"


def engine_of(url: str) -> Any:
    """A pool of connections with the pragmas of ours on SQLite."""
    if not url.startswith("sqlite"):
        return create_engine(url.replace("postgresql://", "postgresql+psycopg://"), pool_size=10)
    engine = create_engine(url, connect_args={"check_same_thread": False}, pool_size=10)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: Any) -> None:
        for pragma in ("busy_timeout=30000", "journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")
        connection.isolation_level = "IMMEDIATE"

    return engine


def client_of(url: str) -> DBOSClient:
    """A client that enqueues, the tables made."""
    DBOS.migrate(url.replace("postgresql://", "postgresql+psycopg://"))
    return DBOSClient(
        system_database_engine=engine_of(url), serializer=DBOSPortableJSONSerializer(), application_name="bare"
    )


def launch(url: str, executor_id: str, poll: float) -> None:
    """Begin to claim and run workflows."""
    config: DBOSConfig = {
        "name": "bare",
        "system_database_url": url.replace("postgresql://", "postgresql+psycopg://"),
        "system_database_engine": engine_of(url),
        "executor_id": executor_id,
        "application_version": VERSION,
        "serializer": DBOSPortableJSONSerializer(),
        "log_level": "WARNING",
        "scheduler_polling_interval_sec": 3600.0,
    }
    client = client_of(url)
    client.register_queue(
        QUEUE, partition_concurrency=5, worker_concurrency=16, polling_interval_sec=poll, on_conflict="always_update"
    )
    client.destroy()
    DBOS(config=config)

    @DBOS.step()
    def step(name: str) -> str:
        return name

    @DBOS.workflow(name="three_steps")
    def three_steps(name: str) -> str:
        return step(name) + step("first") + step("second")

    DBOS.launch()


def enqueue(client: DBOSClient, names: list[str], shops: int) -> None:
    """One workflow for each name, over ``shops`` partitions."""
    for number, name in enumerate(names):
        options: EnqueueOptions = {
            "workflow_name": "three_steps",
            "queue_name": QUEUE,
            "workflow_id": name,
            "app_version": VERSION,
            "queue_partition_key": f"shop{number % shops}",
        }
        client.enqueue(options, name)


def ended(client: DBOSClient) -> int:
    """How many workflows have succeeded."""
    return len(client.list_workflows(status="SUCCESS", load_input=False, load_output=False))
