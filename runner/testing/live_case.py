"""Plays a live case: a store in which a task is enabled, and everything that happens there step by step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Any

from runner.clock import stopwatch
from runner.engine.engine import Engine
from runner.engine.matching import EnabledTask, shop_zone
from runner.errors import InputError
from runner.model.event import Event
from runner.model.options import stored_values
from runner.model.rendering import Rendering
from runner.model.run_form import check_inputs, submission
from runner.model.task import Task
from runner.simulator.server import RunningShop
from runner.testing.case_events import sample_data
from runner.testing.case_task import enable, task_of, unanswered
from runner.testing.fixtures import INVALID, Case, near
from runner.testing.live import LiveRun
from runner.testing.live_engine import live_engine
from runner.testing.live_story import Story
from runner.testing.readable import call_lines, readable
from runner.testing.references import gid_of, record_of
from runner.testing.settling import HORIZON, LoopWatch, Settling, listen
from runner.testing.stage import Stage, act, staged
from runner.testing.steps import Deed, Happening, Step, Trouble, Wait
from runner.testing.stock import aftermath
from runner.testing.store_claims import store_of
from runner.testing.tracing import Watch


@dataclass(frozen=True, slots=True)
class LiveReport:
    """What came of a live case. ``document`` is what its snapshot holds: the same each time, and on every machine.

    ``sums`` counts what tasks did, and holds the reasons of what went wrong.
    """

    document: dict[str, Any]
    sums: LiveRun

    @property
    def quiet(self) -> bool:
        """Whether nothing was left to do in the end, but for runs that are due later."""
        return self.sums.quiet

    @property
    def totals(self) -> dict[str, Any]:
        """Counts over all steps, such as ``runs``, ``actions``, ``failed``, ``changes``, ``webhooks`` and ``calls``."""
        found: dict[str, Any] = self.document["totals"]
        return found

    @property
    def runs(self) -> list[dict[str, Any]]:
        """The runs of the task over all steps, as the document has them."""
        return [run for step in self.document["steps"] for run in step.get("runs", ())]

    @property
    def changes(self) -> list[str]:
        """What changed in the store over all steps, with its cause, a line each."""
        return [line for step in self.document["steps"] for line in step.get("changes", ())]


@dataclass(slots=True)
class _Scene:
    """A store with a task in it, while its case is played."""

    case: Case
    stage: Stage
    enabled: EnabledTask
    engine: Engine
    story: Story
    course: Settling
    zone: tzinfo
    sums: LiveRun
    changes: int = 0
    """How many lines tell of changes that tasks made."""

    @property
    def shop(self) -> RunningShop:
        return self.stage.shop


def play_live(
    case: Case, version: Task | None = None, *, shop: RunningShop | None = None, watch: Watch | None = None
) -> LiveReport:
    """What came of a live ``case``: what tasks rendered and performed, what changed in the store, what it cost.

    ``version`` is played in place of the task that the case is of; ``shop`` is a served store of the case's seed, which
    is reset; ``watch`` gives what looks on while a script renders. Raises ``InputError`` (``fixture.invalid``) or
    ``TaskError`` for a case that cannot be played. What the script does wrong is part of what came of it.
    """
    task = task_of(case, version)
    elapsed = stopwatch()
    with staged(case, task.shopify_api_version, shop=shop) as stage:
        scene = _scene(case, task, stage, watch)
        _check_topics(scene)
        steps = list(_played(scene))
        document = {"steps": steps, **_ended(scene)}
        scene.sums.seconds = round(elapsed(), 3)
        return LiveReport(readable(document, {stage.address: stage.shop.domain}), scene.sums)


def _scene(case: Case, task: Task, stage: Stage, looking: Watch | None) -> _Scene:
    enabled = replace(enable(case, task, stage.record, stage.clock), created_at=stage.clock.now())
    zone = shop_zone(stage.record)
    watch, sums = LoopWatch(), LiveRun("scenario")
    story = Story(stage.store, stage.clock, zone, watch, sums)

    def render(task: Task, event: Event, **more: Any) -> Rendering:
        return story.render(task, event, **more, profile=looking(task, event) if looking is not None else None)

    engine = live_engine(stage.store, [enabled], stage, observer=story.occurred, render=render, values=case.values)
    listen(stage.shop, engine)
    course = Settling(engine, stage.shop, stage.client, zone=zone)
    return _Scene(case, stage, enabled, engine, story, course, zone, sums)


def _check_topics(scene: _Scene) -> None:
    """Refuse events that nobody would respond to, before anything happens."""
    for step in scene.case.steps:
        if isinstance(step, Happening):
            topic = step.event.topic
            listed = unanswered(scene.enabled, topic)
            if listed is not None:
                topics = [each.topic for each in scene.enabled.subscriptions]
                hint = near(topic, topics) or listed
                raise InputError(f'the task does not respond to "{topic}"', where=step.where, hint=hint, code=INVALID)


def _played(scene: _Scene) -> Iterator[dict[str, Any]]:
    """Each step as its snapshot shows it. It ends early where what a step leads to has no end."""
    story, shop = scene.story, scene.shop
    for step in scene.case.steps:
        at, calls, since = scene.stage.clock.now(), len(scene.stage.calls), _last_change(shop)
        story.begin_step()
        scene.course.begin()
        _act(scene, step)
        asked, acted = _last_request(shop), _last_change(shop)
        _react(scene, step)
        scene.sums.count(shop.requests(asked), shop.changes(acted))
        yield {
            "step": step.label,
            "at": story.time(at),
            **story.step(),
            **_changed(scene, since, acted),
            **({"calls": call_lines(scene.stage.calls[calls:])} if len(scene.stage.calls) > calls else {}),
        }
        if scene.course.exhausted:
            break


def _changed(scene: _Scene, since: int, acted: int) -> dict[str, Any]:
    """What changed in the store: up to number ``acted`` by the step itself, and then by what followed.

    Told apart, since a task's change of an order that was placed just now is worth a line.
    """
    shop = scene.shop
    own: list[str] = aftermath(shop, since, acted)["changes"] if acted > since else []
    followed: list[str] = aftermath(shop, acted)["changes"] if _last_change(shop) > acted else []
    scene.changes += len(followed)
    return {"changes": [*own, *followed]} if own or followed else {}


def _last_change(shop: RunningShop) -> int:
    with shop.shop.lock:
        changes = shop.shop.graph.changes
        return changes[-1].sequence if changes else 0


def _last_request(shop: RunningShop) -> int:
    with shop.shop.lock:
        requests = shop.shop.requests
        return requests[-1].number if requests else 0


def _act(scene: _Scene, step: Step) -> None:
    """What the step itself does, without what follows from it."""
    match step:
        case Deed():
            act(scene.shop, scene.stage.other, [step])
        case Happening():
            _happen(scene, step)
        case Trouble():
            _trouble(scene, step)


def _react(scene: _Scene, step: Step) -> None:
    """What follows from a step."""
    if not isinstance(step, Wait):
        scene.course.soon()
        return
    now = scene.stage.clock.now()
    if step.is_for_quiet:
        scene.course.rest(now + HORIZON)
        return
    moment = step.ends_at(now, scene.zone)
    if moment <= now:
        message = f"{step.text} is over: in the store it is {scene.story.time(now)}"
        raise InputError(message, where=step.where, hint="write a later moment", code=INVALID)
    scene.course.pass_to(moment)


def _happen(scene: _Scene, step: Happening) -> None:
    task = scene.enabled.task
    try:
        event = _event(scene, step)
        check_inputs(task, step.inputs or {})
        saved = stored_values(task, scene.enabled.options)
        scene.engine.accept(event, inputs=submission(event, task, saved=saved, inputs=step.inputs))
    except InputError as error:
        raise InputError(error.message, hint=error.hint, where=step.where, code=INVALID) from error


def _event(scene: _Scene, step: Happening) -> Event:
    """The event with its data, those of the sample or of what it is about."""
    stage = scene.stage
    if step.sample:
        return replace(step.event, data=sample_data(step.event.topic, scene.case.root))
    if step.of is None:
        return step.event
    if isinstance(step.of, str):
        return replace(step.event, data=record_of(stage.other, gid_of(stage.shop, step.of)))
    return replace(step.event, data=[record_of(stage.other, gid_of(stage.shop, each)) for each in step.of])


def _trouble(scene: _Scene, step: Trouble) -> None:
    if step.fault is None:
        scene.shop.clear_faults()
        return
    try:
        scene.shop.add_fault(step.fault)
    except InputError as error:
        raise InputError(error.message, hint=error.hint, where=step.where, code=INVALID) from error


def _ended(scene: _Scene) -> dict[str, Any]:
    """How it stands in the end."""
    sums, story = scene.sums, scene.story
    settled = scene.course.settled()
    sums.webhooks, sums.quiet, sums.stopped = settled.webhooks, settled.quiet, list(story.watch.stopped)
    later = story.later()
    sums.calls = len(scene.stage.calls)
    sums.points = sum(call.cost or 0 for call in scene.stage.calls)  # the shop's own log forgets the oldest
    totals = {
        **story.totals(),
        "changes": scene.changes,
        "webhooks": settled.webhooks,
        "later": len(later),
        "loops": len(sums.stopped),
        "calls": sums.calls,
        "points": sums.points,
    }
    told: Mapping[str, Any] = {
        "later": later,
        "loops": sums.stopped,
        "repeats": {} if settled.quiet and not sums.stopped else dict(settled.repeats),
        "guesses": sums.guesses,
        "cache": dict(scene.stage.store.cache.items(scene.stage.domain)),
    }
    return {
        "quiet": settled.quiet,
        "totals": totals,
        **{key: value for key, value in told.items() if value},
        **({"performed": story.performed(claimed)} if (claimed := scene.case.expect.performed) else {}),
        **store_of(scene.case, scene.shop, scene.stage.other),
    }
