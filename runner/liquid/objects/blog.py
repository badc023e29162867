"""Blogs, articles and pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from runner.liquid.objects.listing import Listing, ResourceCollection
from runner.liquid.objects.relation import Many, MetafieldsAt, One, Relation
from runner.liquid.objects.resource import Resource

BLOGS = Listing("blog", ("blogs.json",), counted=True)


class Blog(Resource):
    """``title handle tags …`` of a blog, and its articles."""

    NAME = "blog"
    PATH = "blogs/{id}.json"
    RELATIONS: ClassVar[Mapping[str, Relation]] = {
        "articles": Many(Listing("article", ("blogs/{id}/articles.json",), counted=True)),
        "metafields": MetafieldsAt("blogs/{id}/metafields.json"),
    }
    __slots__ = ()


class Article(Resource):
    """``title author body_html tags …`` of a blog's article."""

    NAME = "article"
    PATH = "blogs/{blog_id}/articles/{id}.json"
    RELATIONS: ClassVar[Mapping[str, Relation]] = {
        "blog": One("blog", "blog_id"),
        "metafields": MetafieldsAt("articles/{id}/metafields.json"),
    }
    __slots__ = ()


class Page(Resource):
    """``title handle body_html …`` of a page, as page metafields refer to it."""

    NAME = "page"
    PATH = "pages/{id}.json"
    RELATIONS: ClassVar[Mapping[str, Relation]] = {"metafields": MetafieldsAt("pages/{id}/metafields.json")}
    __slots__ = ()


class ArticleIndex(ResourceCollection):
    """``shop.articles``: the ``tags`` and ``authors`` of all articles, as lists of texts."""

    __slots__ = ()

    def lookup(self, key: Any) -> Any:
        if key not in ("tags", "authors"):
            return super().lookup(key)
        return self.fetch.words(f"articles/{key}.json")


ARTICLES = Listing("article", ("articles.json",), form=ArticleIndex)
