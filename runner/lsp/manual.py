"""What the manual of the package says about tags, filters, rules and flags, in entries of an editor's size."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import runner

_DOCS = Path(runner.__file__).parent / "docs"
_SECTION = re.compile(r"<!-- from the code: (\w+) -->\n(.*?)<!-- end -->", re.DOTALL)
_ENTRY = re.compile(r"^- \*\*`(?P<head>[^`]+)`\*\* (?P<text>.*)$")
_ROW = re.compile(r"^\| `(\w+)` \| (.*) \|$", re.MULTILINE)
_NAME = re.compile(r"[^\s:]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """``head`` is a filter's name with its arguments; ``text`` says what it does, as ``examples`` show."""

    name: str
    head: str
    text: str
    examples: tuple[str, ...] = ()

    @property
    def markdown(self) -> str:
        """The entry with its first example."""
        shown = "".join(f"\n\n{example}" for example in self.examples[:1])
        return f"**`{self.head}`** {self.text}{shown}"

    @property
    def arguments(self) -> tuple[str, ...]:
        """A filter's arguments as the manual writes them: ``[format]``, ``[tz:]``."""
        _, colon, rest = self.head.partition(": ")
        return tuple(rest.split(", ")) if colon else ()


@cache
def tags() -> Mapping[str, Entry]:
    """The tags by name."""
    return _entries("tags")


@cache
def filters() -> Mapping[str, Entry]:
    """The filters by name."""
    return _entries("filters")


@cache
def variables() -> Mapping[str, str]:
    """What the variables of every script hold."""
    text = _page("liquid")
    start = text.index("\n## Variables")
    rows = _ROW.findall(text[start : text.index("\nBesides", start)])
    return MappingProxyType({name: row.removesuffix(": see below") for name, row in rows})


@cache
def resources() -> Mapping[str, str]:
    """What the objects of the shop hold."""
    rows = _ROW.findall(_section("resources"))
    return MappingProxyType({name: row.partition(" | ")[0] for name, row in rows})


@cache
def flags() -> Mapping[str, str]:
    """What the flags of option keys make of an option."""
    text = _page("options")
    rows = _ROW.findall(text[text.index("\n## Keys") : text.index("\nChoices follow")])
    return MappingProxyType({name: row.partition(" | ")[0] for name, row in rows})


def _entries(section: str) -> Mapping[str, Entry]:
    found: dict[str, Entry] = {}
    current: Entry | None = None
    for line in _section(section).splitlines():
        entry = _ENTRY.match(line)
        if entry is not None:
            name = _NAME.match(entry["head"])
            current = Entry(name.group() if name else entry["head"], entry["head"], entry["text"])
            found[current.name] = current
        elif current is not None and line.startswith("  - "):
            current = Entry(current.name, current.head, current.text, (*current.examples, line[4:]))
            found[current.name] = current
    return MappingProxyType(found)


def _section(name: str) -> str:
    """A part of the page on Liquid that is made from the code."""
    return next(found[2] for found in _SECTION.finditer(_page("liquid")) if found[1] == name)


@cache
def _page(name: str) -> str:
    return (_DOCS / f"{name}.md").read_text(encoding="utf-8")
