"""Globals and secrets of tasks: from the settings, ``mechanic.globals.json`` and the file of secrets (tooling.md 1).

Globals are JSON that everybody may see: they are kept with the tasks. Values of secrets are never read from the
project's folder, which is a repository.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from types import MappingProxyType
from typing import Any

from runner.config import SECRET_PREFIX, Settings
from runner.errors import ConfigError, Where
from runner.model.json_text import read_json
from runner.model.secret import Secrets
from runner.model.shop_values import ShopValues
from runner.project import find_root

GLOBALS_FILE = "mechanic.globals.json"

_OTHERS = 0o077
"""The permission bits of everybody but the owner."""


def load_values(settings: Settings) -> ShopValues:
    """Globals: those of ``runner.yml`` win over ``mechanic.globals.json``. Secrets: the environment over the file.

    The file of secrets is the one that ``secrets_file`` names, which must be there, or the shop's own, if it is.
    Raises ``ConfigError`` for a file that is not a JSON object, and for a file of secrets that stands in the project's
    folder, is open to others, or is not there.
    """
    globals_ = {**read_globals(settings), **settings.globals}
    secrets: dict[str, str | None] = dict.fromkeys(settings.secret_names)
    file = secrets_file(settings)
    if file is not None and (settings.secrets_file is not None or file.exists()):
        secrets.update(read_secrets(settings))
    secrets.update(settings.secret_values)
    return ShopValues(MappingProxyType(globals_), Secrets(secrets))


def globals_file(settings: Settings) -> Path:
    """``mechanic.globals.json`` of the project, whether it is there or not."""
    return _root(settings) / GLOBALS_FILE


def secrets_file(settings: Settings) -> Path | None:
    """The file of secrets: the setting's, else the one of the shop in the user's own folder of settings.

    None where neither is known. Whether there is such a file is another matter.
    """
    return _own_file(settings, settings.secrets_file, "secrets")


def accounts_file(settings: Settings) -> Path | None:
    """The file of accounts at Google, Slack and Airtable, as ``secrets_file`` says it of secrets."""
    return _own_file(settings, settings.accounts_file, "accounts")


def _own_file(settings: Settings, named: str | None, what: str) -> Path | None:
    if named is not None:
        return (settings.folder / Path(named).expanduser()).absolute()
    if settings.config_home is None or settings.shop is None:
        return None
    name = re.sub(r"[^a-z0-9.-]+", "-", settings.shop.removeprefix("http://"))
    return settings.config_home / "mechanic-runner" / f"{name}.{what}.json"


def read_globals(settings: Settings) -> dict[str, Any]:
    """The globals of the project's file alone; none when there is no such file."""
    shared = globals_file(settings)
    return _object(shared) if shared.is_file() else {}


def _object(file: Path) -> dict[str, Any]:
    try:
        content = file.read_bytes()
    except OSError as fault:
        raise ConfigError(f"cannot be read: {fault.strerror}", where=Where(file=str(file))) from fault
    document = read_json(content, file=str(file), error=ConfigError)
    if not isinstance(document.value, dict):
        raise ConfigError("expected a JSON object: values by key", where=document.where(()))
    return document.value


def _root(settings: Settings) -> Path:
    return find_root(settings.folder) or settings.folder


def check_place(settings: Settings, file: Path, setting: str = "secrets_file") -> None:
    """``ConfigError`` for a file of secrets inside the project; ``setting`` is what names it."""
    folders = (_root(settings).resolve(), settings.folder.resolve())
    if any(file.resolve().is_relative_to(folder) for folder in folders):
        raise ConfigError(
            f"{setting}: this file stands in the project's folder, from where it could reach a repository",
            where=Where(file=str(file)),
            hint=f"move it elsewhere, or set {SECRET_PREFIX}NAME" if setting == "secrets_file" else "move it elsewhere",
        )


def read_secrets(settings: Settings) -> dict[str, str]:
    """The secrets of the file alone. Raises ``ConfigError`` as ``load_values``."""
    file = secrets_file(settings)
    if file is None:
        return {}
    where = Where(file=str(file))
    check_place(settings, file)
    if not file.is_file():
        raise ConfigError(
            "secrets_file: there is no such file",
            where=where,
            hint=f"`runner secrets set` makes it; or set {SECRET_PREFIX}NAME",
        )
    if os.name == "posix" and file.stat().st_mode & _OTHERS:
        raise ConfigError("secrets_file: others may read this file", where=where, hint=f"chmod 600 {file}")
    try:
        found = _object(file)
    except ConfigError as fault:
        # Neither its words nor its source line: they may quote a secret.
        line = fault.where.line if fault.where else None
        message = "secrets_file: this file cannot be read as a JSON object"
        raise ConfigError(message, where=Where(file=str(file), line=line), hint='{"api_token": "…"}') from None
    wrong = next((name for name, value in found.items() if not isinstance(value, str)), None)
    if wrong is not None:
        raise ConfigError(f"secrets_file: the value of {wrong} is not text", where=where, hint='{"api_token": "…"}')
    return found
