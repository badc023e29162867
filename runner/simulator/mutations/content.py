"""Pages, blogs and articles: made, changed, deleted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from runner.simulator.contract import Context, Mutation, user_error
from runner.simulator.graph import Node
from runner.simulator.mutations.metafields import set_inline
from runner.simulator.mutations.tags import split_tags
from runner.simulator.mutations.titles import free_handle, handle_of, title_errors

_PLAIN = {
    "Article": ("title", "body", "summary", "templateSuffix"),
    "Blog": ("title", "commentPolicy", "templateSuffix"),
    "Page": ("title", "body", "templateSuffix"),
}
_OWN: dict[str, dict[str, Any]] = {
    "Article": {"body": "", "summary": None, "tags": [], "_author": None, "_image": None, "templateSuffix": None},
    "Blog": {"commentPolicy": "CLOSED", "templateSuffix": None},
    "Page": {"body": "", "templateSuffix": None},
}
_TAKEN = {"Article": "TAKEN", "Blog": "INVALID", "Page": "TAKEN"}
Errors = list[dict[str, Any]]


def add(context: Context, kind: str, given: Mapping[str, Any]) -> Node:
    """Store a new object of an input that was found good; it is published unless it says otherwise."""
    now = context.graph.now()
    fields: dict[str, Any] = {**_OWN[kind], **stored(context, kind, given)}
    if kind != "Blog":
        published = given.get("publishDate") or now
        fields["publishedAt"] = published if given.get("isPublished", True) else given.get("publishDate")
    fields["handle"] = free_handle(context, kind, given.get("handle") or given["title"])
    return context.graph.create(kind, {**fields, "createdAt": now, "updatedAt": now})


def stored(context: Context, kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The given fields as they are stored."""
    fields = {name: given[name] for name in _PLAIN[kind] if name in given}
    if kind == "Article":
        if given.get("author"):
            fields["_author"] = given["author"].get("name") or context.shop["_owner"]
        if given.get("blogId"):
            fields["blog"] = given["blogId"]
        if "tags" in given:
            fields["tags"] = sorted(split_tags(given["tags"] or []), key=str.casefold)
        if given.get("image"):
            image = given["image"]
            fields["_image"] = {"id": None, "url": image.get("url"), "altText": image.get("altText")}
    return fields


def _create(kind: str) -> Mutation:
    key = kind.lower()

    def create(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
        given = dict(args[key])
        if kind == "Article" and not given.get("blogId") and args.get("blog"):
            given["blogId"] = add(context, "Blog", args["blog"]).id
        errors = _errors(context, kind, given, None)
        if errors:
            return {key: None, "userErrors": errors}
        node = add(context, kind, given)
        errors = set_inline(context, node.id, given.get("metafields") or [], (key, "metafields"))
        return {key: None if errors else node, "userErrors": errors}

    return create


def _update(kind: str) -> Mutation:
    key = kind.lower()

    def update(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
        node, given = context.graph.get(args["id"]), args[key]
        if node is None or node.type != kind:
            return {key: None, "userErrors": [_missing(kind)]}
        errors = _errors(context, kind, given, node)
        errors = errors or set_inline(context, node.id, given.get("metafields") or [], (key, "metafields"))
        if errors:
            return {key: None, "userErrors": errors}
        change(context, node, given)
        return {key: node, "userErrors": []}

    return update


def change(context: Context, node: Node, given: Mapping[str, Any]) -> None:
    """Write what is given; a new handle of a page or article can leave a redirect behind."""
    fields = stored(context, node.type, given)
    if given.get("handle"):
        fields["handle"] = handle_of(given["handle"])
    if "isPublished" in given or "publishDate" in given:
        date = given.get("publishDate") or node["publishedAt"] or context.graph.now()
        fields["publishedAt"] = date if given.get("isPublished", True) else given.get("publishDate")
    if (
        given.get("redirectNewHandle")
        and node.type == "Page"
        and fields.get("handle", node["handle"]) != node["handle"]
    ):
        redirect = {"path": f"/pages/{node['handle']}", "target": f"/pages/{fields['handle']}"}
        context.graph.create("UrlRedirect", redirect)
    context.graph.update(node.id, {**fields, "updatedAt": context.graph.now()})


def remove(context: Context, node: Node) -> None:
    """Delete an object with its metafields; a blog with its articles."""
    for article in context.graph.find("Article", "blog", node.id) if node.type == "Blog" else ():
        remove(context, article)
    for metafield in context.graph.find("Metafield", "_owner", node.id):
        context.graph.delete(metafield.id)
    context.graph.delete(node.id)


def _delete(kind: str) -> Mutation:
    key = f"deleted{kind}Id"

    def delete(context: Context, args: dict[str, Any]) -> Mapping[str, Any]:
        node = context.graph.get(args["id"])
        if node is None or node.type != kind:
            return {key: None, "userErrors": [_missing(kind)]}
        remove(context, node)
        return {key: node.id, "userErrors": []}

    return delete


def _errors(context: Context, kind: str, given: Mapping[str, Any], node: Node | None) -> Errors:
    key = kind.lower()
    errors = title_errors(given, (key,))
    if kind == "Blog":
        # The errors of blogs know neither of the two codes.
        errors = [{**each, "code": "INVALID" if each["code"] == "BLANK" else each["code"]} for each in errors]
    if given.get("handle") and not (kind == "Blog" and node is None):
        other = context.graph.first(kind, "handle", handle_of(given["handle"]))
        if other is not None and other is not node:
            errors.append(user_error((key, "handle"), "Handle has already been taken", _TAKEN[kind]))
    date = given.get("publishDate")
    if date and given.get("isPublished") and datetime.fromisoformat(date) > context.clock.now():
        message = "Can't set isPublished to true and also set a future publish date."
        errors.append(user_error((key,), message, "INVALID_PUBLISH_DATE"))
    if kind != "Article":
        return errors
    if node is None and not given.get("blogId"):
        message = "Must reference or create a blog when creating an article."
        errors.append(user_error((key,), message, "BLOG_REFERENCE_REQUIRED"))
    blog = context.graph.get(given.get("blogId"))
    if given.get("blogId") and (blog is None or blog.type != "Blog"):
        errors.append(user_error((key, "blogId"), "Blog does not exist", "NOT_FOUND"))
    return errors


def _missing(kind: str) -> dict[str, Any]:
    return user_error(("id",), f"{kind} does not exist", "NOT_FOUND")


MUTATIONS: dict[str, Mutation] = {
    **{f"{kind.lower()}Create": _create(kind) for kind in _OWN},
    **{f"{kind.lower()}Delete": _delete(kind) for kind in _OWN},
    **{f"{kind.lower()}Update": _update(kind) for kind in _OWN},
}
