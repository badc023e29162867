"""Settings: precedence, origins, and every way a settings file can be wrong."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from runner.config import SETTINGS, Mode, Settings, load_settings
from runner.errors import ConfigError


def written(folder: Path, text: str) -> Path:
    (folder / "runner.yml").write_text(text, encoding="utf-8")
    return folder


def test_without_a_file_and_environment_everything_is_safe(tmp_path: Path) -> None:
    settings = load_settings(tmp_path, environment={})
    assert (settings.mode, settings.shop, settings.file) == (Mode.DRY, None, None)
    assert settings.origins["mode"] == "default"
    assert settings.origins["shop"] == "not set"


def test_a_flag_beats_the_environment_which_beats_the_file_which_beats_the_default(tmp_path: Path) -> None:
    written(tmp_path, "shop: file.myshopify.com\napi_version: 2026-01\n")
    variables = {"SHOPIFY_SHOP": "env.myshopify.com"}
    assert load_settings(tmp_path, environment={}).shop == "file.myshopify.com"
    assert load_settings(tmp_path, environment=variables).shop == "env.myshopify.com"
    flagged = load_settings(tmp_path, environment=variables, flags={"shop": "flag.myshopify.com", "mode": None})
    assert flagged.shop == "flag.myshopify.com"
    assert flagged.origins == {
        "access_token": "not set",
        "api_version": "runner.yml:2",
        "client_id": "not set",
        "client_secret": "not set",
        "database": "default",
        **dict.fromkeys(("email_from", "email_hook_secret", "email_inbox", "email_inbox_password"), "not set"),
        **dict.fromkeys(("email_inbox_user", "email_password", "email_server", "email_user"), "not set"),
        **dict.fromkeys(("email_poll", "email_templates"), "default"),
        **dict.fromkeys(("accounts_file", "airtable_url", "flow_triggers", "google_url", "slack_url"), "not set"),
        **dict.fromkeys(("report_toaster_token", "report_toaster_url"), "not set"),
        "files": "not set",
        "files_lifetime": "default",
        "heartbeat": "default",
        "job_limit": "default",
        "mode": "default",
        **dict.fromkeys(("library", "library_ref"), "default"),
        "lint_ignore": "not set",
        "network_allow": "not set",
        "outbox": "default",
        "network_authorities": "not set",
        "poll": "default",
        "public_url": "not set",
        "reconcile": "default",
        "redact": "default",
        "retention": "default",
        "retry_delays": "default",
        "scopes": "not set",
        "secrets_file": "not set",
        "shop": "flag --shop",
        "shop_slots": "default",
        "synchronous": "default",
        "webhook_secrets": "not set",
        "worker_slots": "default",
    }


def test_our_own_variable_beats_the_one_of_shopify() -> None:
    variables = {"RUNNER_SHOP": "ours.myshopify.com", "SHOPIFY_SHOP": "theirs.myshopify.com"}
    settings = load_settings(Path("/"), environment=variables)
    assert settings.shop == "ours.myshopify.com"
    assert settings.origins["shop"] == "environment RUNNER_SHOP"


def test_a_blank_variable_is_no_value(tmp_path: Path) -> None:
    assert load_settings(tmp_path, environment={"SHOPIFY_SHOP": ""}).shop is None


def test_the_file_is_found_upward_and_its_folder_counts(tmp_path: Path) -> None:
    written(tmp_path, "mode: live\n")
    deep = tmp_path / "tasks" / "deep"
    deep.mkdir(parents=True)
    settings = load_settings(deep, environment={})
    assert (settings.mode, settings.folder) == (Mode.LIVE, tmp_path)
    assert settings.database_url() == f"sqlite:///{tmp_path}/.runner/runner.db"


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "---\n", "shop:\n", "shop: null\n", "\ufeffmode: dry\n"])
def test_an_empty_file_or_value_sets_nothing(tmp_path: Path, text: str) -> None:
    assert load_settings(written(tmp_path, text), environment={}).shop is None


@pytest.mark.parametrize(
    ("given", "shop"),
    [
        ("example.myshopify.com", "example.myshopify.com"),
        ("Example.MyShopify.com", "example.myshopify.com"),
        ("https://example.myshopify.com/admin", "example.myshopify.com"),
        ("http://127.0.0.1:9292/", "http://127.0.0.1:9292"),
        ("localhost:9292", "http://localhost:9292"),
    ],
)
def test_a_shop_is_a_domain_or_a_loopback_address(tmp_path: Path, given: str, shop: str) -> None:
    assert load_settings(tmp_path, environment={"SHOPIFY_SHOP": given}).shop == shop


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("SHOPIFY_SHOP", "example.com", "permanent domain"),
        ("SHOPIFY_SHOP", "example", "permanent domain"),
        ("SHOPIFY_SHOP", "http://10.0.0.1:80", "permanent domain"),
        ("SHOPIFY_API_VERSION", "2026-4", "quarter"),
        ("SHOPIFY_API_VERSION", "2026-05", "quarter"),
        ("RUNNER_MODE", "on", '"dry"'),
        ("RUNNER_MODE", "LIVE", '"dry"'),
        ("RUNNER_DATABASE", "runner.db", "sqlite:///"),
        ("SHOPIFY_ACCESS_TOKEN", "  ", "blank"),
    ],
)
def test_a_value_that_does_not_fit_names_its_variable(tmp_path: Path, variable: str, value: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words) as caught:
        load_settings(tmp_path, environment={variable: value})
    assert variable in str(caught.value)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("mode: dry\nshp: x.myshopify.com\n", 2, 'unknown setting "shp"'),
        ("mode: dry\nmode: live\n", 2, "given twice, first at runner.yml:1"),
        ("- shop\n", 1, "one `name: value` a line"),
        ("just text\n", 1, "one `name: value` a line"),
        ("mode: dry\nshop: [a, b]\n", 2, "expected text, found a list"),
        ("shop: {a: b}\n", 1, "expected text, found a mapping"),
        ("mode: dry\nshop: 'x\n", 3, "broken YAML"),
        ("mode: dry\n\tshop: x\n", 2, "broken YAML"),
        ("mode: dry\napi_version: 7\n", 2, "quarter"),
    ],
)
def test_a_fault_in_the_file_has_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    with pytest.raises(ConfigError, match=words) as caught:
        load_settings(written(tmp_path, text), environment={})
    where = caught.value.where
    assert where is not None
    assert where.file == str(tmp_path / "runner.yml")
    assert where.line == line


@pytest.mark.parametrize(("key", "near"), [("acces_token", "access_token"), ("api-version", "api_version")])
def test_an_unknown_key_hints_at_the_nearest(tmp_path: Path, key: str, near: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(written(tmp_path, f"{key}: x\n"), environment={})
    assert caught.value.code == "config.unknown"
    assert near in str(caught.value.hint)


def test_a_file_that_is_not_utf8_says_so(tmp_path: Path) -> None:
    (tmp_path / "runner.yml").write_bytes(b"shop: caf\xe9\n")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_settings(tmp_path, environment={})


def test_a_token_in_the_file_counts_but_is_warned_about(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, "access_token: shpat_1\n"), environment={})
    assert settings.access_token == "shpat_1"
    assert "runner.yml:1: access_token stands in the file in clear" in settings.warnings[0]
    assert "shpat_1" not in settings.warnings[0]


def test_a_reference_to_the_environment_is_followed_without_a_warning(tmp_path: Path) -> None:
    written(tmp_path, "access_token: env:MY_TOKEN\n")
    settings = load_settings(tmp_path, environment={"MY_TOKEN": "shpat_2"})
    assert (settings.access_token, settings.warnings) == ("shpat_2", ())
    assert settings.origins["access_token"] == "runner.yml:1, from environment MY_TOKEN"


def test_an_empty_reference_is_told_when_the_token_is_missed(tmp_path: Path) -> None:
    written(tmp_path, "shop: a.myshopify.com\naccess_token: env:MY_TOKEN\n")
    with pytest.raises(ConfigError, match=r"runner\.yml:2 names environment MY_TOKEN, which is empty") as caught:
        load_settings(tmp_path, environment={}).require_shop()
    assert caught.value.code == "config.no_token"


def test_secrets_are_neither_shown_nor_in_the_repr(tmp_path: Path) -> None:
    variables = {"SHOPIFY_ACCESS_TOKEN": "shpat_3", "SHOPIFY_CLIENT_SECRET": "shpss_3", "SHOPIFY_CLIENT_ID": "id3"}
    settings = load_settings(tmp_path, environment=variables)
    seen = repr(settings) + str(settings.shown())
    assert "shpat_3" not in seen
    assert "shpss_3" not in seen
    assert settings.shown()["client_id"]["value"] == "id3"
    assert set(settings.secrets) == {"shpat_3", "shpss_3"}


@pytest.mark.parametrize(
    ("variable", "warned"),
    [
        ("RUNNER_MOED", True),
        ("RUNNER_MODES", True),
        ("RUNNER_OS", False),
        ("RUNNER_NAME", False),
        ("RUNNER_TEMP", False),
    ],
)
def test_a_slip_in_a_variable_is_warned_about_and_a_build_services_own_is_not(
    tmp_path: Path, variable: str, warned: bool
) -> None:
    assert bool(load_settings(tmp_path, environment={variable: "live"}).warnings) is warned


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (Settings(Path("/p")), False),
        (Settings(Path("/p"), access_token="a"), True),
        (Settings(Path("/p"), client_id="a"), False),
        (Settings(Path("/p"), client_id="a", client_secret="b"), True),
    ],
)
def test_credentials_are_a_token_or_both_halves_of_a_grant(settings: Settings, expected: bool) -> None:
    assert settings.has_credentials is expected


@pytest.mark.parametrize(
    ("database", "url"),
    [
        ("sqlite:///a.db", "sqlite:////p/a.db"),
        ("sqlite:////tmp/a.db", "sqlite:////tmp/a.db"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("sqlite://", "sqlite://"),
        ("postgresql://h/n", "postgresql://h/n"),
    ],
)
def test_a_relative_database_counts_from_the_settings_folder(database: str, url: str) -> None:
    assert Settings(Path("/p"), database=database).database_url() == url


def test_no_shop_points_at_the_simulated_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no shop is configured") as caught:
        load_settings(tmp_path, environment={}).require_shop()
    assert "--shop prints" in str(caught.value.hint)


def test_settings_stand_in_alphabetical_order_with_a_sentence_each() -> None:
    assert [setting.name for setting in SETTINGS] == sorted(setting.name for setting in SETTINGS)
    assert all(setting.about.endswith(".") for setting in SETTINGS)


def test_globals_and_names_of_secrets_stand_in_the_file(tmp_path: Path) -> None:
    written(tmp_path, "globals:\n  rate: 0.2\n  tiers: [gold, {min: 5}]\nsecrets: [api_token, hook]\nmode: dry\n")
    settings = load_settings(tmp_path, environment={})
    assert dict(settings.globals) == {"rate": 0.2, "tiers": ["gold", {"min": 5}]}
    assert settings.secret_names == ("api_token", "hook")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("globals: [a]\n", "lines, with text as keys"),
        ("globals:\n  1: a\n", "with text as keys"),
        ("globals:\n  from: 2026-01-31\n", "the value of from is not JSON"),
        ("globals:\n  from: 2026-01-45\n", "globals:"),
        ("globals:\n  rate: .nan\n", "not JSON"),
        ("secrets: {api_token: abc}\n", "a list of names"),
        ("secrets: api_token\n", "a list of names"),
        ("secrets: [{a: b}]\n", "a list of names"),
        ("globals: {}\nglobals: {}\n", "given twice"),
        ("scopes: read orders!\n", "not an access scope"),
        ("scopes: [read_orders]\n", "expected text, found a list"),
    ],
)
def test_what_globals_secrets_and_scopes_cannot_be_is_told_with_its_line(tmp_path: Path, text: str, part: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(written(tmp_path, text), environment={})
    assert part in caught.value.message
    assert caught.value.where is not None
    assert caught.value.where.line


def test_values_of_secrets_come_from_the_environment_and_are_never_shown() -> None:
    variables = {"RUNNER_SECRET_API_TOKEN": " s3cret ", "RUNNER_SECRET_EMPTY": "", "RUNNER_SECRET_": "x"}
    settings = load_settings(Path("/"), environment=variables)
    assert dict(settings.secret_values) == {"api_token": " s3cret "}
    assert settings.secrets == (" s3cret ",)
    assert "s3cret" not in repr(settings)
    assert settings.warnings == ()


@pytest.mark.parametrize(
    ("text", "granted"),
    [
        (None, None),
        ("read_orders, write_products", {"read_orders", "write_products"}),
        ("read_orders", {"read_orders"}),
    ],
)
def test_granted_scopes_are_known_when_the_settings_say_so(text: str | None, granted: set[str] | None) -> None:
    settings = load_settings(Path("/"), environment={"SHOPIFY_SCOPES": text} if text else {})
    assert settings.granted == granted


@pytest.mark.parametrize(("value", "is_ci"), [("true", True), ("1", True), ("", False), ("false", False), ("0", False)])
def test_a_build_service_is_known_by_its_variable(value: str, is_ci: bool) -> None:
    assert load_settings(Path("/"), environment={"CI": value}).is_ci is is_ci


def test_delays_of_retries_are_numbers_of_seconds(tmp_path: Path) -> None:
    plain = load_settings(tmp_path, environment={})
    assert plain.retry_seconds == (30, 76, 152, 308)
    assert load_settings(tmp_path, environment={"RUNNER_RETRY_DELAYS": "0.5, 1"}).retry_seconds == (0.5, 1)
    for wrong in ("soon", "1,,2", "-1", ",".join("1" * 11)):
        with pytest.raises(ConfigError, match="no list of delays"):
            load_settings(tmp_path, environment={"RUNNER_RETRY_DELAYS": wrong})


def test_webhooks_may_be_signed_with_any_of_several_secrets_and_none_is_shown(tmp_path: Path) -> None:
    variables = {"SHOPIFY_CLIENT_SECRET": "new", "RUNNER_WEBHOOK_SECRETS": "old, shops-own,,new"}
    settings = load_settings(tmp_path, environment=variables)
    assert settings.signing_secrets == ("new", "old", "shops-own")
    assert {"new", "old", "shops-own"} <= set(settings.secrets)
    assert "shops-own" not in str(settings.shown()) + repr(settings)
    assert load_settings(tmp_path, environment={}).signing_secrets == ()


@pytest.mark.parametrize(("text", "hours"), [("15d", 360), ("36h", 36), ("2w", 336), ("0.5d", 12), (" 1D ", 24)])
def test_retention_is_a_length_of_time(tmp_path: Path, text: str, hours: float) -> None:
    settings = load_settings(tmp_path, environment={"RUNNER_RETENTION": text})
    assert settings.keeps_for == timedelta(hours=hours)


@pytest.mark.parametrize("text", ["15", "0d", "forever", "-1d", "15m"])
def test_what_is_no_length_of_time_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match="retention"):
        load_settings(tmp_path, environment={"RUNNER_RETENTION": text})


@pytest.mark.parametrize(("text", "good"), [("by hand", True), ("at once", True), ("yes", False), ("By hand", False)])
def test_redact_is_by_hand_or_at_once(tmp_path: Path, text: str, good: bool) -> None:
    if good:
        assert load_settings(tmp_path, environment={"RUNNER_REDACT": text}).redact == text
        return
    with pytest.raises(ConfigError, match="neither"):
        load_settings(tmp_path, environment={"RUNNER_REDACT": text})


@pytest.mark.parametrize(
    ("variables", "folder"),
    [
        ({"XDG_CACHE_HOME": "/c", "HOME": "/h"}, "/c"),
        ({"XDG_CACHE_HOME": "relative", "HOME": "/h"}, "/h/.cache"),
        ({"HOME": "/h"}, "/h/.cache"),
        ({"HOME": "relative"}, None),
        ({}, None),
    ],
)
def test_what_can_be_fetched_again_is_kept_in_the_users_cache(
    tmp_path: Path, variables: dict[str, str], folder: str | None
) -> None:
    assert load_settings(tmp_path, environment=variables).cache_home == (Path(folder) if folder else None)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("https://github.com/a/b.git", "https://github.com/a/b"),
        ("https://git.example.com:8443/a/b/", "https://git.example.com:8443/a/b"),
        ("http://127.0.0.1:9/a/b", "http://127.0.0.1:9/a/b"),
        ("../checkout", "../checkout"),
    ],
)
def test_the_library_is_a_folder_or_the_address_of_a_repository(tmp_path: Path, text: str, kept: str) -> None:
    assert load_settings(tmp_path, environment={"RUNNER_LIBRARY": text}).library == kept
