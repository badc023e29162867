"""Differences between live cases, in sentences that name the step and the run."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from runner.testing.live_difference import case_differences

TAG = {"type": "shopify", "options": ['mutation { tagsAdd(id: "gid://shopify/Order/1", tags: ["a"]) }'], "ok": True}
RUN = {"run": "shopify/orders/create", "about": "Order 1", "at": "10:00", "ok": True, "attempts": 1, "actions": [TAG]}
OLD: dict[str, Any] = {
    "steps": [
        {"step": "sell sku=A", "at": "10:00", "events": ["shopify/orders/create Order 1"], "runs": [RUN]},
        {"step": "wait 2h", "at": "10:01"},
    ],
    "quiet": True,
    "totals": {"runs": 1, "calls": 2},
}


def changed(**at: Any) -> dict[str, Any]:
    """``OLD`` with values replaced by path: ``changed(**{"steps.0.at": "11:00"})``; None: taken away."""
    new = deepcopy(OLD)
    for path, value in at.items():
        *way, last = path.split(".")
        place: Any = new
        for word in way:
            place = place[int(word)] if word.isdigit() else place[word]
        if value is None:
            del place[int(last) if isinstance(place, list) else last]
        else:
            place[int(last) if isinstance(place, list) else last] = value
    return new


def told(new: dict[str, Any]) -> list[str]:
    return [line for change in case_differences(OLD, new) for line in change.lines()]


@pytest.mark.parametrize(
    ("new", "lines"),
    [
        (changed(), []),
        (changed(**{"steps.1": None}), ["step 2, wait 2h is gone"]),
        (
            changed(**{"steps.0.step": "sell sku=B"}),
            ["step 1, sell sku=B is different", "  was: sell sku=A"],
        ),
        (
            changed(**{"steps.0.runs.0.ok": False}),
            [
                "step 1, sell sku=A: run shopify/orders/create of Order 1: `ok` is different",
                "  value: true → false",
            ],
        ),
        (
            changed(**{"steps.0.runs.0.actions.0.ok": False}),
            [
                "step 1, sell sku=A: run shopify/orders/create of Order 1: "
                "action shopify tagsAdd for gid://shopify/Order/1 is different",
                "  ok: true → false",
            ],
        ),
        (
            changed(**{"steps.0.runs": None}),
            [
                "step 1, sell sku=A: run shopify/orders/create of Order 1 is gone",
                "step 1, sell sku=A: run shopify/orders/create of Order 1: "
                "action shopify tagsAdd for gid://shopify/Order/1 is gone",
            ],
        ),
        (
            changed(**{"steps.0.events": ["shopify/orders/create Order 2"]}),
            [
                "step 1, sell sku=A: event shopify/orders/create Order 1 is gone",
                "step 1, sell sku=A: event shopify/orders/create Order 2 is new",
            ],
        ),
        (changed(quiet=False), ["`quiet` is different", "  value: true → false"]),
        (changed(later=["11:00: x"]), ["run due later: 11:00: x is new"]),
        (changed(**{"totals.calls": 3}), ["`totals` is different", "  value.calls: 2 → 3"]),
        (
            changed(**{"steps.1.at": "10:02"}),
            ["the time of step 2, wait 2h is different", "  value[0]: 10:01 → 10:02"],
        ),
    ],
)
def test_a_difference_is_told_where_it_is(new: dict[str, Any], lines: list[str]) -> None:
    found = told(new)
    for line in lines:
        assert any(each.startswith(line) for each in found), found
    assert len(found) >= len(lines)
    assert bool(found) == (new != OLD)


def test_a_step_that_came_between_moves_no_other() -> None:
    new = changed()
    new["steps"].insert(0, {"step": "fault none", "at": "9:00"})
    assert told(new) == ["step 1, fault none is new"]


def test_a_step_that_is_no_longer_told_because_the_list_is_shortened_stops_nothing() -> None:
    new = changed(**{"steps.0.runs": ["… 30 more, sha256 0 …"]})
    assert "step 1, sell sku=A: run … 30 more, sha256 0 … is new" in told(new)


def test_renderings_are_told_as_before() -> None:
    (change,) = case_differences({"actions": [], "logs": ["a"]}, {"actions": [], "logs": []})
    assert change.lines() == ["log a is gone"]
