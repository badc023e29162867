"""Settings: ``runner.yml``, the environment and flags become one frozen ``Settings`` (ecosystem.md 2).

A flag beats the environment, the environment beats the file, the file beats the default. The file is the first
``runner.yml`` found from a folder upward. Every value remembers where it came from, for ``runner config show`` and for
error messages. A value ``env:NAME`` in the file is read from that environment variable, so that a token never needs to
stand in a repository.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

from runner.config_file import FileSettings, Found, read_file
from runner.errors import ConfigError, Where

FILE_NAME = "runner.yml"
REDACTED = "(hidden)"
SECRET_PREFIX = "RUNNER_SECRET_"
"""Of variables that hold a secret of tasks, followed by its name in capitals."""


class Mode(StrEnum):
    """Whether actions may reach a real shop."""

    DRY = "dry"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class Setting:
    """One key of ``runner.yml``.

    ``environment`` are the variables that set it, the first one present wins; ``secret`` values are never printed.
    """

    name: str
    environment: tuple[str, ...]
    about: str
    check: Callable[[str], str]
    default: str | None = None
    secret: bool = False


def _mode(text: str) -> str:
    if text not in set(Mode):
        raise ValueError(f'"{text}" is not a mode; expected "dry" (nothing is performed) or "live"')
    return text


def _shop(text: str) -> str:
    """A shop's own domain in lower case, or the loopback address of a simulated store without a closing slash."""
    bare = re.sub(r"^https?://", "", text.strip().lower()).split("/", 1)[0]
    if re.fullmatch(r"[a-z0-9][a-z0-9-]*\.myshopify\.com", bare):
        return bare
    if re.fullmatch(r"(127\.0\.0\.1|localhost|\[::1\]):\d{1,5}", bare):
        return f"http://{bare}"
    raise ValueError(
        f'"{text}" is not a shop; expected its permanent domain, such as example.myshopify.com, '
        "or the address of a simulated store, such as http://127.0.0.1:9292"
    )


def _version(text: str) -> str:
    if not re.fullmatch(r"20\d\d-(01|04|07|10)|unstable", text):
        raise ValueError(f'"{text}" is not an API version; expected a quarter such as 2026-04, or unstable')
    return text


def _database(text: str) -> str:
    if not re.match(r"(sqlite|postgresql)(\+\w+)?://", text):
        raise ValueError(f'"{text}" is not a database; expected sqlite:///FILE or postgresql://HOST/NAME')
    return text


def _filled(text: str) -> str:
    if not text.strip():
        raise ValueError("expected a value, found blank text")
    return text.strip()


def _scopes(text: str) -> str:
    names = [name for name in re.split(r"[\s,]+", text) if name]
    wrong = next((name for name in names if not re.fullmatch(r"[a-z]+(_[a-z]+)+", name)), None)
    if wrong or not names:
        raise ValueError(f'"{wrong or text}" is not an access scope; expected names such as read_orders, write_orders')
    return ",".join(dict.fromkeys(names))


def _network_allow(text: str) -> str:
    from runner.network.policy import Policy

    Policy.parse(text)
    return ",".join(re.split(r"[\s,]+", text.strip()))


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "access_token",
        ("RUNNER_ACCESS_TOKEN", "SHOPIFY_ACCESS_TOKEN"),
        "Admin API access token of the app installed in the shop.",
        _filled,
        secret=True,
    ),
    Setting(
        "api_version",
        ("RUNNER_API_VERSION", "SHOPIFY_API_VERSION"),
        "Version of the Admin API for tasks that name none.",
        _version,
        default="2026-04",
    ),
    Setting(
        "client_id",
        ("RUNNER_CLIENT_ID", "SHOPIFY_CLIENT_ID"),
        "Client id of the app: with client_secret, instead of access_token.",
        _filled,
    ),
    Setting(
        "client_secret",
        ("RUNNER_CLIENT_SECRET", "SHOPIFY_CLIENT_SECRET"),
        "Client secret of the app: buys tokens, and signs webhooks.",
        _filled,
        secret=True,
    ),
    Setting(
        "database",
        ("RUNNER_DATABASE",),
        "Where events, runs and the cache are kept; a relative file counts from the folder of runner.yml.",
        _database,
        default="sqlite:///.runner/runner.db",
    ),
    Setting(
        "mode",
        ("RUNNER_MODE",),
        "dry: nothing is performed; live: runner run may change the shop.",
        _mode,
        default=Mode.DRY.value,
    ),
    Setting(
        "network_allow",
        ("RUNNER_NETWORK_ALLOW",),
        "Internal hosts, addresses and CIDR blocks that actions may reach, comma-separated; all others are refused.",
        _network_allow,
    ),
    Setting(
        "network_authorities",
        ("RUNNER_NETWORK_AUTHORITIES",),
        "A PEM file of certificate authorities that actions trust besides the public ones.",
        _filled,
    ),
    Setting(
        "scopes",
        ("RUNNER_SCOPES", "SHOPIFY_SCOPES"),
        "Access scopes the token was granted, comma-separated; previews then say which are missing.",
        _scopes,
    ),
    Setting(
        "secrets_file",
        ("RUNNER_SECRETS_FILE",),
        "A JSON object of secrets by name, outside the project, readable by its owner alone.",
        _filled,
    ),
    Setting(
        "shop",
        ("RUNNER_SHOP", "SHOPIFY_SHOP"),
        "The shop's permanent domain, or the loopback address of a simulated store.",
        _shop,
    ),
)
"""Every setting, alphabetically."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The values in force. ``origins`` tells for each name where its value came from, in words.

    ``folder`` is the one of ``runner.yml``, or the folder where the search began; ``file`` None when there is none.
    ``globals`` and ``secret_names`` are those of the file, ``secret_values`` those of the environment by name;
    ``runner.shop_values`` adds the rest. ``is_ci``: a build service runs the command. ``warnings`` are sentences for
    the user, to be shown once.
    """

    folder: Path
    file: Path | None = None
    shop: str | None = None
    access_token: str | None = field(default=None, repr=False)
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    api_version: str = "2026-04"
    mode: Mode = Mode.DRY
    database: str = "sqlite:///.runner/runner.db"
    network_allow: str | None = None
    network_authorities: str | None = None
    scopes: str | None = None
    secrets_file: str | None = None
    globals: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    secret_names: tuple[str, ...] = ()
    secret_values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
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
        return tuple(value for value in (self.access_token, self.client_secret, *self.secret_values.values()) if value)

    @property
    def granted(self) -> frozenset[str] | None:
        """The access scopes of the token; None when the settings do not say."""
        return None if self.scopes is None else frozenset(self.scopes.split(","))

    def require_shop(self) -> str:
        """The shop's domain or address; ``ConfigError`` saying how to set it, or its token, when one is missing."""
        if self.shop is None:
            raise ConfigError(
                "no shop is configured",
                code="config.no_shop",
                hint=f"set SHOPIFY_SHOP, or `shop:` in {FILE_NAME}; or try `--shop prints`, a simulated store",
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
        if candidate.is_file():
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
        globals=MappingProxyType(dict(content.globals)),
        secret_names=content.secret_names,
        secret_values=MappingProxyType(_secret_values(variables)),
        is_ci=variables.get("CI", "").lower() not in ("", "0", "false"),
        origins=MappingProxyType(origins),
        warnings=tuple(warnings),
        **values,
    )


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
