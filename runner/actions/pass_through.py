"""What airtable, google and slack have in common: one request of an account's API, told as it went (actions.md 5.1)."""

from __future__ import annotations

import logging
import re
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from runner.actions.base import ActionType, Outcome, Tools
from runner.actions.http import METHODS, request_headers
from runner.actions.http_body import Header, encoded
from runner.actions.http_reply import reply_result
from runner.actions.reading import in_order
from runner.actions.wanted import Wanted
from runner.errors import NetworkError
from runner.model.json import JSON, without_surrogates

if TYPE_CHECKING:
    from runner.accounts import Session

_log = logging.getLogger(__name__)

DEFAULT_HEADERS: tuple[Header, ...] = (("Accept", "application/json"), ("Content-Type", "application/json"))


@dataclass(frozen=True, slots=True)
class ApiCall:
    """A checked request. ``method`` in upper case; ``url`` is the provider's own; ``headers`` without the login."""

    account: str
    method: str
    url: str
    headers: tuple[Header, ...]
    body: Any = None


class PassThroughAction(ActionType):
    """Any complete reply is a success, whatever its status (actions.md 5.1)."""

    provider: ClassVar[str]
    example: ClassVar[str]

    @abstractmethod
    def address(self, wanted: Wanted, path: str) -> str:
        """The URL of ``path``, which begins with a slash. Raises ActionError for one that this type does not serve."""

    def validate(self, options: JSON) -> ApiCall:
        wanted = Wanted(self.name, options, self.example)
        account = wanted.required("account")
        method = wanted.required("method").lower()
        if method not in METHODS:
            raise wanted.fault(f'there is no method "{method[:20]}"', f"Methods are {', '.join(METHODS)}.")
        body = wanted.raw("body")
        if body is not None and not isinstance(body, str | Mapping | list | tuple):
            raise wanted.fault('"body" is neither text, an object nor an array', f"Write {self.example}")
        # The account says who calls: what a task says of it could only be wrong.
        headers = [
            (name, value)
            for name, value in request_headers(wanted, wanted.mapping("headers") or {})
            if name.lower() != "authorization"
        ]
        given = {name.lower() for name, _ in headers}
        headers += [(name, value) for name, value in DEFAULT_HEADERS if name.lower() not in given]
        url = self.address(wanted, _path(wanted))
        return ApiCall(account, method.upper(), url, tuple(headers), body)

    def perform(self, options: ApiCall, tools: Tools) -> Outcome:
        with account_session(tools, self.provider, options.account) as session:
            params, body = self.parts(options)
            content, headers = encoded(body, options.headers)
            reply = session.send(options.method, options.url, headers=headers, params=params, content=content)
            result = session.redactor.json(reply_result(reply))
        refusal = self.refusal(reply.status, result.get("body"))
        if refusal is not None:
            # To the task it is a success; whoever reads the log wants to know.
            _log.warning("run %s: %s said no: %s", tools.run_id, self.name, refusal)
        return Outcome(ok=True, result=result)

    def refusal(self, status: int, body: Any) -> str | None:
        """Why the provider did not do it; None where it did. ``body`` as in the result."""
        return f"status {status}" if status >= 400 else None

    def parts(self, call: ApiCall) -> tuple[Mapping[str, Any] | None, Any]:
        """What goes into the query, and what into the body."""
        return None, call.body

    def summary(self, options: JSON) -> str:
        given = options if isinstance(options, Mapping) else {}
        method = str(given.get("method") or "").strip().upper() or "no method"
        return f"{method} {str(given.get('url_path') or '').strip() or 'no url_path'}{for_account(given)}"

    def shown(self, options: JSON) -> JSON:
        """The request line first, with whose account it is."""
        if not isinstance(options, Mapping):
            return options
        line = PassThroughAction.summary(self, {key: options.get(key) for key in ("method", "url_path")})
        rest = {key: value for key, value in options.items() if key not in ("method", "url_path")}
        return {"request": line, **in_order(rest, ("account", "headers"), ("body",))}

    def resendable(self, options: ApiCall) -> bool:
        return options.method in ("GET", "HEAD", "OPTIONS")


def account_session(tools: Tools, provider: str, name: str) -> Session:
    """Calls for an account, as a context manager. Raises ActionError for an unknown one."""
    accounts = tools.services.accounts
    if accounts is None:
        raise NetworkError(
            f"{provider} was not called: a simulated store stays by itself",
            hint="Actions reach other machines for the configured shop only, with `mode: live`.",
            code="network.simulated",
        )
    return accounts.session(provider, name)


def for_account(options: Mapping[str, Any]) -> str:
    """`` for NAME``, at the end of a summary; nothing without a name."""
    name = options.get("account")
    return f" for {name.strip()}" if isinstance(name, str) and name.strip() else ""


def pass_through_schema(path: str, body: str) -> dict[str, Any]:
    """The options, with what is special about the path and the body."""
    return {
        "type": "object",
        "required": ["account", "method", "url_path"],
        "properties": {
            "account": {"type": "string", "description": "the name of an account of `runner connect list`"},
            "method": {"enum": list(METHODS), "description": "in small or capital letters"},
            "url_path": {"type": "string", "description": path},
            "headers": {
                "type": "object",
                "description": "names to values; `Accept` and `Content-Type` are `application/json` if left out. "
                "`Authorization` is not sent: the account says who calls",
            },
            "body": {"type": ["object", "array", "string"], "description": body},
        },
    }


def _path(wanted: Wanted) -> str:
    text = str(without_surrogates(wanted.required("url_path")))
    if not text.startswith("/") or text.startswith("//"):
        raise wanted.fault(
            '"url_path" does not begin with one slash', "Give the part of the address after the host, such as /v0/…."
        )
    path = urlsplit(text).path
    if re.search(r"[\x00-\x20\x7f\\#]", text) or re.search(r"(^|/)\.{1,2}(/|$)", re.sub(r"(?i)%2e", ".", path)):
        raise wanted.fault(
            '"url_path" holds white space, "#", a backslash or a part that is only dots',
            "Encode such characters, as the filter url_encode does.",
        )
    return text
