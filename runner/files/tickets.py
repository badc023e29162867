"""The secret part of a file's address: which object, until when, and a signature over both and the name."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime

_ID, _TIME, _KIND, _SIGNATURE = 16, 5, 1, 16
_SIZE = _ID + _TIME + _KIND + _SIGNATURE
_LENGTH = 51
KINDS = ("application/octet-stream", "text/plain", "application/pdf", "application/zip")
"""What generators make, their order part of addresses that are out there."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """``object_id`` names the object; ``mime`` is one of ``KINDS``, for a name that tells nothing."""

    object_id: bytes
    expires_at: datetime
    mime: str = "application/octet-stream"

    def signed(self, key: bytes, name: str) -> str:
        """The text for an address, signed with ``key`` for ``name``: 51 letters, digits, - and _."""
        body = (
            self.object_id + int(self.expires_at.timestamp()).to_bytes(_TIME, "big") + bytes([KINDS.index(self.mime)])
        )
        return base64.urlsafe_b64encode(body + _signature(key, body, name)).decode().rstrip("=")


def read_ticket(text: str, key: bytes, name: str) -> Ticket | None:
    """The ticket in ``text``; None when it was not signed with ``key`` for ``name``. It may have expired."""
    if len(text) != _LENGTH:
        return None
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    if len(data) != _SIZE:
        return None
    body, given = data[:-_SIGNATURE], data[-_SIGNATURE:]
    if not hmac.compare_digest(given, _signature(key, body, name)):
        return None
    seconds = int.from_bytes(body[_ID : _ID + _TIME], "big")
    return Ticket(body[:_ID], datetime.fromtimestamp(seconds, UTC), KINDS[body[-1]])


def _signature(key: bytes, body: bytes, name: str) -> bytes:
    signed = b"address\0" + body + name.encode("utf-8", "replace")
    return hmac.digest(key, signed, hashlib.sha256)[:_SIGNATURE]
