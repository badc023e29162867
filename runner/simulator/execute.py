"""Runs GraphQL requests: checks them in Shopify's words, charges them, executes them, and runs mutations atomically."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLResolveInfo,
    OperationDefinitionNode,
    OperationType,
    execute,
    get_directive_values,
)

from runner.shopify.schema import graphql_schema, load
from runner.shopify.scopes import Need, of_graphql
from runner.simulator import cost, idempotency
from runner.simulator.bulk import Shape
from runner.simulator.contract import Context, Fields, Mutation, Partial, Refusal
from runner.simulator.introspection import about_schema, asks_for_schema_only
from runner.simulator.resolve import Answers, Filter, Payload, access_denied
from runner.simulator.validation import (
    Problem,
    document_too_long,
    input_list_problems,
    parse_document,
    select_operation,
    static_problems,
    variable_problems,
    with_utc_times,
)

REMEMBERED = 512
"""Documents kept parsed and validated."""
NOT_IMPLEMENTED = "SIMULATOR_NOT_IMPLEMENTED"


@dataclass(slots=True)
class Outcome:
    """What became of a request. ``body`` is the JSON of the reply; costs are None when it was not charged.

    ``operation`` is ``query name`` or ``mutation name``; ``roots`` the root fields; ``errors`` codes or messages of the
    top-level errors; ``user_errors`` the codes found in payloads.
    """

    body: dict[str, Any]
    operation: str = ""
    roots: tuple[str, ...] = ()
    requested: int | None = None
    actual: int | None = None
    errors: list[str] = field(default_factory=list)
    user_errors: list[str] = field(default_factory=list)
    throttled: bool = False


@dataclass(slots=True)
class _Known:
    """A document that came before: parsed, what is wrong with it, and what its operations cost by name."""

    document: DocumentNode | None
    problems: list[Problem]
    costs: dict[str | None, int] = field(default_factory=dict)


class _Undone(Exception):
    """Carries the payload of a mutation with user errors out of its transaction."""

    def __init__(self, payload: Mapping[str, Any]) -> None:
        super().__init__("user errors")
        self.payload = payload


class Executor:
    """GraphQL in one API version over the tables of the families."""

    def __init__(self, version: str, fields: Fields, mutations: Mapping[str, Mutation], narrow: Filter) -> None:
        self.version = version
        self.schema = graphql_schema(version)
        self.answers = Answers(self.schema, load(version), fields, narrow)
        self.mutations = mutations
        self._documents: OrderedDict[str, _Known] = OrderedDict()

    def run(
        self,
        context: Context,
        bucket: cost.Bucket,
        text: str,
        variables: Mapping[str, Any],
        operation_name: str | None = None,
        *,
        limited: bool = True,
    ) -> Outcome:
        """Answer one request. Mistakes of the caller are in ``Outcome.body["errors"]``; ours are raised.

        ``limited`` false: no cost is too high, and none is charged.
        """
        known = self._document(text)
        document = known.document
        if document is None or known.problems:
            return _refused(known.problems)
        operation = select_operation(document, operation_name)
        if isinstance(operation, Problem):
            return _refused([operation])
        problems = variable_problems(operation, variables, self.schema)
        if problems:
            return _refused(problems)
        outcome = Outcome({}, _label(operation), _roots(operation))
        name = operation.name.value if operation.name else None
        if limited and self._too_dear(outcome, bucket, self._requested_cost(known, variables, name)):
            return outcome
        if context.scopes is not None and operation.operation is OperationType.MUTATION:
            missing = of_graphql(text, variables, schema=self.answers.facts).missing(context.scopes)
            context.denied = (missing[0].words or _any_of(missing[0])) if missing else None
        self._execute(context, document, operation, variables, outcome)
        if limited:
            self._settle(context, bucket, document, variables, name, outcome)
        return outcome

    def _requested_cost(self, known: _Known, variables: Mapping[str, Any], name: str | None) -> int:
        """What a valid document costs; remembered without variables, when it costs the same every time."""
        if known.document is not None and (variables or name not in known.costs):
            requested = cost.requested_cost(known.document, variables, self.schema, name)
            if variables:
                return requested
            known.costs[name] = requested
        return known.costs[name]

    def _too_dear(self, outcome: Outcome, bucket: cost.Bucket, requested: int) -> bool:
        """Charge what is ``requested``, or refuse, in ``outcome``, what cannot be paid."""
        outcome.requested = requested
        refusals = cost.operation_cost_errors(requested, bucket)
        if refusals:
            outcome.body = {"errors": list(refusals)}
            outcome.errors = [error["extensions"]["code"] for error in refusals]
            outcome.throttled = "THROTTLED" in outcome.errors
            outcome.body["extensions"] = {"cost": bucket.extensions(requested, None)}
        return bool(refusals)

    # documents inside of a call (contract.Documents)

    def refusal(self, text: str) -> str | None:
        """Why a document is refused as such; None when it is not."""
        problems = self._document(text).problems
        return problems[0].message if problems else None

    def shape(self, text: str) -> Shape:
        """What a document that is not refused selects."""
        known = self._document(text)
        if known.document is None or known.problems:
            raise ValueError("a refused document has no shape")
        return Shape(known.document, self.schema)

    def answer(self, context: Context, text: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The body of the reply to a document, whatever it costs."""
        return self.run(context, cost.Bucket(context.clock), text, variables, limited=False).body

    def _document(self, text: str) -> _Known:
        known = self._documents.get(text)
        if known is not None:
            self._documents.move_to_end(text)
            return known
        too_long = document_too_long(text)
        parsed = too_long or parse_document(text)
        if isinstance(parsed, Problem):
            known = _Known(None, [parsed])
        else:
            known = _Known(parsed, static_problems(parsed, self.schema))
        self._documents[text] = known
        if len(self._documents) > REMEMBERED:
            self._documents.popitem(last=False)
        return known

    def _execute(
        self,
        context: Context,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        variables: Mapping[str, Any],
        outcome: Outcome,
    ) -> None:
        if asks_for_schema_only(operation):
            outcome.body["data"] = about_schema(self.schema, document, operation, variables)
            return
        resolver = self._mutate if operation.operation is OperationType.MUTATION else self.answers.field
        result = execute(
            self.schema,
            document,
            context_value=context,
            variable_values=dict(variables),
            operation_name=operation.name.value if operation.name else None,
            field_resolver=resolver,
            type_resolver=self.answers.abstract,
            is_awaitable=_never,
        )
        errors: list[GraphQLError] = list(result.errors or ())  # type: ignore[union-attr]
        for error in errors:
            if error.original_error is not None and not isinstance(error.original_error, Refusal | GraphQLError):
                raise error.original_error
        outcome.body["data"] = result.data  # type: ignore[union-attr]
        if errors:
            outcome.body["errors"] = [dict(error.formatted) for error in errors]
            outcome.errors = [str((error.extensions or {}).get("code", error.message)) for error in errors]
        if operation.operation is OperationType.MUTATION and isinstance(outcome.body["data"], Mapping):
            outcome.user_errors = _user_errors(outcome.body["data"])

    def _settle(
        self,
        context: Context,
        bucket: cost.Bucket,
        document: DocumentNode,
        variables: Mapping[str, Any],
        name: str | None,
        outcome: Outcome,
    ) -> None:
        requested = outcome.requested or 0
        outcome.actual = cost.actual_cost(document, variables, self.schema, outcome.body["data"], name, requested)
        bucket.refund(requested - outcome.actual)
        extensions: dict[str, Any] = {"cost": bucket.extensions(requested, outcome.actual)}
        if context.search_warnings:
            extensions["search"] = context.search_warnings
        outcome.body["extensions"] = extensions

    def _mutate(self, source: Any, info: GraphQLResolveInfo[Context], /, **args: Any) -> Any:
        """Field resolver of mutation operations: root fields are mutations, the rest is read as ever."""
        if info.parent_type is not self.schema.mutation_type:
            return self.answers.field(source, info, **args)
        name = info.field_name
        context: Context = info.context
        call = self.mutations.get(name)
        if call is None:
            raise Refusal(f"the simulator does not implement {name} yet", NOT_IMPLEMENTED)
        plan = self.answers.plan(info.parent_type, name)
        self.answers.admit(plan, context)
        if plan.access is None and context.denied is not None:
            raise access_denied(name, context.denied)
        for problem in input_list_problems(args, key=tuple(info.path.as_list())):
            nodes, path = info.field_nodes, problem.path
            raise GraphQLError(problem.message, nodes=nodes, path=path, extensions=problem.extensions)
        args = with_utc_times(args, info.parent_type.fields[name].args)
        context.idempotency_key = self._idempotency_key(info)
        with context.graph.caused_by(f"graphql {name}"):
            payload = idempotency.guard(context, name, args, lambda: perform(call, context, args))
        return Payload(payload)

    def _idempotency_key(self, info: GraphQLResolveInfo[Context]) -> str | None:
        directive = self.schema.get_directive("idempotent")
        if directive is None:
            return None
        values = get_directive_values(directive, info.field_nodes[0], info.variable_values)
        return None if values is None else str(values["key"])


def _never(value: Any) -> TypeGuard[Awaitable[Any]]:
    """Nothing here is awaited; asking each of ten thousand values takes time."""
    return False


def perform(call: Callable[..., Mapping[str, Any]], context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """The payload of a mutation, run in a transaction that user errors undo."""
    try:
        with context.graph.transaction():
            payload = call(context, args)
            if not isinstance(payload, Partial) and any(
                value for key, value in payload.items() if key.lower().endswith("usererrors")
            ):
                raise _Undone(payload)
    except _Undone as undone:
        return undone.payload
    return payload


def _any_of(need: Need) -> str:
    return " or ".join(f"`{scope}`" for scope in need.any_of) + " access scope."


def _refused(problems: list[Problem]) -> Outcome:
    errors = [problem.to_json() for problem in problems]
    codes = [str(error.get("extensions", {}).get("code", error["message"])) for error in errors]
    return Outcome({"errors": errors}, errors=codes)


def _label(operation: OperationDefinitionNode) -> str:
    name = operation.name.value if operation.name else ""
    return f"{operation.operation.value} {name}".strip()


def _roots(operation: OperationDefinitionNode) -> tuple[str, ...]:
    return tuple(node.name.value for node in operation.selection_set.selections if isinstance(node, FieldNode))


def _user_errors(data: Mapping[str, Any]) -> list[str]:
    found = []
    for payload in data.values():
        for key, value in payload.items() if isinstance(payload, Mapping) else ():
            if key.lower().endswith("usererrors") and isinstance(value, list):
                found += [str(error.get("code") or error.get("message") or "?") for error in value]
    return found
