"""REST resources: ``ROUTES`` of all of them (contract.py). Literal paths come before those with numbers."""

from __future__ import annotations

from runner.simulator.rest import (
    collections,
    content,
    customers,
    events,
    inventory,
    locations,
    metafields,
    product_writing,
    products,
    script_tags,
    selling,
    settings,
    shop,
    themes,
    webhooks,
)

ROUTES = (
    *shop.ROUTES,
    *inventory.ROUTES,
    *locations.ROUTES,
    *customers.ROUTES,
    *products.ROUTES,
    *product_writing.ROUTES,
    *collections.ROUTES,
    *content.ROUTES,
    *themes.ROUTES,
    *selling.ROUTES,
    *settings.ROUTES,
    *script_tags.ROUTES,
    *events.ROUTES,
    *webhooks.ROUTES,
    *metafields.ROUTES,
)
