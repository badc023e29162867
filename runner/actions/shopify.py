"""shopify: one call of the Admin API, GraphQL or REST (actions.md 4)."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from runner.actions.base import ActionType, Outcome, ShopClient, Tools
from runner.actions.shopify_graphql import (
    DENIED,
    denied_mutation,
    error_messages,
    pretty,
    repeatable,
    targets,
    user_errors,
)
from runner.actions.shopify_rest import RestCall, invalid, rest_call
from runner.errors import ActionError, ShopifyError
from runner.model.json import JSON
from runner.shopify.usage import graphql_label

_FORMS = 'Give GraphQL text, {"query": …, "variables": …}, or an array such as ["update", ["order", 1], {…}].'
_UNCERTAIN = ("shopify.timeout", "shopify.lost_reply")
"""Codes of calls that were sent and got no readable answer."""
_MOST_TARGETS = 3
_STATUS_NAMES: Mapping[int, str] = {
    400: "bad request",
    401: "unauthorized access",
    402: "payment required",
    403: "forbidden access",
    404: "resource not found",
    405: "method not allowed",
    406: "not acceptable",
    409: "resource conflict",
    410: "resource gone",
    422: "resource invalid",
    423: "shop locked",
    429: "too many requests",
}


@dataclass(frozen=True, slots=True)
class GraphQLCall:
    """A checked GraphQL call. The text is sent exactly as the task wrote it."""

    query: str
    variables: Mapping[str, Any] | None = None


class ShopifyAction(ActionType):
    """The four forms of options; ``denied`` are mutations that are refused."""

    name = "shopify"
    schema: ClassVar[Mapping[str, Any]] = {
        "oneOf": [
            {"type": "string", "description": "GraphQL text"},
            {
                "type": "object",
                "required": ["query"],
                "properties": {
                    "query": {"type": "string", "description": "GraphQL text; alone it may be the options themselves"},
                    "variables": {"type": "object", "description": "its variables by name"},
                },
            },
            {
                "type": "array",
                "description": 'REST: ["create", "customer", {…}], ["update", ["order", 1], {…}], '
                '["delete", ["order", 1]], ["get", "/admin/shop.json"], ["put", "/admin/x.json", {…}]',
            },
        ]
    }

    def __init__(self, denied: Collection[str] = DENIED) -> None:
        self._denied = frozenset(denied)

    def validate(self, options: JSON) -> GraphQLCall | RestCall:
        if isinstance(options, str):
            return self._graphql(options, None)
        if isinstance(options, Mapping):
            return self._graphql(options.get("query"), options.get("variables"))
        if isinstance(options, Sequence):
            return rest_call(options)
        raise invalid("the options are neither text, an object nor an array", _FORMS)

    def perform(self, options: GraphQLCall | RestCall, tools: Tools) -> Outcome:
        shop = tools.shop
        if shop is None:
            raise ActionError(
                "shopify: no shop is configured",
                hint="Set SHOPIFY_SHOP and SHOPIFY_ACCESS_TOKEN, or use a simulated shop.",
                code="action.no_shop",
            )
        with shop.metered() as usage:
            try:
                done = _graphql(shop, options) if isinstance(options, GraphQLCall) else _rest(shop, options)
            except ShopifyError as error:
                done = Outcome.failed(error, response=_plain(error.body))
        return replace(
            done,
            meta=dict(usage.to_meta()),
            uncertain=done.code in _UNCERTAIN,
            deprecated=tuple(usage.deprecated),
        )

    def summary(self, options: JSON) -> str:
        try:
            call = self.validate(options)
        except ActionError as error:
            return error.message
        return graphql_label(call.query) if isinstance(call, GraphQLCall) else str(call)

    def shown(self, options: JSON) -> JSON:
        """What is called, on what; GraphQL with one field a line, REST as a request."""
        try:
            call = self.validate(options)
        except ActionError:
            return options
        if isinstance(call, RestCall):
            sent = call.params if call.body is None else call.body
            return {"request": f"{call.method} {call.path}", **({} if sent is None else {"body": sent})}
        ids = targets(call.query, call.variables)
        more = [f"and {len(ids) - _MOST_TARGETS} more"] if len(ids) > _MOST_TARGETS else []
        on = {"on": ", ".join([*ids[:_MOST_TARGETS], *more])} if ids else {}
        variables = {"variables": call.variables} if call.variables else {}
        return {"call": graphql_label(call.query), **on, "text": pretty(call.query), **variables}

    def resendable(self, options: GraphQLCall | RestCall) -> bool:
        return repeatable(options.query) if isinstance(options, GraphQLCall) else options.repeatable

    def _graphql(self, query: Any, variables: Any) -> GraphQLCall:
        if not isinstance(query, str) or not query.strip():
            raise invalid("there is no GraphQL text", _FORMS)
        if variables is not None and not isinstance(variables, Mapping):
            raise invalid('"variables" is not an object', 'Write {"query": …, "variables": {"id": …}}.')
        refused = denied_mutation(query, self._denied)
        if refused is not None:
            raise ActionError(
                f"shopify: the mutation {refused} is not allowed",
                hint="It would cut off the app or hand out tokens. Take it off the deny list if you need it.",
                code="action.denied",
            )
        return GraphQLCall(query, variables)


def _graphql(shop: ShopClient, call: GraphQLCall) -> Outcome:
    reply = shop.graphql(call.query, call.variables)
    body = reply.body
    failure = reply.failure()
    if failure is not None:
        return Outcome(
            ok=False,
            error=_json(error_messages(body.get("errors"))),
            transient=failure.transient,
            response=body,
            code=failure.code,
            hint=failure.hint,
        )
    complaints = user_errors(call.query, body.get("data"))
    if complaints:
        return Outcome(ok=False, error=_json(complaints), response=body, code="action.user_errors")
    return Outcome(ok=True, result=body, response=None)


def _rest(shop: ShopClient, call: RestCall) -> Outcome:
    reply = shop.rest(call.method, call.path, call.body, call.params)
    if reply.status < 400:
        return Outcome(ok=True, result=reply.body)
    failure = reply.failure()
    name = _STATUS_NAMES.get(reply.status, f"status {reply.status}")
    return Outcome(
        ok=False,
        error=f"Received a Shopify error ({name}): {_detail(reply.body)}",
        transient=failure is not None and failure.transient,
        response={"status": reply.status, "body": _plain(reply.body)},
        code=failure.code if failure is not None else None,
        hint=failure.hint if failure is not None else None,
    )


def _detail(body: Any) -> str:
    """What Shopify says is wrong: its ``errors`` or ``error``, as text or JSON."""
    said = body
    if isinstance(body, Mapping):
        said = body.get("errors", body.get("error", body))
    return said if isinstance(said, str) else _json(said)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _plain(body: object) -> Any:
    """A reply's body for the record; anything that is not JSON as its text."""
    return body if isinstance(body, dict | list | str | int | float | bool | type(None)) else str(body)
