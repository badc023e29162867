"""What goes wrong outside, as a user meets it: one task that wants everything at once, by ``runner run`` (issue 5).

Each action fails under a code of its own, says what, where and what to do; those behind it are performed all the same.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from runner.model.run import Run, RunKind, RunState
from runner.simulator.server import simulator
from runner.store import Store
from tests.cli.made import TOPIC, task_file
from tests.servers.authority import Authority, authority
from tests.servers.ftp import FileServer, ftp_server
from tests.servers.loop import loop_thread
from tests.servers.mail import USER, MailServers, mail_servers_started
from tests.servers.sftp import SecureFiles, sftp_server
from tests.servers.web import Answer, WebServer, redirect, secure_web_server, web_server

__all__ = [
    "authority",
    "ftp_server",
    "loop_thread",
    "mail_servers_started",
    "secure_web_server",
    "sftp_server",
    "web_server",
]

MEGABYTE = 1024 * 1024
PDF = {"a.pdf": {"pdf": {"html": "<p>Text</p><img src='file:///etc/passwd'>"}}}
pytestmark = pytest.mark.timeout(120)


@dataclass
class Servers:
    """What the actions reach; nobody listens on ``closed``."""

    web: WebServer
    secure: WebServer
    ftp: FileServer
    sftp: SecureFiles
    closed: int

    def get(self, path: str, **more: Any) -> dict[str, Any]:
        return {"method": "get", "url": self.web.url(path), **more}


@dataclass(frozen=True)
class Case:
    """An action that cannot succeed: its ``code``, and words that its error and its hint hold."""

    type: str
    options: Callable[[Servers], Any]
    code: str
    says: str
    hint: str


CASES: dict[str, Case] = {
    "an option misspelt": Case(
        "http", lambda it: {"methd": "get", "url": it.web.url()}, "action.invalid_options", '"method"', "method"
    ),
    "an option of the wrong type": Case(
        "http", lambda it: {"method": "get", "url": 7}, "action.invalid_options", '"url"', '"url"'
    ),
    "an unknown type": Case("htttp", lambda it: {}, "action.unknown_type", '"htttp"', '"http"'),
    "a missing file": Case(
        "ftp", lambda it: it.ftp.options(downloads=["none.csv"]), "ftp.refused", '"none.csv": 550 No such file', "path"
    ),
    "a host that is not there": Case(
        "http",
        lambda it: {"method": "get", "url": f"http://127.0.0.1:{it.closed}/"},
        "network.unreachable",
        "127.0.0.1",
        "port",
    ),
    "a certificate of nobody known": Case(
        "http",
        lambda it: {"method": "get", "url": it.secure.url("/", "localhost")},
        "network.certificate",
        "localhost",
        "network_authorities",
    ),
    "a wrong password for mail": Case(
        "email", lambda it: {"to": "a@example.com", "subject": "S", "body": "B"}, "email.login", "127.0.0.1", "password"
    ),
    "a wrong password for FTP": Case(
        "ftp", lambda it: it.ftp.options(password="no", uploads={"a": "1"}), "ftp.login", "127.0.0.1", "password"
    ),
    "a wrong password for SFTP": Case(
        "ftp", lambda it: it.sftp.options(password="no", uploads={"a": "1"}), "ftp.login", "127.0.0.1", "password"
    ),
    "another host key": Case(
        "ftp",
        lambda it: it.sftp.options(
            uploads={"a": "1"}, verify=True, known_hosts=it.sftp.known("127.0.0.1", it.sftp.other_host_line)
        ),
        "ftp.host_key",
        "127.0.0.1",
        "known_hosts",
    ),
    "200 MB": Case("http", lambda it: it.get("/endless"), "network.too_large", "20", "smaller"),
    "a redirect to a private address": Case(
        "http", lambda it: it.get("/inward"), "network.refused", "10.1.2.3", "network_allow"
    ),
    "a PDF with a local file": Case("files", lambda it: PDF, "files.invalid", "file:///etc/passwd", "data: address"),
    "a full disk": Case("files", lambda it: {"a.txt": "x" * 90_000}, "files.store", "the disk is full", "Free some"),
}


@contextmanager
def small_disk(folder: Path) -> Iterator[bool]:
    """A file system of 64 KB at ``folder``; whether there is one: to mount takes root."""
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    mounted = shutil.which("mount") is not None and subprocess.run(words, capture_output=True).returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture(scope="module")
def failed(
    tmp_path_factory: pytest.TempPathFactory,
    web_server: WebServer,
    secure_web_server: WebServer,
    ftp_server: FileServer,
    sftp_server: SecureFiles,
    mail_servers_started: MailServers,
    authority: Authority,
) -> Iterator[Ran]:
    """One run of all cases, and of a good action behind them."""
    folder = tmp_path_factory.mktemp("bad")
    with socket.socket() as free, small_disk(folder / "full") as is_small:
        free.bind(("127.0.0.1", 0))  # taken, and never listened on
        it = Servers(web_server, secure_web_server, ftp_server, sftp_server, free.getsockname()[1])
        web_server.clear()
        web_server.on("/endless", Answer(stream=200 * MEGABYTE))
        web_server.on("/inward", redirect("http://10.1.2.3/"))
        ftp_server.reset(tmp_path_factory.mktemp("ftp"))
        sftp_server.reset(tmp_path_factory.mktemp("sftp"))
        actions = [{"type": case.type, "options": case.options(it)} for case in CASES.values()]
        actions.append({"type": "cache", "options": ["incr", "behind"]})
        with simulator("prints", hold_webhooks=True) as shop:
            settings = live(shop) | {
                "RUNNER_EMAIL_SERVER": f"smtp://127.0.0.1:{mail_servers_started.starttls.port}",
                "RUNNER_EMAIL_FROM": "orders@shop.test",
                "RUNNER_EMAIL_USER": USER,
                "RUNNER_EMAIL_PASSWORD": "wrong",
                "RUNNER_NETWORK_AUTHORITIES": str(authority.certificates),
                "RUNNER_FILES": str(folder / "full"),
            }
            yield replace(ran(folder, actions, settings), has_small_disk=is_small)


def live(shop: Any) -> dict[str, str]:
    """Settings that perform for real, with the shop and loopback within reach."""
    return {
        "SHOPIFY_SHOP": shop.url,
        "SHOPIFY_ACCESS_TOKEN": shop.token,
        "RUNNER_MODE": "live",
        "RUNNER_NETWORK_ALLOW": "127.0.0.1,localhost",
        "RUNNER_RETRY_DELAYS": "0.01",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }


@dataclass(frozen=True)
class Ran:
    """What the command left behind: exit code, output, and the runs of the actions in their order."""

    code: int
    out: str
    err: str
    runs: tuple[Run, ...]
    has_small_disk: bool = False


def ran(folder: Path, actions: list[dict[str, Any]], settings: dict[str, str]) -> Ran:
    """``runner run`` in a process of its own, on a task that wants ``actions``."""
    script = "".join(json.dumps({"action": action}) for action in actions)
    done = subprocess.run(
        [sys.executable, "-m", "runner", "run", str(task_file(folder, script)), "--topic", TOPIC, "--live"],
        cwd=folder,
        env={**os.environ, **settings, "RUNNER_DATABASE": f"sqlite:///{folder}/runner.db"},
        capture_output=True,
        text=True,
        timeout=80,
        check=False,
    )
    with Store(f"sqlite:///{folder}/runner.db") as store:
        runs = sorted(store.runs.all(kind=RunKind.ACTION), key=lambda run: run.seq)
    return Ran(done.returncode, done.stdout, done.stderr, tuple(runs))


@pytest.mark.parametrize("name", CASES)
def test_a_bad_action_says_what_is_wrong_where_and_what_to_do(name: str, failed: Ran) -> None:
    case = CASES[name]
    if name == "a full disk" and not failed.has_small_disk:
        pytest.skip("only root can mount a small disk")
    run = failed.runs[list(CASES).index(name)]
    failure = run.failure or {}
    assert run.state is RunState.FAILED
    assert failure["code"] == case.code
    assert case.says in str(run.error)
    assert case.hint in failure["hint"]
    assert str(run.error).splitlines()[0][:60] in failed.out


def test_the_command_fails_without_a_traceback_and_does_what_stands_behind(failed: Ran) -> None:
    assert failed.code == 1
    assert "Traceback" not in failed.out + failed.err
    assert failed.runs[-1].state is RunState.SUCCEEDED
    assert len(failed.runs) == len(CASES) + 1


def test_of_a_download_without_end_no_more_is_taken_than_may_be(failed: Ran, web_server: WebServer) -> None:
    assert 0 < web_server.sent < 40 * MEGABYTE
