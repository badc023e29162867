"""Relations between resources, as the tables of their classes declare them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from runner.liquid.objects.base import FrozenHash, FrozenList
from runner.liquid.objects.fetch import fill, numeric_id
from runner.liquid.objects.listing import Listing
from runner.liquid.objects.metafield import Metafields
from runner.liquid.objects.named_values import NamedValues

if TYPE_CHECKING:
    from runner.liquid.objects.resource import Resource


class Relation(Protocol):
    """How a resource answers one key of its ``RELATIONS``."""

    def value(self, resource: Resource, name: str) -> Any:
        """What ``resource.name`` is in a template."""

    def served_at(self, resources: Mapping[str, type[Resource]]) -> str | None:
        """The REST path of what it leads to, as ``Lookup.path``; None when it is a part of the resource itself."""


@dataclass(frozen=True, slots=True)
class Part:
    """A resource, or a list of them, standing in the payload under the relation's own name.

    ``whole`` is false for parts that Shopify embeds with fewer fields than the resource has by itself.
    """

    kind: str
    whole: bool = True

    def value(self, resource: Resource, name: str) -> Any:
        return parts(resource, resource.field(name), self.kind, whole=self.whole)

    def served_at(self, resources: Mapping[str, type[Resource]]) -> str | None:
        return resources[self.kind].PATH


@dataclass(frozen=True, slots=True)
class One:
    """The resource whose id stands in ``field`` of the payload; without a read when it is the one we came from."""

    kind: str
    field: str

    def value(self, resource: Resource, name: str) -> Any:
        if isinstance(resource.payload.get(name), FrozenHash):
            return parts(resource, resource.payload[name], self.kind, whole=False)
        ident = numeric_id(resource.field(self.field))
        if ident is None:
            return None
        known = resource.ancestor(self.kind)
        if known is not None and known.ident == ident:
            return known
        kind = resource.fetch.resources[self.kind]
        path = fill(kind.PATH or "{no_path}", lambda slot: ident if slot == "id" else resource.slot_below(slot))
        return kind.at(path, resource.fetch)

    def served_at(self, resources: Mapping[str, type[Resource]]) -> str | None:
        return resources[self.kind].PATH


@dataclass(frozen=True, slots=True)
class Many:
    """The list that REST serves at ``path`` below the resource; ``params`` may hold ids of it as ``{slots}``.

    Lazy, and empty when nobody answers. A payload that carries the list under the relation's name is used instead.
    """

    listing: Listing
    params: Mapping[str, str] = field(default_factory=dict)

    def value(self, resource: Resource, name: str) -> Any:
        if isinstance(resource.payload.get(name), FrozenList):
            return parts(resource, resource.payload[name], self.listing.kind, whole=True)
        filled = {key: fill(text, resource.slot) for key, text in self.params.items()}
        paths = tuple(fill(path, resource.slot) for path in self.listing.paths)
        if None in filled.values() or None in paths:
            return FrozenList()
        return self.listing.open(
            resource.fetch,
            owner=resource,
            paths=tuple(path for path in paths if path),
            params={**self.listing.params, **{key: text for key, text in filled.items() if text}},
        )

    def served_at(self, resources: Mapping[str, type[Resource]]) -> str | None:
        return self.listing.served_at(resources)


@dataclass(frozen=True, slots=True)
class ByName:
    """A list of ``{name, value}`` hashes that also answers by name (``note_attributes``, ``properties``)."""

    def value(self, resource: Resource, name: str) -> Any:
        found = resource.field(name)
        return NamedValues(found) if isinstance(found, FrozenList) else found

    def served_at(self, resources: Mapping[str, type[Resource]]) -> str | None:
        return None


@dataclass(frozen=True, slots=True)
class MetafieldsAt:
    """The metafields that REST serves at ``path``."""

    path: str

    def value(self, resource: Resource, name: str) -> Any:
        return Metafields(resource.fetch, fill(self.path, resource.slot), resource)

    def served_at(self, resources: Mapping[str, type[Resource]]) -> str | None:
        return self.path


def parts(resource: Resource, found: Any, kind: str, *, whole: bool) -> Any:
    """A hash or a list of hashes found in the payload of ``resource``, as objects of ``kind``; others as they are."""
    if isinstance(found, FrozenHash):
        return resource.fetch.resources[kind](found, resource.fetch, owner=resource, whole=whole)
    if isinstance(found, FrozenList):
        return FrozenList(parts(resource, item, kind, whole=whole) for item in found)
    return found
