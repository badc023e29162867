"""Subscription contracts: created, paused, activated, cancelled, expired, failed, billed later, changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runner.simulator.contract import Context, Mutation, user_error
from runner.simulator.families.addresses import address_fields
from runner.simulator.families.amounts import decimal, text
from runner.simulator.families.subscriptions import render_contract
from runner.simulator.graph import Node

Answer = Mapping[str, Any]
_ENDED = ("CANCELLED", "EXPIRED")
_STATUSES = {
    "Activate": ("ACTIVE", "activate"),
    "Cancel": ("CANCELLED", "cancel"),
    "Expire": ("EXPIRED", "expire"),
    "Fail": ("FAILED", "fail"),
    "Pause": ("PAUSED", "pause"),
}


def create(context: Context, args: dict[str, Any]) -> Answer:
    """``subscriptionContractAtomicCreate``. Sends ``subscription_contracts/create``."""
    given = args["input"]
    terms: Mapping[str, Any] = given["contract"]
    error = _error(context, given)
    if error is not None:
        return {"contract": None, "userErrors": [error]}
    graph, now = context.graph, context.graph.now()
    address = ((terms.get("deliveryMethod") or {}).get("shipping") or {}).get("address")
    contract = graph.create(
        "SubscriptionContract",
        {
            "status": terms.get("status") or "ACTIVE",
            "customer": given["customerId"],
            "currencyCode": given["currencyCode"],
            "nextBillingDate": given["nextBillingDate"],
            "note": terms.get("note"),
            "customAttributes": [dict(row) for row in terms.get("customAttributes") or []],
            "billingPolicy": dict(terms["billingPolicy"]),
            "deliveryPolicy": dict(terms["deliveryPolicy"]),
            "_delivery_price": text(decimal(terms.get("deliveryPrice"))),
            "_address": address_fields(address) if address else None,
            "originOrder": None,
            "_revision": 1,
            "createdAt": now,
            "updatedAt": now,
        },
    )
    for row in given["lines"]:
        line = row["line"]
        fields = {"_contract": contract.id, "variantId": line["productVariantId"], "quantity": line["quantity"]}
        more = {name: line.get(name) for name in ("sellingPlanId", "sellingPlanName")}
        attributes = [dict(each) for each in line.get("customAttributes") or []]
        price = text(decimal(line["currentPrice"]))
        graph.create("SubscriptionLine", {**fields, **more, "customAttributes": attributes, "_price": price})
    context.emit("subscription_contracts/create", render_contract(contract, context))
    return {"contract": contract, "userErrors": []}


def _error(context: Context, given: Mapping[str, Any]) -> dict[str, Any] | None:
    terms: Mapping[str, Any] = given["contract"]
    customer = context.graph.get(given["customerId"])
    if customer is None or customer.type != "Customer":
        return user_error(("input", "customerId"), "Customer does not exist", "CUSTOMER_DOES_NOT_EXIST")
    for name in ("billingPolicy", "deliveryPolicy"):
        if not terms.get(name):
            return user_error(("input", "contract", name), "can't be blank", "BLANK")
    if not given["lines"]:
        return user_error(("input", "lines"), "must have at least one line", "INVALID_LINES")
    for index, row in enumerate(given["lines"]):
        path = ("input", "lines", str(index), "line")
        error = _line_error(context, row["line"], path)
        if error is not None:
            return error
    return None


def _line_error(context: Context, line: Mapping[str, Any], path: Sequence[str]) -> dict[str, Any] | None:
    variant = context.graph.get(line.get("productVariantId"))
    if variant is None or variant.type != "ProductVariant":
        return user_error((*path, "productVariantId"), "Product variant does not exist", "INVALID")
    if line["quantity"] < 1:
        return user_error((*path, "quantity"), "must be greater than 0", "GREATER_THAN")
    if decimal(line["currentPrice"]) < 0:
        return user_error((*path, "currentPrice"), "must be greater than or equal to 0", "GREATER_THAN_OR_EQUAL_TO")
    return None


def _become(status: str, topic: str) -> Mutation:
    """A change of status. Sends its own topic and ``subscription_contracts/update``."""

    def call(context: Context, args: dict[str, Any]) -> Answer:
        contract = _find(context, args["subscriptionContractId"])
        path = ("subscriptionContractId",)
        if contract is None:
            return _refused(path, "Subscription contract does not exist", "INVALID")
        if contract["status"] in _ENDED and contract["status"] != status:
            return _refused(path, "Contract has already been terminated", "CONTRACT_TERMINATED")
        if contract["status"] != status:
            _save(context, contract, {"status": status}, topic)
        return {"contract": contract, "userErrors": []}

    return call


def bill_on(context: Context, args: dict[str, Any]) -> Answer:
    """``subscriptionContractSetNextBillingDate``. Sends ``subscription_contracts/update``."""
    contract = _find(context, args["contractId"])
    if contract is None:
        return _refused(("contractId",), "Subscription contract does not exist", "INVALID")
    _save(context, contract, {"nextBillingDate": args["date"]})
    return {"contract": contract, "userErrors": []}


def change_product(context: Context, args: dict[str, Any]) -> Answer:
    """``subscriptionContractProductChange``: another variant or price for a line. Sends
    ``subscription_contracts/update``."""
    contract, line, given = (
        _find(context, args["subscriptionContractId"]),
        context.graph.get(args["lineId"]),
        args["input"],
    )
    if contract is None:
        return {**_refused(("subscriptionContractId",), "Subscription contract does not exist", "INVALID")}
    if line is None or line["_contract"] != contract.id:
        return _refused(("lineId",), "Line does not exist", "INVALID")
    variant = given.get("productVariantId") or line["variantId"]
    price = given.get("currentPrice") if given.get("currentPrice") is not None else line["_price"]
    wanted = {"productVariantId": variant, "quantity": line["quantity"], "currentPrice": price}
    error = _line_error(context, wanted, ("input",))
    if error is not None:
        return {"contract": None, "lineUpdated": None, "userErrors": [error]}
    context.graph.update(line.id, variantId=variant, _price=text(decimal(price)))
    _save(context, contract, {})
    return {"contract": contract, "lineUpdated": line, "userErrors": []}


def _save(context: Context, contract: Node, fields: Mapping[str, Any], *topics: str) -> None:
    more = {"_revision": (contract["_revision"] or 1) + 1, "updatedAt": context.graph.now()}
    context.graph.update(contract.id, {**fields, **more})
    for topic in (*topics, "update"):
        context.emit(f"subscription_contracts/{topic}", render_contract(contract, context))


def _find(context: Context, node_id: str) -> Node | None:
    return context.graph.get(node_id, "SubscriptionContract")


def _refused(path: Sequence[str], message: str, code: str) -> dict[str, Any]:
    return {"contract": None, "userErrors": [user_error(path, message, code)]}


MUTATIONS: dict[str, Mutation] = {
    **{f"subscriptionContract{name}": _become(status, topic) for name, (status, topic) in _STATUSES.items()},
    "subscriptionContractAtomicCreate": create,
    "subscriptionContractProductChange": change_product,
    "subscriptionContractSetNextBillingDate": bill_on,
}
