"""Pages, blogs with articles, redirects and menus of a seed.

::

    pages: [{title: About, id: 1, body: "<p>Hi</p>", handle, published: true, created: a time}]
    blogs:
      - {title: News, id: 1, articles: [{title: Hello, id: 1, author: Mara, body, tags, published: true, created}]}
    redirects: {/old: /new}
    menus: [{title: Main menu, handle: main-menu, items: {Home: /, Cups: /collections/cups}}]
"""

from __future__ import annotations

from typing import Any

from runner.simulator.graph import Graph
from runner.simulator.seed_collections import given_id
from runner.simulator.seed_past import at
from runner.simulator.seed_reader import Table


def add_content(root: Table, graph: Graph) -> None:
    """Create everything under the four keys."""
    for table in root.tables("pages", short="title"):
        with at(graph, table.moment("created")):
            fields = {
                **_named(table, graph, "Page"),
                "body": table.text("body", ""),
                "publishedAt": _published(table, graph),
            }
            graph.create("Page", fields, id=given_id(table, graph, "Page"))
        table.finish()
    for table in root.tables("blogs", short="title"):
        _add_blog(table, graph)
        table.finish()
    redirects = root.table("redirects")
    for path in redirects.names() if redirects is not None else ():
        target = redirects.required(path) if redirects is not None else ""
        graph.create("UrlRedirect", {"path": path, "target": target})
    for table in root.tables("menus"):
        _add_menu(table, graph)
        table.finish()


def _add_blog(table: Table, graph: Graph) -> None:
    fields = {**_named(table, graph, "Blog"), "commentPolicy": "CLOSED"}
    blog = graph.create("Blog", fields, id=given_id(table, graph, "Blog"))
    for inner in table.tables("articles", short="title"):
        with at(graph, inner.moment("created")):
            _add_article(inner, graph, blog.id)
        inner.finish()


def _add_article(table: Table, graph: Graph, blog: str) -> None:
    article = {
        **_named(table, graph, "Article"),
        "blog": blog,
        "body": table.text("body", ""),
        "summary": table.text("summary"),
        "tags": table.texts("tags"),
        "_author": table.text("author", "Shop Owner"),
        "_image": None,
        "publishedAt": _published(table, graph),
    }
    graph.create("Article", article, id=given_id(table, graph, "Article"))


def _add_menu(table: Table, graph: Graph) -> None:
    title = table.required("title")
    inner = table.table("items")
    rows: list[dict[str, Any]] = [
        {"title": name, "type": "HTTP", "url": inner.required(name), "resourceId": None, "tags": [], "items": []}
        for name in (inner.names() if inner is not None else ())
        if inner is not None
    ]
    fields = {"title": title, "handle": table.text("handle") or _handle(title), "_items": rows}
    graph.create("Menu", fields, id=given_id(table, graph, "Menu"))


def _named(table: Table, graph: Graph, kind: str) -> dict[str, Any]:
    title = table.required("title")
    handle = table.text("handle") or _handle(title)
    if graph.first(kind, "handle", handle) is not None:
        table.refuse(f"there are two of the handle {handle!r}", "handle")
    times = {"createdAt": graph.now(), "updatedAt": graph.now()}
    return {"title": title, "handle": handle, "templateSuffix": table.text("template_suffix"), **times}


def _published(table: Table, graph: Graph) -> str | None:
    return graph.now() if table.boolean("published", True) else None


def _handle(title: str) -> str:
    return "-".join(title.lower().split())
