"""Orders: computed fields. How they are made: ``placing.py``; their lines: ``order_lines.py``; sums: ``order_sums.py``.

Stored: name, number, email, phone, note, tags, customAttributes [{key, value}], customer, billingAddress and
shippingAddress (mappings of addresses.py), sourceName, retailLocation, ``_discounts`` (placing.py), taxesIncluded,
taxExempt, test, poNumber, clientIp, customerLocale, confirmationNumber, ``_token``, ``_net_paid``, ``_tip``,
``_edited``, ``_disputes`` [{id, initiatedAs, status}], ``_risk`` [{level, facts, provider}], ``_journey`` (the moments
of the customer's visits), ``_user_agent``, ``_staff_note``, ``_terms`` (payment terms), closedAt, cancelledAt,
cancelReason, processedAt, createdAt, updatedAt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from runner.simulator.contract import Context, Fields, Listing
from runner.simulator.families.amounts import money
from runner.simulator.families.answers import always, count_of, stored
from runner.simulator.families.metafields import find_metafield
from runner.simulator.families.order_lines import (
    current_quantity,
    fulfillment_orders_of,
    fulfillments_of,
    lines_of,
    shipping_lines_of,
    unfulfilled,
)
from runner.simulator.families.order_rendering import gateways, status_url
from runner.simulator.families.order_sums import (
    capturable,
    financial_status,
    fulfillment_status,
    outstanding,
    paid,
    refunds_of,
    sums,
    transactions_of,
)
from runner.simulator.families.publications import online_store
from runner.simulator.families.risks import journey, risk_level, risk_summary
from runner.simulator.families.shop_settings import business_entity
from runner.simulator.families.weights import total_grams
from runner.simulator.graph import Node

INDEXES = {
    "Order": ("customer", "number", "name"),
    "LineItem": ("_order", "variant"),
    "ShippingLine": ("_order",),
    "OrderTransaction": ("order", "parentTransaction", "_refund"),
}


def _transactions(order: Node, context: Context, args: Mapping[str, Any]) -> list[Node]:
    found = transactions_of(context.graph, order)
    if args.get("capturable") is not None:
        found = [each for each in found if (capturable(context.graph, each) > 0) is args["capturable"]]
    if args.get("manuallyResolvable") is not None:
        found = [each for each in found if (each["status"] == "PENDING") is args["manuallyResolvable"]]
    return found[: args.get("first")]


def _can_mark_paid(order: Node, context: Context, args: Mapping[str, Any]) -> bool:
    return markable(context, order)


def markable(context: Context, order: Node) -> bool:
    """Whether staff may say that the order was paid: something is owed and nothing is authorized for it."""
    if order["cancelledAt"] or paid(context.graph, order).authorized:
        return False
    return outstanding(context.graph, order) > 0


def _fully_paid(order: Node, context: Context, args: Mapping[str, Any]) -> bool:
    was, had = sums(context.graph, order, current=True).total, paid(context.graph, order)
    return had.net >= was and (had.received > 0 or not was)


def _applications(order: Node, context: Context, args: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [application(row, context) for row in order["_discounts"] or []]


def application(row: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """A ``DiscountApplication`` of a discount as orders keep it."""
    percentage = {"__typename": "PricingPercentageValue", "percentage": float(row["value"])}
    fixed = {"__typename": "MoneyV2", **money(Decimal(row["value"]), context)}
    return {
        "__typename": {
            "CODE": "DiscountCodeApplication",
            "MANUAL": "ManualDiscountApplication",
            "SCRIPT": "ScriptDiscountApplication",
        }.get(row["type"], "AutomaticDiscountApplication"),
        "index": row["index"],
        "code": row["title"],
        "title": row["title"] or "",
        "description": row.get("description"),
        "allocationMethod": row["method"],
        "targetSelection": row["selection"],
        "targetType": row["target"],
        "value": percentage if row["value_type"] == "PERCENTAGE" else fixed,
    }


def codes(order: Node) -> list[str]:
    """The discount codes of an order."""
    return [row["title"] for row in order["_discounts"] or [] if row["type"] == "CODE"]


def _fulfillment_orders(order: Node, context: Context, args: Mapping[str, Any]) -> Listing:
    return Listing(fulfillment_orders_of(context.graph, order), search="fulfillmentOrders")


def _first(read: Callable[[Any, Node], list[Node]]) -> Any:
    return lambda order, context, args: read(context.graph, order)[: args.get("first")]


def _return_status(order: Node, context: Context, args: Mapping[str, Any]) -> str:
    return return_status(context, order)


def return_status(context: Context, order: Node) -> str:
    """``Order.returnStatus``: the most pressing of its returns."""
    statuses = {each["status"] for each in context.graph.find("Return", "_order", order.id)}
    for status, shown in (("REQUESTED", "RETURN_REQUESTED"), ("OPEN", "IN_PROGRESS"), ("CLOSED", "RETURNED")):
        if status in statuses:
            return shown
    return "NO_RETURN"


def _publication(order: Node, context: Context, args: Mapping[str, Any]) -> Node | None:
    return _sold_through(order, context)


def _sold_through(order: Node, context: Context) -> Node | None:
    """The sales channel: the point of sale's for its orders, else the online store's; none for drafts and apps."""
    source = order["sourceName"] or "web"
    if source == "pos":
        return context.graph.first("Publication", "name", "Point of Sale")
    return online_store(context.graph) if source == "web" else None


def _channel_information(order: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any] | None:
    publication = _sold_through(order, context)
    channel = context.graph.first("Channel", "_publication", publication.id) if publication is not None else None
    if channel is None:
        return None
    app = channel["app"]
    return {
        "id": f"gid://shopify/ChannelInformation/{order.number}",
        "channelId": channel.id,
        "displayName": channel["name"],
        "app": app,
        "channelDefinition": {
            "id": f"gid://shopify/ChannelDefinition/{channel.number}",
            "handle": channel["handle"],
            "channelName": channel["name"],
            "subChannelName": channel["name"],
            "svgIcon": None,
            "isMarketplace": False,
        },
    }


def _app(order: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any] | None:
    publication = _sold_through(order, context)
    app = context.graph.get(publication["_app"]) if publication is not None else None
    if app is None:
        return None
    image = {"url": f"https://{context.shop['myshopifyDomain']}/apps/{app['handle']}.png"}
    return {"id": app.id, "name": app["title"], "icon": image}


def _attributes(order: Node, context: Context, args: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"key": row["key"], "value": row["value"]} for row in order["customAttributes"] or []]


def _subtotal_quantity(*, current: bool) -> Any:
    def read(order: Node, context: Context, args: Mapping[str, Any]) -> int:
        found = lines_of(context.graph, order)
        return sum(current_quantity(line) if current else int(line["quantity"]) for line in found)

    return read


def _weight(*, current: bool) -> Any:
    def read(order: Node, context: Context, args: Mapping[str, Any]) -> str:
        found = lines_of(context.graph, order)
        parts = ((line, current_quantity(line) if current else int(line["quantity"])) for line in found)
        return str(total_grams(context.graph, parts))

    return read


def address_of(order: Node, name: str) -> dict[str, Any] | None:
    """An address of an order or draft as a ``MailingAddress``, which has an id of its own."""
    held = order[name]
    if not held:
        return None
    number = order.number * 2 + (name == "billingAddress")
    return {**held, "id": f"gid://shopify/MailingAddress/{number}?model_name=Address"}


def _address(name: str) -> Any:
    return lambda order, context, args: address_of(order, name)


def _same_address(order: Node, context: Context, args: Mapping[str, Any]) -> bool:
    return bool(order["billingAddress"] == order["shippingAddress"])


def _by_identifier(source: Any, context: Context, args: Mapping[str, Any]) -> Node | None:
    identifier = args["identifier"]
    if identifier.get("id") is not None:
        return context.graph.get(identifier["id"], "Order")
    custom = identifier.get("customId") or {}
    for order in context.graph.of_type("Order"):
        held = find_metafield(context.graph, order.id, custom.get("namespace") or "", custom.get("key") or "")
        if held is not None and held["value"] == custom.get("value"):
            return order
    return None


def _orders(source: Any, context: Context, args: Mapping[str, Any]) -> Listing:
    graph = context.graph

    def customer(order: Node) -> str | None:
        node = graph.get(order["customer"])
        return f"{node['lastName'] or ''}, {node['firstName'] or ''}" if node is not None else None

    def place(order: Node) -> str | None:
        address = order["shippingAddress"] or {}
        return f"{address['country']} {address['province']} {address['city']}" if address else None

    sorts: dict[str, Callable[[Node], Any]] = {
        "CURRENT_TOTAL_PRICE": lambda order: float(sums(graph, order, current=True).total),
        "CUSTOMER_NAME": customer,
        "DESTINATION": place,
        "FINANCIAL_STATUS": lambda order: financial_status(graph, order),
        "FULFILLMENT_STATUS": lambda order: fulfillment_status(graph, order),
        "ORDER_NUMBER": lambda order: order["number"],
        "TOTAL_ITEMS_QUANTITY": lambda order: sum(line["quantity"] for line in lines_of(graph, order)),
        "TOTAL_PRICE": lambda order: float(sums(graph, order).total),
    }
    return Listing(graph.of_type("Order"), sorts=sorts, search="orders")


def _pending_count(source: Any, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    found = context.graph.of_type("Order")
    return count_of(sum(1 for order in found if financial_status(context.graph, order) == "PENDING"))


_STATES: dict[str, Any] = {
    "canMarkAsPaid": _can_mark_paid,
    "canNotifyCustomer": lambda order, context, args: bool(order["email"]),
    "cancellation": lambda order, context, args: {"staffNote": order["_staff_note"]} if order["cancelledAt"] else None,
    "capturable": lambda order, context, args: paid(context.graph, order).authorized > 0,
    "closed": lambda order, context, args: bool(order["closedAt"]),
    "displayFinancialStatus": lambda order, context, args: financial_status(context.graph, order),
    "displayFulfillmentStatus": lambda order, context, args: fulfillment_status(context.graph, order),
    "edited": lambda order, context, args: bool(order["_edited"]),
    "fulfillable": lambda order, context, args: any(
        unfulfilled(context.graph, line) for line in lines_of(context.graph, order)
    ),
    "fullyPaid": _fully_paid,
    "merchantEditable": lambda order, context, args: not order["cancelledAt"],
    "merchantEditableErrors": lambda order, context, args: ["canceled"] if order["cancelledAt"] else [],
    "refundable": lambda order, context, args: paid(context.graph, order).net > 0,
    "restockable": lambda order, context, args: any(current_quantity(line) for line in lines_of(context.graph, order)),
    "returnStatus": _return_status,
    "unpaid": lambda order, context, args: (
        not paid(context.graph, order).received and sums(context.graph, order).total > 0
    ),
}
_PARTS: dict[str, Any] = {
    "discountApplications": _applications,
    "fulfillmentOrders": _fulfillment_orders,
    "fulfillments": _first(fulfillments_of),
    "fulfillmentsCount": lambda order, context, args: count_of(len(fulfillments_of(context.graph, order))),
    "lineItems": lambda order, context, args: Listing(lines_of(context.graph, order)),
    "nonFulfillableLineItems": lambda order, context, args: Listing(
        [line for line in lines_of(context.graph, order) if not unfulfilled(context.graph, line)]
    ),
    "refunds": _first(refunds_of),
    "requiresShipping": lambda order, context, args: any(
        line["requiresShipping"] is not False for line in lines_of(context.graph, order)
    ),
    "returns": lambda order, context, args: Listing(context.graph.find("Return", "_order", order.id), search="returns"),
    "shippingLine": lambda order, context, args: next(iter(shipping_lines_of(context.graph, order)), None),
    "shippingLines": lambda order, context, args: Listing(
        shipping_lines_of(context.graph, order, removed=bool(args.get("includeRemovals")))
    ),
    "transactions": _transactions,
    "transactionsCount": lambda order, context, args: count_of(len(transactions_of(context.graph, order))),
}
_NOTHING = (
    "cancelReason",
    "channel",
    "cancelledAt",
    "clientIp",
    "closedAt",
    "currentTotalAdditionalFeesSet",
    "currentTotalDutiesSet",
    "landingPageDisplayText",
    "landingPageUrl",
    "merchantOfRecordApp",
    "originalTotalAdditionalFeesSet",
    "originalTotalDutiesSet",
    "physicalLocation",
    "poNumber",
    "referralCode",
    "referrerDisplayText",
    "referrerUrl",
    "registeredSourceUrl",
    "retailLocation",
    "shopifyProtect",
    "sourceIdentifier",
    "staffMember",
    "email",
    "phone",
    "note",
    "customer",
    "customerLocale",
    "confirmationNumber",
)
FIELDS: Fields = {
    "Order": {
        **_STATES,
        **_PARTS,
        **stored(None, _NOTHING),
        **stored([], ("tags",)),
        **stored(False, ("customerAcceptsMarketing", "taxExempt", "taxesIncluded", "test")),
        **stored("web", ("sourceName",)),
        **always([], ("additionalFees", "agreements", "alerts")),
        **always([], ("localizationExtensions", "localizedFields")),
        **always(False, ("dutiesIncluded", "estimatedTaxes", "hasTimelineComment", "productNetwork")),
        **always(True, ("confirmed",)),
        "totalWeight": _weight(current=False),
        "currentTotalWeight": _weight(current=True),
        "app": _app,
        "billingAddressMatchesShippingAddress": _same_address,
        "channelInformation": _channel_information,
        "currentSubtotalLineItemsQuantity": _subtotal_quantity(current=True),
        "customAttributes": _attributes,
        "customerJourneySummary": journey,
        "customerJourney": lambda order, context, args: None,
        "discountCode": lambda order, context, args: next(iter(codes(order)), None),
        "discountCodes": lambda order, context, args: codes(order),
        "disputes": lambda order, context, args: list(order["_disputes"] or []),
        "displayAddress": lambda order, context, args: (
            address_of(order, "shippingAddress") or address_of(order, "billingAddress")
        ),
        "billingAddress": _address("billingAddress"),
        "shippingAddress": _address("shippingAddress"),
        "merchantBusinessEntity": lambda order, context, args: business_entity(context),
        "paymentCollectionDetails": lambda order, context, args: {
            "additionalPaymentCollectionUrl": None,
            "vaultedPaymentMethods": [],
        },
        "paymentGatewayNames": lambda order, context, args: gateways(order, context),
        "paymentTerms": lambda order, context, args: order["_terms"],
        "publication": _publication,
        "purchasingEntity": lambda order, context, args: context.graph.get(order["_purchasing"] or order["customer"]),
        "risk": risk_summary,
        "riskLevel": risk_level,
        "risks": lambda order, context, args: [],
        "statusPageUrl": lambda order, context, args: status_url(order, context),
        "subtotalLineItemsQuantity": _subtotal_quantity(current=False),
    },
    "QueryRoot": {
        "orders": _orders,
        "orderByIdentifier": _by_identifier,
        "pendingOrdersCount": _pending_count,
    },
}
