"""The values of variables against the types an operation declares for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    Undefined,
    VariableDefinitionNode,
    is_input_type,
    type_from_ast,
)

from runner.model.json import canonical
from runner.simulator.validation.literals import INT_MAX, scalar_complaint
from runner.simulator.validation.one_of import one_of_complaint
from runner.simulator.validation.problem import Path, Problem, locate

_Complaint = tuple[Path, str, bool]
"""Where inside the value, the explanation, and whether a scalar's own code said it (then it is also the message)."""


def variable_problems(
    operation: OperationDefinitionNode, values: Mapping[str, Any], schema: GraphQLSchema
) -> list[Problem]:
    """What is wrong with the values given for the variables of a statically valid ``operation``.

    Seen: ``Variable $id of type ID! was provided invalid value`` and ``… invalid value for changes.0.delta (Expected
    value to not be null)``, code ``INVALID_VARIABLE`` with ``value`` and ``problems``.
    """
    problems = []
    for node in operation.variable_definitions or ():
        name = node.variable.name.value
        kind = type_from_ast(schema, node.type)
        if kind is None or not is_input_type(kind):
            continue
        absent = name not in values
        if absent and (node.default_value is not None or not isinstance(kind, GraphQLNonNull)):
            continue
        complaints = _complaints(values.get(name), kind, ())
        if complaints:
            problems.append(_problem(node, str(kind), values.get(name), complaints))
    return problems


def _problem(node: VariableDefinitionNode, kind: str, value: Any, complaints: Sequence[_Complaint]) -> Problem:
    inside = [f"{'.'.join(str(step) for step in path)} ({explanation})" for path, explanation, _ in complaints if path]
    message = f"Variable ${node.variable.name.value} of type {kind} was provided invalid value"
    if inside:
        message += " for " + ", ".join(inside)
    listed = [
        {"path": list(path), "explanation": explanation, **({"message": explanation} if own else {})}
        for path, explanation, own in complaints
    ]
    return Problem(
        message,
        locate(node),
        extensions={"code": "INVALID_VARIABLE", "value": value, "problems": listed},
    )


def _complaints(value: Any, kind: Any, path: Path) -> list[_Complaint]:
    if isinstance(kind, GraphQLNonNull):
        if value is None:
            return [(path, "Expected value to not be null", False)]
        return _complaints(value, kind.of_type, path)
    if value is None:
        return []
    if isinstance(kind, GraphQLList):
        if not isinstance(value, list | tuple):
            return _complaints(value, kind.of_type, path)
        found: list[_Complaint] = []
        for index, member in enumerate(value):
            found += _complaints(member, kind.of_type, (*path, index))
        return found
    if isinstance(kind, GraphQLInputObjectType):
        return _object_complaints(value, kind, path)
    if isinstance(kind, GraphQLEnumType):
        if isinstance(value, str) and value in kind.values:
            return []
        return [(path, f"Expected {canonical(value)} to be one of: {', '.join(kind.values)}", False)]
    return _scalar_complaints(value, kind.name, path)


def _object_complaints(value: Any, kind: GraphQLInputObjectType, path: Path) -> list[_Complaint]:
    if not isinstance(value, Mapping):
        return [(path, f"Expected {canonical(value)} to be a key-value object.", False)]
    found: list[_Complaint] = [
        ((*path, name), f"Field is not defined on {kind.name}", False) for name in value if name not in kind.fields
    ]
    complaint = one_of_complaint(value, kind)
    if complaint is not None and not found:
        return [(path, complaint, False)]
    for name, field in kind.fields.items():
        if name in value:
            found += _complaints(value[name], field.type, (*path, name))
        elif isinstance(field.type, GraphQLNonNull) and field.default_value is Undefined:
            found.append(((*path, name), "Expected value to not be null", False))
    return found


def _scalar_complaints(value: Any, name: str, path: Path) -> list[_Complaint]:
    if not _readable(value, name):
        return [(path, f"Could not coerce value {canonical(value)} to {name}", False)]
    complaint = scalar_complaint(value, name)
    return [(path, complaint, True)] if complaint else []


def _readable(value: Any, name: str) -> bool:
    truth = isinstance(value, bool)
    match name:
        case "Int":
            whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
            return whole and not truth and -INT_MAX - 1 <= value <= INT_MAX
        case "Float":
            return isinstance(value, int | float) and not truth
        case "Boolean":
            return truth
        case "String":
            return isinstance(value, str)
        case "JSON":
            return True
        case _:
            return isinstance(value, str | int | float) and not truth
