"""Customers: computed fields.

Stored: firstName, lastName, email, phone, note, tags, state, locale, taxExempt, taxExemptions, verifiedEmail,
multipassIdentifier, defaultAddress (gid), ``_email_consent`` and ``_sms_consent`` {marketingState, marketingOptInLevel,
consentUpdatedAt, sourceLocation}, ``_orders_before`` {count, spent}, createdAt, updatedAt. Addresses are
``MailingAddress`` with ``_customer``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from runner.simulator.contract import Context, Fields, Listing
from runner.simulator.families.addresses import addresses_of, person
from runner.simulator.families.customer_rendering import NO_CONSENT
from runner.simulator.families.spending import amount_spent, last_order, order_count, orders_of
from runner.simulator.graph import Graph, Node

INDEXES = {"Customer": ("email", "phone")}
OPTED_IN = ("SUBSCRIBED", "PENDING")


def display_name(customer: Node) -> str:
    """The full name, else the address of email, else the phone number."""
    return person(customer["firstName"], customer["lastName"]) or customer["email"] or customer["phone"] or ""


def announce_tags(context: Context, customer: Node, before: Sequence[str]) -> None:
    """Send ``customer.tags_added`` and ``customer.tags_removed`` for what changed since ``before``."""
    after = list(customer["tags"] or [])
    for topic, tags in (
        ("customer.tags_added", [tag for tag in after if tag not in before]),
        ("customer.tags_removed", [tag for tag in before if tag not in after]),
    ):
        if tags:
            payload = {"customerId": customer.id, "tags": tags, "occurredAt": context.graph.now()}
            context.emit(topic, payload)


def by_contact(graph: Graph, field: str, value: str) -> Node | None:
    """The customer of an email address (without case) or phone number."""
    return graph.first("Customer", field, value.lower() if field == "email" else value)


def _email(customer: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any] | None:
    if not customer["email"]:
        return None
    consent = customer["_email_consent"] or NO_CONSENT
    address = f"https://{context.shop['myshopifyDomain']}/account"
    return {
        "emailAddress": customer["email"],
        "marketingOptInLevel": consent["marketingOptInLevel"],
        "marketingState": consent["marketingState"],
        "marketingUnsubscribeUrl": f"{address}/unsubscribe/{customer.number}",
        "marketingUpdatedAt": consent["consentUpdatedAt"],
        "openTrackingLevel": "UNKNOWN",
        "openTrackingUrl": f"{address}/open_tracking/{customer.number}",
        "sourceLocation": consent.get("sourceLocation"),
        "validFormat": True,
    }


def _phone(customer: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any] | None:
    if not customer["phone"]:
        return None
    consent = customer["_sms_consent"] or NO_CONSENT
    return {
        "phoneNumber": customer["phone"],
        "marketingCollectedFrom": "OTHER",
        "marketingOptInLevel": consent["marketingOptInLevel"],
        "marketingState": consent["marketingState"],
        "marketingUpdatedAt": consent["consentUpdatedAt"],
        "sourceLocation": consent.get("sourceLocation"),
    }


def _consent(field: str, contact: str) -> Any:
    def read(customer: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any] | None:
        if not customer[contact]:
            return None
        return {"sourceLocation": None, "consentCollectedFrom": "OTHER", **(customer[field] or NO_CONSENT)}

    return read


def _spent(customer: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    amount = amount_spent(context.graph, customer)
    return {"amount": f"{amount:.2f}", "currencyCode": context.shop["currencyCode"]}


def _orders(customer: Node, context: Context, args: Mapping[str, Any]) -> Listing:
    return Listing(orders_of(context.graph, customer), search="orders")


def _lifetime(customer: Node, context: Context, args: Mapping[str, Any]) -> str:
    days = (context.clock.now() - datetime.fromisoformat(customer["createdAt"])).days
    for size, unit in ((365, "year"), (30, "month"), (1, "day")):
        if days >= size:
            number = days // size
            return f"{number} {unit}{'s' if number > 1 else ''}"
    return "less than a day"


def _mergeable(customer: Any, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    return {"isMergeable": True, "errorFields": [], "mergeInProgress": None, "reason": None}


def _image(customer: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    url = f"https://{context.shop['myshopifyDomain']}/cdn/customers/{customer.number}.png"
    return {"id": None, "url": url, "src": url, "originalSrc": url, "altText": None, "width": None, "height": None}


def _unsubscribe(customer: Node, context: Context, args: Mapping[str, Any]) -> str:
    return f"https://{context.shop['myshopifyDomain']}/account/unsubscribe/{customer.number}"


def _customers(source: Any, context: Context, args: Mapping[str, Any]) -> Listing:
    def place(customer: Node) -> str | None:
        address = context.graph.get(customer["defaultAddress"])
        return f"{address['country']} {address['province']} {address['city']}" if address is not None else None

    def name(customer: Node) -> str:
        return f"{customer['lastName'] or ''}, {customer['firstName'] or ''}"

    return Listing(context.graph.of_type("Customer"), sorts={"NAME": name, "LOCATION": place}, search="customers")


def _by_identifier(source: Any, context: Context, args: Mapping[str, Any]) -> Node | None:
    identifier = args["identifier"]
    if identifier.get("id") is not None:
        return context.graph.get(identifier["id"], "Customer")
    for given, field in (("emailAddress", "email"), ("phoneNumber", "phone")):
        if identifier.get(given) is not None:
            return by_contact(context.graph, field, identifier[given])
    return None


FIELDS: Fields = {
    "Customer": {
        "addresses": lambda customer, context, args: addresses_of(context.graph, customer.id)[: args.get("first")],
        "addressesV2": lambda customer, context, args: Listing(addresses_of(context.graph, customer.id)),
        "amountSpent": _spent,
        "canDelete": lambda customer, context, args: order_count(context.graph, customer) == 0,
        "dataSaleOptOut": lambda customer, context, args: bool(customer["dataSaleOptOut"]),
        "defaultAddress": lambda customer, context, args: customer["defaultAddress"],
        "defaultEmailAddress": _email,
        "defaultPhoneNumber": _phone,
        "displayName": lambda customer, context, args: display_name(customer),
        "email": lambda customer, context, args: customer["email"],
        "emailMarketingConsent": _consent("_email_consent", "email"),
        "firstName": lambda customer, context, args: customer["firstName"],
        "hasTimelineComment": lambda customer, context, args: False,
        "image": _image,
        "lastName": lambda customer, context, args: customer["lastName"],
        "lastOrder": lambda customer, context, args: last_order(context.graph, customer),
        "lifetimeDuration": _lifetime,
        "locale": lambda customer, context, args: customer["locale"] or "en",
        "mergeable": _mergeable,
        "multipassIdentifier": lambda customer, context, args: customer["multipassIdentifier"],
        "note": lambda customer, context, args: customer["note"],
        "numberOfOrders": lambda customer, context, args: str(order_count(context.graph, customer)),
        "orders": _orders,
        "paymentMethods": lambda customer, context, args: [],
        "phone": lambda customer, context, args: customer["phone"],
        "productSubscriberStatus": lambda customer, context, args: "NEVER_SUBSCRIBED",
        "smsMarketingConsent": _consent("_sms_consent", "phone"),
        "state": lambda customer, context, args: customer["state"] or "DISABLED",
        "statistics": lambda customer, context, args: {"predictedSpendTier": None, "rfmGroup": None},
        "tags": lambda customer, context, args: list(customer["tags"] or []),
        "taxExempt": lambda customer, context, args: bool(customer["taxExempt"]),
        "taxExemptions": lambda customer, context, args: list(customer["taxExemptions"] or []),
        "unsubscribeUrl": _unsubscribe,
        "validEmailAddress": lambda customer, context, args: bool(customer["email"]),
        "verifiedEmail": lambda customer, context, args: customer["verifiedEmail"] is not False,
    },
    "QueryRoot": {"customers": _customers, "customerByIdentifier": _by_identifier},
}
