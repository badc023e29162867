"""Families of resources: what the executor computes when a field is read, and by what nodes are looked up.

``FIELDS`` and ``INDEXES`` are the tables of all families as one (contract.py).
"""

from __future__ import annotations

from runner.simulator.contract import merged, merged_fields
from runner.simulator.families import app, bulk, inventory, locations, metafields, products, shop, webhook_subscriptions

FIELDS = merged_fields(
    app.FIELDS,
    bulk.FIELDS,
    shop.FIELDS,
    locations.FIELDS,
    products.FIELDS,
    inventory.FIELDS,
    metafields.FIELDS,
    webhook_subscriptions.FIELDS,
)
INDEXES = merged(
    bulk.INDEXES,
    locations.INDEXES,
    products.INDEXES,
    inventory.INDEXES,
    metafields.INDEXES,
    webhook_subscriptions.INDEXES,
)
