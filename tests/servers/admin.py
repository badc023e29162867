"""A shop on loopback that knows no data: it checks each document against the official schema, and answers in its shape.

REST calls are answered by what they sent, under the resource's own name.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLEnumType,
    GraphQLError,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    execute_sync,
    parse,
    validate,
)

from runner.shopify.schema import graphql_schema

_SCALARS: dict[str, Any] = {
    "Boolean": True,
    "Int": 1,
    "Float": 1.5,
    "DateTime": "2026-11-27T12:00:00Z",
    "Date": "2026-11-27",
    "Decimal": "1.00",
    "Money": "1.00",
    "JSON": {},
    "URL": "https://shop.test/",
}


@dataclass
class Asked:
    """One call: the GraphQL text and its variables, or a REST method and path with the body."""

    what: str
    body: Any


@dataclass
class AdminShop:
    """The server; ``saw`` are its calls."""

    url: str = ""
    saw: list[Asked] = field(default_factory=list)

    def graphql(self, version: str, body: Any) -> Any:
        """What a document is answered: errors of the schema, or data of its shape without any user error."""
        self.saw.append(Asked(body["query"], body.get("variables")))
        found = checked(version, body["query"])
        if isinstance(found, tuple):
            return {"errors": [{"message": words, "extensions": {"code": "invalid"}} for words in found]}
        result = execute_sync(
            graphql_schema(version),
            found,
            variable_values=body.get("variables"),
            field_resolver=_shaped,
            type_resolver=lambda value, info, kind: info.schema.get_possible_types(kind)[0].name,
        )
        return result.formatted

    def rest(self, method: str, path: str, body: Any) -> Any:
        """The resource of a path: its id and what was sent of it."""
        self.saw.append(Asked(f"{method} {path}", body))
        if method == "DELETE":
            return {}
        parts = [part for part in path.split("/") if part]
        names = [part for part in parts if not part.isdigit()]
        name = _singular(names[-1])
        given = body.get(name, body) if isinstance(body, dict) else {}
        return {name: {"id": next((int(part) for part in reversed(parts) if part.isdigit()), 1), **given}}


@cache
def checked(version: str, query: str) -> DocumentNode | tuple[str, ...]:
    """The document, or what the schema has against it."""
    try:
        document = parse(query)
    except GraphQLError as fault:
        return (fault.message,)
    return tuple(fault.message for fault in validate(graphql_schema(version), document)) or document


def _singular(name: str) -> str:
    return name.removesuffix("s") if not name.endswith("ies") else f"{name[:-3]}y"


def _shaped(source: Any, info: Any, **arguments: Any) -> Any:
    return _example(info.return_type, info)


def _example(kind: Any, info: Any) -> Any:
    if isinstance(kind, GraphQLNonNull):
        return _example(kind.of_type, info)
    if isinstance(kind, GraphQLList):
        return [] if info.field_name.endswith("rrors") else [_example(kind.of_type, info)]
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values.values())).value
    if isinstance(kind, GraphQLScalarType):
        return f"gid://shopify/{info.parent_type.name}/1" if kind.name == "ID" else _SCALARS.get(kind.name, "1")
    return {}


def _requests(shop: AdminShop) -> type[BaseHTTPRequestHandler]:
    class Requests(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def answer(self) -> None:
            raw = self.rfile.read(int(self.headers.get("content-length") or 0))
            body = json.loads(raw) if raw else None
            matched = re.fullmatch(r"/admin/api/(\d{4}-\d\d)/([^?]+)\.json(?:\?.*)?", self.path)
            if matched is None:
                said, status = {"errors": "Not Found"}, 404
            elif matched[2] == "graphql":
                said, status = shop.graphql(matched[1], body), 200
            else:
                said, status = shop.rest(self.command, matched[2], body), 200
            content = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = answer

        def log_message(self, format: str, *args: Any) -> None:
            """Keep the test output quiet."""

    return Requests


@contextmanager
def admin_shop() -> Iterator[AdminShop]:
    """A running one."""
    shop = AdminShop()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _requests(shop))
    server.daemon_threads = True
    shop.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield shop
    server.shutdown()
    server.server_close()
    thread.join()
