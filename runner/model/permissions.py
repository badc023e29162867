"""Access scopes by name: which exist, and what is wrong with a list of them (liquid.md 2.6, engine.md 7)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

_BOTH = """
analytics_annotations app_proxy assigned_fulfillment_orders assigned_shipping cart_transforms cash_tracking
checkout_and_accounts_configurations checkout_branding_settings checkout_settings checkouts companies content
custom_pixels customer_data_erasure customer_merge customer_payment_methods customers delivery_customizations
delivery_option_generators delivery_promises discounts discounts_allocator_functions draft_orders files
fulfillment_constraint_rules fulfillments gdpr_data_request gift_card_transactions gift_cards images inventory
inventory_purchase_orders inventory_shipments inventory_shipments_received_items inventory_transfers legal_policies
locales locations marketing_events marketing_integrated_campaigns marketplace_fulfillment_orders marketplace_orders
marketplace_returns markets markets_home merchant_managed_fulfillment_orders metaobject_definitions metaobjects
mobile_platform_applications online_store_navigation online_store_pages order_edits order_submission_rules orders
own_subscription_contracts packing_slip_templates payment_customizations payment_mandate payment_terms pixels
price_rules privacy_settings product_feeds product_listings products publications purchase_options quick_sale reports
resource_feedbacks returns script_tags server_pixels shipping shopify_payments shopify_payments_accounts
shopify_payments_dispute_evidences shopify_payments_disputes shopify_payments_payouts shopify_payments_tooling
store_credit_account_transactions store_credit_accounts taxes themes third_party_fulfillment_orders translations
validations
"""
_READ_ONLY = """
all_orders analytics apps audit_events buyer_membership_orders capital custom_fulfillment_services customer_events
financial_kyc_information merchant_approval_signals point_of_sale_devices shop_promise_program
shopify_payments_accounts_sensitive shopify_payments_bank_accounts shopify_payments_legal_entities users
"""
_WRITE_ONLY = "buyer_membership_orders pos_staff_member_event_attribution_overrides theme_code"

KNOWN_SCOPES = frozenset(
    {
        *(f"{verb}_{resource}" for resource in _BOTH.split() for verb in ("read", "write")),
        *(f"read_{resource}" for resource in _READ_ONLY.split()),
        *(f"write_{resource}" for resource in _WRITE_ONLY.split()),
    }
)
"""Scopes of the Admin API that an app can ask for."""

_OTHER_APIS = re.compile(r"(unauthenticated|customer)_(read|write)_\w+")
_OTHER_APPS = re.compile(r"(read|write)_payment_(gateways|sessions)")
_NAME = re.compile(r"[^\s,]+")
_WORD = re.compile(r"[a-z0-9_]+")


@dataclass(frozen=True, slots=True)
class ScopeFault:
    """What is wrong with the name that stands at ``offset`` of the text."""

    offset: int
    message: str
    hint: str


def scope_names(text: str) -> tuple[str, ...]:
    """The names in ``text``, separated by white space and commas, as they are written."""
    return tuple(_NAME.findall(text))


def scope_faults(text: str) -> tuple[ScopeFault, ...]:
    """What keeps a task with this list of scopes from being saved, one finding a name, in order.

    That is: something that is no name (Liquid is never rendered here), a repeated name, a scope that Shopify does not
    have, and one that belongs to another API or another kind of app.
    """
    return tuple(_faults(text))


def _faults(text: str) -> Iterator[ScopeFault]:
    seen: set[str] = set()
    for match in _NAME.finditer(text):
        name = match.group()
        fault = _name_fault(name)
        if fault is None and name in seen:
            fault = (f'The scope "{name}" is listed twice.', "Remove one of them.")
        seen.add(name)
        if fault is not None:
            yield ScopeFault(match.start(), *fault)
            if not _WORD.fullmatch(name):
                return  # the words of a piece of Liquid would each be reported otherwise


def _name_fault(name: str) -> tuple[str, str] | None:
    if not _WORD.fullmatch(name):
        message = f'"{name}" is not the name of an access scope.'
        return (
            message,
            "Write names such as read_orders, separated by commas or new lines; Liquid is not rendered here.",
        )
    if _OTHER_APIS.fullmatch(name):
        return f'The scope "{name}" cannot be asked for.', "It belongs to another API than the Admin API."
    if _OTHER_APPS.fullmatch(name):
        return f'The scope "{name}" cannot be asked for.', "Shopify gives it to payment apps only."
    if name not in KNOWN_SCOPES:
        near = get_close_matches(name, sorted(KNOWN_SCOPES), n=1, cutoff=0.7)
        hint = f'Did you mean "{near[0]}"?' if near else "Scopes look like read_orders or write_products."
        return f'There is no access scope "{name}".', hint
    return None
