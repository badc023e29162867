"""How an order comes into being: its lines, where each is taken from, what is committed, paid, and told.

Used by checkouts (the verbs), ``orderCreate``, ``draftOrderComplete`` and seeds alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256
from typing import Any

from runner.simulator.contract import Context
from runner.simulator.families.amounts import ZERO, decimal, split, text, worth
from runner.simulator.families.events import note_event
from runner.simulator.families.money_flow import MANUAL, add_transaction, card_gateway
from runner.simulator.families.order_lines import gross, lines_of, shipping_lines_of, shipping_price
from runner.simulator.families.order_rendering import render_order
from runner.simulator.families.order_sums import financial_status, sums
from runner.simulator.families.quantities import active, find_level, levels_of, quantity
from runner.simulator.families.stock import Movement, move
from runner.simulator.graph import Graph, Node

FIRST_NUMBER = 1001


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line of an order to be placed: a variant, or (``variant`` None) a custom item called ``title``.

    ``price`` a unit, None for the variant's. ``location``: where it is taken from, None for where there is enough.
    ``discount``: what is taken off this line alone, ``{title, description, value, value_type}``.
    """

    quantity: int
    variant: Node | None = None
    title: str | None = None
    price: Decimal | None = None
    location: str | None = None
    attributes: Sequence[Mapping[str, Any]] = ()
    discount: Mapping[str, Any] | None = None
    taxes: Sequence[Mapping[str, Any]] = ()
    more: Mapping[str, Any] = field(default_factory=dict)
    """Other fields of ``LineItem`` as stored, over those of the variant."""


@dataclass(frozen=True, slots=True)
class Placement:
    """An order to be placed. ``payment``: paid, authorized, pending, or none (no transaction at all).

    ``discounts``: of the whole order, ``{type, title, value, value_type, target}``. ``claim``: stock is committed;
    ``take``: committed stock is taken from ``available`` (seeds tell what is available after their orders).
    """

    lines: Sequence[Wanted]
    fields: Mapping[str, Any] = field(default_factory=dict)
    shipping: Sequence[Mapping[str, Any]] = ()
    discounts: Sequence[Mapping[str, Any]] = ()
    payment: str = "paid"
    gateway: str | None = None
    claim: bool = True
    take: bool = True
    pickup: bool = False
    node_id: str | None = None
    placed: str | None = None
    """What the timeline says of it: ``created this order.``; None for what follows from the source."""


def place(context: Context, wanted: Placement) -> Node:
    """Make the order. Sends ``orders/create``, ``orders/paid`` when it is, and what follows for the stock."""
    order = context.graph.create("Order", _fields(context, wanted), id=wanted.node_id)
    for each in wanted.lines:
        add_line(context, order, each, claim=wanted.claim)
    for row in wanted.shipping:
        add_shipping(context, order, row)
    _discount(context, order, wanted)
    _assign(context, order, wanted)
    _note(context, order, wanted.placed)
    _pay(context, order, wanted)
    context.tell("orders/create", render_order, order)
    if financial_status(context.graph, order) == "PAID":
        context.tell("orders/paid", render_order, order)
    if wanted.claim:
        _commit(context, order, take=wanted.take)
    return order


def _note(context: Context, order: Node, placed: str | None) -> None:
    """Begin the timeline: tasks read from it who made an order, and out of which draft."""
    source = order["sourceName"]
    if placed is not None or source not in ("web", "pos"):
        note_event(context, order, "placed", placed or "created this order.")
    elif source == "pos":
        note_event(context, order, "placed", "processed this order on Point of Sale.", author=context.shop["_owner"])
    else:
        author = _customer_name(context, order)
        event = note_event(context, order, "placed", "placed this order on Online Store.", author=author)
        context.graph.update(event.id, attributeToUser=False)


def next_number(graph: Graph) -> int:
    """The number of the next order: ``1001``, one more than the highest."""
    last = graph.of_type("Order")[-1:]
    highest: int = max((order["number"] for order in last), default=FIRST_NUMBER - 1)
    while graph.find("Order", "number", highest + 1):
        highest += 1
    return highest + 1


def _fields(context: Context, wanted: Placement) -> dict[str, Any]:
    graph, now = context.graph, context.graph.now()
    number = wanted.fields.get("number") or next_number(graph)
    token = sha256(f"{context.shop['myshopifyDomain']} {number}".encode()).hexdigest()
    currency = context.shop["currencyCode"]
    return {
        "name": f"#{number}",
        "email": None,
        "phone": None,
        "note": None,
        "tags": [],
        "customAttributes": [],
        "customer": None,
        "billingAddress": None,
        "shippingAddress": None,
        "cancelledAt": None,
        "cancelReason": None,
        "closedAt": None,
        "sourceName": "web",
        "test": False,
        "taxesIncluded": False,
        "taxExempt": False,
        "currencyCode": currency,
        "presentmentCurrencyCode": currency,
        "customerLocale": "en",
        "confirmationNumber": token[:9].upper(),
        "_token": token[:32],
        "_checkout_token": token[32:],
        "_net_paid": "0.00",
        "_discounts": [],
        "processedAt": now,
        "createdAt": now,
        "updatedAt": now,
        **wanted.fields,
        "number": number,
    }


def add_line(context: Context, order: Node, wanted: Wanted, *, claim: bool) -> Node:
    """Add one line to an order; it is not assigned to a location yet."""
    variant = wanted.variant
    product = context.graph.get(variant["product"]) if variant is not None else None
    item = context.graph.get(variant["inventoryItem"]) if variant is not None else None
    title = wanted.title if product is None else product["title"]
    price = wanted.price if wanted.price is not None else decimal(variant["price"] if variant is not None else None)
    option = variant["title"] if variant is not None and variant["title"] != "Default Title" else None
    fields = {
        "_order": order.id,
        "title": title,
        "variantTitle": option,
        "sku": variant["sku"] if variant is not None else None,
        "vendor": product["vendor"] if product is not None else None,
        "product": product.id if product is not None else None,
        "variant": variant.id if variant is not None else None,
        "quantity": wanted.quantity,
        "_removed": 0,
        "_price": text(price),
        "_allocations": [],
        "_taxes": [dict(row) for row in wanted.taxes],
        "customAttributes": [dict(row) for row in wanted.attributes],
        "taxable": variant["taxable"] is not False if variant is not None else True,
        "requiresShipping": item["requiresShipping"] is not False if item is not None else True,
        "isGiftCard": bool(product["isGiftCard"]) if product is not None else False,
        "_service": "manual",
        "_claimed": claim and item is not None and bool(item["tracked"]),
        "_location": wanted.location,
        **wanted.more,
    }
    return context.graph.create("LineItem", fields)


def add_shipping(context: Context, order: Node, row: Mapping[str, Any]) -> Node:
    """Add a way of shipping: ``{title, price, code, source}``."""
    fields = {
        "_order": order.id,
        "title": row["title"],
        "code": row.get("code") or row["title"],
        "source": row.get("source") or "shopify",
        "_price": text(decimal(row.get("price"))),
        "_allocations": [],
        "_taxes": [dict(tax) for tax in row.get("taxes") or ()],
        "isRemoved": False,
        "carrierIdentifier": None,
        "shippingRateHandle": row.get("handle"),
    }
    return context.graph.create("ShippingLine", fields)


def _discount(context: Context, order: Node, wanted: Placement) -> None:
    """Write the discounts down, each with its share in every line."""
    graph = context.graph
    lines = lines_of(graph, order)
    applications: list[dict[str, Any]] = []
    for line, each in zip(lines, wanted.lines, strict=True):
        if each.discount is not None:
            row = application(len(applications), each.discount, method="EACH", selection="EXPLICIT")
            applications.append(row)
            allocate(graph, line, row["index"], worth(row, gross(line), each.quantity))
    for given in wanted.discounts:
        row = application(len(applications), given, method="ACROSS", selection="ALL")
        applications.append(row)
        if row["target"] == "SHIPPING_LINE":
            for line in shipping_lines_of(graph, order):
                allocate(graph, line, row["index"], worth(row, shipping_price(line), 1))
            continue
        weights = [gross(line) - _off(line) for line in lines]
        amount = worth(row, sum(weights, ZERO), 1)
        for line, share in zip(lines, split(amount, weights), strict=True):
            allocate(graph, line, row["index"], share)
    graph.update(order.id, _discounts=applications)


def application(index: int, given: Mapping[str, Any], *, method: str, selection: str) -> dict[str, Any]:
    """A discount as orders keep it."""
    return {
        "index": index,
        "type": given.get("type", "MANUAL"),
        "title": given.get("title"),
        "description": given.get("description"),
        "value": str(given["value"]),
        "value_type": given["value_type"],
        "target": given.get("target", "LINE_ITEM"),
        "method": method,
        "selection": selection,
    }


def allocate(graph: Graph, line: Node, index: int, amount: Decimal) -> None:
    """Add a discount's share to a line."""
    if amount:
        rows = [*(line["_allocations"] or []), {"index": index, "amount": text(amount)}]
        graph.update(line.id, _allocations=rows)


def _off(line: Node) -> Decimal:
    return sum((decimal(row["amount"]) for row in line["_allocations"] or []), ZERO)


def _pay(context: Context, order: Node, wanted: Placement) -> None:
    total = sums(context.graph, order).total
    if not total or wanted.payment == "none":
        return
    gateway = wanted.gateway or (MANUAL if wanted.payment == "pending" else card_gateway(context))
    if wanted.payment == "authorized":
        add_transaction(context, order, "AUTHORIZATION", total, gateway=gateway)
    else:
        status = "PENDING" if wanted.payment == "pending" else "SUCCESS"
        add_transaction(context, order, "SALE", total, gateway=gateway, status=status)


def _customer_name(context: Context, order: Node) -> str:
    customer = context.graph.get(order["customer"])
    names = [customer["firstName"], customer["lastName"]] if customer is not None else []
    return " ".join(name for name in names if name) or order["email"] or "A customer"


# where the lines are taken from


def _assign(context: Context, order: Node, wanted: Placement) -> None:
    by_place: dict[str, list[Node]] = {}
    for line in lines_of(context.graph, order):
        location = line["_location"] or choose_location(context, line["variant"], line["quantity"])
        if location is not None:
            by_place.setdefault(location, []).append(line)
    for location, lines in by_place.items():
        shipped = [line for line in lines if line["requiresShipping"] is not False]
        digital = [line for line in lines if line["requiresShipping"] is False]
        for group, method in ((shipped, "PICK_UP" if wanted.pickup else "SHIPPING"), (digital, "NONE")):
            if group:
                add_fulfillment_order(context, order, location, [(line, line["quantity"]) for line in group], method)


def add_fulfillment_order(
    context: Context, order: Node, location: str, parts: Sequence[tuple[Node, int]], method: str
) -> Node:
    """Make a fulfilment order of lines with quantities at a location."""
    graph, now = context.graph, context.graph.now()
    fields: dict[str, Any] = {
        "_order": order.id,
        "_location": location,
        "_method": method,
        "_holds": [],
        "status": "OPEN",
        "requestStatus": "UNSUBMITTED",
        "fulfillAt": now,
        "fulfillBy": None,
        "createdAt": now,
        "updatedAt": now,
    }
    owner = graph.create("FulfillmentOrder", fields)
    for line, amount in parts:
        add_part(graph, owner, line.id, amount)
    return owner


def add_part(graph: Graph, owner: Node, line_id: str, amount: int) -> Node:
    """Add units of a line to a fulfilment order."""
    fields = {
        "_fulfillment_order": owner.id,
        "lineItem": line_id,
        "totalQuantity": amount,
        "remainingQuantity": amount,
    }
    return graph.create("FulfillmentOrderLineItem", fields)


def choose_location(context: Context, variant_id: str | None, amount: int) -> str | None:
    """Where units of a variant are taken from: the primary location when it has enough, else another one that has,
    else where it is stocked at all."""
    graph = context.graph
    primary: str | None = context.shop["_primary_location"]
    variant = graph.get(variant_id)
    if variant is None:
        return primary
    levels = [level for level in levels_of(graph, variant["inventoryItem"]) if _open(graph, level["location"])]
    levels.sort(key=lambda level: level["location"] != primary)
    enough = [level for level in levels if quantity(level, "available") >= amount]
    found = enough or levels
    return str(found[0]["location"]) if found else primary


def _open(graph: Graph, location_id: str) -> bool:
    location = graph.get(location_id)
    return location is not None and location["isActive"] is not False


def _commit(context: Context, order: Node, *, take: bool) -> None:
    move(context, commitments(context.graph, order, lines_of(context.graph, order), take=take))


def commitments(graph: Graph, order: Node, lines: Sequence[Node], *, take: bool = True) -> list[Movement]:
    """The movements that commit what the open fulfilment orders have of these lines."""
    movements = []
    wanted = {line.id: line for line in lines if line["_claimed"]}
    for owner in graph.find("FulfillmentOrder", "_order", order.id):
        for part in graph.find("FulfillmentOrderLineItem", "_fulfillment_order", owner.id):
            if part["lineItem"] in wanted:
                line = wanted[part["lineItem"]]
                movements += shift(graph, line, owner["_location"], part["remainingQuantity"], take=take)
    return movements


def shift(graph: Graph, line: Node, location: str, amount: int, *, take: bool = True) -> list[Movement]:
    """Commit ``amount`` units of a line at a location (below zero: give them back to ``available``)."""
    variant = graph.get(line["variant"])
    level = find_level(graph, variant["inventoryItem"], location) if variant is not None else None
    if level is None or not active(level) or not line["_claimed"]:
        return []
    committed = Movement(level.id, "committed", amount)
    return [Movement(level.id, "available", -amount), committed] if take else [committed]
