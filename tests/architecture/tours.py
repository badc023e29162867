"""What the project's own tasks and fixtures reach of the dialect: read from their text, and watched while they play."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from runner.liquid.objects.listing import ResourceCollection
from runner.liquid.objects.resource import Resource
from runner.liquid.objects.shop import Shop
from runner.liquid.scan import TaskFacts, scan
from runner.model.task import Task
from runner.project import load_task
from runner.testing.fixtures import Case, read_case
from runner.testing.play import play
from tests.architecture.sources import ROOT

FIXTURES = ROOT / "fixtures"


@dataclass
class Reached:
    """What all cases together reach. Members are (object, key): ``("order", "customer")``, ``("shop", "orders")``.

    ``scopes`` are (kind of the list, scope). ``spoken`` are (topic of a case, variable its task reads).
    """

    tags: set[str] = field(default_factory=set)
    filters: set[str] = field(default_factory=set)
    literals: set[str] = field(default_factory=set)
    variables: set[str] = field(default_factory=set)
    options: set[str] = field(default_factory=set)
    members: set[tuple[str, str]] = field(default_factory=set)
    scopes: set[tuple[str, str]] = field(default_factory=set)
    spoken: set[tuple[str, str]] = field(default_factory=set)

    def read(self, case: Case, facts: TaskFacts) -> None:
        """Add what the text of the case's task says."""
        self.tags |= facts.tags
        self.filters |= facts.filters
        self.literals |= facts.literals
        self.variables |= facts.variables
        self.options |= {option.key for option in facts.options}
        self.spoken |= {(case.event.topic, name) for name in facts.variables}

    def look_up(self, receiver: Any, key: Any) -> None:
        """Add one look-up that a script made."""
        if not isinstance(key, str):
            return
        if isinstance(receiver, Resource):
            self.members.add((type(receiver).NAME, key))
        elif isinstance(receiver, Shop):
            self.members.add(("shop", key))
        elif isinstance(receiver, ResourceCollection) and key in receiver.listing.scopes:
            self.scopes.add((receiver.listing.kind, key))


def own_cases() -> list[Case]:
    """Every case without a simulated store: those are rendered in milliseconds."""
    paths = sorted(path for path in FIXTURES.glob("*/*.yml") if path.parent.name[0] != "_")
    return [case for case in map(read_case, paths) if case.shop is None]


def own_task(case: Case) -> Task:
    """The task that ``case`` is about."""
    named = case.root / (case.task or "")
    return load_task(named) if case.task and named.is_file() else load_task(case.task or case.handle, root=case.root)


def reached() -> Reached:
    """Play every own case and say what they reached."""
    found = Reached()
    facts: dict[Path | str, TaskFacts] = {}
    with _watched(found.look_up, Resource.lookup, ResourceCollection.lookup, Shop.lookup):
        for case in own_cases():
            name = case.task or case.handle
            facts[name] = facts.get(name) or scan(own_task(case))
            found.read(case, facts[name])
            play(case)
    return found


@contextmanager
def _watched(look_up: Callable[[Any, Any], None], *methods: Callable[..., Any]) -> Iterator[None]:
    """Tell ``look_up`` of each call of ``methods``: the object, and the key it is asked for.

    With the interpreter's own hook, so that nothing of the engine is replaced.
    """
    watched: frozenset[CodeType] = frozenset(method.__code__ for method in methods)

    def profile(frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and frame.f_code in watched:
            look_up(frame.f_locals["self"], frame.f_locals["key"])

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        yield
    finally:
        sys.setprofile(before)
