"""How commands reach the server that works on a database, when one runs."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from runner.store import Store
from runner.store.kept import KeptValues

_PATIENCE = 2.0


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server that answered. ``token`` is what writing to it takes."""

    url: str
    token: str


def running_server(store: Store) -> RunningServer | None:
    """The server that works on this database; None when none answers, or another one at its address."""
    row = KeptValues(store.database, "server").get("local")
    if row is None:
        return None
    try:
        reply = httpx.get(f"{row['url']}/healthz", timeout=_PATIENCE)
        same = reply.json().get("instance") == row["instance"]
    except (httpx.HTTPError, ValueError, AttributeError):
        return None
    return RunningServer(row["url"], row["token"]) if same else None
