"""Real servers on loopback."""

from __future__ import annotations

from tests.servers.authority import authority
from tests.servers.loop import loop_thread
from tests.servers.proxy import proxy, proxy_server
from tests.servers.web import secure_web, secure_web_server, web, web_server

__all__ = [
    "authority",
    "loop_thread",
    "proxy",
    "proxy_server",
    "secure_web",
    "secure_web_server",
    "web",
    "web_server",
]
