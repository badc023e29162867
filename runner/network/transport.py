"""httpx on checked addresses: the only module that makes its clients for anything but the shop."""

from __future__ import annotations

import logging
import ssl
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import httpcore
import httpx

import runner
from runner.errors import NetworkError
from runner.network.deadline import Deadline

if TYPE_CHECKING:
    from runner.network.network import Network

_DEADLINE = "deadline"
"""The extension of a request that carries its deadline from redirect to redirect."""


def open_client(
    network: Network, *, verify: bool, proxy: str | None, follow_redirects: bool, connect: float, total: float
) -> httpx.Client:
    """See ``Network.client``."""
    # They log whole addresses and headers, values of secrets included.
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    from runner.network.network import MOST_REDIRECTS

    return _Client(
        total,
        transport=_Transport(network, verify=verify, proxy=proxy),
        timeout=httpx.Timeout(total, connect=connect),
        headers={"User-Agent": f"mechanic-runner/{runner.__version__}"},
        follow_redirects=follow_redirects,
        max_redirects=MOST_REDIRECTS,
        # Neither proxies nor passwords come from the environment: the settings and the task say where things go.
        trust_env=False,
    )


class _Client(httpx.Client):
    """Gives each call its deadline."""

    def __init__(self, total: float, **settings: Any) -> None:
        super().__init__(**settings)
        self._total = total

    def send(self, request: httpx.Request, **settings: Any) -> httpx.Response:
        request.extensions = {**request.extensions, _DEADLINE: Deadline(self._total)}
        return super().send(request, **settings)


class _Transport(httpx.HTTPTransport):
    """httpx's own, with connections of ours."""

    def __init__(self, network: Network, *, verify: bool, proxy: str | None) -> None:
        context = network.http_tls(verify=verify)
        self._network = network
        self._has_proxy = proxy is not None
        self._connections = _Connections(network)
        # Not through httpx's own constructor, which takes no way to connect.
        self._pool = _pool(self._connections, context, None if proxy is None else httpx.Proxy(proxy))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._connections.begin(request.extensions.get(_DEADLINE))
        if self._has_proxy:
            self._check_target(request.url)
        try:
            return super().handle_request(request)
        except BaseException:
            self._connections.close_new()
            raise

    def _check_target(self, url: httpx.URL) -> None:
        """The proxy resolves the name itself: what we know of it must be allowed, what we do not know is its affair."""
        try:
            self._network.addresses(url.host, url.port or 443)
        except NetworkError as error:
            if error.code != "network.unreachable":
                raise


def _pool(connections: _Connections, context: ssl.SSLContext, proxy: httpx.Proxy | None) -> httpcore.ConnectionPool:
    settings: dict[str, Any] = {
        "max_connections": 20,
        "max_keepalive_connections": 10,
        "keepalive_expiry": 30.0,
        "ssl_context": context,
        "network_backend": connections,
    }
    if proxy is None:
        return httpcore.ConnectionPool(**settings)
    settings["proxy_url"] = httpcore.URL(
        scheme=proxy.url.raw_scheme, host=proxy.url.raw_host, port=proxy.url.port, target=proxy.url.raw_path
    )
    settings["proxy_auth"] = proxy.raw_auth
    if proxy.url.scheme.startswith("socks5"):
        return httpcore.SOCKSProxy(**settings)
    if proxy.url.scheme == "https":
        settings["proxy_ssl_context"] = context
    return httpcore.HTTPProxy(**settings)


class _Connections(httpcore.SyncBackend):
    """Connects to addresses that the policy allows, and keeps each thread's call within its deadline."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._calls = threading.local()

    def begin(self, deadline: Deadline | None) -> None:
        """What this thread does from now on belongs to a call with ``deadline``."""
        self._calls.deadline = deadline
        self._calls.opened = []

    def close_new(self) -> None:
        """Close what was opened for a call that failed: httpcore forgets connections to SOCKS proxies that refuse."""
        for stream in self._calls.opened:
            stream.close()

    def within(self, timeout: float | None) -> float | None:
        """``timeout`` cut to what the present call has left; httpcore's ReadTimeout when that is nothing."""
        deadline: Deadline | None = getattr(self._calls, "deadline", None)
        if deadline is None:
            return timeout
        if deadline.left() <= 0:
            raise httpcore.ReadTimeout("the call took longer than it may in all")
        return deadline.within(timeout)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        last: Exception = httpcore.ConnectTimeout(f"{host} did not answer in time")
        whole = Deadline(self.within(timeout) or 0.0)
        for address in self._network.addresses(host, port):
            if whole.left() <= 0:
                break
            try:
                stream = super().connect_tcp(address, port, whole.within(None), local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as fault:
                last = fault
                continue
            self._calls.opened.append(stream)
            return _Stream(stream, self)
        raise last


class _Stream(httpcore.NetworkStream):
    """A connection whose every wait ends with the deadline of the call it serves."""

    def __init__(self, inner: httpcore.NetworkStream, connections: _Connections) -> None:
        self._inner = inner
        self._connections = connections

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._connections.within(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._connections.within(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname, self._connections.within(timeout))
        return _Stream(inner, self._connections)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
