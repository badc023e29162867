"""The file of accounts: outside the project, readable by its owner alone, replaced whole with each change."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from runner.accounts.account import Account
from runner.errors import ConfigError, StoreError, Where

_OTHERS = 0o077
"""The permission bits of everybody but the owner."""
_WAIT = 90.0
"""Seconds for another process to end its refresh: longer than a call to a provider may take."""


class AccountBook:
    """The accounts kept in ``file``, by provider and name. Nothing of it is held in memory.

    Several processes may use one file: each change reads the present content under a lock, and writes it whole.
    """

    def __init__(self, file: Path) -> None:
        self.file = file

    def accounts(self, provider: str) -> dict[str, Account]:
        """All accounts of a provider by name; none when there is no file. Raises ConfigError for a file that others
        can read, or that is not what ``put`` writes."""
        return {name: self._account(provider, name, kept) for name, kept in self._read().get(provider, {}).items()}

    def find(self, provider: str, name: str) -> Account | None:
        """The account that a task calls ``name``: exactly, else the only one that differs in case alone."""
        accounts = self.accounts(provider)
        plain = name.strip()
        if plain in accounts:
            return accounts[plain]
        near = [account for each, account in accounts.items() if each.casefold() == plain.casefold()]
        return near[0] if len(near) == 1 else None

    def put(self, provider: str, account: Account) -> None:
        """Keep ``account``, in place of a former one of that name."""
        with self.locked():
            self.write(provider, account)

    def drop(self, provider: str, name: str) -> bool:
        """Forget an account; whether there was one of exactly that name."""
        with self.locked():
            content = self._read()
            if name not in content.get(provider, {}):
                return False
            del content[provider][name]
            self._write({each: kept for each, kept in content.items() if kept})
        return True

    def write(self, provider: str, account: Account) -> None:
        """As ``put``, for whoever holds the lock."""
        content = self._read()
        content.setdefault(provider, {})[account.name] = account.to_json()
        self._write(content)

    @contextmanager
    def locked(self, *, reading: bool = False) -> Iterator[None]:
        """Alone with the file among all processes of this machine. StoreError after a minute and a half of waiting.

        ``reading``: where nothing can be written at all, nobody else can either, and there is no lock.
        """
        import filelock

        try:
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = filelock.FileLock(f"{self.file}.lock", mode=0o600)
            lock.acquire(timeout=_WAIT)
        except filelock.Timeout as fault:
            raise StoreError(
                f"another process has held the file of accounts for {_WAIT:g} seconds: {self.file}",
                hint="See which one hangs; the next attempt tries again.",
            ) from fault
        except OSError as fault:
            if not reading:
                raise self._unwritable(fault) from fault
            yield
            return
        try:
            yield
        finally:
            lock.release()

    def _account(self, provider: str, name: str, kept: Any) -> Account:
        try:
            return Account.from_json(name, kept)
        except ValueError as fault:
            raise ConfigError(
                f'the {provider} account "{name}" cannot be used: {fault}',
                where=Where(file=str(self.file)),
                hint=f"`runner connect {provider}` makes it anew",
            ) from None

    def _read(self) -> dict[str, dict[str, Any]]:
        where = Where(file=str(self.file))
        try:
            found = self.file.stat()
            content = self.file.read_bytes()
        except FileNotFoundError:
            return {}
        except OSError as fault:
            raise ConfigError(f"the accounts cannot be read: {fault.strerror}", where=where) from fault
        if os.name == "posix" and found.st_mode & _OTHERS:
            raise ConfigError("others may read this file of accounts", where=where, hint=f"chmod 600 {self.file}")
        try:
            document = json.loads(content)
        except (ValueError, RecursionError):
            document = None
        if not isinstance(document, dict) or not all(isinstance(kept, dict) for kept in document.values()):
            # Not its words: they may quote a token.
            raise ConfigError(
                "this file of accounts is not as `runner connect` writes it",
                where=where,
                hint='expected {"google": {"NAME": {…}}}',
            )
        return document

    def _write(self, content: Mapping[str, Any]) -> None:
        text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
        try:
            self._replace(text)
        except OSError as fault:
            raise self._unwritable(fault) from fault

    def _replace(self, text: str) -> None:
        handle, name = tempfile.mkstemp(dir=self.file.parent, prefix=f".{self.file.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as made:
                made.write(text)
                made.flush()
                os.fsync(made.fileno())
            os.replace(name, self.file)
        except BaseException:
            os.unlink(name)
            raise

    def _unwritable(self, fault: OSError) -> ConfigError:
        return ConfigError(
            f"the accounts cannot be written: {fault.strerror}",
            where=Where(file=str(self.file)),
            hint="check the permissions of the folder",
        )
