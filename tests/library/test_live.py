"""Every export runs live: by its scenario in the fashion shop, whose claims hold, and, filled, on each of its topics.

Topics that no scenario reaches happen in the print shop, where what the store has none of is no failure; the sweep over
the fashion shop is ``python -m tests.library.live FOLDER``, whose report is too dear for every test run.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runner import load_task
from tests.library.live import SCENARIOS, Lived, World, live, world
from tests.library.live import lived as lived_of
from tests.library.live_page import page
from tests.library.sweep import exports
from tests.library.without_changes import ONLY_SENDS, ONLY_SENDS_2021, UNABLE, UNABLE_2021

pytestmark = pytest.mark.library

FLOORS = {"current": 188, "vintage-2021": 33}
"""Exports that change the store. Of the 243, 200 were asked for, but only 192 have a call in them that writes to it."""
IDLE: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "current": (ONLY_SENDS, UNABLE),
    "vintage-2021": (ONLY_SENDS_2021, UNABLE_2021),
}
MOST = 3
"""Ways in which a topic is tried to come, until the store is changed."""
REST = re.compile(r"(GET|POST|PUT|DELETE) (?!/admin/api/[^/]+/graphql)")
"""What REST refuses depends on what the store holds."""
NOTHING_THERE = "argumentLiteralsIncompatible"
"""The document holds null where an id belongs: the sample is of an object that this store does not have."""
REFUSED: dict[str, tuple[str, str]] = {
    "current/auto-prefix-tracking-numbers-for-each-new-fulfillment": (
        "argumentNotAccepted",
        "the argument has another name: broken at Shopify too (actions.md 11)",
    ),
    "vintage-2021/auto-prefix-tracking-numbers-for-each-new-fulfillment": (
        "argumentNotAccepted",
        "the argument has another name: broken at Shopify too (actions.md 11)",
    ),
    "vintage-2021/auto-remove-a-product-tag-x-days-after-its-added": (
        "argumentNotAccepted",
        "the fields valueType and description have been taken away since",
    ),
    "vintage-2021/auto-tag-customers-by-purchased-skus": (
        "argumentNotAccepted",
        "the field valueType has been taken away since",
    ),
    "vintage-2021/email-customers-when-tagged": (
        "argumentNotAccepted",
        "the field valueType has been taken away since",
    ),
    "vintage-2021/auto-tag-new-products-by-back-in-stock-age": (
        "argumentNotAccepted",
        "the field valueType has been taken away since",
    ),
    "vintage-2021/reissue-single-use-discount-codes-after-order-cancellation": (
        "undefinedField",
        "the fields of price rules have been taken away since",
    ),
}
"""GraphQL that the schema refuses: export -> code and reason."""


def _parameters() -> list[Any]:
    """The exports by name; none when there is no library, which ``library`` then says."""
    named = os.environ.get("MECHANIC_LIBRARY")
    folder = Path(named) if named else Path(__file__).parents[3] / "shared" / "library"
    found = [
        pytest.param(f"{vintage}/{path.stem}", path, id=f"{vintage}-{path.stem}") for vintage, path in exports(folder)
    ]
    return found or [pytest.param("none", folder / "none.json", id="none")]


@pytest.fixture(scope="module")
def here() -> Iterator[World]:
    with world("prints") as found:
        yield found


@pytest.mark.parametrize(("name", "path"), _parameters())
def test_an_export_runs_live_without_a_fault_of_ours_until_the_store_is_quiet(
    library: Path, here: World, name: str, path: Path
) -> None:
    lived = lived_of(name.partition("/")[0], path, here, most=MOST)
    assert lived.refusal is None
    assert lived.broken is None
    assert lived.runs or not load_task(path).subscriptions
    assert lived.all("faults") == []
    assert [run.topic for run in lived.runs if not run.quiet] == []
    assert lived.all("stopped") == []
    refused = [each for each in lived.all("refused") if not REST.match(each) and NOTHING_THERE not in each]
    code, _ = REFUSED.get(name, ("", ""))
    assert [each for each in refused if not code or code not in each] == []
    vintage, handle = name.split("/")
    sends, unable = IDLE[vintage]
    assert lived.changed == (handle not in sends and handle not in unable)
    sent = {action for run in lived.runs for action in run.actions}
    assert handle not in sends or sends[handle] in sent


@pytest.mark.parametrize("vintage", FLOORS)
def test_at_least_as_many_exports_as_said_change_the_store(library: Path, vintage: str) -> None:
    """The others write nothing to a store, or cannot; each stands there with its reason."""
    handles = {path.stem for name, path in exports(library) if name == vintage}
    sends, unable = IDLE[vintage]
    assert set(sends) | set(unable) <= handles
    assert not set(sends) & set(unable)
    assert len(handles) - len(sends) - len(unable) >= FLOORS[vintage]


def test_every_scenario_is_of_an_export(library: Path) -> None:
    known = {(vintage, path.stem) for vintage, path in exports(library)}
    found = {("current", path.stem) for path in SCENARIOS.glob("*.yml")}
    found |= {(path.parent.name, path.stem) for path in SCENARIOS.glob("*/*.yml")}
    assert sorted(found - known) == []


def test_the_report_counts_and_shows_each_reason(here: World, tmp_path: Path) -> None:
    export = tmp_path / "tagger.json"
    script = '{% action "shopify" %}mutation { tagsAdd(id: "gid://shopify/Product/80000001", tags: ["a|b"]) '
    script += (
        '{ userErrors { message } } }{% endaction %}{% action "shopify" %}mutation { nothingAtAll }{% endaction %}'
    )
    export.write_text(
        '{"name": "Tagger", "options": {}, "subscriptions_template": "mechanic/user/trigger", "script": '
        + json.dumps(script)
        + "}"
    )
    lived: Lived = live(load_task(export), here)
    assert [run.changes for run in lived.runs] == [{"graphql tagsAdd": 1}]
    text = page({"tagger": lived}, here.seed)
    assert "| exports that changed the store | 1 |" in text
    assert "| exports with a failed run | 1 |" in text
    assert "undefinedField" in text
