"""The key of a service account that exists nowhere; what reads its signatures."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from functools import cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

EMAIL = "robot@project.iam.gserviceaccount.com"


@cache
def private_key() -> rsa.RSAPrivateKey:
    """Made once a process."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def key() -> Mapping[str, str]:
    """What accounts keep of a key file of Google's."""
    text = private_key().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return {
        "client_email": EMAIL,
        "private_key": text.decode(),
        "private_key_id": "key-1",
        "token_uri": "https://oauth2.googleapis.com/token",
    }


def public_key() -> bytes:
    """The other half, as PEM."""
    return (
        private_key()
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )


def unpadded(text: str) -> bytes:
    """What base64 for URLs without padding holds."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
