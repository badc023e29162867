"""Our own task keeps levels in sync under everything a network and a busy shop can do (the law as a property)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runner import load_task
from tests.tasks.keeping import Keeping, held_shop

TITLE = "Harbour"
PLACES = ("Workshop", "Gallery")
FAULTS = ("lost_reply", "lost_reply", "error", "refused", "throttled")
CALLS = ("inventoryAdjustQuantities", "inventoryAdjustQuantities", "inventorySetQuantities", "query")
HANDLE = "tasks/keep-inventory-levels-in-sync-within-products.json"


def seed(variants: int, start: int) -> dict[str, Any]:
    """A shop with one print in ``variants`` framings, ``start`` of each at both places."""
    framings = [f"Frame {number}" for number in range(variants)]
    return {
        "shop": {"name": "Tidewater", "domain": "tidewater.myshopify.com", "timezone": "America/New_York"},
        "clock": "2026-03-02T10:00:00-05:00",
        "locations": [{"name": place} for place in PLACES],
        "products": [
            {
                "title": TITLE,
                "type": "Limited print",
                "options": {"Framing": framings},
                "levels": dict.fromkeys(PLACES, start),
                "variants": [{"Framing": name, "sku": f"V{n}", "price": 10} for n, name in enumerate(framings)],
            }
        ],
    }


def moves(variants: int, places: tuple[str, ...]) -> st.SearchStrategy[list[tuple[Any, ...]]]:
    """What may happen, in any order: changes, arrivals, work by either worker, time, and things that go wrong.

    A round is a change whose webhook arrives at once and is worked on, perhaps while the write goes wrong.
    """
    change = st.tuples(
        st.just("change"),
        st.integers(0, variants - 1),
        st.sampled_from(places),
        st.sampled_from((-3, -2, -1, -1, 1, 2, 3)),
    )
    spoilt = st.sampled_from((None, None, *FAULTS))
    busy_round = st.tuples(st.just("round"), change, st.integers(0, 1), spoilt, st.sampled_from((3, 4, 5, 6, 60, 60)))
    arrive = st.tuples(
        st.just("arrive"),
        st.integers(0, 50),
        st.integers(0, 1),
        st.sampled_from((0, 2, 4, 60, 60, 60)),
        st.sampled_from(("once", "once", "twice", "again")),
    )
    return st.lists(
        st.one_of(
            busy_round,
            busy_round,
            change,
            arrive,
            st.tuples(st.just("work"), st.integers(0, 1), st.sampled_from((1, 2, 3, 5, 8, 60))),
            st.tuples(st.just("wait"), st.sampled_from((1, 20, 31, 90))),
            st.tuples(st.just("spoil"), st.sampled_from(FAULTS), st.sampled_from(CALLS)),
        ),
        min_size=3,
        max_size=8,
    )


@pytest.fixture(scope="module")
def shop_and_http() -> Iterator[Any]:
    with held_shop(seed(2, 10)) as both:
        yield both


class Story:
    """What happened to the shop, and what each place must come to."""

    def __init__(self, keeping: Keeping, start: int) -> None:
        self.keeping = keeping
        self.truth = dict.fromkeys(PLACES, start)

    def play(self, move: tuple[Any, ...]) -> None:
        keeping = self.keeping
        match move:
            case ("change", variant, place, delta):
                self.change(variant, place, delta)
            case ("arrive", pick, worker, steps, times):
                waiting = keeping.collect()
                if waiting:
                    keep = times != "once" and keeping.arrivals < 40
                    keeping.arrive(pick % len(waiting), worker=worker, keep=keep, again=times == "again")
                    keeping.work(worker, steps)
            case ("round", change, worker, fault, steps):
                if fault is not None:
                    self.play(("spoil", fault, CALLS[0]))
                self.play(change)
                keeping.collect()
                while keeping.pending:
                    keeping.arrive(0, worker=worker)
                keeping.work(worker, steps)
            case ("work", worker, steps):
                keeping.work(worker, steps)
            case ("wait", seconds):
                keeping.tick(seconds)
            case ("spoil", kind, operation):
                more = {"status": 503} if kind == "error" else {}
                keeping.shop.add_fault(kind=kind, operation=operation, count=1, **more)

    def change(self, variant: int, place: str, delta: int) -> None:
        self.truth[place] += delta
        self.keeping.shop.do("adjust", sku=f"V{variant}", location=place, delta=delta)


def begun(shop_and_http: Any, variants: int, start: int, workers: int, places: tuple[str, ...]) -> Story:
    """A shop that the task has seen once, at each of ``places``, and that is quiet."""
    shop, http = shop_and_http
    shop.clear_faults()
    shop.reset(seed(variants, start))
    shop.subscribe("inventory_levels/update")
    story = Story(Keeping(shop, http, load_task(HANDLE), workers=workers), start)
    for place in places:  # the first change tells it the level: one alone, as its documentation says
        story.change(0, place, 1)
    story.keeping.settle()
    return story


def check_the_law(
    shop_and_http: Any, variants: int, workers: int, places: tuple[str, ...], start: int, data: Any
) -> None:
    """Play random moves; when quiet, each level is the start plus all changes, or 0 when that is less."""
    story = begun(shop_and_http, variants, start, workers, places)
    for move in data.draw(moves(variants, places), label="moves"):
        story.play(move)
    story.keeping.settle()
    expected = {place: {f"V{n}": max(0, level) for n in range(variants)} for place, level in story.truth.items()}
    assert story.keeping.levels(TITLE) == expected
    assert our_doing_below_zero(shop_and_http[0]) == []


def examples(count: int) -> settings:
    """``count`` random stories; 200 in all, in under a minute on two cores."""
    return settings(max_examples=count, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("workers", [1, 2])
@examples(80)
@given(start=st.integers(0, 12), data=st.data())
def test_two_variants_add_up_when_the_shop_is_quiet(shop_and_http, workers, start, data):
    check_the_law(shop_and_http, 2, workers, PLACES[:1], start, data)


@pytest.mark.parametrize("workers", [1, 2])
@examples(20)
@given(start=st.integers(0, 12), data=st.data())
def test_three_variants_add_up_at_each_place_when_the_shop_is_quiet(shop_and_http, workers, start, data):
    check_the_law(shop_and_http, 3, workers, PLACES, start, data)


def test_a_comparison_sent_again_after_others_went_on_takes_nothing_back(shop_and_http):
    """Its reply was lost; the other worker made the step meanwhile, and another one after it."""
    story = begun(shop_and_http, 2, 0, 2, PLACES[:1])
    for move in (
        ("round", ("change", 0, "Workshop", -1), 0, None, 3),
        ("change", 0, "Workshop", 2),
        ("arrive", 21, 0, 60, "once"),
        ("wait", 20),
        ("spoil", "lost_reply", "inventorySetQuantities"),
        ("round", ("change", 0, "Workshop", 1), 0, None, 4),
        ("change", 1, "Workshop", 3),
        ("round", ("change", 0, "Workshop", 1), 0, None, 4),
    ):
        story.play(move)
    story.keeping.settle()
    assert story.keeping.levels(TITLE)["Workshop"] == {"V0": 7, "V1": 7}


@pytest.mark.parametrize("sales", [{"V0": 1, "V1": 1}, {"V0": 2}, {"V0": 1, "V1": 2, "V2": 3}, {"V2": 7, "V0": 4}])
def test_what_was_sold_before_the_task_first_looked_counts_too(shop_and_http, sales):
    shop, http = shop_and_http
    shop.clear_faults()
    shop.reset(seed(3, 10))
    shop.subscribe("inventory_levels/update")
    keeping = Keeping(shop, http, load_task(HANDLE))
    for sku, quantity in sales.items():
        shop.do("sell", sku=sku, location="Workshop", quantity=quantity)
    keeping.settle()
    level = max(0, 10 - sum(sales.values()))
    assert keeping.levels(TITLE) == {
        "Workshop": dict.fromkeys(("V0", "V1", "V2"), level),
        "Gallery": dict.fromkeys(("V0", "V1", "V2"), 10),
    }


def test_where_unequal_stock_is_on_hand_the_others_follow_the_one_that_changed(shop_and_http):
    shop, http = shop_and_http
    shop.clear_faults()
    shop.reset(seed(3, 10))
    for sku, count in {"V0": 4, "V1": 25}.items():
        shop.do("adjust", sku=sku, location="Workshop", to=count)
    shop.subscribe("inventory_levels/update")
    keeping = Keeping(shop, http, load_task(HANDLE))
    shop.do("sell", sku="V1", location="Workshop")
    keeping.settle()
    assert keeping.levels(TITLE)["Workshop"] == dict.fromkeys(("V0", "V1", "V2"), 24)


def our_doing_below_zero(shop: Any) -> list[dict[str, Any]]:
    """Levels that the task took below zero though nobody else had changed them since it last wrote.

    It compares just before it writes; a change that hits the moment in between is put right by its own event.
    """
    wrong = []
    touched: set[str] = set()
    wrote = False
    for change in shop.changes():
        if change["type"] != "InventoryLevel" or change["operation"] != "update":
            continue
        before, after = (change[side]["_quantities"]["available"] for side in ("before", "after"))
        if change["cause"].startswith("graphql"):
            wrote = True
            if after < min(0, before) and change["id"] not in touched:
                wrong.append(change)
        else:
            touched = {change["id"]} if wrote else touched | {change["id"]}
            wrote = False
    return wrong
