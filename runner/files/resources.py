"""What a page shows beside its own text: images, styles, fonts, scripts, from the internet only (actions.md 2)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from runner.errors import ActionError, NetworkError, RunnerError
from runner.files.base import MOST_BYTES, Workshop, invalid
from runner.network import TOTAL_SECONDS, Deadline

_MOST_OF_ALL = 3 * MOST_BYTES
_MOST = 500


@dataclass(frozen=True, slots=True)
class Resource:
    """What an address answered. ``mime`` with its parameters; ``url`` the address after redirects."""

    data: bytes
    mime: str
    url: str
    status: int = 200


class Resources:
    """Fetches what one page wants, each address once, all of it within a minute and 60 MB.

    ``refusal`` is the first thing that no page may ask for: an address of this machine or its network, a file. Whoever
    renders the page raises it. What cannot be had otherwise is left out, with a sentence in the workshop's warnings.
    """

    def __init__(self, where: str, workshop: Workshop) -> None:
        self._where = where
        self._workshop = workshop
        self._deadline = Deadline(TOTAL_SECONDS)
        self._had: dict[str, Resource] = {}
        self._left = _MOST_OF_ALL
        self.refusal: RunnerError | None = None

    def get(self, url: str) -> Resource:
        """What ``url`` answers. Raises ActionError or NetworkError when it is refused or cannot be had."""
        address = url.partition("#")[0]
        if address not in self._had:
            try:
                self._had[address] = self._fetched(address)
            except (ActionError, NetworkError) as fault:
                if fault.code == "network.refused":
                    message = f'the file "{self._where}": its page asks for what it may not: {fault.message}'
                    self.refusal = self.refusal or NetworkError(message, hint=fault.hint, code=fault.code)
                elif fault.code == "files.invalid":
                    self.refusal = self.refusal or fault
                else:
                    shown = address if len(address) <= 100 else f"{address[:99]}…"
                    self._workshop.warnings.append(f"the page shows nothing of {shown}: {fault.message}")
                raise
        return self._had[address]

    def refuse(self, address: str) -> None:
        """Note that the page asked for an address that is none of the web."""
        self.refusal = self.refusal or self._not_web(address)

    def _not_web(self, address: str) -> ActionError:
        return invalid(
            self._where,
            f'its page asks for "{address[:80]}", and may have http, https and data addresses only',
            "Put the content on a web server, or into the page as a data: address.",
        )

    def _fetched(self, address: str) -> Resource:
        from runner.network.faults import faults
        from runner.network.fetch import fetch

        scheme = address.partition(":")[0].lower()
        if scheme not in ("http", "https"):
            raise self._not_web(address)
        host = urlsplit(address).hostname or ""
        left = self._deadline.left()
        if left <= 0 or len(self._had) >= _MOST or self._left <= 0:
            raise NetworkError("the page asks for too much", code="network.too_large", hint="Show less on one page.")
        import httpx

        with self._workshop.network.client(follow_redirects=True, total=left) as client:
            with faults(host):
                request = client.build_request("GET", httpx.URL(address))
            reply = fetch(client, request, limit=min(self._left, MOST_BYTES))
        self._left -= len(reply.content)
        if reply.status >= 400:
            raise NetworkError(f"{host} answered {reply.status}", code="network.failed")
        return Resource(reply.content, reply.headers.get("content-type", ""), reply.url, reply.status)
