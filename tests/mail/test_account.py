"""Settings of mail: servers, mailboxes, what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.config import load_settings
from runner.errors import ConfigError
from runner.mail.account import Server, read_server
from runner.mail.inbox import Inbox, read_inbox
from runner.services import load_services, quiet_services


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("smtp://mail.example.com", Server("smtp", "mail.example.com", 587)),
        ("smtp://mail.example.com:2525", Server("smtp", "mail.example.com", 2525)),
        ("smtps://mail.example.com/", Server("smtps", "mail.example.com", 465)),
        ("smtp+plain://[::1]", Server("smtp+plain", "::1", 25)),
        (" postmark ", Server("postmark+https", "api.postmarkapp.com", 443)),
        ("postmark+http://127.0.0.1:99", Server("postmark+http", "127.0.0.1", 99)),
        ("outbox", Server("outbox", folder=".runner/outbox")),
        ("outbox:mail/out", Server("outbox", folder="mail/out")),
    ],
)
def test_servers_are_read(text: str, server: Server) -> None:
    assert read_server(text) == server


@pytest.mark.parametrize(
    "text", ["mail.example.com", "http://x.test", "smtp://", "smtp://x.test:99999", "smtp://x?y=1", ""]
)
def test_what_is_no_server_says_what_was_expected(text: str) -> None:
    with pytest.raises(ValueError, match="smtps://HOST"):
        read_server(text)


def test_a_password_in_the_address_is_refused_without_showing_it() -> None:
    with pytest.raises(ValueError, match="login does not belong") as raised:
        read_server("smtp://user:hunter2@mail.example.com")
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "inbox"),
    [
        ("imaps://mail.example.com", Inbox("imaps", "mail.example.com", 993, "INBOX")),
        ("imap://mail.example.com/Shop/Orders", Inbox("imap", "mail.example.com", 143, "Shop/Orders")),
        ("imap+plain://127.0.0.1:1143/Entw%C3%BCrfe", Inbox("imap+plain", "127.0.0.1", 1143, "Entwürfe")),
    ],
)
def test_mailboxes_are_read(text: str, inbox: Inbox) -> None:
    assert read_inbox(text) == inbox


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"RUNNER_EMAIL_SERVER": "mail.example.com"}, "email_server"),
        ({"RUNNER_EMAIL_FROM": "nobody"}, "email_from"),
        ({"RUNNER_EMAIL_INBOX": "pop://x"}, "email_inbox"),
        ({"RUNNER_EMAIL_POLL": "0"}, "email_poll"),
        ({"RUNNER_EMAIL_HOOK_SECRET": "short"}, "email_hook_secret"),
    ],
)
def test_wrong_settings_are_named(variables: dict[str, str], words: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=words):
        load_settings(tmp_path, environment=variables)


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"RUNNER_EMAIL_SERVER": "smtp://x.test"}, "email_from"),
        ({"RUNNER_EMAIL_SERVER": "postmark", "RUNNER_EMAIL_FROM": "a@b.test"}, "email_password"),
    ],
)
def test_a_setting_that_needs_another_one_names_it(variables: dict[str, str], words: str, tmp_path: Path) -> None:
    settings = load_settings(tmp_path, environment=variables)
    with pytest.raises(ConfigError, match=words):
        load_services(settings)


def test_settings_make_an_account_and_passwords_count_as_secrets(tmp_path: Path) -> None:
    variables = {
        "RUNNER_EMAIL_SERVER": "smtps://mail.example.com",
        "RUNNER_EMAIL_FROM": "My Shop <orders@example.com>",
        "RUNNER_EMAIL_USER": "orders",
        "RUNNER_EMAIL_PASSWORD": "hunter2",
    }
    settings = load_settings(tmp_path, environment=variables)
    mail = load_services(settings, {"name": "Prints"}).mail
    assert mail is not None
    assert mail.account is not None
    assert (str(mail.account.sender), mail.account.user, mail.shop["name"]) == (
        "My Shop <orders@example.com>",
        "orders",
        "Prints",
    )
    assert "hunter2" in settings.secrets
    assert "hunter2" not in repr(settings) + repr(mail) + str(settings.shown())


def test_without_a_server_there_is_no_mail(tmp_path: Path) -> None:
    assert load_services(load_settings(tmp_path, environment={})).mail is None


ACCOUNTS = """email_server: smtp://mail.example.com
email_from: Shop <orders@example.com>
email_user: orders
email_password: env:USUAL
email_accounts:
  billing:
    from: Billing <billing@example.com>
  sales:
    server: postmark
    from: sales@example.com
    password: env:SALES
"""
VARIABLES = {"USUAL": "hunter2", "SALES": "token-1"}


def test_further_accounts_take_the_usual_server_or_have_their_own(tmp_path: Path) -> None:
    (tmp_path / "runner.yml").write_text(ACCOUNTS)
    settings = load_settings(tmp_path, environment=VARIABLES)
    mail = load_services(settings).mail
    assert mail is not None
    billing, sales = mail.chosen("billing"), mail.chosen("sales")
    assert (str(billing.sender), billing.server.host, billing.user, billing.password) == (
        "Billing <billing@example.com>",
        "mail.example.com",
        "orders",
        "hunter2",
    )
    assert (sales.server.is_postmark, sales.user, sales.password) == (True, None, "token-1")
    assert mail.chosen(None).sender.address == "orders@example.com"
    assert settings.warnings == ()
    assert {"hunter2", "token-1"} <= set(settings.secrets)
    assert "token-1" not in repr(settings)


def test_no_login_goes_to_a_server_it_was_not_given_for(tmp_path: Path) -> None:
    (tmp_path / "runner.yml").write_text(ACCOUNTS.replace("server: postmark", "server: smtp://other.example.com"))
    mail = load_services(load_settings(tmp_path, environment={"USUAL": "hunter2"})).mail
    assert mail is not None
    assert (mail.chosen("sales").user, mail.chosen("sales").password) == (None, None)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("    from: sales@example.com", "    from: nobody", "from of sales"),
        ("server: postmark", "server: mail.example.com", "server of sales"),
        ("    password: env:SALES", "    pasword: x", 'unknown setting "pasword"'),
        ("    from: sales@example.com", "    from: [a, b]", "from of sales is not text"),
        ("  billing:\n    from: Billing <billing@example.com>", "  billing: x", "lines under billing"),
        ("    password: env:SALES\n", "", "sales: password is not set"),
    ],
)
def test_what_is_wrong_with_an_account_is_named(old: str, new: str, words: str, tmp_path: Path) -> None:
    assert old in ACCOUNTS
    (tmp_path / "runner.yml").write_text(ACCOUNTS.replace(old, new))
    with pytest.raises(ConfigError, match=words):
        load_services(load_settings(tmp_path, environment=VARIABLES))


def test_a_password_in_the_file_is_warned_of(tmp_path: Path) -> None:
    (tmp_path / "runner.yml").write_text(ACCOUNTS.replace("env:SALES", "clear-text"))
    (warning,) = load_settings(tmp_path, environment=VARIABLES).warnings
    assert "in clear" in warning
    assert "clear-text" not in warning


def test_a_simulated_store_calls_no_mail_server() -> None:
    from runner.errors import NetworkError
    from tests.mail.letters import LETTER, content

    mail = quiet_services().mail
    assert mail is not None
    with pytest.raises(NetworkError, match="the mail server was not called") as raised:
        mail.transport(mail.chosen(None)).send(LETTER, content(LETTER))
    assert (raised.value.code, raised.value.transient) == ("network.simulated", False)
