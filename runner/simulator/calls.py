"""Requests and replies as the shop sees them, whatever carries them, and the record kept of each."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl

from runner.simulator.contract import RestCall, Route

_ADMIN = re.compile(r"/admin(?:/api/(?P<version>[^/]+))?/(?P<rest>.+)")
_HALF = re.compile("[\ud800-\udfff]")
_HALF_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_PLACE = re.compile(r"\{(\w+)\}")


class Wire(StrEnum):
    """What happens to the connection."""

    SEND = "send"
    CLOSE = "close"
    TRUNCATE = "truncate"


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request. ``path`` without query string; ``headers`` in lower case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def text(self) -> str:
        """The body as text, for logs and faults."""
        return self.body.decode("utf-8", "replace")


@dataclass(slots=True)
class Reply:
    """An HTTP reply. ``delay`` is in real seconds, before anything is sent."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    wire: Wire = Wire.SEND
    delay: float = 0.0


@dataclass(slots=True)
class Record:
    """One call in ``/_sim/requests``. ``faults`` are kinds; ``changes`` how many the call made."""

    number: int
    id: str
    time: str
    method: str
    path: str
    api_version: str = ""
    operation: str = ""
    roots: tuple[str, ...] = ()
    query: str | None = None
    variables: Any = None
    status: int = 0
    requested_cost: int | None = None
    actual_cost: int | None = None
    errors: list[str] = field(default_factory=list)
    user_errors: list[str] = field(default_factory=list)
    guessed: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    changes: int = 0

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {name: getattr(self, name) for name in self.__slots__}


def json_reply(status: int, body: Any, headers: Mapping[str, str] | None = None) -> Reply:
    """A reply with a JSON body; ``body`` None: an empty one."""
    content = b"" if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return Reply(status, content, {"Content-Type": "application/json; charset=utf-8", **(headers or {})})


def json_of(body: bytes) -> Any:
    """What a JSON body holds; ``ValueError`` when it is none. Half a character, which no reply can hold, is U+FFFD."""
    try:
        text = body.decode("utf-8-sig")
        document = json.loads(text, parse_constant=_no_constant, parse_float=_finite)
        return _whole_characters(document) if _HALF_ESCAPE.search(text) else document
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text} is too large")
    return number


def _whole_characters(value: Any) -> Any:
    if isinstance(value, str):
        return _HALF.sub("\ufffd", value)
    if isinstance(value, list):
        return [_whole_characters(each) for each in value]
    if isinstance(value, dict):
        return {_whole_characters(name): _whole_characters(each) for name, each in value.items()}
    return value


def split_path(path: str) -> tuple[str | None, str] | None:
    """``("2026-04", "products/8.json")`` of an Admin path; version None when it has none; None for another path."""
    match = _ADMIN.fullmatch(path)
    return (match["version"], match["rest"]) if match else None


def form_of(request: Request) -> dict[str, Any]:
    """The fields of a JSON or form body; empty when it is neither."""
    try:
        document = json_of(request.body)
    except ValueError:
        return dict(parse_qsl(request.text))
    return document if isinstance(document, dict) else {}


def graphql_of(request: Request) -> tuple[str, dict[str, Any], str | None] | None:
    """Query text, variables and operation name of a GraphQL request; None when there is no query in it."""
    if request.headers.get("content-type", "").startswith("application/graphql"):
        return request.text, {}, None
    try:
        document = json_of(request.body)
    except ValueError:
        return None
    if not isinstance(document, dict) or not isinstance(document.get("query"), str):
        return None
    variables = document.get("variables") or {}
    name = document.get("operationName")
    return document["query"], variables if isinstance(variables, dict) else {}, name if isinstance(name, str) else None


def find_route(routes: Sequence[Route], method: str, path: str) -> tuple[Route, dict[str, int]] | None:
    """The route for a path such as ``products/8.json``, with the numbers in it."""
    if not path.endswith(".json"):
        return None
    bare = path.removesuffix(".json")
    for route in routes:
        if route.method != method:
            continue
        match = re.fullmatch(_PLACE.sub(r"(?P<\1>[0-9]{1,20})", route.pattern), bare)
        if match:
            return route, {name: int(value) for name, value in match.groupdict().items()}
    return None


def rest_call(request: Request, path: str, ids: Mapping[str, int]) -> RestCall:
    """The call a route gets. ``ValueError`` when the body is not JSON."""
    query = dict(parse_qsl(request.query, keep_blank_values=True))
    body = json_of(request.body) if request.body else None
    return RestCall(request.method, path, ids, query, body)
