"""Families of resources: what the executor computes when a field is read, and by what nodes are looked up.

``FIELDS`` and ``INDEXES`` are the tables of all families as one (contract.py).
"""

from __future__ import annotations

from runner.simulator.contract import merged, merged_fields
from runner.simulator.families import (
    addresses,
    analytics,
    app,
    bulk,
    collections,
    customers,
    definitions,
    delivery_profiles,
    discounts,
    events,
    files,
    inventory,
    jobs,
    locations,
    metafields,
    metaobjects,
    product_facets,
    products,
    publications,
    segments,
    selling,
    shop,
    themes,
    webhook_subscriptions,
)

FIELDS = merged_fields(
    addresses.FIELDS,
    analytics.FIELDS,
    app.FIELDS,
    bulk.FIELDS,
    collections.FIELDS,
    customers.FIELDS,
    definitions.FIELDS,
    delivery_profiles.FIELDS,
    discounts.FIELDS,
    events.FIELDS,
    files.FIELDS,
    inventory.FIELDS,
    jobs.FIELDS,
    locations.FIELDS,
    metafields.FIELDS,
    metaobjects.FIELDS,
    product_facets.FIELDS,
    products.FIELDS,
    publications.FIELDS,
    segments.FIELDS,
    selling.FIELDS,
    shop.FIELDS,
    themes.FIELDS,
    webhook_subscriptions.FIELDS,
)
INDEXES = merged(
    addresses.INDEXES,
    bulk.INDEXES,
    collections.INDEXES,
    customers.INDEXES,
    definitions.INDEXES,
    discounts.INDEXES,
    events.INDEXES,
    inventory.INDEXES,
    locations.INDEXES,
    metafields.INDEXES,
    metaobjects.INDEXES,
    products.INDEXES,
    publications.INDEXES,
    selling.INDEXES,
    themes.INDEXES,
    webhook_subscriptions.INDEXES,
)
