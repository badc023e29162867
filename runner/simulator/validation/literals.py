"""Whether a literal fits a type, and the refusal of one that does not."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from graphql import (
    BooleanValueNode,
    EnumValueNode,
    FloatValueNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    StringValueNode,
    Undefined,
    ValueNode,
    VariableNode,
)

from runner.simulator.times import utc_time
from runner.simulator.validation.problem import Path, Problem, literal
from runner.simulator.validation.runtime import valid_gid

INT_MAX = 2**31 - 1
_NUMBER = re.compile(r"[+-]?(\d{1,100}(\.\d{0,100})?|\.\d{1,100})([eE][+-]?\d{1,2})?", re.ASCII)
_WHOLE = re.compile(r"\d{1,30}", re.ASCII)
_UNSIGNED_MAX = 2**64 - 1
_DIGITS = 18
"""Before the point of an amount."""


def literal_problem(
    value: ValueNode, kind: Any, named: tuple[str, str, str], places: tuple[tuple[int, int], ...], path: Path
) -> Problem | None:
    """The refusal of ``value`` for type ``kind``, or None. ``named``: kind and name of the taker, name of the argument.

    Seen: ``Argument 'id' on Field 'product' has an invalid value (null). Expected type 'ID!'.`` and ``Invalid global id
    'x'``, each with the place of the taker and a path that ends in the argument.
    """
    complaint = coercion_complaint(value, kind)
    if complaint is not None:
        extensions = {"code": "argumentLiteralsIncompatible", "typeName": "CoercionError"}
        return Problem(complaint, places, path, extensions)
    if literal_fits(value, kind):
        return None
    taker, name, argument = named
    return Problem(
        f"Argument '{argument}' on {taker} '{name}' has an invalid value ({literal(value)}). Expected type '{kind}'.",
        places,
        path,
        {"code": "argumentLiteralsIncompatible", "typeName": taker, "argumentName": argument},
    )


def literal_fits(value: ValueNode, kind: Any) -> bool:
    """Whether a literal may stand where ``kind`` is expected; variables inside count as fitting."""
    if isinstance(value, VariableNode):
        return True
    if isinstance(kind, GraphQLNonNull):
        return not isinstance(value, NullValueNode) and literal_fits(value, kind.of_type)
    if isinstance(value, NullValueNode):
        return True
    if isinstance(kind, GraphQLList):
        members = value.values if isinstance(value, ListValueNode) else (value,)
        return all(literal_fits(member, kind.of_type) for member in members)
    if isinstance(kind, GraphQLEnumType):
        return isinstance(value, EnumValueNode) and value.value in kind.values
    if isinstance(kind, GraphQLInputObjectType):
        return isinstance(value, ObjectValueNode) and _object_fits(value, kind)
    return _scalar_fits(value, kind.name)


def _object_fits(value: ObjectValueNode, kind: GraphQLInputObjectType) -> bool:
    given = {field.name.value: field.value for field in value.fields}
    if any(name not in kind.fields for name in given):
        return False
    return all(
        literal_fits(given[name], field.type)
        if name in given
        else not isinstance(field.type, GraphQLNonNull) or field.default_value is not Undefined
        for name, field in kind.fields.items()
    )


def _scalar_fits(value: ValueNode, name: str) -> bool:
    match name:
        case "Int":
            return isinstance(value, IntValueNode) and -INT_MAX - 1 <= int(value.value) <= INT_MAX
        case "Float":
            return isinstance(value, IntValueNode | FloatValueNode) and math.isfinite(float(value.value))
        case "Boolean":
            return isinstance(value, BooleanValueNode)
        case "String" | "ID":
            return isinstance(value, StringValueNode) or (name == "ID" and isinstance(value, IntValueNode))
        case "JSON":
            return True
        case _:
            return isinstance(value, StringValueNode | IntValueNode | FloatValueNode | BooleanValueNode)


def coercion_complaint(value: ValueNode, kind: Any) -> str | None:
    """What a scalar of Shopify's says of the first literal in ``value`` (through lists) that it cannot read."""
    while isinstance(kind, GraphQLNonNull):
        kind = kind.of_type
    if isinstance(kind, GraphQLList):
        members = value.values if isinstance(value, ListValueNode) else (value,)
        complaints = (coercion_complaint(member, kind.of_type) for member in members)
        return next((complaint for complaint in complaints if complaint), None)
    if isinstance(value, StringValueNode | IntValueNode | FloatValueNode):
        return scalar_complaint(value.value, getattr(kind, "name", ""))
    return None


def scalar_complaint(value: Any, name: str) -> str | None:
    """What the scalar ``name`` says of a text or number it cannot read, else None.

    Seen: ``Invalid global id 'x'`` (ID), ``invalid money 'x'`` (Money). By analogy: the other custom scalars.
    """
    text = str(value)
    match name:
        case "ID" if not valid_gid(value):
            return f"Invalid global id '{text}'"
        case "Money" if _decimal(text) is None:
            return f"invalid money '{text}'"
        case "Decimal" if _decimal(text) is None:
            return f"invalid decimal '{text}'"
        case "DateTime" | "Date" if utc_time(text) is None:
            return f"invalid {name} '{text}'"
        case "UnsignedInt64" if not _WHOLE.fullmatch(text) or int(text) > _UNSIGNED_MAX:
            return f"invalid UnsignedInt64 '{text}'"
        case "BigInt" if not _WHOLE.fullmatch(text.removeprefix("-")):
            return f"invalid BigInt '{text}'"
        case "URL" if not _is_address(text):
            return f"invalid url '{text}'"
        case _:
            return None


def _decimal(text: str) -> Decimal | None:
    """The number in ``text``; None also for one that no amount of money has."""
    number = Decimal(text) if _NUMBER.fullmatch(text) else None
    return number if number is not None and number.adjusted() < _DIGITS else None


def _is_address(text: str) -> bool:
    try:
        return urlsplit(text).port is None or True
    except ValueError:
        return False
