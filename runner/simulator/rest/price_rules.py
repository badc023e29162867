"""Price rules and their discount codes over REST."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from runner.simulator.contract import Context, RestCall, RestError, RestReply, Route
from runner.simulator.families.discounts import by_code, codes_of
from runner.simulator.families.price_rules import render_code, render_price_rule
from runner.simulator.graph import Node, gid
from runner.simulator.mutations.discount_input import input_errors, stored_fields
from runner.simulator.mutations.discounts import add_code, add_discount, remove, save
from runner.simulator.rest.paging import fetch, filters, invalid, listing, missing, not_found, one, within, wrapped

_NEEDED = {
    "title": None,
    "value_type": ("fixed_amount", "percentage"),
    "target_type": ("line_item", "shipping_line"),
    "target_selection": ("all", "entitled"),
    "allocation_method": ("across", "each"),
    "customer_selection": ("all", "prerequisite"),
}
"""What a new price rule must have, with the words allowed."""
_SCOPES = ("read_price_rules or read_discounts", "write_price_rules or write_discounts")


def _chosen(context: Context, call: RestCall) -> list[Node]:
    asked = filters(call)
    return [node for node in context.graph.of_type("DiscountCodeNode") if within(node, asked)]


def index(context: Context, call: RestCall) -> RestReply:
    """Price rules that fit the times."""
    return listing("price_rules", _chosen(context, call), render_price_rule, context, call)


def count(context: Context, call: RestCall) -> RestReply:
    """How many price rules fit."""
    return RestReply(200, {"count": len(_chosen(context, call))})


def show(context: Context, call: RestCall) -> RestReply:
    """One price rule."""
    return one("price_rule", _rule(context, call), render_price_rule, context, call)


def create(context: Context, call: RestCall) -> RestReply:
    """Make a price rule; its codes come one by one."""
    given = wrapped(call, "price_rule")
    for name, words in _NEEDED.items():
        if not given.get(name):
            raise invalid(**{name: "can't be blank"})
        if words is not None and given[name] not in words:
            raise invalid(**{name: "is not included in the list"})
    if not given.get("starts_at"):
        raise invalid(starts_at="can't be blank")
    wanted = _input(given, {})
    kind = "FreeShipping" if given["target_type"] == "shipping_line" else "Basic"
    if kind == "FreeShipping":
        _value(given)
        wanted.pop("customerGets", None)
    _refuse(context, wanted, None)
    discount = add_discount(context, wanted, "Code", kind)
    return one("price_rule", discount, render_price_rule, context, call, 201)


def change(context: Context, call: RestCall) -> RestReply:
    """Change a price rule."""
    discount = _rule(context, call)
    wanted = _input(wrapped(call, "price_rule"), render_price_rule(discount, context))
    if discount["_gets"] is None:
        wanted.pop("customerGets", None)
    _refuse(context, wanted, discount)
    save(context, discount, stored_fields(wanted, discount.fields))
    return one("price_rule", discount, render_price_rule, context, call)


def delete(context: Context, call: RestCall) -> RestReply:
    """Delete a price rule with its codes."""
    remove(context, _rule(context, call))
    return RestReply(204, None)


def _rule(context: Context, call: RestCall) -> Node:
    return fetch(context, "DiscountCodeNode", call.ids["id"])


def _input(given: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """REST's attributes as a ``DiscountCodeBasicInput``; ``known`` is the rule before."""
    plain = {"title": "title", "starts_at": "startsAt", "ends_at": "endsAt", "usage_limit": "usageLimit"}
    wanted: dict[str, Any] = {ours: given[theirs] for theirs, ours in plain.items() if theirs in given}
    if "once_per_customer" in given:
        wanted["appliesOncePerCustomer"] = bool(given["once_per_customer"])
    if "allocation_limit" in given:
        wanted["usesPerOrderLimit"] = given["allocation_limit"]
    whole = {**known, **given}
    gets: dict[str, Any] = {}
    if {"value", "value_type", "allocation_method"} & given.keys():
        gets["value"] = _value(whole)
    if {name for name in given if name.startswith("entitled_")} or not known:
        gets["items"] = _items(whole)
    if gets:
        wanted["customerGets"] = gets
    if {"prerequisite_customer_ids", "customer_segment_prerequisite_ids"} & given.keys() or not known:
        wanted["context"] = _people(whole)
    ranges = {
        name: given[name] for name in ("prerequisite_quantity_range", "prerequisite_subtotal_range") if name in given
    }
    if ranges:
        wanted["minimumRequirement"] = _minimum(ranges)
    return wanted


def _value(given: Mapping[str, Any]) -> dict[str, Any]:
    try:
        amount = -Decimal(str(given.get("value")))
    except InvalidOperation:
        raise invalid(value="must be less than or equal to 0") from None
    if amount < 0:
        raise invalid(value="must be less than or equal to 0")
    if given["value_type"] == "percentage":
        if amount > 100:
            raise invalid(value="must be between 0 and -100")
        return {"percentage": float(amount / 100)}
    return {"discountAmount": {"amount": str(amount), "appliesOnEachItem": given.get("allocation_method") == "each"}}


def _items(given: Mapping[str, Any]) -> dict[str, Any]:
    ids = {
        kind: [gid(kind, number) for number in given.get(name) or []]
        for kind, name in (
            ("Product", "entitled_product_ids"),
            ("ProductVariant", "entitled_variant_ids"),
            ("Collection", "entitled_collection_ids"),
        )
    }
    if ids["Collection"]:
        return {"collections": {"add": ids["Collection"]}}
    if ids["Product"] or ids["ProductVariant"]:
        return {"products": {"productsToAdd": ids["Product"], "productVariantsToAdd": ids["ProductVariant"]}}
    return {"all": True}


def _people(given: Mapping[str, Any]) -> dict[str, Any]:
    if given.get("prerequisite_customer_ids"):
        return {"customers": {"add": [gid("Customer", each) for each in given["prerequisite_customer_ids"]]}}
    if given.get("customer_segment_prerequisite_ids"):
        return {
            "customerSegments": {"add": [gid("Segment", each) for each in given["customer_segment_prerequisite_ids"]]}
        }
    return {"all": "ALL"}


def _minimum(ranges: Mapping[str, Any]) -> dict[str, Any] | None:
    found = {
        kind: {field: (ranges[name] or {}).get("greater_than_or_equal_to")}
        for name, kind, field in (
            ("prerequisite_quantity_range", "quantity", "greaterThanOrEqualToQuantity"),
            ("prerequisite_subtotal_range", "subtotal", "greaterThanOrEqualToSubtotal"),
        )
        if ranges.get(name)
    }
    return found or None


def _refuse(context: Context, wanted: Mapping[str, Any], discount: Node | None) -> None:
    errors = input_errors(context, wanted, (), discount, "Automatic")
    if errors:
        names = {"startsAt": "starts_at", "endsAt": "ends_at", "usageLimit": "usage_limit"}
        messages: dict[str, list[str]] = {}
        for error in errors:
            field = names.get(error["field"][0], error["field"][0])
            messages.setdefault(field, []).append(str(error["message"]))
        raise RestError(422, messages)


def codes(context: Context, call: RestCall) -> RestReply:
    """The codes of a price rule."""
    return listing("discount_codes", codes_of(context.graph, _rule(context, call)), render_code, context, call)


def code(context: Context, call: RestCall) -> RestReply:
    """One code of a price rule."""
    return one("discount_code", _code(context, call), render_code, context, call)


def create_code(context: Context, call: RestCall) -> RestReply:
    """Give a price rule one more code."""
    discount = _rule(context, call)
    made = add_code(context, discount, _free(context, wrapped(call, "discount_code").get("code"), None))
    save(context, discount, {})
    return one("discount_code", made, render_code, context, call, 201)


def change_code(context: Context, call: RestCall) -> RestReply:
    """Rename a code."""
    found = _code(context, call)
    text = _free(context, wrapped(call, "discount_code").get("code"), found)
    context.graph.update(found.id, code=text, _lower=text.lower())
    save(context, _rule(context, call), {})
    return one("discount_code", found, render_code, context, call)


def delete_code(context: Context, call: RestCall) -> RestReply:
    """Take a code from a price rule."""
    context.graph.delete(_code(context, call).id)
    save(context, _rule(context, call), {})
    return RestReply(204, None)


def lookup(context: Context, call: RestCall) -> RestReply:
    """Where the discount code ``code`` is: an answer without a body that refers to its address."""
    text = call.query.get("code")
    if not text:
        raise missing("code")
    found = context.graph.first("DiscountRedeemCode", "_lower", text.lower())
    discount = context.graph.get(found["_discount"]) if found is not None else None
    if found is None or discount is None or discount.type != "DiscountCodeNode":
        raise not_found()
    path = f"price_rules/{discount.number}/discount_codes/{found.number}.json"
    address = f"{context.base_url}/admin/api/{context.api_version}/{path}"
    return RestReply(303, None, {"Location": address})


def codes_count(context: Context, call: RestCall) -> RestReply:
    """How many codes there are, or those used so often."""
    least = call.query.get("times_used_min")
    found = context.graph.of_type("DiscountRedeemCode")
    if least is not None and least.isdigit():
        found = [each for each in found if (each["_used"] or 0) >= int(least)]
    return RestReply(200, {"count": len(found)})


def _code(context: Context, call: RestCall) -> Node:
    found = fetch(context, "DiscountRedeemCode", call.ids["code_id"])
    if found["_discount"] != _rule(context, call).id:
        raise not_found()
    return found


def _free(context: Context, text: Any, itself: Node | None) -> str:
    code = str(text or "").strip()
    if not code:
        raise invalid(code="can't be blank")
    other = by_code(context.graph, code)
    if other is not None and (itself is None or itself["_lower"] != code.lower()):
        raise invalid(code="must be unique. Please try a different code.")
    return code


_CODES = "price_rules/{id}/discount_codes"
ROUTES = (
    Route("GET", "price_rules", index, _SCOPES[0]),
    Route("GET", "price_rules/count", count, _SCOPES[0]),
    Route("POST", "price_rules", create, _SCOPES[1]),
    Route("GET", "price_rules/{id}", show, _SCOPES[0]),
    Route("PUT", "price_rules/{id}", change, _SCOPES[1]),
    Route("DELETE", "price_rules/{id}", delete, _SCOPES[1]),
    Route("GET", "discount_codes/lookup", lookup, _SCOPES[0]),
    Route("GET", "discount_codes/count", codes_count, _SCOPES[0]),
    Route("GET", _CODES, codes, _SCOPES[0]),
    Route("POST", _CODES, create_code, _SCOPES[1]),
    Route("GET", f"{_CODES}/{{code_id}}", code, _SCOPES[0]),
    Route("PUT", f"{_CODES}/{{code_id}}", change_code, _SCOPES[1]),
    Route("DELETE", f"{_CODES}/{{code_id}}", delete_code, _SCOPES[1]),
)
