"""The control side over HTTP: state, changes, requests, clock, reset, verbs, webhooks (simulator.md 1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from runner.simulator.server import RunningShop

GRAPHQL = "/admin/api/2026-04/graphql.json"
TAG = "mutation Tag($id: ID!, $tag: String!) { tagsAdd(id: $id, tags: [$tag]) { userErrors { message } } }"


@pytest.fixture
def sim(shop: RunningShop) -> Iterator[httpx.Client]:
    """A client of the control paths; it has no token."""
    with httpx.Client(base_url=f"{shop.url}/_sim/", trust_env=False, verify=False) as client:
        yield client


def tag(http: httpx.Client, shop: RunningShop, word: str) -> None:
    product = next(iter(shop.state()["objects"]["Product"]))
    http.post(GRAPHQL, json={"query": TAG, "variables": {"id": product, "tag": word}})


def test_the_state_is_every_object_with_its_fields(sim: httpx.Client, shop: RunningShop) -> None:
    state = sim.get("state").json()
    assert state == shop.state()
    assert state["clock"] == "2026-03-02T15:00:00.000Z"
    titles = [fields["title"] for fields in state["objects"]["Product"].values()]
    assert titles[0] == "Harbour at Dawn"


def test_changes_are_told_since_a_number(sim: httpx.Client, shop: RunningShop, http: httpx.Client) -> None:
    tag(http, shop, "one")
    seen = sim.get("changes").json()
    tag(http, shop, "two")
    later = sim.get("changes", params={"since": seen[-1]["sequence"]}).json()
    assert "one" in seen[0]["after"]["tags"]
    assert "two" in later[0]["after"]["tags"]
    assert all(change["sequence"] > seen[-1]["sequence"] for change in later)
    assert {"before", "after", "cause", "time", "type", "id", "operation"} <= later[0].keys()


def test_requests_are_logged_with_cost_and_outcome(sim: httpx.Client, shop: RunningShop, http: httpx.Client) -> None:
    tag(http, shop, "one")
    http.get("/admin/api/2026-04/locations.json")
    http.post(GRAPHQL, json={"query": "{ nothing }"})
    first, second, third = sim.get("requests").json()
    assert (first["operation"], first["roots"], first["status"]) == ("mutation Tag", ["tagsAdd"], 200)
    assert (first["requested_cost"], first["actual_cost"]) == (10, 10)
    assert first["variables"]["tag"] == "one"
    assert first["changes"] >= 1
    assert (second["method"], second["operation"], second["changes"]) == ("GET", "GET locations.json", 0)
    assert third["errors"] == ["undefinedField"]
    assert sim.get("requests", params={"since": second["number"]}).json() == [third]


def test_credentials_are_in_no_log(sim: httpx.Client, shop: RunningShop, http: httpx.Client) -> None:
    form = {"grant_type": "client_credentials", "client_id": shop.client_id, "client_secret": shop.secret}
    token = http.post("/admin/oauth/access_token", json=form).json()["access_token"]
    logged = sim.get("requests").text
    assert shop.secret not in logged
    assert token not in logged
    assert shop.token not in logged


@pytest.mark.parametrize(
    ("body", "now"),
    [
        ({"advance": 90}, "2026-03-02T15:01:30.000Z"),
        ({"advance": -0.5}, "2026-03-02T14:59:59.500Z"),
        ({"set": "2026-12-24T18:00:00+01:00"}, "2026-12-24T17:00:00.000Z"),
        ({"set": "2026-12-24T18:00:00"}, "2026-12-24T18:00:00.000Z"),
    ],
)
def test_the_clock_is_read_set_and_moved(sim: httpx.Client, body: dict[str, Any], now: str) -> None:
    assert sim.post("clock", json=body).json() == {"now": now, "ticking": False}
    assert sim.get("clock").json()["now"] == now


def test_reset_goes_back_to_the_seed(sim: httpx.Client, shop: RunningShop, http: httpx.Client) -> None:
    before = shop.state()
    tag(http, shop, "one")
    shop.advance(1000)
    shop.add_fault(kind="error", path="/never")
    shop.subscribe("orders/create")
    sim.post("reset")
    assert shop.state() == before
    assert (shop.changes(), shop.requests(), shop.faults(), shop.subscriptions()) == ([], [], [], [])


def test_reset_takes_a_seed_by_name_as_json_or_as_yaml(sim: httpx.Client) -> None:
    assert sim.post("reset", json={"seed": "prints-large"}).json()["seed"] == "prints-large"
    assert sim.post("reset", json={"seed": {"products": ["Mug"]}}).json()["objects"]["Product"] == 1
    yaml = sim.post("reset", content="products: [Mug, Cup]", headers={"Content-Type": "application/yaml"})
    assert yaml.json()["objects"]["Product"] == 2


def test_a_bad_posted_seed_is_refused_and_the_shop_stays(sim: httpx.Client, shop: RunningShop) -> None:
    before = shop.state()
    reply = sim.post("reset", content="products: [{title: T, pirce: 1}]", headers={"Content-Type": "text/yaml"})
    assert reply.status_code == 422
    error = reply.json()["error"]
    assert error["where"]["part"] == "products[0].pirce"
    assert "'price'" in error["hint"]
    assert shop.state() == before


def test_subscriptions_are_made_listed_and_ended(sim: httpx.Client) -> None:
    made = sim.post(
        "subscriptions", json={"topic": "inventory_levels/update", "address": "http://127.0.0.1:9/x"}
    ).json()
    assert made["topic"] == "INVENTORY_LEVELS_UPDATE"
    assert [each["uri"] for each in sim.get("subscriptions").json()] == ["http://127.0.0.1:9/x"]
    assert sim.request("DELETE", "subscriptions", json={"id": made["id"]}).json() == []


def test_webhooks_are_held_listed_and_taken(sim: httpx.Client, shop: RunningShop) -> None:
    sim.post("subscriptions", json={"topic": "orders/create"})
    assert sim.post("webhooks/hold", json={"hold": True}).json()["hold"] is True
    with shop.shop.lock:
        shop.shop.context("test").emit("orders/create", {"id": 1})
    (pending,) = sim.get("webhooks").json()["pending"]
    assert pending["payload"] == {"id": 1}
    taken = sim.post("webhooks/take", json={"numbers": [pending["number"]]}).json()
    assert taken[0]["headers"]["X-Shopify-Topic"] == "orders/create"
    assert sim.get("webhooks").json()["pending"] == []
    assert sim.post("webhooks/drain", json={"timeout": 1}).json() == {"quiet": True}


def test_faults_are_set_listed_and_cleared(sim: httpx.Client) -> None:
    sim.post("faults", json={"kind": "error", "status": 503, "path": "/never", "count": 2})
    (fault,) = sim.get("faults").json()
    assert fault == {"kind": "error", "path": "/never", "count": 2, "status": 503, "hits": 0}
    sim.delete("faults")
    assert sim.get("faults").json() == []


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "message"),
    [
        ("GET", "nothing", None, 404, "there is no GET /_sim/nothing"),
        ("POST", "state", None, 404, "there is no POST /_sim/state"),
        ("POST", "do/sel", {}, 422, "there is no verb 'sel'"),
        ("POST", "clock", {"advance": "long"}, 422, "advance is a number"),
        ("POST", "clock", {"set": "noon"}, 422, "set is a time"),
        ("POST", "clock", {}, 422, "set is missing"),
        ("POST", "reset", {"seed": "pritns"}, 422, "there is no seed 'pritns'"),
        ("POST", "subscriptions", {}, 422, "topic is missing"),
        ("POST", "subscriptions", {"topic": "order/create"}, 422, "there is no webhook topic"),
        ("POST", "webhooks/take", {"numbers": [99]}, 422, "no webhook 99"),
        ("GET", "changes?since=x", None, 422, "since is a number"),
    ],
)
def test_what_cannot_be_done_is_told(
    sim: httpx.Client, method: str, path: str, body: Any, status: int, message: str
) -> None:
    reply = sim.request(method, path, json=body)
    assert reply.status_code == status
    assert message in reply.json()["error"]["message"]


@pytest.mark.parametrize("content", ["{", "[]", '"x"'])
def test_a_body_that_is_no_object_is_told(sim: httpx.Client, content: str) -> None:
    assert sim.post("faults", content=content).status_code == 422


def test_the_front_page_says_what_is_simulated(sim: httpx.Client, shop: RunningShop) -> None:
    about = sim.get("").json()
    assert (about["seed"], about["shop"], about["strict"]) == ("prints", shop.domain, False)
    assert about["objects"]["Location"] == 2


def test_a_page_in_a_browser_may_not_meddle(sim: httpx.Client, shop: RunningShop) -> None:
    assert sim.post("reset", headers={"Origin": "https://elsewhere.test"}).status_code == 403


def test_a_sale_sends_a_webhook_and_is_a_change(sim: httpx.Client, shop: RunningShop) -> None:
    sim.post("subscriptions", json={"topic": "inventory_levels/update"})
    sold = sim.post("do/sell", json={"sku": "HD-OAK", "location": "Workshop"})
    assert sold.status_code == 200
    (webhook,) = sim.post("webhooks/take").json()
    assert webhook["payload"]["available"] == 29
    change = next(change for change in sim.get("changes").json() if "_quantities" in change["after"])
    assert (change["cause"], change["type"]) == ("do/sell", "InventoryLevel")
    assert change["before"]["_quantities"]["available"] == 30
