"""Answers GraphQL fields from the graph: families' resolvers, stored fields, connections, and guesses that are
recorded.

The order is in ``contract.py``. What a field of the schema needs is worked out once per schema and remembered as a
``Plan``, since an answer of 300 variants has tens of thousands of fields.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
)

from runner.shopify.schema import Access, Schema
from runner.simulator.connections import PAGING, Edge, Page, page, unpaged
from runner.simulator.contract import Context, Fields, Listing, Refusal, Resolver
from runner.simulator.graph import Node, gid, type_of

DOCUMENTATION = "https://shopify.dev/api/usage/access-scopes"
Filter = Callable[[Listing, str, Context, str], Listing]
"""Narrows a listing to what a ``query`` argument means; warnings about the response key go into the context."""
_ABSENT = object()
_NEUTRAL = {
    "Int": 0,
    "Float": 0.0,
    "Boolean": False,
    "Money": "0.00",
    "Decimal": "0.0",
    "UnsignedInt64": "0",
    "BigInt": "0",
    "DateTime": "1970-01-01T00:00:00Z",
    "Date": "1970-01-01",
    "JSON": {},
}


class Guessed(dict[str, Any]):
    """Stands for an object that has to be there and is not known: its fields are guesses too, computed by nobody."""


class Payload(dict[str, Any]):
    """A mutation's payload: what it lacks is null, not a guess."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One field of the schema. ``node_type`` is the type of a connection's nodes, None for other fields."""

    parent: str
    name: str
    resolver: Resolver | None
    leaf: bool
    type: GraphQLOutputType
    named: str
    nullable: bool
    node_type: str | None
    access: Access | None
    codes: frozenset[str] | None = None
    """Of ``code`` of a user error: those that its mutation knows."""

    @property
    def path(self) -> str:
        """``Product.title``."""
        return f"{self.parent}.{self.name}"


class Answers:
    """Field resolver of one schema version; give ``field`` and ``abstract`` to graphql-core."""

    def __init__(self, schema: GraphQLSchema, facts: Schema, fields: Fields, narrow: Filter) -> None:
        self.schema = schema
        self.facts = facts
        self.fields = fields
        self.narrow = narrow
        self._plans: dict[tuple[str, str], Plan] = {}

    def field(self, source: Any, info: GraphQLResolveInfo[Context], /, **args: Any) -> Any:
        """The value of a field, as graphql-core calls it."""
        plan = self.plan(info.parent_type, info.field_name)
        context: Context = info.context
        self.admit(plan, context)
        if plan.resolver is not None and not isinstance(source, Guessed):
            value = plan.resolver(source, context, args)
        else:
            value = self._stored(plan, source, context, args, str(info.path.key))
            if value is _ABSENT:
                value = self._guess(plan, context)
        if plan.node_type is not None:
            return self._connection(plan, value, info, args)
        if plan.codes is not None and value is not None and value not in plan.codes:
            # What is wrong with a part, a metafield for example, is told by the code nearest to it that there is.
            return "INVALID" if "INVALID" in plan.codes else None
        return value if plan.leaf else self.objects(value, context)

    def abstract(self, value: Any, info: GraphQLResolveInfo[Context], kind: Any) -> str | None:
        """The object type of a value of an interface or union."""
        if isinstance(value, Node):
            self._check(self.facts.type_access(value.type), info.field_name, info.context)
            return value.type
        return value.get("__typename") if isinstance(value, Mapping) else None

    def plan(self, parent: GraphQLObjectType, name: str) -> Plan:
        """What there is to know about a field."""
        found = self._plans.get((parent.name, name))
        if found is None:
            found = self._plans[parent.name, name] = self._make(parent, name)
        return found

    def admit(self, plan: Plan, context: Context) -> None:
        """``Refusal`` ``ACCESS_DENIED`` unless the token's scopes allow the field."""
        self._check(plan.access, plan.name, context)

    def _check(self, access: Access | None, name: str, context: Context) -> None:
        if context.scopes is None or access is None or access.granted(context.scopes):
            return
        raise access_denied(name, access.words)

    def objects(self, value: Any, context: Context) -> Any:
        """Gids become nodes, also inside lists. A gid of nothing is null."""
        if isinstance(value, str):
            return context.graph.get(value)
        if isinstance(value, Listing):
            return list(value.nodes)
        if isinstance(value, list | tuple):
            return [self.objects(item, context) for item in value]
        return value

    def _make(self, parent: GraphQLObjectType, name: str) -> Plan:
        kind = parent.fields[name].type
        named = get_named_type(kind)
        node_type = None
        if named.name.endswith("Connection") and isinstance(named, GraphQLObjectType):
            node_type = _node_type(named)
        field = self.facts.field(parent.name, name)
        access = field.access if field else None
        if access is None and parent is not self.schema.mutation_type:
            access = self.facts.type_access(node_type or named.name)
        is_code = name == "code" and parent.name.endswith("UserError") and isinstance(named, GraphQLEnumType)
        return Plan(
            codes=frozenset(named.values) if is_code else None,
            parent=parent.name,
            name=name,
            resolver=self.fields.get(parent.name, {}).get(name),
            leaf=is_leaf_type(named),
            type=kind,
            named=named.name,
            nullable=not isinstance(kind, GraphQLNonNull),
            node_type=node_type,
            access=access,
        )

    def _stored(self, plan: Plan, source: Any, context: Context, args: Mapping[str, Any], key: str) -> Any:
        if isinstance(source, Node):
            if plan.name in source.fields:
                return source.fields[plan.name]
            if plan.name == "id":
                return source.id
            return str(source.number) if plan.name == "legacyResourceId" else _ABSENT
        if isinstance(source, Page):
            return source.read(plan.name) if plan.name in ("nodes", "edges", "pageInfo") else _ABSENT
        if isinstance(source, Edge):
            return source.read(plan.name) if plan.name in ("node", "cursor") else _ABSENT
        if isinstance(source, Mapping):
            return source.get(plan.name, None if isinstance(source, Payload) else _ABSENT)
        return self._root(plan, context, args, key)

    def _root(self, plan: Plan, context: Context, args: Mapping[str, Any], key: str) -> Any:
        """``thing(id:)``, ``things``, ``thingsCount``, ``node``, ``nodes``."""
        if plan.name == "nodes" and "ids" in args:
            return [self._node(plan, node_id, context) for node_id in args["ids"]]
        if not plan.leaf and isinstance(args.get("id"), str):
            return self._node(plan, args["id"], context)
        if plan.node_type is not None:
            return self._all(plan, plan.node_type, context, args)
        if plan.named == "Count" and plan.name.endswith("Count"):
            return self._count(plan, context, args, key)
        return _ABSENT

    def _count(self, plan: Plan, context: Context, args: Mapping[str, Any], key: str) -> Any:
        """How many ``things`` there are for ``thingsCount``; from ``limit`` on only that there are so many."""
        name = plan.name[: -len("Count")]
        things = self.schema.query_type.fields.get(name) if self.schema.query_type else None
        kind = get_named_type(things.type) if things is not None else None
        node_type = _node_type(kind) if isinstance(kind, GraphQLObjectType) else None
        if node_type is None:
            return _ABSENT
        resolver = self.fields.get(plan.parent, {}).get(name)
        found = resolver(None, context, args) if resolver is not None else self._all(plan, node_type, context, args)
        listing = self.search(found if isinstance(found, Listing) else Listing(found), args, context, key)
        count, limit = len(listing.nodes), args.get("limit")
        if limit is not None and count > limit:
            return {"count": limit, "precision": "AT_LEAST"}
        return {"count": count, "precision": "EXACT"}

    def _all(self, plan: Plan, node_type: str, context: Context, args: Mapping[str, Any]) -> Listing:
        for name, value in args.items():
            if name not in PAGING and value is not None and name != "limit":
                self.note_guess(f"{plan.path}({name}:)", context)
        nodes = [node for name in self.facts.possible_types(node_type) for node in context.graph.of_type(name)]
        return Listing(nodes, search=plan.name.removesuffix("Count"))

    def _node(self, plan: Plan, node_id: str, context: Context) -> Node | None:
        node = context.graph.get(node_id)
        possible = self.facts.possible_types(plan.named)
        if type_of(node_id) is not None and type_of(node_id) not in possible and plan.named != "Node":
            raise Refusal(f"Invalid id: {node_id}", "RESOURCE_NOT_FOUND")
        if node is not None and node.type in possible:
            return node
        if not plan.nullable and plan.name != "nodes":
            # By analogy: where null may not be, as `productDuplicateJob`, an id of nothing is no id.
            raise Refusal(f"Invalid id: {node_id}", "RESOURCE_NOT_FOUND")
        return None

    def _connection(
        self, plan: Plan, value: Any, info: GraphQLResolveInfo[Context], args: Mapping[str, Any]
    ) -> Page | None:
        if value is None or isinstance(value, Page):
            return value
        context: Context = info.context
        listing = value if isinstance(value, Listing) else Listing(self.objects(value, context))
        listing = self.search(listing, args, context, str(info.path.key))
        if context.unpaged:
            return unpaged(listing, args)
        above = info.path.prev
        alone = above is not None and above.prev is None and info.operation.operation.value == "query"
        return page(listing, args, self.facts.max_page(plan.parent, plan.name, root=alone))

    def search(self, listing: Listing, args: Mapping[str, Any], context: Context, key: str) -> Listing:
        """The listing narrowed by the ``query`` argument, if any."""
        query = args.get("query")
        if listing.searched or not isinstance(query, str) or not query.strip():
            return listing
        return self.narrow(listing, query, context, key)

    # guesses

    def note_guess(self, path: str, context: Context) -> None:
        """Record a guess; in strict mode refuse it."""
        context.guesses[path] = None
        if context.strict:
            raise Refusal(f"the simulator would have to guess {path}, and it is strict", "SIMULATOR_GUESS")

    def _guess(self, plan: Plan, context: Context) -> Any:
        self.note_guess(plan.path, context)
        if plan.named == "ID" and not plan.nullable:
            return gid(plan.parent, 0)
        return None if plan.nullable else self._neutral(plan.type)

    def _neutral(self, kind: GraphQLOutputType) -> Any:
        if isinstance(kind, GraphQLNonNull):
            return self._neutral(kind.of_type)
        if isinstance(kind, GraphQLList):
            return []
        if isinstance(kind, GraphQLEnumType):
            return next(iter(kind.values))
        if is_abstract_type(kind) and isinstance(kind, GraphQLInterfaceType | GraphQLUnionType):
            return Guessed(__typename=self.facts.possible_types(kind.name)[0])
        if isinstance(kind, GraphQLObjectType):
            return [] if kind.name.endswith("Connection") else Guessed()
        return _NEUTRAL.get(kind.name, "")


def _node_type(connection: GraphQLObjectType) -> str | None:
    """The type of a connection's nodes, which a few give only as ``edges { node }``; None when it is no connection."""
    if "nodes" in connection.fields:
        return str(get_named_type(connection.fields["nodes"].type).name)
    edge = get_named_type(connection.fields["edges"].type) if "edges" in connection.fields else None
    return str(get_named_type(edge.fields["node"].type).name) if isinstance(edge, GraphQLObjectType) else None


def access_denied(name: str, words: str) -> Refusal:
    """The error for a field that the token's scopes do not allow; ``words`` say which access it takes. Seen."""
    return Refusal(
        f"Access denied for {name} field. Required access: {words}",
        "ACCESS_DENIED",
        documentation=DOCUMENTATION,
        requiredAccess=words,
    )
