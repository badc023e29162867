"""Resources sent from the Shopify admin, and tasks started by hand, as events (engine.md 5.7, 3.4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from runner.actions.base import ShopClient
from runner.errors import InputError
from runner.model.event import Event
from runner.model.topic import USER_RESOURCES

MOST_RESOURCES = 50
"""How many resources one link may name."""
_BARE = {"product": "Product", "variant": "ProductVariant"}
"""Resources without a REST record since 2025-02-01: their events hold ids only."""


class Accepting(Protocol):
    """The engine's intake."""

    def accept(self, event: Event, *, inputs: Mapping[str, Any] | None = None) -> str | None:
        """Keep the event; its id."""


def resource_type(name: str) -> str:
    """``name`` as the singular of a resource that can be sent. Raises InputError."""
    if name in USER_RESOURCES and name not in {f"{each}s" for each in USER_RESOURCES}:
        return name
    known = ", ".join(sorted(each for each in USER_RESOURCES if not each.endswith("s")))
    raise InputError(f'"{name}" is no resource that can be sent', hint=f"resource_type is one of {known}")


def topic_of(resource: str, *, batch: bool) -> str:
    """``mechanic/user/order``, or ``mechanic/user/orders`` for several in one event."""
    return f"mechanic/user/{resource}{'s' if batch else ''}"


def read_ids(given: Iterable[str]) -> tuple[int, ...]:
    """Numbers of resources, each once, in order. Raises InputError for none, too many, and what is no number."""
    ids: dict[int, None] = {}
    for text in given:
        if not (text.isascii() and text.isdigit() and len(text) < 20):
            raise InputError(f'"{text}" is no id', hint="ids[] are whole numbers: the last part of a gid")
        ids[int(text)] = None
    if not 0 < len(ids) <= MOST_RESOURCES:
        raise InputError(f"{len(ids)} resources are named", hint=f"name between 1 and {MOST_RESOURCES} with ids[]=…")
    return tuple(ids)


def records(client: ShopClient, resource: str, ids: Sequence[int]) -> list[dict[str, Any]]:
    """The REST record of each, as the shop has it now. Raises InputError for one it does not have, ShopifyError."""
    return [_record(client, resource, number) for number in ids]


def _record(client: ShopClient, resource: str, number: int) -> dict[str, Any]:
    if resource in _BARE:
        return {"id": number, "admin_graphql_api_id": f"gid://shopify/{_BARE[resource]}/{number}"}
    reply = client.rest("GET", f"/admin/{resource}s/{number}.json")
    failure = reply.failure()
    if reply.status == 404:
        raise InputError(
            f"the shop has no {resource} {number}", hint="it may have been deleted since the link was made"
        )
    if failure is not None:
        raise failure
    found = reply.body.get(resource) if isinstance(reply.body, Mapping) else None
    if not isinstance(found, Mapping):
        raise InputError(f"the shop's answer holds no {resource} {number}")
    return dict(found)


def send_resources(
    engine: Accepting,
    found: Sequence[Mapping[str, Any]],
    resource: str,
    *,
    batch: bool,
    targets: Iterable[str],
    inputs: Mapping[str, Any] | None = None,
) -> tuple[str, ...]:
    """An event for each record, or one for all of them, that only the tasks ``targets`` answer; the events' ids.

    ``inputs`` are what the run form sent, the same for every resource.
    """
    topic, only = topic_of(resource, batch=batch), frozenset(targets)
    contents: Sequence[Any] = [[dict(each) for each in found]] if batch else [dict(each) for each in found]
    kept = [engine.accept(Event(topic, data, source="user", targets=only), inputs=inputs) for data in contents]
    return tuple(str(event_id) for event_id in kept)
