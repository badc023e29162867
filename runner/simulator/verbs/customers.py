"""``add-customer``, ``edit-customer`` and ``set-account``: what customers and staff do to customer records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.errors import InputError
from runner.simulator.contract import Context
from runner.simulator.families.announcing import announce_saved
from runner.simulator.families.customer_rendering import render_customer, render_customer_whole
from runner.simulator.families.customers import by_contact
from runner.simulator.graph import Node, gid
from runner.simulator.mutations.customers import create, update
from runner.simulator.verbs.finding import accepted, refuse_unknown

_FIELDS = {
    "first_name": "firstName",
    "last_name": "lastName",
    "email": "email",
    "phone": "phone",
    "note": "note",
    "tags": "tags",
    "tax_exempt": "taxExempt",
    "locale": "locale",
}


def customer_of(context: Context, name: Any) -> Node:
    """The customer of an email address, phone number, gid or number. ``InputError`` when there is none."""
    text = str(name)
    node = context.graph.get(text if text.startswith("gid://") else gid("Customer", text))
    node = node or by_contact(context.graph, "email", text) or by_contact(context.graph, "phone", text)
    if node is None or node.type != "Customer":
        raise InputError(f"there is no customer {text!r}", hint="give an email address, a phone number or an id")
    return node


def add_customer(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """A customer signs up: ``{first_name, last_name, email, phone, note, tags, tax_exempt, locale}``."""
    refuse_unknown(given, _FIELDS, "add-customer")
    answer = create(context, {"input": _input(given)})
    accepted(answer)
    return render_customer_whole(answer["customer"], context)


def edit_customer(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """Save a customer: ``{customer, first_name, …}``, only what is given; ``customer`` is an email address or id."""
    refuse_unknown(given, ("customer", *_FIELDS), "edit-customer")
    customer = customer_of(context, given.get("customer", ""))
    fields = {name: value for name, value in given.items() if name != "customer"}
    accepted(update(context, {"input": {"id": customer.id, **_input(fields)}}))
    return render_customer_whole(customer, context)


def set_account(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """A customer's account becomes ``{customer, state: enabled}``, or disabled, invited, declined."""
    refuse_unknown(given, ("customer", "state"), "set-account")
    customer = customer_of(context, given.get("customer", ""))
    state = str(given.get("state", "enabled")).upper()
    if state not in ("ENABLED", "DISABLED", "INVITED", "DECLINED"):
        raise InputError(f"there is no state {given['state']!r}", hint="one of enabled, disabled, invited, declined")
    changed = customer["state"] != state
    context.graph.update(customer.id, state=state, updatedAt=context.graph.now())
    announce_saved(context, customer)
    if changed and state in ("ENABLED", "DISABLED"):
        topic = "customers/enable" if state == "ENABLED" else "customers/disable"
        context.emit(topic, render_customer(customer, context))
    return render_customer_whole(customer, context)


def _input(given: Mapping[str, Any]) -> dict[str, Any]:
    wanted = {_FIELDS[name]: value for name, value in given.items()}
    if isinstance(wanted.get("tags"), str):
        wanted["tags"] = [wanted["tags"]]
    return wanted


VERBS = {"add-customer": add_customer, "edit-customer": edit_customer, "set-account": set_account}
