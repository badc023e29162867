"""What the commands about events and runs have in common: the database, the shop as last seen, ids and filters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta, tzinfo
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypeVar

import click

from runner.cli.moments import parse_age, parse_moment
from runner.cli.output import Output
from runner.errors import InputError, SafetyError

if TYPE_CHECKING:
    from runner.cli.project_tasks import ProjectTasks
    from runner.config import Settings
    from runner.engine.engine import Engine
    from runner.engine.queue.durable import DurableQueue
    from runner.store import Store, Wanted

F = TypeVar("F", bound=Callable[..., Any])

ALIVE = timedelta(seconds=20)
"""A worker that gave a sign of life within this time counts as alive; it gives several a second."""


@dataclass(slots=True)
class Operating:
    """The database of the settings, and the shop as it was when a command last asked it.

    ``shop`` is a REST shop record, or the part of it that is kept. The queue is opened when it is first needed.
    """

    settings: Settings
    store: Store
    shop: Mapping[str, Any]
    stack: ExitStack
    _queue: DurableQueue | None = field(default=None)

    @property
    def zone(self) -> tzinfo:
        """The shop's time zone; UTC while it is not known."""
        from runner.engine.matching import shop_zone

        return shop_zone(self.shop)

    @property
    def domain(self) -> str:
        """The shop's permanent domain."""
        return str(self.shop.get("myshopify_domain") or self.shop.get("domain") or "")

    @property
    def queue(self) -> DurableQueue:
        """The queue that all processes share. It is not started: this process only hands over."""
        if self._queue is None:
            from runner.engine.queue.durable import DurableQueue

            self._queue = DurableQueue(self.store)
            self.stack.callback(self._queue.close)
        return self._queue

    def engine(self) -> Engine:
        """An engine that accepts events and leaves them to the workers."""
        from runner.engine.engine import Engine

        return Engine(self.store, shop=self.shop, queue=self.queue)

    def tasks(self) -> ProjectTasks:
        """The tasks of the project's folder."""
        from runner.cli.project_tasks import ProjectTasks
        from runner.shop_values import load_values

        return ProjectTasks(self.settings, self.store, shop=self.shop, values=load_values(self.settings))

    def workers(self) -> list[dict[str, Any]]:
        """The worker processes that gave a sign of life lately."""
        now = self.store.clock.now()
        return [
            {"id": row.executor_id, "host": row.host, "version": row.version, "seen": row.seen}
            for row in self.store.workers.all()
            if now - row.seen <= ALIVE
        ]

    def event(self, start: str) -> str:
        """The id of the event that begins with ``start``. ``InputError`` for none, or several."""
        found = self.store.search.events_beginning(start)
        other = [] if found else self.store.search.runs_beginning(start)
        return _only(
            found,
            start,
            "event",
            f"that is a run: `runner runs show {start}`" if other else "`runner events list` shows them",
        )

    def run(self, start: str) -> str:
        """The id of the run that begins with ``start``. ``InputError`` for none, or several."""
        found = self.store.search.runs_beginning(start)
        other = [] if found else self.store.search.events_beginning(start)
        return _only(
            found,
            start,
            "run",
            f"that is an event: `runner events show {start}`" if other else "`runner runs list` shows them",
        )

    def task(self, text: str) -> tuple[str, ...]:
        """What runs of a task are known by: its id, its name. ``text`` is a handle, a name or an id.

        ``InputError`` when neither the project nor any run has such a task.
        """
        found = self.tasks().load()
        for task in found:
            if task.prepared is not None and text in (task.handle, task.name, task.prepared.id):
                return (task.prepared.id, task.name)
        from runner.actions.base import derived_id

        names = (text, derived_id("task", text))
        if not self.store.search.knows_task(names):
            near = get_close_matches(text, [task.handle for task in found], n=1)
            raise InputError(
                f'no task of the project, and no run, is of "{text}"',
                code="input.missing",
                hint=f"did you mean {near[0]}?" if near else "`runner tasks list` shows the tasks",
            )
        return names

    def wanted(self, given: Mapping[str, Any]) -> Wanted:
        """What the options of ``filters`` ask for. ``InputError`` for times and ids that are none."""
        from runner.store import Wanted

        now, zone = self.store.clock.now(), self.zone
        until = given.get("until")
        ends = parse_moment(until, "--until", now=now, zone=zone) if until else None
        if given.get("older_than"):
            ends = min(filter(None, (ends, now - parse_age(given["older_than"], "--older-than"))))
        since = given.get("since")
        return Wanted(
            topic=given.get("topic"),
            tasks=self.task(given["task"]) if given.get("task") else (),
            since=parse_moment(since, "--since", now=now, zone=zone) if since else None,
            until=ends,
            states=tuple(given.get("state") or ()) + (("failed",) if given.get("errors") else ()),
            kinds=tuple(given.get("kind") or ()),
            events=tuple(self.event(start) for start in given.get("event") or ()),
            text=given.get("text"),
        )


@contextmanager
def operating() -> Iterator[Operating]:
    """The database of the settings, made when it does not exist yet, and the shop as last seen."""
    from runner.cli.target import kept_shop, open_kept
    from runner.config import load_settings

    settings = load_settings()
    with ExitStack() as stack:
        store = stack.enter_context(open_kept(settings))
        yield Operating(settings, store, kept_shop(settings, store), stack)


@contextmanager
def accepting() -> Iterator[Operating]:
    """The same, for commands that accept events: the shop is asked where it is not known. ``ConfigError`` without one.

    ``ShopifyError`` when it has to be asked and does not answer.
    """
    from runner.cli.target import configured_target

    with operating() as it:
        if not it.domain:
            with configured_target(it.settings, dry=False) as target:
                it.shop = target.record
        yield it


_STATES = ("unscheduled", "scheduled", "due", "started", "succeeded", "failed", "cancelled", "dry")


def filters(*, runs: bool) -> Callable[[F], F]:
    """The options that choose events, or ``runs``; ``Operating.wanted`` reads them."""
    options = [
        click.option("--topic", metavar="TOPIC", help="Events of this topic; shopify/orders/* for all that begin so."),
        click.option("--task", metavar="TASK", help="Runs of this task: its handle, name or id."),
        click.option("--since", metavar="TIME", help="Events not older than this: 2h, 3d, 2026-03-04T10:30."),
        click.option("--until", metavar="TIME", help="Events older than this time."),
        click.option("--older-than", metavar="AGE", help="Events at least this old: 90s, 15m, 2h, 3d, 2w."),
        click.option("--state", type=click.Choice(_STATES), multiple=True, help="Runs in this state; may be repeated."),
        click.option("--text", metavar="TEXT", help="Text anywhere in data, actions, results and errors."),
    ]
    if runs:
        options += [
            click.option("--event", metavar="ID", multiple=True, help="Runs of this event; may be repeated."),
            click.option("--kind", type=click.Choice(["event", "task", "action"]), multiple=True, help="Kind of run."),
        ]
    else:
        options.append(click.option("--errors", is_flag=True, help="Events with a run that failed."))

    def add(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return add


def confirm(output: Output, question: str, *, yes: bool) -> None:
    """Ask before something that cannot be taken back, unless ``yes``. ``SafetyError`` when nobody can be asked."""
    import sys

    if yes:
        return
    if output.as_json or not sys.stdin.isatty():
        raise SafetyError(f"{question} Nobody is there to say yes", hint="--yes does it without asking")
    if not click.confirm(question, err=True):
        raise SafetyError("left as it is", code="safety.declined")


def note_workers(output: Output, it: Operating) -> None:
    """Say so when nobody is there to do what was just queued."""
    if not it.workers():
        output.note("No worker runs: it waits until `runner serve` or `runner worker` is started.", style="yellow")


def _only(found: list[str], start: str, what: str, hint: str) -> str:
    """The one id in ``found``. ``InputError`` with the ``hint`` for none, and for several."""
    if len(found) == 1:
        return found[0]
    if not found:
        raise InputError(f'no {what} has an id that begins with "{start}"', code="input.missing", hint=hint)
    raise InputError(
        f'several {what}s have ids that begin with "{start}"',
        code="input.usage",
        hint=f"such as {', '.join(found[:3])}",
    )
