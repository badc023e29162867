"""What shoppers and staff do, for ``POST /_sim/do/<verb>``: ``VERBS`` of all families (contract.py)."""

from __future__ import annotations

from runner.simulator.contract import merged
from runner.simulator.verbs import (
    bulk,
    checkouts,
    customers,
    disputes,
    drafts,
    idempotency,
    order_care,
    orders,
    products,
    returns,
    stock,
)

VERBS = merged(
    stock.VERBS,
    products.VERBS,
    idempotency.VERBS,
    bulk.VERBS,
    checkouts.VERBS,
    customers.VERBS,
    disputes.VERBS,
    drafts.VERBS,
    orders.VERBS,
    order_care.VERBS,
    returns.VERBS,
)
