"""Our own task keeps levels in sync under everything a network and a busy shop can do (the law as a property)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from runner import load_task
from tests.tasks.keeping import Keeping, held_shop

TITLE = "Harbour"
PLACES = ("Workshop", "Gallery")
FAULTS = ("lost_reply", "error", "refused", "throttled")
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


def moves(variants: int) -> st.SearchStrategy[list[tuple[Any, ...]]]:
    """What may happen, in any order: changes, arrivals, work on one run, time, and things that go wrong."""
    variant = st.integers(0, variants - 1)
    place = st.sampled_from(PLACES)
    pick = st.integers(0, 50)
    return st.lists(
        st.one_of(
            st.tuples(st.just("sell"), variant, place, st.integers(1, 3)),
            st.tuples(st.just("sell"), variant, place, st.integers(1, 3)),
            st.tuples(st.just("restock"), variant, place, st.integers(1, 3)),
            st.tuples(st.just("arrive"), pick, st.booleans(), st.booleans()),
            st.tuples(st.just("arrive"), pick, st.booleans(), st.booleans()),
            st.tuples(st.just("work"), st.integers(1, 12)),
            st.tuples(st.just("wait"), st.integers(1, 90)),
            st.tuples(st.just("spoil"), st.sampled_from(FAULTS), st.booleans()),
        ),
        max_size=14,
    )  # fmt: skip


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
        match move:
            case ("sell", variant, place, quantity):
                self._change(variant, place, -quantity)
            case ("restock", variant, place, quantity):
                self._change(variant, place, quantity)
            case ("arrive", pick, keep, again):
                waiting = self.keeping.collect()
                if waiting:
                    self.keeping.arrive(pick % len(waiting), keep=keep and self.keeping.arrivals < 40, again=again)
            case ("work", steps):
                for _ in range(steps):
                    self.keeping.engine.step()
            case ("wait", seconds):
                self.keeping.tick(seconds)
            case ("spoil", kind, writes):
                operation = "mutation" if writes else "query"
                more = {"status": 503} if kind == "error" else {}
                self.keeping.shop.add_fault(kind=kind, operation=operation, count=1, **more)

    def _change(self, variant: int, place: str, delta: int) -> None:
        self.truth[place] += delta
        self.keeping.shop.do("adjust", sku=f"V{variant}", location=place, delta=delta)


@pytest.mark.parametrize("variants", [2, 3, 4])
@settings(max_examples=70, deadline=None, suppress_health_check=list(HealthCheck))
@given(start=st.integers(0, 12), data=st.data())
def test_levels_are_the_start_plus_all_changes_when_the_shop_is_quiet(shop_and_http, variants, start, data):
    shop, http = shop_and_http
    shop.clear_faults()
    shop.reset(seed(variants, start))
    shop.subscribe("inventory_levels/update")
    keeping = Keeping(shop, http, load_task(HANDLE))
    story = Story(keeping, start)
    for place in PLACES:  # the first change that the task ever sees tells it the level: one alone, as its docs say
        story.play(("restock", 0, place, 1))
    keeping.settle()

    for move in data.draw(moves(variants), label="moves"):
        story.play(move)
    rounds = keeping.settle()
    note(f"quiet after {rounds} rounds, {len(keeping.calls)} calls")

    expected = {place: {f"V{n}": max(0, level) for n in range(variants)} for place, level in story.truth.items()}
    assert keeping.levels(TITLE) == expected
    assert our_doing_below_zero(shop) == []


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
    """Changes by the task that took a level below zero although nothing else changed since the task had compared."""
    wrong = []
    compared = True
    for change in shop.changes():
        if change.get("type") != "InventoryLevel" or not change.get("after"):
            continue
        before, after = (change[side]["_quantities"]["available"] for side in ("before", "after"))
        if not change["cause"].startswith("graphql"):
            compared = False
        elif after < min(0, before) and compared:
            wrong.append(change)
        else:
            compared = True
    return wrong
