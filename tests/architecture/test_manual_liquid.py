"""The page about Liquid: as the code is, complete, and every example on it writes what the page says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from runner import Event
from runner.errors import LiquidError
from runner.liquid.environment import environment
from runner.liquid.limits import Budget, Limits
from runner.liquid.objects import environment as variables_of
from runner.liquid.scan import LITERALS
from runner.liquid.state import RenderState
from runner.liquid.tags import TAGS
from runner.liquid.template import parse
from tests.architecture.manual_liquid import LIQUID_PAGE, Example, examples, examples_by_entry, liquid_page, prose

PAGE = LIQUID_PAGE.read_text(encoding="utf-8")
SHOP = {
    "name": "Sample Shop",
    "iana_timezone": "America/New_York",
    "currency": "USD",
    "money_format": "${{amount}}",
    "money_with_currency_format": "${{amount}} USD",
    "primary_locale": "en",
}
METAFIELDS = [{"id": 9, "namespace": "delivery", "key": "slot", "type": "single_line_text_field", "value": "morning"}]


class Answers:
    """The shop of the page's examples."""

    def graphql(self, query: str, variables: Mapping[str, Any] | None = None) -> Any:
        return {"data": {"shop": {"name": SHOP["name"]}}}

    def rest(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        return {"metafields": METAFIELDS} if path == "orders/1/metafields.json" else None

    def cache(self, key: str) -> Any:
        return dict(self.cache_items()).get(key)

    def cache_items(self) -> Iterable[tuple[str, Any]]:
        return [("last-run", "2026-03-01")]


def written(source: str) -> str:
    """What a template writes in the situation that the page describes."""
    (described,) = re.findall(r"```json\n(.*?)```", PAGE, flags=re.DOTALL)
    event = Event(**json.loads(described))
    state = RenderState(now=datetime(2026, 3, 4, 20, 6, 7, tzinfo=UTC), shop=SHOP, reads=Answers())
    variables = variables_of(event, state=state, task_record={}, options={}, globals={"motto": "Ars longa"})
    return parse(source, "script").run(variables, state, Budget(Limits()), emits=True)[0]


def section(name: str) -> str:
    found = re.search(rf"<!-- from the code: {name} -->\n(.*?)<!-- end -->", PAGE, flags=re.DOTALL)
    assert found is not None
    return found[1]


def test_the_page_is_as_the_code_is() -> None:
    assert liquid_page() == PAGE, "run: python -m tests.architecture.manual"


@pytest.mark.parametrize("example", list(examples(PAGE)), ids=lambda example: example.source)
def test_an_example_writes_what_the_page_says(example: Example) -> None:
    if example.error is None:
        assert written(example.source) == example.text
    else:
        with pytest.raises(LiquidError, match=re.escape(example.error)):
            written(example.source)


def test_every_line_that_looks_like_an_example_is_one() -> None:
    lines = [line for line in PAGE.splitlines() if "` → " in line]
    assert len(lines) == len(list(examples(PAGE)))


def test_every_tag_has_an_entry_with_an_example() -> None:
    named = {name for name in TAGS if name not in ("content", "output", "illegal")} | {"{{ }}"}
    assert sorted(named - examples_by_entry(section("tags")).keys()) == [], "write one below its entry on the page"


def test_every_filter_has_an_entry_with_an_example_that_uses_it() -> None:
    shown = examples_by_entry(section("filters"))
    bare = [
        name
        for name in environment().functions
        if not any(re.search(rf"\| {name}\b", line) for line in shown.get(name, ()))
    ]
    assert sorted(bare) == [], "write one below its entry on the page"


def test_no_entry_is_left_of_what_is_gone() -> None:
    known = {*environment().functions, *TAGS, "{{ }}"}
    shown = [*examples_by_entry(section("tags")), *examples_by_entry(section("filters"))]
    assert [name for name in shown if name not in known] == []


def test_every_literal_has_a_row() -> None:
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", PAGE.partition("## Tags")[0], flags=re.MULTILINE)
    assert {word.strip("`") for row in rows for word in row.split(", ")} == LITERALS


def test_every_variable_of_the_environment_has_a_row() -> None:
    table = PAGE.partition("## Variables")[2].partition("<!--")[0]
    state = RenderState(now=datetime(2026, 3, 4, tzinfo=UTC))
    known = variables_of(Event("mechanic/user/form", {}), state=state, task_record={}, options={}, inputs={})
    assert set(re.findall(r"^\| `(\w+)` \|", table, flags=re.MULTILINE)) == set(known)


@pytest.mark.parametrize(
    ("docstring", "shown"),
    [
        ("The ``a`` of it (liquid.md 3.5).", "The `a` of it."),
        ("Sum. LiquidError for 0.", "Sum. An error for 0."),
        (
            "Bad: LiquidError with the place,\n    nil when ``silent``.",
            "Bad: an error with the place, nil when `silent`.",
        ),
        (None, ""),
    ],
)
def test_docstrings_are_shown_without_what_only_programmers_need(docstring: str | None, shown: str) -> None:
    assert prose(docstring) == shown
