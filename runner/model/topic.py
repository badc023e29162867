"""Topics: ``domain/subject/verb``, the known ones, and the Liquid variable that stands for an event's subject.

Sources: engine.md 2.1 to 2.4.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

from runner.errors import TaskError, Where

_PART = re.compile(r"[a-z0-9_]+")

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ONE_BY_ONE = ("order", "customer", "draft_order", "product", "variant", "collection")
_IN_BATCH = ("orders", "customers", "draft_orders", "products", "variants")
USER_RESOURCES = frozenset(_ONE_BY_ONE + _IN_BATCH)
"""Third parts of ``mechanic/user/…`` that carry resources sent from the Shopify admin."""

SCHEDULER_VERBS = ("10min", "15min", "20min", "30min", "hourly", "daily", *_WEEKDAYS, "monthly")

MECHANIC_TOPICS: tuple[str, ...] = (
    *(f"mechanic/scheduler/{verb}" for verb in SCHEDULER_VERBS),
    *(f"mechanic/user/{verb}" for verb in ("trigger", "text", "form", *_ONE_BY_ONE, *_IN_BATCH)),
    "mechanic/actions/perform",
    "mechanic/shopify/bulk_operation",
    *(f"mechanic/errors/{verb}" for verb in ("event", "task", "action")),
    "mechanic/emails/received",
)
"""Every topic of the platform's own domain (engine.md 2.1); any other ``mechanic/`` topic is an error."""

_SHOPIFY_VERBS = """
carts: create update
channels: delete
checkout_and_accounts_configurations: update
checkouts: create update delete
collections: create update delete
companies: create update delete
company_contact_roles: assign revoke
company_contacts: create update delete
company_locations: create update delete
customer: joined_segment left_segment tags_added tags_removed
customer_account_settings: update
customer_groups: create update delete
customers: create update enable disable delete merge purchasing_summary
customers_email_marketing_consent: update
customers_marketing_consent: update
delivery_promise_settings: update
discounts: create update delete redeemcode_added redeemcode_removed
disputes: create update
domains: create update destroy
draft_orders: create update delete
finance_app_staff_member: grant revoke update delete
finance_kyc_information: update
fulfillment_events: create delete
fulfillment_holds: added released
fulfillment_orders: cancellation_request_accepted cancellation_request_rejected cancellation_request_submitted
    cancelled fulfillment_request_accepted fulfillment_request_rejected fulfillment_request_submitted
    fulfillment_service_failed_to_complete hold_released line_items_prepared_for_local_delivery
    line_items_prepared_for_pickup merged moved order_routing_complete placed_on_hold rescheduled
    scheduled_fulfillment_order_ready split
fulfillments: create update
inventory_items: create update delete
inventory_levels: connect update disconnect
inventory_shipments: create delete add_items remove_items update_item_quantities update_tracking mark_in_transit
    receive_items
inventory_transfers: add_items remove_items update_item_quantities ready_to_ship cancel complete
locales: create update destroy
locations: create update delete activate deactivate
markets: create update delete
markets_backup_region: update
metafield_definitions: create update delete
order_transactions: create
orders: create updated paid fulfilled cancelled edited partially_fulfilled delete link_requested
    risk_assessment_changed shopify_protect_eligibility_changed
payment_schedules: due
payment_terms: create update delete
product_feeds: create update full_sync full_sync_finish incremental_sync
products: create update delete
profiles: create update delete
publications: delete
refunds: create
returns: request approve decline update process close reopen cancel
reverse_deliveries: attach_deliverable
reverse_fulfillment_orders: dispose
segments: create update delete
shop: update
tax_partners: update
tax_summaries: create
tender_transactions: create
themes: create update delete publish
variants: in_stock out_of_stock
"""


def _read_verbs(table: str) -> Mapping[str, tuple[str, ...]]:
    rows = re.findall(r"^(\w+):((?:.|\n[ ]+)*)", table, re.MULTILINE)
    return MappingProxyType({subject: tuple(verbs.split()) for subject, verbs in rows})


SHOPIFY_VERBS: Mapping[str, tuple[str, ...]] = _read_verbs(_SHOPIFY_VERBS)
"""Subject to verbs of the native ``shopify/`` topics (engine.md 2.2)."""

SHOPIFY_TOPICS: tuple[str, ...] = tuple(
    f"shopify/{subject}/{verb}" for subject, verbs in SHOPIFY_VERBS.items() for verb in verbs
)

_SINGULAR_EXCEPTIONS = MappingProxyType({"customer_account_settings": "customer_account_settings"})
"""The one subject whose row in engine.md 2.2 keeps its plural."""


@dataclass(frozen=True, slots=True)
class Topic:
    """The three parts of a topic; ``str`` puts them together again."""

    domain: str
    subject: str
    verb: str

    def __str__(self) -> str:
        return f"{self.domain}/{self.subject}/{self.verb}"


@dataclass(frozen=True, slots=True)
class TopicNote:
    """What is wrong with a topic. ``fatal``: the task cannot be saved with it; otherwise a warning."""

    message: str
    hint: str | None = None
    fatal: bool = False


def parse_topic(text: str) -> Topic:
    """Three slash-separated parts of lower-case letters, digits and underscores; ``TaskError`` otherwise."""
    parts = text.split("/")
    if len(parts) == 3 and all(_PART.fullmatch(part) for part in parts):
        return Topic(*parts)
    note = _malformed(text, parts)
    raise TaskError(note.message, hint=note.hint, where=Where(part="topic", source=text), code="task.topic")


def check_topic(text: str) -> TopicNote | None:
    """None for a topic that may be subscribed to.

    Fatal: a topic of the wrong form, or an unknown ``mechanic/`` topic. A warning: a ``shopify/`` topic that is not on
    the documented list, which Shopify may still know (engine.md 3.1). Foreign domains and ``user/`` are always fine.
    """
    parts = text.split("/")
    if len(parts) != 3 or not all(_PART.fullmatch(part) for part in parts):
        return _malformed(text, parts)
    if parts[0] == "mechanic" and text not in MECHANIC_TOPICS:
        return TopicNote(
            f'There is no topic "{text}".', _did_you_mean(text) or "Topics of mechanic/ are a fixed list.", fatal=True
        )
    if parts[0] == "shopify" and text not in SHOPIFY_TOPICS:
        return TopicNote(f'"{text}" is not on the list of Shopify topics; Shopify may refuse it.', _did_you_mean(text))
    return None


def _did_you_mean(text: str) -> str | None:
    near = nearest_topic(text)
    return f"Did you mean {near}?" if near else None


def nearest_topic(text: str) -> str | None:
    """The known topic most like ``text``: by verb within a known subject first, then over all; None when none is."""
    lowered = text.strip().lower()
    parts = lowered.split("/")
    if len(parts) == 3 and parts[0] == "shopify" and parts[1] in SHOPIFY_VERBS:
        verbs = get_close_matches(parts[2], SHOPIFY_VERBS[parts[1]], n=1, cutoff=0.5)
        if verbs:
            return f"shopify/{parts[1]}/{verbs[0]}"
    known = MECHANIC_TOPICS + SHOPIFY_TOPICS
    if len(parts) == 2:
        lowered = next((topic for topic in known if topic.endswith("/" + lowered)), lowered)
    near = get_close_matches(lowered, known, n=1, cutoff=0.75)
    return near[0] if near else None


def _malformed(text: str, parts: list[str]) -> TopicNote:
    near = nearest_topic(text)
    hint = f"Did you mean {near}?" if near else "A topic looks like shopify/orders/create."
    if "*" in text:
        return TopicNote(f'"{text}" is not a topic: there are no wildcards.', "Name each topic in a line.", fatal=True)
    if len(parts) != 3:
        counted = {1: "one part", 2: "two parts"}.get(len(parts), f"{len(parts)} parts")
        return TopicNote(f'"{text}" is not a topic: it has {counted}, not three.', hint, fatal=True)
    wrong = next(part for part in parts if not _PART.fullmatch(part))
    why = "a part is empty" if not wrong else f'"{wrong}" may hold lower-case letters, digits and underscores only'
    return TopicNote(f'"{text}" is not a topic: {why}.', hint, fatal=True)


def subject_variable(effective_topic: str) -> str | None:
    """The Liquid variable that holds the subject of an event of this topic; None when there is none.

    ``effective_topic`` is ``Event.effective_topic`` (engine.md 2.4, rules 2 to 4). ``mechanic/user/<resource>`` events
    have ``input`` besides. ``subject_payload`` gives the data that belongs into the variable.
    """
    domain, _, rest = effective_topic.partition("/")
    subject, _, verb = rest.partition("/")
    if domain == "mechanic":
        return _mechanic_variable(subject, verb)
    if domain == "judgeme":
        return "review" if subject == "review" else None
    if domain != "shopify" or not subject or not verb:
        return None
    if (subject, verb) == ("orders", "edited"):
        return "order_edit"
    return singular(subject)


def _mechanic_variable(subject: str, verb: str) -> str | None:
    if subject == "user":
        return "input" if verb == "form" else verb if verb in USER_RESOURCES else None
    if (subject, verb) == ("shopify", "bulk_operation"):
        return "bulkOperation"
    return {"actions": "action", "errors": "error", "emails": "email"}.get(subject)


def singular(subject: str) -> str:
    """``companies`` to ``company``, ``orders`` to ``order``; a subject without a final ``s`` stays (engine.md 2.4)."""
    if subject in _SINGULAR_EXCEPTIONS:
        return _SINGULAR_EXCEPTIONS[subject]
    if subject.endswith("ies"):
        return subject[:-3] + "y"
    return subject.removesuffix("s")


def subject_payload(effective_topic: str, data: Any) -> Any:
    """What the subject variable holds: ``data``, or the inside of its root key when the payload is wrapped.

    A Shopify payload that is a hash with the variable's name as its single key is unwrapped, ``order_edit`` among them
    (engine.md 2.4, rules 3 and 4). So is ``{"bulkOperation": {…}}``, the form of preview definitions (tasks.md 4.2).
    """
    variable = subject_variable(effective_topic)
    wrapped = effective_topic.startswith("shopify/") or variable == "bulkOperation"
    if wrapped and isinstance(data, Mapping) and len(data) == 1 and variable in data:
        return data[variable]
    return data
