"""Settings: ``runner.yml``, the environment and flags become one frozen ``Settings`` (ecosystem.md 2).

A flag beats the environment, the environment beats the file, the file beats the default. The file is the first
``runner.yml`` found from a folder upward. Every value remembers where it came from, for ``runner config show`` and for
error messages. A value ``env:NAME`` in the file is read from that environment variable, so that a token never needs to
stand in a repository.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from runner.config_checks import DELAYS, LIBRARY
from runner.config_file import FileSettings, Found, read_file
from runner.config_table import SETTINGS, Mode
from runner.errors import ConfigError, Where

__all__ = ["FILE_NAME", "REDACTED", "SETTINGS", "Mode", "Settings", "find_file", "load_settings"]

FILE_NAME = "runner.yml"
REDACTED = "(hidden)"
SECRET_PREFIX = "RUNNER_SECRET_"
"""Of variables that hold a secret of tasks, followed by its name in capitals."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The values in force. ``origins`` tells for each name where its value came from, in words.

    ``folder`` is the one of ``runner.yml``, or the folder where the search began; ``file`` None when there is none.
    ``email_accounts`` are further accounts for mail by name, with the keys server, from, user and password as far as
    they are given. ``globals`` and ``secret_names`` are those of the file, ``secret_values`` those of the environment
    by name; ``runner.shop_values`` adds the rest. ``config_home`` is the user's folder for settings of programs,
    ``cache_home`` for what they can get again; None where the environment names none. ``is_ci``: a build service runs
    the command. ``warnings`` are sentences for the user, to be shown once.
    """

    folder: Path
    file: Path | None = None
    shop: str | None = None
    access_token: str | None = field(default=None, repr=False)
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    api_version: str = "2026-04"
    mode: Mode = Mode.DRY
    accounts_file: str | None = None
    airtable_url: str | None = None
    database: str = "sqlite:///.runner/runner.db"
    email_accounts: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    email_from: str | None = None
    email_hook_secret: str | None = field(default=None, repr=False)
    email_inbox: str | None = None
    email_inbox_password: str | None = field(default=None, repr=False)
    email_inbox_user: str | None = None
    email_password: str | None = field(default=None, repr=False)
    email_poll: str = "30"
    email_server: str | None = None
    email_templates: str = "templates"
    email_user: str | None = None
    flow_triggers: str | None = None
    google_url: str | None = None
    files: str | None = None
    files_lifetime: str = "7d"
    library: str = LIBRARY
    library_ref: str = "HEAD"
    lint_ignore: str | None = None
    network_allow: str | None = None
    network_authorities: str | None = None
    outbox: str = ".runner/outbox"
    report_toaster_token: str | None = field(default=None, repr=False)
    report_toaster_url: str | None = None
    public_url: str | None = None
    reconcile: str = "15m"
    redact: str = "by hand"
    retention: str = "15d"
    retry_delays: str = DELAYS
    shop_slots: str = "5"
    slack_url: str | None = None
    worker_slots: str = "16"
    poll: str = "0.05"
    heartbeat: str = "5"
    job_limit: str = "900"
    synchronous: str = "full"
    scopes: str | None = None
    webhook_secrets: str | None = field(default=None, repr=False)
    secrets_file: str | None = None
    globals: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    secret_names: tuple[str, ...] = ()
    secret_values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    config_home: Path | None = None
    cache_home: Path | None = None
    is_ci: bool = False
    origins: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    warnings: tuple[str, ...] = ()

    @property
    def has_credentials(self) -> bool:
        """True when a token is at hand, or can be bought with client id and secret."""
        return bool(self.access_token or (self.client_id and self.client_secret))

    @property
    def is_simulated(self) -> bool:
        """True when the shop is a simulated store on this machine."""
        return self.shop is not None and self.shop.startswith("http://")

    @property
    def secrets(self) -> tuple[str, ...]:
        """Values that must never be shown."""
        signing = (self.webhook_secrets, *self.signing_secrets)
        accounts = (account.get("password") for account in self.email_accounts.values())
        mail = (self.email_password, self.email_inbox_password, self.email_hook_secret, *accounts)
        others = (self.access_token, self.report_toaster_token)
        return tuple(value for value in (*others, *signing, *mail, *self.secret_values.values()) if value)

    @property
    def signing_secrets(self) -> tuple[str, ...]:
        """Secrets that may have signed a webhook, the app's present one first (engine.md 5.1, rule 1)."""
        more = [each.strip() for each in (self.webhook_secrets or "").split(",")]
        return tuple(dict.fromkeys(each for each in (self.client_secret, *more) if each))

    @property
    def granted(self) -> frozenset[str] | None:
        """The access scopes of the token; None when the settings do not say."""
        return None if self.scopes is None else frozenset(self.scopes.split(","))

    @property
    def retry_seconds(self) -> tuple[float, ...]:
        """Seconds before each further attempt of a run that failed and may be tried again."""
        return tuple(float(part) for part in self.retry_delays.split(","))

    @property
    def reconciles_every(self) -> timedelta | None:
        """How often deliveries that never came are looked for; None when they are not."""
        return None if self.reconcile == "off" else timedelta(minutes=float(self.reconcile[:-1]))

    @property
    def keeps_for(self) -> timedelta:
        """How long events are kept after their end."""
        return _length(self.retention)

    @property
    def files_last(self) -> timedelta:
        """How long files that tasks keep for others can be read."""
        return _length(self.files_lifetime)

    def files_folder(self, named: Path | None) -> Path:
        """Where files are kept: in ``named``, else beside the database."""
        if named is not None:
            return self.folder / named
        head, _, path = self.database_url().partition(":///")
        beside = Path(path).parent if head.startswith("sqlite") and path else self.folder / ".runner"
        return beside / "files"

    def outbox_folder(self) -> Path:
        """Where what was not sent is kept."""
        return self.folder / Path(self.outbox).expanduser()

    def require_shop(self) -> str:
        """The shop's domain or address; ``ConfigError`` saying how to set it, or its token, when one is missing."""
        if self.shop is None:
            raise ConfigError(
                "no shop is configured",
                code="config.no_shop",
                hint=f"set SHOPIFY_SHOP, or `shop:` in {FILE_NAME}; simulated ones come with "
                "`runner run … --shop prints` and with `runner shop serve --seed prints`",
            )
        if not self.has_credentials:
            origin = self.origins.get("access_token", "not set")
            raise ConfigError(
                f"there is no access token for {self.shop} (access_token: {origin})",
                code="config.no_token",
                hint="set SHOPIFY_ACCESS_TOKEN, or SHOPIFY_CLIENT_ID and SHOPIFY_CLIENT_SECRET",
            )
        return self.shop

    def database_url(self) -> str:
        """``database`` with a relative SQLite file resolved against ``folder``."""
        head, slashes, path = self.database.partition(":///")
        if not head.startswith("sqlite") or not path or path == ":memory:" or Path(path).is_absolute():
            return self.database
        return f"{head}{slashes}{self.folder / path}"

    def shown(self) -> dict[str, dict[str, str | None]]:
        """``{name: {"value", "origin"}}`` in the table's order, secrets hidden."""
        document: dict[str, dict[str, str | None]] = {}
        for setting in SETTINGS:
            value = getattr(self, setting.name)
            document[setting.name] = {
                "value": REDACTED if setting.secret and value else value,
                "origin": self.origins.get(setting.name, "not set"),
            }
        return document


def find_file(start: Path) -> Path | None:
    """The first ``runner.yml`` in ``start`` or a folder above it."""
    for folder in (start, *start.parents):
        candidate = folder / FILE_NAME
        if candidate.exists():
            return candidate
    return None


def load_settings(
    start: Path | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    flags: Mapping[str, str | None] | None = None,
) -> Settings:
    """The settings for work in ``start`` (the current folder).

    ``flags`` are values given on the command line by setting name; None means not given. Raises ``ConfigError`` with
    file and line for an unreadable file, an unknown key or a value that does not fit.
    """
    begin = (start or Path.cwd()).absolute()
    variables = os.environ if environment is None else environment
    file = find_file(begin)
    warnings: list[str] = []
    found: dict[str, Found] = {}
    missing: dict[str, str] = {}
    content = FileSettings() if file is None else read_file(file, [setting.name for setting in SETTINGS])
    for name, raw in content.values.items():
        _take_from_file(name, raw, variables, found, missing, warnings)
    _take_from_environment(variables, found, warnings)
    for name, text in (flags or {}).items():
        if text is not None:
            found[name] = Found(text, f"flag --{name.replace('_', '-')}")
    values, origins = _checked(found, missing)
    return Settings(
        folder=file.parent if file else begin,
        file=file,
        email_accounts=MappingProxyType(_email_accounts(content, variables, warnings)),
        globals=MappingProxyType(dict(content.globals)),
        secret_names=content.secret_names,
        secret_values=MappingProxyType(_secret_values(variables)),
        config_home=_home(variables, ("XDG_CONFIG_HOME", "APPDATA"), ".config"),
        cache_home=_home(variables, ("XDG_CACHE_HOME", "LOCALAPPDATA"), ".cache"),
        is_ci=variables.get("CI", "").lower() not in ("", "0", "false"),
        origins=MappingProxyType(origins),
        warnings=tuple(warnings),
        **values,
    )


def _email_accounts(
    content: FileSettings, variables: Mapping[str, str], warnings: list[str]
) -> dict[str, dict[str, str]]:
    if not content.email_accounts:
        return {}
    from runner.config_accounts import email_accounts

    return email_accounts(content.email_accounts, variables, warnings)


def _take_from_file(
    name: str,
    raw: Found,
    variables: Mapping[str, str],
    found: dict[str, Found],
    missing: dict[str, str],
    warnings: list[str],
) -> None:
    if raw.text.startswith("env:"):
        variable = raw.text.removeprefix("env:").strip()
        if variables.get(variable):
            found[name] = Found(variables[variable], f"{raw.origin}, from environment {variable}")
        else:
            missing[name] = f"not set: {raw.origin} names environment {variable}, which is empty"
        return
    found[name] = raw
    if any(setting.secret and setting.name == name for setting in SETTINGS):
        warnings.append(
            f"{raw.origin}: {name} stands in the file in clear; write `{name}: env:NAME` and set that variable, "
            "so that it cannot reach a repository"
        )


def _take_from_environment(variables: Mapping[str, str], found: dict[str, Found], warnings: list[str]) -> None:
    for setting in SETTINGS:
        for variable in setting.environment:
            if variables.get(variable):
                found[setting.name] = Found(variables[variable], f"environment {variable}")
                break
    known = [variable for setting in SETTINGS for variable in setting.environment if variable.startswith("RUNNER_")]
    for variable in sorted(variables):
        # Build services set RUNNER_OS, RUNNER_TEMP and more: only what looks like a slip of ours is worth a word.
        if variable.startswith("RUNNER_") and not variable.startswith(SECRET_PREFIX) and variable not in known:
            near = difflib.get_close_matches(variable, known, n=1, cutoff=0.88)
            if near:
                warnings.append(f"environment {variable} is not a setting; did you mean {near[0]}?")


def _secret_values(variables: Mapping[str, str]) -> dict[str, str]:
    """``RUNNER_SECRET_API_TOKEN`` is the secret ``api_token``, its value byte for byte; an empty one does not count."""
    return {
        variable.removeprefix(SECRET_PREFIX).lower(): value
        for variable, value in sorted(variables.items())
        if variable.startswith(SECRET_PREFIX) and variable != SECRET_PREFIX and value
    }


def environment_value(name: str) -> str | None:
    """What the environment says under ``name``; None when it says nothing."""
    return os.environ.get(name)


def _length(text: str) -> timedelta:
    """The length of time of a checked text such as 15d."""
    hours = {"h": 1, "d": 24, "w": 168}[text[-1]]
    return timedelta(hours=float(text[:-1]) * hours)


def _home(variables: Mapping[str, str], named: tuple[str, ...], inner: str) -> Path | None:
    """Where programs keep a user's files: the freedesktop.org rule, or Windows' own, else ``inner`` in the home."""
    for variable in named:
        if os.path.isabs(variables.get(variable, "")):
            return Path(variables[variable])
    home = variables.get("HOME", "")
    return Path(home) / inner if os.path.isabs(home) else None


def _checked(found: Mapping[str, Found], missing: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for setting in SETTINGS:
        raw = found.get(setting.name)
        if raw is None:
            values[setting.name] = setting.default
            origins[setting.name] = missing.get(setting.name) or ("default" if setting.default else "not set")
            continue
        try:
            values[setting.name] = setting.check(raw.text)
        except ValueError as fault:
            where = raw.where or Where(part=raw.origin)
            raise ConfigError(
                f"{setting.name}: {fault}", where=where, hint="`runner docs settings` lists every setting"
            ) from None
        origins[setting.name] = raw.origin
    values["mode"] = Mode(str(values["mode"]))
    return values, origins
