"""What runs that reach nobody outside the shop keep in place of sending it."""

from __future__ import annotations

import email
import json
import os
from datetime import UTC, datetime
from email import policy
from pathlib import Path
from typing import Any

import pytest

from runner.clock import FixedClock, SystemClock
from runner.errors import ActionError
from runner.outbox import FolderOutbox
from runner.redact import Redactor
from runner.simulator.server import simulator
from tests.cli.conftest import Command, Ran
from tests.cli.made import TOPIC, task_file
from tests.servers.web import WebServer, web, web_server

__all__ = ["web", "web_server"]

CSV = "id,total\n1,9.90\n"
EMAIL = {"to": "Pat <pat@example.com>", "bcc": "b@example.com", "subject": "Größe", "body": "<p>Hi</p>"}


def script(kind: str, options: Any) -> str:
    return f'{{% action "{kind}" %}}{json.dumps(options)}{{% endaction %}}'


def simulated(run: Command, folder: Path, kind: str, options: Any, *words: str, **keys: Any) -> Ran:
    return run("run", task_file(folder, script(kind, options), **keys), "--topic", TOPIC, "--shop", "prints", *words)


def entries(folder: Path) -> list[Path]:
    return sorted((folder / ".runner" / "outbox").iterdir())


def kept(folder: Path) -> dict[str, bytes]:
    """The files of the only action."""
    (entry,) = entries(folder)
    return {file.name: file.read_bytes() for file in entry.iterdir()}


def test_an_email_is_kept_as_a_message_that_mail_programs_open(run: Command, tmp_path: Path) -> None:
    ran = simulated(run, tmp_path, "email", {**EMAIL, "attachments": {"order.csv": CSV}})
    assert ran.code == 0
    (entry,) = entries(tmp_path)
    assert f"not sent: .runner/outbox/{entry.name}" in ran.out
    assert "1 kept in the outbox" in ran.out
    message = email.message_from_bytes((entry / "message.eml").read_bytes(), policy=policy.default)
    assert (message["To"], message["Bcc"], message["Subject"]) == ("Pat <pat@example.com>", "b@example.com", "Größe")
    assert message["From"] == "Tidewater Prints <orders@shop.example>"
    body = message.get_body(("html",))
    assert body is not None
    assert body.get_content().strip() == "<p>Hi</p>"
    (attached,) = message.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("order.csv", CSV)
    assert (entry / "order.csv").read_text() == CSV


SENT: list[tuple[str, Any, str, str, list[str]]] = [
    (
        "http",
        {
            "method": "post",
            "url": "https://me:pw@api.example.com/in?a=1",
            "headers": {"X-A": ["1", "2"]},
            "body": {"ü": 1},
        },
        "request.http",
        "POST https://api.example.com/in?a=1 HTTP/1.1\r\nHost: api.example.com\r\n",
        ["X-A: 1\r\nX-A: 2\r\n", "Authorization: Basic bWU6cHc=", '\r\n\r\n{"ü":1}'],
    ),
    (
        "http",
        {"method": "post", "url": "https://example.com/", "body": {"key": "k"}, "files": {"file": CSV}},
        "request.http",
        "POST https://example.com/ HTTP/1.1\r\n",
        ['name="key"\r\n\r\nk\r\n', f'name="file"; filename="file"\r\nContent-Type: text/plain\r\n\r\n{CSV}\r\n'],
    ),
    (
        "slack",
        {
            "account": "us",
            "method": "POST",
            "url_path": "/chat.postMessage",
            "body": {"channel": "C1", "text": "x"},
        },
        "request.http",
        "POST https://slack.com/api/chat.postMessage HTTP/1.1\r\n",
        ['{"channel":"C1","text":"x"}', "Authorization: Bearer __mechanic_secret_value_redacted__"],
    ),
    (
        "google",
        {"account": "us", "method": "GET", "url_path": "/drive/v3/files", "body": {"pageSize": 10}},
        "request.http",
        "GET https://www.googleapis.com/drive/v3/files?pageSize=10 HTTP/1.1\r\n",
        [],
    ),
    (
        "airtable",
        {"account": "us", "method": "POST", "url_path": "/v0/a/b", "body": {"records": []}},
        "request.http",
        "POST https://api.airtable.com/v0/a/b HTTP/1.1\r\n",
        ['{"records":[]}'],
    ),
    (
        "report_toaster",
        {"operation": "report", "reports": [{"id": "v_1"}]},
        "request.http",
        "POST https://report-toaster.invalid/ HTTP/1.1\r\n",
        ['{"operation":"report","reports":[{"id":"v_1"}]}'],
    ),
    (
        "google_sheets",
        {"account": "us", "operation": "append_rows", "spreadsheet_id": "1AbC", "rows": [["1"]], "sheet_name": "S"},
        "first-request.http",
        "POST https://sheets.googleapis.com/v4/spreadsheets/1AbC/values/",
        ['"values":[["1"]]'],
    ),
    ("google_drive", {"account": "us", "uploads": {"a/b.csv": CSV}}, "b.csv", CSV, []),
    ("flow", {"order_id": 12, "user_string": "vip"}, "request.json", "{", ['"order_id": 12', "flowTriggerReceive"]),
    (
        "ftp",
        {
            "protocol": "sftp",
            "host": "h",
            "user": "me",
            "password": "p",
            "uploads": {"o/a.csv": CSV},
            "downloads": ["i"],
        },
        "session.txt",
        "sftp://h:22, as me\nupload o/a.csv\ndownload i\n",
        [],
    ),
    ("ftp", {"host": "h", "user": "me", "uploads": {"o/a.csv": CSV}}, "a.csv", CSV, []),
    ("files", {"a.zip": {"zip": {"files": {"b.txt": "x"}}}}, "a.zip", "PK", []),
]
"""Type, options, the file that tells what would be sent, how it begins, and what else is in it."""


def test_what_each_type_would_send_is_kept(run: Command, tmp_path: Path) -> None:
    """One run for all, since each starts a store."""
    text = "".join(script(kind, options) for kind, options, *_ in SENT)
    ran = run("run", task_file(tmp_path, text), "--topic", TOPIC, "--shop", "prints", "--json")
    assert ran.code == 0, ran.out
    actions = [each for each in ran.document["events"][0]["runs"] if "action" in each]
    assert [each["state"] for each in actions] == ["succeeded"] * len(SENT)
    for number, (action, (kind, options, name, begins, holds)) in enumerate(zip(actions, SENT, strict=True), start=1):
        folder = Path(action["outbox"])
        assert folder.name.endswith(f"-made-{number}-{kind}")
        told = (folder / name).read_bytes().decode(errors="replace")
        assert told.startswith(begins)
        assert [part for part in holds if part not in told] == []
        document = json.loads((folder / "action.json").read_text())
        assert (document["type"], document["options"], document["event"]) == (kind, options, TOPIC)


def test_a_dry_run_keeps_it_too_and_calls_it_dry(
    run: Command, tmp_path: Path, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = task_file(
        tmp_path,
        script("http", {"method": "get", "url": web.url()}) + script("cache", ["set", "k", 1]),
        subscriptions_template=f"{TOPIC}\nmechanic/actions/perform",
    )
    with simulator("prints", hold_webhooks=True) as shop:
        for name, value in (("SHOPIFY_SHOP", shop.url), ("SHOPIFY_ACCESS_TOKEN", shop.token)):
            monkeypatch.setenv(name, value)
        ran = run("run", task, "--topic", TOPIC, "--json")
    assert ran.code == 0
    assert web.saw == []
    assert kept(tmp_path)["request.http"].startswith(f"GET {web.url()}".encode())
    assert len(ran.document["events"]) == 1, "nothing follows from what was not performed"
    assert [each["state"] for each in ran.document["events"][0]["runs"] if "action" in each] == ["dry", "dry"]
    assert (ran.document["totals"]["actions_kept"], ran.document["totals"]["actions_not_performed"]) == (1, 1)


def test_a_task_goes_on_after_what_was_kept_in_a_simulated_store(run: Command, tmp_path: Path) -> None:
    text = (
        '{% if event.topic contains "perform" %}{% log ok: action.run.ok, at: action.run.result.outbox, '
        'size: action.run.result["a.txt"].size %}{% else %}'
        + script("http", {"method": "get", "url": "https://example.com/"})
        + script("files", {"a.txt": "four"})
        + "{% endif %}"
    )
    task = task_file(tmp_path, text, subscriptions_template=f"{TOPIC}\nmechanic/actions/perform")
    ran = run("run", task, "--topic", TOPIC, "--shop", "prints", "--json")
    logs = [
        each["rendering"]["logs"][0]
        for event in ran.document["events"][1:]
        for each in event["runs"]
        if each.get("rendering")
    ]
    request, _ = sorted(entries(tmp_path), key=lambda each: each.name.split("-")[-2])
    assert {"ok": True, "at": str(request.relative_to(tmp_path)), "size": None} in logs
    assert {"ok": True, "at": None, "size": 4} in logs


def test_outside_is_reached_from_a_simulated_store_when_it_is_asked_for(
    run: Command, tmp_path: Path, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNNER_NETWORK_ALLOW", "127.0.0.1")
    ran = simulated(run, tmp_path, "http", {"method": "get", "url": web.url()}, "--outside")
    assert (ran.code, len(web.saw)) == (0, 1)
    assert not (tmp_path / ".runner").exists()


@pytest.mark.parametrize("words", [["--shop", "prints", "--dry-run"], []])
def test_outside_needs_a_simulated_store_that_acts(words: list[str], run: Command, tmp_path: Path) -> None:
    ran = run("run", task_file(tmp_path, ""), "--topic", TOPIC, "--outside", *words)
    assert ran.code == 2
    assert "--outside" in ran.err


def test_nothing_is_downloaded(run: Command, tmp_path: Path, web: WebServer) -> None:
    files = {"a.png": {"url": web.url()}, "b.zip": {"zip": {"files": {"c.png": {"url": web.url()}}}}}
    assert simulated(run, tmp_path, "files", files).code == 0
    assert web.saw == []
    assert kept(tmp_path)["a.png"].decode().startswith(f"Here stands what {web.url()} answers with.")


def test_a_page_that_asks_for_a_file_is_refused_as_ever(run: Command, tmp_path: Path) -> None:
    page = '<img src="file:///etc/passwd">'
    ran = simulated(run, tmp_path, "files", {"a.pdf": {"pdf": {"html": page}}})
    assert ran.code == 1
    assert "http, https and data addresses only" in ran.out
    assert entries(tmp_path) == [], "what failed leaves nothing"


SECRET: list[Any] = [
    {
        "method": "post",
        "url": "https://me:{{ secrets.plain }}@example.com/",
        "body": {"a": "{{ secrets.key }}"},
    },
    {"method": "post", "url": "https://example.com/?k={{ secrets.key | url_encode }}", "body": "{{ secrets.key }}"},
    {"method": "get", "url": "{{ secrets.address }}/{{ secrets.key }}"},
    {"method": "get", "url": "https://example.com", "headers": {"Authorization": "Bearer {{ secrets.key }}"}},
]


def test_no_form_of_a_secret_is_kept(run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {"KEY": "s3cret/value with+signs", "ADDRESS": "https://hidden.example.com", "PLAIN": "pass+word=x"}
    (tmp_path / "runner.yml").write_text("secrets: [key, address, plain]\n")
    for name, value in secrets.items():
        monkeypatch.setenv(f"RUNNER_SECRET_{name}", value)
    text = "".join(script("http", options) for options in SECRET)
    ran = run("run", task_file(tmp_path, text), "--topic", TOPIC, "--shop", "prints")
    assert ran.code == 0, ran.out + ran.err
    redactor = Redactor(secrets.values())
    assert len(entries(tmp_path)) == len(SECRET)
    for file in (tmp_path / ".runner").rglob("*.*"):
        told = file.read_text() if file.is_file() else ""
        assert redactor.text(told) == told, file
    assert redactor.text(ran.out) == ran.out


def test_an_invalid_option_with_a_secret_is_told_without_it(
    run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "runner.yml").write_text("secrets: [key]\n")
    monkeypatch.setenv("RUNNER_SECRET_KEY", "no-address")
    ran = simulated(run, tmp_path, "http", {"method": "get", "url": "{{ secrets.key }}"})
    assert ran.code == 1
    assert '"url" does not begin with http:// or https://' in ran.out
    assert "no-address" not in ran.out
    assert not (tmp_path / ".runner").exists()


@pytest.mark.parametrize(
    "name", ["../../up/and/away", "Ünïcødé ✓ 名前" * 40, "a/b\\c:d*e?", "...", "  ", "x" * 300, "nul\x00l"]
)
def test_any_name_of_a_task_and_of_a_file_is_kept_inside_the_outbox(name: str, run: Command, tmp_path: Path) -> None:
    files = {f"{name}.txt": "1", f"{name}/{name}.txt": "2", "action.json": "3", "ACTION.json": "4", "é" * 200: "5"}

    folder = tmp_path / "box"
    entry = FolderOutbox(folder, name, SystemClock()).open("files")
    for each, text in files.items():
        entry.write(each, text.encode())
    (made,) = folder.iterdir()
    assert made.is_dir()
    assert sorted(file.read_text() for file in made.iterdir()) == ["1", "2", "3", "4", "5"]
    assert [path for path in tmp_path.rglob("*") if not path.is_relative_to(folder)] == []


def test_runs_in_the_same_second_share_no_folder(tmp_path: Path) -> None:
    clock = FixedClock(datetime(2026, 3, 4, 9, 30, tzinfo=UTC))
    one, other = (FolderOutbox(tmp_path, "low-stock", clock) for _ in "12")
    paths = [box.open("email").path for box in (one, other, one)]
    assert len(set(paths)) == 3
    assert all(Path(path).is_dir() for path in paths)
    assert [path.rpartition("-low-stock-")[2] for path in paths] == ["1-email", "2-email", "3-email"]


def test_the_place_is_a_setting(run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNNER_OUTBOX", "sent here")
    ran = simulated(run, tmp_path, "email", EMAIL)
    (entry,) = (tmp_path / "sent here").iterdir()
    assert f"not sent: sent here/{entry.name}" in ran.out


def test_the_folder_of_the_program_ignores_itself(run: Command, tmp_path: Path) -> None:
    simulated(run, tmp_path, "email", EMAIL)
    assert (tmp_path / ".runner" / ".gitignore").read_text() == "*\n"


def test_a_gitignore_that_is_there_stays(run: Command, tmp_path: Path) -> None:
    (tmp_path / ".runner").mkdir()
    (tmp_path / ".runner" / ".gitignore").write_text("mine\n")
    simulated(run, tmp_path, "email", EMAIL)
    assert (tmp_path / ".runner" / ".gitignore").read_text() == "mine\n"


def test_a_place_that_is_no_folder_is_named(run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("RUNNER_OUTBOX", "file/box")
    ran = simulated(run, tmp_path, "email", EMAIL)
    assert ran.code == 1
    assert "file/box cannot be written: Not a directory" in ran.out
    assert "the setting `outbox`" in ran.out


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no device that is always full")
def test_a_full_disk_is_named_and_leaves_no_half(run: Command, tmp_path: Path) -> None:

    entry = FolderOutbox(tmp_path / "box", "task", SystemClock()).open("email")
    (Path(entry.path) / "message.eml").symlink_to("/dev/full")
    with pytest.raises(ActionError, match=r"message\.eml cannot be written: No space left on device") as raised:
        entry.write("message.eml", b"x" * 100_000)
    assert raised.value.code == "outbox.write"
    entry.drop()
    assert list((tmp_path / "box").iterdir()) == []
