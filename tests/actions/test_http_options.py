"""What http takes for options, and what it refuses before anything is sent (actions.md 1.5, 1.9, 1.10, 3.7)."""

from __future__ import annotations

from typing import Any

import pytest

from runner.actions import action_type
from runner.actions.http import HttpAction, HttpCall
from runner.errors import ActionError
from runner.model.secret import Secrets

HTTP = HttpAction()
URL = "https://example.com/"


def test_the_defaults_are_the_documented_ones() -> None:
    assert HTTP.validate({"method": "get", "url": URL}) == HttpCall(
        method="GET", url=URL, follow_redirects=True, verify=True, error_on_5xx=False, proxy=None
    )


def test_the_type_is_known_by_its_name() -> None:
    assert isinstance(action_type("http"), HttpAction)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (None, "the options are null"),
        ("get", "the options are text"),
        (["get", URL], "the options are an array"),
        ({}, '"method" is missing'),
        ({"method": "", "url": URL}, '"method" is missing'),
        ({"method": "fetch", "url": URL}, 'no method "fetch"'),
        ({"method": 5, "url": URL}, '"method" is the number 5'),
        ({"method": "get"}, '"url" is missing'),
        ({"method": "get", "url": None}, '"url" is missing'),
        ({"method": "get", "url": "example.com"}, '"url" does not begin with http:// or https://'),
        ({"method": "get", "url": "ftp://example.com"}, '"url" does not begin with'),
        ({"method": "get", "url": "file:///etc/passwd"}, '"url" does not begin with'),
        ({"method": "get", "url": "https:///path"}, '"url" is not an address'),
        ({"method": "get", "url": "https://a:b:c/"}, '"url" is not an address'),
        ({"method": "get", "url": "https://a:99999/"}, '"url" is not an address'),
        ({"method": "get", "url": "https://[::1/"}, '"url" is not an address'),
        ({"method": "get", "url": "https://a/\r\nX: 1"}, '"url" is not an address'),
        ({"method": "get", "url": URL, "headers": "X: 1"}, '"headers" is text, not an object'),
        ({"method": "get", "url": URL, "headers": {"X: 1": "a"}}, '"headers" is no header'),
        ({"method": "get", "url": URL, "headers": {"": "a"}}, '"headers" is no header'),
        ({"method": "get", "url": URL, "headers": {"Ü": "a"}}, '"headers" is no header'),
        ({"method": "get", "url": URL, "headers": {"X": "a\r\nY: b"}}, '"X" holds a line break'),
        ({"method": "get", "url": URL, "headers": {"X": "a\x00"}}, '"X" holds a line break or a control'),
        ({"method": "get", "url": URL, "headers": {"X": {"a": 1}}}, '"X" is neither text'),
        ({"method": "get", "url": URL, "headers": {"X": [["a"]]}}, '"X" is neither text'),
        ({"method": "post", "url": URL, "body": 5}, '"body" is neither text'),
        ({"method": "post", "url": URL, "body": True}, '"body" is neither text'),
        ({"method": "post", "url": URL, "files": ["x"]}, '"files" is an array, not an object'),
        ({"method": "post", "url": URL, "files": {"f": "x"}, "body": "a=1"}, '"body" must be an object'),
        ({"method": "post", "url": URL, "files": {"f": "x"}, "body": [1]}, '"body" must be an object'),
        ({"method": "get", "url": URL, "verify": "maybe"}, '"verify" is text, not true or false'),
        ({"method": "get", "url": URL, "verify": 0}, '"verify" is the number 0, not true or false'),
        ({"method": "get", "url": URL, "error_on_5xx": []}, '"error_on_5xx" is an array'),
        ({"method": "get", "url": URL, "follow_redirects": "no"}, '"follow_redirects" is text'),
        ({"method": "get", "url": URL, "proxy": "proxy.example:3128"}, '"proxy" does not begin with'),
        ({"method": "get", "url": URL, "proxy": "socks4://a:1"}, '"proxy" does not begin with'),
        ({"method": "get", "url": URL, "proxy": "http://"}, '"proxy" is not an address'),
    ],
)
def test_options_that_cannot_be_meant_are_refused_for_good(options: Any, named: str) -> None:
    with pytest.raises(ActionError, match="http: ") as caught:
        HTTP.validate(options)
    assert named in caught.value.message
    assert (caught.value.code, caught.value.transient) == ("action.invalid_options", False)
    assert caught.value.hint


@pytest.mark.parametrize(
    "more",
    [
        {"meta": {"a": 1}},
        {"timeout": 5},
        {"body": None, "headers": None, "files": None, "proxy": "", "verify": "", "follow_redirects": None},
        {"headers": {}, "proxy": "  "},
    ],
)
def test_unknown_and_blank_options_change_nothing(more: dict[str, Any]) -> None:
    assert HTTP.validate({"method": "get", "url": URL} | more) == HTTP.validate({"method": "get", "url": URL})


@pytest.mark.parametrize("url", ["HTTP://example.com", "https://u:p@example.com:8443/a?b#c", "https://[2606:4700::1]/"])
def test_any_web_address_will_do(url: str) -> None:
    assert HTTP.validate({"method": "get", "url": url}).url == url


@pytest.mark.parametrize(
    ("method", "again"),
    [
        ("get", True),
        ("head", True),
        ("options", False),
        ("post", False),
        ("put", False),
        ("patch", False),
        ("delete", False),
    ],
)
def test_only_what_reads_is_sent_again_when_nobody_knows_how_it_ended(method: str, again: bool) -> None:
    assert HTTP.resendable(HTTP.validate({"method": method, "url": URL})) is again


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"method": "post", "url": " https://user:pass@example.com/x?a=@b "}, "POST https://example.com/x?a=@b"),
        ({"method": "GET", "url": URL}, f"GET {URL}"),
        ({}, "no method no url"),
        (None, "no method no url"),
    ],
)
def test_the_summary_is_one_line_without_a_password(options: Any, line: str) -> None:
    assert HTTP.summary(options) == line


SECRETS = Secrets({"token": "s3cret/ value"}, salt="salt")
PLACEHOLDER = SECRETS.placeholder("token")


def test_secrets_are_put_where_the_platform_puts_them() -> None:
    given = {
        "method": "post",
        "url": f"https://example.com/{PLACEHOLDER}",
        "headers": {"Authorization": f"Bearer {PLACEHOLDER}", PLACEHOLDER: ["x", PLACEHOLDER]},
        "body": {"deep": [{PLACEHOLDER: PLACEHOLDER}]},
        "proxy": f"http://u:{PLACEHOLDER}@proxy.example",
        "files": {"f": PLACEHOLDER},
        "verify": PLACEHOLDER,
    }
    value = "s3cret/ value"
    assert HTTP.with_secrets(given, SECRETS) == given | {
        "url": f"https://example.com/{value}",
        "headers": {"Authorization": f"Bearer {value}", value: ["x", value]},
        "body": {"deep": [{value: value}]},
        "proxy": f"http://u:{value}@proxy.example",
    }


@pytest.mark.parametrize("options", [None, "text", [PLACEHOLDER]])
def test_secrets_in_options_of_no_use_stay_placeholders(options: Any) -> None:
    assert HTTP.with_secrets(options, SECRETS) == options


def test_what_a_secret_makes_of_the_options_is_checked_too() -> None:
    secrets = Secrets({"url": "not an address"}, salt="salt")
    resolved = HTTP.with_secrets({"method": "get", "url": secrets.placeholder("url")}, secrets)
    with pytest.raises(ActionError) as caught:
        HTTP.validate(resolved)
    assert "not an address" not in caught.value.message.replace('"url" is not an address', "")


def test_the_schema_names_every_option() -> None:
    assert set(HTTP.schema["properties"]) == {
        *("method", "url", "body", "files", "headers", "follow_redirects", "proxy", "verify", "error_on_5xx"),
    }
