"""Everything about selling as one pair of tables: orders, drafts, payments, fulfilments, returns."""

from __future__ import annotations

from runner.simulator.contract import merged, merged_fields
from runner.simulator.families import (
    abandoned_checkouts,
    drafts,
    fulfillment_services,
    fulfillments,
    gift_cards,
    line_items,
    order_amounts,
    order_edits,
    orders,
    payment_terms,
    payments,
    refund_suggestion,
    returns,
    reverse_fulfillments,
)

FIELDS = merged_fields(
    abandoned_checkouts.FIELDS,
    drafts.FIELDS,
    fulfillment_services.FIELDS,
    fulfillments.FIELDS,
    gift_cards.FIELDS,
    line_items.FIELDS,
    order_amounts.FIELDS,
    order_edits.FIELDS,
    orders.FIELDS,
    payment_terms.FIELDS,
    payments.FIELDS,
    refund_suggestion.FIELDS,
    returns.FIELDS,
    reverse_fulfillments.FIELDS,
)
INDEXES = merged(
    abandoned_checkouts.INDEXES,
    drafts.INDEXES,
    fulfillment_services.INDEXES,
    fulfillments.INDEXES,
    gift_cards.INDEXES,
    order_edits.INDEXES,
    orders.INDEXES,
    payment_terms.INDEXES,
    payments.INDEXES,
    returns.INDEXES,
    reverse_fulfillments.INDEXES,
)
