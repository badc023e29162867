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
        ("cache", ["setex", "k", 60, {"a": 1}], {"setex": {"key": "k", "ttl": 60, "value": {"a": 1}}}),
        ("cache", ["nonsense"], ["nonsense"]),
        ("event", {"topic": "user/a/b"}, {"topic": "user/a/b"}),
        ("shopify", "mutation { x }", "mutation { x }"),
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
