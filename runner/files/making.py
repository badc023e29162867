"""File maps: name → how to make the file (actions.md 2)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from runner.clock import Clock, SystemClock
from runner.errors import ActionError
from runner.files.base import MOST_BYTES, Generator, MadeFile, Workshop, invalid, named, too_large
from runner.files.base64 import Base64
from runner.files.mime import mime_of
from runner.files.pdf import Pdf
from runner.files.plaintext import Plaintext
from runner.files.url import Url
from runner.files.zip import Zip
from runner.model.json import is_within
from runner.network import Network

GENERATORS: Mapping[str, Generator] = {"base64": Base64(), "pdf": Pdf(), "url": Url(), "zip": Zip()}
"""By their key in a file map. Plain text is what has none."""

_TEXT = Plaintext()
_DEEPEST = 40
"""Levels of objects in a map: an archive inside an archive is three."""
_FORMS = 'Write text, or an object with one key: "base64", "pdf", "url" or "zip".'


def check(file_map: Any) -> None:
    """Raise ActionError, naming the file, for a map that files cannot be made of. Touches nothing outside.

    None and an empty map are no files. Everything of that kind is found here, before anything is downloaded.
    """
    if not is_within(file_map, _DEEPEST):
        raise ActionError(
            "the files are nested too deeply", hint="Put fewer archives into each other.", code="files.invalid"
        )
    _check_map(file_map, "")


def _check_map(file_map: Any, before: str) -> None:
    if file_map is None:
        return
    if not isinstance(file_map, Mapping):
        raise ActionError(
            f"the files are {named(file_map)}, not an object of names and files",
            hint='Write {"name.txt": "…"}.',
            code="files.invalid",
        )
    for name, value in file_map.items():
        if not str(name).strip():
            raise invalid(f"{before}{name}", "its name is blank", "Give it a name, such as report.csv.")
        generator, inner = _chosen(value, f"{before}{name}")
        generator.check(inner, f"{before}{name}", _check_map)


def _chosen(value: Any, where: str) -> tuple[Generator, Any]:
    """The generator that ``value`` names, and what it is told."""
    if isinstance(value, str):
        return _TEXT, value
    if not isinstance(value, Mapping):
        raise invalid(where, f"it is {named(value)}", _FORMS)
    if len(value) != 1:
        raise invalid(where, f"it has {len(value)} keys, and exactly one is needed", _FORMS)
    ((key, inner),) = value.items()
    generator = GENERATORS.get(key)
    if generator is None:
        near = get_close_matches(str(key).lower(), GENERATORS, n=1)
        hint = f'Did you mean "{near[0]}"? {_FORMS}' if near else _FORMS
        raise invalid(where, f'there is no way to make a file called "{str(key)[:40]}"', hint)
    return generator, inner


def no_browser() -> Path | None:
    """There is no Chromium."""
    return None


@dataclass(frozen=True, slots=True)
class Files:
    """Makes the files of file maps. ``network`` is the way to downloads and to what pages show.

    ``browser`` finds a Chromium for pages with scripts; ``entropy`` gives random bytes for archives with a password;
    ``limit`` is the size of a file in bytes.
    May be used by many threads.
    """

    network: Network = field(default_factory=Network)
    clock: Clock = field(default_factory=SystemClock)
    browser: Callable[[], Path | None] = no_browser
    entropy: Callable[[int], bytes] = secrets.token_bytes
    limit: int = MOST_BYTES

    def generate(self, file_map: Any) -> Sequence[MadeFile]:
        """All files, in the order of the map.

        Raises ActionError, or NetworkError for a download, about the first that cannot be made; what is wrong with the
        map itself is found first, as by ``check``.
        """
        check(file_map)
        return [self._made(str(name), value, str(name)) for name, value in (file_map or {}).items()]

    def _made(self, name: str, value: Any, where: str) -> MadeFile:
        generator, inner = _chosen(value, where)
        workshop = Workshop(self.network, self.clock, self.entropy, self.browser, self._made, self.limit)
        data = generator.make(inner, where, workshop)
        if len(data) > self.limit:
            raise too_large(where, self.limit)
        return MadeFile(name, data, mime_of(name, generator.mime), tuple(workshop.warnings))
