"""Pages, blogs, articles and redirects over REST."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from runner.simulator.contract import Context, RestCall, RestError, RestReply, Route
from runner.simulator.families.content import render_article, render_blog, render_page
from runner.simulator.families.navigation import render_redirect
from runner.simulator.graph import Node
from runner.simulator.mutations.content import add, change, remove
from runner.simulator.mutations.navigation import path_of, redirect_errors
from runner.simulator.mutations.titles import title_errors
from runner.simulator.rest.metafields import store_given
from runner.simulator.rest.paging import fetch, filters, listing, not_found, one, within, wrapped

_RENDER = {"Article": render_article, "Blog": render_blog, "Page": render_page}
_FIELDS = {
    "title": "title",
    "handle": "handle",
    "body_html": "body",
    "summary_html": "summary",
    "template_suffix": "templateSuffix",
}
_POLICIES = {"yes": "AUTO_PUBLISHED", "no": "CLOSED", "moderate": "MODERATED"}
Call = Callable[[Context, RestCall], RestReply]


def _index(kind: str) -> Call:
    def index(context: Context, call: RestCall) -> RestReply:
        return listing(f"{kind.lower()}s", _chosen(context, call, kind), _RENDER[kind], context, call)

    return index


def _count(kind: str) -> Call:
    return lambda context, call: RestReply(200, {"count": len(_chosen(context, call, kind))})


def _show(kind: str) -> Call:
    return lambda context, call: one(kind.lower(), _node(context, call, kind), _RENDER[kind], context, call)


def _create(kind: str) -> Call:
    def create(context: Context, call: RestCall) -> RestReply:
        given = wrapped(call, kind.lower())
        wanted = {"title": "", **_input(given)}
        _refuse([] if not title_errors(wanted) else ["title"])
        if kind == "Article":
            wanted["blogId"] = fetch(context, "Blog", call.ids["blog_id"]).id
            wanted["author"] = {"name": given.get("author") or context.shop["_owner"]}
        node = add(context, kind, wanted)
        for row in given.get("metafields") or []:
            store_given(context, node.id, row)
        return one(kind.lower(), node, _RENDER[kind], context, call, 201)

    return create


def _change(kind: str) -> Call:
    def update(context: Context, call: RestCall) -> RestReply:
        node, given = _node(context, call, kind), wrapped(call, kind.lower())
        wanted = _input(given)
        _refuse([] if not title_errors(wanted) else ["title"])
        change(context, node, wanted)
        return one(kind.lower(), node, _RENDER[kind], context, call)

    return update


def _delete(kind: str) -> Call:
    def delete(context: Context, call: RestCall) -> RestReply:
        remove(context, _node(context, call, kind))
        return RestReply(200, {})

    return delete


def _node(context: Context, call: RestCall, kind: str) -> Node:
    node = fetch(context, kind, call.ids["id"])
    if "blog_id" in call.ids and node["blog"] != fetch(context, "Blog", call.ids["blog_id"]).id:
        raise not_found()
    return node


def _chosen(context: Context, call: RestCall, kind: str) -> list[Node]:
    asked = filters(call)
    found = context.graph.of_type(kind)
    if "blog_id" in call.ids:
        found = context.graph.find(kind, "blog", fetch(context, "Blog", call.ids["blog_id"]).id)
    names = [name for name in ("title", "handle") if asked.get(name)]
    return [node for node in found if all(node[name] == asked[name] for name in names) and within(node, asked)]


def _words(field: str) -> Call:
    """Every author or tag of the articles, of all blogs or of one."""

    def words(context: Context, call: RestCall) -> RestReply:
        found: dict[str, None] = {}
        blog = fetch(context, "Blog", call.ids["blog_id"]).id if "blog_id" in call.ids else None
        for article in context.graph.of_type("Article"):
            if blog in (None, article["blog"]):
                shown = render_article(article, context)
                names = shown["tags"].split(", ") if field == "tags" else [shown["author"]]
                found.update(dict.fromkeys(name for name in names if name))
        return RestReply(200, {field: list(found)})

    return words


def _input(given: Mapping[str, Any]) -> dict[str, Any]:
    wanted = {ours: given[theirs] for theirs, ours in _FIELDS.items() if theirs in given}
    if "published" in given:
        wanted["isPublished"] = bool(given["published"])
    if given.get("published_at"):
        wanted["publishDate"] = given["published_at"]
    if "tags" in given:
        wanted["tags"] = [given["tags"]] if isinstance(given["tags"], str) else given["tags"]
    if "author" in given:
        wanted["author"] = {"name": given["author"]}
    if given.get("commentable") in _POLICIES:
        wanted["commentPolicy"] = _POLICIES[given["commentable"]]
    return wanted


def _refuse(names: list[str]) -> None:
    if names:
        raise RestError(422, {name: ["can't be blank"] for name in names})


def redirects(context: Context, call: RestCall) -> RestReply:
    """Redirects, narrowed by ``path`` or ``target``."""
    asked = filters(call)
    names = [name for name in ("path", "target") if asked.get(name)]
    found = context.graph.of_type("UrlRedirect")
    found = [node for node in found if all(node[name] == asked[name] for name in names)]
    return listing("redirects", found, render_redirect, context, call)


def redirect(context: Context, call: RestCall) -> RestReply:
    """One redirect."""
    return one("redirect", fetch(context, "UrlRedirect", call.ids["id"]), render_redirect, context, call)


def write_redirect(context: Context, call: RestCall) -> RestReply:
    """Add a redirect, or change the one of the path."""
    given = wrapped(call, "redirect")
    known = fetch(context, "UrlRedirect", call.ids["id"]) if "id" in call.ids else None
    blank = {"path": None, "target": None} if known is None else {}
    errors = redirect_errors(context, {**blank, **given}, known)
    if errors:
        messages: dict[str, list[str]] = {}
        for error in errors:
            name = error["field"][-1]
            messages.setdefault(name, []).append(error["message"].removeprefix(f"{name.capitalize()} "))
        raise RestError(422, messages)
    fields: dict[str, Any] = {name: given[name] for name in ("path", "target") if name in given}
    if "path" in fields:
        fields["path"] = path_of(fields["path"])
    graph = context.graph
    node = graph.create("UrlRedirect", fields) if known is None else graph.update(known.id, fields)
    return one("redirect", node, render_redirect, context, call, 201 if known is None else 200)


def delete_redirect(context: Context, call: RestCall) -> RestReply:
    """Delete a redirect."""
    context.graph.delete(fetch(context, "UrlRedirect", call.ids["id"]).id)
    return RestReply(200, {})


def _routes(path: str, kind: str) -> tuple[Route, ...]:
    return (
        Route("GET", path, _index(kind), "read_content"),
        Route("GET", f"{path}/count", _count(kind), "read_content"),
        Route("POST", path, _create(kind), "write_content"),
        Route("GET", f"{path}/{{id}}", _show(kind), "read_content"),
        Route("PUT", f"{path}/{{id}}", _change(kind), "write_content"),
        Route("DELETE", f"{path}/{{id}}", _delete(kind), "write_content"),
    )


ROUTES = (
    *_routes("pages", "Page"),
    *_routes("blogs", "Blog"),
    Route("GET", "articles", _index("Article"), "read_content"),
    Route("GET", "articles/{id}", _show("Article"), "read_content"),
    Route("GET", "articles/authors", _words("authors"), "read_content"),
    Route("GET", "articles/tags", _words("tags"), "read_content"),
    Route("GET", "blogs/{blog_id}/articles/tags", _words("tags"), "read_content"),
    *_routes("blogs/{blog_id}/articles", "Article"),
    Route("GET", "redirects", redirects, "read_content"),
    Route("POST", "redirects", write_redirect, "write_content"),
    Route("GET", "redirects/{id}", redirect, "read_content"),
    Route("PUT", "redirects/{id}", write_redirect, "write_content"),
    Route("DELETE", "redirects/{id}", delete_redirect, "write_content"),
)
