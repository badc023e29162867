"""Costs against replies and rules published by Shopify, and the two buckets on the virtual clock."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from graphql import parse

from runner.clock import FixedClock
from runner.shopify.schema import graphql_schema
from runner.simulator import cost

PUBLISHED_TASK = """
query { product(id: "gid://shopify/Product/1") { variants(first: 2048) { nodes { id inventoryItem { id
  inventoryLevels(first: 25) { nodes { id quantities(names: "available") { quantity } location { id name } } } } } } } }
"""
VARIANTS_OF_250 = """
query($id: ID!) { product(id: $id) { variants(first: 250) { nodes { inventoryItem { id tracked } } } } }
"""


def requested(text: str, variables: dict[str, Any] | None = None, operation: str | None = None) -> int:
    return cost.requested_cost(parse(text), variables or {}, graphql_schema(), operation)


def actual(text: str, data: dict[str, Any] | None) -> int:
    return cost.actual_cost(parse(text), {}, graphql_schema(), data)


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("{ shop { name email } }", 1),
        ("{ shop { plan { displayName } } }", 2),
        ('{ product(id: "x") { id } }', 1),
        ("{ products(first: 1) { nodes { id } } }", 3),
        ("{ products(last: 1) { edges { node { id } } pageInfo { hasNextPage } } }", 3),
        ("{ products(first: 250) { nodes { id } } }", 13),
        ("{ products(first: 0) { nodes { id } } }", 2),
        ("{ shop { name ...F } } fragment F on Shop { name plan { displayName } }", 2),
        ("{ shop { name @skip(if: true) plan @skip(if: true) { displayName } } }", 1),
        ('{ node(id: "x") { id ... on Product { options { name } seo { title } } ... on Order { id } } }', 3),
        ("{ __schema { types { name } } }", 0),
        ('mutation { tagsAdd(id: "x", tags: []) { node { id } } }', 10),
        (
            'mutation { a: tagsAdd(id: "x", tags: []) { node { id } } b: tagsAdd(id: "x", tags: []) { node { id } } }',
            20,
        ),
    ],
)
def test_requested_cost_follows_the_published_rules(text: str, points: int) -> None:
    assert requested(text) == points


def test_the_measured_reply_of_250_variants_is_met() -> None:
    assert requested(VARIANTS_OF_250) == 25
    assert actual(VARIANTS_OF_250, {"product": None}) == 1


def test_a_published_task_that_works_stays_under_the_single_query_maximum() -> None:
    assert requested(PUBLISHED_TASK) <= cost.QUERY_MAXIMUM


def test_page_sizes_come_from_variables_and_their_defaults() -> None:
    text = "query($n: Int = 250) { products(first: $n) { nodes { id } } }"
    assert requested(text) == 13
    assert requested(text, {"n": 1}) == 3


def test_only_the_operation_that_runs_is_charged() -> None:
    text = "query A { shop { name } } query B { products(first: 250) { nodes { id } } }"
    assert (requested(text, operation="A"), requested(text, operation="B")) == (1, 13)


def test_actual_cost_counts_what_came_back() -> None:
    nodes = [{"inventoryItem": {"id": "1"}}] * 3
    few = actual(VARIANTS_OF_250, {"product": {"variants": {"nodes": nodes}}})
    assert 1 < few < 25
    assert actual(VARIANTS_OF_250, {"product": {"variants": {"nodes": []}}}) == 3
    assert actual(VARIANTS_OF_250, None) == 0


def test_actual_cost_is_never_above_the_requested_one() -> None:
    nodes = [{"inventoryItem": {"id": "1"}}] * 250
    assert actual(VARIANTS_OF_250, {"product": {"variants": {"nodes": nodes}}}) == 25


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 3, 2, tzinfo=UTC))


def test_the_bucket_starts_full_pays_and_restores_by_the_second(clock: FixedClock) -> None:
    bucket = cost.Bucket(clock, 2000, 100)
    assert bucket.take(1500)
    assert not bucket.take(600)
    assert bucket.status() == {"maximumAvailable": 2000.0, "currentlyAvailable": 500, "restoreRate": 100.0}
    clock.advance(1)
    assert bucket.take(600)
    clock.advance(1000)
    assert bucket.available() == 2000


def test_what_a_query_did_not_use_is_given_back(clock: FixedClock) -> None:
    bucket = cost.Bucket(clock)
    bucket.take(1000)
    bucket.refund(990)
    assert bucket.available() == 1990
    bucket.refund(500)
    assert bucket.available() == 2000


def test_a_clock_that_goes_back_takes_no_points(clock: FixedClock) -> None:
    bucket = cost.Bucket(clock)
    bucket.take(100)
    clock.advance(-60)
    assert bucket.available() == 1900
    clock.advance(1)
    assert bucket.available() == 2000


def test_a_query_over_the_maximum_is_refused_whatever_the_bucket_holds(clock: FixedClock) -> None:
    (error,) = cost.operation_cost_errors(1001, cost.Bucket(clock))
    assert error["message"].startswith("Query cost is 1001, which exceeds the single query max cost limit (1000).")
    assert error["extensions"]["code"] == "MAX_COST_EXCEEDED"
    assert (error["extensions"]["cost"], error["extensions"]["maxCost"]) == (1001, 1000)


def test_an_empty_bucket_throttles_and_is_not_charged(clock: FixedClock) -> None:
    bucket = cost.Bucket(clock)
    bucket.drain()
    (error,) = cost.operation_cost_errors(10, bucket)
    assert error["message"] == "Throttled"
    assert error["extensions"]["code"] == "THROTTLED"
    assert bucket.extensions(10, None)["actualQueryCost"] is None
    assert bucket.available() == 0


def test_the_call_bucket_leaks_two_calls_a_second(clock: FixedClock) -> None:
    bucket = cost.CallBucket(clock)
    assert all(bucket.take() for _ in range(40))
    assert bucket.header == "40/40"
    assert not bucket.take()
    clock.advance(1)
    assert bucket.take()
    assert bucket.take()
    assert not bucket.take()
    assert bucket.refusal.startswith("Exceeded 2 calls per second for api client.")
