"""The webhook address: what it keeps, what it refuses, and with which status."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.types import Message

from runner.errors import StoreError
from runner.model.custom_webhook import CustomWebhook
from runner.model.event import Event
from runner.shopify.webhooks import signature
from runner.web.counts import Counts
from runner.web.inbound import MAX_BODY, PATH, inbound
from runner.web.requests import Refused, Room, whole_body

SECRET = "shpss_1"
SHOP = "example.myshopify.com"
BODY = json.dumps({"inventory_item_id": 7, "location_id": 1, "available": 3}).encode()


class Kept:
    """An intake that remembers, and can be told to fail."""

    def __init__(self, fault: StoreError | None = None) -> None:
        self.events: list[Event] = []
        self._seen: set[str | None] = set()
        self.fault = fault

    def accept(self, event: Event, *, dedupe: str | None = None) -> str | None:
        if self.fault:
            raise self.fault
        if dedupe in self._seen:
            return None
        self._seen.add(dedupe)
        self.events.append(event)
        return str(len(self.events))


def headers(body: bytes = BODY, /, *, secret: str = SECRET, **changed: str | None) -> dict[str, str]:
    usual: dict[str, str | None] = {
        "X-Shopify-Topic": "inventory_levels/update",
        "X-Shopify-Shop-Domain": SHOP,
        "X-Shopify-Webhook-Id": "w1",
        "X-Shopify-Hmac-Sha256": signature(body, secret),
    }
    usual |= {name.replace("_", "-"): value for name, value in changed.items()}
    return {name: value for name, value in usual.items() if value is not None}


class Web:
    """A browser for the application, without a socket."""

    def __init__(self, kept: Kept, secrets: tuple[str, ...], shop: str | None, app: Starlette | None = None) -> None:
        self._transport = httpx.ASGITransport(app=app or inbound(kept, secrets=secrets, shop=shop))

    def request(self, method: str, path: str, **given: object) -> httpx.Response:
        async def ask() -> httpx.Response:
            async with httpx.AsyncClient(transport=self._transport, base_url="http://127.0.0.1") as client:
                return await client.request(method, path, **given)  # type: ignore[arg-type]

        return asyncio.run(ask())

    def post(self, path: str, **given: object) -> httpx.Response:
        return self.request("POST", path, **given)


def client(kept: Kept, *, secrets: tuple[str, ...] = (SECRET,), shop: str | None = SHOP) -> Web:
    return Web(kept, secrets, shop)


def test_a_signed_delivery_becomes_one_event() -> None:
    kept = Kept()
    assert client(kept).post(PATH, content=BODY, headers=headers()).status_code == 200
    (event,) = kept.events
    assert event.topic == event.shopify_topic == "shopify/inventory_levels/update"
    assert event.data == json.loads(BODY)
    assert event.source == "shopify"


def test_a_dotted_topic_becomes_slashes() -> None:
    kept = Kept()
    client(kept).post(PATH, content=BODY, headers=headers(X_Shopify_Topic="customer.tags_added"))
    assert kept.events[0].topic == "shopify/customer/tags_added"


def test_a_repeat_is_answered_200_and_kept_once() -> None:
    kept = Kept()
    web = client(kept)
    assert [web.post(PATH, content=BODY, headers=headers()).status_code for _ in range(3)] == [200, 200, 200]
    assert len(kept.events) == 1


def test_the_same_webhook_id_under_another_topic_is_no_repeat() -> None:
    kept = Kept()
    web = client(kept)
    web.post(PATH, content=BODY, headers=headers())
    web.post(PATH, content=BODY, headers=headers(X_Shopify_Topic="inventory_levels/connect"))
    assert len(kept.events) == 2


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"X_Shopify_Hmac_Sha256": None}, 401),
        ({"X_Shopify_Hmac_Sha256": "wrong"}, 401),
        ({"X_Shopify_Hmac_Sha256": "é"}, 401),
        ({"X_Shopify_Hmac_Sha256": signature(BODY + b" ", SECRET)}, 401),
        ({"X_Shopify_Topic": None}, 400),
        ({"X_Shopify_Webhook_Id": None}, 400),
        ({"X_Shopify_Shop_Domain": None}, 400),
        ({"X_Shopify_Shop_Domain": "other.myshopify.com"}, 403),
    ],
)
def test_what_is_refused_is_not_kept(changed: dict[str, str | None], status: int) -> None:
    kept = Kept()
    sent = {name: value.encode("latin-1") for name, value in headers(BODY, secret=SECRET, **changed).items()}
    assert client(kept).post(PATH, content=BODY, headers=sent).status_code == status
    assert kept.events == []


def test_old_and_new_secret_both_count_while_they_rotate() -> None:
    kept = Kept()
    web = client(kept, secrets=("new", "old"))
    for number, secret in enumerate(("old", "new", "older")):
        web.post(PATH, content=BODY, headers=headers(secret=secret, X_Shopify_Webhook_Id=str(number)))
    assert len(kept.events) == 2


def test_without_a_secret_nothing_is_accepted() -> None:
    kept = Kept()
    sent = headers(secret="")
    assert client(kept, secrets=()).post(PATH, content=BODY, headers=sent).status_code == 401
    assert client(kept, secrets=("",)).post(PATH, content=BODY, headers=sent).status_code == 401


@pytest.mark.parametrize("body", [b"<html>", b"{", b"", b"\xff\x00", b"[" * 100_000])
def test_a_signed_body_that_is_no_json_is_kept_as_text(body: bytes) -> None:
    kept = Kept()
    assert client(kept).post(PATH, content=body, headers=headers(body)).status_code == 200
    assert [event.data for event in kept.events] == [body.decode("utf-8", "replace")]


@pytest.mark.parametrize("topic", ["nothing/known", "app/uninstalled", "customers/redact", "customers/data_request"])
def test_a_topic_that_is_not_on_the_list_is_kept_like_any_other(topic: str) -> None:
    kept = Kept()
    assert client(kept).post(PATH, content=BODY, headers=headers(X_Shopify_Topic=topic)).status_code == 200
    assert [event.topic for event in kept.events] == [f"shopify/{topic}"]


def test_a_body_above_the_limit_is_refused_unread() -> None:
    body = b" " * (MAX_BODY + 1)
    assert client(Kept()).post(PATH, content=body, headers=headers(b"")).status_code == 413


def test_an_event_that_could_not_be_kept_is_asked_for_again() -> None:
    kept = Kept(StoreError("the disk is full"))
    reply = client(kept).post(PATH, content=BODY, headers=headers())
    assert (reply.status_code, int(reply.headers["retry-after"]) > 0) == (503, True)


def test_trouble_with_the_database_is_one_line_until_it_works_again(caplog: pytest.LogCaptureFixture) -> None:
    kept = Kept(StoreError("the disk is full", hint="Free some space."))
    web = client(kept)
    assert [web.post(PATH, content=BODY, headers=headers()).status_code for _ in range(5)] == [503] * 5
    kept.fault = None
    assert web.post(PATH, content=BODY, headers=headers()).status_code == 200
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("runner")]
    assert len(lines) == 2
    assert ("the disk is full" in lines[0], "Free some space" in lines[0]) == (True, True)
    assert "works again; 5 request(s)" in lines[1]


def test_a_flood_of_wrong_signatures_is_not_a_flood_of_log_lines(caplog: pytest.LogCaptureFixture) -> None:
    web = client(Kept())
    for _ in range(20):
        web.post(PATH, content=BODY, headers=headers(secret="other"))
    assert len([record for record in caplog.records if "signature" in record.getMessage()]) == 1


def test_without_any_secret_the_log_says_what_to_set(caplog: pytest.LogCaptureFixture) -> None:
    client(Kept(), secrets=()).post(PATH, content=BODY, headers=headers())
    assert "set client_secret" in caplog.text


def test_a_delivery_to_a_custom_webhook_is_an_event_of_its_topic() -> None:
    custom = CustomWebhook("Low", "shopify/inventory_levels/update", "user/stock/low", "available:<5")
    kept = Kept()
    app = inbound(kept, secrets=[SECRET], shop=SHOP, custom={custom.id: custom}.get)
    web = Web(kept, (), None, app)
    assert web.post(f"{PATH}/{custom.id}", content=BODY, headers=headers()).status_code == 200
    assert web.post(f"{PATH}/{custom.id}", content=BODY, headers=headers(secret="other")).status_code == 401
    assert web.post(f"{PATH}/unknown", content=BODY, headers=headers()).status_code == 404
    (event,) = kept.events
    assert (event.topic, event.shopify_topic) == ("user/stock/low", "shopify/inventory_levels/update")
    assert event.source == f"custom_shopify_webhook_subscription:{custom.id}"


def test_other_methods_and_paths_are_not_there() -> None:
    web = client(Kept())
    assert web.request("GET", PATH).status_code == 405
    assert web.post("/", content=BODY, headers=headers()).status_code == 404


@pytest.mark.parametrize(("kind", "status"), [("application/json; charset=utf-8", 200), ("text/plain", 415)])
def test_a_delivery_that_says_it_is_no_json_is_refused(kind: str, status: int) -> None:
    kept = Kept()
    assert client(kept).post(PATH, content=BODY, headers=headers(Content_Type=kind)).status_code == status
    assert len(kept.events) == (status == 200)


def test_repeats_and_refusals_are_counted() -> None:
    counts = Counts()
    transport = httpx.ASGITransport(app=inbound(Kept(), secrets=[SECRET], shop=SHOP, counts=counts))

    async def ask() -> None:
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as browser:
            for secret in (SECRET, SECRET, "other"):
                await browser.post(PATH, content=BODY, headers=headers(secret=secret))

    asyncio.run(ask())
    assert counts.to_dict() == {"shopify": {"kept": 1, "duplicate": 1, "refused:signature": 1}}


def body_of(request: Request, room: Room, **given: float) -> bytes:
    async def read() -> bytes:
        async with whole_body(request, room, **given) as body:  # type: ignore[arg-type]
            return body

    return asyncio.run(read())


def chunks(*parts: bytes) -> Request:
    left = list(parts)

    async def receive() -> Message:
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    return Request({"type": "http", "method": "POST", "headers": []}, receive)


def test_a_slow_sender_is_let_go() -> None:
    async def never() -> Message:
        await asyncio.sleep(60)
        return {}

    request = Request({"type": "http", "method": "POST", "headers": []}, never)
    with pytest.raises(Refused) as caught:
        body_of(request, Room(), patience=0.01)
    assert (caught.value.reason, caught.value.response.status_code) == ("slow", 408)


def test_a_body_without_a_declared_length_is_cut_at_the_limit() -> None:
    room = Room(100)
    with pytest.raises(Refused) as caught:
        body_of(chunks(b"x" * 10, b"x" * 10), room, limit=15)
    assert (caught.value.reason, caught.value.response.status_code) == ("size", 413)
    assert body_of(chunks(b"x" * 100), room) == b"x" * 100, "what was taken was given back"


def test_more_bodies_at_once_than_there_is_memory_for_are_put_off() -> None:
    room = Room(15)
    with pytest.raises(Refused) as caught:
        body_of(chunks(b"x" * 10, b"x" * 10), room)
    assert (caught.value.response.status_code, "retry-after" in caught.value.response.headers) == (503, True)
    assert body_of(chunks(b"x" * 15), room) == b"x" * 15
