"""The data of an event that a posted request makes, in both modes (engine.md 6.1)."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from runner.web.payload import Posted, event_data

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=XX"


def posted(body: bytes = b"", kind: str | None = None, query: str = "", **more: str) -> Posted:
    headers = (*([("content-type", kind)] if kind else []), *more.items())
    return Posted(body, query, headers, "203.0.113.7", "r1", "w1")


def part(name: str, content: bytes, *, more: str = "", kind: str = "") -> bytes:
    head = f'--XX\r\nContent-Disposition: form-data; name="{name}"{more}\r\n{kind}\r\n'
    return head.encode() + content + b"\r\n"


@pytest.mark.parametrize(
    ("body", "kind", "query", "expected"),
    [
        (b'{"a": {"b": 1}}', "application/json; charset=utf-8", "", {"a": {"b": 1}}),
        (b'{"a": 1}', "application/vnd.x+json", "", {"a": 1}),
        (b'{"a": 1, "b": 2}', "application/json", "a=9", {"a": "9", "b": 2}),
        (b"a[b]=1", FORM, "c=2", {"a": {"b": "1"}, "c": "2"}),
        (b"[1]", "application/json", "", "[1]"),
        (b"[1]", "application/json", "c=2", {"c": "2"}),
        (b'{"a": NaN}', "application/json", "", '{"a": NaN}'),
        (b"{broken", "application/json", "", "{broken"),
        (b'{"a": 1}', "text/plain", "", '{"a": 1}'),
        (b"hello", None, "", "hello"),
        (b"  \n", "text/plain", "", None),
        (b"", None, "", None),
        (b"", None, "x=1", {"x": "1"}),
        (b"\xff", "text/plain", "", "\ufffd"),
        (part("a[b]", b"1") + b"--XX--", MULTIPART, "", {"a": {"b": "1"}}),
        (part("a", b"1"), MULTIPART, "q=1", {"q": "1"}),
        (b"[" * 100_000, "application/json", "q=1", {"q": "1"}),
    ],
)
def test_auto_mode_merges_a_parsed_body_with_the_query(
    body: bytes, kind: str | None, query: str, expected: Any
) -> None:
    assert event_data(posted(body, kind, query), "auto") == expected


def test_an_upload_is_told_whole_and_byte_for_byte() -> None:
    content = bytes(range(256)) + b"\r\n--X\r\n\n"
    body = part("doc", content, more='; filename="a b.bin"', kind="Content-Type: image/png\r\n") + b"--XX--\r\n"
    data = event_data(posted(body, MULTIPART), "auto")
    assert data == {
        "doc": {
            "content_base64": base64.b64encode(content).decode(),
            "mime_type": "image/png",
            "name": "a b.bin",
            "size": len(content),
        }
    }


def test_full_mode_tells_the_request() -> None:
    request = posted(b'{"a": 1}', "application/json", "x=1&x=2", **{"x-one": "1"})
    assert event_data(request, "full") == {
        "body": {"a": 1},
        "body_base64": base64.b64encode(b'{"a": 1}').decode(),
        "client_ip": "203.0.113.7",
        "headers": {"content-type": ["application/json"], "x-one": ["1"]},
        "mime_type": "application/json",
        "query": {"x": "2"},
        "query_string": "x=1&x=2",
        "request_id": "r1",
        "webhook_id": "w1",
    }


def test_full_mode_has_null_where_nothing_is_a_hash() -> None:
    data = event_data(posted(b"hello"), "full")
    assert (data["body"], data["query"], data["mime_type"], data["query_string"]) == (None, None, None, "")


def test_repeated_headers_are_one_text() -> None:
    request = Posted(b"", "", (("x-a", "1"), ("x-a", "2")), None, "r", "w")
    assert event_data(request, "full")["headers"] == {"x-a": ["1, 2"]}
