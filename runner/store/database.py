"""Opens the database, hands out transactions, and words its errors. The only module that knows an engine URL."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeAlias

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from runner.errors import StoreError

Transaction: TypeAlias = Connection
"""An open transaction: everything done with it is committed together, or not at all."""

BUSY_TIMEOUT_MS = 30_000
_READ_ONLY = "mech_read"
_FLEETING = "mech_fleeting"
_TURN = "mech_turn"

_CAUSES = (
    ("file is not a database", "the file is not a SQLite database", "Name another file, or move this one away."),
    ("file is encrypted", "the file is not a SQLite database", "Name another file, or move this one away."),
    ("readonly database", "the database cannot be written", "Check the permissions of the file and of its folder."),
    ("unable to open database", "the file cannot be opened", "Check that it is a file you may read and write."),
    ("database or disk is full", "the disk is full", "Free some space; nothing that was committed is lost."),
    ("disk i/o error", "the disk failed while reading or writing", "Check the disk; SQLite needs a local one."),
    ("malformed", "the database is damaged", "Restore a backup, or try `sqlite3 FILE .recover`."),
    ("database is locked", "another process keeps the database locked", "Wait for it to end, or stop it."),
    ("no such table", "tables are missing", "Something removed them: restore a backup."),
    ("connection refused", "the database server does not answer", "Start it, or check host and port."),
    ("password authentication failed", "the database server refused the password", "Check user and password."),
)
_WRITING = ("INSERT", "UPDATE", "DELETE")
_URL_FORMS = "Write sqlite:///FILE or postgresql://HOST/NAME."
_PASSING = ("database is locked", "connection refused", "server closed the connection", "terminating connection")


class Database:
    """One SQLite file, one database in memory, or one PostgreSQL database.

    ``url`` is an SQLAlchemy URL, or the path of a SQLite file; ``sqlite://`` and ``:memory:`` live in memory. SQLite
    files are opened with WAL and foreign keys. ``synchronous`` is ``full``, or ``normal``: faster, and what was
    committed last may be lost with the power, though not with the process. Writing transactions take the write lock at
    their start, so that two writers wait instead of failing (durability.md 4, 5.4). Raises StoreError with a hint.
    """

    def __init__(self, url: str, *, synchronous: str = "full") -> None:
        if synchronous not in ("full", "normal"):
            raise ValueError(synchronous)
        self._synchronous = synchronous
        self.url = _parse(url)
        self.name = _shown(self.url)
        self._memory = _in_memory(self.url)
        self._is_file = self.url.get_backend_name() == "sqlite" and not self._memory
        self._turn = threading.Lock()
        self._holder: int | None = None
        if self.url.get_backend_name() == "sqlite" and not self._memory:
            _check_folder(self.url)
            _make_private(self.url)
        with self.wording("opened"):
            self.engine = _create(self.url, synchronous, memory=self._memory)
        self._fleeting = self.engine.execution_options(**{_FLEETING: True})

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self.engine.dialect.name

    @contextmanager
    def write(self, *, lasting: bool = True) -> Iterator[Transaction]:
        """A transaction that commits at the end of the block and rolls back on any exception.

        ``lasting`` false: on a SQLite file it does not wait for the disk. It may be lost with the power, together with
        the process that made it; not when a later one has been kept.
        """
        engine = self.engine if lasting else self._fleeting
        with self._alone(writes=True), self.wording("written"), engine.begin() as transaction:
            yield transaction

    @contextmanager
    def read(self, within: Transaction | None = None) -> Iterator[Transaction]:
        """A consistent view for reading; ``within`` an open transaction, the view is that transaction's."""
        if within is not None:
            yield within
            return
        with self._alone(), self.wording("read"), self.engine.connect() as connection:
            yield connection.execution_options(**{_READ_ONLY: True})

    @property
    def file(self) -> str | None:
        """The path of a SQLite file; None for other databases."""
        return None if self._memory or self.dialect != "sqlite" else _path(self.url)

    def queue_engine(self) -> Engine:
        """Another pool of connections to the same database, for the durable queue's tables; end it by ``dispose``.

        On SQLite its transactions begin with the first write, as the queue's library expects (durability.md 5.4), and
        threads that write through it take turns with those that write through ours. None of them waits for the disk:
        a claim or an end that is lost with the power is one of a process that is lost too, and our own rows, which are
        kept, decide what is done again. Raises StoreError for a database in memory, which has one connection.
        """
        if self._memory:
            raise StoreError("a database in memory cannot hold a durable queue", hint=_URL_FORMS)
        with self.wording("opened"):
            if self.dialect != "sqlite":
                return create_engine(self.url, pool_size=10, pool_pre_ping=True, hide_parameters=True)
            engine = create_engine(
                self.url, connect_args={"check_same_thread": False}, pool_size=10, hide_parameters=True
            )
            event.listen(engine, "connect", _preparing("normal", isolation_level="IMMEDIATE"))
            event.listen(engine, "before_cursor_execute", self._take_turn)
            event.listen(engine, "checkin", self._give_turn)
            event.listen(engine, "invalidate", self._give_turn)
            return engine

    def close(self) -> None:
        """Give all connections back. A database in memory is gone then."""
        dispose(self.engine)

    @contextmanager
    def _alone(self, *, writes: bool = False) -> Iterator[None]:
        """A database in memory has one connection, which takes one transaction at a time: threads wait for each other.

        So do those that write to the same file: SQLite has them wait in naps of growing length, which are much longer.
        Raises RuntimeError for a second transaction in a thread that has one open, which would wait for itself.
        """
        if not self._memory and not (writes and self._is_file):
            yield
            return
        self._begin_turn()
        try:
            yield
        finally:
            self._end_turn()

    def _begin_turn(self) -> None:
        if self._holder == threading.get_ident():
            raise RuntimeError("a transaction is open in this thread already: hand it on as `within`")
        self._turn.acquire()
        self._holder = threading.get_ident()

    def _end_turn(self) -> None:
        self._holder = None
        self._turn.release()

    def _take_turn(self, connection: Connection, cursor: Any, statement: str, *unused: Any) -> None:
        """A connection of the queue is about to write: the driver begins its transaction now, and it is our turn."""
        if not statement.lstrip()[:6].upper().startswith(_WRITING) or connection.info.get(_TURN):
            return
        self._begin_turn()
        connection.info[_TURN] = True

    def _give_turn(self, connection: Any, record: Any, *unused: Any) -> None:
        """A connection of the queue came back, or broke: whatever it wrote is committed or undone."""
        if record.info.pop(_TURN, False):
            self._end_turn()

    @contextmanager
    def wording(self, what: str) -> Iterator[None]:
        """Errors of the database in the block become StoreError; ``what`` was being done to it."""
        try:
            yield
        except SQLAlchemyError as error:
            raise worded(error, self.name, what) from error


def dispose(engine: Engine) -> None:
    """Close the connections of ``engine`` for good, also those that threads under way give back only later.

    The pool would keep the latter, which nobody closes any more.
    """
    if not isinstance(engine.pool, StaticPool):
        event.listen(engine, "checkin", _let_go)
    engine.dispose()


def _let_go(connection: Any, record: Any) -> None:
    record.invalidate()


def worded(error: SQLAlchemyError, name: str, what: str) -> StoreError:
    """The database's error in our words. ``what`` was being done to the database ``name``."""
    cause = str(getattr(error, "orig", None) or error)
    lowered = cause.lower()
    gone = isinstance(error, DBAPIError) and error.connection_invalidated
    transient = gone or any(mark in lowered for mark in _PASSING)
    for mark, meaning, hint in _CAUSES:
        if mark in lowered:
            return StoreError(f"{name} cannot be {what}: {meaning}", hint=hint, transient=transient)
    return StoreError(f"{name} cannot be {what}: {cause.splitlines()[0]}", transient=transient)


def _parse(url: str) -> URL:
    if url in (":memory:", ""):
        return make_url("sqlite://")
    if "://" not in url:
        return URL.create("sqlite", database=url)
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError(f"{url!r} is no database URL", hint=_URL_FORMS) from error
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise StoreError(
            f"databases of the kind {parsed.get_backend_name()!r} are not supported",
            hint=_URL_FORMS,
        )
    return parsed


def _shown(url: URL) -> str:
    """The database in error texts: a path, or the URL without its password."""
    if url.get_backend_name() == "sqlite":
        return f"the database {url.database}" if url.database else "the database in memory"
    return f"the database {url.set(drivername='postgresql').render_as_string(hide_password=True)}"


def _in_memory(url: URL) -> bool:
    return url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:")


def _path(url: URL) -> str:
    return str(url.database).removeprefix("file:").partition("?")[0]


def _check_folder(url: URL) -> None:
    path = _path(url)
    folder = os.path.dirname(path) or "."
    if not os.path.isdir(folder):
        raise StoreError(f"the folder {folder} of the database does not exist", hint=f"Make it: mkdir -p {folder}")
    if os.path.isdir(path):
        raise StoreError(f"{path} is a folder, not a database", hint=f"Name a file in it: {path}/runner.db")


def _make_private(url: URL) -> None:
    """A new file is its owner's alone, and so are those that SQLite puts beside it: there are customers in it."""
    if str(url.database).startswith("file:") or os.path.exists(str(url.database)):
        return
    with suppress(OSError):  # SQLite says better what is wrong
        os.close(os.open(str(url.database), os.O_RDWR | os.O_CREAT, 0o600))


def _create(url: URL, synchronous: str, *, memory: bool) -> Engine:
    try:
        if url.get_backend_name() != "sqlite":
            return create_engine(url, pool_pre_ping=True, hide_parameters=True)
        arguments: dict[str, Any] = {"connect_args": {"check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000}}
        if memory:
            arguments["poolclass"] = StaticPool
        engine = create_engine(url, hide_parameters=True, **arguments)
    except (ImportError, NoSuchModuleError) as error:
        raise StoreError(
            f"PostgreSQL needs a driver that is not installed: {error}",
            hint="Install it: pip install 'mechanic-runner[postgres]'",
        ) from error
    event.listen(engine, "connect", _preparing(synchronous, isolation_level=None))
    event.listen(engine, "begin", _beginning(synchronous))
    return engine


def _preparing(synchronous: str, *, isolation_level: str | None) -> Callable[[Any, Any], None]:
    """Our settings on each new SQLite connection.

    Without ``isolation_level`` transactions are begun by us: the driver's own start too late. With one they are begun
    by the driver, as soon as something is written.
    """

    def prepare(connection: Any, record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute(f"PRAGMA synchronous={synchronous}")
        cursor.close()
        connection.isolation_level = isolation_level

    return prepare


def _beginning(synchronous: str) -> Callable[[Connection], None]:
    """Begins the transactions of our SQLite connections, each as patient with the disk as it must be."""

    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get(_READ_ONLY):
            connection.exec_driver_sql("BEGIN")
            return
        wanted = "normal" if options.get(_FLEETING) else synchronous
        if connection.info.get("synchronous", synchronous) != wanted:
            connection.exec_driver_sql(f"PRAGMA synchronous={wanted}")
        connection.info["synchronous"] = wanted
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return begin
