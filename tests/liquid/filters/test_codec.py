"""Filters that encode, hash and sign (liquid.md 3.1, 3.2)."""

from __future__ import annotations

import base64
import gzip
import sys

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from hypothesis import given
from hypothesis import strategies as st

from runner.errors import LimitError, LiquidError
from runner.liquid.filters.arguments import MAX_TEXT
from runner.liquid.values import Binary
from tests.liquid.filters.cases import Case, Fails, apply, check

BYTES = Binary(b"\x00\xff\xfe")

CASES = [
    Case("UTF-8", "base64_encode", "é", (), "w6k="),
    Case("an integer", "base64_encode", 12, (), "MTI="),
    Case("a binary string", "base64_encode", BYTES, (), "AP/+"),
    Case("nil", "base64_encode", None, (), ""),
    Case("on one line", "base64_encode", "x" * 100, (), base64.b64encode(b"x" * 100).decode()),
    Case("UTF-8", "base64_decode", "w6k=", (), "é"),
    Case("bad bytes are replaced", "base64_decode", "AP/+", (), "\x00\ufffd\ufffd"),
    Case("bytes when asked", "base64_decode", "AP/+", (), BYTES, {"force_utf8": False}),
    Case("nil", "base64_decode", None, (), ""),
    Case("no padding", "base64_decode", "w6k", (), Fails("base64_decode")),
    Case("a foreign character", "base64_decode", "w6k!", (), Fails('"w6k!"')),
    Case("the other alphabet", "base64_decode", "AP_-", (), Fails("base64_decode")),
    Case("hyphen and underscore", "base64_url_safe_encode", BYTES, (), "AP_-"),
    Case("padding kept", "base64_url_safe_encode", "é", (), "w6k="),
    Case("nil", "base64_url_safe_encode", None, (), ""),
    Case("hyphen and underscore", "base64_url_safe_decode", "AP_-", (), BYTES, {"force_utf8": False}),
    Case("padding may be missing", "base64_url_safe_decode", "w6k", (), "é"),
    Case("the other alphabet", "base64_url_safe_decode", "AP/+", (), Fails("base64_url_safe_decode")),
    Case("nil", "base64_url_safe_decode", None, (), ""),
    Case("deprecated name", "base64", "é", (), "w6k="),
    Case("deprecated name", "decode_base64", "AP/+", (), BYTES, {"force_utf8": False}),
    Case("deprecated name", "base64url", BYTES, (), "AP_-"),
    Case("deprecated name", "decode_base64url", "w6k", (), "é"),
    Case("form encoding", "url_encode", "a b&é/~", (), "a+b%26%C3%A9%2F~"),
    Case("nil stays nil", "url_encode", None, (), None),
    Case("an integer", "url_encode", 5, (), "5"),
    Case("plus and percent", "url_decode", "a+b%26%C3%A9", (), "a b&é"),
    Case("a bad escape stays", "url_decode", "100%zz%", (), "100%zz%"),
    Case("not UTF-8", "url_decode", "%ff", (), Fails("UTF-8")),
    Case("nil stays nil", "url_decode", None, (), None),
    Case("also & = ? / +", "url_param_escape", "a&b=c?d/e+f g", (), "a%26b%3Dc%3Fd%2Fe%2Bf%20g"),
    Case("nil", "url_param_escape", None, (), ""),
    Case("reserved ones stay", "url_escape", "<p>a & b?c=d/e+f</p>", (), "%3Cp%3Ea%20&%20b?c=d/e+f%3C/p%3E"),
    Case("nil", "url_escape", None, (), ""),
    Case("not gzip data", "gunzip", "hello", (), Fails("gzip")),
    Case("nil is not gzip data", "gunzip", None, (), Fails("gzip")),
    Case("the digest of the empty text", "md5", None, (), "d41d8cd98f00b204e9800998ecf8427e"),
    Case("UTF-8", "md5", "é", (), "66ddcd97cfdeabb2f6fb8a999b4bc76f"),
    Case("a list is inspected", "md5", [1], (), "35dba5d75538a9bbe0b4da4422759a0e"),
    Case("the empty text", "sha1", "", (), "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
    Case("text", "sha256", "abc", (), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    Case("bytes", "sha256", Binary(b"abc"), (), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    Case(
        "RFC 4231, case 2",
        "hmac_sha256",
        "what do ya want for nothing?",
        ("Jefe",),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ),
    Case(
        "RFC 2202, case 2",
        "hmac_sha1",
        "what do ya want for nothing?",
        ("Jefe",),
        "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
    ),
    Case("a nil key", "hmac_sha256", "a", (None,), Fails("nil")),
    Case("a nil key", "rsa_sha256", "a", (None,), Fails("PEM")),
    Case("a bad key is not shown", "rsa_sha512", "a", ("-----BEGIN PRIVATE KEY-----\nhush",), Fails("PEM")),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_coding_filter_gives_what_the_specification_says(case: Case) -> None:
    check(case)


@given(st.text())
def test_base64_reads_back_as_the_same_text(text: str) -> None:
    text = text.encode(errors="replace").decode()
    assert apply("base64_decode", apply("base64_encode", text)) == text
    assert apply("base64_url_safe_decode", apply("base64_url_safe_encode", text).rstrip("=")) == text


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_url_encoding_reads_back_as_the_same_text(text: str) -> None:
    assert apply("url_decode", apply("url_encode", text)) == text


@given(st.binary())
def test_gzip_reads_back_as_the_same_bytes(raw: bytes) -> None:
    packed = apply("gzip", Binary(raw))
    assert isinstance(packed, Binary)
    assert gzip.decompress(packed) == raw
    assert apply("gunzip", packed, force_utf8=False) == Binary(raw)


def test_gunzip_gives_text_with_bad_bytes_replaced() -> None:
    assert apply("gunzip", Binary(gzip.compress("é".encode() + b"\xff"))) == "é\ufffd"


def test_gunzip_refuses_cut_data_and_bombs() -> None:
    packed = gzip.compress(b"x" * 1000)
    with pytest.raises(LiquidError, match="early"):
        apply("gunzip", Binary(packed[:-4]))
    with pytest.raises(LimitError, match="unpacks"):
        apply("gunzip", Binary(gzip.compress(b"0" * (MAX_TEXT + 10))))


def test_signing_with_bytes_takes_the_bytes_as_key() -> None:
    first = apply("hmac_sha256", "2026", Binary(b"key"), binary=True)
    assert isinstance(first, Binary)
    assert apply("hmac_sha256", "a", first) != apply("hmac_sha256", "a", first.hex())
    assert len(apply("hmac_sha512", "a", first)) == 128


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


@pytest.mark.parametrize(("name", "algorithm"), [("rsa_sha256", hashes.SHA256()), ("rsa_sha512", hashes.SHA512())])
def test_an_rsa_signature_is_hexadecimal_or_bytes_and_verifies(
    key: rsa.RSAPrivateKey, name: str, algorithm: hashes.HashAlgorithm
) -> None:
    signature = apply(name, "é", pem(key))
    key.public_key().verify(bytes.fromhex(signature), "é".encode(), padding.PKCS1v15(), algorithm)
    assert apply(name, "é", pem(key), binary=True).hex() == signature


def test_a_signature_piped_to_base64_encodes_its_bytes(key: rsa.RSAPrivateKey) -> None:
    signature = apply("rsa_sha256", "a", pem(key))
    assert base64.b64decode(apply("base64_encode", signature)) == bytes.fromhex(signature)


def test_an_error_about_a_key_does_not_show_it() -> None:
    with pytest.raises(LiquidError) as caught:
        apply("rsa_sha256", "a", "top-secret")
    assert "top-secret" not in str(caught.value)


def test_rsa_without_its_package_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives", None)
    with pytest.raises(LiquidError) as caught:
        apply("rsa_sha256", "a", "key")
    assert "mechanic-runner[crypto]" in (caught.value.hint or "")


def test_a_key_of_another_kind_is_refused() -> None:
    from cryptography.hazmat.primitives.asymmetric import ec

    other = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with pytest.raises(LiquidError, match="not an RSA key"):
        apply("rsa_sha256", "a", other.decode())
