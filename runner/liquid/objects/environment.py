"""The variables that a script finds when it starts (liquid.md 5.1, 5.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from runner.liquid.objects.base import FrozenHash, FrozenList, freeze
from runner.liquid.objects.bulk_operation import BulkOperation
from runner.liquid.objects.cache import Cache
from runner.liquid.objects.event import EventObject
from runner.liquid.objects.fetch import Fetch
from runner.liquid.objects.resources import IN_BATCH, RESOURCES, SHOP_LISTINGS
from runner.liquid.objects.shop import Shop
from runner.model.option_key import parse_key
from runner.model.topic import subject_payload, subject_variable

if TYPE_CHECKING:
    from runner.liquid.state import RenderState
    from runner.model.event import Event

_NOTHING: Mapping[str, Any] = FrozenHash()


def environment(
    event: Event,
    *,
    state: RenderState,
    task_record: Mapping[str, Any],
    options: Mapping[str, Any] | None = None,
    globals: Mapping[str, Any] = _NOTHING,
    secrets: Mapping[str, Any] = _NOTHING,
    inputs: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The variables of one render, all frozen: ``event task shop cache globals secrets``, ``options`` when given,
    ``input`` when there is one, and the subject variable of the event's topic.

    ``task_record`` is the record of engine.md 1.3. ``inputs`` are the run form's values by bare name; without them
    ``mechanic/user/form`` events give them from their data. Everything reached from one environment shares its reads,
    so make it once a run and add the rendered ``options`` to it.
    """
    fetch = Fetch(state, RESOURCES)
    event_data = freeze(event.data)
    variables: dict[str, Any] = {
        "event": EventObject(event, data=event_data),
        "task": freeze(dict(task_record)),
        "shop": Shop(freeze(dict(state.shop)), fetch, SHOP_LISTINGS),
        "cache": Cache(state.reads),
        "globals": freeze(dict(globals)),
        "secrets": freeze(dict(secrets)),
    }
    if options is not None:
        variables["options"] = freeze(dict(options))
    name = subject_variable(event.effective_topic)
    if name is not None:
        variables[name] = subject(name, subject_payload(event.effective_topic, event_data), fetch)
    if inputs is not None:
        variables["input"] = freeze(dict(inputs))
    return variables


def subject(name: str, payload: Any, fetch: Fetch) -> Any:
    """The value of the subject variable ``name``: ``payload`` as the object of that name, plain when there is none.

    A batch (``orders``) is a list of such objects.
    """
    if name == "input":
        return _bare_names(payload)
    if isinstance(payload, FrozenHash):
        if name == "shop":
            return Shop(payload, fetch, SHOP_LISTINGS)
        if name == "bulkOperation":
            return BulkOperation(payload, fetch.state.reads)
        return _wrapped(name, payload, fetch)
    if isinstance(payload, FrozenList) and name in IN_BATCH:
        return FrozenList(_wrapped(IN_BATCH[name], item, fetch) for item in payload)
    return payload


def _wrapped(name: str, payload: Any, fetch: Fetch) -> Any:
    kind = RESOURCES.get(name)
    return payload if kind is None or not isinstance(payload, FrozenHash) else kind(payload, fetch)


def _bare_names(payload: Any) -> Any:
    """Form values under their names without flags; ``event.data`` has them under the whole key (tasks.md 3.9)."""
    if not isinstance(payload, FrozenHash):
        return FrozenHash()
    return FrozenHash((parse_key(key).name or key, value) for key, value in payload.items())
