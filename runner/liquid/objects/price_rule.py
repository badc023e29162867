"""Price rules and discount codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from runner.liquid.objects.listing import Listing, ResourceCollection
from runner.liquid.objects.relation import Many, One, Relation
from runner.liquid.objects.resource import Resource

PRICE_RULES = Listing("price_rule", ("price_rules.json",), counted=True)


class PriceRule(Resource):
    """``title value value_type starts_at …`` of a price rule, and its codes."""

    NAME = "price_rule"
    PATH = "price_rules/{id}.json"
    RELATIONS: ClassVar[Mapping[str, Relation]] = {
        "discount_codes": Many(Listing("discount_code", ("price_rules/{id}/discount_codes.json",))),
    }
    __slots__ = ()


class DiscountCode(Resource):
    """``code usage_count …`` of a discount code."""

    NAME = "discount_code"
    PATH = "price_rules/{price_rule_id}/discount_codes/{id}.json"
    RELATIONS: ClassVar[Mapping[str, Relation]] = {"price_rule": One("price_rule", "price_rule_id")}
    __slots__ = ()


class DiscountCodeIndex(ResourceCollection):
    """``shop.discount_codes["CODE"]``: one by its code. REST has no list of all."""

    __slots__ = ()

    def find(self, key: Any) -> Any:
        if not isinstance(key, str) or not key:
            return None
        found = self.fetch.one("discount_codes/lookup.json", "discount_code", {"code": key})
        return None if found is None else DiscountCode(found, self.fetch, whole=True)


DISCOUNT_CODES = Listing("discount_code", ("discount_codes.json",), form=DiscountCodeIndex)
