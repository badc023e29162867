"""The shop's two budgets of API calls, as its replies describe them (actions.md 4.4).

GraphQL has a bucket of points that refills steadily, told in ``extensions.cost.throttleStatus``; REST a bucket of
requests that drains steadily, told in the header ``X-Shopify-Shop-Api-Call-Limit``. One ``Throttle`` serves all clients
and threads of a shop. Nothing sleeps here: every question is answered in seconds.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from runner.clock import Clock

_REMEMBERED = 256
"""Query texts whose cost is remembered, the least recently used forgotten first."""
_SPENT_SHARE = 0.05
"""A GraphQL bucket with less than this share of its points left counts as spent."""
_SECONDS = re.compile(r"-?\d+(\.\d*)?\Z")
_REST_DRAIN = 20
"""A REST bucket drains in this many seconds: 40 requests at 2 a second, larger plans in proportion."""


class CostBucket:
    """The GraphQL budget. Until the first reply nothing is known, and nothing is held back."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._maximum = 0.0
        self._rate = 0.0
        self._reported = 0.0
        self._reported_at = clock.now()
        self._in_flight = 0.0
        self._needed = 0.0
        self._costs: OrderedDict[str, float] = OrderedDict()

    def available(self) -> float | None:
        """Points at hand now, calls under way deducted; None before the first reply."""
        with self._lock:
            return self._available() if self._maximum else None

    def wait_for(self, points: float) -> float:
        """Seconds until ``points`` are at hand; 0 for more than the bucket can ever hold: the shop will refuse."""
        with self._lock:
            return self._wait(points)

    def begin(self, query: str) -> float:
        """Set aside what ``query`` asked for last time, and return those points: give them back to ``settle``."""
        with self._lock:
            points = self._costs.get(query, 0.0)
            self._in_flight += points
            return points

    def expected(self, query: str) -> float:
        """What ``query`` asked for last time; 0 for a new one."""
        with self._lock:
            return self._costs.get(query, 0.0)

    def settle(self, query: str, points: float, cost: Mapping[str, Any] | None, *, throttled: bool = False) -> None:
        """A call ended: release ``points`` and learn from ``extensions.cost`` of the reply, when there was one."""
        status = (cost or {}).get("throttleStatus") or {}
        with self._lock:
            self._in_flight = max(0.0, self._in_flight - points)
            requested = _number((cost or {}).get("requestedQueryCost"))
            if requested is not None:
                self._costs[query] = requested
                self._costs.move_to_end(query)
                while len(self._costs) > _REMEMBERED:
                    self._costs.popitem(last=False)
            numbers = [_number(status.get(key)) for key in ("maximumAvailable", "currentlyAvailable", "restoreRate")]
            if numbers[0] and numbers[1] is not None and numbers[2]:
                self._maximum, self._reported, self._rate = numbers[0], numbers[1], numbers[2]
                self._reported_at = self._clock.now()
            self._needed = (requested or 0.0) if throttled else 0.0

    def hold(self) -> float:
        """Seconds for which new runs should not start: the bucket is spent, or refused a call it cannot pay yet."""
        with self._lock:
            return self._wait(max(self._needed, self._maximum * _SPENT_SHARE))

    def _available(self) -> float:
        elapsed = max(0.0, (self._clock.now() - self._reported_at).total_seconds())
        return min(self._maximum, self._reported + elapsed * self._rate) - self._in_flight

    def _wait(self, points: float) -> float:
        if not self._maximum or points > self._maximum:
            return 0.0
        return max(0.0, points - self._available()) / self._rate


class CallBucket:
    """The REST budget."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._used = 0.0
        self._size = 0.0
        self._reported_at = clock.now()
        self._closed_until: datetime | None = None

    def wait(self) -> float:
        """Seconds until one more request fits."""
        with self._lock:
            now = self._clock.now()
            closed = (self._closed_until - now).total_seconds() if self._closed_until else 0.0
            if not self._size:
                return max(0.0, closed)
            rate = self._size / _REST_DRAIN
            used = max(0.0, self._used - max(0.0, (now - self._reported_at).total_seconds()) * rate)
            return max(0.0, closed, (used + 1 - self._size) / rate)

    def settle(self, headers: Mapping[str, str], *, retry_after: float | None = None) -> None:
        """Learn from the headers of a reply; ``retry_after`` closes the bucket for so many seconds."""
        used, _, size = headers.get("x-shopify-shop-api-call-limit", "").partition("/")
        with self._lock:
            if used.isdigit() and size.isdigit() and int(size):
                self._used, self._size = float(used), float(size)
                self._reported_at = self._clock.now()
            if retry_after is not None:
                self._closed_until = datetime.fromtimestamp(self._clock.now().timestamp() + retry_after, UTC)


class Throttle:
    """Both budgets of one shop."""

    def __init__(self, clock: Clock) -> None:
        self.graphql = CostBucket(clock)
        self.rest = CallBucket(clock)

    def hold(self) -> float:
        """Seconds to pass over task runs and shopify action runs: until both buckets have recovered (engine.md 4.1)."""
        return max(self.graphql.hold(), self.rest.wait())


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """The header ``Retry-After`` in seconds from ``now``, at most a day; None when it is absent or not readable.

    It is a number of seconds, or an HTTP date.
    """
    value = headers.get("retry-after", "").strip()
    if _SECONDS.match(value):
        seconds = float(value)
    else:
        try:
            seconds = (parsedate_to_datetime(value) - now).total_seconds()
        except (TypeError, ValueError):
            return None
    return min(max(seconds, 0.0), 86_400.0)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
