"""What customer segments can ask for: the published filters, and where their values come from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from runner.simulator.families.addresses import addresses_of
from runner.simulator.families.spending import amount_spent, order_count, orders_of
from runner.simulator.graph import Graph, Node


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter: the ``kind`` of its values (as in search.py), and the value or values of a customer."""

    kind: str
    read: Callable[[Node, Graph], Any]


def metafield_filter(name: str) -> Filter | None:
    """``metafields.namespace.key``; None for a name of another form."""
    _, _, rest = name.partition(".")
    namespace, dot, key = rest.rpartition(".")
    if not dot:
        return None

    def read(customer: Node, graph: Graph) -> Any:
        for node in graph.find("Metafield", "_owner", customer.id):
            if node["namespace"] == namespace and node["key"] == key:
                return node["value"]
        return None

    return Filter("exact", read)


def _consent(field: str) -> Callable[[Node, Graph], Any]:
    return lambda customer, graph: (customer[field] or {}).get("marketingState", "NOT_SUBSCRIBED")


def _order_dates(customer: Node, graph: Graph) -> list[Any]:
    return sorted(order["processedAt"] or order["createdAt"] for order in orders_of(graph, customer))


def _places(*names: str) -> Callable[[Node, Graph], Any]:
    def read(customer: Node, graph: Graph) -> list[Any]:
        found = []
        for address in addresses_of(graph, customer.id):
            parts = [address[name] for name in names]
            found += ["-".join(str(part) for part in parts)] if all(parts) else []
            found += [address["city"]] if names[-1] == "city" else []
        return found

    return read


FILTERS = {
    "amount_spent": Filter("number", lambda customer, graph: amount_spent(graph, customer)),
    "created_by_app_id": Filter("number", lambda customer, graph: None),
    "customer_account_status": Filter("exact", lambda customer, graph: customer["state"] or "DISABLED"),
    "customer_added_date": Filter("time", lambda customer, graph: customer["createdAt"]),
    "customer_cities": Filter("exact", _places("countryCodeV2", "provinceCode", "city")),
    "customer_countries": Filter("exact", _places("countryCodeV2")),
    "customer_email_domain": Filter(
        "exact", lambda customer, graph: customer["email"].partition("@")[2] if customer["email"] else None
    ),
    "customer_language": Filter("exact", lambda customer, graph: customer["locale"] or "en"),
    "customer_regions": Filter("exact", _places("countryCodeV2", "provinceCode")),
    "customer_tags": Filter("exact", lambda customer, graph: list(customer["tags"] or [])),
    "email_subscription_status": Filter("exact", _consent("_email_consent")),
    "first_order_date": Filter("time", lambda customer, graph: (_order_dates(customer, graph) or [None])[0]),
    "last_order_date": Filter("time", lambda customer, graph: (_order_dates(customer, graph) or [None])[-1]),
    "number_of_orders": Filter("number", lambda customer, graph: order_count(graph, customer)),
    "predicted_spend_tier": Filter("exact", lambda customer, graph: None),
    "product_subscription_status": Filter("exact", lambda customer, graph: "NEVER_SUBSCRIBED"),
    "rfm_group": Filter("exact", lambda customer, graph: None),
    "sms_subscription_status": Filter("exact", _consent("_sms_consent")),
}
UNANSWERED = frozenset(
    {
        "abandoned_checkout_date",
        "anniversary",
        "companies",
        "customer_within_distance",
        "orders_placed",
        "products_purchased",
        "shopify_email.bounced",
        "shopify_email.clicked",
        "shopify_email.delivered",
        "shopify_email.marked_as_spam",
        "shopify_email.opened",
        "shopify_email.unsubscribed",
        "storefront.collection_viewed",
        "storefront.product_viewed",
        "store_credit_accounts",
    }
)
"""Documented filters that the simulator refuses."""
