"""Differences between renderings, in sentences: tooling.md 6."""

from __future__ import annotations

from typing import Any

import pytest

from runner.testing.difference import differences, named

TAG = 'mutation {\n  tagsAdd(id: "gid://shopify/Order/%s", tags: ["%s"]) {\n    userErrors { field }\n  }\n}'


def shopify(order: int, tag: str) -> dict[str, Any]:
    return {"type": "shopify", "options": TAG % (order, tag)}


def mail(to: str, body: str = "Hi\nthere") -> dict[str, Any]:
    return {"type": "email", "options": {"to": to, "subject": "S", "body": body}}


def rendering(*actions: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return {"actions": list(actions), "logs": [], "errors": [], "queries": [], "liquid_error": None, **keys}


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (shopify(7, "a"), "shopify tagsAdd for gid://shopify/Order/7"),
        ({"type": "shopify", "options": (TAG % (7, "a")).split("\n")}, "shopify tagsAdd for gid://shopify/Order/7"),
        (
            {
                "type": "shopify",
                "options": {
                    "query": "mutation M($id: ID!) { again: tagsAdd(id: $id) { node { id } } }",
                    "variables": {"id": "gid://shopify/Order/8"},
                },
            },
            "shopify tagsAdd for gid://shopify/Order/8",
        ),
        ({"type": "shopify", "options": ["delete", "/admin/orders/1.json"]}, "shopify delete /admin/orders/1.json"),
        (mail("a@example.com"), "email a@example.com"),
        ({"type": "email", "options": {"to": ["a@b.c", "d@e.f"]}}, 'email ["a@b.c", "d@e.f"]'),
        ({"type": "http", "options": {"method": "post", "url": "https://x.example"}}, "http POST https://x.example"),
        ({"type": "cache", "options": {"setex": {"key": "k", "value": 1}}}, "cache setex k"),
        ({"type": "cache", "options": {"del": "k"}}, "cache del k"),
        ({"type": "event", "options": {"topic": "user/a/b"}}, "event user/a/b"),
        ({"type": "echo", "options": None}, "echo"),
        ({"type": "echo", "options": "hello"}, 'echo "hello"'),
    ],
)
def test_an_action_is_named_by_its_type_and_target(action: dict[str, Any], words: str) -> None:
    assert named(action) == words


@pytest.mark.parametrize(
    ("old", "new", "kinds"),
    [
        ([], [], []),
        ([shopify(1, "a")], [shopify(1, "a")], []),
        ([shopify(1, "a")], [shopify(1, "b")], [("changed", 1)]),
        ([shopify(1, "a")], [shopify(2, "a")], [("removed", 1), ("added", 2)]),
        ([shopify(1, "a"), shopify(2, "a")], [shopify(2, "a")], [("removed", 1)]),
        ([shopify(1, "a")], [shopify(2, "a"), shopify(1, "a")], [("added", 2)]),
        # The equal one is taken first, so that the other is what changed.
        ([shopify(1, "a"), shopify(1, "b")], [shopify(1, "b"), shopify(1, "c")], [("changed", 1)]),
        ([shopify(1, "a"), shopify(1, "a")], [shopify(1, "a")], [("removed", 1)]),
    ],
)
def test_actions_are_matched_by_type_and_target(
    old: list[dict[str, Any]], new: list[dict[str, Any]], kinds: list[tuple[str, int]]
) -> None:
    found = differences(rendering(*old), rendering(*new))
    assert [(each.kind, each.what) for each in found] == [
        (kind, f"action shopify tagsAdd for gid://shopify/Order/{order}") for kind, order in kinds
    ]


def test_another_order_is_a_difference() -> None:
    found = differences(rendering(shopify(1, "a"), mail("a@b.c")), rendering(mail("a@b.c"), shopify(1, "a")))
    assert [each.lines() for each in found] == [["what is the same comes in another order"]]


def test_the_lines_that_changed_are_shown() -> None:
    (found,) = differences(rendering(shopify(1, "a")), rendering(shopify(1, "b")))
    assert found.lines() == [
        "action shopify tagsAdd for gid://shopify/Order/1 is different",
        "  options:",
        '    - tagsAdd(id: "gid://shopify/Order/1", tags: ["a"]) {',
        '    + tagsAdd(id: "gid://shopify/Order/1", tags: ["b"]) {',
    ]


@pytest.mark.parametrize(
    ("old", "new", "details"),
    [
        ({"ttl": 1}, {"ttl": 2}, ("options.set.ttl: 1 → 2",)),
        ({"ttl": 1}, {"ttl": "1"}, ("options.set.ttl: 1 → 1",)),
        ({"ttl": True}, {"ttl": 1}, ("options.set.ttl: true → 1",)),
        ({}, {"ttl": 2}, ("options.set.ttl: 2, was not there",)),
        ({"a": [1, 2]}, {"a": [1]}, ("options.set.a[1]: was 2, is no longer there",)),
        ({"a": {}}, {"a": None}, ("options.set.a: {} → null",)),
    ],
)
def test_options_that_changed_are_named(old: Any, new: Any, details: tuple[str, ...]) -> None:
    pair = [rendering({"type": "cache", "options": {"set": {"key": "k", **each}}}) for each in (old, new)]
    (found,) = differences(*pair)
    assert (found.kind, found.details) == ("changed", details)


def test_logs_errors_and_failures_count_too() -> None:
    old = rendering(logs=[1, {"a": 1}], liquid_error=None, warnings=[])
    new = rendering(logs=[{"a": 1}, 1, 2], errors=["no"], liquid_error="boom", warnings=["w"])
    assert [(each.kind, each.what) for each in differences(old, new)] == [
        ("added", "log 2"),
        ("added", "error no"),
        ("added", "the failure of the script"),
        ("added", "`warnings`"),
    ]
    assert {each.kind for each in differences(new, old)} == {"removed"}


def test_what_is_empty_and_what_is_missing_are_the_same() -> None:
    assert differences({"actions": []}, rendering(warnings=[])) == []


def test_what_is_long_is_cut() -> None:
    (found,) = differences(rendering(), rendering(mail("a@b.c", "\n".join(map(str, range(100))))))
    assert "  … 88 more lines" in found.details
    (found,) = differences(rendering(logs=["x"]), rendering(logs=["x", "y" * 999]))
    assert len(found.what) < 120
