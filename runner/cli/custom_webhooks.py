"""The custom Shopify webhooks of a project: ``custom_webhooks.json`` (engine.md 5.2)."""

from __future__ import annotations

import logging
from typing import Any

from runner.config import Settings
from runner.errors import ConfigError, Where
from runner.model.custom_webhook import CustomWebhook, read_custom_webhooks
from runner.model.json_text import read_json
from runner.project import find_root

FILE = "custom_webhooks.json"

_log = logging.getLogger(__name__)


class ProjectWebhooks:
    """Reads the file of the project that ``settings`` are of."""

    def __init__(self, settings: Settings) -> None:
        self._file = (find_root(settings.folder) or settings.folder) / FILE
        self._seen: tuple[Any, ...] | None = None
        self._known: dict[str, CustomWebhook] = {}

    def load(self) -> tuple[CustomWebhook, ...]:
        """All that are enabled. Raises ``ConfigError`` for a file that cannot be used."""
        if not self._file.is_file():
            return ()
        try:
            content = self._file.read_bytes()
        except OSError as fault:
            raise ConfigError(f"cannot be read: {fault.strerror}", where=Where(file=str(self._file))) from fault
        document = read_json(content, file=str(self._file), error=ConfigError)
        return tuple(each for each in read_custom_webhooks(document.value, str(self._file)) if each.enabled)

    def find(self, webhook_id: str) -> CustomWebhook | None:
        """The one of this id; the file is read again when it changed.

        While it cannot be used, what it said before counts: deliveries must not be lost over a slip in it.
        """
        now = self.fingerprint()
        if now != self._seen:
            try:
                # Those that are gone stay known as long as this process lives: some deliveries are still on their way.
                self._known.update({each.id: each for each in self.load()})
            except ConfigError as fault:
                _log.warning("custom webhooks stay as they were: %s", fault)
            self._seen = now
        return self._known.get(webhook_id)

    def fingerprint(self) -> tuple[Any, ...]:
        """Changes whenever the file does."""
        if not self._file.is_file():
            return ()
        stat = self._file.stat()
        return (stat.st_mtime_ns, stat.st_size, stat.st_ino)
