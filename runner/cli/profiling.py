"""What ``runner profile`` renders, and how it tells what that took."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

from runner.cli.inputs import read_event, read_options
from runner.cli.output import Output
from runner.cli.preview import check_options
from runner.cli.samples import event_for, sample_event, sample_shop
from runner.config import load_settings
from runner.engine.reads import EngineReads
from runner.errors import InputError, RunnerError
from runner.liquid.profile import Profile, Spent
from runner.liquid.render import render
from runner.model.event import Event
from runner.model.task import Task
from runner.preview import preview_task
from runner.project import load_task
from runner.shop_values import load_values

_WIDEST = 76


@dataclass(frozen=True, slots=True)
class Asked:
    """What to profile: the words of the command."""

    task: str
    event_file: str | None
    topic: str | None
    seed: str | None
    options_file: str | None


def profile_task(output: Output, asked: Asked, *, times: int, limit: int) -> bool:
    """Render, and print what it took; False when the script failed."""
    if asked.topic is not None and (asked.seed is None or asked.event_file is not None):
        what = "--topic goes with --shop" if asked.seed is None else "--event and --topic exclude each other"
        raise InputError(what, code="input.usage", hint="previews take the task's own events, or --event FILE")
    task = load_task(asked.task)
    options = read_options(asked.options_file)
    check_options(task, options, asked.options_file)
    event = read_event(asked.event_file) if asked.event_file is not None else None
    profile = Profile()
    with ExitStack() as stack:
        once = (
            _preview(task, event, options, profile)
            if asked.seed is None
            else _live(output, stack, asked, task, event, options, profile)
        )
        faults = [fault for _ in range(times) for fault in once()]
    _say(output, task, profile, limit)
    for fault in dict.fromkeys(map(str, faults)):
        output.note(f"The script failed: {fault}", style="red")
    output.document({"task": asked.task, **_document(task, profile), "errors": [each.to_dict() for each in faults[:1]]})
    return not faults


def _preview(task: Task, event: Event | None, options: Any, profile: Profile) -> Callable[[], Sequence[RunnerError]]:
    values = load_values(load_settings())
    preview = partial(
        preview_task,
        task,
        sample=cache(sample_event),
        event=event,
        options=options,
        globals=values.globals,
        secrets=values.without_values(),
        shop=sample_shop(),
        profile=profile,
    )

    def once() -> Sequence[RunnerError]:
        return [each.rendering.error for each in preview().previews if each.rendering.error is not None]

    return once


def _live(
    output: Output,
    stack: ExitStack,
    asked: Asked,
    task: Task,
    event: Event | None,
    options: Any,
    profile: Profile,
) -> Callable[[], Sequence[RunnerError]]:
    from runner.cli.target import simulated_target

    settings = load_settings()
    values = load_values(settings)
    target = stack.enter_context(simulated_target(asked.seed or "", dry=True, settings=settings))
    topic = asked.topic or next((line.partition("+")[0] for line in task.template.split()), None)
    if event is None:
        if topic is None:
            raise InputError("no event is given", code="input.usage", hint="--event FILE, or --topic TOPIC")
        event, origin = event_for(topic, target.asking, target.simulated)
        output.note(f"The event: {topic}, its data: {origin}.")
    live = replace(event, preview=False)
    domain = str(target.record.get("myshopify_domain") or "")
    reads = EngineReads(target.client, target.store.cache, domain)

    def once() -> Sequence[RunnerError]:
        rendering = render(
            task,
            live,
            options=options,
            shop=target.record,
            reads=reads,
            clock=target.clock,
            globals=values.globals,
            secrets=values.secrets,
            profile=profile,
        )
        return [] if rendering.error is None else [rendering.error]

    return once


def _say(output: Output, task: Task, profile: Profile, limit: int) -> None:
    source = task.script.splitlines()
    each = profile.seconds * 1000 / max(profile.renders, 1)
    output.say(f"{task.name}: {profile.renders} render(s), {each:.1f} ms each", style="bold")
    tables: tuple[tuple[str, list[tuple[str, Spent]]], ...] = (
        ("line", [(f"{line}: {_text(source, line)}", spent) for line, spent in profile.lines.items()]),
        ("filter", list(profile.filters.items())),
        ("read", [(f"{kind} {' '.join(request.split())}", spent) for (kind, request), spent in profile.reads.items()]),
    )
    for name, rows in tables:
        if not rows:
            continue
        ordered = sorted(rows, key=lambda row: -row[1].own)
        output.say()
        output.table(
            ("own ms", "ms", "count", name),
            [_row(label, spent) for label, spent in ordered[:limit]],
            numbers=(0, 1, 2),
        )
        if len(ordered) > limit:
            rest = sum(spent.own for _, spent in ordered[limit:]) * 1000
            output.say(f"{len(ordered) - limit} more, {rest:.1f} ms together; --limit {len(ordered)} shows all.")
    if not profile.reads:
        output.say()
        output.say("Nothing was read of the shop; --shop SEED renders against a simulated store.")


def _text(source: Sequence[str], line: int) -> str:
    return source[line - 1].strip() if 0 < line <= len(source) else ""


def _row(label: str, spent: Spent) -> tuple[str, str, str, str]:
    cut = label if len(label) <= _WIDEST else f"{label[: _WIDEST - 1]}…"
    return f"{spent.own * 1000:.2f}", f"{spent.total * 1000:.2f}", str(spent.count), cut


def _document(task: Task, profile: Profile) -> dict[str, Any]:
    source = task.script.splitlines()
    return {
        "renders": profile.renders,
        "ms": round(profile.seconds * 1000, 3),
        "lines": [
            {"line": line, "text": _text(source, line), **spent.to_dict()}
            for line, spent in sorted(profile.lines.items())
        ],
        "filters": {name: spent.to_dict() for name, spent in sorted(profile.filters.items())},
        "reads": [
            {"kind": kind, "request": request, **spent.to_dict()} for (kind, request), spent in profile.reads.items()
        ],
    }
