"""The two files of values that commands write: globals in the project, secrets outside of it (ecosystem.md 2).

Each write replaces the file whole, by renaming, so that no reader sees half of one. A server that runs takes changes up
by itself (``LiveValues``).
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from runner.config import SECRET_PREFIX, Settings
from runner.errors import ConfigError, InputError, Where
from runner.model.secret import Secrets
from runner.model.shop_values import ShopValues
from runner.shop_values import check_place, globals_file, load_values, read_globals, read_secrets, secrets_file

_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")


class LiveValues:
    """The globals and secrets of ``settings``, as they are now: ``values`` changes in place with each ``refresh``.

    The two files may change while a server runs; ``runner.yml`` and the environment are read at its start.
    """

    def __init__(self, settings: Settings) -> None:
        """Raises ``ConfigError`` as ``load_values``."""
        self._settings = settings
        found = load_values(settings)
        self._globals, self._secrets = _Live(found.globals), _Live(found.secrets.values)
        self._seen = self._stamp()
        self.values = ShopValues(self._globals, Secrets(self._secrets))

    def refresh(self) -> tuple[Any, ...]:
        """Read the files again if they changed; something that is the same as long as the values are.

        Raises ``ConfigError`` once for each change to a file that cannot be used; what was known stays in force.
        """
        now = self._stamp()
        if now != self._seen:
            self._seen = now
            found = load_values(self._settings)
            self._globals.become(found.globals)
            self._secrets.become(found.secrets.values)
        return (self._globals.version, self._secrets.version)

    def _stamp(self) -> tuple[Any, ...]:
        return tuple(_stamp(file) for file in (globals_file(self._settings), secrets_file(self._settings)))


class _Live(Mapping[str, Any]):
    """A mapping that becomes another one, at once for all who hold it. ``version`` counts the changes."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self._content = dict(content)
        self.version = 0

    def become(self, content: Mapping[str, Any]) -> None:
        """Hold ``content`` from now on."""
        if dict(content) != self._content:
            self._content = dict(content)
            self.version += 1

    def __getitem__(self, key: str) -> Any:
        return self._content[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._content)

    def __len__(self) -> int:
        return len(self._content)


def put_global(settings: Settings, key: str, value: Any) -> Path:
    """Keep ``value`` under ``key`` in the project's file of globals; the file."""
    file = globals_file(settings)
    _write(file, {**read_globals(settings), _checked(key): value}, mode=0o644)
    return file


def drop_global(settings: Settings, key: str) -> bool:
    """Remove ``key`` from the project's file of globals; whether it was there."""
    found = read_globals(settings)
    if key not in found:
        return False
    del found[key]
    _write(globals_file(settings), found, mode=0o644)
    return True


def put_secret(settings: Settings, key: str, value: str) -> Path:
    """Keep ``value`` byte for byte under ``key`` in the file of secrets, which only its owner can read; the file.

    The file is made when it is not there. Raises ``ConfigError`` for one that cannot be used, or that no setting names.
    """
    file = required_secrets_file(settings)
    found = read_secrets(settings) if file.exists() else {}
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write(file, {**found, _checked(key): value}, mode=0o600)
    return file


def drop_secret(settings: Settings, key: str) -> bool:
    """Remove ``key`` from the file of secrets; whether it was there."""
    file = secrets_file(settings)
    if file is None or not file.exists():
        return False
    found = read_secrets(settings)
    if key not in found:
        return False
    del found[key]
    _write(file, found, mode=0o600)
    return True


def required_secrets_file(settings: Settings) -> Path:
    """The file of secrets; ``ConfigError`` when neither a setting nor the shop's name says which one it is."""
    file = secrets_file(settings)
    if file is None:
        raise ConfigError(
            "no file is known for secrets",
            code="config.secrets",
            hint=f"set `shop:`, or `secrets_file: FILE` outside the project, or set {SECRET_PREFIX}NAME instead",
        )
    check_place(settings, file)
    return file


def _checked(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise InputError(f'"{key}" cannot be a key', hint="letters, digits, underscores, dots and dashes; up to 100")
    return key


def _stamp(file: Path | None) -> tuple[Any, ...] | None:
    """Changes whenever the file does; None when there is none."""
    try:
        found = file.stat() if file is not None else None
    except OSError:
        return None
    return None if found is None else (str(file), found.st_mtime_ns, found.st_size, found.st_ino, found.st_mode)


def _write(file: Path, content: Mapping[str, Any], *, mode: int) -> None:
    """Replace ``file``, keeping its permissions if ``mode`` would widen them."""
    text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    try:
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=".part")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as made:
                made.write(text)
                made.flush()
                os.fsync(made.fileno())
            os.chmod(name, (file.stat().st_mode & 0o777) if file.exists() else mode)
            os.replace(name, file)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as fault:
        raise ConfigError(
            f"cannot be written: {fault.strerror}",
            where=Where(file=str(file)),
            hint="check the permissions of the folder",
        ) from fault
