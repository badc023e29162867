"""The access scopes that a task needs, with the reason for each (engine.md 7, actions.md 4.7, tasks.md 5).

They come from its subscriptions, from what its previews asked for and would do, and from its ``permissions`` tag. A
branch that no preview reaches contributes nothing: that is what the tag is for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runner.actions.shopify_rest import RESOURCEFUL, plural, rest_call
from runner.errors import ActionError
from runner.liquid.scan import permission_scopes
from runner.model.action import Action
from runner.model.rendering import Rendering
from runner.model.subscription import Subscription
from runner.model.task import Task
from runner.model.topic_scopes import topic_scopes
from runner.shopify.schema import DEFAULT_VERSION, Schema, holds, load
from runner.shopify.scopes import Need, Needs, of_graphql, of_rest


@dataclass(frozen=True, slots=True)
class RequiredScope:
    """One scope, the others that would do for every one of its reasons, and these reasons.

    A reason reads ``subscription shopify/orders/create``, ``action shopify: mutation tagsAdd on Order``,
    ``filter shopify: orders.nodes.customer``, ``lookup customer.orders`` or ``permissions tag``. ``covered_by`` is the
    write scope of the report that includes this read scope, so that it need not be asked for.
    """

    name: str
    alternatives: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    covered_by: str | None = None

    def met(self, granted: Iterable[str]) -> bool:
        """Whether a token with the scopes ``granted`` passes; ``write_x`` includes ``read_x``."""
        held = frozenset(granted)
        return any(holds(held, scope) for scope in (self.name, *self.alternatives))

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, without what there is none of."""
        document: dict[str, Any] = {"scope": self.name, "reasons": list(self.reasons)}
        if self.alternatives:
            document["alternatives"] = list(self.alternatives)
        if self.covered_by:
            document["covered_by"] = self.covered_by
        return document


@dataclass(frozen=True, slots=True)
class ScopeReport:
    """The scopes of a task by name, and sentences on what could not be found out."""

    scopes: tuple[RequiredScope, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def to_request(self) -> tuple[str, ...]:
        """What to ask the merchant for: no read scope beside the write scope that includes it."""
        return tuple(scope.name for scope in self.scopes if scope.covered_by is None)

    def missing(self, granted: Iterable[str]) -> tuple[RequiredScope, ...]:
        """The scopes that a token with the scopes ``granted`` lacks."""
        held = tuple(granted)
        return tuple(scope for scope in self.scopes if not scope.met(held))

    def to_dict(self, granted: Iterable[str] | None = None) -> dict[str, Any]:
        """The member ``scopes`` of the result document (tasks.md 4.5); nothing is missing where ``granted`` is None."""
        missing = () if granted is None else self.missing(granted)
        return {
            "required": [scope.to_dict() for scope in self.scopes],
            "missing": [scope.name for scope in missing],
            "warnings": list(self.warnings),
        }


def required_scopes(
    task: Task,
    subscriptions: Iterable[Subscription],
    renderings: Iterable[Rendering],
    *,
    sources: Mapping[str, str] | None = None,
) -> ScopeReport:
    """What ``task`` needs, for its ``subscriptions`` and the ``renderings`` of its previews.

    ``sources`` gives, for topics that custom Shopify webhooks feed (``user/…``), the Shopify topic they come from.
    """
    schema = load(task.shopify_api_version or DEFAULT_VERSION)
    found = [_of_subscriptions(subscriptions, sources or {})]
    found += [_of_rendering(rendering, schema) for rendering in renderings]
    found.append(Needs(tuple(Need((scope,), "permissions tag") for scope in permission_scopes(task.script))))
    return _report(found)


def rendering_scopes(task: Task, rendering: Rendering) -> ScopeReport:
    """What one ``rendering`` of ``task`` alone asks for: the member ``scopes`` of its preview (tasks.md 4.5)."""
    return _report([_of_rendering(rendering, load(task.shopify_api_version or DEFAULT_VERSION))])


def _of_subscriptions(subscriptions: Iterable[Subscription], sources: Mapping[str, str]) -> Needs:
    needs = []
    for topic in dict.fromkeys(each.topic for each in subscriptions):
        source = sources.get(topic, topic)
        reason = f"subscription {topic}" + (f", from {source}" if source != topic else "")
        scopes = topic_scopes(source)
        if scopes:
            needs.append(Need(scopes, reason))
    return Needs(tuple(needs))


def _of_rendering(rendering: Rendering, schema: Schema) -> Needs:
    found = Needs()
    for query in dict.fromkeys(rendering.queries):
        found += _named("filter shopify", of_graphql(query, schema=schema))
    for action in rendering.actions:
        if action.type == "shopify":
            found += _named("action shopify", _of_action(action, schema))
    return found + _of_lookups(rendering, schema)


def _of_action(action: Action, schema: Schema) -> Needs:
    options = action.options
    if isinstance(options, str):
        return of_graphql(options, schema=schema)
    if isinstance(options, Mapping):
        query, variables = options.get("query"), options.get("variables")
        if isinstance(query, str):
            return of_graphql(query, variables if isinstance(variables, Mapping) else None, schema=schema)
    if isinstance(options, (list, tuple)):
        return _of_rest_form(options)
    return Needs(unknown=("the options are of no known form, so their scopes are unknown",))


def _of_rest_form(options: Sequence[Any]) -> Needs:
    """Of a REST call, also one that could not be performed yet because the preview has no id for it."""
    try:
        call = rest_call(options)
    except ActionError as error:
        verb, resource = (*options[:2], None, None)[:2]
        method = RESOURCEFUL.get(verb.lower()) if isinstance(verb, str) else None
        name = resource[0] if isinstance(resource, (list, tuple)) and resource else resource
        if method and isinstance(name, str) and name.isidentifier():
            return of_rest(method, f"/admin/{plural(name)}.json")
        return Needs(unknown=(error.message.removeprefix("shopify: "),))
    return of_rest(call.method, call.path)


def _of_lookups(rendering: Rendering, schema: Schema) -> Needs:
    """Relations by name; reads by their path where no relation tells the same, and what objects query by themselves."""
    found = Needs()
    for lookup in rendering.lookups:
        found += _named(f"lookup {lookup.name}", of_rest("GET", f"/admin/{lookup.path}"), whole=True)
    told = {need.any_of for need in found.needs}
    for read in dict.fromkeys((each.kind, each.request) for each in rendering.reads):
        kind, request = read
        if kind == "rest":
            needs = _named(f"lookup {request}", of_rest("GET", f"/admin/{request}"), whole=True)
        elif request in rendering.queries:
            continue
        else:
            needs = _named("lookup", of_graphql(request, schema=schema))
        found += Needs(tuple(need for need in needs.needs if need.any_of not in told), needs.unknown)
    return found


def _named(source: str, found: Needs, *, whole: bool = False) -> Needs:
    """``found`` with ``source`` in front of its reasons and sentences; ``whole``: in their place."""
    return Needs(
        tuple(Need(need.any_of, source if whole else f"{source}: {need.reason}", need.words) for need in found.needs),
        tuple(f"{source}: {sentence}" for sentence in found.unknown),
    )


def _report(found: Iterable[Needs]) -> ScopeReport:
    """One entry a scope. A need that alternatives meet goes to one that another need asks for anyway."""
    needs = dict.fromkeys(need for each in found for need in each.needs)
    warnings = dict.fromkeys(sentence for each in found for sentence in each.unknown)
    chosen: dict[str, list[Need]] = {}
    for need in sorted(needs, key=lambda need: len(need.any_of)):
        asked = [scope for scope in need.any_of if scope in chosen]
        for scope in asked[:1] or need.proposed:
            chosen.setdefault(scope, []).append(need)
    order = {need: position for position, need in enumerate(needs)}
    scopes = []
    for name in sorted(chosen):
        asking = sorted(chosen[name], key=order.__getitem__)
        alternatives = [s for s in asking[0].any_of if s != name and all(s in need.any_of for need in asking)]
        writing = f"write_{name.removeprefix('read_')}"
        covered = writing if name.startswith("read_") and writing in chosen else None
        reasons = tuple(dict.fromkeys(need.reason for need in asking))
        scopes.append(RequiredScope(name, tuple(alternatives), reasons, covered))
    return ScopeReport(tuple(scopes), tuple(warnings))
