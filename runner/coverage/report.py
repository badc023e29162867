"""What of a task's script was entered, by previews and by live events, and what never was."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from runner.coverage.spots import Reach, Spot, spots
from runner.errors import LiquidError
from runner.liquid.template import parse
from runner.model.task import Task
from runner.testing.tracing import CASE, Traced

Key = tuple[int, int | None]
"""(offset of a tag, way it went; None for the tag itself)."""


@dataclass(frozen=True, slots=True)
class Figure:
    """``entered`` of ``all``."""

    entered: int
    all: int

    @property
    def percent(self) -> float:
        """Rounded down to a tenth, so that 100 means all; 100 of nothing."""
        return 100.0 if self.all == 0 else self.entered * 1000 // self.all / 10

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {"entered": self.entered, "all": self.all, "percent": self.percent}


@dataclass(frozen=True, slots=True)
class Gap:
    """A place that no rendering entered, from ``line`` to ``last_line``, with all inside of it.

    ``label`` is the text of the tag or branch and ``lack`` what never happened. ``actions`` are written in it. ``hint``
    says what would enter it.
    """

    line: int
    last_line: int
    label: str
    lack: str
    kind: str
    actions: int
    hint: str

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "line": self.line,
            "last_line": self.last_line,
            "label": self.label,
            "lack": self.lack,
            "kind": self.kind,
            "actions": self.actions,
            "hint": self.hint,
        }


@dataclass(frozen=True)
class TaskCoverage:
    """Of one task: the ``places`` of its script, and those that were entered in ``previews`` and ``live``.

    ``topics`` are those it subscribes to or was rendered for, with the number of previews and of live renderings.
    ``notes`` say why previews render less than they could. ``fault`` is why the script does not parse; then there are
    no places. ``folder`` is that of its cases in ``fixtures/``.
    """

    handle: str
    task: Task
    places: tuple[Spot, ...] = ()
    previews: frozenset[Key] = frozenset()
    live: frozenset[Key] = frozenset()
    topics: dict[str, tuple[int, int]] = field(default_factory=dict)
    cases: int = 0
    fault: LiquidError | None = None
    notes: tuple[str, ...] = ()
    folder: str = ""

    @cached_property
    def entered(self) -> frozenset[Key]:
        """Entered by any rendering."""
        return self.previews | self.live

    @cached_property
    def every(self) -> tuple[Spot, ...]:
        """All places, those inside of others too."""
        return tuple(spot for place in self.places for spot in place.every())

    @property
    def lines(self) -> Figure:
        """Lines with tags; one counts when each of its tags was rendered."""
        by_line: dict[int, bool] = {}
        for spot in self.every:
            if spot.outcome is None:
                by_line[spot.line] = by_line.get(spot.line, True) and _key(spot) in self.entered
        return Figure(sum(by_line.values()), len(by_line))

    @property
    def branches(self) -> Figure:
        """Ways that tags can go."""
        return self._figure((spot for spot in self.every if spot.outcome is not None), self.entered)

    @property
    def actions(self) -> Figure:
        """Action tags."""
        return self._figure((spot for spot in self.every if spot.kind == "action"), self.entered)

    @property
    def whole(self) -> Figure:
        """Lines and branches together: the figure of the task."""
        lines, branches = self.lines, self.branches
        return Figure(lines.entered + branches.entered, lines.all + branches.all)

    @property
    def by_live(self) -> Figure:
        """Of the tags and branches that live events can get to, those that they did."""
        return self._figure((spot for spot in self.every if spot.reach.live), self.live)

    @property
    def gaps(self) -> list[Gap]:
        """What nothing entered, outermost places only."""
        return _sorted(_gaps(self.places, self.entered, self.folder))

    @property
    def only_previewed(self) -> list[Gap]:
        """What live events can get to, and only previews did; empty where no case is live."""
        if self.cases == 0:
            return []
        return _sorted(_gaps(self.places, self.live | self._not_live | (self._all - self.entered), self.folder))

    @property
    def silent_topics(self) -> list[str]:
        """Topics that it subscribes to, and no live case has."""
        return [topic for topic, (_, live) in self.topics.items() if live == 0]

    @cached_property
    def _all(self) -> frozenset[Key]:
        return frozenset(_key(spot) for spot in self.every)

    @cached_property
    def _not_live(self) -> frozenset[Key]:
        return frozenset(_key(spot) for spot in self.every if not spot.reach.live)

    def _figure(self, chosen: Iterable[Spot], entered: Collection[Key]) -> Figure:
        keys = [_key(spot) for spot in chosen]
        return Figure(sum(key in entered for key in keys), len(keys))

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready. ``missing`` are all lines with a tag or branch that nothing entered."""
        missing = {spot.line for spot in self.every if _key(spot) not in self.entered}
        return {
            "task": self.handle,
            "file": self.task.file,
            "percent": self.whole.percent,
            "lines": self.lines.to_dict(),
            "branches": self.branches.to_dict(),
            "actions": self.actions.to_dict(),
            "live": self.by_live.to_dict(),
            "cases": self.cases,
            "topics": [{"topic": topic, "previews": a, "live": b} for topic, (a, b) in self.topics.items()],
            "gaps": [gap.to_dict() for gap in self.gaps],
            "only_previewed": [gap.to_dict() for gap in self.only_previewed],
            "missing": sorted(missing),
            "notes": list(self.notes),
            "error": self.fault.to_dict() if self.fault is not None else None,
        }


def cover(handle: str, task: Task, topics: Iterable[str], traced: Sequence[Traced]) -> TaskCoverage:
    """The coverage of ``task`` by these renderings of it; ``topics`` are those it subscribes to."""
    seen: dict[bool, set[Key]] = {True: set(), False: set()}
    counted: dict[str, tuple[int, int]] = dict.fromkeys(topics, (0, 0))
    for each in traced:
        found = seen[each.preview]
        found |= {(start, None) for start in each.trace.starts}
        found |= each.trace.ways
        previews, live = counted.get(each.topic, (0, 0))
        counted[each.topic] = (previews + each.preview, live + (not each.preview))
    cases = len({each.case for each in traced if not each.preview})
    folder = next((each.case.partition("/")[0] for each in traced if each.kind == CASE), handle)
    try:
        template = parse(task.script, "script")
    except LiquidError as fault:
        return TaskCoverage(handle, task, topics=counted, cases=cases, fault=fault, folder=folder)
    places = spots(template.source, template.nodes)
    entered = frozenset(seen[True]), frozenset(seen[False])
    return TaskCoverage(handle, task, places, *entered, counted, cases, folder=folder)


def _key(spot: Spot) -> Key:
    return spot.tag, spot.outcome


def _sorted(found: Iterable[Gap]) -> list[Gap]:
    """By line: going past a loop is told at its head, though all in its body is read before."""
    return sorted(found, key=lambda gap: gap.line)


def _gaps(places: Sequence[Spot], entered: Collection[Key], folder: str) -> Iterator[Gap]:
    """The outermost of ``places`` that are not among ``entered``; tags behind each other are one."""
    run: list[Spot] = []
    for spot in places:
        if _key(spot) in entered:
            yield from _gap(run, folder)
            run = []
            yield from _gaps(spot.inside, entered, folder)
        elif spot.outcome is not None:
            yield from _gap([spot], folder)
        else:
            run.append(spot)
    yield from _gap(run, folder)


def _gap(run: Sequence[Spot], folder: str) -> Iterator[Gap]:
    if not run:
        return
    first = run[0]
    within = [spot for each in run for spot in each.every()]
    actions = sum(spot.kind == "action" for spot in within)
    last = max(spot.line for spot in within)
    yield Gap(first.line, last, first.label, first.lack, first.kind, actions, _hint(first, folder))


def _hint(spot: Spot, folder: str) -> str:
    if spot.reach is Reach.NONE:
        return "no event can get here: the conditions around it exclude each other"
    if spot.reach is Reach.PREVIEW:
        return "only previews get here: define a preview event that does"
    if spot.asks_topic:
        return f"no event reaches this topic's branch: add a case in fixtures/{folder}/ with that topic"
    if spot.kind != "branch":
        return "the script ends before it in each rendering, by a break or an error"
    return f"add a case in fixtures/{folder}/ that gets here"
