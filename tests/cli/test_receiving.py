"""Mail in and out of `runner serve`, as a process beside real servers of mail."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

from runner.cli.receiving import MailWatch, mailbox
from runner.config import load_settings
from runner.errors import ConfigError, NetworkError
from runner.simulator.server import RunningShop
from tests.cli.conftest import Command
from tests.cli.made import task_file
from tests.cli.test_serve import serving, shop, until
from tests.servers.authority import authority
from tests.servers.imap import PASSWORD as INBOX_PASSWORD
from tests.servers.imap import USER as INBOX_USER
from tests.servers.imap import ImapServer, imap, imap_started
from tests.servers.loop import loop_thread
from tests.servers.mail import MailServers, mail_servers, mail_servers_started

__all__ = ["authority", "imap", "imap_started", "loop_thread", "mail_servers", "mail_servers_started", "shop"]

SECRET = "0123456789abcdef0123"
REPLY = """{% action "email" %}
  {"to": {{ email.from | json }}, "subject": {{ "Re: " | append: email.subject | json }},
   "body": {{ email.attachments.first.content | default: "none" | json }}}
{% endaction %}"""


def mail(number: int) -> bytes:
    return (
        f"From: Pat <pat{number}@example.com>\r\nSubject: mail {number}\r\nMessage-ID: <{number}@example.com>\r\n"
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello\r\n"
        "--b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=a.csv\r\n\r\n1\r\n--b--\r\n"
    ).encode()


def test_mail_from_both_ways_in_is_answered_once(
    shop: RunningShop,
    run: Command,
    imap: ImapServer,
    mail_servers: MailServers,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    task_file(tmp_path / "tasks", REPLY, subscriptions_template="mechanic/emails/received")
    values = {
        "SERVER": f"smtp+plain://127.0.0.1:{mail_servers.plain.port}",
        "FROM": "orders@shop.test",
        "INBOX": f"imap+plain://127.0.0.1:{imap.port}",
        "INBOX_USER": INBOX_USER,
        "INBOX_PASSWORD": INBOX_PASSWORD,
        "HOOK_SECRET": SECRET,
        "POLL": "1",
    }
    for name, value in values.items():
        monkeypatch.setenv(f"RUNNER_EMAIL_{name}", value)
    assert run("tasks", "enable", "made").code == 0
    with serving(tmp_path) as (served, process):
        hook = f"{served['inbound']}/email/{SECRET}"
        for _ in range(2):
            reply = httpx.post(hook, content=mail(1), headers={"Content-Type": "message/rfc822"})
            assert reply.status_code == 200
        until(lambda: any((tmp_path / ".runner").glob("runner.db")) and _looked(tmp_path))
        imap.deliver(mail(2))
        until(lambda: len(mail_servers.plain.got) == 2)
        status = httpx.get(f"{served['api']}/status").json()
        assert status["intake"] == {"email": {"kept": 1, "duplicate": 1}}
        process.terminate()
        _, err = process.communicate(timeout=40)
    assert "Traceback" not in err
    assert INBOX_PASSWORD not in err
    assert SECRET not in err
    answers = sorted(mail_servers.plain.got, key=lambda got: got.recipients)
    assert [got.recipients for got in answers] == [["pat1@example.com"], ["pat2@example.com"]]
    assert [got.message["subject"] for got in answers] == ["Re: mail 1", "Re: mail 2"]
    bodies = [got.message.get_body(("html",)) for got in answers]
    assert [body.get_content().strip() for body in bodies if body] == ["MQ==", "MQ=="]
    assert imap.unread() == 0


def _looked(folder: Path) -> bool:
    """Whether the mailbox has been looked into for the first time."""
    from runner.store import Store
    from runner.store.kept import KeptValues

    with Store(f"sqlite:///{folder}/.runner/runner.db") as store:
        return bool(KeptValues(store.database, "mailbox").all())


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({}, "its user is not"),
        ({"RUNNER_EMAIL_INBOX_USER": "a"}, "its password is not"),
        ({"RUNNER_EMAIL_USER": "a"}, "its password is not"),
    ],
)
def test_a_mailbox_without_a_login_is_a_named_error(variables: dict[str, str], words: str, tmp_path: Path) -> None:
    settings = load_settings(tmp_path, environment={"RUNNER_EMAIL_INBOX": "imaps://mail.test", **variables})
    with pytest.raises(ConfigError, match=words):
        mailbox(settings)


def test_the_login_for_sending_is_that_of_the_mailbox_too(tmp_path: Path) -> None:
    variables = {"RUNNER_EMAIL_INBOX": "imaps://mail.test/Shop", "RUNNER_EMAIL_USER": "a", "RUNNER_EMAIL_PASSWORD": "b"}
    found = mailbox(load_settings(tmp_path, environment=variables))
    assert found is not None
    assert (found.name, found.password) == ("a@mail.test/Shop", "b")
    assert mailbox(load_settings(tmp_path, environment={})) is None


def test_a_mailbox_that_fails_is_logged_once_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    failed: Any = NetworkError("mail.test refused the connection", hint="Check the host.")
    ends: list[Any] = [failed, failed, ValueError("a slip"), 0, 2]
    done = threading.Event()

    def look() -> int:
        end = ends.pop(0) if ends else 0
        if not ends:
            done.set()
        if isinstance(end, Exception):
            raise end
        return int(end)

    with caplog.at_level(logging.INFO), MailWatch(look, 0.001):
        assert done.wait(20)
    words = [record.getMessage() for record in caplog.records if record.name == "runner.cli.receiving"]
    assert words[0] == "the mailbox cannot be read: mail.test refused the connection (Check the host.)"
    assert "ValueError" in words[1]
    assert words[2] == "the mailbox can be read again"
    assert words[3] == "2 mail(s) received"
