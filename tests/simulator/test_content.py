"""Pages, blogs, articles, redirects and menus, over GraphQL and REST."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from runner.simulator.server import RunningShop
from tests.simulator.asking import mutate

Ask = Callable[..., dict[str, Any]]
SEED = {
    "pages": [
        {"title": "About", "id": 1, "body": "<p>Hello there</p>"},
        {"title": "Draft", "id": 2, "published": False},
    ],
    "blogs": [
        {"title": "News", "id": 1, "articles": [{"title": "First", "id": 1, "author": "Mara", "tags": "a, b"}]},
        {"title": "Notes", "id": 2},
    ],
    "redirects": {"/old": "/new"},
    "menus": [{"title": "Main menu", "id": 1, "items": {"Home": "/"}}],
}


@pytest.fixture
def shop(served: RunningShop) -> RunningShop:
    """A shop with two pages, two blogs and one article."""
    served.reset(SEED)
    return served


def test_pages_are_read_without_a_guess(http: httpx.Client) -> None:
    query = """{ page(id: "gid://shopify/Page/1") { title handle body bodySummary isPublished publishedAt templateSuffix
        translations(locale: "fr") { key } events(first: 1) { nodes { id } } } pagesCount { count }
        pages(first: 5, query: "published_status:published") { nodes { title } } }"""
    reply = http.post("/admin/api/2026-04/graphql.json", json={"query": query})
    assert "X-Simulator-Guessed" not in reply.headers
    found = reply.json()["data"]
    assert (found["page"]["bodySummary"], found["page"]["isPublished"]) == ("Hello there", True)
    assert found["pagesCount"] == {"count": 2}
    assert found["pages"]["nodes"] == [{"title": "About"}]


def test_articles_belong_to_blogs(ask: Ask) -> None:
    query = """{ blog(id: "gid://shopify/Blog/1") { title tags articlesCount { count } articles(first: 5) { nodes {
        title author { name } blog { title } tags isPublished commentsCount { count } } } }
        articles(first: 5, query: "tag:a author:Mara") { nodes { title } } articleTags(limit: 5)
        articleAuthors(first: 5) { nodes { name } } }"""
    found = ask(query)["data"]
    assert found["blog"]["tags"] == ["a", "b"]
    assert found["blog"]["articles"]["nodes"][0]["blog"] == {"title": "News"}
    assert found["articles"]["nodes"] == [{"title": "First"}]
    assert (found["articleTags"], found["articleAuthors"]["nodes"]) == (["a", "b"], [{"name": "Mara"}])


def test_pages_are_made_renamed_with_a_redirect_and_deleted(ask: Ask) -> None:
    made = mutate(
        ask,
        'pageCreate(page: {title: "About", body: "x", isPublished: false}) { page { id handle '
        "isPublished } userErrors { code } }",
    )
    assert (made["page"]["handle"], made["page"]["isPublished"]) == ("about-1", False)
    changed = mutate(
        ask,
        'pageUpdate(id: "gid://shopify/Page/1", page: {handle: "us", redirectNewHandle: true}) { '
        "page { handle } userErrors { code } }",
    )
    assert changed["page"] == {"handle": "us"}
    found = ask('{ urlRedirects(first: 5, query: "path:/pages/about") { nodes { target } } }')["data"]["urlRedirects"][
        "nodes"
    ]
    assert found == [{"target": "/pages/us"}]
    gone = mutate(ask, 'pageDelete(id: "gid://shopify/Page/1") { deletedPageId userErrors { code } }')
    assert gone["deletedPageId"] == "gid://shopify/Page/1"
    again = mutate(ask, 'pageDelete(id: "gid://shopify/Page/1") { deletedPageId userErrors { field code } }')
    assert again["userErrors"] == [{"field": ["id"], "code": "NOT_FOUND"}]


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ('pageCreate(page: {title: ""})', "BLANK"),
        ('pageCreate(page: {title: "x", handle: "about"})', "TAKEN"),
        (
            'pageCreate(page: {title: "x", isPublished: true, publishDate: "2030-01-01T00:00:00Z"})',
            "INVALID_PUBLISH_DATE",
        ),
        ('articleCreate(article: {title: "x", author: {name: "M"}})', "BLOG_REFERENCE_REQUIRED"),
        ('articleCreate(article: {title: "x", author: {name: "M"}, blogId: "gid://shopify/Blog/9"})', "NOT_FOUND"),
        ('menuCreate(title: "x", handle: "main-menu", items: [])', None),
        ('blogCreate(blog: {title: ""})', "INVALID"),
        ('blogUpdate(id: "gid://shopify/Blog/2", blog: {handle: "news"})', "INVALID"),
    ],
)
def test_content_that_cannot_be_is_refused(ask: Ask, call: str, code: str | None) -> None:
    assert [error["code"] for error in mutate(ask, f"{call} {{ userErrors {{ code }} }}")["userErrors"]] == [code]


def test_an_article_can_bring_its_blog(ask: Ask) -> None:
    made = mutate(
        ask,
        'articleCreate(article: {title: "New", author: {name: "M"}, tags: ["x"]}, blog: {title: "Fresh"}) '
        "{ article { handle tags blog { title } } userErrors { code } }",
    )
    assert made["article"] == {"handle": "new", "tags": ["x"], "blog": {"title": "Fresh"}}
    mutate(ask, 'blogDelete(id: "gid://shopify/Blog/1") { deletedBlogId userErrors { code } }')
    assert ask('{ article(id: "gid://shopify/Article/1") { id } }')["data"] == {"article": None}


def test_redirects_have_one_target_a_path(ask: Ask) -> None:
    made = mutate(
        ask, 'urlRedirectCreate(urlRedirect: {path: "sale", target: "/x"}) { urlRedirect { path } userErrors { code } }'
    )
    assert made["urlRedirect"] == {"path": "/sale"}
    taken = mutate(ask, 'urlRedirectCreate(urlRedirect: {path: "/old", target: "/x"}) { userErrors { field message } }')
    assert taken["userErrors"] == [{"field": ["urlRedirect", "path"], "message": "Path has already been taken"}]
    mutate(ask, 'urlRedirectBulkDeleteBySearch(search: "target:/new") { job { id } userErrors { message } }')
    assert ask("{ urlRedirectsCount { count } }")["data"]["urlRedirectsCount"] == {"count": 1}


def test_menus_nest_three_levels_deep(ask: Ask) -> None:
    item = '{{title: "{}", type: HTTP, url: "/", items: [{}]}}'
    three = item.format("a", item.format("b", item.format("c", "")))
    four = item.format("z", three)
    text = (
        'menuUpdate(id: "gid://shopify/Menu/1", title: "Main", items: [{}]) {{ menu {{ isDefault items '
        "{{ title items {{ title items {{ title }} }} }} }} userErrors {{ code }} }}"
    )
    assert mutate(ask, text.format(three))["menu"] == {
        "isDefault": True,
        "items": [{"title": "a", "items": [{"title": "b", "items": [{"title": "c"}]}]}],
    }
    assert mutate(ask, text.format(four))["userErrors"] == [{"code": "NESTING_TOO_DEEP"}]


def test_rest_reads_and_writes_the_same_content(http: httpx.Client) -> None:
    assert [row["id"] for row in http.get("/admin/pages.json").json()["pages"]] == [1, 2]
    assert http.get("/admin/blogs/1/articles.json").json()["articles"][0]["author"] == "Mara"
    assert http.get("/admin/blogs/2/articles/1.json").status_code == 404
    assert http.get("/admin/blogs/1/articles/count.json").json() == {"count": 1}
    made = http.post("/admin/blogs/2/articles.json", json={"article": {"title": "Two", "body_html": "x", "tags": "c"}})
    assert (made.status_code, made.json()["article"]["tags"]) == (201, "c")
    hidden = http.put("/admin/pages/1.json", json={"page": {"published": False}}).json()["page"]
    assert hidden["published_at"] is None
    assert http.post("/admin/pages.json", json={"page": {"title": ""}}).status_code == 422
    field = {"metafield": {"namespace": "custom", "key": "note", "type": "single_line_text_field", "value": "x"}}
    assert http.post("/admin/pages/1/metafields.json", json=field).status_code == 201
    assert http.delete("/admin/pages/1.json").json() == {}
    redirect = http.post("/admin/redirects.json", json={"redirect": {"path": "/a", "target": "/b"}})
    number = redirect.json()["redirect"]["id"]
    assert (
        http.put(f"/admin/redirects/{number}.json", json={"redirect": {"target": "/c"}}).json()["redirect"]["target"]
        == "/c"
    )
    assert http.get("/admin/redirects.json", params={"path": "/old"}).json()["redirects"][0]["target"] == "/new"
