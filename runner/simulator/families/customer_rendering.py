"""Customers in REST's form: the payload of webhooks, and the fuller answer of the REST API (engine.md 11.4)."""

from __future__ import annotations

from typing import Any

from runner.simulator.contract import Context
from runner.simulator.families.addresses import addresses_of, render_customer_address
from runner.simulator.families.rendering import shop_time
from runner.simulator.families.spending import amount_spent, last_order, order_count
from runner.simulator.graph import Node

NO_CONSENT = {"marketingState": "NOT_SUBSCRIBED", "marketingOptInLevel": "SINGLE_OPT_IN", "consentUpdatedAt": None}


def render_customer(customer: Node, context: Context) -> dict[str, Any]:
    """A customer as webhooks tell it: without tags, totals and consents, which they leave out since 2025-01."""
    addresses = [
        render_customer_address(address, address.id == customer["defaultAddress"])
        for address in addresses_of(context.graph, customer.id)
    ]
    return {
        "id": customer.number,
        "created_at": shop_time(customer["createdAt"], context),
        "updated_at": shop_time(customer["updatedAt"], context),
        "first_name": customer["firstName"],
        "last_name": customer["lastName"],
        "state": (customer["state"] or "DISABLED").lower(),
        "note": customer["note"],
        "verified_email": customer["verifiedEmail"] is not False,
        "multipass_identifier": customer["multipassIdentifier"],
        "tax_exempt": bool(customer["taxExempt"]),
        "email": customer["email"],
        "phone": customer["phone"],
        "currency": context.shop["currencyCode"],
        "addresses": addresses,
        "tax_exemptions": list(customer["taxExemptions"] or []),
        "admin_graphql_api_id": customer.id,
        "default_address": next((each for each in addresses if each["default"]), None),
    }


def render_customer_whole(customer: Node, context: Context) -> dict[str, Any]:
    """A customer as the REST API answers it, and as webhooks told it before 2025-01."""
    last = last_order(context.graph, customer)
    return {
        **render_customer(customer, context),
        "orders_count": order_count(context.graph, customer),
        "total_spent": f"{amount_spent(context.graph, customer):.2f}",
        "last_order_id": last.number if last is not None else None,
        "last_order_name": last["name"] if last is not None else None,
        "tags": ", ".join(customer["tags"] or []),
        "email_marketing_consent": render_consent(customer["_email_consent"]) if customer["email"] else None,
        "sms_marketing_consent": _sms(customer),
    }


def render_consent(consent: Any) -> dict[str, Any]:
    """A consent to marketing: ``{state, opt_in_level, consent_updated_at}``."""
    held = consent or NO_CONSENT
    return {
        "state": str(held["marketingState"]).lower(),
        "opt_in_level": str(held["marketingOptInLevel"]).lower() if held["marketingOptInLevel"] else None,
        "consent_updated_at": held["consentUpdatedAt"],
    }


def _sms(customer: Node) -> dict[str, Any] | None:
    if not customer["phone"]:
        return None
    return {**render_consent(customer["_sms_consent"]), "consent_collected_from": "OTHER"}
