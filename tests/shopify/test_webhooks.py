"""Deliveries: the signature as Shopify computes it, topic mapping, and the key that tells a repeat."""

from __future__ import annotations

import base64

import pytest

from runner.errors import ShopifyError
from runner.shopify.webhooks import is_signed, read_delivery, signature

HEADERS = {
    "X-Shopify-Topic": "orders/create",
    "X-Shopify-Shop-Domain": "Example.myshopify.com",
    "X-Shopify-Webhook-Id": "w1",
}


def test_the_signature_is_base64_of_hmac_sha256_of_the_raw_body() -> None:
    # RFC 4231, test case 2, in hexadecimal there.
    expected = bytes.fromhex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    assert base64.b64decode(signature(b"what do ya want for nothing?", "Jefe")) == expected


@pytest.mark.parametrize(
    ("given", "secrets", "expected"),
    [
        (signature(b"x", "a"), ["a"], True),
        (signature(b"x", "a"), ["b", "a"], True),
        (signature(b"x", "a"), ["b"], False),
        (signature(b"y", "a"), ["a"], False),
        (signature(b"x", ""), [""], False),
        (None, ["a"], False),
        ("", ["a"], False),
        ("é", ["a"], False),
    ],
)
def test_a_signature_counts_only_under_a_known_secret(given: str | None, secrets: list[str], expected: bool) -> None:
    assert is_signed(b"x", given, secrets) is expected


def test_header_names_count_in_any_case_and_the_shop_in_lower_case() -> None:
    delivery = read_delivery({name.upper(): value for name, value in HEADERS.items()}, b"{}")
    assert (delivery.topic, delivery.shop) == ("shopify/orders/create", "example.myshopify.com")


def test_repeats_share_a_key_and_other_topics_or_shops_do_not() -> None:
    first = read_delivery(HEADERS, b"{}")
    again = read_delivery(HEADERS, b'{"late": true}')
    topic = read_delivery(HEADERS | {"X-Shopify-Topic": "orders/paid"}, b"{}")
    shop = read_delivery(HEADERS | {"X-Shopify-Shop-Domain": "b.myshopify.com"}, b"{}")
    assert first.dedupe_key == again.dedupe_key
    assert len({first.dedupe_key, topic.dedupe_key, shop.dedupe_key}) == 3


@pytest.mark.parametrize("name", HEADERS)
def test_a_missing_header_is_named(name: str) -> None:
    with pytest.raises(ShopifyError, match=name):
        read_delivery({key: value for key, value in HEADERS.items() if key != name}, b"{}")


@pytest.mark.parametrize(
    ("body", "data", "sound"),
    [
        (b"null", None, True),
        (b'{"a": [1, "\xc3\xbc"]}', {"a": [1, "ü"]}, True),
        (b"[" * 100 + b"]" * 100, None, True),
        (b"", "", False),
        (b"<html>", "<html>", False),
        (b"\xff", "\N{REPLACEMENT CHARACTER}", False),
        (b"[" * 300 + b"]" * 300, "[" * 300 + "]" * 300, False),
        (b"[" * 90000, "[" * 90000, False),
        (b"9" * 5000, "9" * 5000, False),
    ],
    ids=["null", "an object", "deep", "nothing", "a page", "no text", "too deep", "far too deep", "a huge number"],
)
def test_a_body_that_is_no_json_is_kept_as_text(body: bytes, data: object, sound: bool) -> None:
    event, read = read_delivery(HEADERS, body).read()
    assert read is sound
    if data is not None:
        assert event.data == data
