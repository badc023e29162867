"""A file that is downloaded (actions.md 2)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from runner.errors import ActionError, NetworkError
from runner.files.base import CheckMap, Generator, Workshop, invalid, too_large, wanted_text
from runner.model.json import without_surrogates


class Url(Generator):
    """Redirects are followed; internal addresses are refused as for http actions."""

    kind = "url"

    def check(self, value: Any, where: str, check_map: CheckMap) -> None:
        address = wanted_text(value, "url", where, "an address").strip()
        if not address.lower().startswith(("http://", "https://")):
            raise invalid(
                where,
                '"url" does not begin with http:// or https://',
                "Give the whole address; other kinds cannot be downloaded.",
            )
        try:
            parts = urlsplit(address)
            found = bool(parts.hostname) and (parts.port is None or parts.port > 0)
        except ValueError:
            found = False
        if not found:
            raise invalid(where, '"url" is not an address', "It needs a host, and a port that is a number, if any.")

    def make(self, value: Any, where: str, workshop: Workshop) -> bytes:
        return download(str(without_surrogates(value)).strip(), where, workshop)


def download(address: str, where: str, workshop: Workshop) -> bytes:
    """What ``address`` answers.

    Raises ActionError for a status that is not a success, transient from 500 on, and for more than 20 MB, which are not
    read; NetworkError for what went wrong on the way.
    """
    import httpx

    from runner.network.faults import faults
    from runner.network.fetch import fetch

    host = urlsplit(address).hostname or address
    try:
        with workshop.network.client(follow_redirects=True) as client:
            with faults(host):
                request = client.build_request("GET", httpx.URL(address))
            reply = fetch(client, request, limit=workshop.limit)
    except NetworkError as fault:
        if fault.code == "network.too_large":
            raise too_large(where, workshop.limit) from fault
        # Not `sent`: whatever the file is for has not begun.
        raise NetworkError(
            f'the file "{where}": {fault.message}', hint=fault.hint, code=fault.code, transient=fault.transient
        ) from fault
    if 200 <= reply.status < 300:
        return reply.content
    raise ActionError(
        f'the file "{where}": {host} answered {reply.status}',
        hint="Open the address in a private window of a browser: it must give the file without a login.",
        code="files.download",
        transient=reply.status >= 500,
    )
