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
    files,
    inventory_activation,
    inventory_items,
    inventory_quantities,
    metafields,
    product_creation,
    product_media,
    product_options,
    product_set,
    product_variants,
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
    customer_addresses.MUTATIONS,
    customer_marketing.MUTATIONS,
    customers.MUTATIONS,
    files.MUTATIONS,
    inventory_activation.MUTATIONS,
    inventory_items.MUTATIONS,
    inventory_quantities.MUTATIONS,
    metafields.MUTATIONS,
    product_creation.MUTATIONS,
    product_media.MUTATIONS,
    product_options.MUTATIONS,
    product_set.MUTATIONS,
    product_variants.MUTATIONS,
    products.MUTATIONS,
    publications.MUTATIONS,
    segments.MUTATIONS,
    staged_uploads.MUTATIONS,
    tags.MUTATIONS,
    webhook_subscriptions.MUTATIONS,
)
