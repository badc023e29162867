"""A REST-shaped Shopify resource in templates: the payload it came with, its relations, and one read for the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

from runner.liquid.objects.base import FrozenHash, LiquidObject
from runner.liquid.objects.fetch import fill, numeric_id

if TYPE_CHECKING:
    from runner.liquid.objects.fetch import Fetch
    from runner.liquid.objects.relation import Relation

_PROPERTIES = frozenset({"size", "first", "last"})
"""Keys that no REST resource has as fields, so no read is made to look for them."""


class Resource(LiquidObject):
    """All REST fields of one resource, plus the relations of its class (liquid.md 5.3).

    ``payload`` is what a webhook, a list or a parent gave; it stays what it was, so the JSON form of an object never
    depends on what was read through it. ``whole`` says that a missing field is really missing; otherwise the first
    missing one is looked for in one read of the resource. ``owner`` is the object this one was reached through.
    """

    NAME: ClassVar[str]
    """The singular, under which REST answers it: ``draft_order``."""
    PATH: ClassVar[str | None] = None
    """Where REST serves it: ``orders/{id}.json``. None: it only exists inside others."""
    RELATIONS: ClassVar[Mapping[str, Relation]] = {}
    GONE: ClassVar[bool] = False
    """Shopify no longer serves it over REST (since 2025-02): no read for missing fields, a warning for the others."""

    __slots__ = ("fetch", "owner", "payload", "whole")

    def __init__(
        self, payload: FrozenHash, fetch: Fetch, *, owner: Resource | None = None, whole: bool = False
    ) -> None:
        self.payload = payload
        self.fetch = fetch
        self.owner = owner
        self.whole = whole

    @classmethod
    def at(cls, path: str | None, fetch: Fetch, *, owner: Resource | None = None) -> Self | None:
        """The resource that REST serves at ``path``; None, with a warning for a dead kind, when it serves none."""
        found = None if path is None else fetch.one(path, cls.NAME)
        if found is None:
            cls.warn_if_gone(fetch)
            return None
        return cls(found, fetch, owner=owner, whole=True)

    @classmethod
    def warn_if_gone(cls, fetch: Fetch) -> None:
        """Tell the author why there is nothing, when this kind of resource is dead at Shopify."""
        if cls.GONE:
            fetch.state.warn(
                f"{cls.NAME}: nil, since nothing answered; Shopify removed its REST endpoints in 2025-02. "
                "Query it through GraphQL with the `shopify` filter."
            )

    @property
    def ident(self) -> int | None:
        """The REST id: the payload's ``id``, else the number in its ``admin_graphql_api_id``."""
        return numeric_id(self.payload.get("id")) or numeric_id(self.payload.get("admin_graphql_api_id"))

    @property
    def path(self) -> str | None:
        """Where REST serves this very resource; None when that cannot be known."""
        return None if self.PATH is None else fill(self.PATH, self.slot)

    def slot(self, name: str) -> Any:
        """The id that belongs into ``{name}`` of a path: of this object, its payload, or the object it stands in."""
        if name == "id":
            return self.ident
        if name in self.payload:
            return self.payload[name]
        return None if self.owner is None else self.owner.slot_below(name)

    def slot_below(self, name: str) -> Any:
        """As ``slot``, for the path of something inside this object: its own id is ``{order_id}`` there."""
        return self.ident if name == f"{self.NAME}_id" else self.slot(name)

    def lookup(self, key: Any) -> Any:
        if not isinstance(key, str):
            return None
        if key == "reload":
            self.fetch.state.look_up(f"{self.NAME}.reload", self.PATH)
            return self.reload()
        relation = self.RELATIONS.get(key)
        if relation is None:
            return self.field(key)
        self.fetch.state.look_up(f"{self.NAME}.{key}", relation.served_at(self.fetch.resources))
        return relation.value(self, key)

    def field(self, name: str) -> Any:
        """A REST field: of the payload, else of the whole resource, read once; None when neither has it."""
        if name in self.payload:
            return self.payload[name]
        if self.whole or self.GONE or name in _PROPERTIES:
            return None
        current = self.reload()
        return None if current is None else current.payload.get(name)

    def reload(self) -> Self | None:
        """The resource as the shop has it in this run; None when it is deleted, or nobody answers."""
        return type(self).at(self.path, self.fetch, owner=self.owner)

    def ancestor(self, name: str) -> Resource | None:
        """The nearest object of this kind that this one was reached through."""
        owner = self.owner
        while owner is not None and name != owner.NAME:
            owner = owner.owner
        return owner

    def plain(self) -> Any:
        return self.payload

    def __iter__(self) -> Iterator[Any]:
        return iter([[key, self.lookup(key)] for key in self.payload])
