"""The buckets that queries and calls are paid from, and what is said when they are empty (simulator.md 3).

What a query costs is in ``runner.shopify.query_cost``. Bucket and restore rate depend on the plan; a query is charged
its requested cost before it runs and refunded down to its actual cost.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from runner.clock import Clock
from runner.shopify.query_cost import QUERY_MAXIMUM, actual_cost, connection_factor, requested_cost

__all__ = [
    "QUERY_MAXIMUM",
    "Bucket",
    "CallBucket",
    "actual_cost",
    "connection_factor",
    "operation_cost_errors",
    "requested_cost",
    "throttled",
    "too_dear",
]

DOCUMENTATION = "https://shopify.dev/api/usage/rate-limits"


@dataclass(slots=True)
class Bucket:
    """Points for GraphQL: ``maximum`` of them, restored at ``rate`` a second of ``clock``."""

    clock: Clock
    maximum: float = 2000.0
    rate: float = 100.0
    level: float = field(default=-1.0)
    """Points left at ``at``; negative in the beginning: full."""
    at: float = 0.0

    def available(self) -> float:
        """Points there are now."""
        now = self.clock.now().timestamp()
        if self.level < 0:
            self.level = self.maximum
        elif now > self.at:
            self.level = min(self.maximum, self.level + (now - self.at) * self.rate)
        self.at = now
        return self.level

    def take(self, points: float) -> bool:
        """Take ``points`` when they are there; False (and nothing taken) otherwise."""
        if points > self.available():
            return False
        self.level -= points
        return True

    def refund(self, points: float) -> None:
        """Give back what a query asked for and did not use."""
        self.level = min(self.maximum, self.available() + points)

    def drain(self) -> None:
        """Empty it (a fault)."""
        self.available()
        self.level = 0.0

    def status(self) -> dict[str, Any]:
        """``throttleStatus`` as replies carry it."""
        left = math.floor(self.available())
        return {"maximumAvailable": float(self.maximum), "currentlyAvailable": left, "restoreRate": float(self.rate)}

    def extensions(self, requested: int, actual: int | None) -> dict[str, Any]:
        """``extensions.cost`` of a reply; ``actual`` None when the query did not run."""
        return {"requestedQueryCost": requested, "actualQueryCost": actual, "throttleStatus": self.status()}


@dataclass(slots=True)
class CallBucket:
    """Calls for REST: a leaky bucket of ``size`` calls that loses ``leak`` a second (engine.md 5.4)."""

    clock: Clock
    size: int = 40
    leak: float = 2.0
    level: float = 0.0
    at: float = 0.0

    def take(self) -> bool:
        """Count one call; False when the bucket is full."""
        now = self.clock.now().timestamp()
        if now > self.at:
            self.level = max(0.0, self.level - (now - self.at) * self.leak)
        self.at = now
        if self.level + 1 > self.size:
            return False
        self.level += 1
        return True

    @property
    def header(self) -> str:
        """``X-Shopify-Shop-Api-Call-Limit``: ``1/40``."""
        return f"{math.ceil(self.level)}/{self.size}"

    @property
    def retry_after(self) -> str:
        """``Retry-After`` of a refusal, in seconds: ``2.0``, as Shopify always says."""
        return "2.0"

    @property
    def refusal(self) -> str:
        """``errors`` of the 429."""
        return (
            f"Exceeded {self.leak:g} calls per second for api client. Reduce request rates to resume uninterrupted "
            "service."
        )


def throttled() -> dict[str, Any]:
    """The error of a query that the bucket cannot pay (HTTP 200). Seen."""
    return {"message": "Throttled", "extensions": {"code": "THROTTLED", "documentation": DOCUMENTATION}}


def too_dear(cost: int, maximum: int = QUERY_MAXIMUM) -> dict[str, Any]:
    """The error of a query over the single query maximum (HTTP 200). Seen, first sentence and extensions."""
    message = (
        f"Query cost is {cost}, which exceeds the single query max cost limit ({maximum}).\n\n"
        "See https://shopify.dev/concepts/about-apis/rate-limits for more information on how the\n"
        "cost of a query is calculated.\n\n"
        "To query larger amounts of data with fewer limits, bulk operations should be used instead.\n"
        "See https://shopify.dev/tutorials/perform-bulk-operations-with-admin-api for usage details.\n"
    )
    extensions = {"code": "MAX_COST_EXCEEDED", "cost": cost, "maxCost": maximum, "documentation": DOCUMENTATION}
    return {"message": message, "extensions": extensions}


def operation_cost_errors(cost: int, bucket: Bucket) -> Sequence[dict[str, Any]]:
    """The error that stops a query of ``cost`` before it runs; none when ``bucket`` was charged for it."""
    if cost > QUERY_MAXIMUM:
        return [too_dear(cost)]
    return [] if bucket.take(cost) else [throttled()]
