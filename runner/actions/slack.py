"""slack: one message posted, changed or deleted (actions.md 5.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from runner.actions.pass_through import ApiCall, PassThroughAction, for_account, pass_through_schema
from runner.actions.reading import in_order
from runner.actions.wanted import Wanted
from runner.model.json import JSON

_BASE = "https://slack.com/api"
_POST, _UPDATE, _DELETE = "/chat.postMessage", "/chat.update", "/chat.delete"
_PATHS = (_POST, _UPDATE, _DELETE)
_VERBS = {_POST: "post to", _UPDATE: "change a message in", _DELETE: "delete a message in"}


class SlackAction(PassThroughAction):
    """Slack says ``ok: false`` with the status 200: to the engine that is a success too."""

    name = "slack"
    provider = "slack"
    example = (
        '{"account": "…", "method": "POST", "url_path": "/chat.postMessage", "body": {"channel": "…", "text": "…"}}.'
    )
    schema: ClassVar[Mapping[str, Any]] = pass_through_schema(
        f"one of {', '.join(f'`{path}`' for path in _PATHS)}", "an object with `channel` and what that method takes"
    )

    def address(self, wanted: Wanted, path: str) -> str:
        if path.partition("?")[0] not in _PATHS:
            raise wanted.fault('"url_path" is no method of Slack that tasks may call', f"Use {', '.join(_PATHS)}.")
        return _BASE + path

    def summary(self, options: JSON) -> str:
        given = options if isinstance(options, Mapping) else {}
        verb = _VERBS.get(str(given.get("url_path") or "").strip().partition("?")[0])
        body = given.get("body")
        if verb is None or not isinstance(body, Mapping):
            return super().summary(options)
        text = " ".join(str(body.get("text") or "").split())
        said = f': "{text[:80]}{"…" if len(text) > 80 else ""}"' if text else ""
        return f"{verb} {body.get('channel') or 'no channel'}{for_account(given)}{said}"

    def shown(self, options: JSON) -> JSON:
        """The message: where, whose, and its text."""
        given = options if isinstance(options, Mapping) else {}
        verb = _VERBS.get(str(given.get("url_path") or "").strip().partition("?")[0])
        body = given.get("body")
        if verb is None or not isinstance(body, Mapping):
            return super().shown(options)
        rest = {key: value for key, value in body.items() if key != "channel"}
        about = {verb: body.get("channel"), "account": given.get("account"), "headers": given.get("headers")}
        return {**in_order(about, (verb,)), **in_order(rest, (), ("text",))}

    def refusal(self, status: int, body: Any) -> str | None:
        if isinstance(body, Mapping) and body.get("ok") is False:
            return str(body.get("error") or "no reason given")[:200]
        return super().refusal(status, body)

    def resendable(self, options: ApiCall) -> bool:
        # A change or deletion done twice is the same; a message posted twice is one too many.
        return not options.url.startswith(_BASE + _POST)
