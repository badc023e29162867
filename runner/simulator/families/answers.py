"""Resolvers that several families need: fields that are always the same, and amounts in all their forms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from runner.simulator.contract import Context, Listing, Resolver
from runner.simulator.families.amounts import bag, money, text

Amount = Callable[[Any, Context], Decimal]


def constant(value: Any) -> Resolver:
    """A field of which the simulator knows that it is ``value``."""

    def read(source: Any, context: Context, args: Mapping[str, Any]) -> Any:
        return value

    return read


def always(value: Any, names: Iterable[str]) -> dict[str, Resolver]:
    """Fields of which the simulator knows that they are ``value``."""
    return dict.fromkeys(names, constant(value))


def every(type_name: str, search: str) -> Resolver:
    """All objects of a type, as a connection that is searched as ``search``."""

    def read(source: Any, context: Context, args: Mapping[str, Any]) -> Listing:
        return Listing(context.graph.of_type(type_name), search=search)

    return read


def stored(default: Any, names: Iterable[str]) -> dict[str, Resolver]:
    """Stored fields, with what stands for one that was never stored."""

    def reader(name: str) -> Resolver:
        def read(source: Any, context: Context, args: Mapping[str, Any]) -> Any:
            value = source[name]
            return default if value is None else value

        return read

    return {name: reader(name) for name in names}


def amounts(**found: Amount) -> dict[str, Resolver]:
    """``totalPrice=read`` gives the fields ``totalPriceSet`` (a bag) and ``totalPrice`` (text)."""
    fields: dict[str, Resolver] = {}
    for name, read in found.items():
        fields[f"{name}Set"] = as_bag(read)
        fields[name] = as_text(read)
    return fields


def as_bag(read: Amount) -> Resolver:
    """A ``MoneyBag`` field."""
    return lambda source, context, args: bag(read(source, context), context)


def as_text(read: Amount) -> Resolver:
    """A ``Money`` field."""
    return lambda source, context, args: text(read(source, context))


def as_money(read: Amount) -> Resolver:
    """A ``MoneyV2`` field."""
    return lambda source, context, args: money(read(source, context), context)


def count_of(number: int) -> dict[str, Any]:
    """A ``Count``."""
    return {"count": number, "precision": "EXACT"}
