"""The tables as SQLAlchemy Core sees them. The migrations create them; a test compares the two (durability.md 5.1).

Every name starts with ``mech_``: the durable queue keeps its own unprefixed tables in the same database.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from runner.store.columns import JsonText, Moment, PlainText

METADATA = MetaData()


def _number() -> Column[int]:
    """The growing key that keeps insertion order. SQLite grows only ``INTEGER`` keys by itself."""
    return Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)


MIGRATIONS = Table(
    "mech_migrations",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("applied_at", Moment, nullable=False),
)

META = Table("mech_meta", METADATA, Column("name", Text, primary_key=True), Column("value", Text))

EVENTS = Table(
    "mech_events",
    METADATA,
    _number(),
    Column("id", Text, nullable=False, unique=True),
    Column("shop", Text, nullable=False),
    Column("topic", PlainText, nullable=False),
    Column("shopify_topic", PlainText),
    Column("source", PlainText),
    Column("data", JsonText),
    Column("parent_id", Text),
    Column("origin_run_id", Text),
    Column("targets", JsonText),
    Column("dedupe", Text),
    Column("created_at", Moment, nullable=False),
    Column("run_at", Moment, nullable=False),
    Column("origin", JsonText),
    Column("cleared_at", Moment),
    UniqueConstraint("shop", "dedupe"),
)

RUNS = Table(
    "mech_runs",
    METADATA,
    _number(),
    Column("id", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("shop", Text, nullable=False),
    Column("event_id", Text, ForeignKey("mech_events.id", ondelete="CASCADE"), nullable=False),
    Column("parent_id", Text),
    Column("seq", Integer, nullable=False),
    Column("task_id", Text),
    Column("task_name", PlainText),
    Column("state", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("run_at", Moment),
    Column("owner", Text),
    Column("dispatch_no", Integer, nullable=False),
    Column("claim", Text),
    Column("job_open", Boolean, nullable=False),
    Column("sequence", Boolean, nullable=False),
    Column("halts", Boolean, nullable=False),
    Column("enqueued_at", Moment),
    Column("started_at", Moment),
    Column("stopped_at", Moment),
    Column("sent_at", Moment),
    Column("payload", JsonText),
    Column("result", JsonText),
    Column("result_meta", JsonText),
    Column("response", JsonText),
    Column("error", PlainText),
    Column("failure", JsonText),
    Column("idem_key", Text),
    Column("fingerprint", Text),
    Column("guard_key", PlainText),
    Column("attempts_before", Integer, nullable=False),
)

ATTEMPTS = Table(
    "mech_attempts",
    METADATA,
    Column("run_id", Text, ForeignKey("mech_runs.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("started_at", Moment, nullable=False),
    Column("sent_at", Moment),
    Column("ended_at", Moment),
    Column("error", PlainText),
)

CACHE = Table(
    "mech_cache",
    METADATA,
    Column("shop", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("expires_at", Moment, nullable=False),
)

SCHEDULE = Table(
    "mech_schedule",
    METADATA,
    Column("shop", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("looked_at", Moment, nullable=False),
)

DEPRECATIONS = Table(
    "mech_deprecations",
    METADATA,
    Column("shop", Text, primary_key=True),
    Column("task_id", Text, primary_key=True),
    Column("edition", Text, primary_key=True),
    Column("request", Text, primary_key=True),
    Column("version", Text, primary_key=True),
    Column("reason", PlainText, nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("last_seen", Moment, nullable=False),
)

WORKERS = Table(
    "mech_workers",
    METADATA,
    Column("executor_id", Text, primary_key=True),
    Column("seen", Moment, nullable=False),
    Column("beat", BigInteger, nullable=False),
    Column("host", Text, nullable=False),
    Column("version", Text, nullable=False),
)

BULK_OPERATIONS = Table(
    "mech_bulk_operations",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("shop", Text, nullable=False),
    Column("operation_id", Text),
    Column("kind", Text, nullable=False),
    Column("api_version", Text),
    Column("task_id", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("action_run_id", Text, ForeignKey("mech_runs.id", ondelete="CASCADE"), nullable=False),
    Column("status", Text),
    Column("looks", Integer, nullable=False),
    Column("look_at", Moment),
    Column("begun_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("error", PlainText),
)

BULK_LINES = Table(
    "mech_bulk_lines",
    METADATA,
    Column("bulk_id", Text, ForeignKey("mech_bulk_operations.id", ondelete="CASCADE"), primary_key=True),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("first_line", BigInteger, nullable=False),
    Column("line_count", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
)
