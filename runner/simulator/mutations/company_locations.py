"""Locations of companies: made, changed, given addresses and tax settings, deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, Mutation, user_error
from runner.simulator.families.companies import render_location
from runner.simulator.graph import Node

_PLAIN = ("name", "externalId", "note", "phone", "locale")
_ADDRESS = (
    "address1",
    "address2",
    "city",
    "countryCode",
    "firstName",
    "lastName",
    "phone",
    "recipient",
    "zip",
    "zoneCode",
)
Errors = list[dict[str, Any]]


def create(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``companyLocationCreate``. Sends ``company_locations/create``."""
    company = context.graph.get(args["companyId"])
    if company is None or company.type != "Company":
        return {"companyLocation": None, "userErrors": [_missing("companyId")]}
    errors = location_errors(args["input"], ("input",))
    if errors:
        return {"companyLocation": None, "userErrors": errors}
    return {"companyLocation": add_location(context, company, args["input"]), "userErrors": []}


def add_location(context: Context, company: Node, given: Mapping[str, Any]) -> Node:
    """Store a location of an input that was found good, and send ``company_locations/create``."""
    now = context.graph.now()
    shipping = given.get("shippingAddress")
    billing = shipping if given.get("billingSameAsShipping") else given.get("billingAddress")
    fields = {**dict.fromkeys(_PLAIN), **{name: given[name] for name in _PLAIN if name in given}}
    fields["name"] = fields["name"] or (shipping or {}).get("address1") or company["name"]
    location = context.graph.create(
        "CompanyLocation",
        {
            **fields,
            "company": company.id,
            "shippingAddress": _address(context, company, shipping),
            "billingAddress": _address(context, company, billing),
            "_tax": {
                "taxExempt": bool(given.get("taxExempt")),
                "taxExemptions": list(given.get("taxExemptions") or []),
                "taxRegistrationId": given.get("taxRegistrationId"),
            },
            "_buying": given.get("buyerExperienceConfiguration"),
            "createdAt": now,
            "updatedAt": now,
        },
    )
    context.emit("company_locations/create", render_location(location, context))
    return location


def update(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``companyLocationUpdate``."""
    location, given = _location(context, args["companyLocationId"]), args["input"]
    if location is None:
        return {"companyLocation": None, "userErrors": [_missing("companyLocationId")]}
    errors = location_errors(given, ("input",))
    if errors:
        return {"companyLocation": None, "userErrors": errors}
    fields = {name: given[name] for name in _PLAIN if name in given}
    if given.get("buyerExperienceConfiguration"):
        fields["_buying"] = {**(location["_buying"] or {}), **given["buyerExperienceConfiguration"]}
    _save(context, location, fields)
    return {"companyLocation": location, "userErrors": []}


def set_tax(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``companyLocationTaxSettingsUpdate``."""
    location = _location(context, args["companyLocationId"])
    if location is None:
        return {"companyLocation": None, "userErrors": [_missing("companyLocationId")]}
    tax = dict(location["_tax"] or {})
    gone = args.get("exemptionsToRemove") or []
    held = [*(tax.get("taxExemptions") or []), *(args.get("exemptionsToAssign") or [])]
    tax["taxExemptions"] = [each for each in dict.fromkeys(held) if each not in gone]
    tax.update({name: args[name] for name in ("taxExempt", "taxRegistrationId") if name in args})
    _save(context, location, {"_tax": tax})
    return {"companyLocation": location, "userErrors": []}


def assign_address(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``companyLocationAssignAddress``: one address for shipping, billing or both."""
    location, company = _location(context, args["locationId"]), None
    if location is not None:
        company = context.graph.get(location["company"])
    if location is None or company is None:
        return {"addresses": None, "userErrors": [_missing("locationId")]}
    if not args["address"].get("countryCode"):
        error = user_error(("address", "countryCode"), "Country code can't be blank", "BLANK")
        return {"addresses": None, "userErrors": [error]}
    fields = {f"{kind.lower()}Address": _address(context, company, args["address"]) for kind in args["addressTypes"]}
    _save(context, location, fields)
    return {"addresses": list(fields.values()), "userErrors": []}


def delete(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``companyLocationDelete``."""
    location = _location(context, args["companyLocationId"])
    if location is None:
        return {"deletedCompanyLocationId": None, "userErrors": [_missing("companyLocationId")]}
    remove_location(context, location)
    return {"deletedCompanyLocationId": location.id, "userErrors": []}


def remove_location(context: Context, location: Node) -> None:
    """Delete a location with its addresses and role assignments, and send ``company_locations/delete``."""
    graph = context.graph
    for assignment in graph.find("CompanyContactRoleAssignment", "companyLocation", location.id):
        graph.delete(assignment.id)
    for node_id in {location["shippingAddress"], location["billingAddress"]} - {None}:
        graph.delete(node_id)
    for metafield in graph.find("Metafield", "_owner", location.id):
        graph.delete(metafield.id)
    graph.delete(location.id)
    context.emit("company_locations/delete", {"admin_graphql_api_id": location.id})


def location_errors(given: Mapping[str, Any], path: tuple[str, ...]) -> Errors:
    """What is wrong with a location's input."""
    errors: Errors = []
    if "name" in given and not (given["name"] or "").strip():
        errors.append(user_error((*path, "name"), "Name can't be blank", "BLANK"))
    for name in ("shippingAddress", "billingAddress"):
        address = given.get(name)
        if address and not address.get("countryCode"):
            errors.append(user_error((*path, name, "countryCode"), "Country code can't be blank", "BLANK"))
    if given.get("billingSameAsShipping") and given.get("billingAddress"):
        message = "Billing address can't be given when it is the same as the shipping address."
        errors.append(user_error((*path, "billingAddress"), message, "INVALID_INPUT"))
    return errors


def _address(context: Context, company: Node, given: Mapping[str, Any] | None) -> str | None:
    if not given:
        return None
    now = context.graph.now()
    fields = {**{name: given.get(name) for name in _ADDRESS}, "companyName": company["name"]}
    fields["address1"] = fields["address1"] or ""
    return context.graph.create("CompanyAddress", {**fields, "createdAt": now, "updatedAt": now}).id


def _save(context: Context, location: Node, fields: Mapping[str, Any]) -> None:
    context.graph.update(location.id, {**fields, "updatedAt": context.graph.now()})
    context.emit("company_locations/update", render_location(location, context))


def _location(context: Context, node_id: str) -> Node | None:
    return context.graph.get(node_id, "CompanyLocation")


def _missing(argument: str) -> dict[str, Any]:
    return user_error((argument,), "Resource requested does not exist.", "RESOURCE_NOT_FOUND")


MUTATIONS: dict[str, Mutation] = {
    "companyLocationAssignAddress": assign_address,
    "companyLocationCreate": create,
    "companyLocationDelete": delete,
    "companyLocationTaxSettingsUpdate": set_tax,
    "companyLocationUpdate": update,
}
