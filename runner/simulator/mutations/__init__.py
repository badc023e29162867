"""Mutations by name: ``MUTATIONS`` is the table of all families as one (contract.py)."""

from __future__ import annotations

from runner.simulator.contract import merged
from runner.simulator.mutations import (
    bulk,
    inventory_activation,
    inventory_items,
    inventory_quantities,
    metafields,
    products,
    staged_uploads,
    tags,
    webhook_subscriptions,
)

MUTATIONS = merged(
    bulk.MUTATIONS,
    inventory_quantities.MUTATIONS,
    inventory_activation.MUTATIONS,
    inventory_items.MUTATIONS,
    metafields.MUTATIONS,
    products.MUTATIONS,
    staged_uploads.MUTATIONS,
    tags.MUTATIONS,
    webhook_subscriptions.MUTATIONS,
)
