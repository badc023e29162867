"""What is known of a task of the library: from its file, and from what its previews do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from runner.clock import Clock
from runner.model.option_key import Option
from runner.model.options import discover
from runner.model.task import Task
from runner.preview import TaskPreview, preview_task
from runner.preview_events import Find
from runner.testing.filler import fill

_SEED = 1


@dataclass(frozen=True)
class Entry:
    """A task of the library. What needs a preview is worked out when asked for, with made-up values for options that
    are not filled in, so that the task has something to act on. ``sample`` gives the event of a topic."""

    handle: str
    task: Task
    sample: Find
    clock: Clock

    @property
    def tags(self) -> tuple[str, ...]:
        """As the task has them."""
        return tuple(self.task.tags)

    @property
    def summary(self) -> str:
        """The first paragraph of the documentation, in one line."""
        return " ".join((self.task.docs or "").strip().split("\n\n")[0].split())

    @cached_property
    def options(self) -> tuple[Option, ...]:
        """The options that its text reads, in the order of the form."""
        return discover(self.task)

    @cached_property
    def topics(self) -> tuple[str, ...]:
        """What it subscribes to, with its options as they are, offsets left out; each once."""
        lines = self.task.subscriptions or (self.task.template or "").split()
        return tuple(dict.fromkeys(line.partition("+")[0] for line in lines))

    @cached_property
    def previewed(self) -> TaskPreview:
        """Its previews."""
        values = fill(self.options, seed=_SEED, now=self.clock.now(), stored=self.task.options)
        return preview_task(
            self.task, sample=self.sample, options={**self.task.options, **values}, clock=self.clock, globals={}
        )

    @property
    def actions(self) -> tuple[str, ...]:
        """The types of the actions that its previews render, sorted."""
        found = (action.type for each in self.previewed.previews for action in each.rendering.actions)
        return tuple(sorted(set(found)))

    @property
    def scopes(self) -> tuple[str, ...]:
        """The access scopes it needs, those included in others left out."""
        return self.previewed.scopes.to_request

    def to_dict(self, *, previewed: bool = True) -> dict[str, Any]:
        """JSON-ready; without what needs a preview unless ``previewed``."""
        document: dict[str, Any] = {
            "handle": self.handle,
            "name": self.task.name,
            "summary": self.summary,
            "tags": list(self.tags),
            "topics": list(self.topics),
            "options": dict(self.task.options),
        }
        if previewed:
            acts = any(each.rendering.actions for each in self.previewed.previews)
            document |= {"actions": list(self.actions), "scopes": list(self.scopes), "preview_acts": acts}
        return document
