"""Many discounts, or many codes of one, at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from runner.simulator.contract import Context, Mutation, user_error
from runner.simulator.families import jobs
from runner.simulator.families.discounts import by_code, codes_of
from runner.simulator.graph import Node
from runner.simulator.mutations.discounts import activate, add_code, deactivate, find_discount, remove, save
from runner.simulator.mutations.tags import split_tags
from runner.simulator.search import select
from runner.simulator.search_discounts import SEARCHES

CODES = 250
"""Codes in one call (published)."""
_KEYS = ("ids", "search", "savedSearchId")


def _over(by: tuple[str, ...], change: Callable[[Context, Node, Mapping[str, Any]], None]) -> Mutation:
    """A job that changes the discounts named by ``ids`` or found by ``search``."""

    def call(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
        error = _one_of(args)
        if error is not None:
            return {"job": None, "userErrors": [error]}
        found = [node for kind in by for node in context.graph.of_type(f"Discount{kind}Node")]
        if args.get("search") is not None:
            found = select(found, args["search"], SEARCHES, "discountNodes", context, "search")
        else:
            found = [node for node in found if node.id in (args.get("ids") or [])]
        for discount in found:
            change(context, discount, args)
        return {"job": jobs.started(context), "userErrors": []}

    return call


def add_codes(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``discountRedeemCodeBulkAdd``: codes that exist already, or are blank, are counted as failed."""
    discount = find_discount(context, args["discountId"], "Code")
    if discount is None:
        error = user_error(("discountId",), "Code discount does not exist.", "INVALID")
        return {"bulkCreation": None, "userErrors": [error]}
    if not args["codes"] or len(args["codes"]) > CODES:
        message = f"Codes must be 1 to {CODES}." if args["codes"] else "Codes can't be blank"
        error = user_error(("codes",), message, "EXCEEDED_MAX" if args["codes"] else "BLANK")
        return {"bulkCreation": None, "userErrors": [error]}
    rows, made = [], []
    for row in args["codes"]:
        problem = _code_problem(context, row["code"])
        code = None if problem else add_code(context, discount, row["code"])
        made += [code] if code is not None else []
        errors = [user_error(("code",), problem, "TAKEN")] if problem else []
        rows.append({"code": row["code"], "discountRedeemCode": code.id if code else None, "errors": errors})
    fields = {
        "_codes": rows,
        "_discount": discount.id,
        "codesCount": len(rows),
        "importedCount": len(made),
        "failedCount": len(rows) - len(made),
        "done": True,
        "createdAt": context.graph.now(),
    }
    creation = context.graph.create("DiscountRedeemCodeBulkCreation", fields)
    for code in made:
        payload = {"admin_graphql_api_id": discount.id, "redeem_code": {"id": code.id, "code": code["code"]}}
        context.emit("discounts/redeemcode_added", {**payload, "updated_at": context.graph.now()})
    return {"bulkCreation": creation, "userErrors": []}


def delete_codes(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """``discountCodeRedeemCodeBulkDelete``: codes of one discount."""
    discount = find_discount(context, args["discountId"], "Code")
    error = _one_of(args)
    if discount is None:
        error = user_error(("discountId",), "Code discount does not exist.", "INVALID")
    if discount is None or error is not None:
        return {"job": None, "userErrors": [error]}
    found = codes_of(context.graph, discount)
    if args.get("search") is not None:
        found = select(found, args["search"], SEARCHES, "codes", context, "search")
    else:
        found = [code for code in found if code.id in (args.get("ids") or [])]
    for code in found:
        context.graph.delete(code.id)
        payload = {"admin_graphql_api_id": discount.id, "redeem_code": {"id": code.id, "code": code["code"]}}
        context.emit("discounts/redeemcode_removed", {**payload, "updated_at": context.graph.now()})
    return {"job": jobs.started(context), "userErrors": []}


def _code_problem(context: Context, code: str) -> str | None:
    if not code.strip():
        return "can't be blank"
    return "must be unique. Please try a different code." if by_code(context.graph, code) is not None else None


def _one_of(args: Mapping[str, Any]) -> dict[str, Any] | None:
    given = [name for name in _KEYS if args.get(name) is not None]
    if len(given) > 1:
        message = "Only one of 'ids', 'search' or 'saved_search_id' is allowed."
        return user_error(None, message, "TOO_MANY_ARGUMENTS")
    if not given:
        message = "Missing expected argument key: 'ids', 'search' or 'saved_search_id'."
        return user_error(None, message, "MISSING_ARGUMENT")
    return None


def _tag(context: Context, discount: Node, args: Mapping[str, Any]) -> None:
    save(context, discount, {"tags": split_tags([*(discount["tags"] or []), *args["tags"]])})


def _untag(context: Context, discount: Node, args: Mapping[str, Any]) -> None:
    gone = {tag.casefold() for tag in split_tags(args["tags"])}
    save(context, discount, {"tags": [tag for tag in discount["tags"] or [] if tag.casefold() not in gone]})


MUTATIONS: dict[str, Mutation] = {
    "discountAutomaticBulkDelete": _over(("Automatic",), lambda context, node, args: remove(context, node)),
    "discountBulkTagsAdd": _over(("Code", "Automatic"), _tag),
    "discountBulkTagsRemove": _over(("Code", "Automatic"), _untag),
    "discountCodeBulkActivate": _over(("Code",), lambda context, node, args: activate(context, node)),
    "discountCodeBulkDeactivate": _over(("Code",), lambda context, node, args: deactivate(context, node)),
    "discountCodeBulkDelete": _over(("Code",), lambda context, node, args: remove(context, node)),
    "discountCodeRedeemCodeBulkDelete": delete_codes,
    "discountRedeemCodeBulkAdd": add_codes,
}
