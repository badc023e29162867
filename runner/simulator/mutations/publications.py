"""``publishablePublish`` and ``publishableUnpublish``, with the older names of the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from runner.simulator.contract import Context, Refusal, user_error
from runner.simulator.families.announcing import announce_saved
from runner.simulator.families.publications import (
    ONLINE_STORE,
    PUBLISHABLE,
    online_store,
    publication_of_app,
    published_in,
)
from runner.simulator.graph import Node, type_of

Errors = list[dict[str, Any]]


def publish(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Put a product or collection into publications, now or from a date on."""
    thing, errors = _thing(context, args["id"]), _errors(context, args["input"])
    if thing is None or errors:
        return _refused(context, errors or [_missing()])
    held, now = published_in(context.graph, thing), context.graph.now()
    places = {row["id"]: row["publishDate"] or held.get(row["id"], now) for row in _places(context, args["input"])}
    change(context, thing, {**held, **places})
    return {"publishable": thing, "shop": context.shop, "userErrors": []}


def unpublish(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
    """Take a product or collection out of publications."""
    thing, errors = _thing(context, args["id"]), _errors(context, args["input"])
    if thing is None or errors:
        return _refused(context, errors or [_missing()])
    gone = {row["id"] for row in _places(context, args["input"])}
    left = {key: date for key, date in published_in(context.graph, thing).items() if key not in gone}
    change(context, thing, left)
    return {"publishable": thing, "shop": context.shop, "userErrors": []}


def change(context: Context, thing: Node, publications: Mapping[str, str]) -> None:
    """Write where a thing is published, and tell it when that is something new.

    Being in the online store is what ``publishedAt`` says.
    """
    if dict(publications) == published_in(context.graph, thing):
        return
    store = online_store(context.graph)
    date = publications.get(store.id) if store is not None else None
    fields = {"_publications": dict(publications), "publishedAt": date, "updatedAt": context.graph.now()}
    context.graph.update(thing.id, fields)
    announce_saved(context, thing)


def _to_current(call: Callable[[Context, dict[str, Any]], Mapping[str, Any]]) -> Any:
    def current(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
        publication = publication_of_app(context.graph)
        if publication is None:
            return _refused(context, [user_error(("id",), "Channel does not exist")])
        return call(context, {"id": args["id"], "input": [{"publicationId": publication.id}]})

    return current


def _older(call: Callable[[Context, dict[str, Any]], Mapping[str, Any]], kind: str) -> Any:
    """``productPublish(input: {id, productPublications})`` and ``collectionPublish`` and their opposites."""

    def older(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
        given = args["input"]
        answer = call(context, {"id": given["id"], "input": given.get(f"{kind}Publications") or []})
        return {kind: answer["publishable"], "shop": context.shop, "userErrors": answer["userErrors"]}

    return older


def _thing(context: Context, node_id: str) -> Node | None:
    if type_of(node_id) not in PUBLISHABLE:
        raise Refusal(f"Invalid id: {node_id}", "RESOURCE_NOT_FOUND")
    return context.graph.get(node_id)


def _places(context: Context, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{"id": _publication(context, row), "publishDate": row.get("publishDate")} for row in rows]


def _publication(context: Context, row: Mapping[str, Any]) -> str | None:
    """The publication that a row names, itself or by its channel."""
    if row.get("publicationId"):
        node = context.graph.get(row["publicationId"])
        return node.id if node is not None and node.type == "Publication" else None
    channel = context.graph.get(row.get("channelId"))
    if channel is None and row.get("channelHandle"):
        channel = context.graph.first("Channel", "handle", row["channelHandle"])
    return channel["_publication"] if channel is not None else None


def _errors(context: Context, rows: Sequence[Mapping[str, Any]]) -> Errors:
    errors: Errors = []
    for index, row in enumerate(rows):
        place = _publication(context, row)
        if place is None:
            message = "Publication does not exist or is not publishable"
            errors.append(user_error(("input", str(index), "publicationId"), message))
            continue
        date, publication = row.get("publishDate"), context.graph.get(place)
        later = date is not None and datetime.fromisoformat(date) > context.clock.now()
        if later and publication is not None and publication["name"] != ONLINE_STORE:
            message = "Publish date can only be set to a future date on the online store"
            errors.append(user_error(("input", str(index), "publishDate"), message))
    return errors


def _missing() -> dict[str, Any]:
    return user_error(("id",), "Resource does not exist")


def _refused(context: Context, errors: Errors) -> dict[str, Any]:
    return {"publishable": None, "shop": context.shop, "userErrors": errors}


MUTATIONS = {
    "collectionPublish": _older(publish, "collection"),
    "collectionUnpublish": _older(unpublish, "collection"),
    "productPublish": _older(publish, "product"),
    "productUnpublish": _older(unpublish, "product"),
    "publishablePublish": publish,
    "publishablePublishToCurrentChannel": _to_current(publish),
    "publishableUnpublish": unpublish,
    "publishableUnpublishToCurrentChannel": _to_current(unpublish),
}
