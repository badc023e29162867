"""The index of resources: their classes by name, and the collections of ``shop``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from runner.liquid.objects.blog import ARTICLES, BLOGS, Article, Blog, Page
from runner.liquid.objects.collection import COLLECTIONS, Collection
from runner.liquid.objects.customer import CUSTOMERS, Customer
from runner.liquid.objects.dispute import Dispute
from runner.liquid.objects.draft_order import DRAFT_ORDERS, DraftOrder
from runner.liquid.objects.fulfillment import Fulfillment, FulfillmentEvent, FulfillmentOrder
from runner.liquid.objects.gift_card import GIFT_CARDS, GiftCard
from runner.liquid.objects.inventory_item import InventoryItem
from runner.liquid.objects.inventory_level import InventoryLevel
from runner.liquid.objects.line_item import LineItem
from runner.liquid.objects.listing import Listing
from runner.liquid.objects.location import LOCATIONS, Location
from runner.liquid.objects.metafield import Metafield
from runner.liquid.objects.order import ORDERS, Order
from runner.liquid.objects.order_edit import OrderEdit
from runner.liquid.objects.order_risk import OrderRisk
from runner.liquid.objects.price_rule import DISCOUNT_CODES, PRICE_RULES, DiscountCode, PriceRule
from runner.liquid.objects.product import PRODUCTS, Product, ProductImage
from runner.liquid.objects.refund import Refund, RefundLineItem
from runner.liquid.objects.resource import Resource
from runner.liquid.objects.shipping_zone import SHIPPING_ZONES, ShippingZone
from runner.liquid.objects.theme import THEMES, Theme, ThemeAsset
from runner.liquid.objects.transaction import Transaction
from runner.liquid.objects.variant import VARIANTS, Variant

RESOURCES: Final[Mapping[str, type[Resource]]] = {
    "article": Article,
    "asset": ThemeAsset,
    "blog": Blog,
    "collection": Collection,
    "customer": Customer,
    "discount_code": DiscountCode,
    "dispute": Dispute,
    "draft_order": DraftOrder,
    "fulfillment": Fulfillment,
    "fulfillment_event": FulfillmentEvent,
    "fulfillment_order": FulfillmentOrder,
    "gift_card": GiftCard,
    "inventory_item": InventoryItem,
    "inventory_level": InventoryLevel,
    "line_item": LineItem,
    "location": Location,
    "metafield": Metafield,
    "order": Order,
    "order_edit": OrderEdit,
    "page": Page,
    "price_rule": PriceRule,
    "product": Product,
    "product_image": ProductImage,
    "refund": Refund,
    "refund_line_item": RefundLineItem,
    "risk": OrderRisk,
    "shipping_zone": ShippingZone,
    "theme": Theme,
    "transaction": Transaction,
    "variant": Variant,
}
"""The names by which relations, subject variables and metafield references find a class."""

SHOP_LISTINGS: Final[Mapping[str, Listing]] = {
    "articles": ARTICLES,
    "blogs": BLOGS,
    "collections": COLLECTIONS,
    "customers": CUSTOMERS,
    "discount_codes": DISCOUNT_CODES,
    "draft_orders": DRAFT_ORDERS,
    "gift_cards": GIFT_CARDS,
    "locations": LOCATIONS,
    "orders": ORDERS,
    "price_rules": PRICE_RULES,
    "products": PRODUCTS,
    "shipping_zones": SHIPPING_ZONES,
    "themes": THEMES,
    "variants": VARIANTS,
}
"""The collections of ``shop`` (liquid.md 5.3)."""

IN_BATCH: Final[Mapping[str, str]] = {
    "customers": "customer",
    "draft_orders": "draft_order",
    "orders": "order",
    "products": "product",
    "variants": "variant",
}
"""Plural subject variables of ``mechanic/user/…``, and what their lists hold."""
