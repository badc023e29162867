"""The discounts of a seed.

::

    discounts:
      - code: SPRING                    # without a code it is automatic
        title, id, starts, ends (times), usage_limit, used (0), once_per_customer (false), tags
        percentage: 10                  # or amount: 5.00, with each: true for each item
        products: [mug], collections: [cups]      # handles; absent: the entire order
        minimum: 50.00                  # or minimum_quantity: 2
        customers: [pat@shop.test]      # addresses of email; absent: everybody
        free_shipping: true             # instead of percentage or amount
        combines_with: [order_discounts, product_discounts, shipping_discounts]
"""

from __future__ import annotations

from datetime import UTC
from typing import Any

from runner.simulator.graph import Graph
from runner.simulator.seed_collections import given_id
from runner.simulator.seed_reader import Table, nearest

_COMBINES = {
    "order_discounts": "orderDiscounts",
    "product_discounts": "productDiscounts",
    "shipping_discounts": "shippingDiscounts",
}


def add_discounts(root: Table, graph: Graph) -> None:
    """Create everything under ``discounts``; what they are about is there already."""
    for table in root.tables("discounts", short="code"):
        code = table.text("code")
        by, kind = ("Code" if code else "Automatic"), _kind(table)
        title = table.text("title", code) or table.required("title")
        if code and graph.first("DiscountRedeemCode", "_lower", code.lower()) is not None:
            table.refuse(f"there are two discounts with the code {code}", "code")
        used = table.integer("used", 0, minimum=0)
        fields: dict[str, Any] = {
            "_kind": f"Discount{by}{kind}",
            "title": title,
            "startsAt": _time(table, "starts") or graph.now(),
            "endsAt": _time(table, "ends"),
            "tags": table.texts("tags"),
            "usageLimit": table.integer("usage_limit", minimum=1) if "usage_limit" in table else None,
            "appliesOncePerCustomer": table.boolean("once_per_customer", False),
            "_used": used,
            "_combines": _combines(table),
            "_gets": _gets(table, graph) if kind == "Basic" else None,
            "_minimum": _minimum(table),
            "_context": _customers(table, graph),
            "_shipping": {"countries": None} if kind == "FreeShipping" else None,
            "createdAt": graph.now(),
            "updatedAt": graph.now(),
        }
        node = graph.create(f"Discount{by}Node", fields, id=given_id(table, graph, f"Discount{by}Node"))
        if code:
            row = {"code": code, "_lower": code.lower(), "_discount": node.id, "_used": used}
            graph.create("DiscountRedeemCode", row)
        table.finish()


def _kind(table: Table) -> str:
    shipping = table.boolean("free_shipping", False)
    given = [name for name in ("percentage", "amount") if name in table]
    if len(given) + shipping != 1:
        table.refuse("give one of percentage, amount and free_shipping")
    return "FreeShipping" if shipping else "Basic"


def _gets(table: Table, graph: Graph) -> dict[str, Any]:
    percentage = table.money("percentage")
    each = table.boolean("each", False)
    products, collections = (
        _named(table, graph, "products", "Product"),
        _named(table, graph, "collections", "Collection"),
    )
    if products and collections:
        table.refuse("a discount is for products or for collections, not both", "collections")
    value = {"percentage": float(percentage) / 100} if percentage else {"amount": table.money("amount"), "each": each}
    items: dict[str, Any] = {"all": True}
    if collections:
        items = {"collections": collections}
    elif products:
        items = {"products": products, "variants": []}
    return {"items": items, "value": value}


def _named(table: Table, graph: Graph, key: str, kind: str) -> list[str]:
    found = []
    for handle in table.texts(key):
        node = graph.first(kind, "handle", handle)
        if node is None:
            known = [str(each["handle"]) for each in graph.of_type(kind)]
            table.refuse(f"there is no {kind.lower()} {handle!r}", key, nearest(handle, known))
        found.append(node.id)
    return found


def _minimum(table: Table) -> dict[str, Any] | None:
    subtotal = table.money("minimum")
    if subtotal is not None:
        return {"subtotal": subtotal}
    return {"quantity": str(table.integer("minimum_quantity"))} if "minimum_quantity" in table else None


def _customers(table: Table, graph: Graph) -> dict[str, Any]:
    found = []
    for email in table.texts("customers"):
        node = graph.first("Customer", "email", email.lower())
        if node is None:
            known = [str(each["email"]) for each in graph.of_type("Customer")]
            table.refuse(f"there is no customer {email!r}", "customers", nearest(email, known))
        found.append(node.id)
    return {"customers": found} if found else {"all": True}


def _combines(table: Table) -> dict[str, bool]:
    names = table.texts("combines_with")
    for name in names:
        if name not in _COMBINES:
            table.refuse(f"expected one of {', '.join(_COMBINES)}, found {name!r}", "combines_with")
    return {ours: theirs in names for theirs, ours in _COMBINES.items()}


def _time(table: Table, key: str) -> str | None:
    moment = table.moment(key)
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None
