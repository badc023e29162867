"""The search syntax at work, by the examples and rules of https://shopify.dev/docs/api/usage/search-syntax."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from runner.simulator.server import simulator

SEED: dict[str, Any] = {
    "shop": {"name": "Kiln", "domain": "kiln.myshopify.com", "timezone": "America/New_York"},
    "clock": "2026-03-12T15:00:00-05:00",
    "locations": ["Workshop"],
    "products": [{"title": "Mug", "sku": "MUG", "price": "5.00", "levels": {"Workshop": 99}}],
    "customers": [
        {"first_name": "Bob", "last_name": "Norman", "email": "bob@shop.test", "tags": "VIP"},
        {"first_name": "Norman", "last_name": "Bob", "email": "norman@shop.test", "tags": "sale shopper"},
        {"first_name": "John", "last_name": "Smith", "email": "john@shop.test", "tags": "shopper, sale"},
        {"first_name": "Ann", "last_name": "O'Hara", "email": "ann@shop.test", "phone": "+15145550101"},
        {"first_name": "Normandie", "last_name": "Leeds", "email": "norma@shop.test"},
    ],
    "orders": [
        {"lines": [{"sku": "MUG", "quantity": amount}], "customer": email, "created": moment}
        for email, amount, moment in (
            ("bob@shop.test", 1, "2026-03-01T12:00:00-05:00"),
            ("bob@shop.test", 2, "2026-03-10T23:30:00-04:00"),
            ("john@shop.test", 3, "2026-03-11T00:30:00-04:00"),
        )
    ],
}
BOB, NORMAN, JOHN, ANN, NORMA = "Bob", "Norman", "John", "Ann", "Normandie"
EVERYBODY = [BOB, NORMAN, JOHN, ANN, NORMA]


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """A client of a shop with five customers and three orders."""
    with simulator(SEED) as shop:
        headers = {"X-Shopify-Access-Token": shop.token}
        with httpx.Client(base_url=shop.url, headers=headers, timeout=60, trust_env=False, verify=False) as found:
            yield found


def search(client: httpx.Client, connection: str, query: str, field: str) -> list[str]:
    """What a query finds, in the order of ids."""
    text = f"query($q: String) {{ {connection}(first: 20, query: $q, sortKey: ID) {{ nodes {{ {field} }} }} }}"
    body = client.post("/admin/api/2026-04/graphql.json", json={"query": text, "variables": {"q": query}}).json()
    assert "errors" not in body, body
    return [node[field] for node in body["data"][connection]["nodes"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        # Terms: words anywhere in the default fields, in any order; a phrase in its order; without case.
        ("John Smith", [JOHN]),
        ("smith john", [JOHN]),
        ("bob", [BOB, NORMAN]),
        ("BOB", [BOB, NORMAN]),
        ("Bob Norman", [BOB, NORMAN]),
        ("", EVERYBODY),
        ("  \t ", EVERYBODY),
        ("nobody", []),
        # Fields; blanks behind the colon; single and double quotes.
        ("first_name:Bob", [BOB]),
        ("first_name: Bob", [BOB]),
        ("first_name:'Bob'", [BOB]),
        ('first_name:"Bob"', [BOB]),
        ("tag:'sale shopper'", [NORMAN]),
        ('tag:"sale shopper"', [NORMAN]),
        ("email:bob@shop.test", [BOB]),
        # Connectives: AND is implied and binds tighter than OR; parentheses.
        ("first_name:Bob OR first_name:John", [BOB, JOHN]),
        ("first_name:Bob last_name:Norman", [BOB]),
        ("first_name:Bob AND last_name:Smith", []),
        ("first_name:Bob OR first_name:John AND last_name:Norman", [BOB]),
        ("(first_name:Bob OR first_name:John) AND last_name:Smith", [JOHN]),
        ("tag:VIP OR (tag:sale AND tag:shopper)", [BOB, JOHN]),
        # Connectives are upper case; in lower case they are words.
        ("first_name:Bob or first_name:John", []),
        # Modifiers: - without a blank, NOT with one.
        ("-first_name:Bob", [NORMAN, JOHN, ANN, NORMA]),
        ("NOT first_name:Bob", [NORMAN, JOHN, ANN, NORMA]),
        ("-(first_name:Bob OR first_name:John)", [NORMAN, ANN, NORMA]),
        ("NOT tag:VIP NOT tag:sale", [NORMAN, ANN, NORMA]),
        # Comparators and ranges.
        ("-first_name:Bob AND orders_count:>0 orders_count:<=4", [JOHN]),
        ("orders_count:>=1", [BOB, JOHN]),
        ("orders_count:2", [BOB]),
        ("orders_count:<1", [NORMAN, ANN, NORMA]),
        ("orders_count:>1 orders_count:<3", [BOB]),
        # A trailing asterisk is a prefix; an asterisk alone asks whether there is a value.
        ("norm*", [BOB, NORMAN, NORMA]),
        ("first_name:norm*", [NORMAN, NORMA]),
        ("phone:*", [ANN]),
        ("-phone:*", [BOB, NORMAN, JOHN, NORMA]),
        # Special characters are escaped by a backslash, or quoted.
        ("last_name:O'Hara", [ANN]),
        ('last_name:"O\'Hara"', [ANN]),
        (r"last_name:'O\'Hara'", [ANN]),
        # A field nobody knows is left out.
        ("moonphase:full first_name:Bob", [BOB]),
        ("moonphase:full", EVERYBODY),
    ],
)
def test_customers_are_found_by_every_operator(client: httpx.Client, query: str, found: list[str]) -> None:
    assert search(client, "customers", query, "firstName") == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        # Dates are days of the shop: 10 March ends at midnight in New York, four hours behind UTC.
        ("created_at:2026-03-10", ["#1002"]),
        ("created_at:>2026-03-10", ["#1003"]),
        ("created_at:>='2026-03-11'", ["#1003"]),
        ("created_at:<2026-03-10", ["#1001"]),
        ("created_at:<=2026-03-10", ["#1001", "#1002"]),
        ("created_at:>=2026-03-02 created_at:<=2026-03-10", ["#1002"]),
        # Times are quoted, for their colons; with and without an offset.
        ("created_at:>'2026-03-11T03:30:00Z'", ["#1003"]),
        ("created_at:>='2026-03-11T03:30:00Z'", ["#1002", "#1003"]),
        ("created_at:<'2026-03-10T23:30:00-04:00'", ["#1001"]),
        ('created_at:>"2026-03-10T23:45:00"', ["#1003"]),
        # Relative ones.
        ("created_at:past_week", ["#1002", "#1003"]),
        ("created_at:past_month", ["#1001", "#1002", "#1003"]),
        ("created_at:<now", ["#1001", "#1002", "#1003"]),
        ("created_at:yesterday", ["#1003"]),
        ("-created_at:yesterday", ["#1001", "#1002"]),
        ("created_at:today", []),
        # Names and ids.
        ("name:#1002", ["#1002"]),
        ("name:1002", ["#1002"]),
        ("id:>=50000002", ["#1002", "#1003"]),
        ("id:50000003", ["#1003"]),
        ("sku:MUG AND -name:#1001", ["#1002", "#1003"]),
    ],
)
def test_orders_are_found_by_times_and_ids(client: httpx.Client, query: str, found: list[str]) -> None:
    assert search(client, "orders", query, "name") == found
