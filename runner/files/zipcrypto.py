"""Writes ZIP archives with the traditional password protection, PKWARE's APPNOTE 6.1: every unzip program reads it.

Libraries that are kept write AES only, which Windows and Python's own ``zipfile`` cannot read (actions.md 2). The
protection is weak by today's measure, and the file names stay readable.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_ENCRYPTED_UTF8 = 0x0001 | 0x0800
_VERSION = 20
_DEFLATED = 8
_ON_UNIX = 3 << 8
_PLAIN_FILE = 0o100644 << 16
_HEADER = 12
_KEYS = (0x12345678, 0x23456789, 0x34567890)


def _crc_table() -> tuple[int, ...]:
    table = []
    for number in range(256):
        value = number
        for _ in range(8):
            value = value >> 1 ^ (0xEDB88320 if value & 1 else 0)
        table.append(value)
    return tuple(table)


_CRC = _crc_table()


class _Entry(NamedTuple):
    """What the directory at the end says of a file."""

    name: bytes
    moment: tuple[int, int]
    crc: int
    packed: int
    size: int
    offset: int


class ProtectedZip:
    """An archive whose files all have the same ``password``. ``entropy`` gives random bytes, ``moment`` is their date.

    ``data`` is what has been written so far; the archive is complete after ``finish``.
    """

    def __init__(self, password: bytes, moment: datetime, entropy: Callable[[int], bytes]) -> None:
        self._password = password
        self._moment = _dos_time(moment)
        self._entropy = entropy
        self._entries: list[_Entry] = []
        self.data = bytearray()

    def add(self, name: str, content: bytes) -> None:
        """Append a file."""
        crc = zlib.crc32(content)
        packer = zlib.compressobj(wbits=-15)
        packed = packer.compress(content) + packer.flush()
        # The last byte before the content lets programs see a wrong password.
        head = self._entropy(_HEADER - 1) + bytes([crc >> 24])
        entry = _Entry(name.encode(), self._moment, crc, len(packed) + _HEADER, len(content), len(self.data))
        self._entries.append(entry)
        fields = (_VERSION, _ENCRYPTED_UTF8, _DEFLATED, *entry.moment, crc, entry.packed, entry.size)
        self.data += _LOCAL.pack(b"PK\x03\x04", *fields, len(entry.name), 0) + entry.name
        self.data += encrypted(head + packed, self._password)

    def finish(self) -> bytes:
        """The whole archive."""
        start = len(self.data)
        for entry in self._entries:
            fields = (_VERSION, _ENCRYPTED_UTF8, _DEFLATED, *entry.moment, entry.crc, entry.packed, entry.size)
            more = (len(entry.name), 0, 0, 0, 0, _PLAIN_FILE, entry.offset)
            self.data += _CENTRAL.pack(b"PK\x01\x02", _ON_UNIX | _VERSION, *fields, *more) + entry.name
        count = len(self._entries)
        self.data += _END.pack(b"PK\x05\x06", 0, 0, count, count, len(self.data) - start, start, 0)
        return bytes(self.data)


def encrypted(content: bytes, password: bytes) -> bytes:
    """``content``, its 12 bytes of header included, under the traditional cipher."""
    table = _CRC
    one, two, three = _KEYS
    for byte in password:
        one = one >> 8 ^ table[(one ^ byte) & 255]
        two = ((two + (one & 255)) * 134775813 + 1) & 0xFFFFFFFF
        three = three >> 8 ^ table[(three ^ two >> 24) & 255]
    result = bytearray(len(content))
    # One loop without calls: twenty megabytes take ten seconds as it is.
    for place, byte in enumerate(content):
        key = three | 2
        result[place] = byte ^ (key * (key ^ 1) >> 8 & 255)
        one = one >> 8 ^ table[(one ^ byte) & 255]
        two = ((two + (one & 255)) * 134775813 + 1) & 0xFFFFFFFF
        three = three >> 8 ^ table[(three ^ two >> 24) & 255]
    return bytes(result)


def _dos_time(moment: datetime) -> tuple[int, int]:
    """(time, date) as ZIP has them: in steps of two seconds, from 1980 on."""
    year = max(moment.year, 1980) - 1980
    return (
        moment.hour << 11 | moment.minute << 5 | moment.second // 2,
        year << 9 | moment.month << 5 | moment.day,
    )
