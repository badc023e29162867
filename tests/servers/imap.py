"""Dovecot on loopback, as a process of the tests' own: a real IMAP server."""

from __future__ import annotations

import imaplib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.servers.authority import Authority

USER, PASSWORD = "orders@shop.test", 'pä"ss\\ wörd'
NEEDED = "RUNNER_NEEDS_DOVECOT"

_CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
mail_fsync = never
protocols = imap
listen = 127.0.0.1
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
disable_plaintext_auth = no
auth_failure_delay = 0
auth_mechanisms = {mechanisms}
ssl = yes
ssl_cert = <{chain}
ssl_key = <{chain}
first_valid_uid = 1
mail_location = maildir:~/Maildir
mail_max_userip_connections = 50
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""


@dataclass(frozen=True)
class ImapServer:
    """``port`` speaks with and without STARTTLS, ``tls_port`` TLS only. One user, whose folders are ``home``'s."""

    port: int
    tls_port: int
    home: Path

    @contextmanager
    def client(self, folder: str = "INBOX") -> Iterator[imaplib.IMAP4]:
        """A connection of the tests' own, with ``folder`` open."""
        with imaplib.IMAP4("127.0.0.1", self.port) as client:
            client.authenticate("PLAIN", lambda _: f"\0{USER}\0{PASSWORD}".encode())
            client.select(folder)
            yield client

    def deliver(self, *messages: bytes, folder: str = "INBOX") -> None:
        """Put messages into ``folder``, unread."""
        with self.client() as client:
            for message in messages:
                assert client.append(folder, "", "", message)[0] == "OK"

    def unread(self, folder: str = "INBOX") -> int:
        """How many messages nobody has read."""
        with self.client(folder) as client:
            return len(client.search(None, "UNSEEN")[1][0].split())

    def empty(self) -> None:
        """Take everything out, the numbering included: the next mail is the first of a new mailbox."""
        shutil.rmtree(self.home / "Maildir", ignore_errors=True)


def _free_ports(count: int) -> list[int]:
    opened = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(each.getsockname()[1]) for each in opened]
    for each in opened:
        each.close()
    return ports


def _missing() -> str | None:
    """Why the server cannot be started here."""
    if shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin") is None:
        return "Debian's dovecot-imapd is not installed"
    return None


@pytest.fixture(scope="session")
def imap_started(authority: Authority) -> Iterator[ImapServer]:
    reason = _missing()
    if reason is not None:
        if os.environ.get(NEEDED):
            pytest.fail(f"{reason}, and {NEEDED} is set")
        pytest.skip(reason)
    # Not in pytest's folders, which only their owner may enter: mail processes are never root's.
    folder = Path(tempfile.mkdtemp(prefix="runner-imap-"))
    try:
        yield from _running(folder, authority)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _running(folder: Path, authority: Authority) -> Iterator[ImapServer]:
    is_root = os.getuid() == 0
    account: Any = pwd.getpwnam("mail") if is_root else pwd.getpwuid(os.getuid())
    port, tls_port = _free_ports(2)
    (folder / "home").mkdir()
    os.chown(folder / "home", account.pw_uid, account.pw_gid)
    folder.chmod(0o755)
    (folder / "users").write_text(f"{USER}:{PASSWORD}\n", encoding="utf-8")
    shutil.copy(authority.chain, folder / "chain.pem")
    own = account.pw_name
    (folder / "dovecot.conf").write_text(
        _CONFIG.format(
            folder=folder,
            internal="dovecot" if is_root else own,
            group="dovecot" if is_root else str(account.pw_gid),
            login="dovenull" if is_root else own,
            mechanisms="plain login",
            chain=folder / "chain.pem",
            uid=account.pw_uid,
            gid=account.pw_gid,
            port=port,
            tls_port=tls_port,
        )
    )
    process = subprocess.Popen(
        ["dovecot", "-F", "-c", str(folder / "dovecot.conf")],
        env={**os.environ, "PATH": f"{os.environ['PATH']}:/usr/sbin"},
    )
    try:
        _wait(port, process, folder)
        yield ImapServer(port, tls_port, folder / "home")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def _wait(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    for _ in range(200):
        if process.poll() is not None:
            raise AssertionError((folder / "log").read_text() if (folder / "log").exists() else "dovecot ended")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise AssertionError("dovecot did not start")


@pytest.fixture
def imap(imap_started: ImapServer) -> ImapServer:
    """An IMAP server with an empty mailbox."""
    imap_started.empty()
    return imap_started
