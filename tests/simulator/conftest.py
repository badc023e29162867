"""A shop that is really served, started once a session and reset for every test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from runner.simulator.server import RunningShop, simulator

GRAPHQL = "/admin/api/2026-04/graphql.json"


@pytest.fixture(scope="session")
def served() -> Iterator[RunningShop]:
    """One server for the whole session. Ask for ``shop`` instead."""
    with simulator("prints") as shop:
        yield shop


@pytest.fixture
def shop(served: RunningShop) -> RunningShop:
    """The shop of the seed ``prints``, as it is in the beginning."""
    served.reset("prints")
    return served


@pytest.fixture
def http(shop: RunningShop) -> Iterator[httpx.Client]:
    """A client with the shop's token."""
    headers = {"X-Shopify-Access-Token": shop.token}
    # The whole schema takes seconds, and more of them on a busy machine.
    # verify: plain HTTP needs no certificates, and reading them takes a while for each client.
    with httpx.Client(base_url=shop.url, headers=headers, timeout=60, trust_env=False, verify=False) as client:
        yield client


@pytest.fixture
def ask(http: httpx.Client) -> Callable[..., dict[str, Any]]:
    """``ask(query, **variables)``: the body of the reply to a GraphQL request."""

    def ask(query: str, **variables: Any) -> dict[str, Any]:
        body: dict[str, Any] = http.post(GRAPHQL, json={"query": query, "variables": variables}).json()
        return body

    return ask
