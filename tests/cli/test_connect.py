"""``runner connect`` against the providers on loopback: every way in, what is kept, what is said, what is refused."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from runner.accounts import Account, AccountBook
from runner.simulator.server import simulator
from tests.accounts.keys import EMAIL, key
from tests.cli.conftest import Command
from tests.cli.made import TOPIC, task_file
from tests.servers.providers import CLIENT, PERSONAL, REFRESH, SECRET, Providers, providers, providers_server

__all__ = ["providers", "providers_server"]


@pytest.fixture
def file(tmp_path_factory: pytest.TempPathFactory, providers: Providers, monkeypatch: Any) -> Path:
    """The settings that lead to the stand-ins; the file of accounts, outside the project."""
    place = tmp_path_factory.mktemp("home") / "accounts.json"
    for name in ("GOOGLE", "SLACK", "AIRTABLE"):
        monkeypatch.setenv(f"RUNNER_{name}_URL", providers.url)
    monkeypatch.setenv("RUNNER_ACCOUNTS_FILE", str(place))
    monkeypatch.setenv("CLIENT_SECRET", SECRET)
    return place


def given(text: str, monkeypatch: Any) -> None:
    """What standard input holds."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def client_file(folder: Path) -> Path:
    path = folder / "client.json"
    path.write_text(json.dumps({"installed": {"client_id": CLIENT, "client_secret": SECRET}}))
    return path


def kept(file: Path, provider: str) -> dict[str, Account]:
    return AccountBook(file).accounts(provider)


@pytest.mark.parametrize(
    ("provider", "name", "scopes"),
    [("slack", "Our team", ("chat:write", "chat:write.public")), ("airtable", "usr1", ("data.records:read",))],
)
def test_a_token_from_standard_input_is_kept_under_its_owner_s_name(
    provider: str, name: str, scopes: Any, run: Command, file: Path, monkeypatch: Any
) -> None:
    given(PERSONAL + "\n", monkeypatch)
    ran = run("connect", provider, "--from-stdin")
    assert ran.code == 0, ran.err
    assert f'tasks name it: "account": "{name}"' in ran.out
    assert PERSONAL not in ran.out + ran.err
    assert kept(file, provider) == {name: Account(name, token=PERSONAL, scopes=scopes)}


def test_a_token_from_a_variable_under_a_name_of_one_s_own(run: Command, file: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("BOT", PERSONAL)
    ran = run("connect", "slack", "--token-env", "BOT", "--name", "alerts")
    assert ran.code == 0, ran.err
    assert 'the Slack account "alerts" (Our team) is connected' in ran.out
    assert list(kept(file, "slack")) == ["alerts"]


@pytest.mark.parametrize(
    ("text", "words", "hint"),
    [
        ("xoxb-wrong", "Slack does not accept the token: invalid_auth", "Copy it again"),
        ("", "that is no bot token", "copy it again, whole"),
        ("two words", "that is no bot token", "copy it again, whole"),
        ("xoxe-1-abc", "refresh token of an app with token rotation", "--client-id"),
    ],
)
def test_a_token_that_cannot_be_used_is_not_kept(
    text: str, words: str, hint: str, run: Command, file: Path, monkeypatch: Any
) -> None:
    given(text, monkeypatch)
    ran = run("connect", "slack", "--from-stdin")
    assert ran.code != 0
    assert words in ran.err
    assert hint in ran.err
    assert not file.exists()
    if text.startswith("xox"):
        assert text not in ran.err


def test_without_a_terminal_the_ways_to_give_a_token_are_named(run: Command, file: Path, monkeypatch: Any) -> None:
    given("", monkeypatch)
    ran = run("connect", "airtable")
    assert ran.code == 2
    assert "runner connect airtable --from-stdin, or --token-env VAR" in ran.err


def test_a_refresh_token_of_slack_is_tried_and_kept(
    run: Command, file: Path, providers: Providers, monkeypatch: Any
) -> None:
    providers.rotates = True
    given(REFRESH, monkeypatch)
    ran = run("connect", "slack", "--from-stdin", "--client-id", CLIENT, "--client-secret-env", "CLIENT_SECRET")
    assert ran.code == 0, ran.err
    account = kept(file, "slack")["Our team"]
    assert (account.token, account.refresh_token, account.client_id) == (None, f"{REFRESH}-1", CLIENT)


def test_a_service_account_is_kept_once_it_has_made_a_token(run: Command, file: Path, tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    path.write_text(json.dumps({"type": "service_account", **key()}))
    ran = run("connect", "google", "--service-account", path)
    assert ran.code == 0, ran.err
    account = kept(file, "google")[EMAIL]
    assert (account.kind, account.access_token) == ("service account", "ya29.access-token-1")
    assert account.scopes == ("https://www.googleapis.com/auth/drive.file",)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"type": "authorized_user"}', '{"type": "service_account"}'])
def test_another_file_is_no_key_file(content: str, run: Command, file: Path, tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    path.write_text(content)
    ran = run("connect", "google", "--service-account", path)
    assert ran.code != 0
    assert str(path) in ran.err
    assert not file.exists()


def test_a_code_on_another_device(run: Command, file: Path, providers: Providers, tmp_path: Path) -> None:
    providers.patience = (600, 0.01)
    ran = run("connect", "google", "--device", "--client-file", client_file(tmp_path))
    assert ran.code == 0, ran.err
    assert "On any device open https://g.test/device and type the code ABC-DEF" in ran.err
    account = kept(file, "google")["me@example.com"]
    assert (account.refresh_token, account.client_id, account.client_secret) == (REFRESH, CLIENT, SECRET)


def test_a_person_who_says_no_on_the_device(run: Command, file: Path, providers: Providers, tmp_path: Path) -> None:
    providers.denies, providers.patience = True, (600, 0.01)
    ran = run("connect", "google", "--device", "--client-file", client_file(tmp_path))
    assert ran.code != 0
    assert "Google did not connect the account: access_denied" in ran.err
    assert not file.exists()


@pytest.fixture
def started(file: Path, tmp_path: Path) -> Iterator[Any]:
    """Starts a command that waits for a browser; the process, and the address that it prints."""
    processes: list[subprocess.Popen[str]] = []

    def start(*words: str) -> tuple[subprocess.Popen[str], str]:
        command = [sys.executable, "-m", "runner", "connect", *words, "--no-browser"]
        process = subprocess.Popen(
            command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ)
        )
        processes.append(process)
        assert process.stderr is not None
        address = next(line for line in process.stderr if line.startswith("http"))
        assert "waiting on 127.0.0.1:" in process.stderr.readline()
        return process, address.strip()

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def test_a_browser_on_this_machine(started: Any, file: Path, tmp_path: Path) -> None:
    process, address = started("google", "--client-file", str(client_file(tmp_path)))
    assert httpx.get(address, follow_redirects=True).status_code == 200
    out, err = process.communicate(timeout=20)
    assert process.returncode == 0, err
    assert 'the Google account "me@example.com" is connected' in out
    assert kept(file, "google")["me@example.com"].refresh_token == REFRESH
    assert not {REFRESH, SECRET} & set((out + err).split())


def test_a_person_who_says_no_in_the_browser(started: Any, file: Path, providers: Providers) -> None:
    providers.denies = True
    process, address = started("airtable", "--client-id", CLIENT, "--port", "0")
    httpx.get(address.replace("localhost", "127.0.0.1"), follow_redirects=True)
    _, err = process.communicate(timeout=20)
    assert process.returncode != 0
    assert "the account was not connected: access_denied" in err
    assert not file.exists()


def test_a_command_that_is_interrupted_keeps_nothing(started: Any, file: Path, tmp_path: Path) -> None:
    import signal

    process, _ = started("google", "--client-file", str(client_file(tmp_path)))
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode != 0
    assert "Traceback" not in err
    assert not file.exists()


@pytest.mark.parametrize(
    ("change", "code"),
    [((), 0), (("state=", "state=x"), 1)],
)
def test_the_address_where_the_browser_ended_is_pasted(
    change: tuple[str, str], code: int, file: Path, tmp_path: Path
) -> None:
    words = ("google", "--paste", "--client-file", str(client_file(tmp_path)))
    process = subprocess.Popen(
        [sys.executable, "-m", "runner", "connect", *words],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    address = next(line for line in process.stderr if line.startswith("http")).strip()
    ended = httpx.get(address).headers["location"]
    assert urlsplit(ended).netloc == "127.0.0.1:9397"
    out, err = process.communicate(ended.replace(*change) if change else ended, timeout=20)
    assert (process.returncode != 0) == bool(code), err
    if code:
        assert "that is not the address where this page ends" in err
        assert not file.exists()
    else:
        assert 'the Google account "me@example.com" is connected' in out


def test_without_a_client_the_options_are_named(run: Command, file: Path) -> None:
    ran = run("connect", "google", "--no-browser")
    assert ran.code == 2
    assert "--client-file FILE, or --client-id ID" in ran.err


def test_accounts_are_listed_and_removed_without_a_token_in_sight(run: Command, file: Path, monkeypatch: Any) -> None:
    assert "none yet" in run("connect", "list").out
    given(PERSONAL, monkeypatch)
    run("connect", "slack", "--from-stdin")
    listed = run("connect", "list", "--json")
    expected = {"provider": "slack", "name": "Our team", "kind": "token", "scopes": ["chat:write", "chat:write.public"]}
    assert listed.document == {"accounts": [expected]}
    assert "Our team" in run("connect", "list").out
    assert "--force" in run("connect", "remove", "slack", "Our team").err
    assert run("connect", "remove", "slack", "another", "--force").code != 0
    assert run("connect", "remove", "trello", "x", "--force").code == 2
    assert run("connect", "remove", "slack", "Our team", "--force").code == 0
    assert kept(file, "slack") == {}


def test_a_file_inside_the_project_is_refused(run: Command, file: Path, tmp_path: Path, monkeypatch: Any) -> None:
    (tmp_path / "runner.yml").write_text("{}\n")
    monkeypatch.setenv("RUNNER_ACCOUNTS_FILE", str(tmp_path / "accounts.json"))
    given(PERSONAL, monkeypatch)
    ran = run("connect", "slack", "--from-stdin")
    assert ran.code == 2
    assert "accounts_file" in ran.err


def test_without_a_shop_and_a_file_the_settings_are_named(run: Command, file: Path, monkeypatch: Any) -> None:
    monkeypatch.delenv("RUNNER_ACCOUNTS_FILE")
    given(PERSONAL, monkeypatch)
    ran = run("connect", "slack", "--from-stdin")
    assert ran.code == 2
    assert "accounts_file" in ran.err


def test_a_provider_that_is_out_of_order_is_said_to_be(
    run: Command, file: Path, providers: Providers, monkeypatch: Any
) -> None:
    from tests.servers.web import Answer

    providers.faults = [Answer(503, b"<h1>")]
    given(PERSONAL, monkeypatch)
    ran = run("connect", "slack", "--from-stdin")
    assert ran.code != 0
    assert "Slack did not say whose token it is: status 503" in ran.err
    assert not file.exists()


@pytest.mark.parametrize(
    ("account", "mode", "code", "words"),
    [
        ("alerts", "live", 0, 'action slack: post to #general for alerts: "hi"'),
        ("another", "live", 1, "Connected are alerts; `runner connect slack` adds one."),
        ("alerts", "simulated", 0, "not sent: .runner/outbox"),
    ],
)
def test_a_live_run_posts_for_the_account_that_was_connected(
    account: str, mode: str, code: int, words: str, run: Command, file: Path, providers: Providers, monkeypatch: Any
) -> None:
    given(PERSONAL, monkeypatch)
    run("connect", "slack", "--from-stdin", "--name", "alerts")
    body = {"channel": "#general", "text": "hi"}
    options = {"account": account, "method": "POST", "url_path": "/chat.postMessage", "body": body}
    task = task_file(file.parent, '{% action "slack" %}' + json.dumps(options) + "{% endaction %}")
    with simulator("prints", hold_webhooks=True) as shop:
        if mode == "live":
            for name, value in (("SHOPIFY_SHOP", shop.url), ("SHOPIFY_ACCESS_TOKEN", shop.token)):
                monkeypatch.setenv(name, value)
            monkeypatch.setenv("RUNNER_MODE", "live")
            ran = run("run", task, "--topic", TOPIC)
        else:
            ran = run("run", task, "--topic", TOPIC, "--shop", "prints")
    assert ran.code == code, ran.out + ran.err
    assert words in ran.out, ran.out
    assert providers.channels.posted == (1 if code == 0 and mode == "live" else 0)
    assert PERSONAL not in ran.out + ran.err


def test_a_no_of_slack_is_told_though_the_run_is_a_success(
    run: Command, file: Path, monkeypatch: Any, caplog: pytest.LogCaptureFixture
) -> None:
    given(PERSONAL, monkeypatch)
    run("connect", "slack", "--from-stdin", "--name", "alerts")
    body = {"channel": "#nowhere", "text": "hi"}
    options = {"account": "alerts", "method": "POST", "url_path": "/chat.postMessage", "body": body}
    task = task_file(file.parent, '{% action "slack" %}' + json.dumps(options) + "{% endaction %}")
    with simulator("prints", hold_webhooks=True) as shop:
        for name, value in (("SHOPIFY_SHOP", shop.url), ("SHOPIFY_ACCESS_TOKEN", shop.token), ("RUNNER_MODE", "live")):
            monkeypatch.setenv(name, value)
        ran = run("run", task, "--topic", TOPIC)
    assert ran.code == 0
    assert "slack said no: channel_not_found" in caplog.text


def test_each_shop_has_accounts_of_its_own(
    run: Command, file: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: Any
) -> None:
    monkeypatch.delenv("RUNNER_ACCOUNTS_FILE")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
    monkeypatch.setenv("SHOPIFY_SHOP", "prints.myshopify.com")
    given(PERSONAL, monkeypatch)
    assert run("connect", "slack", "--from-stdin", "--name", "alerts").code == 0
    assert [account["name"] for account in run("connect", "list", "--json").document["accounts"]] == ["alerts"]
    monkeypatch.setenv("SHOPIFY_SHOP", "other.myshopify.com")
    assert run("connect", "list", "--json").document == {"accounts": []}
