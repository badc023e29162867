"""What orders can be searched by: the fields Shopify documents, and the words of each status."""

from __future__ import annotations

from typing import Any

from runner.simulator import search_drafts
from runner.simulator.families.metafields import values_by_name
from runner.simulator.families.order_lines import fulfillment_orders_of, lines_of
from runner.simulator.families.order_sums import financial_status, fulfillment_status, sums, transactions_of
from runner.simulator.families.orders import codes
from runner.simulator.families.risks import level_of
from runner.simulator.graph import Graph, Node
from runner.simulator.search import Reader, SearchField, SearchTable

_SHIPPED = {
    "FULFILLED": ("fulfilled", "shipped"),
    "PARTIALLY_FULFILLED": ("partial", "partially_fulfilled", "unfulfilled"),
    "UNFULFILLED": ("unshipped", "unfulfilled"),
    "ON_HOLD": ("on_hold", "unshipped", "unfulfilled"),
    "SCHEDULED": ("scheduled", "unshipped", "unfulfilled"),
    "IN_PROGRESS": ("in_progress", "unshipped", "unfulfilled"),
}
_UNANSWERED = SearchField("exact", None)


def _stored(name: str) -> Reader:
    return lambda node, graph: node[name]


def status_words(order: Node) -> list[str]:
    """What ``status:`` finds an order by."""
    words = ["cancelled"] if order["cancelledAt"] else []
    if order["closedAt"]:
        return [*words, "closed"]
    return [*(words or ["open"]), "not_closed"]


def fulfillment_words(graph: Graph, order: Node) -> tuple[str, ...]:
    """What ``fulfillment_status:`` finds an order by: ``unfulfilled`` is both unshipped and partial."""
    return _SHIPPED[fulfillment_status(graph, order)]


def _financial(order: Node, graph: Graph) -> list[str]:
    status = financial_status(graph, order).lower()
    return [status, "unpaid"] if status in ("authorized", "partially_paid", "pending") else [status]


def _lines(name: str) -> Reader:
    return lambda order, graph: [line[name] for line in lines_of(graph, order)]


def _customer(order: Node, graph: Graph) -> list[Any]:
    customer = graph.get(order["customer"])
    return [customer["firstName"], customer["lastName"], customer["email"]] if customer is not None else []


def _places(order: Node, graph: Graph) -> list[Any]:
    names = ("firstName", "lastName", "address1", "city", "province", "country", "zip")
    return [each[name] for each in (order["shippingAddress"], order["billingAddress"]) if each for name in names]


def _returns(order: Node, graph: Graph) -> list[str]:
    statuses = {each["status"] for each in graph.find("Return", "_order", order.id)}
    words = {"REQUESTED": "return_requested", "OPEN": "in_progress", "CLOSED": "returned"}
    return [words[status] for status in sorted(statuses) if status in words] or ["no_return"]


def _methods(order: Node, graph: Graph) -> list[str]:
    words = {"PICK_UP": "pick-up", "SHIPPING": "shipping", "NONE": "none"}
    return [words[each["_method"]] for each in fulfillment_orders_of(graph, order)]


def _dispute_words(order: Node, graph: Graph) -> list[str]:
    """The statuses of an order's disputes; and ``any``, by which tasks of the library find all that have one."""
    found = [str(row["status"]) for row in order["_disputes"] or []]
    return [*found, "any"] if found else []


def _quantity(order: Node, graph: Graph) -> int:
    return sum(int(line["quantity"]) for line in lines_of(graph, order))


_ID = SearchField("id", lambda node, graph: node.id)
_ORDERS = SearchTable(
    fields={
        "id": _ID,
        "chargeback_status": SearchField("exact", _dispute_words),
        "checkout_token": SearchField("exact", _stored("_checkout_token")),
        "confirmation_number": SearchField("exact", _stored("confirmationNumber")),
        "created_at": SearchField("time", _stored("createdAt")),
        "current_total_price": SearchField("number", lambda node, graph: sums(graph, node, current=True).total),
        "customer_id": SearchField("id", _stored("customer")),
        "delivery_method": SearchField("exact", _methods),
        "discount_code": SearchField("exact", lambda node, graph: codes(node)),
        "email": SearchField("exact", _stored("email")),
        "financial_status": SearchField("list", _financial),
        "fulfillment_location_id": SearchField(
            "id", lambda node, graph: [each["_location"] for each in fulfillment_orders_of(graph, node)]
        ),
        "fulfillment_status": SearchField("list", lambda node, graph: list(fulfillment_words(graph, node))),
        "gateway": SearchField("exact", lambda node, graph: [each["gateway"] for each in transactions_of(graph, node)]),
        "location_id": SearchField("id", _stored("retailLocation")),
        "metafields.*": SearchField("exact", values_by_name),
        "name": SearchField("exact", lambda node, graph: [node["name"], str(node["number"])]),
        "payment_id": SearchField(
            "exact", lambda node, graph: [each["paymentId"] for each in transactions_of(graph, node)]
        ),
        "po_number": SearchField("exact", _stored("poNumber")),
        "processed_at": SearchField("time", _stored("processedAt")),
        "return_status": SearchField("exact", _returns),
        "risk_level": SearchField("exact", lambda node, graph: level_of(node).lower()),
        "sales_channel": SearchField("exact", lambda node, graph: node["sourceName"] or "web"),
        "sku": SearchField("exact", _lines("sku")),
        "source_identifier": SearchField("exact", _stored("sourceIdentifier")),
        "source_name": SearchField("exact", lambda node, graph: node["sourceName"] or "web"),
        "status": SearchField("exact", lambda node, graph: status_words(node)),
        "subtotal_line_items_quantity": SearchField("number", _quantity),
        "tag": SearchField("exact", _stored("tags")),
        "tag_not": SearchField("exact", _stored("tags")),
        "test": SearchField("boolean", _stored("test")),
        "updated_at": SearchField("time", _stored("updatedAt")),
        **dict.fromkeys(
            (
                "cart_token",
                "channel",
                "channel_id",
                "credit_card_last4",
                "earliest_fulfill_by",
                "fraud_protection_level",
                "payment_provider_id",
                "reference_location_id",
                "total_weight",
                "user_id",
            ),
            _UNANSWERED,
        ),
    },
    default=(
        _stored("name"),
        _stored("email"),
        _stored("note"),
        _stored("tags"),
        _customer,
        _places,
        _lines("title"),
        _lines("sku"),
    ),
)
_FULFILLMENT_ORDERS = SearchTable(
    fields={
        "id": _ID,
        "assigned_location_id": SearchField("id", _stored("_location")),
        "status": SearchField("exact", _stored("status")),
        "updated_at": SearchField("time", _stored("updatedAt")),
    }
)
_RETURNS = SearchTable(
    fields={
        "id": _ID,
        "created_at": SearchField("time", _stored("createdAt")),
        "status": SearchField("exact", _stored("status")),
    }
)
SEARCHES = {
    "orders": _ORDERS,
    "fulfillmentOrders": _FULFILLMENT_ORDERS,
    "returns": _RETURNS,
    **search_drafts.SEARCHES,
}
