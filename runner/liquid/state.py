"""What one render carries with it: its frozen now, the shop, its reads, and what it noted on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from runner.liquid.profile import Meter
from runner.liquid.reads import NoReads, Reads
from runner.model.rendering import Lookup, Read
from runner.model.secret import Secrets

DEFAULT_ZONE = "UTC"


@dataclass(slots=True)
class RenderState:
    """State of one render, handed to filters that declare a keyword-only ``state`` and to lazy objects.

    ``now`` is aware and never moves during a render. ``shop`` is the REST shop record (may be empty). ``preview`` is
    true for preview events. ``secrets`` are for the signing filters alone. ``queries``, ``read_log`` and ``lookups``
    (by name) grow as the script asks; ``warnings`` are for the author; ``draws`` counts random draws, so that the next
    one differs and equal renders draw alike. ``profile`` looks on, if there is one.
    """

    now: datetime
    shop: Mapping[str, Any] = field(default_factory=dict)
    reads: Reads = field(default_factory=NoReads)
    preview: bool = False
    secrets: Secrets = field(default_factory=Secrets)
    queries: list[str] = field(default_factory=list)
    read_log: list[Read] = field(default_factory=list)
    lookups: dict[str, Lookup] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    draws: int = 0
    profile: Meter | None = None

    @property
    def zone(self) -> tzinfo:
        """The shop's time zone (``iana_timezone``); UTC when the shop has none, or one that is not known."""
        name = self.shop.get("iana_timezone") or DEFAULT_ZONE
        try:
            return ZoneInfo(str(name))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.warn(f"unknown time zone {name!r} in the shop record; dates are in UTC")
            return UTC

    def warn(self, text: str) -> None:
        """Note ``text`` for the author, once."""
        if text not in self.warnings:
            self.warnings.append(text)

    def look_up(self, name: str, path: str | None) -> None:
        """Note that the script reached for ``name``, which REST serves at ``path``; nothing when it serves no such."""
        if path is not None and name not in self.lookups:
            self.lookups[name] = Lookup(name, path)

    def graphql(self, query: str, variables: Mapping[str, Any] | None) -> Any:
        """Give ``query`` to the reads and keep a record of it; the whole response, or None."""
        self.queries.append(query)
        response = self._timed("graphql", query, partial(self.reads.graphql, query, variables))
        if response is not None:
            self.read_log.append(_graphql_read(query, response))
        return response

    def ask(self, query: str, variables: Mapping[str, Any] | None = None) -> Any:
        """Like ``graphql``, for look-ups that objects make by themselves: a read, but none of the script's queries."""
        response = self._timed("graphql", query, partial(self.reads.graphql, query, variables))
        self.read_log.append(_graphql_read(query, response))
        return response

    def rest(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        """``GET`` ``path`` through the reads and keep a record of it; the body, or None."""
        body = self._timed("rest", path, partial(self.reads.rest, path, params))
        self.read_log.append(Read("rest", path))
        return body

    def _timed(self, kind: str, request: str, work: Callable[[], Any]) -> Any:
        return work() if self.profile is None else self.profile.read(kind, request, work)


def _graphql_read(query: str, response: Any) -> Read:
    errors = response.get("errors") if isinstance(response, dict) else None
    messages = tuple(str(e.get("message", e)) if isinstance(e, dict) else str(e) for e in errors or ())
    cost = ((response.get("extensions") or {}).get("cost") or {}) if isinstance(response, dict) else {}
    return Read("graphql", query, messages, cost.get("actualQueryCost"))
