"""The amounts of orders: computed fields. How they are found: ``order_sums.py``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from runner.simulator.contract import Context, Fields
from runner.simulator.families.amounts import ZERO, bag, text
from runner.simulator.families.answers import Amount, amounts, as_bag, as_money
from runner.simulator.families.order_sums import Sums, outstanding, paid, refunded_shipping, sums
from runner.simulator.graph import Node


def _was(read: Callable[[Sums], Decimal]) -> Amount:
    return lambda order, context: read(sums(context.graph, order))


def _now(read: Callable[[Sums], Decimal]) -> Amount:
    return lambda order, context: read(sums(context.graph, order, current=True))


def _still(read: Callable[[Any, Node], Decimal]) -> Amount:
    return lambda order, context: read(context.graph, order)


def _tax_lines(*, current: bool) -> Any:
    def read(order: Node, context: Context, args: Mapping[str, Any]) -> list[dict[str, Any]]:
        return tax_lines(sums(context.graph, order, current=current).tax_lines, context)

    return read


def tax_lines(rows: Any, context: Context) -> list[dict[str, Any]]:
    """``TaxLine`` values of computed taxes."""
    return [
        {
            "title": row["title"],
            "rate": row["rate"],
            "ratePercentage": row["rate"] * 100,
            "price": text(row["amount"]),
            "priceSet": bag(row["amount"], context),
            "channelLiable": False,
            "source": None,
        }
        for row in rows
    ]


FIELDS: Fields = {
    "Order": {
        **amounts(
            cartDiscountAmount=_was(lambda found: found.discounts),
            netPayment=_still(lambda graph, order: paid(graph, order).net),
            subtotalPrice=_was(lambda found: found.subtotal),
            totalCapturable=_still(lambda graph, order: paid(graph, order).authorized),
            totalDiscounts=_was(lambda found: found.discounts),
            totalPrice=_was(lambda found: found.total),
            totalReceived=_still(lambda graph, order: paid(graph, order).received),
            totalRefunded=_still(lambda graph, order: paid(graph, order).refunded),
            totalShippingPrice=_was(lambda found: found.shipping),
            totalTax=_was(lambda found: found.tax),
        ),
        "currentCartDiscountAmountSet": as_bag(_now(lambda found: found.discounts)),
        "currentShippingPriceSet": as_bag(_now(lambda found: found.shipping)),
        "currentSubtotalPriceSet": as_bag(_now(lambda found: found.subtotal)),
        "currentTaxLines": _tax_lines(current=True),
        "currentTotalDiscountsSet": as_bag(_now(lambda found: found.discounts)),
        "currentTotalPriceSet": as_bag(_now(lambda found: found.total)),
        "currentTotalTaxSet": as_bag(_now(lambda found: found.tax)),
        "originalTotalPriceSet": as_bag(_was(lambda found: found.total)),
        "refundDiscrepancySet": as_bag(lambda order, context: ZERO),
        "taxLines": _tax_lines(current=False),
        "totalCashRoundingAdjustment": lambda order, context, args: {
            "paymentSet": bag(ZERO, context),
            "refundSet": bag(ZERO, context),
        },
        "totalOutstandingSet": as_bag(_still(outstanding)),
        "totalRefundedShippingSet": as_bag(_still(refunded_shipping)),
        "totalTipReceived": as_money(_was(lambda found: found.tip)),
        "totalTipReceivedSet": as_bag(_was(lambda found: found.tip)),
    }
}
