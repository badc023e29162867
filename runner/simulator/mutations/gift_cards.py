"""Gift cards: create, update, credit, debit, deactivate, notifications."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from hashlib import sha256
from typing import Any

from runner.simulator.contract import Context, user_error
from runner.simulator.families.amounts import decimal, given_amount, text
from runner.simulator.families.gift_cards import LIMIT, enabled
from runner.simulator.graph import Graph, Node

Answer = Mapping[str, Any]
_PLAIN = ("expiresOn", "note", "templateSuffix")
_SHORTEST, _LONGEST = 8, 20


def create(context: Context, args: dict[str, Any]) -> Answer:
    """Issue a gift card. Without a code it gets one, the same in every run."""
    given, graph = args["input"], context.graph
    value = decimal(given["initialValue"])
    if value < 0:
        return _refused(("input", "initialValue"), "Initial value must be greater than or equal to 0", "GREATER_THAN")
    if value > decimal(LIMIT):
        return _refused(("input", "initialValue"), f"Initial value exceeds {LIMIT}", "GIFT_CARD_LIMIT_EXCEEDED")
    code = "".join(each for each in str(given.get("code") or "") if each.isalnum()).lower() or fresh_code(graph)
    if len(code) < _SHORTEST:
        message = f"Code is too short (minimum is {_SHORTEST} characters)"
        return _refused(("input", "code"), message, "TOO_SHORT")
    if len(code) > _LONGEST:
        return _refused(("input", "code"), f"Code is too long (maximum is {_LONGEST} characters)", "TOO_LONG")
    if graph.first("GiftCard", "_code", code) is not None:
        return _refused(("input", "code"), "Code has already been taken", "TAKEN")
    error = _people_error(context, given)
    if error is not None:
        return {"giftCard": None, "giftCardCode": None, "userErrors": [error]}
    card = add_card(graph, code, value, {name: given.get(name) for name in _PLAIN} | _people(given))
    return {"giftCard": card, "giftCardCode": code, "userErrors": []}


def add_card(graph: Graph, code: str, value: Decimal, fields: Mapping[str, Any], *, node_id: str | None = None) -> Node:
    """Store a gift card."""
    now = graph.now()
    start = {"_code": code, "_initial": text(value), "_balance": text(value), "deactivatedAt": None}
    return graph.create("GiftCard", {**start, "createdAt": now, "updatedAt": now, **fields}, id=node_id)


def fresh_code(graph: Graph) -> str:
    """A code of sixteen characters that follows from how many cards there are."""
    return sha256(f"gift card {graph.count('GiftCard') + 1}".encode()).hexdigest()[:16]


def _people(given: Mapping[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {"customer": given["customerId"]} if "customerId" in given else {}
    row = given.get("recipientAttributes")
    if row:
        names = ("message", "preferredName", "sendNotificationAt")
        fields["_recipient"] = {"recipient": row["id"], **{name: row.get(name) for name in names}}
    return fields


def _people_error(context: Context, given: Mapping[str, Any]) -> dict[str, Any] | None:
    row = given.get("recipientAttributes") or {}
    for node_id, field, code in (
        (given.get("customerId"), "customerId", "CUSTOMER_NOT_FOUND"),
        (row.get("id"), "recipientAttributes", "RECIPIENT_NOT_FOUND"),
    ):
        node = context.graph.get(node_id)
        if node_id is not None and (node is None or node.type != "Customer"):
            return user_error(("input", field), "The customer could not be found.", code)
    return None


def update(context: Context, args: dict[str, Any]) -> Answer:
    """Change a gift card; the customer of one that has one stays."""
    card, given = find(context, args["id"]), args["input"]
    if card is None:
        return {"giftCard": None, "userErrors": [user_error(("id",), "Gift card does not exist")]}
    error = _people_error(context, given)
    if error is None and given.get("customerId") and card["customer"] not in (None, given["customerId"]):
        error = user_error(("input", "customerId"), "Customer can't be changed")
    if error is not None:
        return {"giftCard": None, "userErrors": [error]}
    fields = {name: given[name] for name in _PLAIN if name in given} | _people(given)
    context.graph.update(card.id, {**fields, "updatedAt": context.graph.now()})
    return {"giftCard": card, "userErrors": []}


def deactivate(context: Context, args: dict[str, Any]) -> Answer:
    """Make a gift card worthless for good."""
    card = find(context, args["id"])
    if card is None:
        error = user_error(("id",), "Gift card does not exist", "GIFT_CARD_NOT_FOUND")
        return {"giftCard": None, "userErrors": [error]}
    if enabled(card):
        now = context.graph.now()
        context.graph.update(card.id, deactivatedAt=now, updatedAt=now)
    return {"giftCard": card, "userErrors": []}


def _change(kind: str, sign: int) -> Any:
    """``giftCardCredit`` and ``giftCardDebit``."""
    payload_key = f"giftCard{kind}Transaction"

    def call(context: Context, args: dict[str, Any]) -> Answer:
        card, given = find(context, args["id"]), args[f"{kind.lower()}Input"]
        amount = given_amount(given[f"{kind.lower()}Amount"]) or Decimal(0)
        path = (f"{kind.lower()}Input", f"{kind.lower()}Amount")
        error = None
        if card is None:
            error = user_error(("id",), "The gift card could not be found.", "GIFT_CARD_NOT_FOUND")
        elif not enabled(card):
            error = user_error(("id",), "The gift card is deactivated.", "INVALID")
        elif amount <= 0:
            error = user_error(path, "The amount must be greater than zero.", "NEGATIVE_OR_ZERO_AMOUNT")
        elif given[f"{kind.lower()}Amount"]["currencyCode"] != context.shop["currencyCode"]:
            error = user_error(path, "The currency does not match the gift card's.", "MISMATCHING_CURRENCY")
        elif sign < 0 and amount > decimal(card["_balance"]):
            error = user_error(path, "The gift card does not have sufficient funds.", "INSUFFICIENT_FUNDS")
        elif sign > 0 and decimal(card["_balance"]) + amount > decimal(LIMIT):
            error = user_error(path, "The gift card limit would be exceeded.", "GIFT_CARD_LIMIT_EXCEEDED")
        if card is None or error is not None:
            return {payload_key: None, "userErrors": [error]}
        now = context.graph.now()
        balance = decimal(card["_balance"]) + sign * amount
        context.graph.update(card.id, _balance=text(balance), updatedAt=now)
        fields = {"giftCard": card.id, "_amount": text(sign * amount), "note": given.get("note")}
        moment = given.get("processedAt") or now
        move = context.graph.create(f"GiftCard{kind}Transaction", {**fields, "processedAt": moment})
        return {payload_key: move, "userErrors": []}

    return call


def notify(context: Context, args: dict[str, Any]) -> Answer:
    """Tell the customer or recipient: nothing leaves this machine."""
    card = find(context, args["id"])
    if card is None:
        error = user_error(("id",), "The gift card could not be found.", "GIFT_CARD_NOT_FOUND")
        return {"giftCard": None, "userErrors": [error]}
    return {"giftCard": card, "userErrors": []}


def find(context: Context, node_id: str) -> Node | None:
    """The gift card of a gid."""
    return context.graph.get(node_id, "GiftCard")


def _refused(path: tuple[str, ...], message: str, code: str) -> Answer:
    return {"giftCard": None, "giftCardCode": None, "userErrors": [user_error(path, message, code)]}


MUTATIONS = {
    "giftCardCreate": create,
    "giftCardCredit": _change("Credit", 1),
    "giftCardDeactivate": deactivate,
    "giftCardDebit": _change("Debit", -1),
    "giftCardSendNotificationToCustomer": notify,
    "giftCardSendNotificationToRecipient": notify,
    "giftCardUpdate": update,
}
