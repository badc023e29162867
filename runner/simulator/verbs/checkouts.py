"""``check-out``: a shopper begins a checkout, goes on with it, and leaves, or buys."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from runner.errors import InputError
from runner.simulator.contract import Context
from runner.simulator.families.abandoned_checkouts import render_checkout
from runner.simulator.families.addresses import REST_NAMES, address_fields
from runner.simulator.families.customers import by_contact
from runner.simulator.graph import Node
from runner.simulator.verbs.finding import refuse_unknown, variant_of, whole
from runner.simulator.verbs.orders import buy

_ARGUMENTS = ("checkout", "lines", "email", "phone", "note", "address", "complete")


def check_out(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """``{lines: [{sku, quantity}], email, phone, note, address}`` begins a checkout (``checkouts/create``); with
    ``checkout: token`` it goes on (``checkouts/update``); ``complete: true`` buys what is in it."""
    refuse_unknown(given, _ARGUMENTS, "check-out")
    if given.get("checkout") is None:
        checkout = _begin(context, given)
        context.emit("checkouts/create", render_checkout(checkout, context))
    else:
        found = context.graph.first("AbandonedCheckout", "_token", str(given["checkout"]))
        if found is None or found["completedAt"]:
            raise InputError(f"there is no open checkout {given['checkout']!r}", hint="give the token of one")
        checkout = context.graph.update(found.id, {**_fields(context, given), "updatedAt": context.graph.now()})
    if given.get("complete"):
        rows = [{"variant": row["variant"], "quantity": row["quantity"]} for row in checkout["_lines"]]
        contact = {name: checkout[name] for name in ("email", "phone", "note") if checkout[name]}
        buy(context, contact, rows, fixed={"_checkout_token": checkout["_token"]})
        context.graph.update(checkout.id, completedAt=context.graph.now())
    if given.get("checkout") is not None or given.get("complete"):
        context.emit("checkouts/update", render_checkout(checkout, context))
    return render_checkout(checkout, context)


def _begin(context: Context, given: dict[str, Any]) -> Node:
    if not given.get("lines"):
        raise InputError("say what is in the cart: lines is missing", hint='for example {"lines": [{"sku": "HD-OAK"}]}')
    graph, now = context.graph, context.graph.now()
    number = graph.count("AbandonedCheckout") + 1
    token = sha256(f"{context.shop['myshopifyDomain']} checkout {number}".encode()).hexdigest()[:32]
    start = {"_token": token, "customer": None, "completedAt": None, "createdAt": now, "updatedAt": now}
    checkout = graph.create("AbandonedCheckout", {**start, **_fields(context, given)})
    return graph.update(checkout.id, name=f"#{checkout.number}")


def _fields(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {name: given[name] for name in ("email", "phone", "note") if name in given}
    if given.get("email"):
        customer = by_contact(context.graph, "email", given["email"])
        fields["customer"] = customer.id if customer is not None else None
    if given.get("address"):
        refuse_unknown(given["address"], REST_NAMES, "an address")
        address = address_fields({REST_NAMES[name]: value for name, value in given["address"].items()})
        fields |= {"shippingAddress": address, "billingAddress": address}
    if given.get("lines"):
        fields["_lines"] = [_line(context, row) for row in given["lines"]]
    return fields


def _line(context: Context, row: dict[str, Any]) -> dict[str, Any]:
    refuse_unknown(row, ("sku", "variant", "quantity"), "a line of check-out")
    variant = variant_of(context, row)
    product = context.graph.get(variant["product"])
    return {
        "variant": variant.id,
        "product": variant["product"],
        "title": product["title"] if product is not None else variant["title"],
        "variantTitle": variant["title"] if variant["title"] != "Default Title" else None,
        "vendor": product["vendor"] if product is not None else None,
        "sku": variant["sku"],
        "price": variant["price"],
        "quantity": whole(row, "quantity", 1, lowest=1),
    }


VERBS = {"check-out": check_out}
