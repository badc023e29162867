"""Every public export loads, keeps its bytes and reads as the specification counted: tasks.md 1.3, 2, 3.1, 3.7, 12."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.model.options import discovered_keys, parse_key, stale_keys, validate
from runner.model.subscription import parse_subscriptions, subscription_warnings
from runner.model.task import Task
from runner.project import load_tasks

pytestmark = pytest.mark.library

CURRENT, VINTAGE = "current", "vintage-2021"

STALE_OR_MISSING = {
    CURRENT: {
        "auto-cancel-orders-with-too-many-of-a-certain-sku",
        "auto-tag-customers-by-purchased-skus",
        "auto-tag-customers-that-accept-marketing",
        "auto-tag-products-when-another-tag-is-added",
        "backup-scheduled-inventory-exports-in-shopifys-csv-format",
        "copy-product-metafields-to-each-products-tags",
        "generate-a-product-discount-when-a-voucher-product-is-purchased",
        "record-judge-me-customer-review-counts",
    },
    VINTAGE: {"backup-scheduled-inventory-exports-in-shopifys-csv-format"},
}
"""Values were exported before the script was changed last."""

REORDERED = {
    CURRENT: {
        "auto-tag-new-products-by-back-in-stock-age",
        "auto-tag-orders-by-originating-staff-member",
        "auto-tag-orders-that-are-ready-to-ship",
        "demonstration-fulfillment-order-move",
        "email-customers-when-tagged",
        "maintain-a-collection-of-new-products",
        "send-email-when-an-order-comes-in",
        "tag-new-orders-of-customers-with-prior-unpaid-orders",
    },
    VINTAGE: {"auto-price-products-based-on-their-compare-at-prices", "email-customers-when-tagged"},
}
"""The file was edited by hand: its options stand in another order than the app would export them."""

STALE_SUBSCRIPTIONS = {
    "auto-remove-attributes-on-new-orders-after-x-minutes",
    "auto-tag-orders-by-their-risk-level",
    "auto-tag-orders-with-product-vendors",
    "auto-update-inventory-policy-based-on-a-preorder-tag",
    "copy-order-tags-to-customers",
    "set-product-templates-based-on-product-tags",
}
"""The exported list differs from what the template renders (engine.md 3.1)."""


@pytest.fixture(scope="session")
def exports(library: Path) -> dict[str, list[tuple[Path, Task]]]:
    """Files and tasks by vintage; a folder without the two vintages is all current."""
    folders = {name: library / name for name in (CURRENT, VINTAGE) if (library / name).is_dir()} or {CURRENT: library}
    return {
        name: [(path, Task.from_json(path.read_bytes(), file=str(path))) for path in sorted(folder.glob("*.json"))]
        for name, folder in folders.items()
    }


def test_every_export_is_written_back_byte_for_byte(exports: dict[str, list[tuple[Path, Task]]]) -> None:
    assert sum(map(len, exports.values())) > 0
    for path, task in (pair for pairs in exports.values() for pair in pairs):
        assert task.to_json().encode() == path.read_bytes()
        assert task.edited(name=task.name, script=task.script).to_json().encode() == path.read_bytes()
        assert task.handle == path.stem
        assert task.extra == {}


def test_the_canonical_form_is_the_one_the_library_publishes(exports: dict[str, list[tuple[Path, Task]]]) -> None:
    for path, task in exports[CURRENT]:
        assert task.canonical_json().encode() == path.read_bytes()
        assert task.edited(name="x").edited(name=task.name).to_json() == task.to_json()


def test_a_folder_of_exports_loads_whole(exports: dict[str, list[tuple[Path, Task]]]) -> None:
    for pairs in exports.values():
        assert load_tasks(pairs[0][0].parent) == sorted((task for _, task in pairs), key=lambda task: task.handle or "")


@pytest.mark.parametrize("vintage", [CURRENT, VINTAGE])
def test_the_discovered_options_are_the_exported_ones(
    exports: dict[str, list[tuple[Path, Task]]], vintage: str
) -> None:
    tasks = {str(task.handle): task for _, task in exports.get(vintage, [])}
    unequal = {handle for handle, task in tasks.items() if set(discovered_keys(task)) != set(task.options)}
    reordered = {handle for handle, task in tasks.items() if list(discovered_keys(task)) != list(task.options)}
    assert unequal == STALE_OR_MISSING[vintage] & set(tasks)
    assert reordered - unequal == REORDERED[vintage] & set(tasks)
    assert all(
        stale_keys(tasks[handle]) or set(discovered_keys(tasks[handle])) - set(tasks[handle].options)
        for handle in unequal
    )


def test_every_option_key_reads_without_an_unknown_token(exports: dict[str, list[tuple[Path, Task]]]) -> None:
    options = [parse_key(key) for _, task in exports[CURRENT] for key in task.options]
    warned = {option.key for option in options if option.warnings or option.invalid}
    assert warned <= {"metafield_namespace_required"}, "a key that lost one of its underscores, known to the library"


def test_exported_values_lack_nothing_but_required_ones(exports: dict[str, list[tuple[Path, Task]]]) -> None:
    for _, task in (pair for pairs in exports.values() for pair in pairs):
        errors = validate([parse_key(key) for key in task.options], task.options)
        assert {error.code for error in errors} <= {"option.required"}


def test_exported_subscriptions_parse_and_their_topics_are_known(exports: dict[str, list[tuple[Path, Task]]]) -> None:
    for _, task in exports[CURRENT]:
        subscriptions = parse_subscriptions("\n".join(task.subscriptions))
        assert subscription_warnings(subscriptions) == ()
        if "{" not in task.template and task.handle not in STALE_SUBSCRIPTIONS:
            assert parse_subscriptions(task.template) == subscriptions
