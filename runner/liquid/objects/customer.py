"""Customers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from runner.liquid.objects.fetch import numeric_id
from runner.liquid.objects.listing import Listing, ResourceCollection
from runner.liquid.objects.order import ORDERS
from runner.liquid.objects.relation import Many, MetafieldsAt, Relation
from runner.liquid.objects.resource import Resource


class Customer(Resource):
    """Every REST field of a customer.

    ``tags`` and other fields that newer webhooks leave out are read from the customer when a script asks for them
    (engine.md 5.1). Payloads of ``shopify/customer/…`` topics carry the id as a gid under ``customerId``.
    """

    NAME = "customer"
    PATH = "customers/{id}.json"
    RELATIONS: ClassVar[Mapping[str, Relation]] = {
        "orders": Many(
            Listing("order", ("customers/{id}/orders.json",), params=ORDERS.params, scopes=ORDERS.scopes),
        ),
        "metafields": MetafieldsAt("customers/{id}/metafields.json"),
    }
    __slots__ = ()

    @property
    def ident(self) -> int | None:
        return super().ident or numeric_id(self.payload.get("customerId"))


class CustomerCollection(ResourceCollection):
    """``shop.customers``: one by id, or by the whole e-mail address in any case."""

    __slots__ = ()

    def find(self, key: Any) -> Any:
        if not isinstance(key, str) or "@" not in key:
            return super().find(key)
        wanted = key.strip()
        if any(mark in wanted for mark in ' "\\'):
            return None
        # The search is by words: an address that merely starts alike is not the one asked for.
        for item in self.fetch.found("customers/search.json", "customers", {"query": f'email:"{wanted}"'}):
            if str(item.get("email")).lower() == wanted.lower():
                return self.fetch.resources["customer"](item, self.fetch, whole=True)
        return None


CUSTOMERS = Listing("customer", ("customers.json",), counted=True, form=CustomerCollection)
