"""Asks a shop at random and says what it may not do: fail, or answer what document and schema do not allow."""

from __future__ import annotations

import json
import random
import re
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError, OperationDefinitionNode, parse

from runner.errors import RunnerError
from runner.shopify.schema import graphql_schema, load
from runner.simulator.calls import Reply, Request, json_of
from runner.simulator.control import Control
from runner.simulator.courier import Courier
from runner.simulator.seed import load_seed
from runner.simulator.shop import Options, SimulatedShop
from tests.simulator.promises import mistakes
from tests.simulator.random_calls import Calls
from tests.simulator.random_documents import Asked, Documents
from tests.simulator.random_values import Values

ROUND = 300
"""Requests to one shop before it begins anew."""
_OWN_WORDS = (
    "cannot represent",
    "Cannot return null",
    "Expected value of type",
    "Abstract type",
    "object has no",
    "Within OneOf",
)
"""In messages of graphql-core about answers, or of Python: our mistakes, not the caller's."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that may not be: ``kind`` is the same for the same mistake."""

    kind: str
    detail: str

    def __str__(self) -> str:
        return f"{self.kind}\n{self.detail}"


class Fuzz:
    """One run. The same ``source`` asks the same."""

    def __init__(self, source: random.Random, seed: str = "prints", version: str = "2026-04") -> None:
        self.random = source
        self.version = version
        self.path = f"/admin/api/{version}/graphql.json"
        self.schema = graphql_schema(version)
        self.seed = load_seed(seed)
        self.asked = self.answered = 0
        self.refusals: Counter[str] = Counter()
        self._begin()

    def findings(self, *, seconds: float = 1e9, requests: int = 10**9) -> Iterator[Finding]:
        """What is found in so much time or so many requests, each kind once."""
        known = set()
        ends = time.monotonic() + seconds
        while time.monotonic() < ends and self.asked < requests:
            self.asked += 1
            if self.asked % ROUND == 0:
                self._begin()
            for finding in self.step():
                if finding.kind not in known:
                    known.add(finding.kind)
                    yield finding

    def step(self) -> Iterator[Finding]:
        """One request, with whatever is wrong with the answer."""
        draw = self.random.random()
        if draw < 0.70:
            yield from self.check(self.documents.any())
        elif draw < 0.88:
            yield from self._check_rest(self.calls.rest())
        elif draw < 0.97:
            yield from self._check_verb(*self.calls.verb())
        else:
            yield from self._let_pass()

    def check(self, asked: Asked) -> list[Finding]:
        """What is wrong with the answer to a GraphQL request."""
        shown = f"{asked.query}\n{json.dumps(asked.variables)[:2000]}"
        request = Request("POST", self.path, headers=self._headers(), body=asked.body())
        try:
            reply = self.shop.handle(request)
        except Exception as error:  # noqa: BLE001 what is looked for
            return [_crash(error, shown)]
        if reply.status not in (200, 400):
            return [Finding(f"status {reply.status}", shown)]
        body = json.loads(reply.body)
        wrong = [Finding(words, f"{json.dumps(body.get('errors'))[:600]}\n{shown}") for words in _envelope(body)]
        if reply.status == 200:
            wrong += [Finding(f"data: {words}", shown) for words in self._unlike(body.get("data"), asked)]
            self._note(body)
        return wrong

    def _unlike(self, data: Any, asked: Asked) -> list[str]:
        if data is None:
            return []
        try:
            document = parse(asked.query, no_location=True)
        except GraphQLError:
            return []
        operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
        if len(operations) != 1:
            return []
        return mistakes(data, document, operations[0], self.schema)

    def _check_rest(self, request: Request) -> list[Finding]:
        shown = f"{request.method} {request.path[:300]}?{request.query[:300]}\n{request.text[:2000]}"
        try:
            reply = self._handle(request)
        except Exception as error:  # noqa: BLE001 what is looked for
            return [_crash(error, shown)]
        if not (200 <= reply.status < 300 or 400 <= reply.status < 500):
            return [Finding(f"status {reply.status}", shown)]
        try:
            body = _strict_json(reply.body) if reply.body else None
        except ValueError as error:
            return [Finding(f"not JSON: {error}", shown)]
        if reply.status >= 400 and not (isinstance(body, dict) and ("errors" in body or "error" in body)):
            return [Finding(f"status {reply.status} without errors", shown)]
        return []

    def _check_verb(self, name: str, given: dict[str, Any]) -> list[Finding]:
        try:
            given = json_of(json.dumps(given).encode())
        except ValueError:
            return []
        try:
            json.dumps(self.control.do(name, given))
        except RunnerError:
            return []
        except Exception as error:  # noqa: BLE001 what is looked for
            return [_crash(error, f"do/{name} {given!r}")]
        return []

    def _let_pass(self) -> list[Finding]:
        seconds = self.random.choice((1, 3600, 86400 * 30))
        try:
            self.control.advance(seconds)
            self.control.take()
            json.dumps([self.control.state(), self.control.changes(), self.control.requests(), self.control.webhooks()])
        except Exception as error:  # noqa: BLE001 what is looked for
            return [_crash(error, f"{seconds} seconds pass")]
        return []

    def _begin(self) -> None:
        self.shop = SimulatedShop(self.seed, Options(bucket=1e9, hold_webhooks=True))
        self.control = Control(self.shop, Courier(lambda: self.shop.webhooks, self.shop.lock))
        for topic in load(self.version).enum_values("WebhookSubscriptionTopic"):
            self.control.subscribe(topic)
        values = Values(self.random, load(self.version), self.shop.graph)
        self.documents = Documents(values, self.schema)
        self.calls = Calls(values, self.version, self._ask)

    def _ask(self, request: Request) -> tuple[int, Any]:
        try:
            reply = self._handle(request)
            return reply.status, json.loads(reply.body or b"null")
        except Exception:  # noqa: BLE001 the same request will be made for its own sake
            return 0, None

    def _handle(self, request: Request) -> Reply:
        self.shop.call_bucket.level = 0
        headers = {**request.headers, **self._headers()}
        return self.shop.handle(Request(request.method, request.path, request.query, headers, request.body))

    def _headers(self) -> dict[str, str]:
        return {"x-shopify-access-token": self.shop.token, "content-type": "application/json", "host": "shop.test"}

    def _note(self, body: dict[str, Any]) -> None:
        errors = body.get("errors", ())
        self.answered += not errors
        for error in errors:
            self.refusals[str(error.get("extensions", {}).get("code", error["message"]))[:60]] += 1


def _envelope(body: Any) -> Iterator[str]:
    """What is wrong with the outside of an answer."""
    if not isinstance(body, dict) or not body.keys() & {"data", "errors"}:
        yield "neither data nor errors"
        return
    errors = body.get("errors", [])
    if not isinstance(errors, list):
        if not isinstance(errors, str | dict):
            yield "errors is no list"
        return
    for error in errors:
        words = error.get("message")
        if not isinstance(words, str) or not words:
            yield f"an error without a message: {error}"
        elif any(own in words for own in _OWN_WORDS):
            yield "an error of ours: " + re.sub(r"'[^']*'|[0-9.]+", "…", words)
        for place in error.get("locations", ()):
            if place.get("line", 0) < 1 or place.get("column", 0) < 1:
                yield f"an error nowhere: {error}"


def _strict_json(text: bytes) -> Any:
    def refuse(constant: str) -> Any:
        raise ValueError(f"{constant} is no JSON")

    return json.loads(text, parse_constant=refuse)


def _crash(error: Exception, shown: str) -> Finding:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/runner/" in frame.filename]
    at = frames[-1] if frames else traceback.extract_tb(error.__traceback__)[-1]
    words = f" ({error})" if at.name == "_execute" else ""
    kind = f"{type(error).__name__}{words} in {at.filename.rpartition('/runner/')[2]}:{at.lineno} {at.name}"
    trace = "".join(traceback.format_exception(error)[-8:])
    return Finding(kind, f"{shown[:3000]}\n{trace[-3000:]}")
