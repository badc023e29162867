"""``customerCreate``, ``customerUpdate``, ``customerDelete``, ``customerSet``, tax exemptions, invitations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runner.simulator.contract import Context, user_error
from runner.simulator.families.announcing import announce_saved
from runner.simulator.families.customer_rendering import NO_CONSENT, render_customer
from runner.simulator.families.customers import announce_tags, by_contact
from runner.simulator.families.events import note_event
from runner.simulator.families.spending import orders_of
from runner.simulator.graph import Node
from runner.simulator.mutations.customer_addresses import replace_addresses
from runner.simulator.mutations.customer_input import Errors, field_errors, phone_number, stored_fields
from runner.simulator.mutations.metafields import set_inline

_CONSENTS = {"emailMarketingConsent": "_email_consent", "smsMarketingConsent": "_sms_consent"}
_SEPARATE = {
    "emailMarketingConsent": "customerEmailMarketingConsentUpdate",
    "smsMarketingConsent": "customerSmsMarketingConsentUpdate",
}


def create(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Add a customer. Sends ``customers/create``."""
    given = args["input"]
    if given.get("id"):
        return _refused(user_error(("id",), "Cannot specify ID on creation"))
    errors = field_errors(context, given, None)
    if errors:
        return _refused(*errors)
    customer = add_customer(context, given)
    errors = set_inline(context, customer.id, given.get("metafields") or [], ("metafields",))
    if errors:
        return _refused(*errors)
    return {"customer": customer, "userErrors": []}


def add_customer(context: Context, given: Mapping[str, Any]) -> Node:
    """Store a new customer of a ``CustomerInput`` that was found good, and send ``customers/create``."""
    now = context.graph.now()
    fields = {
        "firstName": None,
        "lastName": None,
        "email": None,
        "phone": None,
        "note": None,
        "tags": [],
        "state": "DISABLED",
        "locale": "en",
        "taxExempt": False,
        "taxExemptions": [],
        "verifiedEmail": True,
        "defaultAddress": None,
        **stored_fields(context, given),
        "createdAt": now,
        "updatedAt": now,
    }
    for name, field in _CONSENTS.items():
        if given.get(name):
            fields[field] = consent_fields(context, given[name])
    customer = context.graph.create("Customer", fields)
    if given.get("addresses"):
        replace_addresses(context, customer, given["addresses"])
    note_event(context, customer, "create", "created this customer.")
    context.emit("customers/create", render_customer(customer, context))
    return customer


def consent_fields(context: Context, given: Mapping[str, Any]) -> dict[str, Any]:
    """A consent as it is stored."""
    return {
        "marketingState": given["marketingState"],
        "marketingOptInLevel": given.get("marketingOptInLevel") or NO_CONSENT["marketingOptInLevel"],
        "consentUpdatedAt": given.get("consentUpdatedAt") or context.graph.now(),
        "sourceLocation": given.get("sourceLocationId"),
    }


def update(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Change a customer. Sends ``customers/update``, and the topics of tags."""
    given = args["input"]
    if not given.get("id"):
        return _refused(user_error(("id",), "Customer ID is required"))
    customer = find_customer(context, given["id"])
    if customer is None:
        return _refused(user_error(("id",), "Customer does not exist"))
    errors = [
        user_error((name,), f"To update {name}, please use the {mutation} Mutation instead")
        for name, mutation in _SEPARATE.items()
        if given.get(name)
    ]
    errors = errors or change(context, customer, given)
    if errors:
        return _refused(*errors)
    return {"customer": customer, "userErrors": []}


def change(context: Context, customer: Node, given: Mapping[str, Any]) -> Errors:
    """Write what is given of a ``CustomerInput`` and tell it; what is wrong with it otherwise."""
    errors = field_errors(context, given, customer)
    errors = errors or set_inline(context, customer.id, given.get("metafields") or [], ("metafields",))
    if errors:
        return errors
    before = list(customer["tags"] or [])
    if given.get("addresses") is not None:
        replace_addresses(context, customer, given["addresses"])
    save(context, customer, stored_fields(context, given))
    announce_tags(context, customer, before)
    return []


def save(context: Context, customer: Node, fields: Mapping[str, Any]) -> Node:
    """Store ``fields``, bump ``updatedAt`` and send ``customers/update``."""
    context.graph.update(customer.id, {**fields, "updatedAt": context.graph.now()})
    announce_saved(context, customer)
    return customer


def delete(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Delete a customer that never ordered. Sends ``customers/delete``."""
    customer = find_customer(context, args["input"]["id"])
    if customer is None:
        error = user_error(("id",), "Customer can't be found")
        return {"deletedCustomerId": None, "shop": context.shop, "userErrors": [error]}
    if orders_of(context.graph, customer):
        error = user_error(("id",), "Customer can’t be deleted because they have associated orders")
        return {"deletedCustomerId": None, "shop": context.shop, "userErrors": [error]}
    remove_customer(context, customer)
    return {"deletedCustomerId": customer.id, "shop": context.shop, "userErrors": []}


def remove_customer(context: Context, customer: Node) -> None:
    """Take a customer away with addresses and metafields, and send ``customers/delete``."""
    payload = {"id": customer.number, "phone": customer["phone"], "addresses": [], "tax_exemptions": []}
    for kind, field in (("MailingAddress", "_customer"), ("Metafield", "_owner")):
        for node in context.graph.find(kind, field, customer.id):
            context.graph.delete(node.id)
    context.graph.delete(customer.id)
    context.emit("customers/delete", {**payload, "admin_graphql_api_id": customer.id})


def upsert(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``customerSet``: change the customer that the identifier finds, else add one."""
    given, identifier = dict(args["input"]), args.get("identifier") or {}
    node_id = identifier.get("id") or given.pop("id", None)
    customer = find_customer(context, node_id)
    if node_id is not None and customer is None:
        return _refused(user_error(("input", "id"), "Customer does not exist", "NOT_FOUND"))
    for field in ("email", "phone"):
        value = identifier.get(field)
        if value is None:
            continue
        if given.get(field) not in (None, value):
            message = f"The {field} in the input does not match the {field} of the identifier."
            return _refused(user_error(("input", field), message, "INPUT_MISMATCH"))
        given[field] = value
        key = (phone_number(context, value) or value) if field == "phone" else value
        customer = customer or by_contact(context.graph, field, key)
    if customer is not None:
        errors = change(context, customer, given)
    else:
        errors = field_errors(context, given, None)
        customer = None if errors else add_customer(context, given)
    if errors:
        return _refused(*({**each, "field": ["input", *(each["field"] or [])]} for each in errors))
    return {"customer": customer, "userErrors": []}


def invite(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``customerSendAccountInviteEmail``: the customer becomes ``INVITED``."""
    customer = find_customer(context, args["customerId"])
    problem = None
    if customer is None:
        problem = "Customer does not exist"
    elif customer["state"] == "ENABLED":
        problem = "Account already enabled"
    elif not customer["email"]:
        problem = "Email address is blank"
    if customer is None or problem is not None:
        return _refused(user_error(("customerId",), problem or "", "INVALID"))
    save(context, customer, {"state": "INVITED"})
    return {"customer": customer, "userErrors": []}


def activation_url(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``customerGenerateAccountActivationUrl``: a link of one use, for an account that is not enabled."""
    customer = find_customer(context, args["customerId"])
    if customer is None or customer["state"] == "ENABLED":
        message = "Customer does not exist" if customer is None else "Account already enabled"
        return {"accountActivationUrl": None, "userErrors": [user_error(("customerId",), message)]}
    host = context.shop["_domain"] or context.shop["myshopifyDomain"]
    url = f"https://{host}/account/activate/{customer.number}/{len(context.graph.changes):08d}"
    return {"accountActivationUrl": url, "userErrors": []}


def _exemptions(choose: Any) -> Any:
    def call(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
        customer = find_customer(context, args["customerId"])
        if customer is None:
            return _refused(user_error(("customerId",), "Customer does not exist."))
        kept = choose(list(customer["taxExemptions"] or []), args["taxExemptions"])
        save(context, customer, {"taxExemptions": list(dict.fromkeys(kept))})
        return {"customer": customer, "userErrors": []}

    return call


def _erasure(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    if find_customer(context, args["customerId"]) is None:
        error = user_error(("customerId",), "Customer does not exist", "DOES_NOT_EXIST")
        return {"customerId": None, "userErrors": [error]}
    return {"customerId": args["customerId"], "userErrors": []}


def find_customer(context: Context, node_id: str | None) -> Node | None:
    """The customer of a gid; None when there is none."""
    return context.graph.get(node_id, "Customer")


def _refused(*errors: dict[str, Any]) -> dict[str, Any]:
    return {"customer": None, "userErrors": list(errors)}


def _without(held: Sequence[str], given: Sequence[str]) -> list[str]:
    return [name for name in held if name not in given]


MUTATIONS = {
    "customerAddTaxExemptions": _exemptions(lambda held, given: [*held, *given]),
    "customerCancelDataErasure": _erasure,
    "customerCreate": create,
    "customerDelete": delete,
    "customerGenerateAccountActivationUrl": activation_url,
    "customerRemoveTaxExemptions": _exemptions(_without),
    "customerReplaceTaxExemptions": _exemptions(lambda held, given: given),
    "customerRequestDataErasure": _erasure,
    "customerSendAccountInviteEmail": invite,
    "customerSet": upsert,
    "customerUpdate": update,
}
