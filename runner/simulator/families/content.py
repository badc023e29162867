"""Pages, blogs and articles of the online store: computed fields, and their REST renderings.

``Page``: title, handle, body, templateSuffix, publishedAt. ``Blog``: title, handle, commentPolicy, templateSuffix.
``Article``: blog, title, handle, body, summary, tags, ``_author``, ``_image``, templateSuffix, publishedAt; all with
createdAt and updatedAt.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from runner.simulator.contract import Context, Fields, Listing
from runner.simulator.families.answers import constant, every
from runner.simulator.families.rendering import plain, shop_time
from runner.simulator.graph import Node, number_of

INDEXES = {"Article": ("blog", "handle"), "Blog": ("handle",), "Page": ("handle",)}
SUMMARY = 150
"""Characters of a page's ``bodySummary``."""


def visible(node: Node, context: Context) -> bool:
    """Whether a page or article is published by now."""
    date = node["publishedAt"]
    return date is not None and datetime.fromisoformat(date) <= context.clock.now()


def render_page(page: Node, context: Context) -> dict[str, Any]:
    """A page as REST gives it."""
    return {
        "id": page.number,
        "title": page["title"],
        "shop_id": context.shop.number,
        "handle": page["handle"],
        "body_html": page["body"] or "",
        "author": context.shop["_owner"],
        "created_at": shop_time(page["createdAt"], context),
        "updated_at": shop_time(page["updatedAt"], context),
        "published_at": shop_time(page["publishedAt"], context),
        "template_suffix": page["templateSuffix"],
        "admin_graphql_api_id": page.id,
    }


def render_blog(blog: Node, context: Context) -> dict[str, Any]:
    """A blog as REST gives it."""
    policies = {"AUTO_PUBLISHED": "yes", "CLOSED": "no", "MODERATED": "moderate"}
    return {
        "id": blog.number,
        "handle": blog["handle"],
        "title": blog["title"],
        "updated_at": shop_time(blog["updatedAt"], context),
        "commentable": policies[blog["commentPolicy"] or "CLOSED"],
        "feedburner": None,
        "feedburner_location": None,
        "created_at": shop_time(blog["createdAt"], context),
        "template_suffix": blog["templateSuffix"],
        "tags": ", ".join(tags_of(blog, context)),
        "admin_graphql_api_id": blog.id,
    }


def render_article(article: Node, context: Context) -> dict[str, Any]:
    """An article as REST gives it."""
    return {
        "id": article.number,
        "title": article["title"],
        "created_at": shop_time(article["createdAt"], context),
        "body_html": article["body"] or "",
        "blog_id": number_of(article["blog"]),
        "author": article["_author"],
        "user_id": None,
        "published_at": shop_time(article["publishedAt"], context),
        "updated_at": shop_time(article["updatedAt"], context),
        "summary_html": article["summary"],
        "template_suffix": article["templateSuffix"],
        "handle": article["handle"],
        "tags": ", ".join(article["tags"] or []),
        "admin_graphql_api_id": article.id,
    }


def tags_of(blog: Node, context: Context) -> list[str]:
    """The tags of the articles of a blog, sorted."""
    found = {tag for node in context.graph.find("Article", "blog", blog.id) for tag in node["tags"] or []}
    return sorted(found, key=str.casefold)


def _articles(blog: Node, context: Context, args: Mapping[str, Any]) -> Listing:
    return Listing(context.graph.find("Article", "blog", blog.id))


def _author(article: Node, context: Context, args: Mapping[str, Any]) -> dict[str, Any] | None:
    return {"name": article["_author"]} if article["_author"] else None


def _authors(source: Any, context: Context, args: Mapping[str, Any]) -> list[dict[str, Any]]:
    names = {node["_author"] for node in context.graph.of_type("Article") if node["_author"]}
    return [{"name": name} for name in sorted(names)]


def _article_tags(source: Any, context: Context, args: Mapping[str, Any]) -> list[str]:
    counts: dict[str, int] = {}
    for node in context.graph.of_type("Article"):
        for tag in node["tags"] or []:
            counts[tag] = counts.get(tag, 0) + 1
    order = sorted(counts, key=str.casefold)
    if args.get("sort") == "POPULAR":
        order.sort(key=lambda tag: -counts[tag])
    return order[: args["limit"]]


def _count(read: Any) -> Any:
    return lambda node, context, args: {"count": len(read(node, context, args).nodes), "precision": "EXACT"}


def _published(node: Node, context: Context, args: Mapping[str, Any]) -> bool:
    return visible(node, context)


def _cursor(node: Node, context: Context, args: Mapping[str, Any]) -> str:
    return str(node.number)


def _body(node: Node, context: Context, args: Mapping[str, Any]) -> str:
    """REST lets a body be null; GraphQL has none that is."""
    return node["body"] or ""


FIELDS: Fields = {
    "Article": {
        "body": _body,
        "defaultCursor": _cursor,
        "author": _author,
        "comments": constant([]),
        "commentsCount": lambda article, context, args: {"count": 0, "precision": "EXACT"},
        "image": lambda article, context, args: article["_image"],
        "isPublished": _published,
        "translations": constant([]),
    },
    "Blog": {
        "articles": _articles,
        "articlesCount": _count(_articles),
        "events": constant([]),
        "feed": lambda blog, context, args: None,
        "tags": lambda blog, context, args: tags_of(blog, context),
        "translations": constant([]),
    },
    "Page": {
        "body": _body,
        "defaultCursor": _cursor,
        "bodySummary": lambda page, context, args: plain(page["body"])[:SUMMARY],
        "isPublished": _published,
        "translations": constant([]),
    },
    "QueryRoot": {
        "articleAuthors": _authors,
        "articleTags": _article_tags,
        "articles": every("Article", "articles"),
        "blogs": every("Blog", "blogs"),
        "pages": every("Page", "pages"),
    },
}
