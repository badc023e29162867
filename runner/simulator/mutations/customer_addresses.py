"""Addresses of customers: added, changed, taken away, and which is the default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runner.simulator.contract import Context, user_error
from runner.simulator.families.addresses import SUFFIX, address_fields, addresses_of
from runner.simulator.families.announcing import announce_saved
from runner.simulator.graph import Node


def add_address(context: Context, customer: Node, given: Mapping[str, Any]) -> Node:
    """Store an address; the first one is the default. Names of the customer stand for those not given."""
    graph = context.graph
    fields = address_fields(given)
    if "firstName" not in given and "lastName" not in given:
        fields.update(firstName=customer["firstName"], lastName=customer["lastName"])
    address = graph.create(
        "MailingAddress", {**fields, "_customer": customer.id}, id=graph.next_id("MailingAddress") + SUFFIX
    )
    if not customer["defaultAddress"]:
        graph.update(customer.id, defaultAddress=address.id)
    return address


def replace_addresses(context: Context, customer: Node, rows: Sequence[Mapping[str, Any]]) -> None:
    """Make ``rows`` all the addresses there are: those with an ``id`` stay, the rest is new; others go."""
    graph = context.graph
    kept = {row["id"] for row in rows if row.get("id")}
    for address in addresses_of(graph, customer.id):
        if address.id not in kept:
            graph.delete(address.id)
    for row in rows:
        known = graph.get(row.get("id"))
        if known is not None and known["_customer"] == customer.id:
            graph.update(known.id, address_fields({**known.fields, **row}))
        else:
            add_address(context, customer, row)
    _mend_default(context, customer)


def _mend_default(context: Context, customer: Node) -> None:
    """The default is one of the addresses: the oldest when the one it was is gone."""
    if context.graph.get(customer["defaultAddress"]) is None:
        left = addresses_of(context.graph, customer.id)
        context.graph.update(customer.id, defaultAddress=left[0].id if left else None)


def create(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``customerAddressCreate``."""
    customer = _customer(context, args)
    if customer is None:
        return {"address": None, "userErrors": [user_error(("customerId",), "Customer does not exist")]}
    wanted = address_fields(args["address"])
    if any(_same(address, wanted) for address in addresses_of(context.graph, customer.id)):
        error = user_error(("address",), "Address already exists for customer")
        return {"address": None, "userErrors": [error]}
    address = add_address(context, customer, args["address"])
    _saved(context, customer, address if args.get("setAsDefault") else None)
    return {"address": address, "userErrors": []}


def update(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``customerAddressUpdate``: what is given changes."""
    customer, address = _customer(context, args), context.graph.get(args["addressId"])
    if customer is None or address is None or address["_customer"] != customer.id:
        return {"address": None, "userErrors": [_missing(customer)]}
    context.graph.update(address.id, address_fields(_merged(address, args["address"])))
    _saved(context, customer, address if args.get("setAsDefault") else None)
    return {"address": address, "userErrors": []}


def delete(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``customerAddressDelete``."""
    customer, address = _customer(context, args), context.graph.get(args["addressId"])
    if customer is None or address is None or address["_customer"] != customer.id:
        return {"deletedAddressId": None, "userErrors": [_missing(customer)]}
    context.graph.delete(address.id)
    _mend_default(context, customer)
    _saved(context, customer, None)
    return {"deletedAddressId": address.id, "userErrors": []}


def set_default(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``customerUpdateDefaultAddress``."""
    customer, address = _customer(context, args), context.graph.get(args["addressId"])
    if customer is None or address is None or address["_customer"] != customer.id:
        return {"customer": None, "userErrors": [_missing(customer)]}
    _saved(context, customer, address)
    return {"customer": customer, "userErrors": []}


def _customer(context: Context, args: Mapping[str, Any]) -> Node | None:
    return context.graph.get(args["customerId"], "Customer")


def _saved(context: Context, customer: Node, default: Node | None) -> None:
    fields = {"updatedAt": context.graph.now(), **({"defaultAddress": default.id} if default is not None else {})}
    context.graph.update(customer.id, fields)
    announce_saved(context, customer)


def _merged(address: Node, given: Mapping[str, Any]) -> dict[str, Any]:
    """The stored address under what is given; a new code makes the name that belonged to the old one void."""
    kept = dict(address.fields)
    if "countryCode" in given or "country" in given:
        kept.update(country=None, countryCodeV2=None)
    if "provinceCode" in given or "province" in given:
        kept.update(province=None, provinceCode=None)
    return {**kept, **given}


def _same(address: Node, wanted: Mapping[str, Any]) -> bool:
    names = ("address1", "address2", "city", "zip", "provinceCode", "countryCodeV2", "company", "phone")
    return all((address[name] or None) == (wanted[name] or None) for name in names)


def _missing(customer: Node | None) -> dict[str, Any]:
    if customer is None:
        return user_error(("customerId",), "Customer does not exist")
    return user_error(("addressId",), "Address does not exist")


MUTATIONS = {
    "customerAddressCreate": create,
    "customerAddressDelete": delete,
    "customerAddressUpdate": update,
    "customerUpdateDefaultAddress": set_default,
}
