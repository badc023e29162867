"""A PostgreSQL cluster of the tests' own: Debian's binaries, a free port, data in a temporary folder, no password.

One cluster serves the whole test run, all its processes included. It ends with the run, however that ends: a small
shell script beside it watches the process that began the run.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import NoReturn

import psycopg
import pytest

_NUMBERS = count(1)
_NEEDED = bool(os.environ.get("RUNNER_NEEDS_POSTGRES"))

_WATCH = """
(
    trap '' INT HUP
    while kill -0 "$1" 2>/dev/null; do sleep 0.5; done
    $4 "$2/pg_ctl" -D "$3/data" -m immediate -w stop
    rm -rf "$3"
) &
"""


class NoPostgres(Exception):
    """PostgreSQL cannot be had here; the text says why."""


@dataclass(frozen=True)
class Cluster:
    """A running server: its ``binaries``, its ``folder`` and its ``port`` on the loopback address."""

    binaries: Path
    folder: Path
    port: int

    def url(self, name: str = "postgres") -> str:
        """The URL of one of its databases."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def restart(self) -> None:
        """Kill the server without a goodbye and start it again: crash recovery, all connections lost."""
        _run(self.binaries, ["pg_ctl", "-D", f"{self.folder}/data", "-m", "immediate", "-w", "stop"])
        _run(self.binaries, _start(self.folder, self.port))

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of a new, empty database, dropped afterwards."""
        name = f"test_{os.getpid()}_{next(_NUMBERS)}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        yield self.url(name)
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def shared_cluster(shared: Path) -> Cluster:
    """The cluster of this test run; ``shared`` is a folder that all its processes know. Raises NoPostgres."""
    with open(shared / "postgres.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        note = shared / "postgres.txt"
        if not note.exists():
            binaries = _binaries()
            folder, port = _begin(binaries)
            note.write_text(f"{binaries}\n{folder}\n{port}")
        binaries, folder, port = note.read_text().splitlines()
    return Cluster(Path(binaries), Path(folder), int(port))


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    named = shutil.which("initdb")
    if named is None:
        raise NoPostgres("PostgreSQL is not installed: apt-get install postgresql")
    return Path(named).parent


def _begin(binaries: Path) -> tuple[Path, int]:
    folder = Path(mkdtemp(prefix="runner-postgres-"))
    if os.getuid() == 0:
        try:
            owner = pwd.getpwnam("postgres")
        except KeyError as error:
            raise NoPostgres("PostgreSQL does not run as root, and there is no user postgres") from error
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    _run(binaries, ["initdb", "-D", f"{folder}/data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N"])
    _run(binaries, _start(folder, port))
    # Under xdist this process ends before others that use the cluster: its parent is the one to watch.
    whole_run = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
    command = ["sh", "-c", _WATCH, "watch", str(whole_run), str(binaries), str(folder), " ".join(_as_postgres())]
    quiet = subprocess.DEVNULL
    subprocess.run(command, stdin=quiet, stdout=quiet, stderr=quiet, cwd="/", start_new_session=True, check=True)
    return folder, port


def _start(folder: Path, port: int) -> list[str]:
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    return ["pg_ctl", "-D", f"{folder}/data", "-l", f"{folder}/log", "-w", "-o", options, "start"]


def _as_postgres() -> list[str]:
    if os.getuid() != 0:
        return []
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]


def _run(binaries: Path, command: list[str]) -> None:
    began = time.monotonic()
    full = [*_as_postgres(), str(binaries / command[0]), *command[1:]]
    done = subprocess.run(full, stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd="/", check=False)
    if done.returncode:
        raise NoPostgres(f"{command[0]} failed after {time.monotonic() - began:.1f} s: {done.stderr or done.stdout}")


@pytest.fixture(scope="session")
def postgres_cluster(tmp_path_factory: pytest.TempPathFactory) -> Cluster:
    """The cluster; without one tests are skipped, or fail when RUNNER_NEEDS_POSTGRES is set."""
    base = tmp_path_factory.getbasetemp()
    try:
        return shared_cluster(base.parent if "PYTEST_XDIST_WORKER" in os.environ else base)
    except NoPostgres as error:
        _skip(error)


@pytest.fixture
def private_cluster() -> Iterator[Cluster]:
    """A cluster for one test alone, which may restart it."""
    try:
        binaries = _binaries()
        folder, port = _begin(binaries)
    except NoPostgres as error:
        _skip(error)
    yield Cluster(binaries, folder, port)
    _run(binaries, ["pg_ctl", "-D", f"{folder}/data", "-m", "immediate", "-w", "stop"])


def _skip(error: NoPostgres) -> NoReturn:
    """Skip the test, unless PostgreSQL has been said to be needed."""
    if _NEEDED:
        raise error
    pytest.skip(str(error))


@pytest.fixture
def postgres_url(postgres_cluster: Cluster) -> Iterator[str]:
    """The URL of an empty database."""
    with postgres_cluster.database() as url:
        yield url
