"""What the rules find in the public library: the defects that are known, and no error that is none."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from runner import load_task
from runner.clock import FixedClock
from runner.lint.engine import examine
from runner.lint.finding import Finding, Severity
from runner.lint.rules import RULES, chosen
from runner.lint.subject import Surroundings
from runner.lint.upgrade import compare
from runner.project import shipped, task_files
from tests.library.lint_findings import ERRORS, OTHERS
from tests.library.sweep import exports, sample, shop

pytestmark = pytest.mark.library

AROUND = Surroundings(sample=sample, shop=shop(), clock=FixedClock(datetime(2026, 3, 4, 20, 6, tzinfo=UTC)))

Named = dict[str, dict[str, list[Finding]]]
"""Findings by rule, then by vintage and handle."""


@pytest.fixture(scope="module")
def found(library: Path) -> Named:
    result: Named = defaultdict(lambda: defaultdict(list))
    rules = chosen(library=True)
    for vintage, path in exports(library):
        for finding in examine(load_task(path), rules, AROUND):
            result[finding.rule][f"{vintage}/{path.stem}"].append(finding)
    return result


NAMED = {
    "gql.unselected": """
        keep-inventory-levels-in-sync-within-products get-email-alerts-for-out-of-stock-products
        delete-draft-orders-older-than-30-days unpaid-order-reminders
        maintain-a-collection-of-recently-purchased-products
        send-an-email-alert-if-a-new-collection-has-no-orders-after-x-days
        tag-customers-on-the-anniversary-of-their-first-order auto-recurring-draft-orders
        partially-auto-capture-payments-as-orders-are-fulfilled send-email-when-a-discount-is-created
        auto-tag-orders-with-chargeback-or-inquiry-activity
    """,
    "gql.stub": """
        advanced-scheduled-price-changes auto-capture-payments-when-an-order-is-created auto-recurring-draft-orders
        auto-tag-orders-with-chargeback-or-inquiry-activity auto-tag-products-with-incoming-inventory
        generate-a-discount-code-when-a-certain-product-is-purchased
        maintain-a-collection-of-recently-purchased-products manage-product-market-access-by-location-stock-status
        sync-inventory-across-a-product-type tag-products-by-their-price-ranges
    """,
    "gql.schema": "auto-prefix-tracking-numbers-for-each-new-fulfillment",
    "gql.usererrors": """
        auto-invite-customers-when-tagged automatically-send-account-invite-to-new-customers
        send-account-invites-to-all-customers-in-bulk demonstration-order-editing
    """,
    "gql.pagination": """
        get-email-alerts-for-out-of-stock-products delete-draft-orders-older-than-30-days unpaid-order-reminders
        maintain-a-collection-of-recently-purchased-products
        send-an-email-alert-if-a-new-collection-has-no-orders-after-x-days
        tag-customers-on-the-anniversary-of-their-first-order
    """,
    "sub.branch": """
        auto-add-bundle-components-to-orders-post-purchase send-customers-a-reorder-link-x-days-after-ordering
        send-email-when-a-discount-is-created
    """,
}
"""Tasks of the current library that the catalogue names, whether they are in this copy or not (tooling.md 7)."""


@pytest.mark.parametrize("rule", NAMED)
def test_every_task_that_the_catalogue_names_is_found_where_it_is_there(rule: str, found: Named, library: Path) -> None:
    here = {path.stem for vintage, path in exports(library) if vintage == "current"}
    named = set(NAMED[rule].split()) & here
    assert named, "this copy has some of them"
    assert {f"current/{handle}" for handle in named} <= set(found[rule])


def places(findings: list[Finding]) -> list[str]:
    """Line and column in the script; else the part of the task, with them."""
    told = []
    for each in findings:
        at = f"{each.where.line}:{each.where.column}" if each.where.line else ""
        told.append(at if each.where.part == "script" and at else f"{each.where.part} {at}".strip())
    return told


def test_every_error_in_the_library_is_a_true_one(found: Named) -> None:
    """Each is listed with its place and why it is true: one more may be false, one less is missed."""
    errors: dict[str, dict[str, list[str]]] = {}
    for rule, tasks in found.items():
        for name, findings in tasks.items():
            if wrong := [each for each in findings if each.severity is Severity.ERROR]:
                errors.setdefault(rule, {})[name] = places(wrong)
    assert errors == {rule: {name: at for name, (_, at) in tasks.items()} for rule, tasks in ERRORS.items()}


@pytest.mark.parametrize("rule", OTHERS)
def test_warnings_and_advice_are_those_that_are_known(rule: str, found: Named) -> None:
    assert {name: places(findings) for name, findings in found[rule].items()} == OTHERS[rule]


@pytest.mark.parametrize(
    "rule", ["liquid.syntax", "sub.template", "sub.callback", "opt.key", "pre.false", "gql.idempotent", "action.inline"]
)
def test_rules_that_the_whole_library_keeps(found: Named, rule: str) -> None:
    assert {name: [each.message for each in findings] for name, findings in found[rule].items()} == {}


def test_current_tasks_keep_the_rules_of_the_library(found: Named) -> None:
    broken = {
        rule: [name for name in found[rule] if name.startswith("current/")] for rule in RULES if rule[:3] == "lib"
    }
    assert {rule: names for rule, names in broken.items() if names} == {}


def test_our_own_tasks_have_no_findings() -> None:
    own = {path.stem: examine(load_task(path), chosen(), AROUND) for path in task_files(shipped("tasks"))}
    told = {name: [each.message for each in findings] for name, findings in own.items() if findings}
    assert told == {}


def test_what_becomes_deprecated_in_the_next_version_is_what_the_catalogue_names(library: Path) -> None:
    """Argument ``input`` of five tasks' collection mutations, ``Collection.ruleSet`` (tooling.md 7)."""
    collections = [path for _, path in exports(library) if "collection" in path.stem and "current" in str(path)]
    new = {path.stem: compare(load_task(path), "2026-10", AROUND) for path in collections}
    deprecated = {each.message.partition(" is deprecated")[0] for one in new.values() for each in one.deprecated}
    assert deprecated == {"Collection.ruleSet", "collectionCreate(input:)", "collectionUpdate(input:)"}
    with_input = [one for one in new.values() if any("(input:)" in each.message for each in one.deprecated)]
    assert len(with_input) == 5
    assert not any(one.broken for one in new.values())
