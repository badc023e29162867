"""What pages, blogs, articles, menus and redirects can be searched by: the fields Shopify documents."""

from __future__ import annotations

from typing import Any

from runner.simulator.graph import Graph, Node
from runner.simulator.search import SearchField, SearchTable


def _stored(name: str) -> Any:
    return lambda node, graph: node[name]


def _published(node: Node, graph: Graph) -> str:
    return "published" if node["publishedAt"] else "unpublished"


def _blog(node: Node, graph: Graph) -> Any:
    return (graph.get(node["blog"]) or node)["title"]


_ID = SearchField("id", lambda node, graph: node.id)
_NAMED = {
    "id": _ID,
    "created_at": SearchField("time", _stored("createdAt")),
    "handle": SearchField("exact", _stored("handle")),
    "title": SearchField("text", _stored("title")),
    "updated_at": SearchField("time", _stored("updatedAt")),
}
_DATED = {
    "published_at": SearchField("time", _stored("publishedAt")),
    "published_status": SearchField("exact", _published),
}
SEARCHES = {
    "articles": SearchTable(
        fields={
            **_NAMED,
            **_DATED,
            "author": SearchField("exact", _stored("_author")),
            "blog_id": SearchField("id", _stored("blog")),
            "blog_title": SearchField("text", _blog),
            "tag": SearchField("exact", _stored("tags")),
            "tag_not": SearchField("exact", _stored("tags")),
        },
        default=(_stored("title"), _stored("body")),
    ),
    "blogs": SearchTable(fields=_NAMED, default=(_stored("title"),)),
    "menus": SearchTable(fields={"id": _ID, "title": _NAMED["title"]}, default=(_stored("title"),)),
    "pages": SearchTable(fields={**_NAMED, **_DATED}, default=(_stored("title"), _stored("body"))),
    "urlRedirects": SearchTable(
        fields={
            "id": _ID,
            "created_at": _NAMED["created_at"],
            "path": SearchField("exact", _stored("path")),
            "target": SearchField("exact", _stored("target")),
        },
        default=(_stored("path"), _stored("target")),
    ),
}
