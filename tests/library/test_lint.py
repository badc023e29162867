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


UNSELECTED = {
    # The ten of the catalogue that are in this copy (tooling.md 7, L1), with how many reads.
    "current/auto-recurring-draft-orders": 2,
    "current/auto-tag-orders-with-chargeback-or-inquiry-activity": 1,
    "current/delete-draft-orders-older-than-30-days": 1,
    "current/keep-inventory-levels-in-sync-within-products": 1,
    "current/partially-auto-capture-payments-as-orders-are-fulfilled": 1,
    "current/send-an-email-alert-if-a-new-collection-has-no-orders-after-x-days": 2,
    "current/send-email-when-a-discount-is-created": 1,
    "current/tag-customers-on-the-anniversary-of-their-first-order": 2,
    "current/unpaid-order-reminders": 2,
    # `existing_metafield` is `metafield.value`, a text, of which the id is read: the mutation never gets one.
    "current/demonstration-write-to-a-customer-metafield": 1,
    # Reads `result.data.pageInfo`, which stands in `result.data.orders`: only the first page is captured.
    "vintage-2021/capture-all-authorized-payments": 1,
}
PAGINATION = {
    "current/delete-draft-orders-older-than-30-days",
    "current/send-an-email-alert-if-a-new-collection-has-no-orders-after-x-days",
    "current/tag-customers-on-the-anniversary-of-their-first-order",
    "current/unpaid-order-reminders",
    "vintage-2021/capture-all-authorized-payments",
}
SCHEMA = {
    # The one of the catalogue, L3, in both vintages: trackingInfoUpdateInput is no argument.
    "current/auto-prefix-tracking-numbers-for-each-new-fulfillment",
    "vintage-2021/auto-prefix-tracking-numbers-for-each-new-fulfillment",
    # Written for versions that are gone, and naming none: Shopify answers in one that lacks these.
    "vintage-2021/auto-price-products-based-on-their-compare-at-prices",  # productVariantUpdate
    "vintage-2021/auto-remove-a-product-tag-x-days-after-its-added",  # metafieldDelete, MetafieldInput.valueType
    "vintage-2021/auto-tag-new-products-by-back-in-stock-age",  # metafieldDelete, MetafieldInput.valueType
    "vintage-2021/backup-scheduled-inventory-exports-in-shopifys-csv-format",  # InventoryLevel.available
    "vintage-2021/email-customers-when-tagged",  # MetafieldInput.valueType
    "vintage-2021/maintain-inventory-for-a-product-bundle",  # inventoryAdjustQuantity
    "vintage-2021/reissue-single-use-discount-codes-after-order-cancellation",  # codeCount, saved searches
}
ERRORS = {
    "gql.pagination": PAGINATION,
    "gql.schema": SCHEMA,
    "gql.unselected": set(UNSELECTED),
}


def test_every_error_in_the_library_is_a_known_one(found: Named) -> None:
    errors = {
        rule: {name for name, findings in tasks.items() if any(each.severity is Severity.ERROR for each in findings)}
        for rule, tasks in found.items()
    }
    assert {rule: tasks for rule, tasks in errors.items() if tasks} == ERRORS


def test_reads_of_what_is_not_selected_are_found_each(found: Named) -> None:
    assert {name: len(findings) for name, findings in found["gql.unselected"].items()} == UNSELECTED


@pytest.mark.parametrize(
    ("rule", "tasks"),
    [
        (
            "gql.stub",
            {
                "current/auto-capture-payments-when-an-order-is-created",
                "current/auto-recurring-draft-orders",
                "current/auto-tag-orders-with-chargeback-or-inquiry-activity",
                "current/auto-tag-products-with-incoming-inventory",
                "current/tag-products-by-their-price-ranges",
                "vintage-2021/auto-capture-payments-when-an-order-is-created",
            },
        ),
        (
            "gql.usererrors",
            {
                "current/auto-invite-customers-when-tagged",
                "current/demonstration-order-editing",
                "current/send-account-invites-to-all-customers-in-bulk",
                "vintage-2021/demonstration-order-editing",
            },
        ),
    ],
)
def test_warnings_on_graphql_are_those_of_the_catalogue(found: Named, rule: str, tasks: set[str]) -> None:
    assert set(found[rule]) == tasks


def test_the_discount_task_asks_for_a_topic_it_never_gets(found: Named) -> None:
    assert "current/send-email-when-a-discount-is-created" in found["sub.branch"]


def test_an_option_with_a_flag_in_its_name_is_found(found: Named) -> None:
    """tooling.md 7 names one hit of opt.name: stored with one underscore, read with two."""
    told = {name: [each.where.part for each in findings] for name, findings in found["opt.name"].items()}
    assert told == {"current/record-judge-me-customer-review-counts": ["options.metafield_namespace_required"]}


@pytest.mark.parametrize(
    "rule", ["liquid.syntax", "sub.template", "sub.callback", "opt.key", "pre.false", "gql.idempotent"]
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
