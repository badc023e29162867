"""Pages of the manual, section by section."""

from __future__ import annotations

import pytest

from runner.assistant.manual import Manual, Page
from runner.errors import InputError

PAGE = Page(
    "made", "# Made\n\nfirst\n\n## One\n\na\n\n```text\n# no heading\n```\n\n### Inner `x`\n\nb\n\n## Two\n\nc\n"
)


def test_headings_begin_sections_and_code_holds_none() -> None:
    assert [(each.title, each.level) for each in PAGE.sections] == [("Made", 1), ("One", 2), ("Inner x", 3), ("Two", 2)]


def test_a_section_comes_with_those_under_it() -> None:
    text = PAGE.below("one")
    assert text.startswith("## One")
    assert "# no heading" in text
    assert text.endswith("b")
    assert PAGE.below("Two") == "## Two\n\nc"
    assert PAGE.below("Made") == PAGE.markdown.strip()


def test_an_unknown_section_or_page_names_what_there_is() -> None:
    with pytest.raises(InputError) as failed:
        PAGE.below("Inner")
    assert "Inner x" in str(failed.value.hint)
    with pytest.raises(InputError) as failed:
        Manual().page("doc:fixture")
    assert "doc:fixtures" in str(failed.value.hint)


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("e164", ("liquid", "The filter of telephone numbers")),
        ("snapshots of a case unused", ("fixtures", None)),
        ("runner upgrade-check", ("cli", "runner upgrade-check")),
    ],
)
def test_the_page_and_section_that_a_reader_wants_come_first(query: str, place: tuple[str, str | None]) -> None:
    manual = Manual()
    name = manual.index.search(query)[0][0]
    section = manual.pages[name].best(query).title
    assert (name, section if place[1] is not None else None) == place
