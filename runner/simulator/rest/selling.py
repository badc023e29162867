"""``ROUTES`` of everything about selling."""

from __future__ import annotations

from runner.simulator.rest import draft_orders, fulfillments, gift_cards, orders

ROUTES = (*orders.ROUTES, *fulfillments.ROUTES, *draft_orders.ROUTES, *gift_cards.ROUTES)
