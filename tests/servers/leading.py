"""Every host and port of the internet on loopback: names and ports of actions lead to the tests' servers.

The action keeps its address; TLS is spoken with the name it says. A proxy does for HTTP what ports do for the rest.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import TYPE_CHECKING

from runner.network import Network
from runner.network.network import CONNECT_SECONDS, TOTAL_SECONDS

if TYPE_CHECKING:
    import httpx


@dataclass(frozen=True, slots=True)
class LedNetwork(Network):
    """``proxy`` leads HTTP; ``ports`` are those of loopback by the port that an action names."""

    proxy: str | None = None
    ports: Mapping[int, int] = field(default_factory=dict)

    def trusting(self, *hosts: str) -> Network:
        return replace(self, policy=self.policy.with_hosts(*hosts))

    def client(
        self,
        *,
        verify: bool = True,
        proxy: str | None = None,
        follow_redirects: bool = False,
        connect: float = CONNECT_SECONDS,
        total: float = TOTAL_SECONDS,
    ) -> httpx.Client:
        led = proxy or self.proxy
        return Network.client(
            self, verify=verify, proxy=led, follow_redirects=follow_redirects, connect=connect, total=total
        )

    def connect(self, host: str, port: int, *, timeout: float = CONNECT_SECONDS) -> socket.socket:
        return Network.connect(self, host, self.ports.get(port, port), timeout=timeout)


@contextmanager
def leading_proxy(plain: int, secure: int) -> Iterator[str]:
    """A proxy that leads every host to the port ``plain`` of loopback, and those asked for a tunnel to ``secure``."""

    class Leads(StreamRequestHandler):
        def handle(self) -> None:
            head = self.rfile.readline()
            tunnel = head.startswith(b"CONNECT ")
            with socket.create_connection(("127.0.0.1", secure if tunnel else plain)) as inner:
                if tunnel:
                    while self.rfile.readline().strip():
                        pass
                    self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                else:
                    inner.sendall(head)
                back = threading.Thread(target=self.back, args=(inner,))
                back.start()
                with suppress(OSError):
                    while block := self.rfile.read1(65536):
                        inner.sendall(block)
                with suppress(OSError):
                    inner.shutdown(socket.SHUT_WR)
                back.join()

        def back(self, inner: socket.socket) -> None:
            with suppress(OSError):
                while block := inner.recv(65536):
                    self.wfile.write(block)
                self.connection.shutdown(socket.SHUT_WR)

    class Proxy(ThreadingTCPServer):
        daemon_threads = True

    with Proxy(("127.0.0.1", 0), Leads) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()
