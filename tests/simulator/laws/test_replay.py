"""The same calls lead to the same store, byte for byte: on a fresh one, and across a restart in the middle."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runner.errors import InputError
from runner.simulator.calls import Reply
from runner.simulator.control import Control
from runner.simulator.courier import Courier
from runner.simulator.seed import load_seed
from runner.simulator.shop import Options, SimulatedShop
from tests.simulator.laws.shops import GRAPHQL, open_shop, send

POTTERY = load_seed(
    {
        "clock": "2026-03-02T15:00:00Z",
        "locations": ["Workshop", "Gallery"],
        "products": [
            {"title": "Mug", "id": 11, "sku": "MUG", "price": "5.00", "levels": {"Workshop": 9, "Gallery": 4}},
            {"title": "Bowl", "id": 12, "sku": "BOWL", "price": "8.00", "levels": {"Workshop": 5}},
        ],
        "customers": [{"name": "Pat Moss", "id": 7001, "email": "pat@shop.test"}],
        "webhooks": [{"topic": topic} for topic in ("orders/create", "products/update", "inventory_levels/update")],
    }
)
MUG = "gid://shopify/Product/11"
ADJUST = """mutation($item: ID!, $place: ID!, $key: String!, $delta: Int!) { inventoryAdjustQuantities(input: {
  reason: "correction", name: "available", changes: [{delta: $delta, changeFromQuantity: null, inventoryItemId: $item,
  locationId: $place}]}) @idempotent(key: $key) { userErrors { code } } }"""
ITEM, PLACE = "gid://shopify/InventoryItem/{0}", "gid://shopify/Location/20000001"
Step = tuple[str, int]
FAULTS = ("refused", "lost_reply", "truncated", "throttled", "error", "latency", "clock_jump", "token_revoked")
WEBHOOK_FAULTS = ("webhook_duplicated", "webhook_delayed", "webhook_lost", "webhook_bad_signature", "webhook_reordered")
MORE = {"error": {"status": 502}, "latency": {"seconds": 3}, "clock_jump": {"seconds": 90}}
MORE |= {"webhook_duplicated": {"copies": 1}, "webhook_delayed": {"seconds": 30}}


def post(shop: SimulatedShop, query: str, **variables: Any) -> Reply:
    """A GraphQL call."""
    return send(shop, "POST", GRAPHQL, {"query": query, "variables": variables})


def item(shop: SimulatedShop) -> str:
    """The item of the mug."""
    return next(node.id for node in shop.graph.of_type("InventoryItem") if node["sku"] == "MUG")


def tag(shop: SimulatedShop, control: Control, n: int) -> Reply:
    """A mutation that is right, or (3) one with user errors."""
    node = MUG if n != 3 else "gid://shopify/Product/1"
    call = "tagsAdd(id: $id, tags: [$tag]) { userErrors { message } }"
    return post(shop, f"mutation($id: ID!, $tag: String!) {{ {call} }}", id=node, tag=f"t{n}")


def adjust(shop: SimulatedShop, control: Control, n: int) -> Reply:
    """An adjustment under one of a few keys, so that some are replayed and some mismatched; (3) is an error."""
    at = PLACE if n != 3 else "gid://shopify/Location/1"
    return post(shop, ADJUST, item=item(shop), place=at, key=f"key-{n % 3}", delta=1 + n % 2)


def rest(shop: SimulatedShop, control: Control, n: int) -> Reply:
    """A REST write, or (3) one that is refused."""
    number = 11 if n != 3 else 1
    return send(shop, "PUT", f"/admin/api/2026-04/products/{number}.json", {"product": {"title": f"Mug {n}"}})


def read(shop: SimulatedShop, control: Control, n: int) -> Reply:
    """Reads leave no trace."""
    return post(
        shop, "{ products(first: 5) { nodes { title tags variants(first: 2) { nodes { inventoryQuantity } } } } }"
    )


def bulk(shop: SimulatedShop, control: Control, n: int) -> Reply:
    """A bulk operation: it goes on by itself."""
    query = "{ products { edges { node { id title } } } }"
    call = "bulkOperationRunQuery(query: $q) { bulkOperation { id } userErrors { code } }"
    return post(shop, f"mutation($q: String!) {{ {call} }}", q=query)


def sell(shop: SimulatedShop, control: Control, n: int) -> None:
    """A shopper buys, as long as there is something."""
    control.do("sell", sku="BOWL", quantity=n, location="Workshop", customer="pat@shop.test")


def fulfill(shop: SimulatedShop, control: Control, n: int) -> None:
    """Staff sends an order, if there is one."""
    control.do("fulfill", order=f"#{1000 + n}")


def wait(shop: SimulatedShop, control: Control, n: int) -> None:
    """Time passes."""
    control.advance(n * 1000.0)


def collect(shop: SimulatedShop, control: Control, n: int) -> None:
    """Webhooks are taken, or held back."""
    if n % 2:
        control.take()
    else:
        control.hold(n == 2)


def faulty(shop: SimulatedShop, control: Control, n: int) -> Reply:
    """One call that a fault strikes."""
    kind = FAULTS[n % len(FAULTS)]
    control.add_fault(kind=kind, count=1, **MORE.get(kind, {}))
    return tag(shop, control, n)


def bad_webhook(shop: SimulatedShop, control: Control, n: int) -> None:
    """One change whose webhook a fault strikes."""
    kind = WEBHOOK_FAULTS[n % len(WEBHOOK_FAULTS)]
    control.add_fault(kind=kind, count=1, **MORE.get(kind, {}))
    control.do("adjust", sku="MUG", location="Gallery", delta=n + 1)
    control.do("adjust", sku="MUG", location="Workshop", delta=1)


STEPS: dict[str, Callable[[SimulatedShop, Control, int], Reply | None]] = {
    each.__name__: each  # type: ignore[attr-defined]
    for each in (tag, adjust, rest, read, bulk, sell, fulfill, wait, collect, faulty, bad_webhook)
}
PLAYS = st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 9)), min_size=2, max_size=14)


def play(shop: SimulatedShop, steps: Sequence[Step]) -> list[Any]:
    """Make the calls; the replies, headers and all."""
    control, told = Control(shop, cast("Courier", None)), []
    for name, number in steps:
        shop.bucket.level = shop.bucket.maximum
        try:
            reply = STEPS[name](shop, control, number)
        except InputError as error:
            told.append(str(error))
            continue
        told.append(None if reply is None else (reply.status, reply.body, sorted(reply.headers.items()), reply.wire))
    return told


def told(shop: SimulatedShop) -> bytes:
    """Everything that is in a store, as bytes: objects, time, keys and webhooks that wait."""
    control = Control(shop, cast("Courier", None))
    return json.dumps([control.state(), shop.graph.dump(), shop.webhooks.dump()]).encode()


@settings(max_examples=50, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=PLAYS)
def test_the_same_calls_get_the_same_replies_and_leave_the_same_store(steps: list[Step]) -> None:
    first, second = open_shop(POTTERY), open_shop(POTTERY)
    assert play(first, steps) == play(second, steps)
    assert told(first) == told(second)
    assert first.graph.changes == second.graph.changes
    assert [each.to_dict() for each in first.requests] == [each.to_dict() for each in second.requests]


@settings(max_examples=50, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=PLAYS, cut=st.integers(0, 13))
def test_a_restart_in_the_middle_makes_no_difference(steps: list[Step], cut: int) -> None:
    whole = open_shop(POTTERY)
    play(whole, steps)
    with TemporaryDirectory() as folder:
        kept = Options(state_file=Path(folder) / "shop.state")
        play(open_shop(POTTERY, kept), steps[:cut])
        again = open_shop(POTTERY, kept)
        play(again, steps[cut:])
        assert told(again) == told(whole)
        assert told(open_shop(POTTERY, kept)) == told(whole)


def replayed(records: Sequence[dict[str, Any]]) -> SimulatedShop:
    """A fresh store after the calls of a log, the same faults striking."""
    shop = open_shop(POTTERY)
    control = Control(shop, cast("Courier", None))
    for record in records:
        for kind in record["faults"]:
            control.add_fault(kind=kind, count=1, **MORE.get(kind, {}))
        if record["query"] is not None:
            send(shop, record["method"], record["path"], {"query": record["query"], "variables": record["variables"]})
        else:
            send(shop, record["method"], record["path"], record["variables"])
    return shop


@settings(max_examples=25, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["tag", "adjust", "rest", "read", "bulk", "faulty"]), st.integers(0, 9)), max_size=12
    )
)
def test_the_log_of_requests_is_enough_to_make_the_store_again(steps: list[Step]) -> None:
    """``/_sim/requests`` of a store that nobody but the app has changed."""
    shop = open_shop(POTTERY)
    play(shop, steps)
    log = json.loads(json.dumps(Control(shop, cast("Courier", None)).requests()))
    assert told(replayed(log)) == told(shop)
