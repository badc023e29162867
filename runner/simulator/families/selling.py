"""Everything about selling as one pair of tables: orders, their payments and fulfilments."""

from __future__ import annotations

from runner.simulator.contract import merged, merged_fields
from runner.simulator.families import drafts, fulfillments, line_items, order_amounts, orders, payments

FIELDS = merged_fields(
    drafts.FIELDS, fulfillments.FIELDS, line_items.FIELDS, order_amounts.FIELDS, orders.FIELDS, payments.FIELDS
)
INDEXES = merged(drafts.INDEXES, fulfillments.INDEXES, orders.INDEXES, payments.INDEXES)
