"""``shop``: the shop's record, and the way to everything in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self

from runner.liquid.objects.base import FrozenHash, LiquidObject
from runner.liquid.objects.listing import Listing
from runner.liquid.objects.metafield import Metafields

if TYPE_CHECKING:
    from runner.liquid.objects.fetch import Fetch


class Shop(LiquidObject):
    """The REST shop record as given, plus ``admin_url``, ``metafields`` and the collections of ``listings``.

    ``admin_url`` ends in ``/``; it is no REST field, so the JSON form is the record alone. A field that the record
    lacks is nil without a read: who starts a render gives the whole record.
    """

    __slots__ = ("_fetch", "_listings", "_record")

    def __init__(self, record: FrozenHash, fetch: Fetch, listings: Mapping[str, Listing]) -> None:
        self._record = record
        self._fetch = fetch
        self._listings = listings

    def lookup(self, key: Any) -> Any:
        if not isinstance(key, str):
            return None
        if key in self._record:
            return self._record[key]
        if key == "admin_url":
            domain = self._record.get("myshopify_domain") or self._record.get("domain")
            return f"https://{domain}/admin/" if domain else None
        if key == "metafields":
            return Metafields(self._fetch, "metafields.json")
        if key == "reload":
            return self.reload()
        listing = self._listings.get(key)
        if listing is None:
            return None
        self._fetch.state.look_up(f"shop.{key}", listing.served_at(self._fetch.resources))
        return listing.open(self._fetch)

    def reload(self) -> Self | None:
        """The shop as it is in this run; None when nobody answers."""
        record = self._fetch.one("shop.json", "shop")
        return None if record is None else type(self)(record, self._fetch, self._listings)

    def plain(self) -> Any:
        return self._record

    def __iter__(self) -> Iterator[Any]:
        return iter([[key, value] for key, value in self._record.items()])
