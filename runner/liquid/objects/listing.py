"""Collections of resources: read page by page as a loop asks for more, narrowed by scopes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from runner.liquid.objects.base import FrozenList, LiquidCollection
from runner.liquid.objects.fetch import PAGE, fill, numeric_id

if TYPE_CHECKING:
    from runner.liquid.objects.fetch import Fetch
    from runner.liquid.objects.resource import Resource

_SIZES = ("size", "count")


@dataclass(frozen=True, slots=True)
class Listing:
    """Where a list of resources of ``kind`` comes from, and how it may be narrowed.

    ``paths`` are read one after the other. ``paged`` lists take ``since_id``; others come as one page. ``limit`` is
    false for endpoints that take no page size. ``counted`` lists have a ``count.json``. ``params`` is the default
    scope; each of ``scopes`` names the parameters it sets, so that scopes chain (liquid.md 5.3).
    """

    kind: str
    paths: tuple[str, ...]
    paged: bool = True
    limit: bool = True
    counted: bool = False
    params: Mapping[str, str] = field(default_factory=dict)
    scopes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    form: type[ResourceCollection] | None = None
    """The collection's class, when it can do more than the ordinary one."""

    def served_at(self, resources: Mapping[str, type[Resource]]) -> str:
        """Where REST serves what is listed: by itself, else in this list. Its first word tells the access scope."""
        return resources[self.kind].PATH or self.paths[0]

    def open(self, fetch: Fetch, *, owner: Resource | None = None, **changes: Any) -> ResourceCollection:
        """The collection itself, below ``owner`` if any; ``changes`` replace parts of this listing."""
        return (self.form or ResourceCollection)(replace(self, **changes) if changes else self, fetch, owner)


class ResourceCollection(LiquidCollection):
    """A lazy list of resources: iterates, ``[id]``, ``first``, ``last``, ``size``, and scopes by ``.`` or ``[name]``.

    ``size`` asks for the count where REST has one. Every page is read once a render, also by a second loop.
    """

    __slots__ = ("fetch", "listing", "owner")

    def __init__(self, listing: Listing, fetch: Fetch, owner: Resource | None = None) -> None:
        self.listing = listing
        self.fetch = fetch
        self.owner = owner

    def lookup(self, key: Any) -> Any:
        if isinstance(key, str):
            if key in _SIZES:
                return self.count()
            if key == "first":
                return next(iter(self), None)
            if key == "last":
                return next(iter(list(self)[-1:]), None)
            if key in self.listing.scopes:
                return self.narrowed(self.listing.scopes[key])
        return self.find(key)

    def narrowed(self, params: Mapping[str, str]) -> ResourceCollection:
        """The same list with more, or other, parameters."""
        return self.listing.open(self.fetch, owner=self.owner, params={**self.listing.params, **params})

    def find(self, key: Any) -> Any:
        """The resource with the id ``key``, a number or its digits; None when there is none.

        Long lists are not read for it, the resource is; the short ones below a resource answer to positions as well.
        """
        ident = numeric_id(key)
        if self.owner is None or self.listing.paged:
            return None if ident is None else self._at(ident)
        items = FrozenList(self)
        if ident is not None:
            for item in items:
                if item.ident == ident:
                    return item
        positional = isinstance(key, int) and not isinstance(key, bool) and -len(items) <= key < len(items)
        return items[key] if positional else None

    def _at(self, ident: int) -> Resource | None:
        kind = self.fetch.resources[self.listing.kind]
        owner = self.owner
        path = fill(
            kind.PATH or "{no_path}",
            lambda slot: ident if slot == "id" else None if owner is None else owner.slot_below(slot),
        )
        return kind.at(path, self.fetch, owner=owner)

    def count(self) -> int:
        """How many there are: what REST counts where it does, else what iterating gives."""
        if self.listing.counted:
            counts = [self._counted(path) for path in self.listing.paths]
            known = [count for count in counts if count is not None]
            if len(known) == len(counts):
                return sum(known)
        return len(self)

    def _counted(self, path: str) -> int | None:
        body = self.fetch.body(path.removesuffix(".json") + "/count.json", self.listing.params)
        count = body.get("count") if isinstance(body, dict) else None
        return count if isinstance(count, int) else None

    def __len__(self) -> int:
        return sum(len(page) for path in self.listing.paths for page in self._pages(path))

    def __iter__(self) -> Iterator[Any]:
        kind = self.fetch.resources[self.listing.kind]
        for path in self.listing.paths:
            for page in self._pages(path):
                for item in page:
                    yield kind(item, self.fetch, owner=self.owner, whole=True)

    def _pages(self, path: str) -> Iterator[FrozenList]:
        answered = False
        for page in self._read(path):
            answered = True
            yield page
        if not answered:
            self.fetch.resources[self.listing.kind].warn_if_gone(self.fetch)

    def _read(self, path: str) -> Iterator[FrozenList]:
        if self.listing.paged:
            yield from self.fetch.pages(path, self.listing.params)
            return
        page = self.fetch.many(path, {**self.listing.params, **({"limit": PAGE} if self.listing.limit else {})})
        if page is None:
            return
        if self.listing.limit and len(page) == PAGE:
            self.fetch.state.warn(f"{path}: only the first {PAGE} items were read; query them through GraphQL.")
        yield page

    def plain(self) -> Any:
        return [item.plain() for item in self]
