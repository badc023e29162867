"""An event for a topic, when the user gives only the topic: from the store itself, else the shipped sample."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runner.cli.inputs import read_event
from runner.model.event import Event
from runner.project import find_sample

if TYPE_CHECKING:
    from runner.shopify.client import ShopifyClient

_OK = 200


def sample_event(topic: str) -> Event | None:
    """The project's sample of a topic, else the shipped one; None where there is none."""
    path = find_sample(topic)
    return read_event(str(path)) if path is not None else None


def event_for(topic: str, client: ShopifyClient) -> tuple[Event, str]:
    """(event, where its data came from, in words).

    For a ``shopify/`` topic the first such resource of the shop, whose REST record is also the webhook's payload. A
    shop that does not serve the resource over REST: the shipped sample. ``ShopifyError`` when the shop does not answer.
    """
    if topic.startswith("shopify/"):
        found = _first(topic.split("/")[1], client)
        if found is not None:
            return Event(topic, found, shopify_topic=topic), "the first one of the shop"
    sample = sample_event(topic)
    return (Event(topic), "none") if sample is None else (sample, "a sample")


def _first(resource: str, client: ShopifyClient) -> Any:
    params: dict[str, Any] = {"limit": 1}
    if resource == "orders":
        params["status"] = "any"
    if resource == "inventory_levels":
        locations = _list(client, "locations", {"limit": 1})
        if not locations:
            return None
        params["location_ids"] = locations[0].get("id")
    found = _list(client, resource, params)
    return found[0] if found else None


def _list(client: ShopifyClient, resource: str, params: dict[str, Any]) -> list[Any]:
    reply = client.rest("GET", f"/admin/{resource}.json", None, params)
    found = reply.body.get(resource) if reply.status == _OK and isinstance(reply.body, dict) else None
    return found if isinstance(found, list) else []
