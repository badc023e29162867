"""Tokens in force: bought when needed, once, kept for others; what happens when a provider refuses (actions.md 5)."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from google.auth import crypt

from runner.accounts import PROVIDERS, Account, AccountBook, Accounts
from runner.clock import FixedClock
from runner.errors import ActionError, ConfigError, NetworkError
from runner.network import Network, Policy
from tests.accounts.keys import EMAIL, key, public_key, unpadded
from tests.servers.connected import LASTING, SIGNED_IN
from tests.servers.providers import CLIENT, REFRESH, SECRET, Providers
from tests.servers.web import Answer

NAME = "me@example.com"
FILES = "https://www.googleapis.com/drive/v3/files"


def test_a_token_is_bought_once_and_kept_with_its_end(
    accounts: Accounts, book: AccountBook, providers: Providers
) -> None:
    assert [accounts.token("google", NAME) for _ in range(3)] == ["ya29.access-token-1"] * 3
    (got,) = providers.saw
    assert (got.method, got.path) == ("POST", "/token")
    assert got.headers["content-type"] == "application/x-www-form-urlencoded"
    expected = {"grant_type": "refresh_token", "refresh_token": REFRESH, "client_id": CLIENT, "client_secret": SECRET}
    assert got.form == expected
    kept = book.accounts("google")[NAME]
    assert (kept.access_token, str(kept.expires_at)) == ("ya29.access-token-1", "2026-11-27 13:00:00+00:00")
    assert kept.refresh_token == REFRESH


@pytest.mark.parametrize(("seconds", "bought"), [(3539, 1), (3541, 2), (4000, 2)])
def test_a_token_is_replaced_a_minute_before_its_end(
    seconds: int, bought: int, accounts: Accounts, providers: Providers, clock: FixedClock
) -> None:
    accounts.token("google", NAME)
    clock.advance(seconds)
    accounts.token("google", NAME)
    assert providers.bought == bought


def test_a_token_without_an_end_is_used_until_it_is_refused(
    accounts: Accounts, providers: Providers, clock: FixedClock
) -> None:
    providers.lifetime = None
    accounts.token("google", NAME)
    clock.advance(10**7)
    accounts.token("google", NAME)
    assert providers.bought == 1
    providers.valid.clear()
    with accounts.session("google", NAME) as session:
        assert session.send("GET", FILES, params={"q": "appProperties 'a' 'b'", "orderBy": "x"}).status == 200
    assert providers.bought == 2


def test_another_refresh_token_takes_the_place_of_the_former_one(
    accounts: Accounts, book: AccountBook, providers: Providers, clock: FixedClock
) -> None:
    providers.rotates = True
    for _ in range(3):
        accounts.token("google", NAME)
        clock.advance(4000)
    assert providers.bought == 3
    assert book.accounts("google")[NAME].refresh_token == f"{REFRESH}-3"


def test_many_threads_buy_one_token(accounts: Accounts, providers: Providers) -> None:
    """A provider that rotates would end the right of whoever comes second."""
    providers.rotates = True
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(accounts.token("google", NAME))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (found, providers.bought) == (["ya29.access-token-1"] * 8, 1)


def test_another_process_uses_the_token_that_was_bought(
    accounts: Accounts, book: AccountBook, providers: Providers, clock: FixedClock, outside: Any
) -> None:
    accounts.token("google", NAME)
    other = Accounts(AccountBook(book.file), outside.network, clock, places={"google": providers.url})
    assert (other.token("google", NAME), providers.bought) == ("ya29.access-token-1", 1)


@pytest.mark.parametrize("status", [401])
def test_a_refused_token_is_replaced_once_and_then_the_refusal_is_the_reply(
    status: int, accounts: Accounts, providers: Providers
) -> None:
    providers.faults = [Answer(status, b"{}")] * 5
    with accounts.session("google", NAME) as session:
        assert session.send("GET", FILES).status == status
    assert (len(providers.calls()), providers.bought) == (2, 2)
    tokens = [got.token for got in providers.calls()]
    assert tokens == ["ya29.access-token-1", "ya29.access-token-2"]


@pytest.mark.parametrize(("error", "calls"), [("token_expired", 2), ("invalid_auth", 2), ("channel_not_found", 1)])
def test_slack_refuses_a_token_with_the_status_200(
    error: str, calls: int, accounts: Accounts, book: AccountBook, providers: Providers
) -> None:
    book.put("slack", SIGNED_IN)
    providers.faults = [Answer(200, json.dumps({"ok": False, "error": error}).encode())]
    with accounts.session("slack", NAME) as session:
        reply = session.send("POST", "https://slack.com/api/auth.test")
    assert (json.loads(reply.content)["ok"], len(providers.calls()), providers.bought) == (calls == 2, calls, calls)


def test_a_lasting_token_that_is_refused_is_sent_once(accounts: Accounts, providers: Providers) -> None:
    providers.valid.clear()
    with accounts.session("airtable", NAME) as session:
        assert session.send("GET", "https://api.airtable.com/v0/meta/whoami").status == 401
    assert (len(providers.saw), providers.bought) == (1, 0)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_right_that_was_taken_back_says_how_to_connect_again(
    provider: str, accounts: Accounts, book: AccountBook, providers: Providers
) -> None:
    book.put(provider, replace(SIGNED_IN, refresh_token="revoked"))
    with pytest.raises(ActionError) as caught:
        accounts.token(provider, NAME)
    assert (caught.value.code, caught.value.transient) == ("account.refused", False)
    assert "its right has ended or was taken back" in str(caught.value)
    assert f"`runner connect {provider} --name {NAME}`" in str(caught.value.hint)
    assert "revoked" not in str(caught.value).replace("expired or revoked", "")


def test_a_client_that_is_refused_is_permanent(accounts: Accounts, book: AccountBook) -> None:
    book.put("google", replace(SIGNED_IN, client_secret="wrong"))
    with pytest.raises(ActionError, match="it was refused \\(invalid_client") as caught:
        accounts.token("google", NAME)
    assert "wrong" not in f"{caught.value} {caught.value.hint}"


@pytest.mark.parametrize(
    "answer",
    [
        Answer(500, b"{}"),
        Answer(503, b"<h1>down</h1>"),
        Answer(429, b"{}", (("Retry-After", "5"),)),
        Answer(drop=True),
        Answer(200, b'{"access_token": ', cut=True),
        Answer(200, b"<html>"),
        Answer(200, b"{}"),
        Answer(200, b"[]"),
        Answer(200, b'{"access_token": 5}'),
    ],
)
def test_a_provider_that_is_out_of_order_is_transient_and_costs_nothing(
    answer: Answer, accounts: Accounts, book: AccountBook, providers: Providers
) -> None:
    providers.token_faults = [answer]
    with pytest.raises(NetworkError) as caught:
        accounts.token("google", NAME)
    assert caught.value.transient
    assert book.accounts("google")[NAME] == SIGNED_IN
    assert accounts.token("google", NAME) == "ya29.access-token-1"


def test_airtable_s_client_logs_in_and_others_send_their_secret(
    accounts: Accounts, book: AccountBook, providers: Providers
) -> None:
    for provider in PROVIDERS:
        book.put(provider, SIGNED_IN)
        accounts.token(provider, NAME)
    ways = {got.path: ("authorization" in got.headers, "client_secret" in got.form) for got in providers.saw}
    assert ways == {
        "/oauth2/v1/token": (True, False),
        "/token": (False, True),
        "/api/oauth.v2.access": (False, True),
    }


def test_a_service_account_signs_for_its_tokens(accounts: Accounts, book: AccountBook, providers: Providers) -> None:
    scopes = ("https://www.googleapis.com/auth/drive.file",)
    book.put("google", Account("robot", key=key(), scopes=scopes))
    assert accounts.token("google", "robot") == "ya29.access-token-1"
    (got,) = providers.saw
    assert got.form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    message, _, signature = got.form["assertion"].rpartition(".")
    assert crypt.RSAVerifier.from_string(public_key()).verify(message.encode(), unpadded(signature))
    claims = json.loads(unpadded(message.partition(".")[2]))
    assert claims == {
        "iss": EMAIL,
        "scope": scopes[0],
        "aud": "https://oauth2.googleapis.com/token",
        "iat": 1795780800,
        "exp": 1795784400,
    }


def test_a_key_that_cannot_be_read_is_not_quoted(accounts: Accounts, book: AccountBook) -> None:
    book.put("google", Account("robot", key={**key(), "private_key": "-----BEGIN nonsense"}))
    with pytest.raises(ActionError, match="cannot be read") as caught:
        accounts.token("google", "robot")
    assert "nonsense" not in f"{caught.value} {caught.value.hint}"


@pytest.mark.parametrize("said", [NAME, f" {NAME} ", "Me@Example.com"])
def test_a_name_is_found_without_white_space_and_in_any_case(said: str, accounts: Accounts) -> None:
    assert accounts.account("slack", said).name == NAME


def test_names_that_differ_in_case_alone_must_be_said_exactly(accounts: Accounts, book: AccountBook) -> None:
    book.put("slack", replace(LASTING, name="ME@example.com", token="other"))
    assert accounts.account("slack", "ME@example.com").token == "other"
    with pytest.raises(ActionError, match=r"may be any of me@.*, ME@") as caught:
        accounts.account("slack", "mE@example.com")
    assert (caught.value.code, "write one exactly" in str(caught.value.hint)) == ("account.unknown", True)


def test_without_a_file_there_are_no_accounts(clock: FixedClock) -> None:
    accounts = Accounts(None, Network(Policy()), clock)
    with pytest.raises(ActionError) as caught:
        accounts.token("google", NAME)
    assert caught.value.hint == "None is connected: `runner connect google`."


class ReadOnly(AccountBook):
    """A file on a disk that takes nothing."""

    def write(self, provider: str, account: Account) -> None:
        raise ConfigError(f"no room for {provider}")


def test_a_file_that_cannot_be_written_stops_nothing(
    book: AccountBook, outside: Any, providers: Providers, clock: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    accounts = Accounts(ReadOnly(book.file), outside.network, clock, places={"google": providers.url})
    with caplog.at_level("WARNING"):
        assert [accounts.token("google", NAME) for _ in range(2)] == ["ya29.access-token-1"] * 2
    assert providers.bought == 1
    assert "was not kept" in caplog.text
    assert "ya29" not in caplog.text


def test_the_file_is_for_its_owner_alone(book: AccountBook) -> None:
    assert (book.file.stat().st_mode & 0o777, book.file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    book.file.chmod(0o640)
    with pytest.raises(ConfigError, match="others may read") as caught:
        book.accounts("google")
    assert f"chmod 600 {book.file}" in str(caught.value.hint)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"google": 5}',
        '{"google": {"me": {"token": 5}}}',
        '{"google": {"me": {}}}',
        '{"google": {"me": {"refresh_token": "xyzzy"}}}',
        '{"google": {"me": {"key": {"a": 1}}}}',
        '{"google": {"me": {"token": "xyzzy", "scopes": "x"}}}',
        '{"google": {"me": {"token": "xyzzy", "expires_at": "soon"}}}',
    ],
)
def test_a_file_that_is_not_ours_is_refused_without_its_values(content: str, tmp_path: Path) -> None:
    file = tmp_path / "accounts.json"
    file.write_text(content)
    file.chmod(0o600)
    with pytest.raises(ConfigError) as caught:
        AccountBook(file).accounts("google")
    assert "xyzzy" not in f"{caught.value} {caught.value.hint}"


def test_accounts_come_back_as_they_were_put(book: AccountBook, clock: FixedClock) -> None:
    put = replace(SIGNED_IN, scopes=("a", "b"), access_token="t", expires_at=clock.now())
    book.put("google", put)
    book.put("google", Account("robot", key=key()))
    assert book.accounts("google") == {NAME: put, "robot": Account("robot", key=key())}
    assert set(json.loads(book.file.read_text())) == {"google", "slack", "airtable"}
    assert (book.drop("google", "robot"), book.drop("google", "robot")) == (True, False)


def test_nothing_secret_is_in_the_words_of_an_account() -> None:
    assert not {REFRESH, SECRET} & set(repr(SIGNED_IN).replace("'", " ").split())
    assert key()["private_key"][:40] not in repr(Account("robot", key=key()))
