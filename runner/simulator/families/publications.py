"""Sales channels: publications, their catalogs and apps, and what is published where.

``Publication``: name, autoPublish, ``_app``, ``catalog``; ``AppCatalog``: title, status, ``publication``, ``_app``;
``App``: title, handle; ``Channel``: name, handle, app, ``_publication``. A product or collection keeps
``_publications`` {publication gid: date}; one that was never published by hand follows its ``publishedAt``: then it is
in every publication that publishes by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from runner.simulator.contract import Context, Fields, Listing
from runner.simulator.families.answers import always
from runner.simulator.graph import Graph, Node, gid

INDEXES = {"Publication": ("name",)}
ONLINE_STORE = "Online Store"
PUBLISHABLE = ("Product", "Collection")


def add_publication(graph: Graph, name: str, *, auto: bool = True, node_id: str | None = None) -> Node:
    """Create a sales channel with its app, catalog and publication, one number for all of them."""
    publication = graph.create("Publication", {"name": name, "autoPublish": auto}, id=node_id)
    handle = "-".join(name.lower().split())
    app = graph.create("App", {"title": name, "handle": handle}, id=gid("App", publication.number))
    fields = {"title": f"{name} catalog", "status": "ACTIVE", "publication": publication.id, "_app": app.id}
    catalog = graph.create("AppCatalog", fields, id=gid("AppCatalog", publication.number))
    channel = {"name": name, "handle": handle, "app": app.id, "_publication": publication.id}
    graph.create("Channel", channel, id=gid("Channel", publication.number))
    graph.update(publication.id, _app=app.id, catalog=catalog.id)
    return publication


def published_in(graph: Graph, thing: Node) -> dict[str, str]:
    """The publications a product or collection is in, with the dates from which it is."""
    kept: dict[str, str] | None = thing["_publications"]
    if kept is not None:
        return {key: date for key, date in kept.items() if graph.get(key) is not None}
    since = thing["publishedAt"]
    if since is None:
        return {}
    return {node.id: since for node in graph.of_type("Publication") if node["autoPublish"]}


def visible_in(context: Context, thing: Node, publication_id: str) -> bool:
    """Whether it is published there now: not only from a later date on."""
    date = published_in(context.graph, thing).get(publication_id)
    return date is not None and datetime.fromisoformat(date) <= context.clock.now()


def online_store(graph: Graph) -> Node | None:
    """The publication of the online store, to which ``publishedAt`` belongs."""
    return graph.first("Publication", "name", ONLINE_STORE)


def publication_of_app(graph: Graph) -> Node | None:
    """The publication of the app that calls. The simulator's app has no channel, so it is the online store's."""
    return online_store(graph)


def _published_on(thing: Node, context: Context, args: Mapping[str, Any]) -> bool:
    return visible_in(context, thing, args["publicationId"])


def _published_on_channel(thing: Node, context: Context, args: Mapping[str, Any]) -> bool:
    channel = context.graph.get(args["channelId"])
    return channel is not None and visible_in(context, thing, channel["_publication"])


def _published_here(thing: Node, context: Context, args: Mapping[str, Any]) -> bool:
    publication = publication_of_app(context.graph)
    return publication is not None and visible_in(context, thing, publication.id)


def _resource_publications(thing: Node, context: Context, args: Mapping[str, Any]) -> list[dict[str, Any]]:
    now = context.clock.now()
    rows = [
        {
            "publication": key,
            "publishable": thing.id,
            "product": thing.id,
            "collection": thing.id,
            "channel": next((node.id for node in context.graph.find("Channel", "_publication", key)), None),
            "publishDate": date,
            "isPublished": datetime.fromisoformat(date) <= now,
        }
        for key, date in published_in(context.graph, thing).items()
    ]
    return [row for row in rows if row["isPublished"] or args.get("onlyPublished", True) is False]


def _current(thing: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any] | None:
    publication = publication_of_app(context.graph)
    rows = _resource_publications(thing, context, {})
    return next((row for row in rows if publication is not None and row["publication"] == publication.id), None)


def _unpublished(thing: Node, context: Context, args: Mapping[str, Any]) -> list[Node]:
    inside = published_in(context.graph, thing)
    return [node for node in context.graph.of_type("Publication") if node.id not in inside]


def _unpublished_channels(thing: Node, context: Context, args: Mapping[str, Any]) -> list[Node]:
    inside = published_in(context.graph, thing)
    return [node for node in context.graph.of_type("Channel") if node["_publication"] not in inside]


def _count(read: Callable[..., list[Any]]) -> Any:
    return lambda thing, context, args: {"count": len(read(thing, context, args)), "precision": "EXACT"}


def _members(kind: str) -> Any:
    def read(publication: Node, context: Context, args: Mapping[str, Any]) -> Listing:
        found = [node for node in context.graph.of_type(kind) if visible_in(context, node, publication.id)]
        return Listing(found, search="products" if kind == "Product" else None)

    return read


def _rows(kind: str) -> Any:
    def read(publication: Node, context: Context, args: Mapping[str, Any]) -> list[dict[str, Any]]:
        rows = [row for node in context.graph.of_type(kind) for row in _resource_publications(node, context, {})]
        return [row for row in rows if row["publication"] == publication.id]

    return read


def _of_channel(read: Callable[..., Any]) -> Any:
    """The answer for the publication of a channel."""
    return lambda channel, context, args: read(context.graph.get(channel["_publication"]), context, args)


def _has(publication: Node, context: Context, args: Mapping[str, Any]) -> bool:
    thing = context.graph.get(args["id"])
    return thing is not None and visible_in(context, thing, publication.id)


def _publications(source: Any, context: Context, args: Mapping[str, Any]) -> Listing:
    """Those of apps, or of the kind asked for."""
    kind = args.get("catalogType")
    types = {"APP": "AppCatalog", "COMPANY_LOCATION": "CompanyLocationCatalog", "MARKET": "MarketCatalog"}
    found = []
    for node in context.graph.of_type("Publication"):
        catalog = context.graph.get(node["catalog"])
        name = catalog.type if catalog is not None else None
        if name == types.get(kind or "APP") or (kind == "NONE" and name is None):
            found.append(node)
    return Listing(found)


def _products_count(source: Any, context: Context, args: Mapping[str, Any]) -> dict[str, Any]:
    found = [node for node in context.graph.of_type("Product") if visible_in(context, node, args["publicationId"])]
    return {"count": len(found), "precision": "EXACT"}


def _channel(source: Any, context: Context, args: Mapping[str, Any]) -> Node | None:
    return context.graph.first("Channel", "handle", args["handle"])


_PUBLISHABLE = {
    "availablePublicationsCount": lambda thing, context, args: {
        "count": context.graph.count("Publication"),
        "precision": "EXACT",
    },
    "publicationCount": lambda thing, context, args: len(_resource_publications(thing, context, args)),
    "publications": _resource_publications,
    "publishedOnChannel": _published_on_channel,
    "publishedOnCurrentChannel": _published_here,
    "publishedOnCurrentPublication": _published_here,
    "publishedOnPublication": _published_on,
    "resourcePublicationOnCurrentPublication": _current,
    "resourcePublications": _resource_publications,
    "resourcePublicationsCount": _count(_resource_publications),
    "resourcePublicationsV2": _resource_publications,
    "unpublishedChannels": _unpublished_channels,
    "unpublishedPublications": _unpublished,
}
_COLLECTION = {name: read for name, read in _PUBLISHABLE.items() if name != "resourcePublicationOnCurrentPublication"}

FIELDS: Fields = {
    "AppCatalog": {
        "apps": lambda catalog, context, args: [catalog["_app"]],
        "channels": lambda catalog, context, args: context.graph.find(
            "Channel", "_publication", catalog["publication"]
        ),
        "operations": lambda catalog, context, args: [],
        "priceList": lambda catalog, context, args: None,
    },
    "Channel": {
        **always(None, ("accountId", "accountName", "overviewPath", "resourceFeedback", "specificationHandle")),
        **always([], ("navigationItems",)),
        "collectionPublicationsV3": _of_channel(_rows("Collection")),
        "collections": _of_channel(_members("Collection")),
        "hasCollection": _of_channel(_has),
        "productPublications": _of_channel(_rows("Product")),
        "productPublicationsV3": _of_channel(_rows("Product")),
        "products": _of_channel(_members("Product")),
        "productsCount": _of_channel(
            _count(lambda node, context, args: _members("Product")(node, context, args).nodes)
        ),
        "supportsFuturePublishing": lambda channel, context, args: channel["name"] == ONLINE_STORE,
    },
    "Collection": _COLLECTION,
    "Product": {**_PUBLISHABLE, "productPublications": _resource_publications},
    "Publication": {
        "app": lambda publication, context, args: publication["_app"],
        "channels": lambda publication, context, args: context.graph.find("Channel", "_publication", publication.id),
        "collectionPublicationsV3": _rows("Collection"),
        "collections": _members("Collection"),
        "hasCollection": _has,
        "includedProducts": _members("Product"),
        "includedProductsCount": _count(lambda node, context, args: _members("Product")(node, context, args).nodes),
        "operation": lambda publication, context, args: None,
        "productPublicationsV3": _rows("Product"),
        "products": _members("Product"),
        "supportsFuturePublishing": lambda publication, context, args: publication["name"] == ONLINE_STORE,
    },
    "QueryRoot": {
        "channelByHandle": _channel,
        "publications": _publications,
        "publicationsCount": _count(lambda source, context, args: list(_publications(source, context, args).nodes)),
        "publishedProductsCount": _products_count,
    },
}
