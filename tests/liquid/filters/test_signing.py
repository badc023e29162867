"""Signing with secrets: the one place where their values count in a template (actions.md 1.9, liquid.md 5.1)."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from runner.errors import LiquidError
from runner.liquid.filters.codec import Signature
from runner.liquid.objects.secrets import secret_reference
from runner.liquid.state import RenderState
from runner.liquid.values import Binary
from runner.model.secret import Secrets
from tests.liquid.filters.cases import NOW, apply

HMACS = ["sha1", "sha256", "sha512"]


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def secrets(key: rsa.RSAPrivateKey) -> Secrets:
    form = serialization.PrivateFormat.PKCS8
    pem = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()
    return Secrets({"k": "clé", "pem": pem, "unknown": None}, salt="s")


def state(secrets: Secrets, *, preview: bool = False) -> RenderState:
    return RenderState(now=NOW, secrets=secrets, preview=preview)


def digest(algorithm: str, key: str, value: str) -> str:
    return hmac.new(key.encode(), value.encode(), algorithm).hexdigest()


@pytest.mark.parametrize("algorithm", HMACS)
def test_a_known_secret_is_the_key_by_its_value(algorithm: str, secrets: Secrets) -> None:
    reference = secret_reference("k", secrets)
    signed = apply(f"hmac_{algorithm}", "text", reference, render=state(secrets))
    assert signed == digest(algorithm, "clé", "text")
    raw = apply(f"hmac_{algorithm}", "text", reference, binary=True, render=state(secrets))
    assert raw == Binary(bytes.fromhex(signed))


def test_a_secret_counts_by_its_value_inside_a_text_as_key_and_as_input(secrets: Secrets) -> None:
    reference = secret_reference("k", secrets)
    text = f"id:{reference.placeholder}"  # type: ignore[union-attr]
    assert apply("hmac_sha256", "x", text, render=state(secrets)) == digest("sha256", "id:clé", "x")
    assert apply("hmac_sha256", text, "key", render=state(secrets)) == digest("sha256", "key", "id:clé")
    assert apply("hmac_sha256", reference, reference, render=state(secrets)) == digest("sha256", "clé", "clé")


@pytest.mark.parametrize(("name", "preview"), [("k", True), ("unknown", True), ("unknown", False)])
def test_in_previews_and_without_a_value_the_placeholder_signs(name: str, preview: bool, secrets: Secrets) -> None:
    reference = secret_reference(name, secrets)
    signed = apply("hmac_sha256", "text", reference, render=state(secrets, preview=preview))
    assert signed == digest("sha256", secrets.placeholder(name), "text")


def test_a_placeholder_from_outside_is_no_secret(secrets: Secrets) -> None:
    forged = Secrets({}).placeholder("k")
    assert apply("hmac_sha256", forged, "key", render=state(secrets)) == digest("sha256", "key", forged)


def test_a_missing_secret_is_a_nil_key(secrets: Secrets) -> None:
    with pytest.raises(LiquidError, match="nil"):
        apply("hmac_sha256", "text", secret_reference("missing", secrets), render=state(secrets))


@pytest.mark.parametrize(("name", "algorithm"), [("rsa_sha256", hashes.SHA256()), ("rsa_sha512", hashes.SHA512())])
def test_a_known_pem_signs(name: str, algorithm: Any, key: rsa.RSAPrivateKey, secrets: Secrets) -> None:
    signed = apply(name, "text", secret_reference("pem", secrets), render=state(secrets))
    assert isinstance(signed, Signature)
    key.public_key().verify(signed.raw, b"text", padding.PKCS1v15(), algorithm)


@pytest.mark.parametrize(("name", "preview"), [("pem", True), ("unknown", False)])
def test_a_pem_that_does_not_count_gives_a_stand_in_that_never_changes(
    name: str, preview: bool, secrets: Secrets
) -> None:
    reference = secret_reference(name, secrets)
    render = state(secrets, preview=preview)
    signed = apply("rsa_sha256", "text", reference, render=render)
    assert len(signed.raw) == 256
    expected = hashlib.shake_256(f"rsa_sha256 {secrets.placeholder(name)} text".encode()).digest(256)
    assert signed.raw == expected
    assert apply("rsa_sha256", "text", reference, render=render, binary=True) == Binary(expected)
    assert apply("rsa_sha512", "text", reference, render=render) != signed
    assert apply("rsa_sha256", "text2", reference, render=render) != signed


def test_a_secret_that_is_no_pem_is_not_shown(secrets: Secrets) -> None:
    with pytest.raises(LiquidError) as caught:
        apply("rsa_sha256", "text", secret_reference("k", secrets), render=state(secrets))
    assert "clé" not in str(caught.value)


@pytest.mark.parametrize("name", ["md5", "sha1", "sha256", "sha512"])
def test_digests_see_the_placeholder_only(name: str, secrets: Secrets) -> None:
    shown = apply(name, secret_reference("k", secrets), render=state(secrets))
    assert shown == hashlib.new(name, secrets.placeholder("k").encode()).hexdigest()
