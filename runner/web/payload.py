"""What a Mechanic-style webhook's request becomes: the data of its event, in both modes (engine.md 6.1)."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser
from typing import Any

from runner.model.json import is_within
from runner.shopify.webhooks import DEPTH
from runner.web.nested import FIELDS, nested, query_hash

AUTO, FULL = "auto", "full"
MODES = (AUTO, FULL)
"""``auto``: the parsed body and query, merged. ``full``: the whole request."""


@dataclass(frozen=True, slots=True)
class Posted:
    """One request as received. ``headers`` are pairs with lower-case names, in their order."""

    body: bytes
    query: str
    headers: tuple[tuple[str, str], ...]
    client_ip: str | None
    request_id: str
    webhook_id: str

    @property
    def content_type(self) -> Message:
        """The header of that name, parsed."""
        message = Message()
        message["Content-Type"] = next((value for name, value in self.headers if name == "content-type"), "")
        return message

    @property
    def mime_type(self) -> str | None:
        """The content type in lower case without its parameters; None when none was sent."""
        sent = any(name == "content-type" and value.strip() for name, value in self.headers)
        return self.content_type.get_content_type() if sent else None


def event_data(posted: Posted, mode: str) -> Any:
    """The data of the event that ``posted`` makes in ``mode``."""
    query = query_hash(posted.query) or None
    body = _body_hash(posted)
    if mode == FULL:
        return {
            "body": body,
            "body_base64": base64.b64encode(posted.body).decode("ascii"),
            "client_ip": posted.client_ip,
            "headers": _joined(posted.headers),
            "mime_type": posted.mime_type,
            "query": query,
            "query_string": posted.query,
            "request_id": posted.request_id,
            "webhook_id": posted.webhook_id,
        }
    if body is not None:
        return {**body, **(query or {})}
    return query if query is not None else _text(posted.body)


def _text(body: bytes) -> str | None:
    text = body.decode("utf-8", "replace")
    return text if text.strip() else None


def _joined(headers: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Each name with one text, in which repeated headers are separated by commas."""
    found: dict[str, list[str]] = {}
    for name, value in headers:
        found.setdefault(name, []).append(value)
    return {name: [", ".join(values)] for name, values in found.items()}


def _body_hash(posted: Posted) -> dict[str, Any] | None:
    """The body as a hash by its content type; None when it is none, or broken."""
    kind = posted.mime_type or ""
    if kind == "application/json" or kind.endswith("+json"):
        return _json_hash(posted.body)
    if kind == "application/x-www-form-urlencoded":
        return query_hash(posted.body.decode("utf-8", "replace")) or None
    if kind == "multipart/form-data":
        boundary = posted.content_type.get_param("boundary")
        return _multipart_hash(posted.body, str(boundary).encode()) if boundary else None
    return None


def _json_hash(body: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and is_within(found, DEPTH) else None


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _multipart_hash(body: bytes, boundary: bytes) -> dict[str, Any] | None:
    delimiter = b"\r\n--" + boundary
    pieces = (b"\r\n" + body).split(delimiter, FIELDS + 2)
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        return None
    try:
        return nested(pair for piece in pieces[1:-1] if (pair := _part(piece)) is not None) or None
    except ValueError:
        return None


def _part(piece: bytes) -> tuple[str, Any] | None:
    """Name and value of one part; a file as ``{content_base64, mime_type, name, size}``."""
    head, blank, content = piece.partition(b"\r\n\r\n")
    if not blank:
        raise ValueError("a part without an end of its headers")
    headers = HeaderParser().parsestr(head.decode("utf-8", "replace").lstrip("\r\n"))
    name = headers.get_param("name", header="Content-Disposition")
    if name is None:
        return None
    file_name = headers.get_filename()
    if file_name is None:
        return str(name), content.decode("utf-8", "replace")
    return str(name), {
        "content_base64": base64.b64encode(content).decode("ascii"),
        "mime_type": headers.get_content_type() if headers["Content-Type"] else "application/octet-stream",
        "name": file_name,
        "size": len(content),
    }
