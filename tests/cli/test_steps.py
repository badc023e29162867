"""The story of a run: what each step of the engine is told as, and how it is counted."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest

from runner.actions.base import Outcome
from runner.cli.output import Output, brief
from runner.cli.steps import Steps
from runner.engine import observe
from runner.model.action import Action
from runner.model.event import Event
from runner.model.rendering import Rendering
from runner.model.run import Run, RunKind, RunState
from runner.shopify.usage import CallRecord

NOW = datetime(2026, 3, 4, 20, 6, 7, tzinfo=UTC)
EVENT = Event("user/a/b", {"n": 1}, id="e1", source="user")
ACTION = Action("shopify", "mutation { x }")


def run_of(kind: RunKind, state: RunState = RunState.STARTED, **keys: object) -> Run:
    return Run(id=f"{kind}-1", kind=kind, event_id="e1", state=state, task_name="Mine", run_at=NOW, **keys)  # type: ignore[arg-type]


class Told:
    """Steps, and the lines they printed."""

    def __init__(self, *, verbose: bool = False, endless: bool = False) -> None:
        self._out = io.StringIO()
        self.steps = Steps(Output(stdout=self._out, stderr=io.StringIO()), verbose=verbose, endless=endless)

    def lines(self, *occurrences: observe.Occurrence) -> list[str]:
        for occurrence in occurrences:
            self.steps.occurred(occurrence)
        return self._out.getvalue().splitlines()


TASK_RUN = run_of(RunKind.TASK)
ACTION_RUN = run_of(RunKind.ACTION, RunState.FAILED, error="no such id", attempt=2)


@pytest.mark.parametrize(
    ("occurrence", "line"),
    [
        (observe.EventAccepted(EVENT, NOW), "event user/a/b (user)"),
        (observe.EventDuplicate(EVENT, "k"), "event user/a/b: came again, dropped"),
        (observe.EventMatched(EVENT, run_of(RunKind.EVENT), ()), "  no task responds to user/a/b"),
        (observe.TaskRunStarted(EVENT, TASK_RUN), "  task: Mine"),
        (observe.TaskRunRendered(EVENT, TASK_RUN, Rendering()), "    nothing to do"),
        (observe.TaskRunRendered(EVENT, TASK_RUN, Rendering(actions=(ACTION,))), "    rendered 1 action"),
        (observe.TaskRunRendered(EVENT, TASK_RUN, Rendering(logs=({"a": 1},))), '    log: {"a": 1}'),
        (observe.ActionStarted(EVENT, ACTION_RUN, ACTION, "mutation x"), "  action shopify: mutation x"),
        (observe.RunFailed(EVENT, ACTION_RUN, Outcome(ok=False)), "    action run failed: no such id"),
        (observe.RunFailed(EVENT, ACTION_RUN, Outcome(ok=False, hint="look")), "    Hint: look"),
        (
            observe.RunRetried(EVENT, ACTION_RUN, NOW, "busy"),
            "    attempt 2; the next one is due at 2026-03-04T20:06:07.000Z",
        ),
        (
            observe.ActionHalted(EVENT, ACTION_RUN),
            "  action: not performed, since an earlier one of its sequence failed",
        ),
    ],
)
def test_each_step_is_told(occurrence: observe.Occurrence, line: str) -> None:
    assert line in Told().lines(occurrence)


def test_a_run_due_later_is_told_with_its_time() -> None:
    later = Run("t", RunKind.TASK, "e1", RunState.SCHEDULED, run_at=NOW + timedelta(hours=1), task_name="Mine")
    assert Told().lines(observe.EventMatched(EVENT, run_of(RunKind.EVENT), (later,))) == [
        "  task: Mine, due at 2026-03-04T21:06:07.000Z"
    ]


def test_a_rehearsed_action_is_not_counted_as_performed() -> None:
    told = Told()
    dry = run_of(RunKind.ACTION, RunState.DRY)
    lines = told.lines(observe.ActionPerformed(EVENT, dry, ACTION, Outcome(ok=True)))
    assert lines == ["    not performed: dry run"]
    assert (told.steps.tally.actions, told.steps.tally.dry) == (0, 1)


def test_calls_are_summed_and_tokens_are_no_calls() -> None:
    told = Told()
    told.steps.called(CallRecord("graphql", "mutation x", 200, 3, "2026-04", cost=10))
    told.steps.called(CallRecord("rest", "GET /admin/x.json", 404, 3, "2026-04", outcome="shopify.not_found"))
    told.steps.called(CallRecord("token", "POST /admin/oauth/access_token", 200, 3, "2026-04"))
    told.steps.called(CallRecord("graphql", "query y", None, 3, "2026-04", outcome="shopify.timeout"))
    assert (told.steps.tally.calls, told.steps.tally.points) == (3, 10)
    lines = told.lines()
    assert "    shop: mutation x -> 200, 10 points" in lines
    assert "    shop: GET /admin/x.json -> 404 shopify.not_found" in lines
    assert "    shop: query y -> no reply shopify.timeout" in lines


def test_the_document_holds_each_run_once_with_its_last_state() -> None:
    told = Told()
    told.lines(
        observe.EventAccepted(EVENT, NOW),
        observe.TaskRunRendered(EVENT, TASK_RUN, Rendering(actions=(ACTION,))),
        observe.RunFailed(EVENT, ACTION_RUN, Outcome(ok=False, hint="look")),
    )
    (event,) = told.steps.to_dict()
    assert [(run["kind"], run["state"], run["error"]) for run in event["runs"]] == [
        ("task", "succeeded", None),
        ("action", "failed", "no such id"),
    ]
    assert event["runs"][1]["hint"] == "look"


def test_a_service_says_which_event_its_lines_are_about() -> None:
    """Events come from other processes too, and several are worked on at once."""
    other = Event("user/c/d", id="e2-which-is-long", source="user")
    assert Told(endless=True).lines(
        observe.EventAccepted(EVENT, NOW),
        observe.TaskRunStarted(EVENT, TASK_RUN),
        observe.TaskRunStarted(other, TASK_RUN),
        observe.ActionPerformed(EVENT, ACTION_RUN, ACTION, Outcome(ok=True)),
        observe.TaskRunRendered(other, TASK_RUN, Rendering()),
        observe.TaskRunRendered(EVENT, TASK_RUN, Rendering()),
    ) == [
        "event user/a/b e1 (user)",
        "  task: Mine",
        "event user/c/d e2-which",
        "  task: Mine",
        "    nothing to do",
        "event user/a/b e1",
        "    nothing to do",
    ]


def test_a_service_keeps_nothing_of_what_it_told() -> None:
    told = Told(endless=True)
    told.lines(
        observe.EventAccepted(EVENT, NOW),
        observe.TaskRunRendered(EVENT, TASK_RUN, Rendering(actions=(ACTION,))),
        observe.RunFailed(EVENT, ACTION_RUN, Outcome(ok=False)),
    )
    assert told.steps.to_dict() == []
    assert (told.steps.tally.events, told.steps.tally.failed) == (1, 1)


def test_verbose_shows_whole_actions() -> None:
    lines = Told(verbose=True).lines(observe.TaskRunRendered(EVENT, TASK_RUN, Rendering(actions=(ACTION,))))
    assert "    shopify: mutation { x }" in lines


@pytest.mark.parametrize(
    ("value", "whole", "expected"),
    [
        ("text\n", False, "text"),
        (["é"], False, '["é"]'),
        (None, False, "null"),
        ("x" * 12, False, "x" * 10 + "… (12 characters; --verbose shows all)"),
        ("x" * 12, True, "x" * 12),
    ],
)
def test_values_are_brief(value: object, whole: bool, expected: str) -> None:
    assert brief(value, whole, compact=True, limit=10) == expected
