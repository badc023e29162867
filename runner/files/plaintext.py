"""Plain text: the value of the map is the file (actions.md 2)."""

from __future__ import annotations

from typing import Any

from runner.files.base import MOST_BYTES, CheckMap, Generator, Workshop, too_large
from runner.model.json import without_surrogates


class Plaintext(Generator):
    """Implicit: there is no key of this name."""

    kind = "plaintext"
    mime = "text/plain"

    def check(self, value: Any, where: str, check_map: CheckMap) -> None:
        if len(value) > MOST_BYTES:
            raise too_large(where)

    def make(self, value: Any, where: str, workshop: Workshop) -> bytes:
        return str(without_surrogates(value)).encode()
