"""A task under examination: everything rules look at, worked out once and only when asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from runner.clock import Clock, SystemClock
from runner.errors import LiquidError
from runner.lint.tree import expressions, nodes, parts
from runner.liquid.expressions.nodes import Expression
from runner.liquid.limits import Limits
from runner.liquid.render import render_subscriptions
from runner.liquid.scan import TaskFacts, scan
from runner.liquid.template import parse
from runner.model.option_key import Kind
from runner.model.options import discover, stored_values
from runner.model.secret import Secrets
from runner.model.subscription import Subscription, read_subscriptions
from runner.model.task import Task
from runner.preview import SAMPLE_SHOP, Preview, TaskPreview, preview_task
from runner.shopify.schema import DEFAULT_VERSION, Schema, graphql_schema, load
from runner.testing.filler import fill

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphql import GraphQLSchema
    from liquid.ast import Node

    from runner.errors import TaskError
    from runner.lint.checkout import Checkout
    from runner.lint.documents import Document
    from runner.lint.flow.analysis import Analysis
    from runner.preview_events import Find

_SEED = 1


def _no_sample(topic: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a project knows beside its tasks.

    ``sample`` gives the event a topic is previewed with; ``granted`` the scopes of the shop's token, None when they are
    not known; ``globals`` and ``secrets`` what options may refer to, None when they are not known; ``version`` the API
    version of tasks that name none. ``examined`` is a version to take in place of the tasks' own. ``checkout`` is that
    of the task library the tasks stand in, if they do. ``limits`` hold for each preview.
    """

    sample: Find = _no_sample
    granted: Collection[str] | None = None
    globals: Mapping[str, Any] | None = None
    secrets: Secrets | Mapping[str, str | None] | None = None
    shop: Mapping[str, Any] = field(default_factory=lambda: SAMPLE_SHOP)
    version: str = DEFAULT_VERSION
    examined: str | None = None
    checkout: Checkout | None = None
    clock: Clock = field(default_factory=SystemClock)
    limits: Limits | None = None


class Subject:
    """What rules are given. Nothing here raises for what is wrong with the task."""

    def __init__(self, task: Task, surroundings: Surroundings) -> None:
        self.task = task
        self.surroundings = surroundings

    # The script

    @property
    def script(self) -> str:
        """The text of the script."""
        return self.task.script

    @cached_property
    def fault(self) -> LiquidError | None:
        """Why the script does not parse; None when it does."""
        try:
            parse(self.task.script, "script")
        except LiquidError as fault:
            return fault
        return None

    @cached_property
    def nodes(self) -> Sequence[Node]:
        """The tags and texts of the script; none of one that does not parse."""
        return () if self.fault is not None else tuple(parse(self.task.script, "script").nodes)

    @cached_property
    def every_node(self) -> tuple[Node, ...]:
        """All nodes of the script, in order."""
        return tuple(nodes(self.nodes))

    @cached_property
    def expressions(self) -> tuple[Expression, ...]:
        """All expressions of the script, in the order of its tags."""
        return tuple(part for node in self.every_node for each in expressions(node) for part in parts(each))

    @cached_property
    def facts(self) -> TaskFacts:
        """What the script's text says, also of one that does not parse."""
        return scan(self.task)

    @cached_property
    def analysis(self) -> Analysis:
        """What its data flow says: the GraphQL documents it sends, what it reads of them, what stubs hold."""
        from runner.lint.flow.analysis import analyse

        return analyse(self.nodes, self.script, self.graphql)

    @property
    def builds_topics(self) -> bool:
        """Whether an output makes a part of a topic in the template: then any topic may come."""
        return any("{{" in line.partition("+")[0] for line in self.task.template.split("\n"))

    @cached_property
    def static_documents(self) -> tuple[Document, ...]:
        """The GraphQL documents that stand in the script."""
        from runner.lint.documents import static

        return tuple(static(self))

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        """Those, and then the ones that previews send."""
        from runner.lint.documents import rendered

        return (*self.static_documents, *rendered(self))

    # The schema

    @property
    def version(self) -> str:
        """The version of the Admin API its documents are held against."""
        around = self.surroundings
        return around.examined or self.task.shopify_api_version or around.version

    @property
    def schema(self) -> Schema:
        """The schema of that version, by name."""
        return load(self.version)

    @property
    def graphql(self) -> GraphQLSchema:
        """The schema of that version for graphql-core."""
        return graphql_schema(self.version)

    # What it does

    @cached_property
    def subscriptions(self) -> tuple[Subscription, ...]:
        """Those its template renders with the stored options; faults are left out."""
        return self._rendered[0]

    @cached_property
    def template_faults(self) -> tuple[TaskError | LiquidError, ...]:
        """What is wrong with the rendered template."""
        return self._rendered[1]

    @cached_property
    def _rendered(self) -> tuple[tuple[Subscription, ...], tuple[TaskError | LiquidError, ...]]:
        around = self.surroundings
        try:
            text = render_subscriptions(
                self.task, shop=dict(around.shop), clock=around.clock, globals=around.globals, secrets=around.secrets
            )
        except LiquidError as fault:
            return (), (fault,)
        return read_subscriptions(text)

    @cached_property
    def preview(self) -> TaskPreview:
        """Its previews with the stored options."""
        return self._previewed(None)

    @cached_property
    def filled(self) -> TaskPreview:
        """Its previews with values for the options that are not set; the very same where all of them are.

        A boolean that is not set is false already, and turning it on may change what the task subscribes to.
        """
        values = stored_values(self.task)
        options = [option for option in discover(self.task) if option.kind is not Kind.BOOLEAN]
        made = fill(options, seed=_SEED, now=self.surroundings.clock.now(), stored=values)
        return self._previewed({**values, **made}) if made else self.preview

    def _previewed(self, options: Mapping[str, Any] | None) -> TaskPreview:
        around = self.surroundings
        return preview_task(
            self.task,
            sample=around.sample,
            options=options,
            globals=around.globals,
            secrets=around.secrets,
            granted=around.granted,
            shop=around.shop,
            clock=around.clock,
            limits=around.limits,
        )

    @cached_property
    def previews(self) -> tuple[Preview, ...]:
        """All renderings, of both kinds of options."""
        both = (self.preview, self.filled)
        return (*self.preview.previews, *(self.filled.previews if both[0] is not both[1] else ()))
