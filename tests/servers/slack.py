"""A small Slack: channels of messages, and the three methods that tasks may call, with Slack's own errors."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.servers.web import Answer

if TYPE_CHECKING:
    from tests.servers.providers import Got


@dataclass
class Channels:
    """Messages by channel id, and by their time in it. A channel is found by its id, and by ``#`` and its name."""

    messages: dict[str, dict[str, Any]] = field(default_factory=lambda: {"C024BE91L": {}})
    names: dict[str, str] = field(default_factory=lambda: {"#general": "C024BE91L", "general": "C024BE91L"})
    posted: int = 0

    def answer(self, got: Got) -> Answer:
        """What Slack answers: always 200, and ``ok`` says the rest."""
        said = got.json if got.headers.get("content-type", "").startswith("application/json") else got.form
        channel = self.names.get(said.get("channel", ""), said.get("channel", ""))
        if channel not in self.messages:
            return _said({"ok": False, "error": "channel_not_found"})
        method = got.path.removeprefix("/api/chat.")
        if method == "postMessage":
            return self.post(channel, said)
        stamp = str(said.get("ts"))
        if stamp not in self.messages[channel]:
            return _said({"ok": False, "error": "message_not_found"})
        if method == "delete":
            del self.messages[channel][stamp]
            return _said({"ok": True, "channel": channel, "ts": stamp})
        self.messages[channel][stamp] |= said
        return _said({"ok": True, "channel": channel, "ts": stamp, "text": said.get("text", "")})

    def post(self, channel: str, said: dict[str, Any]) -> Answer:
        if not (said.get("text") or said.get("blocks") or said.get("attachments")):
            return _said({"ok": False, "error": "no_text"})
        self.posted += 1
        stamp = f"1503435956.{self.posted:06}"
        self.messages[channel][stamp] = dict(said)
        return _said(
            {"ok": True, "channel": channel, "ts": stamp, "message": {"text": said.get("text", ""), "ts": stamp}}
        )


def _said(value: Any) -> Answer:
    return Answer(200, json.dumps(value).encode(), (("Content-Type", "application/json; charset=utf-8"),))
