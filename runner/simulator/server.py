"""Serves a simulated shop: in a thread for tests and the demo, in the foreground for the command line.

::

    with simulator("prints") as shop:
        httpx.post(f"{shop.url}/admin/api/2026-04/graphql.json", headers={"X-Shopify-Access-Token": shop.token}, …)
        shop.do("sell", sku="HD-OAK", location="Workshop")
"""

from __future__ import annotations

import asyncio
import gc
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from runner.clock import SystemClock
from runner.errors import ConfigError
from runner.shopify.schema import DEFAULT_VERSION
from runner.simulator.app import ABORT, make_app
from runner.simulator.control import Control
from runner.simulator.courier import Courier
from runner.simulator.seed import Seed, Seeds, no_collection
from runner.simulator.shop import Options, SimulatedShop

START_TIMEOUT = 10.0
STOP_TIMEOUT = 1
"""Whole seconds that connections have to end before they are cut."""
SeedSource = str | Path | Mapping[str, Any] | Seed


class _Protocol(H11Protocol):
    """Tells the application how to cut the connection it answers on."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        inner = self.app

        def abort(*, flush: bool) -> None:
            if flush:
                transport.close()
            else:
                transport.abort()

        async def application(scope: Any, receive: Any, send: Any) -> None:
            scope.setdefault("extensions", {})[ABORT] = abort
            await inner(scope, receive, send)

        self.app = application


class RunningShop(Control):
    """A shop being served. ``url`` has no slash at its end; the rest of what it can do is ``Control``."""

    def __init__(self, shop: SimulatedShop, host: str, port: int, seeds: Seeds | None = None) -> None:
        super().__init__(shop, Courier(lambda: shop.webhooks, shop.lock), seeds)
        shop.webhook_queued = self.courier.poke
        self.host = host
        self.port = port
        self._socket: socket.socket | None = None
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """``http://127.0.0.1:9292``."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def domain(self) -> str:
        """``prints.myshopify.com``."""
        return self.shop.seed.domain

    @property
    def token(self) -> str:
        """The fixed access token."""
        return self.shop.token

    @property
    def secret(self) -> str:
        """The app's secret."""
        return self.shop.secret

    @property
    def client_id(self) -> str:
        """The app's id, for the client-credentials grant."""
        return self.shop.options.client_id or self.shop.seed.client_id

    def start(self) -> None:
        """Listen, in a thread. ``ConfigError`` when the port is taken."""
        server = self._listen()
        self._thread = threading.Thread(target=server.run, args=([self._socket],), name="simulator-http", daemon=True)
        self._thread.start()
        waited = threading.Event()
        for _ in range(int(START_TIMEOUT / 0.005)):
            if server.started or not self._thread.is_alive():
                break
            waited.wait(0.005)
        if not server.started:
            raise ConfigError(f"the simulated shop did not start on {self.url}", code="simulator.start")

    def stop(self) -> None:
        """Close the port and every connection. ``start`` opens the same port again."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join()
        if self._socket is not None:
            self._socket.close()
        self._server = self._thread = self._socket = None

    @contextmanager
    def offline(self) -> Iterator[None]:
        """The shop cannot be reached inside: connections are refused."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    def run(self) -> None:
        """Listen in this thread until interrupted."""
        server = self._listen()
        self.courier.start()
        try:
            server.run([self._socket] if self._socket else None)
        finally:
            self.courier.stop()
            if self._socket is not None:
                self._socket.close()

    def _listen(self) -> uvicorn.Server:
        self._socket = _bind(self.host, self.port)
        self.port = self._socket.getsockname()[1]
        config = uvicorn.Config(
            make_app(self),
            http=_Protocol,
            ws="none",
            loop="asyncio",
            lifespan="off",
            log_level="warning",
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_graceful_shutdown=STOP_TIMEOUT,
        )
        self._server = uvicorn.Server(config)
        return self._server


@contextmanager
def simulator(
    seed: SeedSource = "prints",
    *,
    token: str | None = None,
    secret: str | None = None,
    strict: bool = False,
    port: int = 0,
    ticking: bool = False,
    bucket: float = 2000.0,
    restore_rate: float | None = None,
    state_file: Path | None = None,
    hold_webhooks: bool = False,
) -> Iterator[RunningShop]:
    """A shop on a free loopback port, for as long as the context lasts.

    ``seed``: a shipped name, a path, a mapping or a ``Seed``. ``strict``: guessed answers are errors. ``ticking``: its
    clock
    moves by itself (else only when told to, and a second after each change). ``hold_webhooks``: nothing is sent until
    ``hold(False)``, ``deliver`` or ``take``. ``bucket`` and ``restore_rate`` in points, and points a second.
    """
    options = Options(
        token=token,
        secret=secret,
        strict=strict,
        real=SystemClock() if ticking else None,
        bucket=bucket,
        restore_rate=restore_rate,
        state_file=state_file,
        hold_webhooks=hold_webhooks,
    )
    seeds = Seeds()
    running = RunningShop(SimulatedShop(seeds.load(seed), options), "127.0.0.1", port, seeds)
    running.start()
    running.courier.start()
    try:
        yield running
    finally:
        running.stop()
        running.courier.stop()


def open_shop(
    seed: SeedSource,
    *,
    host: str = "127.0.0.1",
    port: int = 9292,
    state_file: Path | None = None,
    token: str | None = None,
    secret: str | None = None,
    strict: bool = False,
) -> RunningShop:
    """A shop with a ticking clock that is not served yet; ``run`` serves it, its port being known from ``url``."""
    options = Options(token=token, secret=secret, strict=strict, real=SystemClock(), state_file=state_file)
    seeds = Seeds()
    with no_collection():
        shop = SimulatedShop(seeds.load(seed), options)
        shop.executor(DEFAULT_VERSION)
    # Of 100,000 products, looking for garbage among what stays takes half a second, in the middle of some request.
    gc.freeze()
    return RunningShop(shop, host, port, seeds)


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio switches Nagle's algorithm off; without, each reply waits 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except (OSError, OverflowError) as error:
        listener.close()
        raise ConfigError(
            f"cannot listen on {host}, port {port}: {error}",
            hint="another program may use the port: choose one with --port, or 0 for any free one",
            code="simulator.port",
        ) from error
    return listener
