"""``MUTATIONS`` of everything about selling as one table."""

from __future__ import annotations

from runner.simulator.contract import merged
from runner.simulator.mutations import (
    drafts,
    fulfillments,
    order_creation,
    order_payments,
    orders,
    refunds,
)

MUTATIONS = merged(
    drafts.MUTATIONS,
    fulfillments.MUTATIONS,
    order_creation.MUTATIONS,
    order_payments.MUTATIONS,
    orders.MUTATIONS,
    refunds.MUTATIONS,
)
