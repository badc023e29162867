"""Families of resources: what the executor computes when a field is read, and by what nodes are looked up.

``FIELDS`` and ``INDEXES`` are the tables of all families as one (contract.py).
"""

from __future__ import annotations

from runner.simulator.contract import merged, merged_fields
from runner.simulator.families import (
    addresses,
    app,
    bulk,
    collections,
    customers,
    inventory,
    jobs,
    locations,
    metafields,
    products,
    publications,
    segments,
    shop,
    webhook_subscriptions,
)

FIELDS = merged_fields(
    addresses.FIELDS,
    app.FIELDS,
    bulk.FIELDS,
    shop.FIELDS,
    locations.FIELDS,
    products.FIELDS,
    inventory.FIELDS,
    metafields.FIELDS,
    webhook_subscriptions.FIELDS,
    collections.FIELDS,
    customers.FIELDS,
    publications.FIELDS,
    jobs.FIELDS,
    segments.FIELDS,
)
INDEXES = merged(
    addresses.INDEXES,
    bulk.INDEXES,
    locations.INDEXES,
    products.INDEXES,
    inventory.INDEXES,
    metafields.INDEXES,
    webhook_subscriptions.INDEXES,
    collections.INDEXES,
    customers.INDEXES,
    publications.INDEXES,
)
