"""airtable: one request of Airtable's Web API (actions.md 5.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from runner.actions.pass_through import PassThroughAction, pass_through_schema
from runner.actions.wanted import Wanted

_BASE = "https://api.airtable.com"


class AirtableAction(PassThroughAction):
    """Records, comments and schemas of bases."""

    name = "airtable"
    provider = "airtable"
    example = '{"account": "…", "method": "POST", "url_path": "/v0/BASE/TABLE", "body": {"records": […]}}.'
    schema: ClassVar[Mapping[str, Any]] = pass_through_schema(
        "the address after `https://api.airtable.com`, such as `/v0/BASE/TABLE`",
        "an object or array is sent as JSON, text as it is",
    )

    def address(self, wanted: Wanted, path: str) -> str:
        return _BASE + path
