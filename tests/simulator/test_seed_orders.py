"""Orders and draft orders of a seed: their states, times, stock, and what is said of a mistake."""

from __future__ import annotations

from typing import Any

import pytest

from runner.errors import InputError
from runner.simulator.seed import load_seed
from runner.simulator.server import RunningShop
from tests.simulator.buying import SEED, Ask, held, topics

MUG = [{"sku": "MUG-B", "quantity": 2}]
ORDERS: list[dict[str, Any]] = [
    {"lines": MUG, "customer": "pat@shop.test", "created": "2026-02-01T09:00:00-05:00", "tags": "a, b"},
    {"lines": MUG, "email": "guest@shop.test", "payment": "pending", "attributes": {"gift": "yes"}},
    {"lines": ["MUG-R"], "payment": "authorized", "risk": "high"},
    {
        "lines": MUG,
        "fulfilled": True,
        "fulfilled_at": "2026-03-01T09:00:00-05:00",
        "tracking": {"company": "UPS", "number": "1Z"},
        "delivered": True,
        "closed": True,
    },
    {"lines": [*MUG, "MUG-R"], "fulfilled": [{"sku": "MUG-R"}]},
    {"lines": MUG, "fulfilled": True, "refunded": [{"sku": "MUG-B", "quantity": 1}]},
    {"lines": MUG, "cancelled": "fraud"},
    {"lines": ["HOOK"], "email": "g{n}@shop.test", "count": 2, "id": 5001, "number": 2001},
]
DRAFTS = [
    {"lines": MUG, "customer": "pat@shop.test", "status": "invoice_sent", "discount": {"title": "F", "percent": 10}}
]


def test_a_seed_has_orders_in_every_state(served: RunningShop, ask: Ask) -> None:
    served.reset({**SEED, "orders": ORDERS, "draft_orders": DRAFTS})
    body = ask(
        """{ orders(first: 20) { nodes { name displayFinancialStatus displayFulfillmentStatus closed createdAt email
        tags riskLevel fulfillments { createdAt displayStatus } } }
        draftOrders(first: 2) { nodes { name status totalPrice } } }"""
    )
    found = {order["name"]: order for order in body["data"]["orders"]["nodes"]}
    states = {name: (o["displayFinancialStatus"], o["displayFulfillmentStatus"]) for name, o in found.items()}
    assert states == {
        "#1001": ("PAID", "UNFULFILLED"),
        "#1002": ("PENDING", "UNFULFILLED"),
        "#1003": ("AUTHORIZED", "UNFULFILLED"),
        "#1004": ("PAID", "FULFILLED"),
        "#1005": ("PAID", "PARTIALLY_FULFILLED"),
        "#1006": ("PARTIALLY_REFUNDED", "FULFILLED"),
        "#1007": ("REFUNDED", "UNFULFILLED"),
        "#2001": ("PAID", "UNFULFILLED"),
        "#2002": ("PAID", "UNFULFILLED"),
    }
    assert (found["#1001"]["createdAt"], found["#1001"]["tags"]) == ("2026-02-01T14:00:00Z", ["a", "b"])
    assert found["#1003"]["riskLevel"] == "HIGH"
    assert found["#1004"]["closed"]
    assert found["#1004"]["fulfillments"] == [{"createdAt": "2026-03-01T14:00:00Z", "displayStatus": "DELIVERED"}]
    assert found["#2002"]["email"] == "g2@shop.test"
    assert body["data"]["draftOrders"]["nodes"] == [{"name": "#D1", "status": "INVOICE_SENT", "totalPrice": "49.50"}]


def test_what_a_seed_says_is_available_is_available_besides_its_orders(served: RunningShop) -> None:
    served.reset({**SEED, "orders": [{"lines": MUG}, {"lines": MUG, "fulfilled": True}]})
    assert held(served, "MUG-B") == (10, 2)


def test_the_next_order_follows_and_nobody_was_told_of_those_before(served: RunningShop) -> None:
    served.reset({**SEED, "orders": [{"lines": MUG}], "webhooks": ["orders/create"]})
    assert topics(served) == []
    assert served.do("sell", sku="MUG-B")["name"] == "#1002"


@pytest.mark.parametrize(
    ("order", "part", "message"),
    [
        ({"lines": []}, "orders[0].lines", "an order needs lines"),
        ({"lines": ["MUGG"]}, "orders[0].lines[0].sku", "there is no SKU 'MUGG'"),
        ({"lines": MUG, "customer": "pat@shop"}, "orders[0].customer", "there is no customer 'pat@shop'"),
        ({"lines": MUG, "payment": "later"}, "orders[0].payment", "expected one of paid, authorized, pending, none"),
        ({"lines": MUG, "delivered": True}, "orders[0].delivered", "only what was fulfilled is delivered"),
        ({"lines": MUG, "fulfilled": ["HOOK"]}, "orders[0]", "there is nothing like that left to fulfill"),
        ({"lines": MUG, "colour": "red"}, "orders[0].colour", "unknown key colour"),
        ({"lines": MUG, "discount": {"code": "X"}}, "orders[0]", "say what it takes off"),
    ],
)
def test_a_mistake_in_an_order_is_named_with_its_place(order: dict[str, Any], part: str, message: str) -> None:
    with pytest.raises(InputError, match=message.replace("[", "\\[")) as raised:
        load_seed({**SEED, "orders": [order]})
    assert raised.value.where is not None
    assert raised.value.where.part == part
