"""Mutations by name: ``MUTATIONS`` is the table of all families as one (contract.py)."""

from __future__ import annotations

from runner.simulator.contract import merged
from runner.simulator.mutations import (
    bulk,
    collection_products,
    collections,
    customer_addresses,
    customer_marketing,
    customers,
    inventory_activation,
    inventory_items,
    inventory_quantities,
    metafields,
    products,
    publications,
    segments,
    staged_uploads,
    tags,
    webhook_subscriptions,
)

MUTATIONS = merged(
    bulk.MUTATIONS,
    collection_products.MUTATIONS,
    collections.MUTATIONS,
    publications.MUTATIONS,
    customer_addresses.MUTATIONS,
    customer_marketing.MUTATIONS,
    customers.MUTATIONS,
    inventory_quantities.MUTATIONS,
    inventory_activation.MUTATIONS,
    inventory_items.MUTATIONS,
    metafields.MUTATIONS,
    products.MUTATIONS,
    segments.MUTATIONS,
    staged_uploads.MUTATIONS,
    tags.MUTATIONS,
    webhook_subscriptions.MUTATIONS,
)
