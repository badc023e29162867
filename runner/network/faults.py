"""What can go wrong on the way to another machine, as ``NetworkError``: what happened, and what to do next."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from runner.errors import NetworkError

_CHECK_FIRST = "The request may have taken effect: check, then try again."


@contextmanager
def faults(host: str) -> Iterator[None]:
    """Raises errors of httpx, sockets and TLS inside the block as ``NetworkError`` about ``host``."""
    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        raise of_http(error, host) from error
    except OSError as error:
        raise of_socket(error, host) from error


def of_http(error: Exception, host: str) -> NetworkError:
    """The error for a failed call of an httpx client."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLError | ConnectionRefusedError | socket.gaierror):
            return of_socket(cause, host)
    said = f": {error}" if str(error) else ""
    match error:
        case httpx.TooManyRedirects():
            return _fault("network.redirects", f"{host} redirected too many times", "Ask for the final address.")
        case httpx.UnsupportedProtocol():
            return _fault(
                "network.redirects", f"{host} leads to no web address{said}", "Only http and https can be followed."
            )
        case httpx.LocalProtocolError() | httpx.InvalidURL():
            return _fault(
                "network.invalid", f"the request to {host} cannot be sent{said}", "Check its address and headers."
            )
        case httpx.ProxyError():
            return _fault(
                "network.proxy", f"the proxy did not reach {host}{said}", "Check the proxy's address.", later=True
            )
        case httpx.ConnectTimeout() | httpx.PoolTimeout():
            return _unreachable(f"{host} could not be reached in time")
        case httpx.TimeoutException():
            return _fault("network.timeout", f"{host} did not answer in time", _CHECK_FIRST, later=True, sent=True)
        case httpx.ConnectError():
            return _unreachable(f"{host} cannot be reached{said}")
    message = f"the connection to {host} broke before the reply was complete{said}"
    return _fault("network.lost_reply", message, _CHECK_FIRST, later=True, sent=True)


def of_socket(error: OSError, host: str) -> NetworkError:
    """The error for a failed operation on a socket, TLS included."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _fault(
            "network.certificate",
            f"the certificate of {host} cannot be trusted: {error.verify_message}",
            "It may be expired, made out to another host, or signed by an authority of your own: "
            "name that one in the setting network_authorities. `verify: false` skips the check.",
        )
    if isinstance(error, ssl.SSLError):
        reason = (error.reason or str(error)).replace("_", " ").lower()
        return _fault(
            "network.tls", f"no secure connection to {host}: {reason}", "Check protocol and port.", later=True
        )
    if isinstance(error, socket.gaierror):
        return _unreachable(f"{host} has no address")
    if isinstance(error, ConnectionRefusedError):
        return _unreachable(f"{host} refused the connection")
    if isinstance(error, TimeoutError):
        return _fault("network.timeout", f"{host} did not answer in time", _CHECK_FIRST, later=True, sent=True)
    if isinstance(error, ConnectionError | EOFError):
        message = f"{host} closed the connection"
        return _fault("network.lost_reply", message, _CHECK_FIRST, later=True, sent=True)
    return _unreachable(f"{host} cannot be reached: {error.strerror or error}")


def _unreachable(message: str) -> NetworkError:
    return _fault("network.unreachable", message, "Check the host, the port and this machine's connection.", later=True)


def _fault(code: str, message: str, hint: str, *, later: bool = False, sent: bool = False) -> NetworkError:
    return NetworkError(message, hint=hint, code=code, transient=later, sent=sent)


def _causes(error: BaseException) -> Iterator[BaseException]:
    current: BaseException | None = error
    while current is not None:
        yield current
        current = current.__cause__ or current.__context__
