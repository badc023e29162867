"""Servers of mail, and what reaches them."""

from __future__ import annotations

from tests.servers.authority import authority
from tests.servers.imap import imap, imap_started
from tests.servers.loop import loop_thread
from tests.servers.mail import mail_servers, mail_servers_started
from tests.servers.outside import outside
from tests.servers.web import secure_web, secure_web_server, web, web_server

__all__ = [
    "authority",
    "imap",
    "imap_started",
    "loop_thread",
    "mail_servers",
    "mail_servers_started",
    "outside",
    "secure_web",
    "secure_web_server",
    "web",
    "web_server",
]
