"""FTP and FTPS servers on loopback that fail on demand: pyftpdlib, in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from OpenSSL import SSL
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler, TLS_DTPHandler, TLS_FTPHandler
from pyftpdlib.ioloop import IOLoop
from pyftpdlib.servers import FTPServer

from tests.servers.authority import Authority

USER, PASSWORD = "anna", "pa ss/wörd"


@dataclass
class FileServer:
    """``folder`` is the login folder. ``faults``: replies for a command in turn, in place of doing it, ``None`` to do
    it, ``"drop"`` to hang up. ``said``: what clients sent. ``must_resume``: data connections must resume the session.
    ``unsaid``: replies that begin so are never given.
    """

    port: int = 0
    folder: Path = Path()
    faults: dict[str, list[str | None]] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    must_resume: bool = False
    resumed: list[bool] = field(default_factory=list)
    unsaid: str | None = None

    def options(self, **more: Any) -> dict[str, Any]:
        """Options of an ftp action for this server."""
        return {"host": "127.0.0.1", "port": self.port, "user": USER, "password": PASSWORD} | more

    def written(self, path: str) -> bytes:
        """A file in the login folder."""
        return (self.folder / path).read_bytes()

    def put(self, path: str, data: bytes) -> None:
        """Lay a file into the login folder."""
        (self.folder / path).write_bytes(data)

    def reset(self, folder: Path) -> None:
        """An empty login folder, no faults, no memory."""
        self.folder = folder
        self.faults.clear()
        self.said.clear()
        self.resumed.clear()
        self.must_resume = False
        self.unsaid = None


class _Users(DummyAuthorizer):  # type: ignore[misc]
    """One user, whose folder is the one of the moment."""

    def __init__(self, files: FileServer) -> None:
        super().__init__()
        self._files = files

    def validate_authentication(self, username: str, password: str, handler: Any) -> None:
        if (username, password) != (USER, PASSWORD):
            super().validate_authentication("", "", handler)

    def has_user(self, username: str) -> bool:
        return username == USER

    def get_home_dir(self, username: str) -> str:
        return str(self._files.folder)

    def has_perm(self, username: str, perm: str, path: Any = None) -> bool:
        return "forbidden" not in str(path)

    def get_perms(self, username: str) -> str:
        return "elradfmwMT"

    def get_msg_login(self, username: str) -> str:
        return f"Welcome {username}, your password is {PASSWORD}"

    def get_msg_quit(self, username: str) -> str:
        return "Bye"


def _speaking(base: type, files: FileServer) -> type:
    class Speaking(base):  # type: ignore[misc,valid-type]
        authorizer = _Users(files)
        banner = "ready"
        auth_failed_timeout = 0
        use_sendfile = False

        def pre_process_command(self, line: str, cmd: str, arg: str) -> None:
            files.said.append(line)
            queue = files.faults.get(cmd, [])
            fault = queue.pop(0) if queue else None
            if fault == "drop":
                self.close()
            elif fault is not None:
                self.respond(fault)
            else:
                super().pre_process_command(line, cmd, arg)

        def respond(self, resp: str, **named: Any) -> None:
            if files.unsaid is None or not resp.startswith(files.unsaid):
                super().respond(resp, **named)

    return Speaking


class _Resuming(TLS_DTPHandler):  # type: ignore[misc]
    """Notes whether the data connection resumed the session of the control connection, and may insist on it."""

    def handle_ssl_established(self) -> None:
        files: FileServer = self.cmd_channel.files
        resumed = bool(SSL._lib.SSL_session_reused(self.socket._ssl))
        files.resumed.append(resumed)
        if files.must_resume and not resumed:
            self.cmd_channel.respond("522 SSL connection failed; session reuse required")
            self.close()
            return
        super().handle_ssl_established()


def _secure(authority: Authority, files: FileServer) -> type:
    base = _speaking(TLS_FTPHandler, files)
    base.certfile = str(authority.chain)  # type: ignore[attr-defined]
    base.dtp_handler = _Resuming  # type: ignore[attr-defined]
    base.files = files  # type: ignore[attr-defined]
    base.tls_control_required = base.tls_data_required = True  # type: ignore[attr-defined]
    base.ssl_context = base.get_ssl_context()  # type: ignore[attr-defined]
    base.ssl_context.set_session_id(b"tests")  # type: ignore[attr-defined]
    return base


def _implicit(authority: Authority, files: FileServer) -> type:
    class Implicit(_secure(authority, files)):  # type: ignore[misc]
        def handle(self) -> None:
            self.secure_connection(self.ssl_context)

        def handle_ssl_established(self) -> None:
            super().handle()

    return Implicit


def _running(speaking: type, files: FileServer) -> Iterator[FileServer]:
    server = FTPServer(("127.0.0.1", 0), speaking, ioloop=IOLoop())
    files.port = server.socket.getsockname()[1]
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            server.serve_forever(timeout=0.02, blocking=False)
        server.close_all()

    thread = threading.Thread(target=serve)
    thread.start()
    yield files
    stop.set()
    thread.join()


@pytest.fixture(scope="session")
def ftp_server() -> Iterator[FileServer]:
    files = FileServer()
    yield from _running(_speaking(FTPHandler, files), files)


@pytest.fixture(scope="session")
def ftps_server(authority: Authority) -> Iterator[FileServer]:
    files = FileServer()
    yield from _running(_secure(authority, files), files)


@pytest.fixture(scope="session")
def implicit_ftps_server(authority: Authority) -> Iterator[FileServer]:
    files = FileServer()
    yield from _running(_implicit(authority, files), files)


@pytest.fixture
def ftp(ftp_server: FileServer, tmp_path: Path) -> FileServer:
    """An FTP server with an empty folder."""
    ftp_server.reset(tmp_path)
    return ftp_server


@pytest.fixture
def ftps(ftps_server: FileServer, tmp_path: Path) -> FileServer:
    """A server of explicit FTPS with an empty folder and a certificate of ``authority``."""
    ftps_server.reset(tmp_path)
    return ftps_server


@pytest.fixture
def implicit_ftps(implicit_ftps_server: FileServer, tmp_path: Path) -> FileServer:
    """A server of implicit FTPS with an empty folder."""
    implicit_ftps_server.reset(tmp_path)
    return implicit_ftps_server
