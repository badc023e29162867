"""Filters that encode and decode: base64, URLs, gzip (liquid.md 3.1, 3.2)."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote, quote_plus, unquote_to_bytes

from runner.errors import LiquidError
from runner.liquid.limits import MAX_TEXT, too_large
from runner.liquid.values import Binary, argument_text, shown, truthy
from runner.model.json import without_surrogates


class Signature(str):
    """A hexadecimal text that remembers the bytes it stands for, so that piping it to base64 encodes those bytes."""

    raw: bytes

    def __new__(cls, raw: bytes) -> Signature:
        signature = super().__new__(cls, raw.hex())
        signature.raw = raw
        return signature


def octets(value: Any) -> bytes:
    """The bytes of a binary string, of a signature, or of a text as UTF-8."""
    if isinstance(value, Binary):
        return bytes(value)
    return value.raw if isinstance(value, Signature) else without_surrogates(argument_text(value)).encode()


def decoded(raw: bytes, force_utf8: Any) -> str | Binary:
    """``raw`` as text with invalid bytes replaced, or as a binary string when ``force_utf8`` is false."""
    return raw.decode(errors="replace") if truthy(force_utf8) else Binary(raw)


def base64_encode(value: Any) -> str:
    """Standard base64 with padding, on one line."""
    return base64.b64encode(octets(value)).decode("ascii")


def base64_decode(value: Any, *, force_utf8: Any = True) -> str | Binary:
    """What standard base64 stands for. LiquidError for anything else."""
    try:
        return decoded(base64.b64decode(octets(value), validate=True), force_utf8)
    except (binascii.Error, ValueError) as error:
        raise LiquidError(f"base64_decode: {shown(value)} is not base64: {error}") from error


def base64_url_safe_encode(value: Any) -> str:
    """Base64 of the alphabet with ``-`` and ``_``, padding kept."""
    return base64.urlsafe_b64encode(octets(value)).decode("ascii")


def base64_url_safe_decode(value: Any, *, force_utf8: Any = True) -> str | Binary:
    """What URL-safe base64 stands for; its padding may be missing. LiquidError for anything else."""
    encoded = octets(value)
    try:
        standard = encoded.translate(_TO_STANDARD) + b"=" * (-len(encoded) % 4)
        return decoded(base64.b64decode(standard, validate=True), force_utf8)
    except (binascii.Error, ValueError) as error:
        raise LiquidError(f"base64_url_safe_decode: {shown(value)} is not URL-safe base64: {error}") from error


# "+" and "/" belong to the other alphabet: turned into characters that are in neither.
_TO_STANDARD: Final = bytes.maketrans(b"-_+/", b"+/!!")


def url_encode(value: Any) -> str | None:
    """Form encoding, space as ``+``; nil stays nil."""
    return None if value is None else quote_plus(argument_text(value), safe="", errors="replace")


def url_decode(value: Any) -> str | None:
    """The reverse of ``url_encode``; a bad ``%zz`` stays. LiquidError when the bytes are not UTF-8."""
    if value is None:
        return None
    try:
        return unquote_to_bytes(argument_text(value).replace("+", " ")).decode()
    except UnicodeDecodeError as error:
        raise LiquidError(f"url_decode: {shown(value)} does not stand for UTF-8 text") from error


def url_escape(value: Any) -> str:
    """Percent encoding of what no URL may hold, space as ``%20``; ``& = ? / +`` stay."""
    return quote(argument_text(value), safe="-_.!~*'();/?:@&=+$,[]", errors="replace")


def url_param_escape(value: Any) -> str:
    """Percent encoding of a value in a query string: also ``& = ? / +``."""
    return quote(argument_text(value), safe="", errors="replace")


def gzip(value: Any) -> Binary:
    """The compressed bytes as a binary string, the same for the same input."""
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return Binary(packer.compress(octets(value)) + packer.flush())


def gunzip(value: Any, *, force_utf8: Any = True) -> str | Binary:
    """What gzip data holds. LiquidError for other data, LimitError when it would unpack to too much."""
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        raw = unpacker.decompress(octets(value), MAX_TEXT + 1)
    except zlib.error as error:
        raise LiquidError(f"gunzip: the input is not gzip data: {error}") from error
    if len(raw) > MAX_TEXT:
        raise too_large(f"gunzip: the input unpacks to more than {MAX_TEXT:,} bytes")
    if not unpacker.eof:
        raise LiquidError("gunzip: the gzip data ends too early")
    return decoded(raw, force_utf8)


FILTERS: dict[str, Callable[..., Any]] = {
    "base64_decode": base64_decode,
    "base64_encode": base64_encode,
    "base64_url_safe_decode": base64_url_safe_decode,
    "base64_url_safe_encode": base64_url_safe_encode,
    "gunzip": gunzip,
    "gzip": gzip,
    "url_decode": url_decode,
    "url_encode": url_encode,
    "url_escape": url_escape,
    "url_param_escape": url_param_escape,
}
