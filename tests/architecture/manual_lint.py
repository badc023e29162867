"""The list of rules on ``runner/docs/lint.md``, made from the rules; what stands above it is written by hand."""

from __future__ import annotations

from runner.cli.lint_text import example_lines
from runner.lint.finding import Example, Rule
from runner.lint.rules import RULES
from tests.architecture.sources import PACKAGE

LINT_PAGE = PACKAGE / "docs" / "lint.md"
LINT_MARK = "<!-- below: from the rules, by `python -m tests.architecture.manual` -->"


def lint_page() -> str:
    """The page as it should be."""
    head = LINT_PAGE.read_text(encoding="utf-8").split(LINT_MARK)[0]
    rows = [f"| [`{rule.name}`](#{rule.name.replace('.', '')}) | {rule.severity} | {rule.about} |" for rule in _all()]
    table = ["| rule | severity | finds |", "| --- | --- | --- |", *rows]
    return head + LINT_MARK + "\n\n" + "\n".join(table) + "\n\n" + "\n".join(map(_section, _all()))


def _all() -> list[Rule]:
    return list(RULES.values())


def _section(rule: Rule) -> str:
    only = " Asked with `--library` only." if rule.library else ""
    parts = [f"## {rule.name}", f"{str(rule.severity).capitalize()}. {rule.about}{only}", rule.why]
    return "\n\n".join([*parts, _example("Wrong", rule.wrong), _example("Right", rule.right)]) + "\n"


def _example(title: str, example: Example) -> str:
    return "\n".join([f"{title}:", "", "```liquid", *example_lines(example), "```"])
