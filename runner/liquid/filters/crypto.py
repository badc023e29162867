"""Filters that hash and sign (liquid.md 3.2).

Signing filters are the one place in a template where a secret's value counts, as key or as input, whole or inside a
text (actions.md 1.9). In previews it does not: there a placeholder signs as the text it is, and as an RSA key gives
bytes that look like a signature and are the same every time, so that nothing shown ever depends on a secret.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import Any, Final

from runner.errors import LiquidError
from runner.liquid.filters.codec import Signature, octets
from runner.liquid.objects.secrets import SecretReference
from runner.liquid.state import RenderState
from runner.liquid.values import Binary, argument_text, truthy
from runner.model.secret import resolve, secret_keys

_STAND_IN_BYTES: Final = 256
"""Length of a signature under the usual key of 2048 bits."""


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


def hmac_sha1(value: Any, key: Any, *, binary: Any = False, state: RenderState) -> str | Binary:
    """HMAC with SHA-1 under ``key``, hexadecimal or a binary string. LiquidError for a nil key."""
    return _hmac("hmac_sha1", value, key, binary, state)


def hmac_sha256(value: Any, key: Any, *, binary: Any = False, state: RenderState) -> str | Binary:
    """HMAC with SHA-256 under ``key``, hexadecimal or a binary string. LiquidError for a nil key."""
    return _hmac("hmac_sha256", value, key, binary, state)


def hmac_sha512(value: Any, key: Any, *, binary: Any = False, state: RenderState) -> str | Binary:
    """HMAC with SHA-512 under ``key``, hexadecimal or a binary string. LiquidError for a nil key."""
    return _hmac("hmac_sha512", value, key, binary, state)


def _hmac(name: str, value: Any, key: Any, binary: Any, state: RenderState) -> str | Binary:
    if key is None:
        raise LiquidError(f"{name}: the key is nil", hint="Is the secret or option that holds the key filled in?")
    raw = hmac.digest(octets(_revealed(key, state)), octets(_revealed(value, state)), name.removeprefix("hmac_"))
    return Binary(raw) if truthy(binary) else raw.hex()


def rsa_sha256(value: Any, key: Any, *, binary: Any = False, state: RenderState) -> str | Binary:
    """PKCS#1 v1.5 signature with SHA-256 under a PEM private key, hexadecimal or a binary string."""
    return _rsa("rsa_sha256", value, key, binary, state)


def rsa_sha512(value: Any, key: Any, *, binary: Any = False, state: RenderState) -> str | Binary:
    """PKCS#1 v1.5 signature with SHA-512 under a PEM private key, hexadecimal or a binary string."""
    return _rsa("rsa_sha512", value, key, binary, state)


def _revealed(value: Any, state: RenderState) -> Any:
    """``value`` with the secrets it stands for or holds; as it is in previews, and where values are not known."""
    if state.preview or not state.secrets.values:
        return value
    if isinstance(value, SecretReference):
        known = state.secrets.values.get(value.key)
        return value if known is None else known
    if isinstance(value, str) and not isinstance(value, Signature):
        return resolve(value, state.secrets, strict=False)
    return value


def _rsa(name: str, value: Any, key: Any, binary: Any, state: RenderState) -> str | Binary:
    pem = argument_text(_revealed(key, state))
    message = octets(_revealed(value, state))
    if secret_keys(pem, state.secrets):
        raw = hashlib.shake_256(f"{name} {pem} ".encode() + message).digest(_STAND_IN_BYTES)
    else:
        raw = _signed(name, message, pem)
    return Binary(raw) if truthy(binary) else Signature(raw)


def _signed(name: str, message: bytes, pem: str) -> bytes:
    try:
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import padding, rsa
    except ImportError as error:
        raise LiquidError(
            f"{name} needs the package cryptography", hint='Install it: pip install "mechanic-runner[crypto]"'
        ) from error
    try:
        private = serialization.load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError) as error:
        # The error's own text may quote the key.
        raise LiquidError(f"{name}: the key is not an unencrypted PEM private key") from error
    if not isinstance(private, rsa.RSAPrivateKey):
        raise LiquidError(f"{name}: the key is a private key, but not an RSA key")
    algorithm = hashes.SHA256() if name == "rsa_sha256" else hashes.SHA512()
    return private.sign(message, padding.PKCS1v15(), algorithm)


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
