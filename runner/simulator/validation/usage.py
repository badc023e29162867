"""Static rules of variables: defined, used, of input types, and fitting where they are used. By analogy throughout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    FragmentSpreadNode,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    NullValueNode,
    OperationDefinitionNode,
    Undefined,
    VariableDefinitionNode,
    VariableNode,
    is_input_type,
    print_ast,
    type_from_ast,
)
from graphql.language import Node

from runner.simulator.validation.literals import coercion_complaint, literal_fits
from runner.simulator.validation.problem import Path, Problem, innermost, locate


@dataclass(frozen=True, slots=True)
class Usage:
    """A variable in an argument. ``owner`` is the operation or fragment it stands in, as the first member of paths."""

    owner: str
    variable: VariableNode
    node: Node
    kind: Any
    default: Any
    argument: str
    path: Path


def definition_problems(operation: OperationDefinitionNode, schema: GraphQLSchema, label: str) -> list[Problem]:
    """What is wrong with the variables an operation declares."""
    problems = []
    seen: set[str] = set()
    for node in operation.variable_definitions or ():
        name = node.variable.name.value
        place, path = locate(node), (label,)
        if name in seen:
            extensions = {"code": "variableNotUnique", "variableName": name}
            problems.append(Problem(f'There can only be one variable named "{name}"', place, path, extensions))
        seen.add(name)
        declared = print_ast(node.type)
        named = declared.strip("[]!")
        kind = type_from_ast(schema, node.type)
        if kind is None or not is_input_type(kind):
            defect = "defined input type" if schema.get_type(named) is None else "valid input type"
            extensions = {"code": "variableRequiresValidType", "typeName": named, "variableName": name}
            problems.append(Problem(f"{named} isn't a {defect} (on ${name})", place, path, extensions))
        elif node.default_value is not None and not _default_fits(node, kind):
            extensions = {"code": "defaultValueInvalidType", "variableName": name, "typeName": declared}
            problems.append(
                Problem(f"Default value for ${name} doesn't match type {declared}", place, path, extensions)
            )
    return problems


def _default_fits(node: VariableDefinitionNode, kind: Any) -> bool:
    value = node.default_value
    return value is None or (literal_fits(value, kind) and coercion_complaint(value, kind) is None)


def usage_problems(
    operation: OperationDefinitionNode,
    usages: Sequence[Usage],
    spreads: Mapping[str, Sequence[FragmentSpreadNode]],
    schema: GraphQLSchema,
    label: str,
) -> list[Problem]:
    """Variables used but not declared, declared but not used, or used where another type is expected."""
    owners = reachable(label, spreads)
    declared = {node.variable.name.value: node for node in operation.variable_definitions or ()}
    who = operation.name and f"{operation.operation.value} {operation.name.value}"
    who = who or f"anonymous {operation.operation.value}"
    problems, used = [], set()
    for usage in usages:
        if usage.owner not in owners:
            continue
        name = usage.variable.name.value
        used.add(name)
        if name not in declared:
            message = f"Variable ${name} is used by {who} but not declared"
            extensions = {"code": "variableNotDefined", "variableName": name}
            problems.append(Problem(message, locate(usage.variable), usage.path, extensions))
        else:
            mismatch = _mismatch(usage, declared[name], schema)
            problems += [mismatch] if mismatch else []
    for name, node in declared.items():
        if name not in used:
            message = f"Variable ${name} is declared by {who} but not used"
            extensions = {"code": "variableNotUsed", "variableName": name}
            problems.append(Problem(message, locate(node), (label,), extensions))
    return problems


def reachable(label: str, spreads: Mapping[str, Sequence[FragmentSpreadNode]]) -> set[str]:
    """The operation ``label`` and every ``fragment X`` it brings in, by whatever way."""
    found, waiting = {label}, [label]
    while waiting:
        for spread in spreads.get(waiting.pop(), ()):
            owner = f"fragment {spread.name.value}"
            if owner not in found:
                found.add(owner)
                waiting.append(owner)
    return found


def _mismatch(usage: Usage, definition: VariableDefinitionNode, schema: GraphQLSchema) -> Problem | None:
    given = type_from_ast(schema, definition.type)
    if given is None or not is_input_type(given):
        return None
    shown = str(given)
    default = definition.default_value
    if default is not None and not isinstance(default, NullValueNode) and not isinstance(given, GraphQLNonNull):
        given = GraphQLNonNull(given)
    expected = usage.kind
    if isinstance(expected, GraphQLNonNull) and usage.default is not Undefined:
        expected = expected.of_type
    if innermost(given) is not innermost(expected):
        defect = "Type mismatch"
    elif _depth(given) != _depth(expected):
        defect = "List dimension mismatch"
    elif not _strict_enough(given, expected):
        defect = "Nullability mismatch"
    else:
        return None
    name = definition.variable.name.value
    return Problem(
        f"{defect} on variable ${name} and argument {usage.argument} ({shown} / {usage.kind})",
        locate(usage.node),
        usage.path,
        {
            "code": "variableMismatch",
            "variableName": name,
            "typeName": shown,
            "argumentName": usage.argument,
            "errorMessage": defect,
        },
    )


def _depth(kind: Any) -> int:
    depth = 0
    while isinstance(kind, GraphQLNonNull | GraphQLList):
        depth += isinstance(kind, GraphQLList)
        kind = kind.of_type
    return depth


def _strict_enough(given: Any, expected: Any) -> bool:
    if isinstance(expected, GraphQLNonNull):
        return isinstance(given, GraphQLNonNull) and _strict_enough(given.of_type, expected.of_type)
    if isinstance(given, GraphQLNonNull):
        return _strict_enough(given.of_type, expected)
    if isinstance(given, GraphQLList) and isinstance(expected, GraphQLList):
        return _strict_enough(given.of_type, expected.of_type)
    return True
