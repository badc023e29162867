"""What happened before a shop's time starts: each thing at its own time, and nobody is told of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from runner.errors import InputError
from runner.shopify.schema import DEFAULT_VERSION
from runner.simulator.clock import VirtualClock
from runner.simulator.contract import Context
from runner.simulator.graph import Graph
from runner.simulator.seed_reader import Table


class _Silence:
    """Takes the webhooks of what happened before: none is sent."""

    def emit(self, topic: str, payload: Mapping[str, Any], *, event_id: str, after: float = 0.0) -> None:
        """Nothing is sent."""

    def wanted(self, topic: str) -> bool:
        """Nobody listens."""
        return False

    def withdraw(self, topic: str, gid: str) -> None:
        """Nothing was sent."""


@contextmanager
def past(graph: Graph) -> Iterator[Context]:
    """A context for the verbs and mutations that bring about what a seed tells. Its clock may be set; afterwards the
    graph has its own clock again."""
    began = graph.clock
    clock = VirtualClock(began.now())
    graph.clock = clock
    try:
        yield Context(graph, clock, _Silence(), DEFAULT_VERSION, cause="do/seed", event_id="seed")
    finally:
        graph.clock = began


@contextmanager
def at(graph: Graph, moment: datetime | None) -> Iterator[None]:
    """What is created inside was created at ``moment``; None: when the shop's time starts."""
    began = graph.clock
    if moment is not None:
        graph.clock = VirtualClock(moment)
    try:
        yield
    finally:
        graph.clock = began


@contextmanager
def placed(table: Table, key: str | None = None) -> Iterator[None]:
    """A refusal of what is done inside names the place in the seed."""
    try:
        yield
    except InputError as error:
        if error.where is not None:
            raise
        table.refuse(error.message, key, hint=error.hint)


def done(table: Table, answer: Mapping[str, Any], key: str) -> None:
    """Refuse the seed at ``key`` when a mutation was answered with user errors."""
    errors = answer.get("userErrors") or []
    if errors:
        table.refuse("; ".join(error["message"] for error in errors), key)


def do(context: Context, table: Table, verb: Callable[[Context, dict[str, Any]], Any], given: dict[str, Any]) -> None:
    """Let a verb happen; what it refuses is refused at ``table``."""
    with placed(table):
        verb(context, given)
