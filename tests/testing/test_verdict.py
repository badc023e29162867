"""What a failing case says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from runner.errors import InputError, Where
from runner.testing.fixtures import parse_case
from runner.testing.verdict import MOST_DIFF_LINES, CaseFailed, check_claims, differing, worded

PATH = Path("/project/fixtures/echo/one.yml")
EVENT = "event: {topic: user/thing/happened}\nshop: prints\nperform: true\n"
DOCUMENT: dict[str, Any] = {
    "actions": [{}],
    "logs": ["why", "x" * 300],
    "errors": [],
    "liquid_error": None,
    "runs": [{"ok": True}, {"ok": False}, {"ok": None}],
}


@pytest.mark.parametrize(
    "claims",
    [
        "{actions: 1, logs: 2, errors: 0, failed: 1, liquid_error: null}",
        "{actions: 1}",
        "{}",
    ],
)
def test_claims_that_hold_say_nothing(claims: str) -> None:
    check_claims(parse_case(f"{EVENT}expect: {claims}\n", PATH), DOCUMENT)


@pytest.mark.parametrize(
    ("claims", "more", "line"),
    [
        ("{actions: 0}", {}, "actions: expected 0, found 1"),
        ("{logs: 1}", {}, "logs: expected 1, found 2"),
        ("{errors: 1}", {}, "errors: expected 1, found 0"),
        ("{failed: 0}", {}, "failed runs: expected 0, found 1"),
        ("{liquid_error: null}", {"liquid_error": "line 1: no"}, "liquid_error: expected null, found 'line 1: no'"),
        ("{liquid_error: tag}", {}, "liquid_error: expected 'tag' in it, found None"),
        ("{liquid_error: tag}", {"liquid_error": {"lines": ["a", "b"]}}, "found 'a\\nb'"),
    ],
)
def test_a_claim_that_does_not_hold_says_what_was_expected_and_found(
    claims: str, more: dict[str, Any], line: str
) -> None:
    case = parse_case(f"description: Two sales.\n{EVENT}expect: {claims}\n", PATH)
    with pytest.raises(CaseFailed) as caught:
        check_claims(case, DOCUMENT | more)
    text = str(caught.value)
    assert text.startswith("fixtures/echo/one.yml, expect, line 5, column 9: Two sales.")
    assert line in text
    assert '  log: "why"' in text
    assert max(len(each) for each in text.splitlines()) < 250


def test_an_error_text_of_several_lines_is_searched_whole() -> None:
    case = parse_case(f"{EVENT}expect: {{liquid_error: unknown tag}}\n", PATH)
    check_claims(case, DOCUMENT | {"liquid_error": {"lines": ["script, line 1:", "unknown tag x"]}})


def test_a_long_difference_is_cut_and_says_how_much_is_left_out() -> None:
    case = parse_case(EVENT, PATH)
    found = "\n".join(str(n) for n in range(1000))
    text = str(differing(case, PATH.with_suffix(".json"), "", found, "pytest x"))
    assert len(text.splitlines()) == MOST_DIFF_LINES + 4
    assert "… 883 more lines" in text


def test_an_error_is_worded_with_its_line_a_pointer_and_what_to_do() -> None:
    where = Where("fixtures/echo/one.yml", part="shop", line=2, column=7, source="shop: print")
    text = worded(InputError("no such seed", where=where, hint="did you mean prints?", code="fixture.invalid"))
    assert text.splitlines() == [
        "fixtures/echo/one.yml, shop, line 2, column 7: no such seed",
        "  shop: print",
        "        ^",
        "Hint: did you mean prints?",
        "(fixture.invalid)",
    ]


def test_an_error_without_a_place_is_its_message() -> None:
    assert worded(InputError("it cannot be")) == "it cannot be\n(input.invalid)"
