"""Customers over REST, with their addresses, orders and invitations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, RestCall, RestError, RestReply, Route
from runner.simulator.families.addresses import REST_NAMES, SUFFIX, addresses_of, render_customer_address
from runner.simulator.families.customer_rendering import render_customer_whole
from runner.simulator.families.spending import orders_of
from runner.simulator.graph import Node, gid
from runner.simulator.mutations import customer_addresses
from runner.simulator.mutations.customer_input import Errors, field_errors
from runner.simulator.mutations.customers import (
    activation_url,
    add_customer,
    change,
    consent_fields,
    invite,
    remove_customer,
)
from runner.simulator.rest.metafields import store_given
from runner.simulator.rest.paging import fetch, filters, listing, not_found, numbers, one, within, wrapped
from runner.simulator.search import select
from runner.simulator.search_customers import SEARCHES

_FIELDS = {
    "first_name": "firstName",
    "last_name": "lastName",
    "email": "email",
    "phone": "phone",
    "note": "note",
    "tax_exempt": "taxExempt",
    "tax_exemptions": "taxExemptions",
    "multipass_identifier": "multipassIdentifier",
}


def index(context: Context, call: RestCall) -> RestReply:
    """Customers that fit ``ids`` and the times."""
    return listing("customers", _chosen(context, call), render_customer_whole, context, call)


def count(context: Context, call: RestCall) -> RestReply:
    """How many customers fit."""
    return RestReply(200, {"count": len(_chosen(context, call))})


def search(context: Context, call: RestCall) -> RestReply:
    """Customers that fit ``query``, in the search syntax."""
    query = filters(call).get("query")
    found = select(context.graph.of_type("Customer"), query, SEARCHES, "customers", context, "customers")
    return listing("customers", found, render_customer_whole, context, call)


def show(context: Context, call: RestCall) -> RestReply:
    """One customer."""
    return one("customer", fetch(context, "Customer", call.ids["id"]), render_customer_whole, context, call)


def create(context: Context, call: RestCall) -> RestReply:
    """Add a customer."""
    given = wrapped(call, "customer")
    wanted = _input(given)
    _refuse(field_errors(context, wanted, None))
    customer = add_customer(context, wanted)
    for row in given.get("metafields") or []:
        store_given(context, customer.id, row)
    return one("customer", customer, render_customer_whole, context, call, 201)


def update(context: Context, call: RestCall) -> RestReply:
    """Change a customer."""
    customer = fetch(context, "Customer", call.ids["id"])
    given = wrapped(call, "customer")
    for row in given.get("metafields") or []:
        store_given(context, customer.id, row)
    wanted = _input(given)
    consent = wanted.get("emailMarketingConsent")
    if consent is not None:
        context.graph.update(customer.id, _email_consent=consent_fields(context, consent))
    _refuse(change(context, customer, wanted))
    return one("customer", customer, render_customer_whole, context, call)


def delete(context: Context, call: RestCall) -> RestReply:
    """Delete a customer without orders."""
    customer = fetch(context, "Customer", call.ids["id"])
    if orders_of(context.graph, customer):
        raise RestError(422, {"base": ["Cannot delete a customer with orders"]})
    remove_customer(context, customer)
    return RestReply(200, {})


def send_invite(context: Context, call: RestCall) -> RestReply:
    """Send an account invitation."""
    customer = fetch(context, "Customer", call.ids["id"])
    answer = invite(context, {"customerId": customer.id})
    if answer["userErrors"]:
        raise RestError(422, {"base": [error["message"] for error in answer["userErrors"]]})
    given = call.body.get("customer_invite", {}) if isinstance(call.body, Mapping) else {}
    body = {
        "to": customer["email"],
        "from": context.shop["email"],
        "subject": "Customer account activation",
        "custom_message": None,
        "bcc": [],
        **given,
    }
    return RestReply(201, {"customer_invite": body})


def activation(context: Context, call: RestCall) -> RestReply:
    """A link with which the account is enabled."""
    customer = fetch(context, "Customer", call.ids["id"])
    answer = activation_url(context, {"customerId": customer.id})
    if answer["userErrors"]:
        raise RestError(422, ["account already enabled"])
    return RestReply(201, {"account_activation_url": answer["accountActivationUrl"]})


def addresses(context: Context, call: RestCall) -> RestReply:
    """The addresses of a customer."""
    customer = fetch(context, "Customer", call.ids["id"])
    found = addresses_of(context.graph, customer.id)
    return listing("addresses", found, _renderer(customer), context, call)


def address(context: Context, call: RestCall) -> RestReply:
    """One address of a customer."""
    customer, node = _address(context, call)
    return RestReply(200, {"customer_address": _renderer(customer)(node, context)})


def add_address(context: Context, call: RestCall) -> RestReply:
    """Add an address."""
    customer = fetch(context, "Customer", call.ids["id"])
    arguments = {"customerId": customer.id, "address": _address_input(wrapped(call, "address"))}
    answer = customer_addresses.create(context, arguments)
    if answer["userErrors"]:
        raise RestError(422, {"signature": ["has already been taken"]})
    return RestReply(201, {"customer_address": _renderer(customer)(answer["address"], context)})


def change_address(context: Context, call: RestCall) -> RestReply:
    """Change an address."""
    customer, node = _address(context, call)
    given = _address_input(wrapped(call, "address"))
    arguments = {"customerId": customer.id, "addressId": node.id, "address": given}
    customer_addresses.update(context, arguments)
    return RestReply(200, {"customer_address": _renderer(customer)(node, context)})


def default_address(context: Context, call: RestCall) -> RestReply:
    """Make an address the default one."""
    customer, node = _address(context, call)
    customer_addresses.set_default(context, {"customerId": customer.id, "addressId": node.id})
    return RestReply(200, {"customer_address": _renderer(customer)(node, context)})


def delete_address(context: Context, call: RestCall) -> RestReply:
    """Take an address away; the default one stays."""
    customer, node = _address(context, call)
    if customer["defaultAddress"] == node.id:
        raise RestError(422, {"base": ["Cannot delete the customer’s default address"]})
    customer_addresses.delete(context, {"customerId": customer.id, "addressId": node.id})
    return RestReply(200, {})


def _chosen(context: Context, call: RestCall) -> list[Node]:
    asked = filters(call)
    wanted = numbers(asked, "ids")
    return [
        node
        for node in context.graph.of_type("Customer")
        if (wanted is None or node.number in wanted) and within(node, asked)
    ]


def _input(given: Mapping[str, Any]) -> dict[str, Any]:
    """REST's attributes as a ``CustomerInput``."""
    wanted = {ours: given[theirs] for theirs, ours in _FIELDS.items() if theirs in given}
    if "tags" in given:
        tags = given["tags"] or ""
        wanted["tags"] = [tags] if isinstance(tags, str) else tags
    if given.get("addresses"):
        wanted["addresses"] = [_address_input(row) for row in given["addresses"]]
    consent = given.get("email_marketing_consent")
    if consent is not None:
        wanted["emailMarketingConsent"] = {
            "marketingState": str(consent.get("state", "not_subscribed")).upper(),
            "marketingOptInLevel": str(consent.get("opt_in_level") or "single_opt_in").upper(),
            "consentUpdatedAt": consent.get("consent_updated_at"),
        }
    elif "accepts_marketing" in given:
        state = "SUBSCRIBED" if given["accepts_marketing"] else "NOT_SUBSCRIBED"
        wanted["emailMarketingConsent"] = {"marketingState": state}
    return wanted


def _address_input(given: Mapping[str, Any]) -> dict[str, Any]:
    wanted = {ours: given[theirs] for theirs, ours in REST_NAMES.items() if theirs in given}
    if given.get("id"):
        wanted["id"] = gid("MailingAddress", given["id"]) + SUFFIX
    return wanted


def _refuse(errors: Errors) -> None:
    if not errors:
        return
    messages: dict[str, list[str]] = {}
    for error in errors:
        field = (error["field"] or ["base"])[-1]
        text = str(error["message"])
        label = field.capitalize() + " "
        messages.setdefault(field, []).append(text.removeprefix(label) if field != "base" else text)
    raise RestError(422, messages)


def _address(context: Context, call: RestCall) -> tuple[Node, Node]:
    customer = fetch(context, "Customer", call.ids["id"])
    node = context.graph.get(gid("MailingAddress", call.ids["address_id"]) + SUFFIX)
    if node is None or node["_customer"] != customer.id:
        raise not_found()
    return customer, node


def _renderer(customer: Node) -> Any:
    return lambda node, context: render_customer_address(node, node.id == customer["defaultAddress"])


ROUTES = (
    Route("GET", "customers", index, "read_customers"),
    Route("GET", "customers/count", count, "read_customers"),
    Route("GET", "customers/search", search, "read_customers"),
    Route("POST", "customers", create, "write_customers"),
    Route("GET", "customers/{id}", show, "read_customers"),
    Route("PUT", "customers/{id}", update, "write_customers"),
    Route("DELETE", "customers/{id}", delete, "write_customers"),
    Route("POST", "customers/{id}/send_invite", send_invite, "write_customers"),
    Route("POST", "customers/{id}/account_activation_url", activation, "write_customers"),
    Route("GET", "customers/{id}/addresses", addresses, "read_customers"),
    Route("POST", "customers/{id}/addresses", add_address, "write_customers"),
    Route("GET", "customers/{id}/addresses/{address_id}", address, "read_customers"),
    Route("PUT", "customers/{id}/addresses/{address_id}", change_address, "write_customers"),
    Route("PUT", "customers/{id}/addresses/{address_id}/default", default_address, "write_customers"),
    Route("DELETE", "customers/{id}/addresses/{address_id}", delete_address, "write_customers"),
)
