"""Bytes that the task holds as base64 (actions.md 2)."""

from __future__ import annotations

import binascii
import re
from typing import Any

from runner.files.base import MOST_BYTES, CheckMap, Generator, Workshop, invalid, named, too_large

_SPACE = re.compile(r"[ \t\r\n]+")


class Base64(Generator):
    """White space between the characters is allowed, as mail and PEM files have it. Empty text is an empty file."""

    kind = "base64"

    def check(self, value: Any, where: str, check_map: CheckMap) -> None:
        if not isinstance(value, str):
            raise invalid(where, f'"base64" is {named(value)}, not text', 'Write {"base64": "…"}.')
        if len(value) > MOST_BYTES * 2:
            raise too_large(where)
        self._decoded(value, where)

    def make(self, value: Any, where: str, workshop: Workshop) -> bytes:
        return self._decoded(value, where)

    def _decoded(self, text: str, where: str) -> bytes:
        try:
            return binascii.a2b_base64(_SPACE.sub("", text).encode("ascii"), strict_mode=True)
        except (UnicodeEncodeError, binascii.Error) as fault:
            raise invalid(
                where, "its text is no base64", "Base64 has letters, digits, + and /, and = to a multiple of four."
            ) from fault
