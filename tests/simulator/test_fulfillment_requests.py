"""Fulfilment services: what merchants ask of them, what they answer, and where they are."""

from __future__ import annotations

from typing import Any

import pytest

from runner.simulator.server import RunningShop
from tests.simulator.asking import Ask
from tests.simulator.buying import SEED, mutate, topics

OWNER = "fulfillmentOrder { id status requestStatus } userErrors { field message }"
SUBMITTED = """submittedFulfillmentOrder { id requestStatus merchantRequests(first: 5) { nodes { kind message } }
  lineItems(first: 5) { nodes { remainingQuantity } } } unsubmittedFulfillmentOrder { id requestStatus }
  userErrors { field message }"""
WORDS = ("submitted", "accepted", "rejected")


@pytest.fixture
def kiln(shop: RunningShop, ask: Ask) -> RunningShop:
    """The pottery, whose order of two blue mugs is assigned to the service Far House."""
    shop.reset(SEED)
    made = mutate(
        ask,
        'fulfillmentServiceCreate(name: "Far House", trackingSupport: true, inventoryManagement: true) '
        "{ fulfillmentService { handle location { id name isFulfillmentService } } userErrors { message } }",
    )["fulfillmentService"]
    assert (made["handle"], made["location"]["name"], made["location"]["isFulfillmentService"]) == (
        "far-house",
        "Far House",
        True,
    )
    item = next(iter(shop.state()["objects"]["InventoryItem"]))
    activate = "mutation ($item: ID!, $place: ID!) { inventoryActivate(inventoryItemId: $item, locationId: $place, "
    activate += 'available: 9) @idempotent(key: "k") { userErrors { message } } }'
    assert mutate(ask, activate, item=item, place=made["location"]["id"])["userErrors"] == []
    shop.do("order", lines=[{"sku": "MUG-B", "quantity": 2}])
    owner = first(shop)
    text = f'fulfillmentOrderMove(id: "{owner}", newLocationId: "{made["location"]["id"]}")'
    assert mutate(ask, f"{text} {{ userErrors {{ message }} }}")["userErrors"] == []
    for word in WORDS:
        for kind in ("fulfillment", "cancellation"):
            shop.subscribe(f"fulfillment_orders/{kind}_request_{word}")
    return shop


def first(shop: RunningShop) -> str:
    return str(next(iter(shop.state()["objects"]["FulfillmentOrder"])))


def submit(ask: Ask, owner: str, more: str = "") -> dict[str, Any]:
    text = f'fulfillmentOrderSubmitFulfillmentRequest(id: "{owner}", message: "Fragile" {more})'
    return mutate(ask, f"{text} {{ {SUBMITTED} }}")


def answer(ask: Ask, name: str, owner: str) -> dict[str, Any]:
    return mutate(ask, f'fulfillmentOrder{name}(id: "{owner}") {{ {OWNER} }}')


def test_a_service_accepts_a_request_and_stops_when_asked(kiln: RunningShop, ask: Ask) -> None:
    owner = first(kiln)
    asked = submit(ask, owner)["submittedFulfillmentOrder"]
    assert (asked["requestStatus"], asked["merchantRequests"]["nodes"]) == (
        "SUBMITTED",
        [{"kind": "FULFILLMENT_REQUEST", "message": "Fragile"}],
    )
    waiting = "{ assignedFulfillmentOrders(first: 5, assignmentStatus: FULFILLMENT_REQUESTED) { nodes { id } } }"
    assert ask(waiting)["data"]["assignedFulfillmentOrders"]["nodes"] == [{"id": owner}]
    accepted = answer(ask, "AcceptFulfillmentRequest", owner)["fulfillmentOrder"]
    assert (accepted["status"], accepted["requestStatus"]) == ("IN_PROGRESS", "ACCEPTED")
    assert (
        answer(ask, "SubmitCancellationRequest", owner)["fulfillmentOrder"]["requestStatus"] == "CANCELLATION_REQUESTED"
    )
    stopped = answer(ask, "AcceptCancellationRequest", owner)["fulfillmentOrder"]
    assert (stopped["status"], stopped["requestStatus"]) == ("CANCELLED", "CANCELLATION_ACCEPTED")
    owners = kiln.state()["objects"]["FulfillmentOrder"].values()
    assert [(each["status"], each["requestStatus"]) for each in owners][1:] == [("OPEN", "UNSUBMITTED")]
    assert topics(kiln) == [
        "fulfillment_orders/fulfillment_request_submitted",
        "fulfillment_orders/fulfillment_request_accepted",
        "fulfillment_orders/cancellation_request_submitted",
        "fulfillment_orders/cancellation_request_accepted",
    ]


def test_a_service_rejects_and_is_asked_again(kiln: RunningShop, ask: Ask) -> None:
    owner = first(kiln)
    submit(ask, owner)
    rejected = answer(ask, "RejectFulfillmentRequest", owner)["fulfillmentOrder"]
    assert (rejected["status"], rejected["requestStatus"]) == ("OPEN", "REJECTED")
    assert submit(ask, owner)["userErrors"] == []
    answer(ask, "AcceptFulfillmentRequest", owner)
    answer(ask, "SubmitCancellationRequest", owner)
    goes_on = answer(ask, "RejectCancellationRequest", owner)["fulfillmentOrder"]
    assert (goes_on["status"], goes_on["requestStatus"]) == ("IN_PROGRESS", "CANCELLATION_REJECTED")


def test_some_of_the_lines_are_asked_for(kiln: RunningShop, ask: Ask) -> None:
    owner = first(kiln)
    part = next(iter(kiln.state()["objects"]["FulfillmentOrderLineItem"]))
    asked = submit(ask, owner, f', fulfillmentOrderLineItems: [{{id: "{part}", quantity: 1}}]')
    assert asked["submittedFulfillmentOrder"]["lineItems"]["nodes"] == [{"remainingQuantity": 1}]
    assert asked["unsubmittedFulfillmentOrder"]["requestStatus"] == "UNSUBMITTED"


@pytest.mark.parametrize(
    "name",
    ["AcceptFulfillmentRequest", "RejectFulfillmentRequest", "SubmitCancellationRequest", "AcceptCancellationRequest"],
)
def test_what_nobody_asked_for_is_not_answered(kiln: RunningShop, ask: Ask, name: str) -> None:
    refused = answer(ask, name, first(kiln))
    assert refused["fulfillmentOrder"] is None
    assert [error["field"] for error in refused["userErrors"]] == [["id"]]


def test_what_the_shop_sends_itself_is_not_asked_of_anybody(kiln: RunningShop, ask: Ask) -> None:
    kiln.do("order", lines=[{"sku": "MUG-R"}])
    own = list(kiln.state()["objects"]["FulfillmentOrder"])[-1]
    (error,) = submit(ask, own)["userErrors"]
    assert "not assigned to a fulfillment service" in error["message"]


def test_a_fulfilment_order_is_rerouted_to_who_has_it(kiln: RunningShop, ask: Ask) -> None:
    owner = first(kiln)
    text = f'fulfillmentOrdersReroute(fulfillmentOrderIds: ["{owner}"])'
    moved = mutate(
        ask,
        f"{text} {{ movedFulfillmentOrders {{ assignedLocation {{ name }} }} userErrors {{ code }} }}",
    )
    assert moved == {"movedFulfillmentOrders": [{"assignedLocation": {"name": "Workshop"}}], "userErrors": []}


def test_a_service_is_renamed_and_deleted_when_nothing_waits_there(kiln: RunningShop, ask: Ask) -> None:
    (service,) = ask("{ shop { fulfillmentServices { id serviceName } } }")["data"]["shop"]["fulfillmentServices"]
    delete = f'fulfillmentServiceDelete(id: "{service["id"]}") {{ deletedId userErrors {{ field }} }}'
    assert mutate(ask, delete) == {"deletedId": None, "userErrors": [{"field": ["id"]}]}
    rename = f'fulfillmentServiceUpdate(id: "{service["id"]}", name: "Near House") '
    renamed = mutate(ask, rename + "{ fulfillmentService { serviceName location { name } } userErrors { field } }")
    assert renamed["fulfillmentService"] == {"serviceName": "Near House", "location": {"name": "Near House"}}
    twice = mutate(ask, 'fulfillmentServiceCreate(name: "near house") { userErrors { field message } }')
    assert twice["userErrors"] == [{"field": ["name"], "message": "Name has already been taken"}]
    kiln.do("cancel", order="#1001")
    assert mutate(ask, delete) == {"deletedId": service["id"], "userErrors": []}
