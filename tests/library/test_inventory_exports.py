"""The task the project is named after, in the two published forms, against the simulated shop over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runner import Task, load_task
from runner.engine.observe import TaskRunRendered
from tests.tasks.keeping import Keeping, held_shop

HANDLE = "keep-inventory-levels-in-sync-within-products.json"
TITLE = "Harbour at Dawn"
START = {place: dict.fromkeys(("HD-PAPER", "HD-OAK", "HD-BLACK"), level) for place, level in
         (("Workshop", 30), ("Gallery", 12))}  # fmt: skip
AT_WORKSHOP = {"filter_by_these_location_names__array": ["Workshop"]}

pytestmark = pytest.mark.library


@pytest.fixture(scope="module")
def held() -> Iterator[Any]:
    with held_shop() as both:
        yield both


@pytest.fixture
def shop(held: Any) -> Any:
    held[0].reset()
    held[0].subscribe("inventory_levels/update")
    return held


@pytest.fixture
def of_2021(library: Path) -> Task:
    return load_task(library / "vintage-2021" / HANDLE)


@pytest.fixture
def of_2026(library: Path) -> Task:
    return load_task(library / "current" / HANDLE)


@pytest.fixture
def ours() -> Task:
    return load_task(Path("tasks") / HANDLE)


def every(level: int, places: tuple[str, ...] = ("Workshop", "Gallery")) -> dict[str, dict[str, int]]:
    return {place: dict.fromkeys(START[place], level) if place in places else START[place] for place in START}


def sold(shop: Any, task: Task, options: dict[str, Any] | None, *sales: tuple[str, str]) -> Keeping:
    """Sell one of each (SKU, place) at once, and let everything that follows come to an end."""
    keeping = Keeping(*shop, task, options)
    for sku, place in sales:
        keeping.shop.do("sell", sku=sku, location=place)
    keeping.settle()
    return keeping


def test_the_export_of_2021_syncs_through_rest(shop, of_2021):
    keeping = sold(shop, of_2021, None, ("HD-OAK", "Workshop"))
    # It sets every variant at every location, as its own documentation says.
    assert keeping.levels(TITLE) == every(29)
    made = [call.request for call in keeping.calls if call.kind == "rest"]
    assert "GET /admin/api/2026-04/variants/90000002.json" in made
    assert "GET /admin/api/2026-04/products/80000001.json" in made
    assert "GET /admin/api/2026-04/inventory_levels.json" in made
    assert made.count("POST /admin/api/2026-04/inventory_levels/set.json") == 5


@pytest.mark.parametrize(
    ("options", "place", "after"),
    [
        (AT_WORKSHOP, "Workshop", every(29, ("Workshop",))),
        (AT_WORKSHOP, "Gallery", START | {"Gallery": START["Gallery"] | {"HD-OAK": 11}}),
        ({"filter_by_these_product_types__array": ["Limited print"]}, "Gallery", every(11)),
        (
            {"filter_by_these_product_types__array": ["Stationery"]},
            "Workshop",
            START | {"Workshop": START["Workshop"] | {"HD-OAK": 29}},
        ),
    ],
)
def test_the_filters_of_the_export_of_2021(shop, of_2021, options, place, after):
    assert sold(shop, of_2021, options, ("HD-OAK", place)).levels(TITLE) == after


def test_the_export_of_2026_ends_without_adjusting_for_its_own_typing_error(shop, of_2026):
    """It selects ``variants`` and reads ``vwariants``: the product's id is nil, which Shopify refuses."""
    assert "item.vwariants.nodes" in of_2026.script
    keeping = sold(shop, of_2026, None, ("HD-OAK", "Workshop"))
    assert keeping.levels(TITLE) == START | {"Workshop": START["Workshop"] | {"HD-OAK": 29}}
    (rendered,) = [seen.rendering for seen in keeping.seen if isinstance(seen, TaskRunRendered)]
    assert rendered.actions == ()
    assert rendered.ok
    assert [read.errors for read in rendered.reads] == [
        (),
        ("Argument 'id' on Field 'product' has an invalid value (null). Expected type 'ID!'.",),
    ]


def corrected(task: Task) -> Task:
    return task.edited(script=task.script.replace("item.vwariants.nodes", "item.variants.nodes"))


def test_the_export_of_2026_syncs_with_that_word_corrected(shop, of_2026):
    keeping = sold(shop, corrected(of_2026), None, ("HD-OAK", "Workshop"))
    assert keeping.levels(TITLE) == every(29)


@pytest.mark.parametrize("form", ["of_2021", "of_2026"])
def test_two_changes_within_a_minute_count_once_in_the_published_task_and_twice_in_ours(request, shop, form, ours):
    """The published documentation names the limitation; ours is there to be without it."""
    task = request.getfixturevalue(form)
    both = (("HD-OAK", "Workshop"), ("HD-PAPER", "Workshop"))
    published = corrected(task) if form == "of_2026" else task
    assert sold(shop, published, AT_WORKSHOP, *both).levels(TITLE) == every(29, ("Workshop",))

    shop[0].reset()
    shop[0].subscribe("inventory_levels/update")
    assert sold(shop, ours, AT_WORKSHOP, *both).levels(TITLE) == every(28, ("Workshop",))
