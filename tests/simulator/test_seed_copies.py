"""``count`` in a seed: many products are what the same products written one by one are (simulator.md 2)."""

from __future__ import annotations

from typing import Any

import pytest

from runner.simulator.clock import VirtualClock
from runner.simulator.graph import Node
from runner.simulator.seed import parse_seed
from runner.simulator.seed_copies import copies_of

COUNT = 12
"""Enough for numbers of two digits, one of them with two ones."""


def state(entries: list[str], more: str = "") -> dict[str, Any]:
    """What a store holds whose products are ``entries``, each the inside of a YAML mapping."""
    products = "\n".join(f"  - {{{entry}}}" for entry in entries)
    seed = parse_seed(f"locations: [Here, There]\n{more}products:\n{products}\n", "shop.yml")
    return seed.graph(VirtualClock(seed.start), {}).dump()


def one_by_one(entry: str) -> list[str]:
    return [entry.replace("{n}", str(number)) for number in range(1, COUNT + 1)]


@pytest.mark.parametrize(
    "entry",
    [
        'title: "Mug {n}", sku: "MUG-{n}", price: 4, levels: {Here: 3, There: {available: 1, reserved: 2}}',
        'title: "Alike", sku: ALIKE',
        'title: "Mug 1{n} of 12, {n}1", sku: "{n}{n}"',
        'title: "Mug {n}", handle: mug, tags: [b, a], type: Mugs, vendor: 2, status: draft, published: false',
        'title: "Tee {n}", options: {Size: [S, M], Colour: [Red]}, price: 9',
        'title: "Tee {n}", options: {Size: [S, M]}, variants: [{Size: M, sku: "T{n}M", price: 1}, {Size: S, cost: 2}]',
        'title: "Print {n}", metafields: {custom.edition: 50}, images: [https://a.test/1.jpg, https://a.test/2.jpg]',
        'title: "Print {n}", category: "Home > Art", tracked: false, compare_at_price: 2, barcode: 1',
        'title: "Print {n}", variants: [{sku: "P{n}", metafields: {custom.size: A3}}]',
    ],
)
def test_many_are_what_as_many_written_one_by_one_are(entry: str) -> None:
    assert state([f"{entry}, count: {COUNT}"]) == state(one_by_one(entry))


def test_their_ids_go_on_from_the_first_given_one() -> None:
    written = [f"title: P, id: {500 + number}" for number in range(COUNT)]
    assert state([f"title: P, id: 500, count: {COUNT}"]) == state(written)


def test_handles_that_are_taken_already_are_not_taken_twice() -> None:
    before = ["title: Mug 7", "title: Mug 12"]
    assert state([*before, f'title: "Mug {{n}}", count: {COUNT}']) == state([*before, *one_by_one('title: "Mug {n}"')])


def test_what_is_counted_does_not_run_into_what_comes_behind() -> None:
    entries = [f'title: "A {{n}}", levels: {{Here: 1}}, count: {COUNT}', "title: B, sku: B, levels: {There: 2}"]
    assert state(entries) == state([*one_by_one('title: "A {n}", levels: {Here: 1}'), entries[1]])


def product(number: int, **fields: Any) -> Node:
    return Node("Product", f"gid://shopify/Product/{number}", fields, number)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ([product(1, title="A")], [product(2, title="B")]),
        ([product(1, title="A1")], [product(2, title="A02")]),
        ([product(1, price=1)], [product(2, price=2)]),
        ([product(1, title="A")], [product(2, title="A", vendor="V")]),
        ([product(1, title="A")], [product(2, title="A"), product(3)]),
        (
            [product(1), product(2, of="gid://shopify/Product/1")],
            [product(3), product(4, of="gid://shopify/Product/4")],
        ),
    ],
)
def test_two_that_differ_by_more_than_their_number_tell_nothing_of_a_third(
    first: list[Node], second: list[Node]
) -> None:
    assert copies_of(first, second, frozenset()) is None
