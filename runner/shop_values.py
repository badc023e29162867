"""Globals and secrets of tasks: from the settings, ``mechanic.globals.json`` and the file of secrets (tooling.md 1).

Globals are JSON that everybody may see: they are kept with the tasks. Values of secrets are never read from the
project's folder, which is a repository.
"""

from __future__ import annotations

import os
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

    Raises ``ConfigError`` for a file that is not a JSON object, and for a file of secrets that stands in the project's
    folder, is open to others, or is not there.
    """
    root = find_root(settings.folder) or settings.folder
    shared = root / GLOBALS_FILE
    globals_ = {**(_object(shared) if shared.is_file() else {}), **settings.globals}
    secrets: dict[str, str | None] = dict.fromkeys(settings.secret_names)
    if settings.secrets_file is not None:
        secrets.update(_secrets(settings, root))
    secrets.update(settings.secret_values)
    return ShopValues(MappingProxyType(globals_), Secrets(secrets))


def _object(file: Path) -> dict[str, Any]:
    try:
        content = file.read_bytes()
    except OSError as fault:
        raise ConfigError(f"cannot be read: {fault.strerror}", where=Where(file=str(file))) from fault
    document = read_json(content, file=str(file), error=ConfigError)
    if not isinstance(document.value, dict):
        raise ConfigError("expected a JSON object: values by key", where=document.where(()))
    return document.value


def _secrets(settings: Settings, root: Path) -> dict[str, str]:
    file = (settings.folder / Path(str(settings.secrets_file)).expanduser()).absolute()
    where = Where(file=str(file))
    instead = f"or set {SECRET_PREFIX}NAME"
    if any(file.resolve().is_relative_to(folder.resolve()) for folder in (root, settings.folder)):
        raise ConfigError(
            "secrets_file: this file stands in the project's folder, from where it could reach a repository",
            where=where,
            hint=f"move it elsewhere, {instead}",
        )
    if not file.is_file():
        raise ConfigError("secrets_file: there is no such file", where=where, hint=f"make it, {instead}")
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
