"""``runner preview --shop`` and ``--case``: rendered with the answers of a simulated store, or with recorded ones; the
preview's data are held against them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from runner.cli.output import ExitCode, Output

if TYPE_CHECKING:
    from runner.cli.target import Target
    from runner.engine.matching import EnabledTask
    from runner.liquid.reads import Reads
    from runner.model.event import Event
    from runner.model.rendering import Rendering
    from runner.model.shop_values import ShopValues
    from runner.model.task import Task
    from runner.testing.stub_shapes import StubDifference

    Shown = Callable[[Output, Rendering], None]


def preview_live(
    output: Output,
    task: Task,
    seed: str,
    event: Event | None,
    *,
    options: Mapping[str, Any] | None,
    verbose: bool,
) -> int:
    """Render each topic of ``task`` in the store of ``seed``; nothing is performed. The exit code."""
    from runner.cli.preview_text import show_rendering
    from runner.cli.target import simulated_target
    from runner.config import load_settings
    from runner.engine.matching import EnabledTask
    from runner.shop_values import load_values

    settings = load_settings()
    values = load_values(settings)
    output.say(task.name, style="bold")
    with simulated_target(seed, dry=True, settings=settings) as target:
        output.say(f"in {target.label}; nothing is performed")
        enabled = EnabledTask.prepare(task, options=options, shop=target.record, clock=target.clock, values=values)
        topics = [event.topic] if event is not None else list(dict.fromkeys(s.topic for s in enabled.subscriptions))
        found, answers = [], []
        for topic in topics:
            output.say()
            rendering, origin, seen = _rendered(enabled, topic, event, target, values)
            answers += seen
            output.say(f"{topic} ({origin})", style="cyan")
            if rendering.error is not None:
                output.say(f"  Failed: {rendering.error.message}", style="red")
            show_rendering(output, rendering, verbose=verbose)
            found.append({"topic": topic, "source": origin, **rendering.to_dict(), "ok": rendering.ok})
    stubs = _stub_document(task, answers)
    _show_stubs(output, stubs)
    ok = all(each["ok"] for each in found)
    output.document({"task": {"name": task.name, "handle": task.handle}, "previews": found, "stubs": stubs, "ok": ok})
    return ExitCode.DONE if ok else ExitCode.FAILED


def preview_case(output: Output, task: Task, name: str, *, verbose: bool) -> int:
    """Render ``task`` as in a case, with the answers that are recorded there or its store gives. The exit code."""
    from runner.cli.preview_text import show_rendering
    from runner.project import find_fixture
    from runner.testing.fixtures import read_case
    from runner.testing.play import render_case
    from runner.testing.stub_shapes import AnswersKept

    case = read_case(find_fixture(name).absolute())
    seen: list[AnswersKept] = []

    def through(reads: Reads) -> Reads:
        seen.append(AnswersKept(reads))
        return seen[0]

    rendering = render_case(case, task, through=through)
    where = "recorded answers" if case.shop is None else f"the store {case.shop}"
    output.say(task.name, style="bold")
    output.say(f"as in {name}, with {where}; nothing is performed")
    output.say()
    output.say(f"{case.event.topic} ({case.description or 'case'})", style="cyan")
    if rendering.error is not None:
        output.say(f"  Failed: {rendering.error.message}", style="red")
    show_rendering(output, rendering, verbose=verbose)
    stubs = _stub_document(task, [answer for each in seen for answer in each.answers])
    _show_stubs(output, stubs)
    shown = {"topic": case.event.topic, "source": f"case {name}", **rendering.to_dict(), "ok": rendering.ok}
    head = {"name": task.name, "handle": task.handle}
    output.document({"task": head, "previews": [shown], "stubs": stubs, "ok": rendering.ok})
    return ExitCode.DONE if rendering.ok else ExitCode.FAILED


def _rendered(
    enabled: EnabledTask, topic: str, given: Event | None, target: Target, values: ShopValues
) -> tuple[Rendering, str, list[Mapping[str, Any]]]:
    """The rendering, where its event's data come from, and what the store answered to its queries."""
    from dataclasses import replace

    from runner.cli.samples import event_for
    from runner.engine.reads import EngineReads
    from runner.liquid.render import render
    from runner.testing.stub_shapes import AnswersKept

    event, origin = (given, "given event") if given is not None else event_for(topic, target.asking, target.simulated)
    kept = AnswersKept(EngineReads(target.client, target.store.cache, str(target.record.get("myshopify_domain"))))
    rendering = render(
        enabled.task,
        replace(event, preview=False, created_at=event.created_at or target.clock.now()),
        options=enabled.options,
        shop=target.record,
        reads=kept,
        clock=target.clock,
        task_id=enabled.id,
        globals=values.globals,
        secrets=values.without_values(),
    )
    return rendering, origin, kept.answers


def _stub_document(task: Task, answers: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Every made-up answer of the script: its name, whether the store was asked for it, and the differences."""
    from runner.lint.flow.text import json_text
    from runner.lint.subject import Subject, Surroundings
    from runner.testing.stub_shapes import differences

    found: list[dict[str, Any]] = []
    for stub in Subject(task, Surroundings()).analysis.stubs:
        try:
            value = json.loads(json_text(stub.text).text)
        except (ValueError, RecursionError):
            continue
        different: list[StubDifference] | None = differences(value, answers)
        shown = [each.to_dict() for each in different or ()]
        found.append({"name": stub.name, "asked": different is not None, "differences": shown})
    return found


def _show_stubs(output: Output, stubs: Sequence[Mapping[str, Any]]) -> None:
    if not stubs:
        return
    output.say()
    output.say("Preview data of the script, against what the store answers", style="cyan")
    for stub in stubs:
        if not stub["asked"]:
            output.say(f"  {stub['name']}: the store was not asked for that here")
        elif not stub["differences"]:
            output.say(f"  {stub['name']}: the same in kind", style="green")
        for each in stub["differences"]:
            output.say(
                f"  {stub['name']}: {each['path']} is {each['stub']}, in the store {each['store']}", style="yellow"
            )
