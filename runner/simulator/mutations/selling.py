"""``MUTATIONS`` of everything about selling as one table."""

from __future__ import annotations

from runner.simulator.contract import merged
from runner.simulator.mutations import (
    draft_calculation,
    drafts,
    fulfillment_orders,
    fulfillment_requests,
    fulfillment_services,
    fulfillment_splitting,
    fulfillments,
    gift_cards,
    order_creation,
    order_edits,
    order_payments,
    orders,
    payment_terms,
    refunds,
    return_processing,
    returns,
)

MUTATIONS = merged(
    draft_calculation.MUTATIONS,
    drafts.MUTATIONS,
    fulfillment_orders.MUTATIONS,
    fulfillment_requests.MUTATIONS,
    fulfillment_services.MUTATIONS,
    fulfillment_splitting.MUTATIONS,
    fulfillments.MUTATIONS,
    gift_cards.MUTATIONS,
    order_creation.MUTATIONS,
    order_edits.MUTATIONS,
    order_payments.MUTATIONS,
    orders.MUTATIONS,
    payment_terms.MUTATIONS,
    refunds.MUTATIONS,
    return_processing.MUTATIONS,
    returns.MUTATIONS,
)
