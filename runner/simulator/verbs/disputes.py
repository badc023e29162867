"""``dispute``: a customer's bank asks for the money back."""

from __future__ import annotations

from typing import Any

from runner.errors import InputError
from runner.simulator.contract import Context
from runner.simulator.families.amounts import text
from runner.simulator.families.disputes import render_dispute
from runner.simulator.families.order_sums import paid
from runner.simulator.mutations.order_saving import save
from runner.simulator.verbs.finding import refuse_unknown
from runner.simulator.verbs.order_care import order_of

_KINDS = ("chargeback", "inquiry")
_STATUSES = ("accepted", "charge_refunded", "lost", "needs_response", "prevented", "under_review", "won")


def dispute(context: Context, given: dict[str, Any]) -> dict[str, Any]:
    """A dispute of ``{order}`` begins or goes on: ``kind: chargeback`` or inquiry, ``status: needs_response``. Sends
    ``disputes/create`` or ``disputes/update``, and ``orders/updated``."""
    refuse_unknown(given, ("order", "kind", "status"), "dispute")
    order = order_of(context, given.get("order"))
    kind = str(given.get("kind") or "chargeback").lower()
    status = str(given.get("status") or "needs_response").lower()
    for value, words, name in ((kind, _KINDS, "kind"), (status, _STATUSES, "status")):
        if value not in words:
            raise InputError(f"there is no {name} {given[name]!r}", hint=f"one of {', '.join(words)}")
    rows = [dict(row) for row in order["_disputes"] or []]
    known = next((row for row in rows if row["initiatedAs"] == kind.upper()), None)
    if known is not None:
        known["status"] = status.upper()
    else:
        node_id = context.graph.next_id("OrderDisputeSummary")
        amount = text(paid(context.graph, order).net)
        known = {"id": node_id, "initiatedAs": kind.upper(), "status": status.upper(), "_amount": amount}
        known["_at"] = context.graph.now()
        rows.append(known)
    topic = "disputes/create" if len(rows) > len(order["_disputes"] or []) else "disputes/update"
    payload = render_dispute(order, known, context)
    context.emit(topic, payload)
    save(context, order, {"_disputes": rows})
    return payload


VERBS = {"dispute": dispute}
