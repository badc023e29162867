"""Reading what others send: whole, within limits of size and time."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

MAX_BODY = 20 * 1024 * 1024
"""Bytes; the largest payload the engine takes (engine.md 12, row 20)."""
PATIENCE = 30.0
"""Seconds that a sender has for the whole body."""
ROOM = 256 * 1024 * 1024
"""Bytes of all bodies that are being received or worked on at once."""
RETRY_AFTER = 10.0
"""Seconds after which to try again what could not be taken for a reason that passes."""


class Refused(Exception):
    """A request that is not taken. ``reason`` is a word for counts, ``response`` what the sender gets.

    ``again`` are the seconds after which the sender should try it again.
    """

    def __init__(self, reason: str, status: int, words: str, *, again: float | None = None) -> None:
        super().__init__(words)
        self.reason = reason
        headers = {} if again is None else {"Retry-After": str(math.ceil(again))}
        self.response: Response = PlainTextResponse(words + "\n", status_code=status, headers=headers)


class Room:
    """The memory that all bodies being received may take together, in bytes. For one event loop."""

    def __init__(self, size: int = ROOM) -> None:
        self._left = size

    def take(self, size: int) -> None:
        """Take ``size`` bytes; ``Refused`` when there is no room for them now."""
        if size > self._left:
            raise Refused("busy", 503, "too much is being received at once", again=RETRY_AFTER)
        self._left -= size

    def give(self, size: int) -> None:
        """Give ``size`` bytes back."""
        self._left += size


@asynccontextmanager
async def whole_body(
    request: Request, room: Room, *, limit: int = MAX_BODY, patience: float = PATIENCE
) -> AsyncIterator[bytes]:
    """The raw body, which takes ``room`` as long as the block lasts.

    ``Refused`` when it is larger than ``limit`` bytes, slower than ``patience``, cut off, or there is no room for it.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        raise Refused("size", 413, "the body is too large")
    chunks: list[bytes] = []
    size = 0
    try:
        try:
            async with asyncio.timeout(patience):
                async for chunk in request.stream():
                    room.take(len(chunk))
                    size += len(chunk)
                    if size > limit:
                        raise Refused("size", 413, "the body is too large")
                    chunks.append(chunk)
        except ClientDisconnect:
            raise Refused("left", 400, "the sender left") from None
        except TimeoutError:
            raise Refused("slow", 408, "the body took too long") from None
        yield b"".join(chunks)
    finally:
        room.give(size)


def is_json(request: Request) -> bool:
    """Whether the content type, parameters aside, says JSON."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")
