"""Mechanic-style webhooks and cache addresses: what is answered, and what becomes an event."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from itertools import count

import httpx
import pytest
from starlette.applications import Starlette

from runner.engine.engine import Engine
from runner.errors import InputError, StoreError, TaskError
from runner.model.event import Event
from runner.store import Store
from runner.web.addresses import Addresses, CacheAddress, Hook
from runner.web.counts import Counts
from runner.web.desk import Desk
from runner.web.hooks import Hooks, cache_routes
from runner.web.requests import MAX_BODY

SHOP = "example.myshopify.com"


class Web:
    """The application on a store of its own."""

    def __init__(self, store: Store) -> None:
        self.engine = Engine(store, shop={"myshopify_domain": SHOP})
        self.store = store
        self.addresses = Addresses(store)
        self.counts = Counts()
        self.now = 0.0
        numbers = count(1)
        desk = Desk(self.engine, self.counts, lambda: self.now, logging.getLogger("runner.web"))
        hooks = Hooks(desk, self.addresses, lambda: f"r{next(numbers)}", burst=3)
        app = Starlette(routes=[*cache_routes(desk, self.addresses, SHOP), *hooks.routes()])
        self._transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 1))

    def ask(self, method: str, path: str, **given: object) -> httpx.Response:
        async def send() -> httpx.Response:
            async with httpx.AsyncClient(transport=self._transport, base_url="http://localhost") as client:
                return await client.request(method, path, **given)  # type: ignore[arg-type]

        return asyncio.run(send())

    @property
    def events(self) -> tuple[Event, ...]:
        return self.store.events.all()


@pytest.fixture
def web() -> Iterator[Web]:
    with Store() as store:
        yield Web(store)


@pytest.mark.parametrize("path", ["/webhooks/h1", "/webhook/h1", "/webhooks/h1/asana"])
def test_what_is_posted_becomes_an_event(web: Web, path: str) -> None:
    web.addresses.open(Hook("id1", "Form", "user/form/sent"), "h1")
    reply = web.ask("POST", f"{path}?b=2", json={"a": 1})
    assert (reply.status_code, reply.content, reply.headers["x-request-id"]) == (204, b"", "r1")
    assert reply.headers["access-control-allow-origin"] == "*"
    (event,) = web.events
    assert (event.id, event.topic, event.source) == ("r1", "user/form/sent", "webhook:id1")
    assert event.data == {"a": 1, "b": "2"}
    assert web.counts.to_dict() == {"hook": {"kept": 1}}


def test_an_unknown_id_is_answered_alike_and_makes_nothing(web: Web) -> None:
    reply = web.ask("POST", "/webhooks/unknown", json={"a": 1})
    assert (reply.status_code, reply.headers["x-request-id"], web.events) == (204, "r1", ())


def test_full_mode_tells_the_address_that_a_tunnel_saw(web: Web) -> None:
    web.addresses.open(Hook("id1", "Form", "user/form/sent", "full"), "h1")
    web.ask("POST", "/webhooks/h1", content=b"x", headers={"X-Forwarded-For": "10.0.0.1, 203.0.113.9"})
    (event,) = web.events
    assert isinstance(event.data, dict)
    assert (event.data["client_ip"], event.data["webhook_id"], event.data["request_id"]) == ("203.0.113.9", "id1", "r1")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/webhooks/h1", 405),
        ("PUT", "/webhooks/h1", 405),
        ("HEAD", "/webhooks/h1", 405),
        ("GET", "/webhooks/h1/mailchimp", 200),
        ("POST", "/webhooks/h1/mailchimp", 200),
        ("HEAD", "/webhooks/h1/ship24", 200),
        ("GET", "/webhooks/h1/ship24", 405),
        ("GET", "/webhooks/shopify", 405),
        ("POST", "/other", 404),
    ],
)
def test_other_methods_are_for_senders_that_test_the_address(web: Web, method: str, path: str, status: int) -> None:
    assert web.ask(method, path).status_code == status


def test_asanas_handshake_is_echoed(web: Web) -> None:
    reply = web.ask("POST", "/webhooks/h1/asana", headers={"X-Hook-Secret": "abc"})
    assert reply.headers["x-hook-secret"] == "abc"


@pytest.mark.parametrize("path", ["/webhooks/h1", "/cache/c1"])
def test_browsers_may_ask_from_any_page(web: Web, path: str) -> None:
    headers = {"Origin": "https://a.b", "Access-Control-Request-Headers": "content-type"}
    reply = web.ask("OPTIONS", path, headers=headers)
    assert reply.status_code == 204
    assert reply.headers["access-control-allow-origin"] == "*"
    assert reply.headers["access-control-allow-headers"] == "content-type"


def test_a_body_that_is_too_large_is_refused(web: Web) -> None:
    web.addresses.open(Hook("id1", "Form", "user/form/sent"), "h1")
    assert web.ask("POST", "/webhooks/h1", content=b" " * (MAX_BODY + 1)).status_code == 413
    assert (web.events, web.counts.to_dict()) == ((), {"hook": {"refused:size": 1}})


def test_a_store_that_fails_is_not_hidden(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(hook_id: str) -> Hook | None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(web.addresses, "hook", fail)
    reply = web.ask("POST", "/webhooks/h1")
    assert (reply.status_code, "retry-after" in reply.headers) == (503, True)
    assert reply.headers["access-control-allow-origin"] == "*"


def test_one_address_cannot_flood_the_database(web: Web) -> None:
    for name in ("h1", "h2"):
        web.addresses.open(Hook(f"id-{name}", "Form", "user/form/sent"), name)
    codes = [web.ask("POST", "/webhooks/h1").status_code for _ in range(4)]
    assert codes == [204, 204, 204, 429]
    assert web.ask("POST", "/webhooks/h2").status_code == 204
    web.now = 1.0
    assert web.ask("POST", "/webhooks/h1").status_code == 204
    assert len(web.events) == 5


def test_json_that_is_nested_without_end_is_text(web: Web) -> None:
    web.addresses.open(Hook("id1", "Form", "user/form/sent"), "h1")
    for depth in (940, 100_000):
        body = b'{"a":' * depth + b"1" + b"}" * depth
        headers = {"Content-Type": "application/json"}
        assert web.ask("POST", "/webhooks/h1", content=body, headers=headers).status_code == 204
    assert all(isinstance(event.data, str) for event in web.events)


def test_a_cache_address_gives_the_value_or_null(web: Web) -> None:
    web.addresses.open(CacheAddress("id2", "stock"), "c1")
    assert web.ask("GET", "/cache/c1").json() is None
    web.store.cache.put(SHOP, "stock", {"n": [1]}, 60)
    reply = web.ask("GET", "/cache/c1")
    assert (reply.status_code, reply.json()) == (200, {"n": [1]})
    assert reply.headers["access-control-allow-origin"] == "*"
    assert web.ask("GET", "/cache/stock").status_code == 404
    assert web.ask("POST", "/cache/c1").status_code == 405


def test_a_webhook_has_a_topic_of_users_and_a_known_mode(web: Web) -> None:
    with pytest.raises(InputError, match="user/"):
        web.addresses.open(Hook("h", "x", "shopify/orders/create"), "s")
    with pytest.raises(TaskError):
        web.addresses.open(Hook("h", "x", "user/only_two"), "s")
    with pytest.raises(InputError, match="mode"):
        web.addresses.open(Hook("h", "x", "user/a/b", "half"), "s")
    assert web.addresses.hooks() == []


def test_events_of_other_programs_may_come_in_too(web: Web) -> None:
    web.addresses.open(Hook("id1", "Reviews", "judgeme/review/created"), "h1")
    web.ask("POST", "/webhooks/h1", json={"rating": 5})
    assert [event.topic for event in web.events] == ["judgeme/review/created"]


def test_a_rotated_address_is_closed_and_the_new_one_is_the_same_webhook(web: Web) -> None:
    web.addresses.open(Hook("id1", "Form", "user/form/sent"), "old")
    web.addresses.rotate(web.addresses.find("id"), "new")
    for secret in ("old", "new"):
        assert web.ask("POST", f"/webhooks/{secret}", json={"a": secret}).status_code == 204
    assert [(event.source, event.data) for event in web.events] == [("webhook:id1", {"a": "new"})]


def test_what_is_posted_while_disabled_makes_nothing(web: Web) -> None:
    web.addresses.open(Hook("id1", "Form", "user/form/sent"), "h1")
    web.addresses.open(CacheAddress("id2", "stock"), "c1")
    hook, cached = web.addresses.find("id1"), web.addresses.find("id2")
    for on, made, status in ((False, 0, 404), (True, 1, 200)):
        web.addresses.switch(hook, on=on)
        web.addresses.switch(cached, on=on)
        assert web.ask("POST", "/webhooks/h1").status_code == 204
        assert (len(web.events), web.ask("GET", "/cache/c1").status_code) == (made, status)
    web.addresses.close(hook)
    assert (web.addresses.hooks(), web.ask("POST", "/webhooks/h1").status_code) == ([], 204)


@pytest.mark.parametrize("start", ["", "x", "id"])
def test_an_address_is_found_by_the_unique_beginning_of_its_id(web: Web, start: str) -> None:
    web.addresses.open(Hook("id1", "Form", "user/form/sent"), "h1")
    web.addresses.open(CacheAddress("id2", "stock"), "c1")
    with pytest.raises(InputError, match="address"):
        web.addresses.find(start)


def test_the_database_does_not_hold_the_secret_part_of_an_address(web: Web) -> None:
    web.addresses.open(Hook("id1", "Form", "user/form/sent", "full"), "a-secret-ending")
    web.ask("POST", "/webhooks/a-secret-ending", json={"a": 1})
    with web.store.database.read() as transaction:
        dump = "".join(transaction.connection.iterdump())
    assert "user/form/sent" in dump
    assert "a-secret-ending" not in dump
