"""Connections to any machine but the shop: checked addresses, certificates, limits of time and size.

``Network`` makes httpx clients (``client``), sockets (``connect``) and TLS contexts (``tls``); ``runner.network.fetch``
makes one HTTP exchange with a limit of size; ``runner.network.faults`` turns what can go wrong into ``NetworkError``.
httpx and httpcore are imported when the first client is made.
"""

from __future__ import annotations

from runner.network.deadline import Deadline
from runner.network.network import CONNECT_SECONDS, MOST_REDIRECTS, TOTAL_SECONDS, Network
from runner.network.policy import Policy

__all__ = ["CONNECT_SECONDS", "MOST_REDIRECTS", "TOTAL_SECONDS", "Deadline", "Network", "Policy"]
