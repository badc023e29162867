"""Input objects of which exactly one field is given (``@oneOf``), in graphql-ruby's words: by analogy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLInputObjectType, ObjectValueNode

from runner.simulator.validation.problem import Path, Problem, locate


def one_of_problem(value: ObjectValueNode, kind: GraphQLInputObjectType, path: Path) -> Problem | None:
    """The refusal of a literal with no field or several, where ``kind`` takes one; else None."""
    if not kind.is_one_of:
        return None
    extensions = {"code": "invalidOneOfInputObject", "inputObjectType": kind.name}
    if len(value.fields) != 1:
        message = f"OneOf Input Object '{kind.name}' must specify exactly one key."
        return Problem(message, locate(value), path, extensions)
    return None


def one_of_complaint(value: Mapping[str, Any], kind: GraphQLInputObjectType) -> str | None:
    """The same of a variable's value."""
    if not kind.is_one_of:
        return None
    if len(value) != 1:
        return f"'{kind.name}' requires exactly one argument, but {len(value)} were provided."
    ((name, given),) = value.items()
    return f"'{kind.name}' requires exactly one argument, but '{name}' was `null`." if given is None else None
