"""An SFTP server on loopback that fails on demand: asyncssh, in the loop's thread."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from tests.servers.ftp import PASSWORD, USER
from tests.servers.loop import LoopThread


@dataclass
class SecureFiles:
    """``folder`` is the login folder; ``faults`` as in FileServer, by ``open``, ``write`` and ``stat``.

    ``keys``: public keys that may log in. ``password`` None: passwords are not accepted. ``host_line``: for
    known_hosts. ``holds``: files are written, and that they are is not said.
    """

    port: int = 0
    folder: Path = Path()
    host_line: str = ""
    other_host_line: str = ""
    user: str = USER
    password: str | None = PASSWORD
    keys: list[str] = field(default_factory=list)
    faults: dict[str, list[Exception | str | None]] = field(default_factory=dict)
    logins: int = 0
    connected: int = 0
    holds: bool = False

    def options(self, **more: Any) -> dict[str, Any]:
        """Options of an ftp action for this server."""
        login = {"protocol": "sftp", "host": "127.0.0.1", "port": self.port, "user": USER, "password": PASSWORD}
        return login | more

    def known(self, host: str, line: str | None = None) -> str:
        """A line of known_hosts for ``host``."""
        return f"{host} {line or self.host_line}\n"

    def reset(self, folder: Path) -> None:
        """An empty login folder, no faults, the password alone."""
        self.folder = folder
        self.user, self.password = USER, PASSWORD
        self.keys.clear()
        self.faults.clear()
        self.logins = 0
        self.holds = False


def _classes(files: SecureFiles) -> tuple[Any, Any]:
    class Login(asyncssh.SSHServer):
        def connection_made(self, conn: Any) -> None:
            files.connected += 1

        def connection_lost(self, exc: Exception | None) -> None:
            files.connected -= 1

        def begin_auth(self, username: str) -> bool:
            return True

        def password_auth_supported(self) -> bool:
            return files.password is not None

        def validate_password(self, username: str, password: str) -> bool:
            files.logins += 1
            return (username, password) == (files.user, files.password)

        def public_key_auth_supported(self) -> bool:
            return bool(files.keys)

        def validate_public_key(self, username: str, key: Any) -> bool:
            return username == USER and key.export_public_key().decode().split()[:2] in [
                k.split()[:2] for k in files.keys
            ]

    class Files(asyncssh.SFTPServer):
        def __init__(self, channel: Any) -> None:
            super().__init__(channel, chroot=str(files.folder).encode())

        def _fail(self, name: str) -> None:
            queue = files.faults.get(name, [])
            fault = queue.pop(0) if queue else None
            if fault == "drop":
                self.connection.abort()
            elif isinstance(fault, Exception):
                raise fault

        def open(self, path: bytes, pflags: int, attrs: Any) -> Any:
            self._fail("open")
            return super().open(path, pflags, attrs)

        def write(self, file_obj: Any, offset: int, data: bytes) -> Any:
            self._fail("write")
            return super().write(file_obj, offset, data)

        def close(self, file_obj: Any) -> Any:
            super().close(file_obj)
            return asyncio.Event().wait() if files.holds else None

        def stat(self, path: bytes) -> Any:
            self._fail("stat")
            return super().stat(path)

    return Login, Files


@pytest.fixture(scope="session")
def sftp_server(loop_thread: LoopThread) -> Iterator[SecureFiles]:
    files = SecureFiles()
    login, served = _classes(files)
    key, other = asyncssh.generate_private_key("ssh-ed25519"), asyncssh.generate_private_key("ssh-ed25519")
    files.host_line = key.export_public_key().decode().strip()
    files.other_host_line = other.export_public_key().decode().strip()

    async def start() -> Any:
        return await asyncssh.create_server(
            login, "127.0.0.1", 0, server_host_keys=[key], sftp_factory=served, allow_scp=False
        )

    listening = loop_thread.run(start())
    files.port = listening.get_port()
    yield files

    async def stop() -> None:
        listening.close()
        await listening.wait_closed()
        while files.connected:  # clients are gone already; their ends here follow
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.01)

    loop_thread.run(stop())


@pytest.fixture
def sftp(sftp_server: SecureFiles, tmp_path: Path) -> SecureFiles:
    """An SFTP server with an empty folder."""
    sftp_server.reset(tmp_path)
    return sftp_server
