"""Budgets: what the shop's replies say about them, and how long to wait."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

import pytest

from runner.clock import FixedClock
from runner.shopify.throttle import CallBucket, CostBucket, Throttle, retry_after


def cost(available: float, *, requested: float = 100, maximum: float = 2000, rate: float = 100) -> dict[str, Any]:
    status = {"maximumAvailable": maximum, "currentlyAvailable": available, "restoreRate": rate}
    return {"requestedQueryCost": requested, "throttleStatus": status}


@pytest.mark.parametrize(
    ("available", "points", "seconds"),
    [
        (1000, 500, 0.0),
        (500, 500, 0.0),
        (400, 500, 1.0),
        (0, 1000, 10.0),
        (0, 2000, 20.0),
        (0, 2001, 0.0),  # never wait for what can never be had
    ],
)
def test_the_wait_is_what_is_missing_by_the_rate(clock, available, points, seconds) -> None:
    bucket = CostBucket(clock)
    bucket.settle("q", 0, cost(available))
    assert bucket.wait_for(points) == seconds


def test_points_come_back_with_time_up_to_the_maximum(clock) -> None:
    bucket = CostBucket(clock)
    bucket.settle("q", 0, cost(100))
    clock.advance(3)
    assert bucket.available() == 400
    clock.advance(3600)
    assert bucket.available() == 2000


def test_a_clock_set_back_takes_no_points_away(clock) -> None:
    bucket = CostBucket(clock)
    bucket.settle("q", 0, cost(100))
    clock.set(datetime(2020, 1, 1, tzinfo=UTC))
    assert bucket.available() == 100


def test_nothing_is_held_back_before_the_first_reply(clock) -> None:
    throttle = Throttle(clock)
    assert (throttle.graphql.available(), throttle.graphql.wait_for(9999), throttle.hold()) == (None, 0.0, 0.0)


def test_calls_under_way_are_deducted_until_they_end(clock) -> None:
    bucket = CostBucket(clock)
    bucket.settle("q", 0, cost(1000, requested=300))
    points = bucket.begin("q")
    assert (points, bucket.available()) == (300, 700)
    bucket.settle("q", points, None)
    assert bucket.available() == 1000


def test_only_the_latest_query_texts_are_remembered(clock) -> None:
    bucket = CostBucket(clock)
    for number in range(300):
        bucket.settle(f"q{number}", 0, cost(1000, requested=number + 1))
    assert (bucket.expected("q0"), bucket.expected("q299")) == (0.0, 300.0)


@pytest.mark.parametrize("broken", [None, {}, {"throttleStatus": None}, {"throttleStatus": {"maximumAvailable": "x"}}])
def test_replies_without_figures_change_nothing(clock, broken) -> None:
    bucket = CostBucket(clock)
    bucket.settle("q", 0, cost(500))
    bucket.settle("q", 0, broken)
    assert bucket.available() == 500


def test_runs_are_held_until_a_spent_bucket_has_recovered(clock) -> None:
    throttle = Throttle(clock)
    throttle.graphql.settle("q", 0, cost(20))
    assert throttle.hold() == pytest.approx(0.8)
    clock.advance(throttle.hold())
    assert throttle.hold() == 0.0


def test_runs_are_held_until_a_refused_query_could_be_paid(clock) -> None:
    throttle = Throttle(clock)
    throttle.graphql.settle("q", 0, cost(300, requested=800), throttled=True)
    assert throttle.hold() == 5.0
    throttle.graphql.settle("q", 0, cost(300, requested=10))
    assert throttle.hold() == 0.0


def test_runs_are_held_while_either_budget_is_spent(clock) -> None:
    throttle = Throttle(clock)
    throttle.graphql.settle("q", 0, cost(2000))
    throttle.rest.settle({"x-shopify-shop-api-call-limit": "40/40"})
    assert throttle.hold() == 0.5


@pytest.mark.parametrize(("header", "seconds"), [("39/40", 0.0), ("40/40", 0.5), ("80/80", 0.25), ("42/40", 1.5)])
def test_a_rest_bucket_drains_in_twenty_seconds(clock, header, seconds) -> None:
    bucket = CallBucket(clock)
    bucket.settle({"x-shopify-shop-api-call-limit": header})
    assert bucket.wait() == seconds


@pytest.mark.parametrize("header", ["", "x", "1", "/", "1/0", "a/b"])
def test_odd_rest_headers_change_nothing(clock, header) -> None:
    bucket = CallBucket(clock)
    bucket.settle({"x-shopify-shop-api-call-limit": header})
    assert bucket.wait() == 0.0


def test_retry_after_closes_the_rest_bucket(clock) -> None:
    bucket = CallBucket(clock)
    bucket.settle({}, retry_after=2.0)
    assert bucket.wait() == 2.0
    clock.advance(2)
    assert bucket.wait() == 0.0


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("2.0", 2.0),
        ("0", 0.0),
        ("-5", 0.0),
        ("Fri, 27 Nov 2026 12:00:30 GMT", 30.0),
        ("Fri, 27 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("", None),
        ("nan", None),
        ("inf", None),
        ("9" * 400, 86400.0),
    ],
)
def test_retry_after_is_seconds_or_a_date(clock, value, seconds) -> None:
    assert retry_after({"retry-after": value}, clock.now()) == seconds


def test_many_threads_lose_no_points() -> None:
    bucket = CostBucket(FixedClock(datetime(2026, 1, 1, tzinfo=UTC)))
    bucket.settle("q", 0, cost(2000, requested=1))

    def spend() -> None:
        for _ in range(200):
            bucket.settle("q", bucket.begin("q"), None)

    threads = [threading.Thread(target=spend) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert bucket.available() == 2000
