"""Serving: start, stop, ports, the ticking clock, and state that outlives a restart (simulator.md 1, 2 and 7)."""

from __future__ import annotations

import socket
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from runner.clock import FixedClock
from runner.errors import ConfigError
from runner.simulator.clock import VirtualClock
from runner.simulator.seed import load_seed
from runner.simulator.server import RunningShop, open_shop, simulator
from runner.simulator.shop import Options, SimulatedShop

GRAPHQL = "/admin/api/2026-04/graphql.json"
TAG = 'mutation ($id: ID!) { tagsAdd(id: $id, tags: ["kept"]) { userErrors { message } } }'


def tag(shop: RunningShop) -> None:
    product = next(iter(shop.state()["objects"]["Product"]))
    headers = {"X-Shopify-Access-Token": shop.token}
    reply = httpx.post(shop.url + GRAPHQL, json={"query": TAG, "variables": {"id": product}}, headers=headers)
    assert reply.status_code == 200


def test_a_shop_is_served_on_loopback_for_as_long_as_the_context_lasts() -> None:
    with simulator("prints") as shop:
        assert shop.url.startswith("http://127.0.0.1:")
        assert httpx.get(f"{shop.url}/_sim/").json()["seed"] == "prints"
        url = shop.url
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/_sim/")


def test_token_and_secret_can_be_given() -> None:
    with simulator({}, token="shpat_given", secret="given") as shop:
        assert (shop.token, shop.secret) == ("shpat_given", "given")
        headers = {"X-Shopify-Access-Token": "shpat_given"}
        assert httpx.post(shop.url + GRAPHQL, json={"query": "{ shop { name } }"}, headers=headers).status_code == 200


def test_webhooks_held_from_the_beginning_are_held_after_a_reset() -> None:
    seed = {"webhooks": [{"topic": "orders/create", "address": "http://127.0.0.1:9/x"}]}
    with simulator(seed, hold_webhooks=True) as shop:
        for _ in range(2):
            with shop.shop.lock:
                shop.shop.context("test").emit("orders/create", {"id": 1})
            assert shop.drain()
            assert [each["state"] for each in shop.webhooks()["pending"]] == ["held"]
            shop.reset()


def test_two_shops_do_not_see_each_other() -> None:
    with simulator({"products": ["Mug"]}) as one, simulator({"products": ["Mug"]}) as two:
        tag(one)
        assert len(one.changes()) == 1
        assert two.changes() == []


def test_a_port_in_use_is_told_with_what_to_do() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        shop = open_shop({}, port=port)
        with pytest.raises(ConfigError) as caught:
            shop.run()
    assert str(port) in caught.value.message
    assert "--port" in (caught.value.hint or "")


def test_offline_refuses_connections_and_comes_back_on_the_same_port() -> None:
    with simulator({}) as shop:
        url = shop.url
        with shop.offline(), pytest.raises(httpx.ConnectError):
            httpx.get(f"{url}/_sim/")
        assert httpx.get(f"{url}/_sim/").status_code == 200


def test_a_dropped_connection_leaves_the_others_alone(shop: RunningShop, http: httpx.Client) -> None:
    shop.add_fault(kind="refused", path="/dropped")
    with httpx.Client(base_url=shop.url) as other:
        assert other.get("/_sim/clock").status_code == 200
        with pytest.raises(httpx.TransportError):
            http.get("/admin/api/2026-04/dropped.json")
        assert other.get("/_sim/clock").status_code == 200


def test_a_ticking_clock_moves_with_the_real_one_from_where_it_was_set() -> None:
    real = FixedClock(datetime(2030, 1, 1, tzinfo=UTC))
    clock = VirtualClock(datetime(2026, 3, 2, tzinfo=UTC), real)
    real.advance(5)
    assert clock.now() == datetime(2026, 3, 2, 0, 0, 5, tzinfo=UTC)
    clock.set(datetime(2026, 6, 1, tzinfo=UTC))
    real.advance(1)
    clock.advance(60)
    assert clock.now() == datetime(2026, 6, 1, 0, 1, 1, tzinfo=UTC)
    assert clock.ticking


def test_on_a_ticking_clock_a_throttled_client_has_to_wait() -> None:
    real = FixedClock(datetime(2030, 1, 1, tzinfo=UTC))
    shop = SimulatedShop(load_seed("prints"), Options(real=real, bucket=5, restore_rate=1))
    bucket = shop.bucket
    assert bucket.take(5)
    assert not bucket.take(1)
    real.advance(2)
    assert bucket.take(2)


def test_state_outlives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "shop.state"
    with simulator("prints", state_file=path) as shop:
        tag(shop)
        shop.subscribe("orders/create")
        with shop.shop.lock:
            shop.shop.context("test").emit("orders/create", {"id": 1})
        shop.advance(100)
        tag(shop)
        with shop.shop.lock:
            product = shop.shop.graph.of_type("Product")[-1]
            shop.shop.graph.delete(product.id)
            shop.shop.after_call(-1)
        before, number = shop.state(), shop.shop.number
    with simulator("prints", state_file=path) as shop:
        assert shop.state() == before
        assert shop.shop.number == number
        assert [each["payload"] for each in shop.take()] == [{"id": 1}]
        shop.reset()
        assert shop.state() != before
    with simulator("prints", state_file=path) as shop:
        assert shop.changes() == []
        assert len(shop.state()["objects"]["Product"]) == 6


def test_a_line_cut_short_by_a_crash_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "shop.state"
    with simulator("prints", state_file=path) as shop:
        tag(shop)
        kept = shop.state()
        shop.subscribe("orders/create")
    path.write_text(path.read_text(encoding="utf-8")[:-20], encoding="utf-8")
    with simulator("prints", state_file=path) as shop:
        assert shop.state()["objects"] == kept["objects"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "not the state"),
        ("hello\n", "damaged"),
        ("{}\n", "not the state"),
        ('{"format": 1, "seed": "x"}\n', "'x'"),
    ],
)
def test_a_file_that_is_no_state_of_this_seed_is_refused(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "shop.state"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError) as caught, simulator("prints", state_file=path):
        pass
    assert message in caught.value.message
    assert "--state" in (caught.value.hint or "")
    assert path.read_text(encoding="utf-8") == content


def test_a_state_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be written"), simulator("prints", state_file=tmp_path / "no" / "x"):
        pass
