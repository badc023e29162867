"""The one way out for everything but the shop: checked addresses, certificates, time and size limits."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from runner.errors import ConfigError, NetworkError
from runner.network.deadline import Deadline
from runner.network.policy import Policy

if TYPE_CHECKING:
    import ssl

    import httpx

Resolve = Callable[[str, int], Sequence[str]]
"""(host, port) -> its addresses as text, best first. Raises OSError or UnicodeError when there are none."""

CONNECT_SECONDS = 10.0
TOTAL_SECONDS = 60.0
MOST_REDIRECTS = 10
"""The limits of HTTP calls unless said otherwise (actions.md 3.7)."""


def system_addresses(host: str, port: int) -> list[str]:
    """The addresses that the system knows for ``host``, best first."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class Network:
    """Makes connections to what ``policy`` allows, judged by the address that is really connected to.

    A name is resolved once; the connection goes to an address that passed, so that a second, different answer of the
    name's owner changes nothing; TLS and the Host header still carry the name. ``authorities``: a PEM file of
    certificate authorities trusted besides the public ones.
    """

    policy: Policy = field(default_factory=Policy)
    authorities: Path | None = None
    resolve: Resolve = system_addresses

    def trusting(self, *hosts: str) -> Network:
        """The same network, which may also reach ``hosts``: those that the operator's settings name, never a task's."""
        return Network(self.policy.with_hosts(*hosts), self.authorities, self.resolve)

    def client(
        self,
        *,
        verify: bool = True,
        proxy: str | None = None,
        follow_redirects: bool = False,
        connect: float = CONNECT_SECONDS,
        total: float = TOTAL_SECONDS,
    ) -> httpx.Client:
        """An HTTP client, to be closed by the caller; several threads may use it.

        ``connect`` and ``total`` are seconds, the latter for a call with all its redirects and its whole body. Every
        connection is checked, those of redirects too. ``proxy`` is an http, https or socks5 URL; it is checked, and so
        is the target behind it. Calls raise ``NetworkError`` for a refused address, and httpx's errors for the rest:
        ``runner.network.faults`` turns those into ``NetworkError`` too.
        """
        from runner.network.transport import open_client

        return open_client(
            self, verify=verify, proxy=proxy, follow_redirects=follow_redirects, connect=connect, total=total
        )

    def addresses(self, host: str, port: int) -> list[str]:
        """The addresses of ``host`` that may be connected to, best first.

        Raises ``NetworkError``: ``network.unreachable`` when it has none, ``network.refused`` when none is allowed.
        """
        try:
            found = list(self.resolve(host, port))
        except UnicodeError as fault:
            raise _no_address(host, transient=False) from fault
        except OSError as fault:
            raise _no_address(host, transient=True) from fault
        if not found:
            raise _no_address(host, transient=True)
        allowed = [address for address in found if self.policy.allows(host, address)]
        if not allowed:
            shown = found[0] if host == found[0] else f"{host} ({found[0]})"
            raise NetworkError(
                f"{shown} is a private, local or otherwise internal address, which tasks may not reach",
                hint=f"If that is meant, add `network_allow: {host}` to the settings.",
                code="network.refused",
            )
        return allowed

    def check(self, host: str, port: int) -> str:
        """The address to connect to for ``host``: connect to it, not to the name. Raises as ``addresses`` does."""
        return self.addresses(host, port)[0]

    def connect(self, host: str, port: int, *, timeout: float = CONNECT_SECONDS) -> socket.socket:
        """A TCP connection to the first allowed address of ``host`` that answers, within ``timeout`` seconds in all.

        The socket keeps ``timeout`` for each later operation. Raises ``NetworkError`` as ``addresses`` does, and
        ``OSError`` when nothing answers.
        """
        deadline = Deadline(timeout)
        last: OSError = TimeoutError(f"{host} did not answer within {timeout:g} seconds")
        for address in self.addresses(host, port):
            if deadline.left() <= 0:
                break
            try:
                opened = socket.create_connection((address, port), deadline.within(timeout))
            except OSError as fault:
                last = fault
                continue
            opened.settimeout(timeout)
            # Protocols of question and answer must not wait for each other's acknowledgements.
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return opened
        raise last

    def tls(self, *, verify: bool = True, newest: ssl.TLSVersion | None = None) -> ssl.SSLContext:
        """How to speak TLS: certificates are checked against the public authorities and ``authorities``.

        ``newest``: the last version that may be spoken. Raises ``ConfigError`` when that file cannot be used.
        """
        return _context(self.authorities, verify, "socket", newest)

    def http_tls(self, *, verify: bool = True) -> ssl.SSLContext:
        """As ``tls``, for HTTP only: httpcore writes into such contexts that HTTP is spoken."""
        return _context(self.authorities, verify, "http")


@lru_cache(maxsize=8)
def _context(authorities: Path | None, verify: bool, use: str, newest: ssl.TLSVersion | None = None) -> ssl.SSLContext:
    """Made once for each ``use``: reading the public authorities takes 30 ms."""
    import ssl

    if verify:
        context = _checking(authorities)
    else:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if newest is not None:
        context.maximum_version = newest
    return context


def _checking(authorities: Path | None) -> ssl.SSLContext:
    import ssl

    import certifi

    context = ssl.create_default_context(cafile=certifi.where())
    if authorities is not None:
        try:
            context.load_verify_locations(cafile=authorities)
        except (OSError, ssl.SSLError) as fault:
            raise ConfigError(
                f"network_authorities: {authorities} cannot be used: {fault}",
                hint="It must be a readable file of certificates in PEM form.",
            ) from fault
    return context


def _no_address(host: str, *, transient: bool) -> NetworkError:
    return NetworkError(
        f"{host} has no address",
        hint="Check the spelling of the host, and this machine's network connection.",
        code="network.unreachable",
        transient=transient,
    )
