"""``ROUTES`` of everything about selling."""

from __future__ import annotations

from runner.simulator.rest import (
    disputes,
    draft_orders,
    fulfillment_orders,
    fulfillments,
    gift_cards,
    order_creation,
    order_money,
    orders,
    price_rules,
)

ROUTES = (
    *order_money.ROUTES,
    *order_creation.ROUTES,
    *orders.ROUTES,
    *fulfillments.ROUTES,
    *fulfillment_orders.ROUTES,
    *draft_orders.ROUTES,
    *gift_cards.ROUTES,
    *price_rules.ROUTES,
    *disputes.ROUTES,
)
