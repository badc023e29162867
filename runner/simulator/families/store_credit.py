"""Store credit: accounts of customers and company locations, one for each currency.

``StoreCreditAccount``: ``_owner``, ``_currency``, ``_balance`` (text). ``StoreCreditAccountCreditTransaction`` and
``StoreCreditAccountDebitTransaction``: ``account``, ``_amount`` (below zero for a debit) and ``_after`` (text),
expiresAt, createdAt.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.simulator.contract import Context, Fields, Listing
from runner.simulator.families.amounts import decimal, short
from runner.simulator.graph import Node

MOVES = ("StoreCreditAccountCreditTransaction", "StoreCreditAccountDebitTransaction")
INDEXES = {"StoreCreditAccount": ("_owner",), **dict.fromkeys(MOVES, ("account",))}


def _accounts(owner: Node, context: Context, args: Mapping[str, Any]) -> Listing:
    return Listing(context.graph.find("StoreCreditAccount", "_owner", owner.id))


def _moves(account: Node, context: Context, args: Mapping[str, Any]) -> Listing:
    found = [move for kind in MOVES for move in context.graph.find(kind, "account", account.id)]
    sorts = {"CREATED_AT": lambda move: move["createdAt"], "EXPIRES_AT": lambda move: move["expiresAt"]}
    return Listing(sorted(found, key=lambda move: move.sequence), sorts=sorts)


def _money(name: str) -> Any:
    def read(node: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
        account = context.graph.get(node["account"]) if "account" in node else node
        code = (account["_currency"] if account is not None else None) or context.shop["currencyCode"]
        return {"amount": short(decimal(node[name])), "currencyCode": code}

    return read


_MOVE: dict[str, Any] = {
    "amount": _money("_amount"),
    "balanceAfterTransaction": _money("_after"),
    "event": lambda move, context, args: "ADJUSTMENT",
    "origin": lambda move, context, args: None,
}
FIELDS: Fields = {
    "CompanyLocation": {"storeCreditAccounts": _accounts},
    "Customer": {"storeCreditAccounts": _accounts},
    "QueryRoot": {"storeCreditConfiguration": lambda source, context, args: {"storeCreditEnabled": True}},
    "StoreCreditAccount": {
        "balance": _money("_balance"),
        "owner": lambda account, context, args: account["_owner"],
        "transactions": _moves,
    },
    "StoreCreditAccountCreditTransaction": {
        **_MOVE,
        "expiresAt": lambda move, context, args: move["expiresAt"],
        "remainingAmount": _money("_amount"),
    },
    "StoreCreditAccountDebitTransaction": _MOVE,
}
