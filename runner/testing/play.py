"""Plays a case: renders its task for its event, performs what was rendered if asked, and tells what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from runner.clock import Clock, FixedClock
from runner.engine.matching import EnabledTask
from runner.engine.reads import EngineReads
from runner.errors import InputError
from runner.liquid.reads import Reads
from runner.liquid.render import render
from runner.model.event import Event
from runner.model.rendering import Rendering
from runner.model.task import Task
from runner.preview import SAMPLE_SHOP
from runner.testing.case_events import sample_data
from runner.testing.case_task import enable, task_of, unanswered
from runner.testing.fixtures import Case, near, refuse
from runner.testing.live_case import play_live
from runner.testing.performance import Performance, perform
from runner.testing.readable import call_lines, readable
from runner.testing.recorded import RecordedReads
from runner.testing.stage import Stage, staged
from runner.testing.stock import aftermath
from runner.testing.tracing import Watch

DEFAULT_CLOCK = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
"""The present of a case without store and clock."""


def play(case: Case, version: Task | None = None, *, watch: Watch | None = None) -> dict[str, Any]:
    """What came of ``case``, as its snapshot shows it: JSON-ready, and the same each time.

    ``version`` is played in place of the task that the case is of. ``watch`` gives what looks on while it renders.

    Raises ``InputError`` (``fixture.invalid``) or ``TaskError`` for a case that cannot be played. What the script does
    wrong is part of what came of it.
    """
    if case.is_live:
        return play_live(case, version, watch=watch).document
    task = task_of(case, version)
    if case.shop is None:
        return readable(_alone(case, task, watch))
    with staged(case, task.shopify_api_version) as stage:
        enabled = _enabled(case, task, stage.record, stage.clock)
        event = _event(case, stage.clock)
        if case.perform:
            document = _performed(case, enabled, event, stage, watch)
        else:
            reads = None if event.preview else EngineReads(stage.client, stage.store.cache, stage.domain)
            document = _rendered(_render(case, enabled, event, _Scene(stage.record, reads, stage.clock, watch)))
        document["calls"] = call_lines(stage.calls)
        return readable(document, {stage.address: stage.shop.domain})


@dataclass(frozen=True, slots=True)
class _Scene:
    """What a rendering finds around it."""

    shop: Mapping[str, Any]
    reads: Reads | None
    clock: Clock
    watch: Watch | None


def render_case(case: Case, version: Task | None = None, *, through: Callable[[Reads], Reads]) -> Rendering:
    """What the script of ``case`` renders with its recorded answers, or with those of its store; nothing is performed.

    The reads pass ``through`` what is given. Raises as ``play``, and for a preview, which asks nothing, or a live case.
    """
    if case.is_live:
        refuse(case, "live", "a live case has no one rendering", "name a case with `event:`")
    if case.event.preview:
        refuse(case, "event.preview", "a preview asks nothing", "name a case whose event is no preview")
    task = task_of(case, version)
    if case.shop is None:
        return _recorded(case, task, through(RecordedReads(case.reads, case.cache)), None)
    with staged(case, task.shopify_api_version) as stage:
        enabled = _enabled(case, task, stage.record, stage.clock)
        reads = through(EngineReads(stage.client, stage.store.cache, stage.domain))
        return _render(case, enabled, _event(case, stage.clock), _Scene(stage.record, reads, stage.clock, None))


def _alone(case: Case, task: Task, watch: Watch | None) -> dict[str, Any]:
    """Rendered without a store."""
    reads = None if case.event.preview else RecordedReads(case.reads, case.cache)
    return _rendered(_recorded(case, task, reads, watch))


def _recorded(case: Case, task: Task, reads: Reads | None, watch: Watch | None) -> Rendering:
    clock = FixedClock(case.clock or DEFAULT_CLOCK)
    enabled = _enabled(case, task, SAMPLE_SHOP, clock)
    scene = _Scene(SAMPLE_SHOP, reads, clock, watch)
    return _render(case, enabled, _event(case, clock), scene)


def _performed(case: Case, enabled: EnabledTask, event: Event, stage: Stage, watch: Watch | None) -> dict[str, Any]:
    played: Performance = perform(case, enabled, event, stage, watch=watch)
    document = _rendered(played.first) if played.first is not None else {}
    document["runs"] = played.runs
    if played.followups:
        document["followups"] = [{"topic": topic, **_rendered(each)} for topic, each in played.followups]
    document["shop"] = aftermath(stage.shop, stage.changes_before)
    document["cache"] = dict(stage.store.cache.items(stage.domain))
    return document


def _rendered(rendering: Rendering) -> dict[str, Any]:
    return {**rendering.to_dict(), "warnings": list(rendering.warnings)}


def _render(case: Case, enabled: EnabledTask, event: Event, scene: _Scene) -> Rendering:
    return render(
        enabled.task,
        event,
        options=enabled.options,
        shop=scene.shop,
        reads=scene.reads,
        clock=scene.clock,
        task_id=enabled.id,
        task_created_at=enabled.created_at,
        globals=case.values.globals,
        secrets=case.values.secrets,
        inputs=case.inputs,
        profile=scene.watch(enabled.task, event) if scene.watch is not None else None,
    )


def _enabled(case: Case, task: Task, shop: Mapping[str, Any], clock: Clock) -> EnabledTask:
    """The task with the case's options over its own; refused when it does not subscribe to the event's topic."""
    enabled = enable(case, task, shop, clock)
    listed = unanswered(enabled, case.event.topic)
    if listed is not None:
        topics = dict.fromkeys(subscription.topic for subscription in enabled.subscriptions)
        key = "event.sample" if case.sample else "event.topic"
        refuse(
            case, key, f'the task does not respond to "{case.event.topic}"', near(case.event.topic, topics) or listed
        )
    return enabled


def _event(case: Case, clock: Clock) -> Event:
    """The event as it comes: with the data of the sample, and the time of the case where it has none of its own."""
    event = case.event
    if case.sample:
        try:
            event = replace(event, data=sample_data(event.topic, case.root))
        except InputError as error:
            refuse(case, "event.sample", error.message, error.hint)
    return event if event.created_at is not None else replace(event, created_at=clock.now())
