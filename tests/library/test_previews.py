"""Every public export previews on every topic it subscribes to; what fails is the task's own doing, and listed here."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLSyntaxError, parse

from runner import load_task
from runner.liquid.render import render_subscriptions
from runner.model.subscription import parse_subscriptions, read_subscriptions
from tests.library.sweep import VARIANTS, document, exports, sample, shop, text_of

pytestmark = pytest.mark.library

Key = tuple[str, str]
"""Vintage and handle."""

CURRENT, OLD = "current", "vintage-2021"
SNAPSHOTS = Path(__file__).parent / "snapshots"

STALE_SUBSCRIPTIONS = {
    "auto-remove-attributes-on-new-orders-after-x-minutes",
    "auto-tag-orders-by-their-risk-level",
    "auto-tag-orders-with-product-vendors",
    "auto-update-inventory-policy-based-on-a-preorder-tag",
    "copy-order-tags-to-customers",
    "set-product-templates-based-on-product-tags",
}
"""The exported list is not what the task's own template renders (engine.md 3.1)."""

FAILURES: dict[tuple[str, str, str], tuple[str, str]] = {
    (CURRENT, "auto-tag-orders-based-on-cart-attributes", "stored"): (
        "parse_json: invalid JSON",
        "its preview order has an attribute named by a required option, which is unset: the key is null",
    ),
    (CURRENT, "copy-product-metafields-to-each-products-tags", "stored"): (
        "parse_json: invalid JSON",
        "its preview product has a key named by a required option, which is unset: the key is null",
    ),
    (CURRENT, "generate-a-product-discount-when-a-voucher-product-is-purchased", "stored"): (
        "parse_json: invalid JSON",
        "its preview order prints the first key of an option that is empty, unquoted, where JSON wants a value",
    ),
    (CURRENT, "generate-a-product-discount-when-a-voucher-product-is-purchased", "filled"): (
        "parse_json: invalid JSON",
        "the same key filled with a word, which is no JSON value; the script wants a product's number there",
    ),
    (CURRENT, "send-your-customers-reorder-reminders", "stored"): (
        'date: advance: "- days" is not an amount of time',
        "it goes back by a number of days that is a required option, which is unset",
    ),
}
"""Scripts that fail, by vintage, handle and variant: a part of the error, and why it is the task's own doing."""

INVALID: dict[tuple[str, str, str], str] = {
    (vintage, "create-a-draft-order-from-the-cart", "filled"): "a text option is a whole topic; any word is none"
    for vintage in (CURRENT, OLD)
}
"""Tasks that could not be saved with these options."""

DO_NOTHING = {
    (CURRENT, "add-option-names-as-variant-metafields-for-in-stock-variants"): "no stub for the bulk operation",
    (CURRENT, "auto-tag-orders-by-originating-staff-member"): "its stub has no sourceName, which it asks for",
    (CURRENT, "demonstration-add-new-orders-to-google-sheet"): "answers Google's actions; the sample is Shopify's",
    (CURRENT, "demonstration-order-editing"): "answers one mutation; the sample is another",
    (CURRENT, "demonstration-upload-files-to-google-drive"): "answers Google's actions; the sample is Shopify's",
    (CURRENT, "keep-inventory-levels-in-sync-within-products"): "reads vwariants for variants (engine.md 11.5)",
    (CURRENT, "manage-tagging-for-a-time-limited-membership-product"): "its own event comes without data",
    (OLD, "demonstration-order-editing"): "answers one mutation; the sample is another",
}
"""Filled in, and still with a topic on which no action, log or error is rendered."""

NO_GRAPHQL = {
    (CURRENT, "auto-delete-customer-metafields-older-than-x-days"): "names a field by an option that is unset",
    (CURRENT, "delete-the-oldest-x-products-from-a-specific-collection"): "asks for a number that is unset",
}
"""Their documents do not parse with the stored options, since a part of them is empty."""

CURED = {
    "alert-when-daily-order-limit-is-reached",
    "sync-inventory-levels-to-variant-metafields",
    "unpaid-order-reminders",
    "generate-a-report-of-orders-that-still-require-payment",
    "send-a-new-order-email-to-someone-based-on-a-cart-attribute",
}
"""What a first prototype could not render, or not with its samples (liquid.md 7)."""

ACTION_TYPES = {
    "airtable", "cache", "echo", "email", "event", "files", "flow", "ftp", "google", "google_drive", "google_sheets",
    "http", "report_toaster", "shopify", "slack",
}  # fmt: skip

ALIEN = re.compile(
    r"#<|\bobject at 0x|\bFrozen(Hash|List)\b|\bDecimal\(|\bdatetime\.|\{'|\['|\('|\bNone,|: None\b|\b(True|False)\b"
    r"|\bnan\b|\{\{|\{%|=>"
)
"""Text that no script means to print: of Python, of Ruby, or Liquid that was not rendered."""


@pytest.fixture(scope="module")
def swept(library: Path) -> dict[Key, dict[str, Any]]:
    return {(vintage, path.stem): document(load_task(path)) for vintage, path in exports(library)}


def renderings(swept: dict[Key, dict[str, Any]]) -> Iterator[tuple[str, str, str, str, dict[str, Any]]]:
    """Vintage, handle, variant, topic, and what was rendered; not what equals the stored variant."""
    for (vintage, handle), shown in swept.items():
        for variant in VARIANTS:
            for each in shown[variant]["previews"]:
                if each["rendered"] != "as stored":
                    yield vintage, handle, variant, each["topic"], each["rendered"]


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts(each)


def documents(rendered: dict[str, Any]) -> Iterator[str]:
    """The GraphQL of a rendering: queries, and what Shopify actions send."""
    yield from rendered["queries"]
    for action in rendered["actions"]:
        options = action["options"]
        if action["type"] == "shopify" and isinstance(options, dict):
            options = options.get("query")
        if action["type"] == "shopify" and isinstance(options, str):
            yield options


def test_the_template_renders_the_exported_subscriptions(library: Path) -> None:
    stale, seen = set(), set()
    for _, path in exports(library):
        task = load_task(path)
        subscriptions, wrong = read_subscriptions(render_subscriptions(task, shop=shop()))
        assert wrong == ()
        seen.add(path.stem)
        if subscriptions != parse_subscriptions("\n".join(task.subscriptions)):
            stale.add(path.stem)
    assert stale == STALE_SUBSCRIPTIONS & seen


def test_every_subscribed_topic_yields_a_preview(swept: dict[Key, dict[str, Any]]) -> None:
    for shown in swept.values():
        for variant in VARIANTS:
            topics = {line.partition("+")[0] for line in shown[variant]["subscriptions"]}
            assert {each["topic"] for each in shown[variant]["previews"]} == topics


def test_only_events_that_tasks_make_themselves_have_no_sample(swept: dict[Key, dict[str, Any]]) -> None:
    for *_, topic, rendered in renderings(swept):
        if rendered["source"] == "no data":
            assert topic.startswith("user/")
        elif rendered["source"] == "sample":
            assert sample(topic) is not None


def test_scripts_fail_for_reasons_of_their_own_alone(swept: dict[Key, dict[str, Any]]) -> None:
    failed: dict[tuple[str, str, str], str] = {}
    for vintage, handle, variant, _, rendered in renderings(swept):
        if rendered["liquid_error"] is not None:
            failed[vintage, handle, variant] = rendered["liquid_error"]
    expected = {place: part for place, (part, _) in FAILURES.items() if place[:2] in swept}
    assert set(failed) == set(expected), {place: failed[place] for place in set(failed) - set(expected)}
    assert [place for place, part in expected.items() if part not in failed[place]] == []


def test_tasks_are_invalid_for_reasons_of_their_own_alone(swept: dict[Key, dict[str, Any]]) -> None:
    found = {(*key, variant): shown[variant]["faults"] for key, shown in swept.items() for variant in VARIANTS}
    faulty = {place: faults for place, faults in found.items() if faults}
    assert set(faulty) == {place for place in INVALID if place[:2] in swept}, faulty


def test_what_a_prototype_could_not_render_renders(swept: dict[Key, dict[str, Any]]) -> None:
    for _, handle, _, _, rendered in renderings(swept):
        if handle in CURED:
            assert rendered["liquid_error"] is None


def test_a_filled_task_does_something_on_every_topic(swept: dict[Key, dict[str, Any]]) -> None:
    idle = {
        (vintage, handle)
        for (vintage, handle), shown in swept.items()
        for stored, each in [(shown["stored"]["previews"], each) for each in shown["filled"]["previews"]]
        if not any(
            next(
                one["rendered"]
                for one in (each, *stored)
                if (one["topic"], one["description"]) == (each["topic"], each["description"])
                and one["rendered"] != "as stored"
            )[part]
            for part in ("actions", "logs", "errors", "liquid_error")
        )
    }
    assert idle == set(DO_NOTHING) & set(swept)


def test_every_action_has_a_known_type_and_options(swept: dict[Key, dict[str, Any]]) -> None:
    for vintage, handle, _, topic, rendered in renderings(swept):
        for action in rendered["actions"]:
            assert action["type"] in ACTION_TYPES, (vintage, handle, topic)
            assert action["options"] is not None, (vintage, handle, topic)


def test_nothing_is_rendered_that_no_script_means_to_print(swept: dict[Key, dict[str, Any]]) -> None:
    found = [
        (vintage, handle, variant, topic, text[max(0, hit.start() - 40) : hit.end() + 40])
        for vintage, handle, variant, topic, rendered in renderings(swept)
        for text in texts([rendered[part] for part in ("actions", "logs", "errors", "queries")])
        for hit in ALIEN.finditer(text)
    ]
    assert found == []


def test_every_graphql_document_parses(swept: dict[Key, dict[str, Any]]) -> None:
    found: dict[str, set[tuple[str, str, str]]] = {}
    for vintage, handle, variant, _, rendered in renderings(swept):
        for text in documents(rendered):
            found.setdefault(text, set()).add((vintage, handle, variant))
    wrong = set()
    for text, places in found.items():
        try:
            parse(text, no_location=True)
        except GraphQLSyntaxError:
            wrong |= places
    assert wrong == {(*key, "stored") for key in NO_GRAPHQL if key in swept}


def test_previews_do_not_depend_on_the_process(library: Path) -> None:
    """Other hash seeds, locales, time zones and working folders: the same bytes."""
    surroundings = (
        {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "Pacific/Kiritimati", "LANG": "C"},
        {"PYTHONHASHSEED": "4242", "LC_ALL": "de_DE.UTF-8", "TZ": "America/Los_Angeles", "PYTHONUTF8": "0"},
    )
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "tests.library.sweep", str(library.absolute())]
    running = [
        subprocess.Popen(command, cwd=root, env={**os.environ, **extra}, stdout=subprocess.PIPE)
        for extra in surroundings
    ]
    first, second = (process.communicate()[0] for process in running)
    assert [process.returncode for process in running] == [0, 0]
    assert first == second
    assert len(first) > 1000


def _parameters() -> list[Any]:
    """The exports by name; none when there is no library, which ``library`` then says."""
    named = os.environ.get("MECHANIC_LIBRARY")
    folder = Path(named) if named else Path(__file__).parents[3] / "shared" / "library"
    found = [pytest.param(vintage, path, id=f"{vintage}-{path.stem}") for vintage, path in exports(folder)]
    return found or [pytest.param(CURRENT, folder / "none.json", id="none")]


@pytest.mark.parametrize(("vintage", "path"), _parameters())
def test_snapshot(
    request: pytest.FixtureRequest, library: Path, swept: dict[Key, dict[str, Any]], vintage: str, path: Path
) -> None:
    """``pytest tests/library --snapshot-update`` writes them; read the difference before committing."""
    shown = swept[vintage, path.stem]
    kept = SNAPSHOTS / vintage / f"{path.stem}.json"
    if request.config.getoption("update_snapshots"):
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(text_of(shown).encode())
    if not kept.is_file():
        pytest.skip(f"there is no snapshot of {path}; --snapshot-update writes it")
    expected = json.loads(kept.read_text(encoding="utf-8"))
    if expected["task"] != shown["task"]:
        pytest.skip(f"the snapshot is of another version of {path}; --snapshot-update replaces it")
    assert shown == expected


def test_every_snapshot_is_of_an_export(swept: dict[Key, dict[str, Any]]) -> None:
    kept = {(path.parent.name, path.stem) for path in SNAPSHOTS.glob("*/*.json")}
    if {vintage for vintage, _ in swept} == {CURRENT, OLD}:
        assert kept - set(swept) == set()
