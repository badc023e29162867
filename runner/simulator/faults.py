"""Faults on purpose (simulator.md 6): which requests and webhooks go wrong, how, and how often.

A fault is ``{"kind", …}``. What it applies to: ``method``, ``path`` (part of it), ``operation`` (a regular expression
found in
the body of a request), ``topic`` (of a webhook). How often: ``after`` (so many matches pass first), ``count`` (so many
go
wrong, absent: all), ``probability`` (drawn from the seed of the set). The kinds and their parameters are in ``KINDS``.

Nothing is drawn unless a fault matches, so a fault on one thing does not change what happens to another.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from runner.errors import InputError

REQUEST_KINDS: dict[str, tuple[str, ...]] = {
    "latency": ("seconds", "real"),
    "throttled": (),
    "error": ("status",),
    "refused": (),
    "lost_reply": (),
    "truncated": (),
    "token_revoked": (),
    "scope_removed": ("scope",),
    "version_retired": (),
    "clock_jump": ("seconds",),
}
"""What can happen to a request.

``latency``: the shop's clock moves on by ``seconds`` (``real``: the reply waits so long instead). ``throttled``:
THROTTLED,
or 429. ``error``: HTTP ``status`` 500, 502, 503 or 504 and nothing done. ``refused``: the connection is closed before
anything is read or done. ``lost_reply``: done, then the connection is closed without a reply. ``truncated``: done, and
the
body ends half way. ``token_revoked``: 401. ``scope_removed``: the token lacks ``scope``. ``version_retired``: the
version
asked for is served no more. ``clock_jump``: the clock moves by ``seconds``, also backwards.
"""
WEBHOOK_KINDS: dict[str, tuple[str, ...]] = {
    "webhook_duplicated": ("copies",),
    "webhook_delayed": ("seconds",),
    "webhook_reordered": (),
    "webhook_lost": (),
    "webhook_bad_signature": (),
}
"""What can happen to a webhook. ``copies`` are further deliveries under the same webhook id; ``reordered`` lets the
next
one pass first."""
KINDS = {**REQUEST_KINDS, **WEBHOOK_KINDS}
STATUSES = (500, 502, 503, 504)
_COMMON = ("kind", "method", "path", "operation", "topic", "after", "count", "probability")
_CHAOS = (
    {"kind": "latency", "seconds": 2},
    {"kind": "throttled"},
    {"kind": "error", "status": 502},
    {"kind": "refused"},
    {"kind": "lost_reply"},
    {"kind": "truncated"},
    {"kind": "webhook_duplicated", "copies": 1},
    {"kind": "webhook_delayed", "seconds": 30},
    {"kind": "webhook_reordered"},
)


@dataclass(slots=True)
class Fault:
    """One rule. ``left`` None: without end. ``hits`` counts what it made go wrong."""

    kind: str
    method: str | None = None
    path: str | None = None
    operation: re.Pattern[str] | None = None
    topic: str | None = None
    after: int = 0
    left: int | None = None
    probability: float = 1.0
    parameters: Mapping[str, Any] = field(default_factory=dict)
    hits: int = 0

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, for ``GET /_sim/faults``."""
        shown = {
            "kind": self.kind,
            "method": self.method,
            "path": self.path,
            "operation": self.operation.pattern if self.operation else None,
            "topic": self.topic,
            "after": self.after or None,
            "count": self.left,
            "probability": self.probability if self.probability < 1 else None,
            **self.parameters,
        }
        return {name: value for name, value in shown.items() if value is not None} | {"hits": self.hits}

    def matches_request(self, method: str, path: str, body: str) -> bool:
        """Whether it is about such a request."""
        return (
            self.kind in REQUEST_KINDS
            and (self.method is None or self.method == method)
            and (self.path is None or self.path in path)
            and (self.operation is None or self.operation.search(body) is not None)
        )

    def matches_webhook(self, topic: str) -> bool:
        """Whether it is about webhooks of ``topic`` (``inventory_levels/update``)."""
        return self.kind in WEBHOOK_KINDS and self.topic in (None, topic)


class Faults:
    """The faults set in a shop, with the one source of chance, seeded."""

    def __init__(self, seed: int = 0) -> None:
        self.rules: list[Fault] = []
        self._chance = random.Random(seed)

    def add(self, wanted: Mapping[str, Any]) -> list[Fault]:
        """Add a fault, or ``{"profile": "chaos", "probability": 0.1, "seed": 7}``. ``InputError`` for what is
        unknown."""
        if "seed" in wanted:
            self._chance = random.Random(_number(wanted, "seed", 0))
        if "profile" in wanted:
            if wanted["profile"] != "chaos":
                raise InputError(f"there is no fault profile {wanted['profile']!r}", hint="the profile is 'chaos'")
            probability = _fraction(wanted, "probability", 0.1)
            added = [_read({**rule, "probability": probability}) for rule in _CHAOS]
        else:
            added = [_read({name: value for name, value in wanted.items() if name != "seed"})]
        self.rules += added
        return added

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self.rules.clear()

    def for_request(self, method: str, path: str, body: str) -> list[Fault]:
        """The faults that strike this request, in the order they were set."""
        return self._strike(rule for rule in self.rules if rule.matches_request(method, path, body))

    def for_webhook(self, topic: str) -> list[Fault]:
        """The faults that strike this webhook."""
        return self._strike(rule for rule in self.rules if rule.matches_webhook(topic))

    def _strike(self, rules: Iterable[Fault]) -> list[Fault]:
        struck = []
        for rule in rules:
            if rule.after > 0:
                rule.after -= 1
                continue
            if rule.left == 0 or (rule.probability < 1 and self._chance.random() >= rule.probability):
                continue
            if rule.left is not None:
                rule.left -= 1
            rule.hits += 1
            struck.append(rule)
        return struck


def _read(wanted: Mapping[str, Any]) -> Fault:
    kind = wanted.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        close = get_close_matches(str(kind), KINDS, n=1)
        raise InputError(
            f"there is no fault of kind {kind!r}",
            hint=f"did you mean {close[0]!r}?" if close else f"kinds: {', '.join(KINDS)}",
        )
    unknown = [name for name in wanted if name not in _COMMON and name not in KINDS[kind]]
    if unknown:
        raise InputError(
            f"a fault of kind {kind} takes no {unknown[0]!r}", hint=f"it takes: {', '.join((*_COMMON, *KINDS[kind]))}"
        )
    parameters = {name: wanted[name] for name in KINDS[kind] if name in wanted}
    if kind == "error" and parameters.setdefault("status", 500) not in STATUSES:
        raise InputError(f"status {parameters['status']!r} is not a fault", hint=f"one of {STATUSES}")
    if kind == "scope_removed" and not isinstance(parameters.get("scope"), str):
        raise InputError("a fault of kind scope_removed needs a scope", hint='for example "scope": "read_products"')
    for name in ("seconds", "copies"):
        if name in KINDS[kind]:
            parameters[name] = _number(parameters, name, 1)
    for name in ("method", "path", "operation", "topic"):
        if wanted.get(name) is not None and not isinstance(wanted[name], str):
            raise InputError(f"{name} is a text, not {wanted[name]!r}")
    try:
        operation = re.compile(wanted["operation"]) if wanted.get("operation") else None
    except re.error as error:
        raise InputError(f"operation is not a regular expression: {error}") from error
    return Fault(
        kind=str(kind),
        method=str(wanted["method"]).upper() if wanted.get("method") else None,
        path=wanted.get("path"),
        operation=operation,
        topic=wanted.get("topic"),
        after=int(_number(wanted, "after", 0)),
        left=int(_number(wanted, "count", 1)) if wanted.get("count") is not None else None,
        probability=_fraction(wanted, "probability", 1.0),
        parameters=parameters,
    )


def _number(wanted: Mapping[str, Any], name: str, default: float) -> Any:
    value = wanted.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"{name} is a number, not {value!r}")
    return value


def _fraction(wanted: Mapping[str, Any], name: str, default: float) -> float:
    value = float(_number(wanted, name, default))
    if not 0 <= value <= 1:
        raise InputError(f"{name} is between 0 and 1, not {value}")
    return value
