"""Rules of fragments as wholes (used, finite) and of fields that meet under one name. By analogy throughout."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    OperationDefinitionNode,
    OverlappingFieldsCanBeMergedRule,
    SelectionSetNode,
    validate,
)
from graphql.language import Node

from runner.simulator.validation.problem import Problem, literal, locate
from runner.simulator.validation.usage import reachable


def fragment_problems(
    operations: Sequence[OperationDefinitionNode],
    fragments: Mapping[str, FragmentDefinitionNode],
    spreads: Mapping[str, Sequence[FragmentSpreadNode]],
) -> list[Problem]:
    """Fragments that no operation uses, and fragments that contain themselves."""
    problems = []
    used: set[str] = set()
    for operation in operations:
        label = operation.operation.value + (f" {operation.name.value}" if operation.name else "")
        used |= reachable(label, spreads)
    for name, node in fragments.items():
        owner = f"fragment {name}"
        if owner not in used:
            extensions = {"code": "useAndDefineFragment", "fragmentName": name}
            message = f"Fragment {name} was defined, but not used"
            problems.append(Problem(message, locate(node), (owner,), extensions))
        inside = [spread.name.value for spread in spreads.get(owner, ())]
        if any(owner in reachable(f"fragment {other}", spreads) for other in inside):
            extensions = {"code": "infiniteLoop", "fragmentName": name}
            message = f"Fragment {name} contains an infinite loop"
            problems.append(Problem(message, locate(node), (owner,), extensions))
    return problems


def conflict_problems(schema: GraphQLSchema, document: DocumentNode) -> list[Problem]:
    """Fields of one response name that differ in field or arguments. For documents without other problems."""
    if not any(_may_meet(node) for node in document.definitions):
        return []
    problems = []
    for error in validate(schema, document, [OverlappingFieldsCanBeMergedRule]):
        fields = [node for node in error.nodes or () if isinstance(node, FieldNode)]
        problem = _first_conflict(fields)
        if problem is not None:
            problems.append(problem)
    return problems


def _may_meet(node: Node) -> bool:
    """Whether two fields of ``node`` could come under one name: a name twice in a set, or any fragment."""
    return any(_crowded(selections) for selections in _selection_sets(node))


def _crowded(selections: SelectionSetNode) -> bool:
    names = [_name(node) if isinstance(node, FieldNode) else None for node in selections.selections]
    return None in names or len(set(names)) < len(names)


def _selection_sets(node: Node) -> Iterator[SelectionSetNode]:
    selections = getattr(node, "selection_set", None)
    if selections is not None:
        yield selections
        for child in selections.selections:
            yield from _selection_sets(child)


def _name(node: FieldNode) -> str:
    return node.alias.value if node.alias else node.name.value


def _first_conflict(fields: Sequence[FieldNode]) -> Problem | None:
    """graphql-core lists the two fields where the conflict shows and those above them; ours names the deepest pair."""
    by_name: dict[str, list[FieldNode]] = {}
    for node in fields:
        by_name.setdefault(_name(node), []).append(node)
    for name, nodes in reversed(by_name.items()):
        names = list(dict.fromkeys(node.name.value for node in nodes))
        given = list(dict.fromkeys(_arguments(node) for node in nodes))
        if len(names) < 2 and len(given) < 2:
            continue
        what, options = ("a field", names) if len(names) > 1 else ("an argument", given)
        conflicts = " or ".join(options)
        return Problem(
            f"Field '{name}' has {what} conflict: {conflicts}?",
            locate(*nodes),
            (),
            {"code": "fieldConflict", "fieldName": name, "conflicts": conflicts},
        )
    return None


def _arguments(node: FieldNode) -> str:
    pairs = sorted((argument.name.value, literal(argument.value)) for argument in node.arguments or ())
    return "{" + ", ".join(f"{name}: {value}" for name, value in pairs) + "}"
