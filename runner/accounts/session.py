"""Calls of a provider's API with the token of one account."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from runner.redact import Redactor

if TYPE_CHECKING:
    import httpx

    from runner.accounts.accounts import Accounts
    from runner.network.fetch import Reply

_SLACK_REFUSALS = frozenset({"token_expired", "invalid_auth", "token_revoked"})
_SHORT = 10_000
"""Bytes: a refusal of Slack's is far shorter."""


class Session:
    """A client that proves itself; to be used in a ``with`` block, by one thread.

    ``redactor`` knows every token that was sent. A ``limit`` of None is the usual one of replies.
    """

    def __init__(self, accounts: Accounts, provider: str, name: str) -> None:
        self._accounts = accounts
        self._provider = provider
        self._name = name
        self._client: httpx.Client | None = None
        self.redactor = Redactor()

    def __enter__(self) -> Self:
        self._client = self._accounts.network.client()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._client is not None:
            self._client.close()

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Sequence[tuple[str, str]] = (),
        params: Mapping[str, Any] | None = None,
        content: bytes | None = None,
        limit: int | None = None,
    ) -> Reply:
        """The reply to one call, whatever its status; ``url`` is the provider's own.

        A token that turns out to be refused is replaced once, where that is possible, and the call made again: nothing
        has been done then. Raises as ``Accounts.token`` and ``runner.network.fetch.fetch``.
        """
        reply, token = self._sent(method, url, None, headers=headers, params=params, content=content, limit=limit)
        if _token_refused(self._provider, reply) and not self._accounts.account(self._provider, self._name).token:
            reply, _ = self._sent(method, url, token, headers=headers, params=params, content=content, limit=limit)
        return reply

    def _sent(
        self,
        method: str,
        url: str,
        refused: str | None,
        *,
        headers: Sequence[tuple[str, str]],
        params: Mapping[str, Any] | None,
        content: bytes | None,
        limit: int | None,
    ) -> tuple[Reply, str]:
        from runner.network.fetch import MOST_BYTES, fetch

        assert self._client is not None, "a session is used in a with block"
        token = self._accounts.token(self._provider, self._name, refused=refused)
        self.redactor = self.redactor.adding(token)
        written = [(name.encode("ascii"), value.encode()) for name, value in headers]
        request = self._client.build_request(
            method,
            self._accounts.address(self._provider, url),
            headers=[*written, (b"Authorization", f"Bearer {token}".encode())],
            params=params,
            content=content,
        )
        return fetch(self._client, request, limit=MOST_BYTES if limit is None else limit), token


def _token_refused(provider: str, reply: Reply) -> bool:
    """Whether the reply says that the token is not in force: by its status, of Slack by a word in a reply of 200."""
    if reply.status == 401:
        return True
    if provider != "slack" or len(reply.content) > _SHORT:
        return False
    try:
        said: Any = json.loads(reply.content)
    except ValueError:
        return False
    return isinstance(said, Mapping) and said.get("ok") is False and said.get("error") in _SLACK_REFUSALS
