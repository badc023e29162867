"""What a generator of files is, what it is given, and what it gives back (actions.md 2)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from runner.clock import Clock
from runner.errors import ActionError
from runner.network import Network

MOST_BYTES = 20 * 1024 * 1024
"""Of a file: generated, downloaded, or inside an archive (actions.md 2, 8)."""


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file. ``name`` is its key in the map; ``warnings`` are sentences about what was asked for and left out."""

    name: str
    data: bytes
    mime: str
    warnings: tuple[str, ...] = ()


CheckMap = Callable[[Any, str], None]
"""(file map, where it stands) -> nothing, or ActionError."""
MakeFile = Callable[[str, Any, str], MadeFile]
"""(name, value, where it stands) -> the file."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """What a generator may use to make one file.

    ``make`` makes a file inside of this one. ``entropy`` gives so many random bytes. ``browser`` is a Chromium, None
    when there is none. ``limit`` is in bytes. ``warnings`` collects sentences for people.
    """

    network: Network
    clock: Clock
    entropy: Callable[[int], bytes]
    browser: Callable[[], Path | None]
    make: MakeFile
    limit: int = MOST_BYTES
    warnings: list[str] = field(default_factory=list)


class Generator(ABC):
    """One kind of file: the value of a file map under the key ``kind``. Stateless.

    ``where`` names the file in messages: its name, with the names of the archives around it.
    """

    kind: ClassVar[str]
    mime: ClassVar[str] = "application/octet-stream"
    """Of files whose name tells nothing."""

    @abstractmethod
    def check(self, value: Any, where: str, check_map: CheckMap) -> None:
        """Raise ActionError for a value that no file can be made of. Touches nothing outside."""

    @abstractmethod
    def make(self, value: Any, where: str, workshop: Workshop) -> bytes:
        """The file of a checked value. Raises ActionError or NetworkError."""


def invalid(where: str, message: str, hint: str) -> ActionError:
    """The error for a file that cannot be made of what the task says."""
    return ActionError(f'the file "{where}": {message}', hint=hint, code="files.invalid")


def too_large(where: str, limit: int = MOST_BYTES) -> ActionError:
    """The error for a file beyond the limit."""
    return ActionError(
        f'the file "{where}" is larger than {limit / 1024 / 1024:g} MB',
        hint="Make several smaller files.",
        code="files.too_large",
    )


def named(value: Any) -> str:
    """A value in a message by its kind: texts may be long, or secret."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, Mapping):
        return "an object"
    return "text" if isinstance(value, str) else "an array"


def wanted_text(value: Any, kind: str, where: str, what: str) -> str:
    """``value`` when it is text that is not blank; ``what`` it should be, for the message."""
    if isinstance(value, str) and value.strip():
        return value
    found = "blank" if isinstance(value, str) else named(value)
    raise invalid(where, f'"{kind}" is {found}, not {what}', f'Write {{"{kind}": "…"}}.')
