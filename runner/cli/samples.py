"""An event for a topic, when the user gives only the topic: from the shop, from the events kept, or a sample."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runner.cli.inputs import read_event
from runner.errors import StoreError
from runner.model.event import Event
from runner.model.topic import singular
from runner.project import find_sample

if TYPE_CHECKING:
    from runner.config import Settings
    from runner.preview_events import Find
    from runner.shopify.client import ShopifyClient
    from runner.simulator.server import RunningShop

_OK = 200


def sample_event(topic: str, *, root: Path | None = None) -> Event | None:
    """The sample of a topic of the project in ``root``, else the shipped one; None where there is none."""
    path = find_sample(topic, root=root)
    return read_event(str(path)) if path is not None else None


def sample_shop(root: Path | None = None) -> dict[str, Any] | None:
    """The record of the shop that the samples come from; None when a project's own sample holds none."""
    sample = sample_event("shopify/shop/update", root=root)
    return sample.data if sample is not None and isinstance(sample.data, dict) else None


@contextmanager
def stored_events(settings: Settings, note: Callable[[str], None]) -> Iterator[Find | None]:
    """The latest event of a topic among those kept in the configured database; None when there is no database yet.

    Only looks: nothing is made or brought up to date. When it cannot be read ``note`` is told, once, and no event is
    found.
    """
    url = settings.database_url()
    file = Path(url.partition(":///")[2]) if url.startswith("sqlite") else None
    if file is not None and not file.is_file():
        yield None
        return
    from runner.clock import SystemClock
    from runner.store.database import Database
    from runner.store.events import EventRows

    failed = False

    def latest(topic: str) -> Event | None:
        nonlocal failed
        try:
            return None if failed else rows.latest(topic, shop=None if settings.is_simulated else settings.shop)
        except StoreError as error:
            failed = True
            note(f"stored events are not used: {error.message}")
            return None

    try:
        database = Database(url)
    except StoreError as error:
        note(f"stored events are not used: {error.message}")
        yield None
        return
    rows = EventRows(database, SystemClock())
    try:
        yield latest
    finally:
        database.close()


def event_for(topic: str, client: ShopifyClient, simulated: RunningShop | None = None) -> tuple[Event, str]:
    """(event, where its data came from, in words).

    For a ``shopify/`` topic the first such resource of the shop, whose REST record is also the webhook's payload. Where
    there is none, somebody makes one in a ``simulated`` store. A shop that does not serve the resource over REST: the
    shipped sample. ``ShopifyError`` when the shop does not answer.
    """
    if topic.startswith("shopify/"):
        resource = topic.split("/")[1]
        found, origin = first_resource(resource, client), "the first one of the shop"
        if found is None and simulated is not None and _make(resource, client, simulated):
            found, origin = first_resource(resource, client), "made for this run, since the store had none"
        if found is not None:
            return Event(topic, found, shopify_topic=topic), origin
    sample = sample_event(topic)
    return (Event(topic), "none") if sample is None else (sample, "a sample")


_BUYER = {"first_name": "Ada", "last_name": "Moor", "email": "ada.moor@example.com"}


def _make(resource: str, client: ShopifyClient, simulated: RunningShop) -> bool:
    """Let somebody make the first of a resource in a simulated store; False for what nobody can make out of nothing."""
    if resource == "customers":
        simulated.do("add-customer", _BUYER)
        return True
    if resource not in ("orders", "draft_orders"):
        return False
    variants = [each for product in _list(client, "products", {"limit": 1}) for each in product.get("variants") or []]
    item = {"variant": variants[0]["id"]} if variants else {"title": "Gift wrapping", "price": "50.00"}
    line = {**item, "quantity": 3}
    if resource == "orders":
        simulated.do("order", lines=[line], email=_BUYER["email"], force=True)
    else:
        simulated.do("draft-order", lines=[line])
    return True


def one_resource(resource: str, number: str, client: ShopifyClient) -> Any:
    """The REST record of the shop's ``resource`` (a plural, such as ``orders``) with this number or gid; else None."""
    name = singular(resource)
    plural = resource if name != resource else f"{resource}s"
    reply = client.rest("GET", f"/admin/{plural}/{number.rpartition('/')[2]}.json")
    return reply.body.get(name) if reply.status == _OK and isinstance(reply.body, dict) else None


def first_resource(resource: str, client: ShopifyClient) -> Any:
    """The REST record of the first of the shop's ``resource``; None when there is none, or none over REST."""
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
