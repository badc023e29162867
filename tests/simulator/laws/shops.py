"""Shops for the laws: asked without sockets, so that hundreds of them cost little."""

from __future__ import annotations

import json
from typing import Any

from runner.simulator.calls import Reply, Request
from runner.simulator.seed import Seed
from runner.simulator.shop import Options, SimulatedShop

GRAPHQL = "/admin/api/2026-04/graphql.json"


def open_shop(seed: Seed, options: Options | None = None) -> SimulatedShop:
    """A shop made from a seed."""
    return SimulatedShop(seed, options or Options())


def send(shop: SimulatedShop, method: str, path: str, body: Any = None, query: str = "") -> Reply:
    """The reply to one call."""
    headers = {"x-shopify-access-token": shop.token, "content-type": "application/json"}
    return shop.handle(Request(method, path, query, headers, b"" if body is None else json.dumps(body).encode()))


def ask(shop: SimulatedShop, query: str, **variables: Any) -> dict[str, Any]:
    """The body of the reply to a GraphQL request; the bucket is full each time."""
    shop.bucket.level = shop.bucket.maximum
    body: dict[str, Any] = json.loads(send(shop, "POST", GRAPHQL, {"query": query, "variables": variables}).body)
    return body
