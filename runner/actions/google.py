"""google: one request of the Drive, Sheets or Docs API (actions.md 5.1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from runner.actions.http_body import form_fields
from runner.actions.pass_through import ApiCall, PassThroughAction, pass_through_schema
from runner.actions.wanted import Wanted

_BASES = (
    ("/drive/", "https://www.googleapis.com/drive/"),
    ("/upload/drive/", "https://www.googleapis.com/upload/drive/"),
    ("/sheets/v4/", "https://sheets.googleapis.com/v4/"),
    ("/docs/v1/", "https://docs.googleapis.com/v1/"),
)
_KNOWN = ", ".join(prefix for prefix, _ in _BASES)


class GoogleAction(PassThroughAction):
    """The beginning of the path says which of Google's services is meant."""

    name = "google"
    provider = "google"
    example = '{"account": "…", "method": "GET", "url_path": "/drive/v3/files", "body": {"pageSize": 10}}.'
    schema: ClassVar[Mapping[str, Any]] = pass_through_schema(
        f"begins with {', '.join(f'`{prefix}`' for prefix, _ in _BASES)}",
        "an object or array is sent as JSON, text as it is; of a GET an object becomes the query, unless `url_path` "
        "has one",
    )

    def address(self, wanted: Wanted, path: str) -> str:
        for prefix, base in _BASES:
            if path.startswith(prefix):
                return base + path.removeprefix(prefix)
        raise wanted.fault('"url_path" is of no service of Google that tasks may call', f"Begin it with {_KNOWN}.")

    def parts(self, call: ApiCall) -> tuple[Mapping[str, Any] | None, Any]:
        if call.method != "GET" or not isinstance(call.body, Mapping):
            return None, call.body
        if "?" in call.url:
            return None, None
        query: dict[str, list[str]] = {}
        for name, value in _query(call.body):
            query.setdefault(name, []).append(value)
        return query or None, None


def _query(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Google repeats a name for each value of a list; nothing stands for null."""
    for name, value in body.items():
        for member in value if isinstance(value, list | tuple) else [value]:
            if member is not None:
                yield from form_fields(member, name)
