"""The sum of inventory equals its history: what is on hand is what was there, came and went; nothing is lost or made.

The states and what they add up to: https://shopify.dev/docs/apps/build/orders-fulfillment/inventory-management-apps
(on hand is available, committed, reserved, damaged, safety stock and quality control together).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, cast

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runner.errors import InputError
from runner.simulator.control import Control
from runner.simulator.courier import Courier
from runner.simulator.seed import load_seed
from runner.simulator.shop import SimulatedShop
from tests.simulator.laws.shops import ask, open_shop

ON_HAND = ("available", "committed", "reserved", "damaged", "safety_stock", "quality_control")
SKUS = ("MUG", "BOWL")
START = {"MUG": {"Workshop": 10, "Gallery": 4}, "BOWL": {"Workshop": 6}}
POTTERY = load_seed(
    {
        "clock": "2026-03-02T15:00:00Z",
        "locations": ["Workshop", "Gallery"],
        "products": [
            {"title": sku.title(), "sku": sku, "price": "5.00", "levels": levels} for sku, levels in START.items()
        ],
    }
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["sell", "sell", "fulfill", "cancel", "refund", "adjust", "move", "set"]),
        st.sampled_from(SKUS),
        st.integers(1, 4),
        st.integers(0, 3),
        st.booleans(),
    ),
    min_size=3,
    max_size=14,
)


@dataclass
class Order:
    """What is still to be sent, and what was sent and not given back."""

    sku: str
    open: int
    sent: int = 0
    cancelled: bool = False


@dataclass
class Ledger:
    """What must be there, told from what happened."""

    available: Counter[str] = field(default_factory=lambda: Counter({k: sum(v.values()) for k, v in START.items()}))
    committed: Counter[str] = field(default_factory=Counter)
    damaged: Counter[str] = field(default_factory=Counter)
    orders: list[Order] = field(default_factory=list)


def items(shop: SimulatedShop) -> dict[str, str]:
    """The gid of each SKU's item."""
    return {node["sku"]: node.id for node in shop.graph.of_type("InventoryItem")}


def workshop(shop: SimulatedShop) -> str:
    """The gid of the workshop."""
    return next(node.id for node in shop.graph.of_type("Location") if node["name"] == "Workshop")


def total(shop: SimulatedShop, sku: str, name: str) -> int:
    """A quantity of a SKU at all locations together."""
    item = items(shop)[sku]
    return sum(node["_quantities"][name] for node in shop.graph.find("InventoryLevel", "item", item))


def change(shop: SimulatedShop, name: str, given: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """The user errors of an inventory mutation."""
    kind = f"Inventory{name[9:]}Input"
    call = f"{name}(input: $in) @idempotent(key: $key) {{ userErrors {{ code }} }}"
    text = f"mutation($in: {kind}!, $key: String!) {{ {call} }}"
    errors: list[dict[str, Any]] = ask(shop, text, **{"in": given, "key": key})["data"][name]["userErrors"]
    return errors


def take(shop: SimulatedShop, control: Control, ledger: Ledger, step: tuple[str, str, int, int, bool]) -> None:
    """Do one thing at the shop and write down what it means."""
    what, sku, amount, place, restock = step
    if what in ("fulfill", "cancel", "refund"):
        if ledger.orders:
            of_order(control, ledger, what, place % len(ledger.orders), restock)
        return
    row = {"inventoryItemId": items(shop)[sku], "locationId": workshop(shop), "changeFromQuantity": None}
    key = f"key-{shop.number}"
    if what == "sell":
        control.do("sell", sku=sku, quantity=amount, location="Workshop")
        ledger.orders.append(Order(sku, amount))
        ledger.available[sku] -= amount
        ledger.committed[sku] += amount
    elif what == "adjust":
        delta = amount if restock else -amount
        control.do("adjust", sku=sku, location="Workshop", delta=delta)
        ledger.available[sku] += delta
    elif what == "set":
        before = total(shop, sku, "available")
        there = shop.graph.find("InventoryLevel", "item", items(shop)[sku])
        at_workshop = next(node for node in there if node["location"] == workshop(shop))["_quantities"]["available"]
        given = {"name": "available", "reason": "correction", "quantities": [{**row, "quantity": amount}]}
        assert change(shop, "inventorySetQuantities", given, key) == []
        ledger.available[sku] = before - at_workshop + amount
    else:
        end = {"locationId": row["locationId"], "changeFromQuantity": None}
        ends: dict[str, Any] = {
            "quantity": amount,
            "inventoryItemId": row["inventoryItemId"],
            "from": {**end, "name": "available"},
            "to": {**end, "name": "damaged", "ledgerDocumentUri": "log://pots/1"},
        }
        given = {"reason": "damaged", "referenceDocumentUri": "log://pots/2", "changes": [ends]}
        if not change(shop, "inventoryMoveQuantities", given, key):
            ledger.available[sku] -= amount
            ledger.damaged[sku] += amount


def of_order(control: Control, ledger: Ledger, what: str, place: int, restock: bool) -> None:
    """Send, cancel or give back an order."""
    order, name = ledger.orders[place], f"#{1001 + place}"
    if what == "fulfill":
        control.do("fulfill", order=name)
        order.sent += order.open
        ledger.committed[order.sku] -= order.open
    elif what == "cancel":
        control.do("cancel", order=name, restock=restock)
        ledger.committed[order.sku] -= order.open
        ledger.available[order.sku] += order.open if restock else 0
        order.cancelled = True
    else:
        control.do("refund", order=name, restock=restock)
        ledger.committed[order.sku] -= order.open
        ledger.available[order.sku] += order.open + order.sent if restock else 0
        order.sent = 0
    order.open = 0


def test_every_step_of_the_law_does_something() -> None:
    shop = open_shop(POTTERY)
    control, ledger = Control(shop, cast("Courier", None)), Ledger()
    for what in ("sell", "sell", "cancel", "adjust", "move", "set"):
        changes = len(shop.graph.changes)
        take(shop, control, ledger, (what, "MUG", 2, 0, True))
        assert len(shop.graph.changes) > changes, what
    for what in ("fulfill", "refund"):
        changes = len(shop.graph.changes)
        take(shop, control, ledger, (what, "MUG", 2, 1, True))
        assert len(shop.graph.changes) > changes, what
    assert ledger.damaged == {"MUG": 2}


@settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_what_is_on_hand_is_what_was_there_came_and_went(steps: list[tuple[str, str, int, int, bool]]) -> None:
    shop = open_shop(POTTERY)
    control, ledger = Control(shop, cast("Courier", None)), Ledger()
    first = {node.id: dict(node["_quantities"]) for node in shop.graph.of_type("InventoryLevel")}
    for step in steps:
        changes = len(shop.graph.changes)
        try:
            take(shop, control, ledger, step)
        except InputError:  # what cannot be done changes nothing
            assert len(shop.graph.changes) == changes
        for sku in SKUS:
            found = {name: total(shop, sku, name) for name in ("available", "committed", "damaged")}
            assert found == {name: getattr(ledger, name)[sku] for name in found}, step
    follow(shop, first)
    add_up(shop)


def follow(shop: SimulatedShop, quantities: dict[str, dict[str, int]]) -> None:
    """Every change of a level begins where the one before ended, and the last ends at what is there."""
    for each in shop.graph.changes:
        if each.type == "InventoryLevel" and "_quantities" in (each.after or {}):
            assert each.before is not None
            assert each.after is not None
            assert each.before["_quantities"] == quantities[each.id]
            quantities[each.id] = dict(each.after["_quantities"])
    assert quantities == {node.id: node["_quantities"] for node in shop.graph.of_type("InventoryLevel")}


def add_up(shop: SimulatedShop) -> None:
    """What the API says is on hand is the sum of its parts, and what is committed is what open orders wait for."""
    names = ", ".join(f'"{name}"' for name in (*ON_HAND, "on_hand"))
    fields = f"location {{ id }} quantities(names: [{names}]) {{ name quantity }}"
    text = f"{{ inventoryItems(first: 9) {{ nodes {{ sku inventoryLevels(first: 9) {{ nodes {{ {fields} }} }} }} }} }}"
    waiting: Counter[tuple[str, str]] = Counter()
    for part in shop.graph.of_type("FulfillmentOrderLineItem"):
        owner, line = shop.graph.get(part["_fulfillment_order"]), shop.graph.get(part["lineItem"])
        assert owner is not None
        assert line is not None
        if owner["status"] in ("OPEN", "IN_PROGRESS", "ON_HOLD", "SCHEDULED"):
            waiting[line["sku"], owner["_location"]] += part["remainingQuantity"]
    for item in ask(shop, text)["data"]["inventoryItems"]["nodes"]:
        for level in item["inventoryLevels"]["nodes"]:
            held = {each["name"]: each["quantity"] for each in level["quantities"]}
            assert held["on_hand"] == sum(held[name] for name in ON_HAND)
            assert held["committed"] == waiting[item["sku"], level["location"]["id"]]
