"""What every request meets first: which host it names, and how many may come in a second (ecosystem.md 4)."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from functools import partial
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from runner.errors import ConfigError

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
"""Names of this machine, which are always allowed."""

_WRONG_HOST = 421


class Bucket:
    """Lets ``rate`` requests a second through, and ``burst`` at once. ``elapsed`` gives seconds. Any thread may ask."""

    def __init__(self, rate: float, burst: float, elapsed: Callable[[], float]) -> None:
        self._rate = rate
        self._burst = burst
        self._elapsed = elapsed
        self._left = burst
        self._seen = elapsed()
        self._lock = threading.Lock()

    def wait(self) -> float:
        """0 when the request may pass, and is counted; else the seconds until one may."""
        with self._lock:
            now = self._elapsed()
            self._left = min(self._burst, self._left + (now - self._seen) * self._rate)
            self._seen = now
            if self._left < 1:
                return (1 - self._left) / self._rate
            self._left -= 1
            return 0.0


class Buckets:
    """A ``Bucket`` for each name, of those seen last. Any thread may ask."""

    def __init__(self, rate: float, burst: float, elapsed: Callable[[], float], *, most: int = 1000) -> None:
        self._new: Callable[[], Bucket] = partial(Bucket, rate, burst, elapsed)
        self._most = most
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, name: str) -> float:
        """As ``Bucket.wait``, for ``name``."""
        with self._lock:
            bucket = self._buckets.pop(name, None) or self._new()
            self._buckets[name] = bucket
            if len(self._buckets) > self._most:
                self._buckets.popitem(last=False)
        return bucket.wait()


class Guard:
    """Answers 421 to a host name that is not allowed, 429 with ``Retry-After`` to more than ``bucket`` lets through.

    The list of hosts keeps web pages from reaching this machine under a name of theirs (DNS rebinding). ``refused`` is
    told the reason of each refusal.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: Iterable[str],
        bucket: Bucket | None = None,
        refused: Callable[[str], None] = lambda reason: None,
    ) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in (*LOOPBACK, *hosts))
        self._bucket = bucket
        self._refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if host_name(Headers(scope=scope).get("host", "")) not in self._hosts:
            self._refused("host")
            answer = PlainTextResponse("this host name is not allowed here\n", status_code=_WRONG_HOST)
            await answer(scope, receive, send)
            return
        seconds = self._bucket.wait() if self._bucket is not None else 0.0
        if seconds > 0:
            self._refused("rate")
            retry = {"Retry-After": str(math.ceil(seconds))}
            await PlainTextResponse("too many requests\n", status_code=429, headers=retry)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def host_name(header: str) -> str:
    """The host of a ``Host`` header in lower case, without its port: ``[::1]:80`` is ``[::1]``."""
    text = header.strip().lower()
    if text.startswith("["):
        return text.partition("]")[0] + "]"
    return text.partition(":")[0]


def public_host(url: str) -> str:
    """The host of a public address; ``ConfigError`` for what is none."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https") or parts.query or parts.fragment:
        raise ConfigError(
            f'"{url}" is not an address to reach this machine by',
            code="config.url",
            hint="write it as https://hooks.example.com, without a query",
        )
    return f"[{host}]" if ":" in host else host
