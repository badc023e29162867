"""Faults: what each does to a request, how they are aimed and counted, and the chaos profile (simulator.md 6)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from runner.errors import InputError
from runner.simulator.faults import Faults
from runner.simulator.server import RunningShop

GRAPHQL = "/admin/api/2026-04/graphql.json"
NAME = {"query": "{ shop { name } }"}
TAG = 'mutation Tag($id: ID!) { tagsAdd(id: $id, tags: ["new"]) { userErrors { message } } }'


def tag(http: httpx.Client, shop: RunningShop) -> httpx.Response:
    product = next(iter(shop.state()["objects"]["Product"]))
    return http.post(GRAPHQL, json={"query": TAG, "variables": {"id": product}})


def name(http: httpx.Client) -> httpx.Response:
    return http.post(GRAPHQL, json=NAME)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_an_error_status_comes_and_nothing_is_done(http: httpx.Client, shop: RunningShop, status: int) -> None:
    shop.add_fault(kind="error", status=status, count=1)
    assert tag(http, shop).status_code == status
    assert shop.changes() == []
    assert tag(http, shop).status_code == 200
    assert len(shop.changes()) > 0


def test_a_refused_connection_does_nothing(http: httpx.Client, shop: RunningShop) -> None:
    shop.add_fault(kind="refused", count=1)
    with pytest.raises(httpx.TransportError):
        tag(http, shop)
    assert shop.changes() == []
    assert name(http).status_code == 200


def test_a_lost_reply_has_taken_effect(http: httpx.Client, shop: RunningShop) -> None:
    shop.add_fault(kind="lost_reply", operation="tagsAdd", count=1)
    with pytest.raises(httpx.TransportError):
        tag(http, shop)
    assert "tagsAdd" in shop.changes()[0]["cause"]
    assert shop.requests()[-1]["faults"] == ["lost_reply"]


def test_a_truncated_body_ends_half_way_and_has_taken_effect(http: httpx.Client, shop: RunningShop) -> None:
    shop.add_fault(kind="truncated", count=1)
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete"):
        tag(http, shop)
    assert len(shop.changes()) > 0


def test_throttled_graphql_is_200_with_the_code_and_the_bucket(http: httpx.Client, shop: RunningShop) -> None:
    shop.add_fault(kind="throttled", count=1)
    reply = name(http)
    assert reply.status_code == 200
    assert reply.json()["errors"][0]["extensions"]["code"] == "THROTTLED"
    assert reply.json()["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"] == 0


def test_throttled_rest_is_429_with_retry_after(http: httpx.Client, shop: RunningShop) -> None:
    shop.add_fault(kind="throttled", count=1)
    reply = http.get("/admin/api/2026-04/locations.json")
    assert reply.status_code == 429
    assert reply.headers["Retry-After"] == "2.0"


@pytest.mark.parametrize("rest", [False, True])
def test_on_a_still_clock_the_wait_asked_for_is_over_with_the_next_request(
    http: httpx.Client, shop: RunningShop, rest: bool
) -> None:
    shop.add_fault(kind="throttled", count=1)
    answers = [
        http.get("/admin/api/2026-04/locations.json") if rest else http.post(GRAPHQL, json=NAME) for _ in range(2)
    ]
    assert "errors" in answers[0].json()
    assert answers[1].status_code == 200
    assert "errors" not in answers[1].json()


def test_a_revoked_token_is_401(http: httpx.Client, shop: RunningShop) -> None:
    shop.add_fault(kind="token_revoked")
    assert name(http).status_code == 401
    shop.clear_faults()
    assert name(http).status_code == 200


def test_a_removed_scope_takes_the_write_scope_with_it(http: httpx.Client, shop: RunningShop) -> None:
    shop.add_fault(kind="scope_removed", scope="read_products")
    assert tag(http, shop).json()["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"
    assert shop.changes() == []
    assert "errors" not in http.post(GRAPHQL, json={"query": "{ locations(first: 1) { nodes { name } } }"}).json()


def test_a_retired_version_falls_forward(http: httpx.Client, shop: RunningShop) -> None:
    shop.add_fault(kind="version_retired", count=1)
    assert name(http).headers["X-Shopify-API-Version"] == "2026-07"
    assert name(http).headers["X-Shopify-API-Version"] == "2026-04"


@pytest.mark.parametrize(("kind", "seconds"), [("latency", 3), ("clock_jump", 3600), ("clock_jump", -60)])
def test_the_shops_clock_moves(http: httpx.Client, shop: RunningShop, kind: str, seconds: int) -> None:
    start = shop.shop.clock.now()
    shop.add_fault(kind=kind, seconds=seconds, count=1)
    name(http)
    assert (shop.shop.clock.now() - start).total_seconds() == seconds


def test_real_latency_makes_the_client_wait(http: httpx.Client, shop: RunningShop) -> None:
    start = shop.shop.clock.now()
    shop.add_fault(kind="latency", seconds=0.5, real=True, count=1)
    with pytest.raises(httpx.ReadTimeout):
        http.post(GRAPHQL, json=NAME, timeout=0.05)
    assert shop.shop.clock.now() == start


def test_a_fault_is_aimed_by_method_path_and_operation(http: httpx.Client, shop: RunningShop) -> None:
    shop.add_fault(kind="error", method="get")
    assert name(http).status_code == 200
    assert http.get("/admin/api/2026-04/locations.json").status_code == 500
    shop.clear_faults()
    shop.add_fault(kind="error", path="/locations")
    assert name(http).status_code == 200
    assert http.get("/admin/api/2026-04/locations.json").status_code == 500
    shop.clear_faults()
    shop.add_fault(kind="error", operation=r"mutation\s+Tag")
    assert name(http).status_code == 200
    assert tag(http, shop).status_code == 500


def test_a_fault_lets_some_pass_and_strikes_so_often(http: httpx.Client, shop: RunningShop) -> None:
    shop.add_fault(kind="error", after=1, count=2)
    assert [name(http).status_code for _ in range(4)] == [200, 500, 500, 200]
    assert shop.faults()[0]["hits"] == 2


def test_control_paths_are_never_struck(http: httpx.Client, shop: RunningShop) -> None:
    shop.add_fault(kind="refused")
    assert http.get("/_sim/clock").status_code == 200


def test_chance_is_the_same_for_the_same_seed() -> None:
    def strikes(seed: int) -> list[bool]:
        faults = Faults()
        faults.add({"kind": "error", "probability": 0.5, "seed": seed})
        return [bool(faults.for_request("POST", "/admin", "")) for _ in range(40)]

    assert strikes(1) == strikes(1)
    assert strikes(1) != strikes(2)
    assert 5 < sum(strikes(1)) < 35


def test_the_chaos_profile_mixes_faults_of_requests_and_webhooks() -> None:
    faults = Faults()
    added = faults.add({"profile": "chaos", "probability": 0.5, "seed": 3})
    kinds = {fault.kind for fault in added}
    assert {"lost_reply", "truncated", "error", "throttled", "webhook_duplicated", "webhook_reordered"} <= kinds
    struck = {fault.kind for _ in range(50) for fault in faults.for_request("POST", "/admin", "")}
    assert len(struck) > 3


@pytest.mark.parametrize(
    ("wanted", "message", "hint"),
    [
        ({"kind": "lost_repyl"}, "no fault of kind", "'lost_reply'"),
        ({}, "no fault of kind", "kinds: latency"),
        ({"kind": "error", "status": 404}, "404", "500"),
        ({"kind": "error", "sttaus": 500}, "takes no 'sttaus'", "status"),
        ({"kind": "scope_removed"}, "needs a scope", "read_products"),
        ({"kind": "latency", "seconds": "long"}, "seconds is a number", None),
        ({"kind": "error", "probability": 2}, "between 0 and 1", None),
        ({"kind": "error", "operation": "("}, "not a regular expression", None),
        ({"profile": "calm"}, "no fault profile 'calm'", "'chaos'"),
    ],
)
def test_a_fault_that_cannot_be_is_refused(wanted: dict[str, Any], message: str, hint: str | None) -> None:
    with pytest.raises(InputError) as caught:
        Faults().add(wanted)
    assert message in caught.value.message
    assert hint is None or hint in (caught.value.hint or "")
