"""FTP and FTPS sessions over ``ftplib``: what is said is kept, and data connections resume the TLS session."""

from __future__ import annotations

import ftplib
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from runner.errors import ActionError, NetworkError
from runner.network import Deadline, Network
from runner.network.faults import of_socket
from runner.redact import Redactor

MASK = "********"
IDLE_SECONDS = 30.0
"""Without a byte from the server, each wait ends after so long."""
_BLOCK = 64 * 1024
_GOODBYE_SECONDS = 5.0
_ABOUT_TLS = re.compile(r"session|\btls\b|\bssl\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Login:
    """Whom to connect to, and as whom. ``password`` None: none was given."""

    host: str
    port: int
    user: str
    password: str | None = None


@dataclass(slots=True)
class Transcript:
    """What was said, line by line, without the names and passwords in ``redactor``, and ended by a deadline."""

    redactor: Redactor
    deadline: Deadline
    lines: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, login: Login, seconds: float) -> Transcript:
        """An empty one, for a session of at most ``seconds``."""
        return cls(Redactor((login.user, login.password), MASK), Deadline(seconds))

    def add(self, line: str) -> None:
        """Keep ``line``."""
        self.lines.append(self.redactor.text(line))

    def check_time(self, host: str) -> None:
        """Raises NetworkError when the session has lasted as long as it may."""
        if self.deadline.left() <= 0:
            raise NetworkError(
                f"the session with {host} took longer than it may in all",
                hint="Transfer fewer or smaller files at a time.",
                code="network.timeout",
                transient=True,
                sent=True,
            )


class Session(Protocol):
    """A connection to one server, logged in."""

    def open(self) -> None:
        """Connect and log in, if that has not been done or the connection was dropped."""

    def upload(self, path: str, data: bytes) -> None:
        """Write the whole file."""

    def download(self, path: str, limit: int) -> bytes:
        """The whole file; ``ftp.too_large`` when it has more than ``limit`` bytes."""

    def drop(self) -> None:
        """Forget the connection: the next ``open`` makes a new one."""

    def close(self) -> None:
        """Say goodbye and end."""


class FtpSession:
    """FTP, or FTPS when ``tls`` says how to speak it; ``implicit``: from the first byte on."""

    def __init__(
        self,
        login: Login,
        network: Network,
        transcript: Transcript,
        *,
        tls: bool = False,
        implicit: bool = False,
        verify: bool = True,
        ascii_mode: bool = False,
    ) -> None:
        self._login = login
        self._network = network
        self._transcript = transcript
        self._tls = tls
        self._implicit = implicit
        self._verify = verify
        self._ascii = ascii_mode
        self._older_tls = False
        self._connection: _Connection | None = None

    def open(self) -> None:
        if self._connection is not None:
            return
        login = self._login
        self._transcript.add(f"connect: {login.host}, {login.port}")
        with self._faults(greeting=True):
            opened = self._network.connect(login.host, login.port)
            opened.settimeout(IDLE_SECONDS)
            connection = _Connection(opened, login.host, self._transcript)
        try:
            self._greet(connection)
        except BaseException:
            connection.close()
            raise
        self._connection = connection

    def _greet(self, connection: _Connection) -> None:
        with self._faults(greeting=True):
            if self._tls and self._implicit:
                connection.secure(self._context())
            connection.welcome = connection.getresp()
        if self._tls and not self._implicit:
            try:
                with self._faults(greeting=True):
                    connection.voidcmd("AUTH TLS")
            except ActionError as error:
                if not error.transient:
                    raise _no_tls(self._login.host, error.message) from error
                raise
            with self._faults(greeting=True):
                connection.secure(self._context())
        with self._faults(login=True):
            connection.login(self._login.user, self._login.password or "")
        if self._tls:
            with self._faults():
                connection.voidcmd("PBSZ 0")
                connection.voidcmd("PROT P")
                connection.is_private = True

    def _context(self) -> ssl.SSLContext:
        if not self._older_tls:
            return self._network.tls(verify=self._verify)
        return self._network.tls(verify=self._verify, newest=ssl.TLSVersion.TLSv1_2)

    def upload(self, path: str, data: bytes) -> None:
        content = re.sub(rb"\r?\n", b"\r\n", data) if self._ascii else data
        with self._faults(path) as connection:
            connection.store(path, content, self._kind)

    def download(self, path: str, limit: int) -> bytes:
        with self._faults(path) as connection:
            content = connection.retrieve(path, limit, self._kind)
        return content.replace(b"\r\n", b"\n") if self._ascii else content

    @property
    def _kind(self) -> str:
        return "A" if self._ascii else "I"

    def drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def close(self) -> None:
        if self._connection is not None and self._connection.sock is not None:
            try:
                self._connection.sock.settimeout(_GOODBYE_SECONDS)
                self._connection.quit()
            except (ftplib.Error, OSError, EOFError):
                pass  # everything has been answered: a server that does not say goodbye changes nothing
        self.drop()

    @contextmanager
    def _faults(self, path: str = "", *, login: bool = False, greeting: bool = False) -> Iterator[_Connection]:
        """ftplib's errors as ours: 4xx transient, 5xx permanent, a lost connection dropped (actions.md 3.6)."""
        host = self._login.host
        try:
            yield self._connection  # type: ignore[misc]  # None only while connecting, when nobody uses it
        except ftplib.error_temp as error:
            said = self._transcript.redactor.text(str(error))
            if said.startswith("421"):
                self.drop()
            self._blame_tls(said)
            raise _answered(host, said, path, code="ftp.busy", transient=True) from error
        except ftplib.error_perm as error:
            said = self._transcript.redactor.text(str(error))
            if not login and not greeting and said.startswith("522") and self._blame_tls(said):
                raise _answered(host, said, path, code="ftp.busy", transient=True) from error
            raise _answered(host, said, path, code="ftp.login" if login else "ftp.refused") from error
        except (ftplib.error_reply, ftplib.error_proto) as error:
            said = self._transcript.redactor.text(str(error))
            self.drop()
            raise _answered(host, said, path, code="ftp.busy", transient=True) from error
        except EOFError as error:
            self.drop()
            raise of_socket(ConnectionResetError(), host) from error
        except OSError as error:
            self.drop()
            self._blame_tls("tls" if isinstance(error, ssl.SSLError) else "")
            raise of_socket(error, host) from error

    def _blame_tls(self, said: str) -> bool:
        """Some servers cannot resume sessions of TLS 1.3 on data connections: the next try speaks 1.2."""
        if not self._tls or self._older_tls or not _ABOUT_TLS.search(said):
            return False
        self._older_tls = True
        self.drop()
        return True


class _Connection(ftplib.FTP):
    """A control connection over a socket that is there already."""

    def __init__(self, opened: socket.socket, host: str, transcript: Transcript) -> None:
        super().__init__(timeout=IDLE_SECONDS)
        self.host = host
        self.sock = opened
        self.af = opened.family
        self.file = self._reader()
        self.is_private = False
        self._transcript = transcript
        self._context: ssl.SSLContext | None = None

    def _reader(self) -> Any:
        # Old servers answer in their own code page: what they say is for people only.
        return self.sock.makefile("r", encoding="utf-8", errors="replace", newline="")  # type: ignore[union-attr]

    def secure(self, context: ssl.SSLContext) -> None:
        """Speak TLS from here on."""
        self._context = context
        if self.file is not None:
            self.file.close()
        self.sock = context.wrap_socket(self.sock, server_hostname=self.host)  # type: ignore[arg-type]
        self.file = self._reader()

    def putline(self, line: str) -> None:
        self._transcript.add(f"> {line}")
        super().putline(line)

    def getmultiline(self) -> str:
        self._transcript.check_time(self.host)
        said = super().getmultiline()
        for line in said.splitlines():
            self._transcript.add(f"< {line}")
        return said

    def ntransfercmd(self, cmd: str, rest: int | str | None = None) -> tuple[socket.socket, int | None]:
        opened, size = super().ntransfercmd(cmd, rest)
        if not self.is_private or self._context is None or not isinstance(self.sock, ssl.SSLSocket):
            return opened, size
        try:
            return self._context.wrap_socket(opened, server_hostname=self.host, session=self.sock.session), size
        except BaseException:
            opened.close()
            raise

    def store(self, path: str, data: bytes, kind: str) -> None:
        """STOR, in blocks."""
        self.voidcmd(f"TYPE {kind}")
        channel = self.transfercmd(f"STOR {path}")
        with channel:
            for start in range(0, len(data), _BLOCK):
                self._transcript.check_time(self.host)
                channel.sendall(memoryview(data)[start : start + _BLOCK])
            if isinstance(channel, ssl.SSLSocket):
                _end_tls(channel)
        self.voidresp()

    def retrieve(self, path: str, limit: int, kind: str) -> bytes:
        """RETR, up to ``limit`` bytes; by the announced size where the server can tell it."""
        self.voidcmd(f"TYPE {kind}")
        announced = self._announced(path) if kind == "I" else None
        if announced is not None and announced > limit:
            raise too_large(path, limit)
        content = bytearray()
        with self.transfercmd(f"RETR {path}") as channel:
            while block := channel.recv(_BLOCK):
                self._transcript.check_time(self.host)
                content += block
                if len(content) > limit:
                    raise too_large(path, limit)
        self.voidresp()
        return bytes(content)

    def _announced(self, path: str) -> int | None:
        try:
            return self.size(path)
        except ftplib.error_perm:
            return None  # either it knows no SIZE, or RETR will say what is wrong


def _end_tls(channel: ssl.SSLSocket) -> None:
    """Tell the server that the file is complete; servers that do not answer that have got it all the same."""
    channel.settimeout(_GOODBYE_SECONDS)
    try:
        channel.unwrap()
    except (OSError, ValueError):
        pass  # the reply on the control connection decides


def too_large(path: str, limit: int) -> ActionError:
    """The error for a download over the limit of an action."""
    return ActionError(
        f'ftp: "{path}" would bring the downloads over {limit_text(limit)}',
        hint="Downloads of one action have at most 20 MB together: split the file, or download fewer at a time.",
        code="ftp.too_large",
    )


def limit_text(limit: int) -> str:
    """What is left of the limit, for people."""
    return "20 MB" if limit >= 20 * 1024 * 1024 else f"20 MB ({max(limit, 0):,} bytes are left)"


def _no_tls(host: str, said: str) -> ActionError:
    return ActionError(
        f"ftp: {host} does not speak TLS: {said}",
        hint='Use "protocol": "ftp" if that is all the server offers, or "sftp"; implicit FTPS has port 990.',
        code="ftp.no_tls",
    )


def _answered(host: str, said: str, path: str = "", *, code: str, transient: bool = False) -> ActionError:
    hints = {
        "ftp.login": "Check user and password.",
        "ftp.busy": "The server may do it later: the run tries again by itself.",
        "ftp.refused": "Check the path: folders are not created, and the user needs the right to them.",
    }
    words = "refused the login" if code == "ftp.login" else f'answered to "{path}"' if path else "answered"
    return ActionError(f"ftp: {host} {words}: {said}", hint=hints[code], code=code, transient=transient)
