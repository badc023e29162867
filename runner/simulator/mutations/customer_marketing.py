"""Consents of customers to marketing by email and SMS, and ``customerMerge``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from runner.simulator.contract import Context, user_error
from runner.simulator.families import jobs
from runner.simulator.families.customer_rendering import render_consent
from runner.simulator.graph import Node
from runner.simulator.mutations.customers import consent_fields, find_customer, remove_customer, save
from runner.simulator.mutations.tags import split_tags

SETTABLE = ("PENDING", "SUBSCRIBED", "UNSUBSCRIBED")
_OVERRIDES = {
    "customerIdOfEmailToKeep": "email",
    "customerIdOfFirstNameToKeep": "firstName",
    "customerIdOfLastNameToKeep": "lastName",
    "customerIdOfPhoneNumberToKeep": "phone",
    "customerIdOfDefaultAddressToKeep": "defaultAddress",
}


def _consent(kind: str, contact: str, field: str, topic: str) -> Any:
    """The mutation for ``emailMarketingConsent`` or ``smsMarketingConsent`` of a customer who has that contact."""

    def call(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
        given = args["input"][kind]
        customer = find_customer(context, args["input"]["customerId"])
        error = _consent_error(context, customer, given, kind, contact)
        if customer is None or error is not None:
            return {"customer": None, "userErrors": [error]}
        consent = consent_fields(context, given)
        save(context, customer, {field: consent})
        rendered = render_consent(consent)
        if contact == "email":
            payload = {"customer_id": customer.number, "email_address": customer["email"]}
            context.emit(topic, {**payload, "email_marketing_consent": rendered})
        else:
            payload = {"id": customer.number, "phone": customer["phone"]}
            context.emit(topic, {**payload, "sms_marketing_consent": rendered})
        return {"customer": customer, "userErrors": []}

    return call


def _consent_error(
    context: Context, customer: Node | None, given: Mapping[str, Any], kind: str, contact: str
) -> dict[str, Any] | None:
    if customer is None:
        return user_error(("input", "customerId"), "Customer not found", "INVALID")
    if given["marketingState"] not in SETTABLE:
        message = f"Cannot specify {given['marketingState']} as a marketing state input"
        return user_error(("input", kind, "marketingState"), message, "INVALID")
    if not customer[contact]:
        what = "an email address" if contact == "email" else "a phone number"
        message = f"The customer must have {what} to update their marketing consent."
        return user_error(("input", kind), message, "INVALID")
    moment = given.get("consentUpdatedAt")
    if moment is not None and datetime.fromisoformat(moment) > context.clock.now():
        return user_error(
            ("input", kind, "consentUpdatedAt"), "Consent updated at must not be in the future", "INVALID"
        )
    return None


def merge(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Join two customers: one stays with the orders, addresses and tags of both. Sends ``customers/merge``.

    Who stays: the one with an account, else the one with an email address, else the first.
    """
    one, two = (find_customer(context, args[name]) for name in ("customerOneId", "customerTwoId"))
    if one is None or two is None or one is two:
        field = "customerOneId" if one is None else "customerTwoId"
        message = "Customers must be different." if one is two and one is not None else "Customer does not exist."
        error = {"field": [field], "message": message, "code": "INVALID_CUSTOMER_ID"}
        return {"resultingCustomerId": None, "job": None, "userErrors": [error]}
    kept, gone = sorted((one, two), key=lambda each: (each["state"] != "ENABLED", not each["email"]))
    overrides = args.get("overrideFields") or {}
    fields = _joined(context, kept, gone, overrides)
    for kind, field in (("Order", "customer"), ("DraftOrder", "customer"), ("MailingAddress", "_customer")):
        for node in context.graph.find(kind, field, gone.id):
            context.graph.update(node.id, {field: kept.id})
    remove_customer(context, gone)
    save(context, kept, fields)
    job = jobs.started(context)
    payload = {
        "admin_graphql_api_id_customer_kept": kept.id,
        "admin_graphql_api_id_customer_deleted": gone.id,
        "admin_graphql_api_id_job": job["id"],
        "status": "completed",
        "errors": [],
    }
    context.emit("customers/merge", payload)
    return {"resultingCustomerId": kept.id, "job": job, "userErrors": []}


def _joined(context: Context, kept: Node, gone: Node, overrides: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the one that stays."""
    fields: dict[str, Any] = {
        name: kept[name] or gone[name] for name in ("email", "firstName", "lastName", "phone", "defaultAddress")
    }
    for argument, name in _OVERRIDES.items():
        chosen = context.graph.get(overrides.get(argument))
        if chosen is not None:
            fields[name] = chosen[name]
    tags = overrides.get("tags") or [*(kept["tags"] or []), *(gone["tags"] or [])]
    notes = [note for note in (kept["note"], gone["note"]) if note]
    before = [each["_orders_before"] or {"count": 0, "spent": "0"} for each in (kept, gone)]
    return {
        **fields,
        "tags": sorted(split_tags(tags), key=str.casefold),
        "note": overrides.get("note") or " ".join(notes) or None,
        "_orders_before": {
            "count": sum(each["count"] for each in before),
            "spent": f"{sum(float(each['spent']) for each in before):.2f}",
        },
    }


MUTATIONS = {
    "customerEmailMarketingConsentUpdate": _consent(
        "emailMarketingConsent", "email", "_email_consent", "customers_email_marketing_consent/update"
    ),
    "customerMerge": merge,
    "customerSmsMarketingConsentUpdate": _consent(
        "smsMarketingConsent", "phone", "_sms_consent", "customers_marketing_consent/update"
    ),
}
