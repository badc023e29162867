"""Discounts: made, changed, switched on and off, deleted; by code and automatic."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from runner.simulator.contract import Context, Mutation, user_error
from runner.simulator.families.discounts import codes_of, render_discount, status_of
from runner.simulator.families.events import note_event
from runner.simulator.graph import Node
from runner.simulator.mutations.discount_input import input_errors, stored_fields

ARGUMENTS = {
    ("Code", "Basic"): "basicCodeDiscount",
    ("Code", "Bxgy"): "bxgyCodeDiscount",
    ("Code", "FreeShipping"): "freeShippingCodeDiscount",
    ("Automatic", "Basic"): "automaticBasicDiscount",
    ("Automatic", "Bxgy"): "automaticBxgyDiscount",
    ("Automatic", "FreeShipping"): "freeShippingAutomaticDiscount",
}
_NEEDED = {"Basic": ("customerGets",), "Bxgy": ("customerBuys", "customerGets"), "FreeShipping": ()}


def _create(by: str, kind: str) -> Mutation:
    argument, payload = ARGUMENTS[by, kind], _payload_key(by)

    def create(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
        given = args[argument]
        errors = [
            user_error((argument, name), f"{_words(name)} can't be blank", "BLANK")
            for name in _NEEDED[kind]
            if not given.get(name)
        ]
        errors += input_errors(context, given, (argument,), None, by)
        if errors:
            return {payload: None, "userErrors": errors}
        return {payload: add_discount(context, given, by, kind), "userErrors": []}

    return create


def add_discount(context: Context, given: Mapping[str, Any], by: str, kind: str) -> Node:
    """Store a new discount of an input that was found good, and send ``discounts/create``."""
    now = context.graph.now()
    fields = {
        "_kind": f"Discount{by}{kind}",
        "endsAt": None,
        "tags": [],
        "usageLimit": None,
        "_used": 0,
        **stored_fields(given, {}),
        "createdAt": now,
        "updatedAt": now,
    }
    discount = context.graph.create(f"Discount{by}Node", fields)
    if given.get("code"):
        add_code(context, discount, given["code"])
    note_event(context, discount, "create", f"created this discount: {fields['title']}.")
    context.emit("discounts/create", render_discount(discount, context))
    return discount


def add_code(context: Context, discount: Node, code: str) -> Node:
    """Give a discount one more code."""
    fields = {"code": code, "_lower": code.lower(), "_discount": discount.id, "_used": 0}
    return context.graph.create("DiscountRedeemCode", fields)


def _update(by: str, kind: str) -> Mutation:
    argument, payload = ARGUMENTS[by, kind], _payload_key(by)

    def update(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
        given, discount = args[argument], find_discount(context, args["id"], by)
        if discount is None or discount["_kind"] != f"Discount{by}{kind}":
            return {payload: None, "userErrors": [_missing()]}
        errors = input_errors(context, given, (argument,), discount, by)
        if errors:
            return {payload: None, "userErrors": errors}
        if given.get("code"):
            first = next(iter(codes_of(context.graph, discount)), None)
            if first is None:
                add_code(context, discount, given["code"])
            else:
                context.graph.update(first.id, code=given["code"], _lower=given["code"].lower())
        save(context, discount, stored_fields(given, discount.fields))
        return {payload: discount, "userErrors": []}

    return update


def save(context: Context, discount: Node, fields: Mapping[str, Any]) -> None:
    """Store ``fields``, bump ``updatedAt`` and send ``discounts/update``."""
    context.graph.update(discount.id, {**fields, "updatedAt": context.graph.now()})
    context.emit("discounts/update", render_discount(discount, context))


def activate(context: Context, discount: Node) -> None:
    """Let a discount count from now on, without an end that has passed."""
    now = context.clock.now()
    fields: dict[str, Any] = {}
    if status_of(discount, now) == "SCHEDULED":
        fields["startsAt"] = context.graph.now()
    if status_of(discount, now) == "EXPIRED":
        fields["endsAt"] = None
    save(context, discount, fields)


def deactivate(context: Context, discount: Node) -> None:
    """Let a discount end now."""
    if status_of(discount, context.clock.now()) == "SCHEDULED":
        save(context, discount, {"startsAt": context.graph.now(), "endsAt": context.graph.now()})
    else:
        save(context, discount, {"endsAt": context.graph.now()})


def remove(context: Context, discount: Node) -> None:
    """Delete a discount with its codes, and send ``discounts/delete``."""
    graph = context.graph
    for kind, field in (("DiscountRedeemCode", "_discount"), ("Metafield", "_owner"), ("BasicEvent", "_subject")):
        for node in graph.find(kind, field, discount.id):
            graph.delete(node.id)
    graph.delete(discount.id)
    payload = {"admin_graphql_api_id": discount.id, "deleted_at": graph.now()}
    context.emit("discounts/delete", payload)


def _switch(by: str, change: Callable[[Context, Node], None]) -> Mutation:
    payload = _payload_key(by)

    def switch(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
        discount = find_discount(context, args["id"], by)
        if discount is None:
            return {payload: None, "userErrors": [_missing()]}
        change(context, discount)
        return {payload: discount, "userErrors": []}

    return switch


def _delete(by: str) -> Mutation:
    key = f"deleted{by}DiscountId"

    def delete(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
        discount = find_discount(context, args["id"], by)
        if discount is None:
            return {key: None, "userErrors": [_missing()]}
        remove(context, discount)
        return {key: discount.id, "userErrors": []}

    return delete


def find_discount(context: Context, node_id: str, by: str) -> Node | None:
    """The discount of a gid, when it is one by ``Code`` or an ``Automatic`` one."""
    return context.graph.get(node_id, f"Discount{by}Node")


def _payload_key(by: str) -> str:
    return f"{by.lower()}DiscountNode"


def _words(name: str) -> str:
    return {"customerGets": "Customer gets", "customerBuys": "Customer buys"}[name]


def _missing() -> dict[str, Any]:
    return user_error(("id",), "Discount does not exist.", "INVALID")


MUTATIONS: dict[str, Mutation] = {
    **{f"discount{by}{kind}Create": _create(by, kind) for by, kind in ARGUMENTS},
    **{f"discount{by}{kind}Update": _update(by, kind) for by, kind in ARGUMENTS},
    **{f"discount{by}Activate": _switch(by, activate) for by in ("Code", "Automatic")},
    **{f"discount{by}Deactivate": _switch(by, deactivate) for by in ("Code", "Automatic")},
    **{f"discount{by}Delete": _delete(by) for by in ("Code", "Automatic")},
}
