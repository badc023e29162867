"""``runner run --loop``: the webhooks of a task's own changes come back to it, until the store is quiet."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from runner.cli.output import Output

if TYPE_CHECKING:
    from runner.cli.steps import Steps
    from runner.cli.target import Target
    from runner.engine.engine import Engine
    from runner.engine.observe import Occurrence
    from runner.engine.telling import Counts
    from runner.model.event import Event
    from runner.testing.settling import Settled

_MOST_LINES = 20
"""Changes that are shown."""
_MOST_SHOWN = 5
"""Resources whose webhooks came more than once."""


def webhook_origin(event: Event) -> str | None:
    """A webhook in words: which object it is about."""
    from runner.testing.settling import subject

    if event.shopify_topic is None:
        return None
    return f"webhook: {subject(event).removeprefix(event.topic).strip()}"


class Looping:
    """Tells ``steps`` what happens, and notes what the engine's guards stopped."""

    def __init__(self, output: Output, steps: Steps) -> None:
        from runner.testing.settling import LoopWatch

        self._output = output
        self._steps = steps
        self._watch = LoopWatch()

    def occurred(self, occurrence: Occurrence) -> None:
        """One step of the engine."""
        self._watch.occurred(occurrence)
        self._steps.occurred(occurrence)

    def until_quiet(self, engine: Engine, target: Target, begin: Callable[[], Any]) -> tuple[Counts, dict[str, Any]]:
        """Let it ``begin``, work until the store is quiet, and say how that ended and what changed.

        The counts, and for the document what came back, how often, and whether the store became quiet.
        """
        from runner.testing.settling import listen, settle
        from runner.testing.stock import aftermath

        shop = target.simulated
        assert shop is not None
        for topic in listen(shop, engine):
            self._output.note(
                f"Warning: a store sends no webhooks of {topic}: nothing of it comes back", style="yellow"
            )
        before = shop.changes()
        begin()
        ended = settle(engine, shop, target.client)
        self._show_changes(aftermath(shop, before[-1]["sequence"] if before else 0)["changes"])
        self._show_end(ended)
        stopped = list(self._watch.stopped)
        return ended.counts, {**ended.to_dict(), "stopped": stopped, "ends_by_itself": ended.quiet and not stopped}

    def _show_changes(self, lines: list[str]) -> None:
        self._output.say()
        self._output.say("What changed in the store:" if lines else "Nothing changed in the store.", style="bold")
        for line in lines[:_MOST_LINES]:
            self._output.say(f"  {line}")
        if len(lines) > _MOST_LINES:
            self._output.say(f"  and {len(lines) - _MOST_LINES} more; --json has them all")
        self._output.say()

    def _show_end(self, ended: Settled) -> None:
        from runner.testing.settling import MOST_WEBHOOKS

        quiet_runs = self._steps.tally.quiet_runs
        if self._watch.stopped:
            self._output.say(f"A LOOP, which the engine stopped after {ended.webhooks} webhook(s):", style="red")
        elif ended.quiet:
            echoes = f"; {quiet_runs} task run(s) asked for no change" if quiet_runs else ""
            self._output.say(f"The store became quiet: {ended.webhooks} webhook(s) came back{echoes}.", style="green")
        else:
            end = f"after {ended.webhooks} webhooks" if ended.webhooks >= MOST_WEBHOOKS else "the task starts itself"
            self._output.say(f"A LOOP: the store does not become quiet, {end}.", style="red")
        for reason in self._watch.stopped:
            self._output.say(f"  {reason}")
        for name, count in ended.repeats[:_MOST_SHOWN]:
            self._output.say(f"  {count} times: {name}")
