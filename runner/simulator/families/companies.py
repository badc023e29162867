"""Companies that buy (B2B): their locations, contacts and roles.

``Company``: name, externalId, note, customerSince, ``_main_contact``. ``CompanyContact``: company, customer, title,
locale. ``CompanyContactRole``: ``_company``, name, note. ``CompanyLocation``: company, name, externalId, note, phone,
locale, billingAddress and shippingAddress (gids of ``CompanyAddress``), ``_tax``, ``_buying``.
``CompanyContactRoleAssignment``: company, companyContact, companyLocation, role. All with createdAt and updatedAt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from runner.simulator.contract import Context, Fields, Listing
from runner.simulator.families.addresses import person
from runner.simulator.families.answers import constant
from runner.simulator.families.customers import FIELDS as CUSTOMER_FIELDS
from runner.simulator.families.markets import market_of_country, primary_market
from runner.simulator.families.payment_terms import template_of
from runner.simulator.families.rendering import shop_time
from runner.simulator.families.spending import amount_spent, orders_of
from runner.simulator.graph import Graph, Node

INDEXES = {
    "Company": ("externalId",),
    "CompanyContact": ("company", "customer"),
    "CompanyContactRole": ("_company",),
    "CompanyContactRoleAssignment": ("companyContact", "companyLocation"),
    "CompanyLocation": ("company",),
}
ROLES = ("Location admin", "Ordering only")
"""The roles every company has."""


def contacts_of(graph: Graph, company: Node) -> list[Node]:
    """The contacts of a company, oldest first."""
    return graph.find("CompanyContact", "company", company.id)


def orders_of_company(graph: Graph, company: Node) -> list[Node]:
    """The orders that its contacts placed."""
    customers = [graph.get(contact["customer"]) for contact in contacts_of(graph, company)]
    return [order for customer in customers if customer is not None for order in orders_of(graph, customer)]


def render_company(company: Node, context: Context) -> dict[str, Any]:
    """A company as webhooks tell it."""
    return {
        "name": company["name"],
        "note": company["note"],
        "external_id": company["externalId"],
        "main_contact_admin_graphql_api_id": company["_main_contact"],
        "created_at": shop_time(company["createdAt"], context),
        "updated_at": shop_time(company["updatedAt"], context),
        "customer_since": shop_time(company["customerSince"], context),
        "admin_graphql_api_id": company.id,
    }


def render_location(location: Node, context: Context) -> dict[str, Any]:
    """A location of a company as webhooks tell it."""
    company = context.graph.get(location["company"])
    return {
        "name": location["name"],
        "external_id": location["externalId"],
        "note": location["note"],
        "phone": location["phone"],
        "locale": location["locale"],
        "company": render_company(company, context) if company is not None else None,
        "created_at": shop_time(location["createdAt"], context),
        "updated_at": shop_time(location["updatedAt"], context),
        "admin_graphql_api_id": location.id,
    }


def render_contact(contact: Node, context: Context) -> dict[str, Any]:
    """A contact of a company as webhooks tell it."""
    company = context.graph.get(contact["company"])
    return {
        "title": contact["title"],
        "locale": contact["locale"],
        "customer_admin_graphql_api_id": contact["customer"],
        "company": render_company(company, context) if company is not None else None,
        "created_at": shop_time(contact["createdAt"], context),
        "updated_at": shop_time(contact["updatedAt"], context),
        "admin_graphql_api_id": contact.id,
    }


def _found(kind: str, field: str, search: str | None = None) -> Any:
    """A connection of the objects that name the source under ``field``."""
    return lambda node, context, args: Listing(context.graph.find(kind, field, node.id), search=search)


def _count(read: Callable[..., Listing]) -> Any:
    return lambda node, context, args: {"count": len(read(node, context, args).nodes), "precision": "EXACT"}


def _orders(company: Node, context: Context, args: Mapping[str, Any]) -> Listing:
    return Listing(orders_of_company(context.graph, company))


def _location_orders(location: Node, context: Context, args: Mapping[str, Any]) -> Listing:
    graph = context.graph
    bought = {order.id: graph.get(order["_purchasing"]) for order in graph.of_type("Order")}
    found = [graph.get(key) for key, buyer in bought.items() if buyer is not None and buyer["location"] == location.id]
    return Listing([order for order in found if order is not None])


def _spent(company: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    graph = context.graph
    customers = [graph.get(contact["customer"]) for contact in contacts_of(graph, company)]
    total = sum((amount_spent(graph, each) for each in customers if each is not None), Decimal())
    return {"amount": f"{total:.2f}", "currencyCode": context.shop["currencyCode"]}


def _location_spent(location: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    orders = _location_orders(location, context, args).nodes
    total = sum((Decimal(order["_net_paid"] or "0") for order in orders), Decimal())
    return {"amount": f"{total:.2f}", "currencyCode": context.shop["currencyCode"]}


def _buying(location: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    held = location["_buying"] or {}
    return {
        "checkoutToDraft": bool(held.get("checkoutToDraft")),
        "deposit": None,
        "editableShippingAddress": bool(held.get("editableShippingAddress")),
        "payNowOnly": not held.get("paymentTermsTemplateId"),
        "paymentTermsTemplate": template_of(held.get("paymentTermsTemplateId")),
    }


def _tax(location: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    return {"taxExempt": False, "taxExemptions": [], "taxRegistrationId": None, **(location["_tax"] or {})}


def _formatted(address: Node, context: Context, args: Mapping[str, Any]) -> list[str]:
    name = person(address["firstName"], address["lastName"]) if args.get("withName") else None
    company = address["companyName"] if args.get("withCompanyName", True) else None
    town = " ".join(str(address[part]) for part in ("city", "zoneCode", "zip") if address[part])
    lines = [name, company, address["address1"], address["address2"], town, _country(address, context, {})]
    return [str(line) for line in lines if line]


def _country(address: Node, context: Context, args: Mapping[str, Any]) -> str | None:
    from babel import Locale

    found: str | None = Locale("en").territories.get(address["countryCode"])
    return found


def _main(company: Node, context: Context, args: Mapping[str, Any]) -> Node | None:
    return context.graph.get(company["_main_contact"])


def _is_main(contact: Node, context: Context, args: Mapping[str, Any]) -> bool:
    company = context.graph.get(contact["company"])
    return company is not None and company["_main_contact"] == contact.id


def _lifetime(node: Node, context: Context, args: Mapping[str, Any]) -> Any:
    return CUSTOMER_FIELDS["Customer"]["lifetimeDuration"](node, context, args)


def _contact_orders(contact: Node, context: Context, args: Mapping[str, Any]) -> Listing:
    customer = context.graph.get(contact["customer"])
    return Listing(orders_of(context.graph, customer) if customer is not None else [])


def _listed(kind: str, search: str) -> Any:
    return lambda source, context, args: Listing(context.graph.of_type(kind), search=search)


_CONTACTS = _found("CompanyContact", "company", "companyContacts")
_LOCATIONS = _found("CompanyLocation", "company", "companyLocations")
_CURSOR = {"defaultCursor": lambda node, context, args: str(node.number), "hasTimelineComment": constant(False)}


def _location_market(location: Node, context: Context, args: Mapping[str, Any]) -> Node | None:
    address = context.graph.get(location["shippingAddress"])
    code = str(address["countryCode"]) if address is not None else ""
    return market_of_country(context.graph, code) or primary_market(context.graph)


FIELDS: Fields = {
    "Company": {
        **_CURSOR,
        "contactRoles": _found("CompanyContactRole", "_company"),
        "contacts": _CONTACTS,
        "contactsCount": _count(_CONTACTS),
        "contactCount": lambda company, context, args: len(contacts_of(context.graph, company)),
        "customerSince": lambda company, context, args: company["customerSince"] or company["createdAt"],
        "defaultRole": lambda company, context, args: context.graph.first("CompanyContactRole", "_company", company.id),
        "draftOrders": constant([]),
        "lifetimeDuration": _lifetime,
        "locations": _LOCATIONS,
        "locationsCount": _count(_LOCATIONS),
        "mainContact": _main,
        "orders": _orders,
        "ordersCount": _count(_orders),
        "totalSpent": _spent,
    },
    "CompanyAddress": {
        "country": _country,
        "formattedAddress": _formatted,
        "formattedArea": lambda address, context, args: ", ".join(
            str(part) for part in (address["city"], address["zoneCode"], _country(address, context, {})) if part
        ),
        "province": lambda address, context, args: address["zoneCode"],
    },
    "CompanyContact": {
        "draftOrders": constant([]),
        "isMainContact": _is_main,
        "lifetimeDuration": _lifetime,
        "orders": _contact_orders,
        "roleAssignments": _found("CompanyContactRoleAssignment", "companyContact"),
    },
    "CompanyLocation": {
        **_CURSOR,
        "buyerExperienceConfiguration": _buying,
        "catalogs": constant([]),
        "catalogsCount": constant({"count": 0, "precision": "EXACT"}),
        "currency": lambda location, context, args: context.shop["currencyCode"],
        "draftOrders": constant([]),
        "inCatalog": constant(False),
        "market": _location_market,
        "orders": _location_orders,
        "ordersCount": _count(_location_orders),
        "orderCount": lambda location, context, args: len(_location_orders(location, context, args).nodes),
        "roleAssignments": _found("CompanyContactRoleAssignment", "companyLocation"),
        "staffMemberAssignments": constant([]),
        "taxExemptions": lambda location, context, args: _tax(location, context, args)["taxExemptions"],
        "taxRegistrationId": lambda location, context, args: _tax(location, context, args)["taxRegistrationId"],
        "taxSettings": _tax,
        "totalSpent": _location_spent,
    },
    "Customer": {
        "companyContactProfiles": lambda customer, context, args: context.graph.find(
            "CompanyContact", "customer", customer.id
        ),
        "market": constant(None),
    },
    "QueryRoot": {
        "companies": _listed("Company", "companies"),
        "companyLocations": _listed("CompanyLocation", "companyLocations"),
    },
}
