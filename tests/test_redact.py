"""No form of a secret survives redaction, and nothing else is touched."""

from __future__ import annotations

import base64
import html
import json
import string
from collections.abc import Callable
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.redact import MARKER, Redactor

SECRET = 'p@ss/wörd "9" +x'
SECRETS = st.text(min_size=8, max_size=40).filter(lambda text: text.strip() and text not in MARKER)
AROUND = st.text(alphabet=string.ascii_letters + " {}:,", max_size=20)


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        quote(SECRET, safe="").lower(),
        quote_plus(SECRET),
        quote(SECRET, safe="@+"),
        urlencode({"key": SECRET}).removeprefix("key="),
        base64.b64encode(SECRET.encode()).decode(),
        base64.b64encode(SECRET.encode()).decode().rstrip("="),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
        json.dumps(SECRET)[1:-1],
        json.dumps(SECRET, ensure_ascii=False)[1:-1],
        json.dumps(SECRET)[1:-1].replace("/", "\\/"),
        json.dumps(json.dumps(SECRET))[3:-3],
        html.escape(SECRET),
        html.escape(SECRET, quote=False),
        html.escape(SECRET).replace("&quot;", "&#34;"),
        SECRET.replace('"', "&#x22;").replace("ö", "&#246;"),
        SECRET.replace("+", "\\u002B").replace('"', "\\u0022"),
        SECRET.replace("/", "\\/"),
        SECRET.encode("ascii", "xmlcharrefreplace").decode(),
    ],
)
def test_each_form_of_a_secret_is_replaced(form: str) -> None:
    assert Redactor([SECRET]).text(f"before {form} after") == f"before {MARKER} after"


@pytest.mark.parametrize("before", ["", "u", "us", "use", "user:"])
@pytest.mark.parametrize("after", ["", "!", "!!", "!!!"])
def test_base64_of_longer_text_does_not_give_the_secret_away(before: str, after: str) -> None:
    secret = "correct horse battery"
    encoded = base64.b64encode(f"{before}{secret}{after}".encode()).decode()
    clean = Redactor([secret]).text(f"Authorization: Basic {encoded}")
    assert MARKER in clean
    for piece in clean.replace("Authorization: Basic ", "").split(MARKER):
        assert len(piece) <= 12


@given(SECRETS, st.sampled_from([html.escape, quote, quote_plus, lambda text: json.dumps(text)[1:-1]]))
def test_whatever_writes_a_secret_down_does_not_give_it_away(secret: str, writes: Callable[[str], str]) -> None:
    assert Redactor([secret]).text(writes(secret)) == MARKER


def test_overlapping_secrets_leave_no_rest() -> None:
    assert Redactor(["abcdef", "defghi"]).text("xabcdefghix") == f"x{MARKER}x"


def test_json_is_redacted_in_keys_values_and_numbers_at_any_depth() -> None:
    value = {"abc-key": [{"n": 12345, "m": 123456, "t": True}], "s": "x abc-key y", "z": None, "t": ("abc-key",)}
    assert Redactor(["abc-key", "12345"]).json(value) == {
        MARKER: [{"n": MARKER, "m": 123456, "t": True}],
        "s": f"x {MARKER} y",
        "z": None,
        "t": [MARKER],
    }


def test_without_secrets_everything_stays() -> None:
    value = {"a": ["b"]}
    assert Redactor(["", None]).json(value) is value
    assert Redactor().text("text") == "text"


def test_a_redactor_shows_no_secret_of_its_own() -> None:
    assert "hunter" not in repr(Redactor(["hunter22"]))


def test_secrets_can_be_added_without_changing_the_first_redactor() -> None:
    first = Redactor(["aaaa1111"])
    assert first.adding("bbbb2222", None).text("aaaa1111 bbbb2222") == f"{MARKER} {MARKER}"
    assert first.text("bbbb2222") == "bbbb2222"


@given(SECRETS, AROUND, AROUND)
def test_no_encoding_of_any_secret_survives(secret: str, before: str, after: str) -> None:
    clean = Redactor([secret])
    raw = secret.encode(errors="surrogatepass")
    forms = [
        secret,
        quote(raw, safe=""),
        quote_plus(raw),
        base64.b64encode(raw).decode(),
        base64.urlsafe_b64encode(raw).decode(),
        json.dumps(secret)[1:-1],
    ]
    for form in forms:
        assert form not in clean.text(before + form + after).replace(MARKER, "\0")


@given(SECRETS, st.recursive(AROUND, lambda inner: st.lists(inner) | st.dictionaries(AROUND, inner), max_leaves=5))
def test_json_documents_that_hold_a_secret_hold_it_no_more(secret: str, value: object) -> None:
    document = {"value": value, "secret": [secret, {"inner": f"x{secret}"}]}
    clean = json.dumps(Redactor([secret]).json(document)).replace(MARKER, "\0")
    assert json.dumps(secret)[1:-1] not in clean


@given(st.text(alphabet="abc ", max_size=30))
def test_text_without_the_secret_is_left_as_it_is(text: str) -> None:
    assert Redactor(["zzzz-9999"]).text(text) == text
