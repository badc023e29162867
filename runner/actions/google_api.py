"""Calls of Google's APIs for google_drive and google_sheets: waits, errors, and what may have been written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from runner.actions.base import Outcome, Tools
from runner.actions.http_body import json_bytes
from runner.actions.pass_through import account_session
from runner.errors import ActionError, NetworkError

if TYPE_CHECKING:
    from runner.accounts import Session
    from runner.network.fetch import Reply

DRIVE = "https://www.googleapis.com/drive/v3/files"
UPLOAD = "https://www.googleapis.com/upload/drive/v3/files"
SHEETS = "https://sheets.googleapis.com/v4/spreadsheets"

MOST_WAITED = 120.0
"""Seconds that an attempt waits in all while Google says that it is asked too often."""
_FIRST_WAIT = 1.0
_RATE_REASONS = frozenset({"rateLimitExceeded", "userRateLimitExceeded"})
_JSON_HEADERS = (("Accept", "application/json"),)
_HINTS: Mapping[int, str] = {
    401: "Connect the account again: `runner connect google`.",
    403: "The account may lack the right, or its drive the space. Tasks see only files that they made themselves, "
    "unless the account was connected with a wider --scope.",
    404: "There is none, or the account may not see it: tasks see only files that they made themselves, "
    "unless the account was connected with a wider --scope.",
}


class GoogleApi:
    """The calls of one attempt; to be used in a ``with`` block.

    ``wrote`` is true once something was sent that would be done twice if it were sent again.
    """

    def __init__(self, kind: str, account: str, tools: Tools) -> None:
        self._kind = kind
        self._clock = tools.clock
        self._session: Session = account_session(tools, "google", account)
        self._waited = 0.0
        self.wrote = False

    def __enter__(self) -> Self:
        self._session.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.__exit__(kind, error, trace)

    def get(self, url: str, **params: Any) -> Any:
        """The JSON that ``url`` answers to a query."""
        return read_json(self.send("GET", url, params=params))

    def change(self, method: str, url: str, body: Any, *, again: bool, **params: Any) -> Any:
        """The JSON that ``url`` answers to a change; ``again``: doing it twice is the same as once."""
        return read_json(
            self.send(
                method,
                url,
                params=params,
                content=json_bytes(body),
                headers=[("Content-Type", "application/json")],
                again=again,
            )
        )

    def send(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, Any] | None = None,
        content: bytes | None = None,
        headers: Sequence[tuple[str, str]] = (),
        again: bool = True,
    ) -> Reply:
        """The reply of a call that was granted. While Google is asked too often the call is made again, later.

        Raises ActionError for a refusal, transient for one that may end by itself; NetworkError as sessions do.
        """
        wait = _FIRST_WAIT
        while True:
            former, self.wrote = self.wrote, self.wrote or not again
            try:
                reply = self._session.send(
                    method, url, params=params or None, content=content, headers=[*_JSON_HEADERS, *headers]
                )
            except (ActionError, NetworkError) as error:
                if not isinstance(error, NetworkError) or not error.sent:
                    self.wrote = former
                raise
            if reply.status < 400:
                return reply
            if reply.status < 500:
                self.wrote = former  # it was refused: nothing has been done
            if not _too_often(reply):
                raise self._refused(reply)
            self._pause(reply, wait)
            wait *= 2

    def shown(self, value: Any) -> Any:
        """``value`` without the tokens that were sent."""
        return self._session.redactor.json(value)

    def failed(self, error: ActionError | NetworkError, *, repeats: bool) -> Outcome:
        """How the attempt ended that ``error`` ended; ``repeats``: what it did may be done again all the same."""
        outcome = Outcome.failed(error)
        if repeats or not self.wrote:
            return outcome
        lost = isinstance(error, NetworkError) and error.sent
        hint = error.hint if not error.transient else f"It may have been done: look before you retry it. {error.hint}"
        return replace(outcome, transient=False, uncertain=lost, hint=hint)

    def _pause(self, reply: Reply, wait: float) -> None:
        told = _retry_after(reply, self._clock.now())
        seconds = wait if told is None else max(told, 0.0)
        if self._waited + seconds > MOST_WAITED:
            raise ActionError(
                f"{self._kind}: Google is asked too often ({_words(reply)})",
                hint="It will be tried again later. Spread the work, or raise the quota of your Google Cloud project.",
                code="google.too_often",
                transient=True,
            )
        self._waited += max(seconds, 0.1)
        self._clock.sleep(seconds)

    def _refused(self, reply: Reply) -> ActionError:
        later = reply.status >= 500
        return ActionError(
            f"{self._kind}: Google answered {reply.status}: {self._session.redactor.text(_words(reply))}",
            hint="Google may be out of order for a while." if later else _HINTS.get(reply.status),
            code="google.unavailable" if later else "google.refused",
            transient=later,
        )


def read_json(reply: Reply) -> Any:
    """The JSON of a reply that was granted. Raises NetworkError for anything else."""
    try:
        return json.loads(reply.content)
    except ValueError as fault:
        raise NetworkError(
            "Google answered, but no JSON",
            hint="What was asked for may have been done: look before it is done again.",
            code="network.lost_reply",
            transient=True,
            sent=True,
        ) from fault


def _error(reply: Reply) -> Mapping[str, Any]:
    try:
        said: Any = json.loads(reply.content)
    except ValueError:
        return {}
    error = said.get("error") if isinstance(said, Mapping) else None
    return error if isinstance(error, Mapping) else {}


def _words(reply: Reply) -> str:
    said = _error(reply).get("message")
    return " ".join(said.split())[:500] if isinstance(said, str) and said.strip() else "no reason given"


def _too_often(reply: Reply) -> bool:
    """Drive says with 403 what Sheets says with 429."""
    if reply.status == 429:
        return True
    errors = _error(reply).get("errors")
    return reply.status == 403 and any(
        isinstance(each, Mapping) and each.get("reason") in _RATE_REASONS
        for each in (errors if isinstance(errors, list) else [])
    )


def _retry_after(reply: Reply, now: datetime) -> float | None:
    """Seconds, of a number or a date; None when the reply does not say."""
    text = reply.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds()
