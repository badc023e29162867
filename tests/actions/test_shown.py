"""Options as people read them in previews."""

from __future__ import annotations

from typing import Any

import pytest

from runner.actions import ACTION_TYPES
from runner.actions.reading import shown_files, size

CSV = "sku,quantity\n" + "".join(f"HD-{number},{number}\n" for number in range(9))


@pytest.mark.parametrize(
    ("generator", "shown"),
    [
        ("", "text, 0 bytes, 0 lines"),
        ("one", "text, 3 bytes, 1 line:\none"),
        (CSV, "text, 76 bytes, 10 lines:\nsku,quantity\nHD-0,0\nHD-1,1\nHD-2,2\nHD-3,3\n…"),
        ("ü" * 101, f"text, 202 bytes, 1 line:\n{'ü' * 100}…"),
        ({"base64": "aGVsbG8="}, "bytes in base64, 5 bytes"),
        ({"base64": "a"}, "bytes in base64 that cannot be decoded"),
        ({"url": "https://example.com/a.png"}, "what https://example.com/a.png answers with"),
        ({"pdf": {"html": "<p>Hi</p>"}}, "a PDF of HTML, 9 bytes, 1 line:\n<p>Hi</p>"),
        (
            {"pdf": {"html": "<p>Hi</p>", "page_size": "A5"}},
            {"of": "a PDF of HTML, 9 bytes, 1 line:\n<p>Hi</p>", "page_size": "A5"},
        ),
        ({"zip": {"files": {"a.txt": "x"}}}, {"a zip archive": {"a.txt": "text, 1 byte, 1 line:\nx"}}),
        ({"zip": {"files": {}, "password": "secret"}}, {"a zip archive with a password": {}}),
        ({"csv": {"rows": []}}, {"csv": {"rows": []}}),
        (7, 7),
        ({"pdf": "no object"}, {"pdf": "no object"}),
    ],
)
def test_a_file_is_shown_by_what_it_is_made_of(generator: Any, shown: Any) -> None:
    assert shown_files({"name": generator}) == {"name": shown}


def test_the_password_of_an_archive_is_not_shown() -> None:
    assert "geheim" not in str(shown_files({"a.zip": {"zip": {"files": {"b.txt": "x"}, "password": "geheim"}}}))


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1250, "1.2 kB"), (3_400_000, "3.4 MB")]
)
def test_sizes_are_for_people(number: int, text: str) -> None:
    assert size(number) == text


@pytest.mark.parametrize(
    ("name", "options", "shown"),
    [
        (
            "email",
            {"body": "<h1>Low</h1><p>2 left</p>", "subject": "Stock", "to": ["a@example.com"], "bcc": ""},
            {"to": ["a@example.com"], "subject": "Stock", "body": "Low\n\n2 left"},
        ),
        (
            "http",
            {"method": "post", "url": "https://example.com/in", "body": {"a": 1}, "verify": False},
            {"request": "POST https://example.com/in", "headers": None, "body": {"a": 1}, "verify": False},
        ),
        (
            "ftp",
            {"uploads": {"a.csv": "x"}, "host": "files.example.com", "user": "me"},
            {"host": "files.example.com", "user": "me", "uploads": {"a.csv": "text, 1 byte, 1 line:\nx"}},
        ),
        (
            "ftp",
            {"host": "h", "user": "me", "password": "p", "private_key_pem": "k", "downloads": ["a"]},
            {"host": "h", "user": "me", "password": "••••••", "private_key_pem": "••••••", "downloads": ["a"]},
        ),
        ("files", {"a.csv": "x"}, {"a.csv": "text, 1 byte, 1 line:\nx"}),
        (
            "google_drive",
            {"uploads": {"a/b.csv": "x", "overwrite": True}, "account": "me"},
            {"account": "me", "overwrite": True, "uploads": {"a/b.csv": "text, 1 byte, 1 line:\nx"}},
        ),
        (
            "google_sheets",
            {"account": "me", "rows": [["a", 1], [None]], "operation": "append_rows", "spreadsheet_id": "s"},
            {"operation": "append_rows", "account": "me", "spreadsheet_id": "s", "rows": "2 rows:\na | 1\n"},
        ),
        (
            "google_sheets",
            {"operation": "create_spreadsheet", "sheets": [{"name": "n", "rows": [[1]] * 6}]},
            {"operation": "create_spreadsheet", "sheets": [{"name": "n", "rows": "6 rows:\n1\n1\n1\n1\n1\n…"}]},
        ),
        (
            "airtable",
            {"body": {"a": 1}, "url_path": "/v0/b/t", "method": "post", "account": "me"},
            {"request": "POST /v0/b/t", "account": "me", "body": {"a": 1}},
        ),
        (
            "slack",
            {"account": "us", "method": "POST", "url_path": "/chat.postMessage", "body": {"text": "x", "channel": "C"}},
            {"post to": "C", "account": "us", "text": "x"},
        ),
        (
            "slack",
            {"account": "us", "method": "POST", "url_path": "/other", "body": {"text": "x"}},
            {"request": "POST /other", "account": "us", "body": {"text": "x"}},
        ),
        ("flow", {"user_string": "a", "order_id": 1}, {"trigger": "order", "order_id": 1, "user_string": "a"}),
        ("flow", {}, {"trigger": "general"}),
        (
            "report_toaster",
            {"Order": [{"id": 1}], "operation": "update"},
            {"operation": "update", "Order": [{"id": 1}]},
        ),
        (
            "http",
            {"method": "get", "url": "http://a", "proxy": "http://u:p@b"},
            {"request": "GET http://a", "proxy": "http://b"},
        ),
        ("cache", ["setex", "k", 60, {"a": 1}], {"setex": "k", "ttl": 60, "value": {"a": 1}}),
        ("cache", {"incr": {"key": "k"}}, {"incr": "k"}),
        ("cache", ["nonsense"], ["nonsense"]),
        ("event", {"topic": "user/a/b"}, {"topic": "user/a/b"}),
        (
            "event",
            {"data": 1, "run_at": "1772614800", "topic": "user/a/b"},
            {"topic": "user/a/b", "run_at": "2026-03-04T09:00:00.000Z (1772614800)", "data": 1},
        ),
        ("event", {"topic": "user/a/b", "run_at": "soon"}, {"topic": "user/a/b", "run_at": "soon"}),
        ("shopify", "mutation { x }", {"call": "mutation x", "text": "mutation {\n  x\n}"}),
        (
            "shopify",
            {"query": 'mutation($i:ID!){x(id:$i, a:"gid://shopify/A/2")}', "variables": {"i": "gid://shopify/B/1"}},
            {
                "call": "mutation x",
                "on": "gid://shopify/A/2, gid://shopify/B/1",
                "text": 'mutation ($i: ID!) {\n  x(id: $i, a: "gid://shopify/A/2")\n}',
                "variables": {"i": "gid://shopify/B/1"},
            },
        ),
        (
            "shopify",
            'mutation { b(query: "\\n    {\\n      a\\n    }\\n") }',
            {"call": "mutation b", "text": 'mutation {\n  b(query: """\n  {\n    a\n  }\n  """)\n}'},
        ),
        ("shopify", "mutation { x(", {"call": "mutation x", "text": "mutation { x("}),
        ("shopify", ["delete", ["order", 1]], {"request": "DELETE /admin/orders/1.json"}),
        ("shopify", ["get", "/admin/x.json", {"a": 1}], {"request": "GET /admin/x.json", "body": {"a": 1}}),
        ("shopify", ["nonsense"], ["nonsense"]),
    ],
)
def test_options_are_put_in_the_order_of_reading(name: str, options: Any, shown: Any) -> None:
    expected = {key: value for key, value in shown.items() if value is not None} if isinstance(shown, dict) else shown
    found = ACTION_TYPES[name].shown(options)
    assert found == expected
    if isinstance(expected, dict):
        assert isinstance(found, dict)
        assert list(found) == list(expected)


@pytest.mark.parametrize("name", ACTION_TYPES)
@pytest.mark.parametrize(
    "options", [None, "text", 1, [], {}, {"attachments": 1, "files": [1], "uploads": "x", "to": 3}]
)
def test_options_that_are_wrong_are_shown_all_the_same(name: str, options: Any) -> None:
    ACTION_TYPES[name].shown(options)
