"""Finds what a verb is about by the names people use, and says the nearest one when there is none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from runner.errors import InputError
from runner.simulator.contract import Context
from runner.simulator.families.quantities import active, find_level
from runner.simulator.graph import Node, gid

MOST = 1_000_000_000
"""The largest quantity that Shopify knows (published for inventory)."""


def variant_of(context: Context, given: Mapping[str, Any]) -> Node:
    """The variant that ``sku`` or ``variant`` (gid or number) names. ``InputError`` otherwise."""
    graph = context.graph
    if given.get("variant") is not None:
        node = graph.get(_gid("ProductVariant", given["variant"]))
        if node is None or node.type != "ProductVariant":
            hint = 'give its gid or number, or {"sku": "…"} instead'
            raise InputError(f"there is no variant {given['variant']}", hint=hint)
        return node
    sku = given.get("sku")
    if sku is None:
        raise InputError("say which variant: sku or variant is missing", hint='for example {"sku": "HD-OAK"}')
    found = graph.find("ProductVariant", "sku", str(sku))
    if len(found) > 1:
        numbers = ", ".join(str(node.number) for node in found)
        raise InputError(f"{len(found)} variants have the SKU {sku}", hint=f"give variant instead: {numbers}")
    if not found:
        raise _unknown("SKU", str(sku), (node["sku"] for node in graph.of_type("ProductVariant") if node["sku"]))
    return found[0]


def location_of(context: Context, name: Any) -> Node:
    """The location of a name (without case), gid or number; without any, the shop's primary one."""
    graph = context.graph
    if name is None:
        primary = graph.get(context.shop["_primary_location"]) or next(iter(graph.of_type("Location")), None)
        if primary is None:
            raise InputError("the shop has no location")
        return primary
    node = graph.get(_gid("Location", name))
    if node is not None and node.type == "Location":
        return node
    for location in graph.of_type("Location"):
        if str(location["name"]).casefold() == str(name).casefold():
            return location
    raise _unknown("location", str(name), (location["name"] for location in graph.of_type("Location")))


def level_of(context: Context, variant: Node, location: Node) -> Node:
    """The level of a variant at a location, where it is stocked; ``InputError`` where it is not."""
    level = find_level(context.graph, variant["inventoryItem"], location.id)
    if level is None or not active(level):
        label = variant["sku"] or variant.id
        raise InputError(f"{label} is not stocked at {location['name']}", hint="stock it there first, or name another")
    return level


def product_of(context: Context, name: Any) -> Node:
    """The product of a handle, title, gid or number."""
    graph = context.graph
    if name is None:
        raise InputError("say which product: product is missing", hint='for example {"product": "harbour-at-dawn"}')
    node = graph.get(_gid("Product", name)) or graph.first("Product", "handle", str(name))
    if node is not None and node.type == "Product":
        return node
    for product in graph.of_type("Product"):
        if str(product["title"]).casefold() == str(name).casefold():
            return product
    raise _unknown("product", str(name), (product["handle"] for product in graph.of_type("Product")))


def company_of(context: Context, name: Any) -> Node:
    """The company of a name or gid. ``InputError`` when there is none."""
    node = context.graph.get(_gid("Company", name)) or context.graph.first("Company", "name", str(name))
    if node is None or node.type != "Company":
        raise _unknown("company", str(name), (each["name"] for each in context.graph.of_type("Company")))
    return node


def whole(given: Mapping[str, Any], name: str, default: int | None = None, *, lowest: int | None = None) -> int:
    """The whole number called ``name``, as a number or as digits."""
    value = given.get(name, default)
    try:
        number = int(value) if isinstance(value, int | str) and not isinstance(value, bool) else None
    except ValueError:
        number = None
    if number is None:
        raise InputError(f"{name} must be a whole number, not {value!r}")
    if abs(number) > MOST:
        raise InputError(f"{name} must be at most {MOST}, not {number}")
    if lowest is not None and number < lowest:
        raise InputError(f"{name} must be at least {lowest}, not {number}")
    return number


def refuse_unknown(given: Mapping[str, Any], known: Iterable[str], verb: str) -> None:
    """``InputError`` for an argument that ``verb`` does not have."""
    names = list(known)
    for name in given:
        if name not in names:
            raise _unknown(f"argument of {verb}", name, names)


def _gid(type_name: str, name: Any) -> str:
    text = str(name)
    return text if text.startswith("gid://") else gid(type_name, text)


def _unknown(what: str, name: str, known: Iterable[str]) -> InputError:
    names = [str(each) for each in known]
    close = get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f"did you mean {close[0]!r}?" if close else f"there are: {', '.join(sorted(names)[:10])}" if names else None
    return InputError(f"there is no {what} {name!r}", hint=hint)


def accepted(answer: Mapping[str, Any]) -> None:
    """``InputError`` with the user errors of a mutation's answer, if it has any."""
    if answer["userErrors"]:
        raise InputError("; ".join(error["message"] for error in answer["userErrors"]))
