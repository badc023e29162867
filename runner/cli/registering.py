"""What the enabled tasks need of the shop, and getting it: webhook subscriptions, after a look at the scopes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from runner.cli.output import Output
from runner.errors import ConfigError, RunnerError
from runner.model.topic_scopes import topic_scopes
from runner.shopify.registration import (
    BULK_FINISH,
    Refusal,
    Selection,
    State,
    Step,
    Wanted,
    carry_out,
    granted_scopes,
    is_offered,
    plan,
    subscriptions,
)
from runner.shopify.schema import holds

if TYPE_CHECKING:
    from runner.cli.custom_webhooks import ProjectWebhooks
    from runner.cli.project_tasks import ProjectTask, ProjectTasks
    from runner.model.custom_webhook import CustomWebhook
    from runner.model.shop_values import ShopValues
    from runner.shopify.client import ShopifyClient

_BULK = "mechanic/shopify/bulk_operation"
_LOOK_EVERY = 1.0
_AGAIN = 60.0
_HOUR = 3600.0
_PATIENCE = 5.0
"""Seconds that stopping waits for a call to the shop."""
_VERBS = {State.MISSING: "create", State.WRONG: "correct", State.SUPERFLUOUS: "remove"}
_DONE = {State.MISSING: "created", State.WRONG: "corrected", State.SUPERFLUOUS: "removed"}


@dataclass(frozen=True, slots=True)
class MissingScope:
    """An access scope that the token lacks: for each task that needs it, what for."""

    scope: str
    tasks: Mapping[str, tuple[str, ...]]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {"scope": self.scope, "tasks": {handle: list(reasons) for handle, reasons in self.tasks.items()}}


@dataclass(frozen=True, slots=True)
class Registration:
    """What was found and done. ``blocked`` are topics that cannot be subscribed to, with the reason.

    ``taken`` are the steps carried out; of a dry run, none.
    """

    uri: str
    steps: tuple[Step, ...]
    taken: tuple[Step, ...] = ()
    refused: tuple[Refusal, ...] = ()
    blocked: Mapping[str, str] | None = None
    missing: tuple[MissingScope, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the tasks have all they need."""
        return not (self.refused or self.blocked or self.missing)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "uri": self.uri,
            "subscriptions": [step.to_dict() for step in self.steps],
            "done": [{"topic": step.event_topic, "what": _DONE[step.state]} for step in self.taken],
            "refused": [refusal.to_dict() for refusal in self.refused],
            "blocked": dict(self.blocked or {}),
            "missing_scopes": [each.to_dict() for each in self.missing],
            "ok": self.ok,
        }


def webhook_address(url: str, *, simulated: bool) -> str:
    """The address to give to the shop, for a public ``url``. ``ConfigError`` for what Shopify would not deliver to."""
    from runner.web.guard import public_host
    from runner.web.inbound import PATH

    public_host(url)
    if not simulated and not url.startswith("https://"):
        raise ConfigError(
            f"Shopify delivers webhooks to https addresses only, not to {url}",
            code="config.url",
            hint="put a tunnel or a proxy with a certificate before the port, and give its https address",
        )
    bare = url.rstrip("/")
    return bare if bare.endswith(PATH) else bare + PATH


def wanted(tasks: Iterable[ProjectTask], custom: Iterable[CustomWebhook] = ()) -> tuple[Wanted, ...]:
    """The subscriptions that enabled tasks need: for topics of Shopify, and for those that ``custom`` webhooks feed."""
    found: dict[str, dict[str, None]] = {}
    for task in tasks:
        if not task.enabled or task.prepared is None:
            continue
        for topic in (each.topic for each in task.prepared.subscriptions):
            found.setdefault(BULK_FINISH if topic == _BULK else topic, {})[task.handle] = None
    plain = [Wanted(topic, tuple(handles)) for topic, handles in found.items() if topic.startswith("shopify/")]
    return (
        *plain,
        *(
            Wanted(
                each.shopify_topic,
                tuple(found[each.event_topic]),
                f"/{each.id}",
                Selection(each.filter, each.include_fields, each.metafield_namespaces, each.metafields),
            )
            for each in custom
            if each.event_topic in found
        ),
    )


def missing_scopes(
    tasks: Iterable[ProjectTask], granted: frozenset[str], values: ShopValues
) -> tuple[MissingScope, ...]:
    """The scopes that previews of the enabled tasks ask for, and ``granted`` does not meet."""
    from runner.cli.samples import sample_event, sample_shop
    from runner.preview import preview_task

    sample, shop = cache(sample_event), sample_shop()
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for task in tasks:
        if not task.enabled or task.prepared is None:
            continue
        seen = preview_task(
            task.prepared.task, sample=sample, shop=shop, globals=values.globals, secrets=values.without_values()
        )
        for scope in seen.scopes.missing(granted):
            found.setdefault(scope.name, {})[task.handle] = scope.reasons
    return tuple(MissingScope(scope, tasks) for scope, tasks in sorted(found.items()))


def register(
    client: ShopifyClient,
    tasks: Iterable[ProjectTask],
    values: ShopValues,
    uri: str,
    *,
    custom: Iterable[CustomWebhook] = (),
    prune: bool = False,
    dry: bool = False,
) -> Registration:
    """Bring the shop's subscriptions to what the enabled ``tasks`` need. Raises ``ShopifyError`` if it does not answer.

    Topics whose scope is missing are not tried, all others are.
    """
    from runner.web.inbound import PATH

    found = tuple(tasks)
    granted = granted_scopes(client)
    needed = wanted(found, custom)
    steps = plan(subscriptions(client), needed, uri=uri, path=PATH)
    blocked = {
        topic: why
        for topic in dict.fromkeys(each.topic for each in needed)
        if (why := _blocked(topic, granted, client.version))
    }
    missing = missing_scopes(found, granted, values)
    if dry:
        return Registration(uri, steps, blocked=blocked, missing=missing)
    able = [step for step in steps if step.event_topic not in blocked or step.state is State.SUPERFLUOUS]
    taken, refused = carry_out(client, able, uri, prune=prune)
    return Registration(uri, steps, taken, refused, blocked, missing)


def show(output: Output, done: Registration, *, dry: bool, prune: bool) -> None:
    """The registration in words."""
    rows = []
    for step in done.steps:
        if step.state in (State.RIGHT, State.FOREIGN) or (step.state is State.SUPERFLUOUS and not prune):
            continue
        if step.event_topic in (done.blocked or {}):
            continue
        if dry or step in done.taken:
            said = f"would {_VERBS[step.state]}" if dry else _DONE[step.state]
            rows.append((said, step.event_topic, ", ".join(step.needed_by) or "-"))
    if rows:
        output.table(("", "topic", "needed by"), rows)
    right = sum(step.state is State.RIGHT for step in done.steps)
    count = sum(step in done.taken for step in done.steps)
    changed = f"{len(rows)} to change" if dry else f"{count} changed"
    output.say(f"{right} subscription(s) as they should be, {changed}; they lead to {done.uri}")
    left = sum(step.state is State.SUPERFLUOUS for step in done.steps)
    if left and not prune:
        output.say(f"{left} of ours that no enabled task needs: --prune removes them")
    warn(output, done)


class KeptRegistered:
    """Keeps the shop's subscriptions right beside a server: at the start, when the enabled tasks change, every hour.

    Shopify removes subscriptions whose deliveries failed for long (engine.md 5.1, rule 4), hence the hour. What fails
    is told, once for each cause, and tried again a minute later.
    """

    def __init__(
        self,
        output: Output,
        client: ShopifyClient,
        tasks: ProjectTasks,
        values: ShopValues,
        *,
        custom: ProjectWebhooks,
        uri: str,
        elapsed: Callable[[], float],
    ) -> None:
        self._output = output
        self._client = client
        self._tasks = tasks
        self._values = values
        self._custom = custom
        self._uri = uri
        self._elapsed = elapsed
        self._seen: tuple[Any, ...] | None = None
        self._next = 0.0
        self._told: str | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._go_on, name="runner-webhooks", daemon=True)

    def __enter__(self) -> KeptRegistered:
        """Begin, in a thread of its own: the shop may be slow."""
        self._thread.start()
        return self

    def __exit__(self, *unused: object) -> None:
        """End after the call under way."""
        self._stopping.set()
        self._thread.join(_PATIENCE)

    def look(self) -> None:
        """Register when there is a reason to."""
        try:
            now = (self._tasks.fingerprint(), self._custom.fingerprint())
            if now == self._seen and self._elapsed() < self._next:
                return
            self._next = self._elapsed() + _AGAIN
            done = register(self._client, self._tasks.load(), self._values, self._uri, custom=self._custom.load())
        except RunnerError as fault:
            self._tell(f"webhooks are not registered yet: {fault}")
            return
        self._seen, self._next = now, self._elapsed() + _HOUR
        self._told = None
        warn(self._output, done)
        if done.taken:
            names = ", ".join(f"{step.event_topic} {_DONE[step.state]}" for step in done.taken)
            self._output.note(f"webhooks: {names}")

    def _tell(self, words: str) -> None:
        if words != self._told:
            self._output.note(f"Warning: {words}", style="yellow")
            self._told = words

    def _go_on(self) -> None:
        while True:
            try:
                self.look()
            except RuntimeError:
                # The client may have been closed over a call that took longer than stopping waits.
                if not self._stopping.is_set():
                    raise
            if self._stopping.wait(_LOOK_EVERY):
                return


def warn(output: Output, done: Registration) -> None:
    """What is in the way, on stderr: a line for each cause."""
    for topic, why in (done.blocked or {}).items():
        output.note(f"Warning: {topic} cannot be subscribed to: {why}", style="yellow")
    for refusal in done.refused:
        output.note(f"Warning: the shop refused {refusal.to_dict()['topic']}: {refusal.message}", style="yellow")
        if refusal.hint:
            output.note(f"  Hint: {refusal.hint}")
    for each in done.missing:
        output.note(f"Warning: the token lacks {each.scope}", style="yellow")
        for handle, reasons in each.tasks.items():
            output.note(f"  {handle} needs it: {'; '.join(reasons)}")
    if done.missing:
        output.note("  Hint: grant these scopes to the app in the shop's admin, and install it again")


def _blocked(topic: str, granted: frozenset[str], version: str) -> str | None:
    scopes = topic_scopes(topic)
    if scopes and not any(holds(granted, scope) for scope in scopes):
        return f"the token lacks {' or '.join(scopes)}"
    if not is_offered(topic, version):
        return f"Shopify has no such topic in {version}, or only with a filter"
    return None
