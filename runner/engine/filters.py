"""Event filters: the shop's own say in which events may start tasks (engine.md 3.5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from runner.clock import Clock
from runner.engine.matching import ERROR_TOPICS
from runner.errors import LiquidError
from runner.liquid.context import exhaustion
from runner.liquid.limits import Budget, Limits
from runner.liquid.objects import environment as variables_of
from runner.liquid.reads import Reads
from runner.liquid.state import RenderState
from runner.liquid.template import DialectTemplate, parse
from runner.model.event import Event

_IN_SCOPE = ("event", "shop", "cache")


@dataclass(frozen=True, slots=True)
class EventFilter:
    """A Liquid template that sees ``event``, ``shop`` and ``cache``. Writing ``false`` and no more stops the event."""

    name: str
    template: str

    def check(self) -> None:
        """Raises LiquidError when the template cannot be read."""
        self._read()

    def passes(self, event: Event, *, shop: Mapping[str, Any], reads: Reads, clock: Clock) -> bool:
        """Whether ``event`` may go on. Raises LiquidError, or ShopifyError when the template asks a shop in vain."""
        template = self._read()
        state = RenderState(now=clock.now(), shop=dict(shop), reads=reads)
        known = variables_of(event, state=state, task_record={})
        with exhaustion():
            written, _ = template.run({name: known[name] for name in _IN_SCOPE}, state, Budget(Limits()))
        return written.strip() != "false"

    def _read(self) -> DialectTemplate:
        return parse(self.template, f'event filter "{self.name}"')


def stopped_by(
    filters: Iterable[EventFilter], event: Event, *, shop: Mapping[str, Any], reads: Reads, clock: Clock
) -> str | None:
    """The name of the first filter that stops ``event``; None when it may go on. Raises as ``EventFilter.passes``."""
    for each in filters:
        try:
            if not each.passes(event, shop=shop, reads=reads, clock=clock):
                return each.name
        except LiquidError:
            # differs: a filter that fails does not stop error events, which could not tell of its failure otherwise.
            if not event.topic.startswith(ERROR_TOPICS):
                raise
    return None
