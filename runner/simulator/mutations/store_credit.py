"""``storeCreditAccountCredit`` and ``storeCreditAccountDebit``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from runner.simulator.contract import Context, user_error
from runner.simulator.families.amounts import decimal, text
from runner.simulator.graph import Node

Answer = Mapping[str, Any]
LIMIT = Decimal(100_000)
"""The most that an account may hold."""
_OWNERS = ("Customer", "CompanyLocation")


def credit(context: Context, args: dict[str, Any]) -> Answer:
    """Add to an account, named by its gid or by its owner, who gets one in the currency when there is none."""
    given = args["creditInput"]
    money, path = given["creditAmount"], ("creditInput", "creditAmount")
    node = context.graph.get(args["id"])
    if node is None or node.type not in ("StoreCreditAccount", *_OWNERS):
        code = "OWNER_NOT_FOUND" if str(args["id"]).split("/")[3:4] != ["StoreCreditAccount"] else "ACCOUNT_NOT_FOUND"
        return _refused(("id",), "The store credit account could not be found.", code)
    if decimal(money["amount"]) <= 0:
        return _refused(path, "The amount must be greater than zero.", "NEGATIVE_OR_ZERO_AMOUNT")
    if given.get("expiresAt") and datetime.fromisoformat(given["expiresAt"]) <= context.clock.now():
        return _refused(("creditInput", "expiresAt"), "The expiry date must be in the future.", "EXPIRES_AT_IN_PAST")
    account = node if node.type == "StoreCreditAccount" else _account(context, node, money["currencyCode"])
    if account is None:
        start = {"_owner": node.id, "_currency": money["currencyCode"], "_balance": "0.00"}
        account = context.graph.create("StoreCreditAccount", start)
    if account["_currency"] != money["currencyCode"]:
        return _refused(path, "The currency does not match the account's.", "MISMATCHING_CURRENCY")
    if decimal(account["_balance"]) + decimal(money["amount"]) > LIMIT:
        return _refused(path, "The store credit limit would be exceeded.", "CREDIT_LIMIT_EXCEEDED")
    return _moved(context, account, decimal(money["amount"]), "Credit", expiresAt=given.get("expiresAt"))


def debit(context: Context, args: dict[str, Any]) -> Answer:
    """Take from an account."""
    money, path = args["debitInput"]["debitAmount"], ("debitInput", "debitAmount")
    node = context.graph.get(args["id"])
    account = _account(context, node, money["currencyCode"]) if node is not None and node.type in _OWNERS else node
    if account is None or account.type != "StoreCreditAccount":
        return _refused(("id",), "The store credit account could not be found.", "ACCOUNT_NOT_FOUND")
    if decimal(money["amount"]) <= 0:
        return _refused(path, "The amount must be greater than zero.", "NEGATIVE_OR_ZERO_AMOUNT")
    if account["_currency"] != money["currencyCode"]:
        return _refused(path, "The currency does not match the account's.", "MISMATCHING_CURRENCY")
    if decimal(money["amount"]) > decimal(account["_balance"]):
        return _refused(path, "The store credit account does not have sufficient funds.", "INSUFFICIENT_FUNDS")
    return _moved(context, account, -decimal(money["amount"]), "Debit")


def _account(context: Context, owner: Node, currency: str) -> Node | None:
    found = context.graph.find("StoreCreditAccount", "_owner", owner.id)
    return next((each for each in found if each["_currency"] == currency), None)


def _moved(context: Context, account: Node, amount: Decimal, kind: str, **more: Any) -> Answer:
    after = text(decimal(account["_balance"]) + amount)
    context.graph.update(account.id, _balance=after)
    fields = {"account": account.id, "_amount": text(amount), "_after": after, "createdAt": context.graph.now()}
    move = context.graph.create(f"StoreCreditAccount{kind}Transaction", {**fields, **more})
    return {"storeCreditAccountTransaction": move, "userErrors": []}


def _refused(path: Sequence[str], message: str, code: str) -> Answer:
    return {"storeCreditAccountTransaction": None, "userErrors": [user_error(path, message, code)]}


MUTATIONS = {"storeCreditAccountCredit": credit, "storeCreditAccountDebit": debit}
