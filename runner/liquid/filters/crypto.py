"""Filters that hash and sign (liquid.md 3.2)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

from runner.errors import LiquidError
from runner.liquid.filters.codec import Signature, octets
from runner.liquid.values import Binary, argument_text, truthy


def md5(value: Any) -> str:
    """Lower-case hexadecimal MD5 of the UTF-8 bytes; nil as an empty text."""
    return hashlib.md5(octets(value), usedforsecurity=False).hexdigest()


def sha1(value: Any) -> str:
    """Lower-case hexadecimal SHA-1."""
    return hashlib.sha1(octets(value), usedforsecurity=False).hexdigest()


def sha256(value: Any) -> str:
    """Lower-case hexadecimal SHA-256."""
    return hashlib.sha256(octets(value)).hexdigest()


def sha512(value: Any) -> str:
    """Lower-case hexadecimal SHA-512."""
    return hashlib.sha512(octets(value)).hexdigest()


def hmac_sha1(value: Any, key: Any, *, binary: Any = False) -> str | Binary:
    """HMAC with SHA-1 under ``key``, hexadecimal or a binary string. LiquidError for a nil key."""
    return _hmac("hmac_sha1", value, key, binary)


def hmac_sha256(value: Any, key: Any, *, binary: Any = False) -> str | Binary:
    """HMAC with SHA-256 under ``key``, hexadecimal or a binary string. LiquidError for a nil key."""
    return _hmac("hmac_sha256", value, key, binary)


def hmac_sha512(value: Any, key: Any, *, binary: Any = False) -> str | Binary:
    """HMAC with SHA-512 under ``key``, hexadecimal or a binary string. LiquidError for a nil key."""
    return _hmac("hmac_sha512", value, key, binary)


def _hmac(name: str, value: Any, key: Any, binary: Any) -> str | Binary:
    if key is None:
        raise LiquidError(f"{name}: the key is nil", hint="Is the secret or option that holds the key filled in?")
    raw = hmac.digest(octets(key), octets(value), name.removeprefix("hmac_"))
    return Binary(raw) if truthy(binary) else raw.hex()


def rsa_sha256(value: Any, key: Any, *, binary: Any = False) -> str | Binary:
    """PKCS#1 v1.5 signature with SHA-256 under a PEM private key, hexadecimal or a binary string."""
    return _rsa("rsa_sha256", value, key, binary)


def rsa_sha512(value: Any, key: Any, *, binary: Any = False) -> str | Binary:
    """PKCS#1 v1.5 signature with SHA-512 under a PEM private key, hexadecimal or a binary string."""
    return _rsa("rsa_sha512", value, key, binary)


def _rsa(name: str, value: Any, key: Any, binary: Any) -> str | Binary:
    try:
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import padding, rsa
    except ImportError as error:
        raise LiquidError(
            f"{name} needs the package cryptography", hint='Install it: pip install "mechanic-runner[crypto]"'
        ) from error
    try:
        private = serialization.load_pem_private_key(argument_text(key).encode(), password=None)
    except (ValueError, TypeError) as error:
        # The error's own text may quote the key.
        raise LiquidError(f"{name}: the key is not an unencrypted PEM private key") from error
    if not isinstance(private, rsa.RSAPrivateKey):
        raise LiquidError(f"{name}: the key is a private key, but not an RSA key")
    algorithm = hashes.SHA256() if name == "rsa_sha256" else hashes.SHA512()
    raw = private.sign(octets(value), padding.PKCS1v15(), algorithm)
    return Binary(raw) if truthy(binary) else Signature(raw)


FILTERS: dict[str, Callable[..., Any]] = {
    "hmac_sha1": hmac_sha1,
    "hmac_sha256": hmac_sha256,
    "hmac_sha512": hmac_sha512,
    "md5": md5,
    "rsa_sha256": rsa_sha256,
    "rsa_sha512": rsa_sha512,
    "sha1": sha1,
    "sha256": sha256,
    "sha512": sha512,
}
