"""Gift cards: computed fields.

``GiftCard``: ``_code``, ``_initial`` and ``_balance`` (amounts as text), note, expiresOn, customer, order,
``_recipient`` {recipient, message, preferredName, sendNotificationAt}, templateSuffix, deactivatedAt, createdAt,
updatedAt. ``GiftCardCreditTransaction`` and ``GiftCardDebitTransaction``: giftCard, ``_amount``, note, processedAt.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, Fields, Listing
from runner.simulator.families.amounts import decimal, money, text
from runner.simulator.families.answers import as_money, stored
from runner.simulator.families.rendering import shop_time
from runner.simulator.graph import Node, number_of

INDEXES = {
    "GiftCard": ("_code", "customer"),
    "GiftCardCreditTransaction": ("giftCard",),
    "GiftCardDebitTransaction": ("giftCard",),
}
_MOVES = ("GiftCardCreditTransaction", "GiftCardDebitTransaction")
LIMIT = "2000.00"


def masked(card: Node) -> str:
    """The code as anybody may see it."""
    return f"•••• •••• •••• {last(card)}"


def last(card: Node) -> str:
    """The last four characters of the code."""
    return str(card["_code"])[-4:]


def enabled(card: Node) -> bool:
    """Whether it was not deactivated."""
    return not card["deactivatedAt"]


def status_of(card: Node, context: Context) -> str:
    """``enabled``, ``disabled`` or ``expired``."""
    today = context.clock.now().date().isoformat()
    if not enabled(card):
        return "disabled"
    return "expired" if card["expiresOn"] and card["expiresOn"] < today else "enabled"


def render_gift_card(card: Node, context: Context) -> dict[str, Any]:
    """A gift card as REST has it."""
    return {
        "id": card.number,
        "balance": text(decimal(card["_balance"])),
        "created_at": shop_time(card["createdAt"], context),
        "updated_at": shop_time(card["updatedAt"], context),
        "currency": context.shop["currencyCode"],
        "initial_value": text(decimal(card["_initial"])),
        "disabled_at": shop_time(card["deactivatedAt"], context),
        "line_item_id": None,
        "api_client_id": None,
        "user_id": None,
        "customer_id": number_of(card["customer"]) if card["customer"] else None,
        "note": card["note"],
        "expires_on": card["expiresOn"],
        "template_suffix": card["templateSuffix"],
        "notify": True,
        "last_characters": last(card),
        "order_id": number_of(card["order"]) if card["order"] else None,
        "admin_graphql_api_id": card.id,
    }


def _transactions(card: Node, context: Context, args: Mapping[str, Any]) -> Listing:
    found = [node for kind in _MOVES for node in context.graph.find(kind, "giftCard", card.id)]
    return Listing(sorted(found, key=lambda node: node.sequence))


def _cards(source: Any, context: Context, args: Mapping[str, Any]) -> Listing:
    sorts = {
        "BALANCE": lambda card: float(card["_balance"]),
        "INITIAL_VALUE": lambda card: float(card["_initial"]),
        "AMOUNT_SPENT": lambda card: float(card["_initial"]) - float(card["_balance"]),
        "CODE": lambda card: card["_code"],
        "DISABLED_AT": lambda card: card["deactivatedAt"],
    }
    return Listing(context.graph.of_type("GiftCard"), sorts=sorts, search="giftCards")


def _configuration(source: Any, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    limit = money(decimal(LIMIT), context)
    return {"issueLimit": limit, "purchaseLimit": limit, "expirationConfiguration": None}


_TRANSACTION: dict[str, Any] = {
    **stored(None, ("note",)),
    "amount": as_money(lambda move, context: decimal(move["_amount"])),
}
FIELDS: Fields = {
    "GiftCard": {
        **stored(None, ("customer", "deactivatedAt", "expiresOn", "note", "order", "templateSuffix")),
        "balance": as_money(lambda card, context: decimal(card["_balance"])),
        "enabled": lambda card, context, args: enabled(card),
        "initialValue": as_money(lambda card, context: decimal(card["_initial"])),
        "lastCharacters": lambda card, context, args: last(card),
        "maskedCode": lambda card, context, args: masked(card),
        "recipientAttributes": lambda card, context, args: card["_recipient"],
        "transactions": _transactions,
    },
    "GiftCardCreditTransaction": _TRANSACTION,
    "GiftCardDebitTransaction": _TRANSACTION,
    "QueryRoot": {"giftCards": _cards, "giftCardConfiguration": _configuration},
}
