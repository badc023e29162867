"""The pages of the manual as assistants find and read them: whole, or section by section."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

from runner.assistant.index import Index, words
from runner.cli.docs import pages
from runner.errors import InputError

DOC_ID = "doc:"
_HEADING = re.compile(r"^(#{1,4}) +(.+?) *$")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands under it, up to the next heading of any level. ``level`` counts from 1."""

    title: str
    level: int
    text: str


@dataclass(frozen=True)
class Page:
    """A page: its ``name``, and the Markdown as it is."""

    name: str
    markdown: str

    @property
    def title(self) -> str:
        """Its first heading."""
        return self.sections[0].title

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """All of it, in order."""
        return tuple(_sections(self.name, self.markdown))

    def below(self, title: str) -> str:
        """The section of this title, with those under it. ``InputError`` with the titles when there is none."""
        names = [section.title for section in self.sections]
        at = next((place for place, name in enumerate(names) if name.lower() == title.lower()), None)
        if at is None:
            near = get_close_matches(title, names, n=1)
            hint = f'did you mean "{near[0]}"?' if near else f"sections: {', '.join(names[:40])}"
            raise InputError(f'the page "{self.name}" has no section "{title}"', code="input.unknown_page", hint=hint)
        level = self.sections[at].level
        behind = self.sections[at + 1 :]
        last = next((place for place, each in enumerate(behind) if each.level <= level), len(behind))
        return "\n".join(each.text for each in self.sections[at : at + 1 + last]).strip()

    def best(self, query: str) -> Section:
        """The section with most words of the query; of equal ones, the shortest."""
        asked = set(words(query))

        def rank(section: Section) -> tuple[int, int, int]:
            title, text = set(words(section.title)), set(words(section.text))
            return len(asked & text), len(asked & title), -len(section.text)

        return max(self.sections, key=rank)


class Manual:
    """All pages, read when they are first asked for."""

    @cached_property
    def pages(self) -> dict[str, Page]:
        """By name."""
        return {name: Page(name, _read(path)) for name, path in pages().items()}

    @cached_property
    def index(self) -> Index:
        """Over names, titles, headings and texts."""
        return Index(
            {
                name: {
                    "title": page.title,
                    "slug": name,
                    "headings": " ".join(section.title for section in page.sections[1:]),
                    "content": page.markdown,
                }
                for name, page in self.pages.items()
            }
        )

    def page(self, word: str) -> Page:
        """The page of this id or name. ``InputError`` with the nearest, or all, when there is none."""
        name = word.removeprefix(DOC_ID).removesuffix(".md")
        if name in self.pages:
            return self.pages[name]
        near = get_close_matches(name, self.pages, n=1)
        hint = f'did you mean "{DOC_ID}{near[0]}"?' if near else f"pages: {', '.join(self.pages)}"
        raise InputError(f'there is no page "{name}" in the manual', code="input.unknown_page", hint=hint)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _sections(name: str, markdown: str) -> Iterator[Section]:
    """Headings inside of blocks of code are none."""
    title, level, lines, in_code = name, 1, list[str](), False
    for line in markdown.splitlines():
        in_code = in_code is not line.startswith("```")
        heading = None if in_code else _HEADING.match(line)
        if heading is not None:
            if any(each.strip() for each in lines):
                yield Section(title, level, "\n".join(lines))
            title, level, lines = heading[2].replace("`", ""), len(heading[1]), []
        lines.append(line)
    yield Section(title, level, "\n".join(lines))
