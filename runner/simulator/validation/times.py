"""Times among the arguments of a mutation, brought into the one form in which they are kept and answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLArgument, GraphQLInputObjectType, GraphQLList, GraphQLNonNull

from runner.simulator.times import utc_time


def with_utc_times(arguments: Mapping[str, Any], defined: Mapping[str, GraphQLArgument]) -> dict[str, Any]:
    """The arguments, coerced already, with every ``DateTime`` in them as ``2026-03-02T15:00:00Z``."""
    return {name: _settled(value, defined[name].type) for name, value in arguments.items()}


def _settled(value: Any, kind: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, GraphQLNonNull):
        return _settled(value, kind.of_type)
    if isinstance(kind, GraphQLList):
        return [_settled(each, kind.of_type) for each in value]
    if isinstance(kind, GraphQLInputObjectType):
        return {name: _settled(each, kind.fields[name].type) for name, each in value.items()}
    return (utc_time(str(value)) or value) if kind.name == "DateTime" else value
