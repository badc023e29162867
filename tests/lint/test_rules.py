"""Every rule finds what its own page says, and nothing in what the page recommends."""

from __future__ import annotations

from pathlib import Path

import pytest

import runner.lint.rules
from runner.errors import InputError
from runner.lint.finding import Severity
from runner.lint.rules import RULES, chosen
from tests.lint.asking import ask_example


@pytest.mark.parametrize("name", sorted(RULES))
def test_the_wrong_example_of_a_rule_is_found(name: str) -> None:
    findings = ask_example(name, RULES[name].wrong)
    assert findings
    assert {finding.rule for finding in findings} == {name}


@pytest.mark.parametrize("name", sorted(RULES))
def test_the_right_example_of_a_rule_is_left_alone(name: str) -> None:
    assert ask_example(name, RULES[name].right) == []


def test_the_table_holds_the_rule_of_every_module_under_its_name_in_order() -> None:
    modules = {path.stem for path in Path(runner.lint.rules.__file__).parent.glob("[a-z]*.py")}
    assert {name.replace(".", "_") for name in RULES} == modules
    assert [rule.name for rule in RULES.values()] == sorted(RULES)


@pytest.mark.parametrize("name", sorted(RULES))
def test_every_rule_says_why_and_where_it_comes_from(name: str) -> None:
    rule = RULES[name]
    assert rule.about.endswith(".")
    assert rule.why.endswith(".")
    assert ".md" in rule.source


def test_a_family_of_rules_is_chosen_by_its_first_word() -> None:
    assert {rule.name for rule in chosen(["pre"])} == {name for name in RULES if name.startswith("pre.")}
    assert {rule.name for rule in chosen(["pre"], ["pre.none"])} == {
        name for name in RULES if name.startswith("pre.") and name != "pre.none"
    }


def test_rules_of_the_library_are_asked_on_request_only() -> None:
    assert not any(rule.library for rule in chosen())
    assert {rule.name for rule in chosen(library=True)} == set(RULES)


def test_an_unknown_rule_names_the_nearest() -> None:
    with pytest.raises(InputError) as caught:
        chosen(["opt.stal"])
    assert caught.value.hint == "did you mean opt.stale?"


def test_severities_are_ordered_from_the_worst() -> None:
    assert Severity.ERROR.reaches(Severity.WARNING)
    assert not Severity.ADVICE.reaches(Severity.WARNING)
