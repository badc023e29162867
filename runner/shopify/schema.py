"""The Admin GraphQL schema from the package's compact data: look-ups without graphql-core, the full schema with it.

``load`` costs about 30 ms once a process and version; ``graphql_schema`` some tenths of a second, and is for whoever
validates or executes documents. Both give immutable things, remembered for the life of the process.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runner.errors import ConfigError
from runner.shopify.versions import nearest

if TYPE_CHECKING:
    from graphql import GraphQLSchema

DATA = Path(__file__).parent / "data"
KNOWN_VERSIONS = tuple(sorted(path.name[len("admin_") : -len(".json.gz")] for path in DATA.glob("admin_*.json.gz")))
"""Versions whose schema data the package holds, oldest first."""
DEFAULT_VERSION = "2026-04"
"""The API version used when neither task nor settings name one (actions.md 4.2)."""
PAGE_SIZE = 250
"""The largest ``first`` or ``last`` of a connection, where nothing else is documented."""


@dataclass(frozen=True, slots=True)
class Access:
    """Who may see or do something. ``words`` is Shopify's sentence; ``scopes``: each inner tuple must be met by one."""

    words: str
    scopes: tuple[tuple[str, ...], ...]

    def granted(self, held: frozenset[str]) -> bool:
        """Whether a token with the scopes ``held`` passes; ``write_x`` includes ``read_x`` (actions.md 4.7)."""
        return all(any(holds(held, scope) for scope in group) for group in self.scopes)


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a field or directive, or a field of an input object.

    ``type`` is a reference as GraphQL writes it (``[ID!]!``); ``default`` a GraphQL literal; ``deprecated`` the reason;
    ``gid_types`` the resource types that an ``ID`` may name.
    """

    name: str
    type: str
    default: str | None = None
    deprecated: str | None = None
    gid_types: tuple[str, ...] = ()

    @property
    def required(self) -> bool:
        """True when a call without it is refused."""
        return self.type.endswith("!") and self.default is None


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an object or interface type, with its return type, arguments and own access rule."""

    name: str
    type: str
    args: Mapping[str, Argument]
    deprecated: str | None = None
    access: Access | None = None


class Schema:
    """One API version, by name.

    ``version`` is the version of the data, ``requested`` the one asked for, ``note`` says in words why they differ
    (None when they do not). Types go by name: every method answers None or an empty value for a name it lacks.

    The data: ``types`` maps a name to ``{"kind", "access"?}`` and ``fields``, ``interfaces``, ``possible``, ``values``
    or ``input`` by kind; a field or argument is its type's text, or an object with ``type`` and what else is known;
    ``access`` members are positions in the top-level ``access`` list.
    """

    def __init__(self, data: Mapping[str, Any], requested: str, note: str | None = None) -> None:
        self.version: str = data["version"]
        self.requested = requested
        self.note = note
        self.query: str = data["query"]
        self.mutation: str | None = data["mutation"]
        self.data = data
        self._types: Mapping[str, Mapping[str, Any]] = data["types"]
        self._possible: dict[str, tuple[str, ...]] | None = None

    def __contains__(self, type_name: str) -> bool:
        return type_name in self._types

    def kind(self, type_name: str) -> str | None:
        """``OBJECT``, ``INTERFACE``, ``UNION``, ``ENUM``, ``INPUT_OBJECT`` or ``SCALAR``."""
        row = self._types.get(type_name)
        return row["kind"] if row else None

    def field_names(self, type_name: str) -> tuple[str, ...]:
        """The fields of an object or interface, sorted."""
        return tuple(self._types.get(type_name, {}).get("fields", ()))

    def field(self, type_name: str, name: str) -> Field | None:
        """A field of an object or interface."""
        row = self._types.get(type_name, {}).get("fields", {}).get(name)
        if row is None:
            return None
        if isinstance(row, str):
            return Field(name, row, {})
        args = {key: _argument(key, value) for key, value in row.get("args", {}).items()}
        return Field(name, row["type"], args, row.get("deprecated"), self._rule(row))

    def input_fields(self, type_name: str) -> Mapping[str, Argument]:
        """The fields of an input object, in Shopify's order."""
        rows = self._types.get(type_name, {}).get("input", {})
        return {name: _argument(name, row) for name, row in rows.items()}

    def one_of(self, type_name: str) -> bool:
        """True for an input object that takes exactly one of its fields."""
        return bool(self._types.get(type_name, {}).get("one_of"))

    def enum_values(self, type_name: str) -> Mapping[str, str | None]:
        """The values of an enum in Shopify's order, each with its deprecation reason or None."""
        values: Mapping[str, str | None] = self._types.get(type_name, {}).get("values", {})
        return values

    def interfaces(self, type_name: str) -> tuple[str, ...]:
        """The interfaces that an object or interface implements."""
        return tuple(self._types.get(type_name, {}).get("interfaces", ()))

    def possible_types(self, type_name: str) -> tuple[str, ...]:
        """The object types that a union or interface stands for; an object type stands for itself."""
        row = self._types.get(type_name)
        if row is None or row["kind"] == "OBJECT":
            return (type_name,) if row else ()
        if "possible" in row:
            return tuple(row["possible"])
        if self._possible is None:
            implementers: dict[str, list[str]] = {}
            for name, other in self._types.items():
                for interface in other.get("interfaces", ()) if other["kind"] == "OBJECT" else ():
                    implementers.setdefault(interface, []).append(name)
            self._possible = {name: tuple(names) for name, names in implementers.items()}
        return self._possible.get(type_name, ())

    def type_access(self, type_name: str) -> Access | None:
        """The access rule of a type."""
        return self._rule(self._types.get(type_name, {}))

    def max_page(self, parent_type: str, field: str, *, root: bool = False) -> int:
        """The largest ``first`` of a connection. ``root``: its parent is a single object queried at the root."""
        sizes = self.data["pages"].get(f"{parent_type}.{field}", {})
        if root and "root" in sizes:
            return int(sizes["root"])
        return int(sizes.get("any", PAGE_SIZE))

    @property
    def idempotent_mutations(self) -> frozenset[str]:
        """Mutations on which ``@idempotent(key:)`` is accepted in the requested version (durability.md 6)."""
        return self._idempotent("accepts")

    @property
    def idempotency_required(self) -> frozenset[str]:
        """Mutations that are refused without ``@idempotent(key:)`` in the requested version."""
        return self._idempotent("requires")

    @property
    def idempotency_arguments(self) -> Mapping[str, str]:
        """Mutations that take an idempotency key as an argument, each with the argument's path."""
        paths: Mapping[str, str] = self.data["idempotency_arguments"]
        return paths

    def _idempotent(self, rule: str) -> frozenset[str]:
        asked = self.requested if self.requested[:1].isdigit() else self.version
        return frozenset(name for name, since in self.data["idempotent"].items() if since.get(rule, "9") <= asked)

    def _rule(self, row: Mapping[str, Any]) -> Access | None:
        position = row.get("access")
        if position is None:
            return None
        rule = self.data["access"][position]
        return Access(rule["words"], tuple(tuple(group) for group in rule["scopes"]))


def named_type(reference: str) -> str:
    """``Order`` of ``[Order!]!``."""
    return reference.strip("[]!")


def load(version: str = DEFAULT_VERSION) -> Schema:
    """The schema of ``version``, or of the nearest version the package knows, which ``Schema.note`` then says.

    Raises ``ConfigError`` when ``version`` is neither ``YYYY-MM`` nor ``unstable``.
    """
    return _loaded(version)


def graphql_schema(version: str = DEFAULT_VERSION) -> GraphQLSchema:
    """The schema of ``version`` (or the nearest known) for graphql-core. Never change it: every caller shares it."""
    return _built(nearest(version, KNOWN_VERSIONS)[0])


@cache
def _loaded(version: str) -> Schema:
    known, note = nearest(version, KNOWN_VERSIONS)
    return Schema(_data(known), version, note)


@cache
def _built(version: str) -> GraphQLSchema:
    from runner.shopify.schema_graphql import build

    return build(_data(version))


@cache
def _data(version: str) -> Mapping[str, Any]:
    path = DATA / f"admin_{version}.json.gz"
    try:
        data: Mapping[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
    except (OSError, EOFError, ValueError) as error:
        raise ConfigError(
            f"the schema data {path} cannot be read: {error}",
            hint="reinstall the package, or build the file anew: python -m runner.shopify.schema_build PATH",
        ) from error
    return data


def _argument(name: str, row: Any) -> Argument:
    if isinstance(row, str):
        return Argument(name, row)
    return Argument(name, row["type"], row.get("default"), row.get("deprecated"), tuple(row.get("gid", ())))


def holds(held: frozenset[str], scope: str) -> bool:
    """Whether ``scope`` is among ``held``, or its write form is."""
    return scope in held or (scope.startswith("read_") and f"write_{scope[5:]}" in held)
