"""Comments that silence rules."""

from __future__ import annotations

import pytest

from runner.lint.ignoring import ignored, matches
from tests.lint.asking import ask

READ = "{% if event.preview == false %}{% log 1 %}{% endif %}"


@pytest.mark.parametrize(
    ("comment", "silent"),
    [
        ("{% comment %} lint: ignore pre.false {% endcomment %}", True),
        ("{%- comment -%}lint: ignore pre.false{%- endcomment -%}", True),
        ("{% # lint: ignore pre.false %}", True),
        ("{% # lint: ignore pre.false -- it is meant so %}", True),
        ("{% # lint: ignore opt.stale, pre.false %}", True),
        ("{% # lint: ignore pre %}", True),
        ("{% # lint: ignore pre.* %}", True),
        ("{% # lint: ignore-task pre.false %}", True),
        ("{% # lint: ignore opt.stale %}", False),
        ("{% # lint: ignore %}", False),
        ("{% # ignore pre.false %}", False),
        ("lint: ignore pre.false", False),
    ],
)
@pytest.mark.parametrize("between", ["\n", "", "\n\n"])
def test_a_comment_holds_for_its_line_and_the_next_that_is_not_blank(comment: str, silent: bool, between: str) -> None:
    assert (ask("pre.false", comment + between + READ) == []) is silent


def test_a_comment_does_not_reach_further() -> None:
    script = "{% # lint: ignore pre.false %}\n{% log 1 %}\n" + READ
    assert len(ask("pre.false", script)) == 1


def test_a_comment_for_the_task_reaches_everything_else_of_it() -> None:
    script = "{% # lint: ignore-task opt.stale %}"
    assert ask("opt.stale", script, options={"gone": 1}) == []
    assert len(ask("opt.stale", script.replace("-task", ""), options={"gone": 1})) == 1


def test_a_comment_inside_a_liquid_tag_counts() -> None:
    script = "{% liquid\n  # lint: ignore pre.false\n  if event.preview == false\n    log 1\n  endif\n%}"
    assert ask("pre.false", script) == []


def test_a_family_is_the_first_word() -> None:
    assert matches("gql.schema", ["gql"])
    assert not matches("gql.schema", ["gq", "schema", "gql.stub"])


def test_many_comments_are_read_in_little_time() -> None:
    script = "{% comment %} lint: x" * 20_000
    assert list(ignored(script)) == []
