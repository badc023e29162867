"""What calls to the shop cost: one record a call, and sums of them."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Literal

from runner.model.deprecation import DeprecatedCall

_LABEL = re.compile(
    r"(?:(?P<kind>query|mutation|subscription)\b\s*(?P<name>[A-Za-z_]\w*)?\s*(?:\([^)]*\))?[^{]*)?"
    r"\{\s*(?:[A-Za-z_]\w*\s*:\s*)?(?P<root>[A-Za-z_]\w*)?"
)
_NUMBER = re.compile(r"/\d+(?=[/.]|\Z)")
_NOISE = re.compile(r"#[^\n]*|\"(?:\\.|[^\"\\])*\"")


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One exchange with the shop, told to the client's ``log`` when it ends.

    ``request`` is short: ``mutation tagsAdd``, ``GET /admin/api/2026-04/shop.json``. ``status`` is None when no reply
    came. ``cost`` is what a GraphQL call used, in points. ``outcome`` is ``ok``, ``throttled`` (the call is repeated
    after a wait) or the code of the error. ``deprecated`` is Shopify's reason, when the reply carried one.
    """

    kind: Literal["graphql", "rest", "token"]
    request: str
    status: int | None
    ms: int
    version: str
    cost: float | None = None
    outcome: str = "ok"
    deprecated: str | None = None


@dataclass(slots=True, eq=False)
class Usage:
    """Sums over calls: points and requests counted apart, ``ms`` spent in calls, ``waited`` seconds for budgets.

    ``deprecated`` holds the calls of a block, not of all time, that were answered with a reason to change them.
    """

    graphql_cost: float = 0.0
    graphql_requests: int = 0
    rest_requests: int = 0
    ms: int = 0
    waits: int = 0
    waited: float = 0.0
    deprecated: list[DeprecatedCall] = field(default_factory=list)

    def add(self, record: CallRecord) -> None:
        """Count one call. Calls for a token count as time only."""
        self.ms += record.ms
        self.graphql_cost += record.cost or 0.0
        self.graphql_requests += record.kind == "graphql"
        self.rest_requests += record.kind == "rest"

    def add_wait(self, seconds: float) -> None:
        """Count one wait for a budget."""
        self.waits += 1
        self.waited += seconds

    def to_meta(self) -> dict[str, int | float]:
        """The sums as ``run.result_meta`` names them (actions.md 1.4); whole points as integers."""
        cost = self.graphql_cost
        return {
            "shopify_admin_graphql_api_cost": int(cost) if cost == int(cost) else cost,
            "shopify_admin_graphql_api_requests_count": self.graphql_requests,
            "shopify_admin_rest_api_requests_count": self.rest_requests,
            "shopify_admin_api_time_ms": self.ms,
        }


class Meter:
    """Sums over all calls, and over those that one thread makes in a block."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._total = Usage()
        self._open = threading.local()

    def total(self) -> Usage:
        """A copy of the sums so far."""
        with self._lock:
            return replace(self._total)

    @contextmanager
    def measuring(self) -> Iterator[Usage]:
        """Sums over what this thread does inside the block; blocks may nest."""
        usage = Usage()
        stack = self._stack()
        stack.append(usage)
        try:
            yield usage
        finally:
            stack.remove(usage)

    def add(self, record: CallRecord) -> None:
        """Count one call."""
        with self._lock:
            self._total.add(record)
        for usage in self._stack():
            usage.add(record)
            if record.deprecated is not None:
                request = _NUMBER.sub("/{id}", record.request)
                usage.deprecated.append(DeprecatedCall(request, record.version, record.deprecated))

    def add_wait(self, seconds: float) -> None:
        """Count one wait."""
        with self._lock:
            self._total.add_wait(seconds)
        for usage in self._stack():
            usage.add_wait(seconds)

    def _stack(self) -> list[Usage]:
        stack: list[Usage] | None = getattr(self._open, "stack", None)
        if stack is None:
            stack = self._open.stack = []
        return stack


def graphql_label(query: str) -> str:
    """A GraphQL text in a few words: kind and first root field, such as ``mutation tagsAdd``."""
    match = _LABEL.search(_NOISE.sub(" ", query[:4000]))
    if not match:
        return "query"
    return " ".join(part for part in (match["kind"] or "query", match["root"] or match["name"]) if part)
