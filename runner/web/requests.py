"""Reading what others send: whole, within limits of size and time."""

from __future__ import annotations

import asyncio

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

MAX_BODY = 20 * 1024 * 1024
"""Bytes; the largest payload the engine takes (engine.md 12, row 20)."""
PATIENCE = 30.0
"""Seconds that a sender has for the whole body."""


class Refused(Exception):
    """A request that is not taken. ``reason`` is a word for counts, ``response`` what the sender gets."""

    def __init__(self, reason: str, status: int, words: str) -> None:
        super().__init__(words)
        self.reason = reason
        self.response: Response = PlainTextResponse(words, status_code=status)


async def whole_body(request: Request, *, limit: int = MAX_BODY, patience: float = PATIENCE) -> bytes:
    """The raw body; ``Refused`` when it is larger than ``limit`` bytes, slower than ``patience``, or cut off."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        raise Refused("size", 413, "the body is too large")
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(patience):
            async for chunk in request.stream():
                size += len(chunk)
                if size > limit:
                    raise Refused("size", 413, "the body is too large")
                chunks.append(chunk)
    except ClientDisconnect:
        raise Refused("left", 400, "the sender left") from None
    except TimeoutError:
        raise Refused("slow", 408, "the body took too long") from None
    return b"".join(chunks)


def is_json(request: Request) -> bool:
    """Whether the content type, parameters aside, says JSON."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")
