"""A rendering: what a task made of an event (liquid.md 2.1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from runner.errors import LiquidError
from runner.model.action import Action
from runner.model.json import JSON


@dataclass(frozen=True, slots=True)
class Read:
    """One look at the outside world made while rendering.

    ``kind`` is ``graphql`` or ``rest``; ``request`` the query text, or ``GET`` path; ``errors`` the messages with which
    the shop answered it, empty when it answered well; ``cost`` the points a GraphQL query used.
    """

    kind: str
    request: str
    errors: tuple[str, ...] = ()
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class Lookup:
    """A relation or collection that a script reached for, whether or not it took a read: its scope is needed live.

    ``name`` is ``customer.orders``, ``shop.customers``; ``path`` where REST serves such resources, ids as ``{slots}``.
    """

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Round:
    """A round of a loop: the ``line`` of its tag, its ``variable``, the round from 1 on, and of the item what tells it
    from others: itself when it is short, else its id or name; None when it has none."""

    line: int
    variable: str
    index: int
    item: JSON = None

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {"line": self.line, "variable": self.variable, "index": self.index, "item": self.item}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where in the script an action was written: its ``line`` and ``offset``, and the loops around it, outer first."""

    line: int
    offset: int
    rounds: tuple[Round, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {"line": self.line, "offset": self.offset, "rounds": [each.to_dict() for each in self.rounds]}


@dataclass(frozen=True, slots=True)
class Rendering:
    """Actions, logs and errors in rendered order.

    ``errors`` non-empty: the run is failed and ``actions`` is empty, since nothing of it is performed. ``error`` is set
    when the script itself failed (syntax, limits, output that is no object stream); then nothing else is filled except
    ``queries``, ``reads``, ``lookups`` and ``warnings``. ``queries`` are the texts given to the ``shopify`` filter, in
    order; ``lookups`` has each name once. ``origins`` has for each of ``actions`` the place that wrote it.
    """

    actions: tuple[Action, ...] = ()
    logs: tuple[JSON, ...] = ()
    errors: tuple[JSON, ...] = ()
    queries: tuple[str, ...] = ()
    error: LiquidError | None = None
    reads: tuple[Read, ...] = ()
    warnings: tuple[str, ...] = field(default=())
    lookups: tuple[Lookup, ...] = ()
    origins: tuple[Origin | None, ...] = ()

    @property
    def liquid_error(self) -> str | None:
        """The script's failure in words, with its place; None when it rendered."""
        return None if self.error is None else str(self.error)

    @property
    def ok(self) -> bool:
        """True when a run with this rendering would succeed."""
        return self.error is None and not self.errors

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready: ``actions``, ``logs``, ``errors``, ``queries``, ``liquid_error``."""
        return {
            "actions": [action.to_dict() for action in self.actions],
            "logs": list(self.logs),
            "errors": list(self.errors),
            "queries": list(self.queries),
            "liquid_error": self.liquid_error,
        }
