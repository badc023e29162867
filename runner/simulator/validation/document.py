"""Static validation of a document against the schema, rule by rule as graphql-ruby words them.

Paths are graphql-ruby's: ``["query Name", "product", "id"]``, fields under their alias, fragments as ``fragment X``,
``... X`` and ``... on Type``. Codes and wording of the field, argument and directive rules are *seen*; the rest *by
analogy*.
"""

from __future__ import annotations

from collections.abc import Sequence

from graphql import (
    ArgumentNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLDirective,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    ListValueNode,
    NamedTypeNode,
    ObjectValueNode,
    OperationDefinitionNode,
    OperationType,
    SchemaMetaFieldDef,
    SelectionSetNode,
    TypeMetaFieldDef,
    TypeNameMetaFieldDef,
    Undefined,
    ValueNode,
    VariableNode,
    get_named_type,
    is_composite_type,
    is_leaf_type,
    is_required_argument,
)
from graphql.language import DirectiveLocation, Node
from graphql.utilities import do_types_overlap

from runner.simulator.validation.fragments import conflict_problems, fragment_problems
from runner.simulator.validation.literals import literal_problem
from runner.simulator.validation.one_of import one_of_problem
from runner.simulator.validation.problem import Problem, innermost, locate, nullable
from runner.simulator.validation.usage import Usage, definition_problems, usage_problems

_PLACES = {
    DirectiveLocation.QUERY: "queries",
    DirectiveLocation.MUTATION: "mutations",
    DirectiveLocation.SUBSCRIPTION: "subscriptions",
    DirectiveLocation.FIELD: "fields",
    DirectiveLocation.FRAGMENT_DEFINITION: "fragment definitions",
    DirectiveLocation.FRAGMENT_SPREAD: "fragment spreads",
    DirectiveLocation.INLINE_FRAGMENT: "inline fragments",
    DirectiveLocation.VARIABLE_DEFINITION: "variable definitions",
}
_OPERATION_PLACES = {
    OperationType.QUERY: DirectiveLocation.QUERY,
    OperationType.MUTATION: DirectiveLocation.MUTATION,
    OperationType.SUBSCRIPTION: DirectiveLocation.SUBSCRIPTION,
}


def select_operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode | Problem:
    """The operation to run: the only one, or the one called ``name``. By analogy."""
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if name:
        for operation in operations:
            if operation.name is not None and operation.name.value == name:
                return operation
        return Problem(f'No operation named "{name}"')
    if len(operations) == 1:
        return operations[0]
    return Problem("An operation name is required" if operations else "No query string was present")


def static_problems(document: DocumentNode, schema: GraphQLSchema) -> list[Problem]:
    """Everything wrong with ``document``, in its order; empty when it may run. Variables' values are not looked at."""
    walk = _Walk(schema, document)
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    walk.problems += _operation_name_problems(operations)
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            walk.operation(definition)
        elif isinstance(definition, FragmentDefinitionNode):
            walk.fragment(definition)
    for operation in operations:
        label = operation_label(operation)
        walk.problems += definition_problems(operation, schema, label)
        walk.problems += usage_problems(operation, walk.usages, walk.spreads, schema, label)
    walk.problems += fragment_problems(operations, walk.fragments, walk.spreads)
    if not walk.problems:
        walk.problems += conflict_problems(schema, document)
    return walk.problems


def operation_label(operation: OperationDefinitionNode) -> str:
    """First member of every path: ``query``, ``mutation Name``."""
    return operation.operation.value + (f" {operation.name.value}" if operation.name else "")


def _operation_name_problems(operations: Sequence[OperationDefinitionNode]) -> list[Problem]:
    extensions = {"code": "uniquelyNamedOperations"}
    if len(operations) > 1 and any(operation.name is None for operation in operations):
        message = "Operation name is required when multiple operations are present"
        return [Problem(message, locate(*operations), (), extensions)]
    named: dict[str, list[OperationDefinitionNode]] = {}
    for operation in operations:
        if operation.name is not None:
            named.setdefault(operation.name.value, []).append(operation)
    return [
        Problem(f'Operation name "{name}" must be unique', locate(*same), (), {**extensions, "operationName": name})
        for name, same in named.items()
        if len(same) > 1
    ]


class _Walk:
    """One pass over the definitions; ``problems`` in the order met."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self.schema = schema
        self.fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self.problems: list[Problem] = []
        self.usages: list[Usage] = []
        self.spreads: dict[str, list[FragmentSpreadNode]] = {}
        self._path: list[str | int] = []
        self._owner = ""

    def operation(self, node: OperationDefinitionNode) -> None:
        """Walk an operation."""
        label = operation_label(node)
        root = self.schema.get_root_type(node.operation)
        self._owner, self._path = label, [label]
        self._directives(node.directives or (), _OPERATION_PLACES[node.operation])
        if root is None:
            code = f"missing{node.operation.value.capitalize()}Configuration"
            message = f"Schema is not configured for {_PLACES[_OPERATION_PLACES[node.operation]]}"
            self._add(message, node, code)
            return
        self._selections(node.selection_set, root)

    def fragment(self, node: FragmentDefinitionNode) -> None:
        """Walk a fragment definition under its own path."""
        label = f"fragment {node.name.value}"
        self._owner, self._path = label, [label]
        self._directives(node.directives or (), DirectiveLocation.FRAGMENT_DEFINITION)
        kind = self._condition(node.type_condition, node)
        if kind is not None:
            self._selections(node.selection_set, kind)

    def _add(self, message: str, node: Node, code: str, **details: object) -> None:
        extensions = {"code": code, **details}
        self.problems.append(Problem(message, locate(node), tuple(self._path), extensions))

    def _selections(self, selections: SelectionSetNode, parent: GraphQLNamedType) -> None:
        for node in selections.selections:
            if isinstance(node, FieldNode):
                self._path.append(node.alias.value if node.alias else node.name.value)
                self._field(node, parent)
            elif isinstance(node, FragmentSpreadNode):
                self._path.append(f"... {node.name.value}")
                self._spread(node, parent)
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                self._path.append("..." + (f" on {condition.name.value}" if condition else ""))
                self._inline(node, parent)
            self._path.pop()

    def _field(self, node: FieldNode, parent: GraphQLNamedType) -> None:
        name = node.name.value
        if isinstance(parent, GraphQLUnionType) and name != "__typename":
            possible = ", ".join(kind.name for kind in parent.types)
            message = f"Selections can't be made directly on unions (see selections on {parent.name})"
            self._add(message, node, "selectionMismatch", nodeName=parent.name, typeName=possible)
            return
        field = self._definition(parent, name)
        if field is None:
            message = f"Field '{name}' doesn't exist on type '{parent.name}'"
            self._add(message, node, "undefinedField", typeName=parent.name, fieldName=name)
            return
        self._arguments(node.arguments or (), field.args, "Field", name, node)
        self._directives(node.directives or (), DirectiveLocation.FIELD)
        self._subselections(node, field)

    def _definition(self, parent: GraphQLNamedType, name: str) -> GraphQLField | None:
        if name == "__typename":
            return TypeNameMetaFieldDef
        if parent is self.schema.query_type and name in ("__schema", "__type"):
            return SchemaMetaFieldDef if name == "__schema" else TypeMetaFieldDef
        if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
            field: GraphQLField | None = parent.fields.get(name)
            return field
        return None

    def _subselections(self, node: FieldNode, field: GraphQLField) -> None:
        kind = get_named_type(field.type)
        label = f"field '{node.name.value}'"
        if node.selection_set is not None and is_leaf_type(kind):
            noun = "enums" if isinstance(kind, GraphQLEnumType) else "scalars"
            chosen = [part.name.value for part in node.selection_set.selections if isinstance(part, FieldNode)]
            listed = "[" + ", ".join(f'"{name}"' for name in chosen) + "]"
            message = f"Selections can't be made on {noun} ({label} returns {kind.name} but has selections {listed})"
            self._add(message, node, "selectionMismatch", nodeName=label, typeName=kind.name)
        elif node.selection_set is None and not is_leaf_type(kind):
            message = (
                f"Field must have selections ({label} returns {kind.name} but has no selections. "
                f"Did you mean '{node.name.value} {{ ... }}'?)"
            )
            self._add(message, node, "selectionMismatch", nodeName=label, typeName=kind.name)
        elif node.selection_set is not None:
            self._selections(node.selection_set, kind)

    def _spread(self, node: FragmentSpreadNode, parent: GraphQLNamedType) -> None:
        name = node.name.value
        self.spreads.setdefault(self._owner, []).append(node)
        self._directives(node.directives or (), DirectiveLocation.FRAGMENT_SPREAD)
        fragment = self.fragments.get(name)
        if fragment is None:
            self._add(f"Fragment {name} was used, but not defined", node, "useAndDefineFragment", fragmentName=name)
            return
        self._possible(self.schema.get_type(fragment.type_condition.name.value), parent, node, name)

    def _inline(self, node: InlineFragmentNode, parent: GraphQLNamedType) -> None:
        self._directives(node.directives or (), DirectiveLocation.INLINE_FRAGMENT)
        kind: GraphQLNamedType | None = parent
        if node.type_condition is not None:
            kind = self._condition(node.type_condition, node)
            self._possible(kind, parent, node, None)
        if kind is not None:
            self._selections(node.selection_set, kind)

    def _condition(self, condition: NamedTypeNode, node: Node) -> GraphQLNamedType | None:
        """The type of a fragment, or None after telling what is wrong with it."""
        name = condition.name.value
        kind = self.schema.get_type(name)
        if kind is None:
            self._add(f"No such type {name}, so it can't be a fragment condition", node, "undefinedType", typeName=name)
        elif not is_composite_type(kind):
            message = f"Invalid fragment on type {name} (must be Union, Interface or Object)"
            self._add(message, node, "fragmentOnNonCompositeType", typeName=name)
        else:
            return kind
        return None

    def _possible(
        self, kind: GraphQLNamedType | None, parent: GraphQLNamedType, node: Node, fragment: str | None
    ) -> None:
        if not is_composite_type(kind) or not is_composite_type(parent) or do_types_overlap(self.schema, kind, parent):
            return
        named = f"Fragment {fragment} on {kind.name}" if fragment else f"Fragment on {kind.name}"
        self._add(
            f"{named} can't be spread inside {parent.name}",
            node,
            "cannotSpreadFragment",
            typeName=kind.name,
            fragmentName=fragment or "unknown",
            parentName=parent.name,
        )

    def _directives(self, nodes: Sequence[DirectiveNode], place: DirectiveLocation) -> None:
        seen: set[str] = set()
        for node in nodes:
            name = node.name.value
            directive = self.schema.get_directive(name)
            if directive is None:
                self._add(f"Directive @{name} is not defined", node, "undefinedDirective", directiveName=name)
                continue
            self._directive_place(node, directive, place)
            if name in seen and not directive.is_repeatable:
                message = f'The directive "{name}" can only be used once at this location.'
                self._add(message, node, "directiveNotUniqueForLocation", directiveName=name)
            seen.add(name)
            self._arguments(node.arguments or (), directive.args, "Directive", name, node)

    def _directive_place(self, node: DirectiveNode, directive: GraphQLDirective, place: DirectiveLocation) -> None:
        if place in directive.locations:
            return
        allowed = ", ".join(_PLACES[where] for where in directive.locations if where in _PLACES)
        # Seen: '@idempotent' can't be applied to mutations (allowed: fields)
        message = f"'@{directive.name}' can't be applied to {_PLACES[place]} (allowed: {allowed})"
        self._add(message, node, "directiveCannotBeApplied", targetName=_PLACES[place], name=directive.name)

    def _arguments(
        self, nodes: Sequence[ArgumentNode], defined: dict[str, GraphQLArgument], kind: str, name: str, owner: Node
    ) -> None:
        given: set[str] = set()
        for node in nodes:
            argument = node.name.value
            self._path.append(argument)
            if argument in given:
                self._add(
                    f'There can be only one argument named "{argument}"', owner, "argumentNotUnique", name=argument
                )
            given.add(argument)
            definition = defined.get(argument)
            if definition is None:
                message = f"{kind} '{name}' doesn't accept argument '{argument}'"
                self._add(message, node, "argumentNotAccepted", name=name, typeName=kind, argumentName=argument)
            else:
                self._value(node.value, definition.type, definition.default_value, (kind, name, argument), owner, node)
            self._path.pop()
        missing = [
            argument
            for argument, definition in defined.items()
            if argument not in given and is_required_argument(definition)
        ]
        if missing:
            listed = ", ".join(missing)
            message = f"{kind} '{name}' is missing required arguments: {listed}"
            self._add(message, owner, "missingRequiredArguments", className=kind, name=name, arguments=listed)

    def _value(
        self,
        value: ValueNode,
        kind: object,
        default: object,
        named: tuple[str, str, str],
        owner: Node,
        node: Node,
    ) -> None:
        """Check one given value: variables for their type, input objects field by field, then the literal as a whole.

        ``named`` is what the message calls it: kind and name of the thing that takes it, name of the argument. An error
        inside hides the one of the whole.
        """
        if isinstance(value, VariableNode):
            self.usages.append(Usage(self._owner, value, node, kind, default, named[2], tuple(self._path)))
            return
        before = len(self.problems)
        self._nested(value, kind)
        if len(self.problems) == before:
            problem = literal_problem(value, kind, named, locate(owner), tuple(self._path))
            if problem is not None:
                self.problems.append(problem)

    def _nested(self, value: ValueNode, kind: object) -> None:
        inner = innermost(kind)  # type: ignore[arg-type]
        if isinstance(value, ListValueNode):
            for index, member in enumerate(value.values):
                self._path.append(index)
                if isinstance(member, VariableNode):
                    kind_of_member = getattr(nullable(kind), "of_type", inner)  # type: ignore[arg-type]
                    name = str(self._path[-2])
                    self.usages.append(
                        Usage(self._owner, member, member, kind_of_member, Undefined, name, tuple(self._path))
                    )
                else:
                    self._nested(member, inner)
                self._path.pop()
        elif isinstance(value, ObjectValueNode) and isinstance(inner, GraphQLInputObjectType):
            self._input_object(value, inner)

    def _input_object(self, value: ObjectValueNode, kind: GraphQLInputObjectType) -> None:
        given: set[str] = set()
        for node in value.fields:
            name = node.name.value
            self._path.append(name)
            if name in given:
                self._add(f'There can be only one input field named "{name}"', node, "inputFieldNotUnique", name=name)
            given.add(name)
            field = kind.fields.get(name)
            if field is None:
                message = f"InputObject '{kind.name}' doesn't accept argument '{name}'"
                self._add(
                    message, node, "argumentNotAccepted", name=kind.name, typeName="InputObject", argumentName=name
                )
            else:
                taken = GraphQLNonNull(field.type) if kind.is_one_of else field.type
                self._value(node.value, taken, field.default_value, ("InputObject", kind.name, name), value, node)
            self._path.pop()
        refusal = one_of_problem(value, kind, tuple(self._path))
        self.problems += [refusal] if refusal is not None else []
        for name, field in kind.fields.items():
            if name in given or not isinstance(field.type, GraphQLNonNull) or field.default_value is not Undefined:
                continue
            self._path.append(name)
            self._add(
                f"Argument '{name}' on InputObject '{kind.name}' is required. Expected type {field.type}",
                value,
                "missingRequiredInputObjectAttribute",
                argumentName=name,
                argumentType=str(field.type),
                inputObjectType=kind.name,
            )
            self._path.pop()
