"""The tasks that people learn from: clean, documented, tried in good and bad situations, and never without an end."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from runner import Event, load_task
from runner.cli import invoke
from runner.engine.bulk import BulkOperations
from runner.testing.fixtures import Case, read_case
from tests.architecture.sources import PACKAGE, ROOT
from tests.tasks.keeping import Keeping, held_shop

HANDLES = sorted(path.stem for path in (ROOT / "tasks").glob("*.json"))
SAME_METAFIELD = "copy-a-product-metafield-to-its-variants"
BACK_FILL = "back-fill-the-lowest-price-of-products"
METAFIELDS = """query { products(first: 20) { nodes { title metafield(namespace: "prices", key: "lowest") { value }
    variants(first: 20) { nodes { metafield(namespace: "prints", key: "edition") { type value } } } } } }"""


@pytest.fixture
def shop() -> Iterator[tuple[Any, Any]]:
    with held_shop() as opened:
        yield opened


def cases(handle: str) -> list[Case]:
    return [read_case(path) for path in sorted((ROOT / "fixtures" / handle).glob("*.yml"))]


def goes_wrong(case: Case) -> bool:
    """The case claims that something fails, or has the store misbehave."""
    return bool(case.expect.errors or case.expect.failed or case.faults)


def products(keeping: Keeping) -> dict[str, Any]:
    reply = keeping.client.graphql(METAFIELDS, {})
    return {node["title"]: node for node in reply.body["data"]["products"]["nodes"]}


def test_there_are_twelve_and_more() -> None:
    assert len(HANDLES) > 12


def test_lint_says_nothing_about_any_of_them(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    code = invoke(["lint", "tasks", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert (code, told["summary"]["tasks"], told["findings"]) == (0, len(HANDLES), [])


@pytest.mark.parametrize("handle", HANDLES)
def test_a_task_is_documented_and_has_cases_for_good_and_bad(handle: str) -> None:
    task = load_task(ROOT / "tasks" / f"{handle}.json")
    assert "**Good to know**" in (task.docs or "")
    found = cases(handle)
    assert len(found) > 1
    assert any(goes_wrong(case) for case in found)
    assert [case.path.name for case in found if not case.description] == []


def test_the_tutorial_leads_through_all_of_them_and_to_cases_that_exist() -> None:
    page = (PACKAGE / "docs" / "tutorial.md").read_text(encoding="utf-8")
    chapters = dict(re.findall(r"^## \d+\. [^`]*`([^`]+)`\n(.*?)(?=^## |\Z)", page, flags=re.MULTILINE | re.DOTALL))
    assert sorted(chapters) == HANDLES
    # A case is named behind one of these words.
    named = {
        (handle, name)
        for handle, text in chapters.items()
        for name in re.findall(r"(?:\bcase|\bsee|\bcopy)\s+`([a-z-]+)(?:\.yml)?`", text)
    }
    assert len(named) > 5
    assert sorted(pair for pair in named if not (ROOT / "fixtures" / pair[0] / f"{pair[1]}.yml").is_file()) == []


def test_the_metafield_task_answers_its_own_change_once_and_then_no_more(shop: tuple[Any, Any]) -> None:
    running, http = shop
    running.subscribe("products/update")
    keeping = Keeping(running, http, load_task(ROOT / "tasks" / f"{SAME_METAFIELD}.json"))
    running.do("edit-product", product="Harbour at Dawn", vendor="M. Lind")
    assert keeping.settle() <= 3
    stored = [node["metafield"] for node in products(keeping)["Harbour at Dawn"]["variants"]["nodes"]]
    assert stored == [{"type": "number_integer", "value": "50"}] * 3


def test_the_back_fill_writes_all_products_once_and_nothing_the_second_time(shop: tuple[Any, Any]) -> None:
    running, http = shop
    keeping = Keeping(running, http, load_task(ROOT / "tasks" / f"{BACK_FILL}.json"))
    bulk = BulkOperations(keeping.engines[0], keeping.client)
    for expected in (1, 0):
        before = len(running.requests())
        keeping.engines[0].accept(Event("mechanic/user/trigger", None))
        keeping.settle()
        while bulk.next_at() is not None:
            keeping.tick(30)
            bulk.look()
        keeping.settle()
        sent = [entry for entry in running.requests()[before:] if "metafieldsSet" in str(entry)]
        assert len(sent) == expected
    lowest = {title: node["metafield"]["value"] for title, node in products(keeping).items()}
    assert lowest == {
        "Harbour at Dawn": "120.0",
        "Salt Marsh": "90.0",
        "Ferry, Late Winter": "150.0",
        "Lighthouse": "80.0",
        "Postcard Set": "9.5",
        "Picture Hook": "4.0",
    }
