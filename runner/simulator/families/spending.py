"""What a customer bought: from the orders in the graph, and from the time before (``_orders_before``, seeded)."""

from __future__ import annotations

from decimal import Decimal

from runner.simulator.graph import Graph, Node


def orders_of(graph: Graph, customer: Node) -> list[Node]:
    """The orders of a customer, oldest first."""
    return graph.find("Order", "customer", customer.id)


def order_count(graph: Graph, customer: Node) -> int:
    """How many orders the customer placed."""
    before: int = (customer["_orders_before"] or {}).get("count", 0)
    return before + len(orders_of(graph, customer))


def amount_spent(graph: Graph, customer: Node) -> Decimal:
    """What the customer paid, less refunds, in the shop's currency.

    ``_net_paid`` of an order (a decimal as text) is kept by the family of orders.
    """
    before = Decimal((customer["_orders_before"] or {}).get("spent", "0"))
    return before + sum((Decimal(order["_net_paid"] or "0") for order in orders_of(graph, customer)), Decimal())


def last_order(graph: Graph, customer: Node) -> Node | None:
    """The newest order; None without any."""
    found = orders_of(graph, customer)
    return found[-1] if found else None
