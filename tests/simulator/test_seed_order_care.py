"""What a seed says became of an order: payments, waiting, parcels, returns, refunds, disputes; where it came from."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from runner.errors import InputError
from runner.simulator.seed import load_seed
from runner.simulator.server import RunningShop
from tests.simulator.buying import SEED, Ask, held

MUG = [{"sku": "MUG-B", "quantity": 2}]
"""55.00."""
SENT = {"fulfilled": True, "fulfilled_at": "2026-02-10T09:00:00Z", "tracking": {"company": "UPS", "number": "1Z"}}
B2B = {"name": "Harbour Hotels", "contacts": ["pat@shop.test"], "since": "2025-01-02T00:00:00Z", "locations": ["Leeds"]}
FIELDS = """displayFinancialStatus displayFulfillmentStatus returnStatus updatedAt cancelledAt closedAt clientIp
poNumber landingPageUrl referrerUrl totalTipReceivedSet { shopMoney { amount } } retailLocation { name }
totalReceivedSet { shopMoney { amount } } totalRefundedSet { shopMoney { amount } }
disputes { initiatedAs status }
purchasingEntity { ... on PurchasingCompany { company { name customerSince } location { name } } }
customerJourneySummary { firstVisit { source landingPage utmParameters { campaign medium } } }
fulfillments { displayStatus deliveredAt trackingInfo { number } }
fulfillmentOrders(first: 3) { nodes { status fulfillAt fulfillmentHolds { reason reasonNotes } } }
returns(first: 3) { nodes { status createdAt } }
refunds { createdAt note }"""


def only_order(served: RunningShop, ask: Ask, order: dict[str, Any]) -> dict[str, Any]:
    """The order that a seed with this one entry has."""
    row = {"lines": MUG, "customer": "pat@shop.test", "created": "2026-02-08T09:00:00Z", **order}
    served.reset({**SEED, "companies": [B2B], "orders": [row]})
    body = ask(f"{{ orders(first: 2) {{ nodes {{ {FIELDS} }} }} }}")
    assert "errors" not in body, body
    (found,) = body["data"]["orders"]["nodes"]
    result: dict[str, Any] = found
    return result


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ({"payment": "pending", "received": "15.00"}, ("PARTIALLY_PAID", "UNFULFILLED", "NO_RETURN")),
        ({"payment": "pending", "received": "55.00"}, ("PAID", "UNFULFILLED", "NO_RETURN")),
        ({"payment": "authorized", "received": "20.00"}, ("PARTIALLY_PAID", "UNFULFILLED", "NO_RETURN")),
        ({"payment": "authorized", "voided": True}, ("VOIDED", "UNFULFILLED", "NO_RETURN")),
        ({"hold": "inventory_out_of_stock"}, ("PAID", "ON_HOLD", "NO_RETURN")),
        ({"scheduled": "2026-03-20T00:00:00Z"}, ("PAID", "SCHEDULED", "NO_RETURN")),
        ({"in_progress": True}, ("PAID", "IN_PROGRESS", "NO_RETURN")),
        ({**SENT, "returns": [{}]}, ("PAID", "FULFILLED", "RETURN_REQUESTED")),
        ({**SENT, "returns": [{"status": "open"}]}, ("PAID", "FULFILLED", "IN_PROGRESS")),
        ({**SENT, "returns": [{"status": "closed"}]}, ("PAID", "FULFILLED", "RETURNED")),
        ({**SENT, "returns": [{"status": "declined"}]}, ("PAID", "FULFILLED", "NO_RETURN")),
        ({**SENT, "returns": [{"status": "cancelled"}]}, ("PAID", "FULFILLED", "NO_RETURN")),
        ({**SENT, "refund": {"amount": "5.00"}}, ("PARTIALLY_REFUNDED", "FULFILLED", "NO_RETURN")),
        ({**SENT, "refunded": True}, ("REFUNDED", "FULFILLED", "NO_RETURN")),
    ],
)
def test_an_order_is_in_the_state_that_follows(
    served: RunningShop, ask: Ask, order: dict[str, Any], expected: tuple[str, str, str]
) -> None:
    found = only_order(served, ask, order)
    shown = (found["displayFinancialStatus"], found["displayFulfillmentStatus"], found["returnStatus"])
    assert shown == expected


def test_everything_happened_at_its_time(served: RunningShop, ask: Ask) -> None:
    found = only_order(
        served,
        ask,
        {
            **SENT,
            "delivered_at": "2026-02-13T09:00:00Z",
            "returns": [{"reason": "size_too_small", "status": "closed", "at": "2026-02-15T09:00:00Z"}],
            "refunded": [{"sku": "MUG-B"}],
            "refund": {"note": "One was chipped", "restock": False},
            "refunded_at": "2026-02-16T09:00:00Z",
            "closed_at": "2026-02-17T09:00:00Z",
        },
    )
    parcel = {"displayStatus": "DELIVERED", "deliveredAt": "2026-02-13T09:00:00Z", "trackingInfo": [{"number": "1Z"}]}
    assert found["fulfillments"] == [parcel]
    assert found["returns"]["nodes"] == [{"status": "CLOSED", "createdAt": "2026-02-15T09:00:00Z"}]
    assert found["refunds"] == [{"createdAt": "2026-02-16T09:00:00Z", "note": "One was chipped"}]
    assert found["totalRefundedSet"]["shopMoney"]["amount"] == "27.5"
    assert (found["closedAt"], found["updatedAt"]) == ("2026-02-17T09:00:00Z", "2026-02-17T09:00:00Z")
    assert held(served, "MUG-B") == (10, 0), "what came back was not put on the shelf again"


def test_what_keeps_an_order_is_told(served: RunningShop, ask: Ask) -> None:
    hold = {"reason": "incorrect_address", "notes": "Asked for the house number"}
    (owner,) = only_order(served, ask, {"hold": hold})["fulfillmentOrders"]["nodes"]
    expected = [{"reason": "INCORRECT_ADDRESS", "reasonNotes": "Asked for the house number"}]
    assert owner["fulfillmentHolds"] == expected


def test_a_parcel_on_its_way_is_not_delivered(served: RunningShop, ask: Ask) -> None:
    (parcel,) = only_order(served, ask, {**SENT, "carried": "out_for_delivery"})["fulfillments"]
    assert (parcel["displayStatus"], parcel["deliveredAt"]) == ("OUT_FOR_DELIVERY", None)


def test_an_order_tells_for_whom_and_from_where_it_came(served: RunningShop, ask: Ask) -> None:
    visit = {"source": "google", "landing": "/cups", "campaign": "spring", "medium": "cpc"}
    more = {"ip": "203.0.113.4", "landing": "/cups", "referrer": "https://news.test/", "visits": [visit]}
    found = only_order(served, ask, {**more, "company": "Harbour Hotels", "po_number": "PO-7", "tip": "3.00"})
    assert found["purchasingEntity"] == {
        "company": {"name": "Harbour Hotels", "customerSince": "2025-01-02T00:00:00Z"},
        "location": {"name": "Leeds"},
    }
    assert (found["clientIp"], found["poNumber"]) == ("203.0.113.4", "PO-7")
    assert (found["landingPageUrl"], found["referrerUrl"]) == ("/cups", "https://news.test/")
    assert found["totalTipReceivedSet"]["shopMoney"]["amount"] == "3.0"
    assert found["customerJourneySummary"]["firstVisit"] == {
        "source": "google",
        "landingPage": "/cups",
        "utmParameters": {"campaign": "spring", "medium": "cpc"},
    }


def test_an_order_of_a_store_names_it(served: RunningShop, ask: Ask) -> None:
    found = only_order(served, ask, {"source": "pos", "store": "Gallery"})
    assert found["retailLocation"] == {"name": "Gallery"}


@pytest.mark.parametrize(
    ("dispute", "expected"),
    [
        ("needs_response", {"initiatedAs": "CHARGEBACK", "status": "NEEDS_RESPONSE"}),
        ({"kind": "inquiry", "status": "won"}, {"initiatedAs": "INQUIRY", "status": "WON"}),
    ],
)
def test_a_bank_may_ask_for_the_money_back(
    served: RunningShop, ask: Ask, dispute: Any, expected: dict[str, str]
) -> None:
    assert only_order(served, ask, {"dispute": dispute})["disputes"] == [expected]


def test_what_is_picked_up_can_be_ready(served: RunningShop) -> None:
    served.reset({**SEED, "orders": [{"lines": MUG, "pickup": True, "ready": True}]})
    (owner,) = served.state("FulfillmentOrder")["objects"]["FulfillmentOrder"].values()
    assert (owner["_method"], owner["_ready"]) == ("PICK_UP", True)


@pytest.mark.parametrize(
    ("order", "part", "message"),
    [
        ({"voided": True}, "orders[0].voided", "nothing was authorized"),
        ({"payment": "pending", "received": "99.00"}, "orders[0].received", "exceeds the outstanding balance"),
        ({"hold": "asleep"}, "orders[0].hold", "expected one of AWAITING_PAYMENT"),
        ({"hold": {"reason": "other", "note": "x"}}, "orders[0].hold.note", "unknown key note"),
        ({"ready": True}, "orders[0].ready", "only what the customer picks up"),
        ({"carried": "in_transit"}, "orders[0].carried", "only what was fulfilled is delivered"),
        ({"delivered_at": "2026-03-01T00:00:00Z"}, "orders[0].delivered", "only what was fulfilled is delivered"),
        ({"returns": [{}]}, "orders[0].returns[0]", "nothing like that"),
        ({**SENT, "returns": [{"reason": "bored"}]}, "orders[0].returns[0]", "there is no reason 'bored'"),
        ({**SENT, "returns": [{"status": "lost"}]}, "orders[0].returns[0].status", "expected one of requested"),
        ({"cancelled_at": "2026-03-01T00:00:00Z"}, "orders[0].cancelled_at", "say why it was cancelled"),
        ({"dispute": "lots"}, "orders[0]", "there is no status 'lots'"),
        ({"company": "Harbor Hotels"}, "orders[0].company", "there is no company 'Harbor Hotels'"),
        ({"company": "Harbour Hotels", "customer": None}, "orders[0].company", "its customer is no contact"),
        ({"store": "Galery"}, "orders[0].store", "there is no location 'Galery'"),
    ],
)
def test_a_mistake_in_what_happened_is_named_with_its_place(order: dict[str, Any], part: str, message: str) -> None:
    row = {"lines": MUG, "customer": "pat@shop.test", **order}
    with pytest.raises(InputError, match=message) as raised:
        load_seed({**SEED, "companies": [B2B], "orders": [row]})
    assert raised.value.where is not None
    assert raised.value.where.part == part


def test_the_timeline_names_the_staff_that_did_it(served: RunningShop, ask: Ask) -> None:
    rows = [{"lines": MUG, "source": "pos", "staff": "Jane Doe"}]
    served.reset({**SEED, "orders": rows, "draft_orders": [{"lines": MUG, "staff": "Zhang Wei"}]})
    events = "events(first: 1) { nodes { message } }"
    body = ask(f"{{ orders(first: 1) {{ nodes {{ {events} }} }} draftOrders(first: 1) {{ nodes {{ {events} }} }} }}")
    found = [body["data"][root]["nodes"][0]["events"]["nodes"] for root in ("orders", "draftOrders")]
    assert found == [
        [{"message": "Jane Doe processed this order on Point of Sale."}],
        [{"message": "Zhang Wei created this draft order."}],
    ]


def test_rest_tells_with_which_browser_an_order_was_placed(served: RunningShop, http: httpx.Client) -> None:
    orders = [{"lines": MUG, "ip": "203.0.113.4", "user_agent": "Firefox/135.0"}, {"lines": MUG}]
    served.reset({**SEED, "orders": orders})
    found = http.get("/admin/api/2026-04/orders.json?status=any&order=id+asc").json()["orders"]
    known, unknown = sorted(found, key=lambda order: int(order["id"]))
    assert (known["client_details"]["user_agent"], known["browser_ip"]) == ("Firefox/135.0", "203.0.113.4")
    assert unknown["client_details"]["user_agent"] is None


def test_where_a_customer_first_came_is_where_the_order_landed(served: RunningShop, ask: Ask) -> None:
    visits = [{"landing": "/cups", "referrer": "https://news.test/"}, {"landing": "/sale"}]
    found = only_order(served, ask, {"visits": visits})
    assert (found["landingPageUrl"], found["referrerUrl"]) == ("/cups", "https://news.test/")


def test_the_returns_of_an_order_are_searched_by_id_and_status(served: RunningShop, ask: Ask) -> None:
    lines = [{"sku": "MUG-B", "quantity": 1}]
    back = [{"lines": lines, "status": "closed"}, {"lines": lines, "status": "open"}]
    served.reset({**SEED, "orders": [{"lines": MUG, **SENT, "returns": back}]})
    (first, _) = served.state("Return")["objects"]["Return"]

    def found(query: str) -> list[str]:
        returns = "returns(first: 5, query: $q) { nodes { id } }"
        body = ask(f"query ($q: String) {{ orders(first: 1) {{ nodes {{ {returns} }} }} }}", q=query)
        return [node["id"] for node in body["data"]["orders"]["nodes"][0]["returns"]["nodes"]]

    assert found(f"id:{first.rsplit('/', 1)[-1]}") == [first]
    assert found("status:closed") == [first]
    assert len(found("status:closed OR status:open")) == 2


@pytest.mark.parametrize(
    ("more", "gateway", "company"),
    [({}, "bogus", "Bogus"), ({"gateway": "shopify_payments"}, "shopify_payments", "Visa")],
)
def test_cards_are_paid_with_the_gateway_of_the_shop(
    served: RunningShop, ask: Ask, more: dict[str, str], gateway: str, company: str
) -> None:
    served.reset({**SEED, "shop": {**SEED["shop"], **more}, "orders": [{"lines": MUG}]})
    served.do("sell", sku="MUG-B")
    details = "paymentDetails { ... on CardPaymentDetails { company } }"
    body = ask(f"{{ orders(first: 2) {{ nodes {{ paymentGatewayNames transactions {{ {details} }} }} }} }}")
    expected = {"paymentGatewayNames": [gateway], "transactions": [{"paymentDetails": {"company": company}}]}
    assert body["data"]["orders"]["nodes"] == [expected, expected]
