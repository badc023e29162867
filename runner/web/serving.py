"""Serves an application on a loopback port for as long as a block lasts."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from runner.errors import ConfigError
from runner.web.protocol import PatientProtocol

CONNECTIONS = 500
"""Open at once; more are answered 503, so that no flood takes all the files the process may open."""
_START_TIMEOUT = 10.0
_STOP_TIMEOUT = 2
_STEP = 0.005


@contextmanager
def serving(
    app: ASGIApp, *, host: str = "127.0.0.1", port: int = 0, protocol: type[PatientProtocol] = PatientProtocol
) -> Iterator[str]:
    """The address of ``app``, such as ``http://127.0.0.1:41234``; port 0 takes a free one.

    The server runs in a thread of its own, and has ended when the block is left. ``ConfigError`` when the port is
    taken.
    """
    listener = _listener(host, port)
    config = uvicorn.Config(
        app,
        log_config=None,
        log_level="warning",
        access_log=False,
        lifespan="off",
        ws="none",
        server_header=False,
        http=protocol,
        limit_concurrency=CONNECTIONS,
        timeout_graceful_shutdown=_STOP_TIMEOUT,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],), name="runner-web", daemon=True)
    thread.start()
    try:
        _wait(server, thread)
        yield f"http://{host}:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def _listener(host: str, port: int) -> socket.socket:
    # With the protocol named, asyncio switches Nagle's algorithm off; without, each reply waits 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except (OSError, OverflowError) as fault:
        listener.close()
        raise ConfigError(
            f"cannot listen on {host}, port {port}: {fault}",
            code="config.port",
            hint="another program may use the port: choose another one, or 0 for any free one",
        ) from fault
    return listener


def _wait(server: uvicorn.Server, thread: threading.Thread) -> None:
    pause = threading.Event()
    for _ in range(int(_START_TIMEOUT / _STEP)):
        if server.started or not thread.is_alive():
            break
        pause.wait(_STEP)
    if not server.started:
        raise ConfigError("the web server did not start", code="config.port", hint="see the messages above")
