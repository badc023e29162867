"""Webhooks: signature, headers, order, retries, and what can go wrong with them (simulator.md 5, engine.md 5.1)."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from runner.errors import InputError
from runner.shopify.webhooks import is_signed, read_delivery
from runner.simulator.server import RunningShop
from runner.simulator.webhooks import RETRY_AFTER

TOPIC = "inventory_levels/update"
Ask = Callable[..., dict[str, Any]]
CREATE = """mutation ($uri: String, $filter: String) {
  webhookSubscriptionCreate(topic: INVENTORY_LEVELS_UPDATE, webhookSubscription: {uri: $uri, filter: $filter}) {
    webhookSubscription { id uri topic filter includeFields endpoint { ... on WebhookHttpEndpoint { callbackUrl } } }
    userErrors { field message }
  }
}"""


class Receiver:
    """Keeps what it is sent, and answers with the statuses it is given, then 200."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        receiver = self

        class Answer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(receiver.statuses.pop(0) if receiver.statuses else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hooks"

    def numbers(self) -> list[int]:
        """The payloads' ``n``, in order of arrival."""
        return [json.loads(body)["n"] for _, body in self.got]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    thread = threading.Thread(target=receiver.server.serve_forever, args=(0.01,))
    thread.start()
    yield receiver
    receiver.server.shutdown()
    thread.join()
    receiver.server.server_close()


def emit(shop: RunningShop, *numbers: int, **payload: Any) -> None:
    with shop.shop.lock:
        for number in numbers:
            shop.shop.context("test").emit(TOPIC, {"n": number, **payload})


def test_a_delivery_is_signed_and_described_as_shopifys(shop: RunningShop, receiver: Receiver) -> None:
    shop.subscribe(TOPIC, receiver.url)
    emit(shop, 1)
    assert shop.drain()
    ((headers, body),) = receiver.got
    assert is_signed(body, headers["x-shopify-hmac-sha256"], [shop.secret])
    delivery = read_delivery(headers, body)
    assert (delivery.topic, delivery.shop) == (f"shopify/{TOPIC}", shop.domain)
    assert delivery.webhook_id
    assert delivery.event_id
    assert delivery.triggered_at
    assert headers["content-type"] == "application/json"
    assert json.loads(body) == {"n": 1}


def test_deliveries_arrive_in_the_order_of_their_causes(shop: RunningShop, receiver: Receiver) -> None:
    shop.subscribe(TOPIC, receiver.url)
    emit(shop, *range(10))
    assert shop.drain()
    assert receiver.numbers() == list(range(10))


def test_only_subscribers_of_the_topic_get_it(shop: RunningShop, receiver: Receiver) -> None:
    shop.subscribe("orders/create", receiver.url)
    emit(shop, 1)
    assert shop.drain()
    assert receiver.got == []
    assert shop.webhooks()["finished"] == []


def test_webhooks_of_one_call_share_the_event_id_but_not_the_webhook_id(shop: RunningShop) -> None:
    shop.subscribe(TOPIC)
    shop.subscribe(TOPIC)
    emit(shop, 1)
    one, two = shop.take()
    assert one["headers"]["X-Shopify-Event-Id"] == two["headers"]["X-Shopify-Event-Id"]
    assert one["headers"]["X-Shopify-Webhook-Id"] != two["headers"]["X-Shopify-Webhook-Id"]


def test_included_fields_cut_the_payload_down(shop: RunningShop) -> None:
    shop.subscribe(TOPIC, include_fields=["n", "inner.a", "list.b"])
    emit(shop, 1, inner={"a": 1, "b": 2}, list=[{"a": 1, "b": 2}], more=3)
    assert shop.take()[0]["payload"] == {"n": 1, "inner": {"a": 1}, "list": [{"b": 2}]}


def test_a_refused_delivery_comes_again_on_the_shops_clock(shop: RunningShop, receiver: Receiver) -> None:
    receiver.statuses = [500, 503]
    shop.subscribe(TOPIC, receiver.url)
    emit(shop, 1)
    assert shop.drain()
    assert len(receiver.got) == 1
    for attempt, seconds in enumerate(RETRY_AFTER[:2], 2):
        shop.advance(seconds - 2)
        assert shop.drain()
        assert len(receiver.got) == attempt - 1
        shop.advance(2)
        assert shop.drain()
        assert len(receiver.got) == attempt
    ids = {headers["x-shopify-webhook-id"] for headers, _ in receiver.got}
    assert len(ids) == 1
    assert shop.webhooks()["finished"][0]["answers"] == ["500", "503", "200"]


def test_after_eight_retries_within_four_hours_it_is_given_up(shop: RunningShop, receiver: Receiver) -> None:
    assert len(RETRY_AFTER) == 8
    assert sum(RETRY_AFTER) == 4 * 3600
    receiver.statuses = [500] * 9
    shop.subscribe(TOPIC, receiver.url)
    emit(shop, 1)
    assert shop.drain()
    for seconds in RETRY_AFTER:
        shop.advance(seconds)
        assert shop.drain()
    assert len(receiver.got) == 9
    assert shop.webhooks()["pending"] == []
    assert shop.webhooks()["finished"][0]["state"] == "failed"


def test_a_subscription_made_by_api_ends_when_its_deliveries_keep_failing(shop: RunningShop, ask: Ask) -> None:
    assert ask(CREATE, uri="http://127.0.0.1:9/closed")["data"]["webhookSubscriptionCreate"]["userErrors"] == []
    emit(shop, 1)
    assert shop.drain()
    for seconds in RETRY_AFTER:
        shop.advance(seconds)
        assert shop.drain()
    assert shop.subscriptions() == []


def test_nothing_is_sent_while_webhooks_are_held(shop: RunningShop, receiver: Receiver) -> None:
    shop.subscribe(TOPIC, receiver.url)
    shop.hold()
    emit(shop, 1, 2)
    assert shop.drain()
    assert receiver.got == []
    assert [each["state"] for each in shop.webhooks()["pending"]] == ["held", "held"]
    shop.hold(False)
    assert shop.drain()
    assert receiver.numbers() == [1, 2]


def test_held_webhooks_are_delivered_in_any_order_and_twice(shop: RunningShop, receiver: Receiver) -> None:
    shop.subscribe(TOPIC, receiver.url)
    shop.hold()
    emit(shop, 1, 2, 3)
    first, second, third = (each["number"] for each in shop.webhooks()["pending"])
    answers = shop.deliver([third, first, third])
    assert receiver.numbers() == [3, 1, 3]
    assert [each["answer"] for each in answers] == ["200", "200", "200"]
    assert [each["number"] for each in shop.webhooks()["pending"]] == [second]


def test_webhooks_can_be_taken_instead_of_received(shop: RunningShop) -> None:
    shop.subscribe(TOPIC)
    emit(shop, 1, 2)
    taken = shop.take()
    assert [each["payload"]["n"] for each in taken] == [1, 2]
    assert is_signed(taken[0]["body"].encode(), taken[0]["headers"]["X-Shopify-Hmac-Sha256"], [shop.secret])
    assert shop.take() == []


def test_delivering_what_has_no_address_is_refused(shop: RunningShop) -> None:
    shop.subscribe(TOPIC)
    emit(shop, 1)
    with pytest.raises(InputError, match="no address"):
        shop.deliver()


def test_an_unknown_topic_names_the_nearest(shop: RunningShop) -> None:
    with pytest.raises(InputError) as caught:
        shop.subscribe("inventory_level/update")
    assert "inventory_levels_update" in (caught.value.hint or "")


def test_a_duplicated_webhook_comes_again_under_the_same_id(shop: RunningShop, receiver: Receiver) -> None:
    shop.add_fault(kind="webhook_duplicated", copies=2, count=1)
    shop.subscribe(TOPIC, receiver.url)
    emit(shop, 1, 2)
    assert shop.drain()
    assert receiver.numbers() == [1, 1, 1, 2]
    assert len({headers["x-shopify-webhook-id"] for headers, _ in receiver.got[:3]}) == 1


def test_a_delayed_webhook_comes_when_the_shops_clock_says(shop: RunningShop, receiver: Receiver) -> None:
    shop.add_fault(kind="webhook_delayed", seconds=30, count=1)
    shop.subscribe(TOPIC, receiver.url)
    emit(shop, 1, 2)
    assert shop.drain()
    assert receiver.numbers() == [2]
    shop.advance(30)
    assert shop.drain()
    assert receiver.numbers() == [2, 1]


def test_a_reordered_webhook_comes_after_the_next_one(shop: RunningShop, receiver: Receiver) -> None:
    shop.add_fault(kind="webhook_reordered", count=1)
    shop.subscribe(TOPIC, receiver.url)
    emit(shop, 1)
    assert shop.drain()
    assert receiver.numbers() == []
    emit(shop, 2)
    assert shop.drain()
    assert receiver.numbers() == [2, 1]


def test_a_reordered_webhook_with_nothing_behind_it_comes_when_time_passes(
    shop: RunningShop, receiver: Receiver
) -> None:
    shop.add_fault(kind="webhook_reordered", count=1)
    shop.subscribe(TOPIC, receiver.url)
    emit(shop, 1)
    shop.advance(1)
    assert shop.drain()
    assert receiver.numbers() == [1]


def test_a_lost_webhook_never_comes(shop: RunningShop, receiver: Receiver) -> None:
    shop.add_fault(kind="webhook_lost", topic=TOPIC, count=1)
    shop.subscribe(TOPIC, receiver.url)
    emit(shop, 1, 2)
    assert shop.drain()
    assert receiver.numbers() == [2]


def test_a_bad_signature_does_not_fit_the_body(shop: RunningShop, receiver: Receiver) -> None:
    shop.add_fault(kind="webhook_bad_signature", count=1)
    shop.subscribe(TOPIC, receiver.url)
    emit(shop, 1, 2)
    assert shop.drain()
    signed = [is_signed(body, headers["x-shopify-hmac-sha256"], [shop.secret]) for headers, body in receiver.got]
    assert signed == [False, True]


def test_a_webhook_of_a_failed_transaction_is_not_sent(shop: RunningShop) -> None:
    shop.subscribe(TOPIC)

    def fail() -> None:
        with shop.shop.graph.transaction():
            shop.shop.context("test").emit(TOPIC, {"n": 1})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert shop.take() == []


def test_a_subscription_in_the_seed_is_served(shop: RunningShop, receiver: Receiver) -> None:
    shop.reset({"webhooks": [{"topic": TOPIC, "address": receiver.url}]})
    emit(shop, 1)
    assert shop.drain()
    assert receiver.numbers() == [1]


def test_ids_and_signatures_are_the_same_in_every_run(shop: RunningShop) -> None:
    runs = []
    for _ in range(2):
        shop.reset("prints")
        shop.subscribe(TOPIC)
        emit(shop, 1, 2)
        runs.append(shop.take())
    assert runs[0] == runs[1]


def test_a_subscription_is_created_read_changed_and_deleted_by_api(shop: RunningShop, ask: Ask) -> None:
    made = ask(CREATE, uri="http://127.0.0.1:9/a")["data"]["webhookSubscriptionCreate"]["webhookSubscription"]
    assert made["endpoint"] == {"callbackUrl": "http://127.0.0.1:9/a"}
    listed = ask("{webhookSubscriptions(first: 5, topics: [INVENTORY_LEVELS_UPDATE]) {nodes {id uri}}}")
    assert listed["data"]["webhookSubscriptions"]["nodes"] == [{"id": made["id"], "uri": "http://127.0.0.1:9/a"}]
    changed = ask(
        'mutation ($id: ID!) {webhookSubscriptionUpdate(id: $id, webhookSubscription: {includeFields: ["n"]}) '
        "{webhookSubscription {includeFields} userErrors {message}}}",
        id=made["id"],
    )
    assert changed["data"]["webhookSubscriptionUpdate"]["webhookSubscription"] == {"includeFields": ["n"]}
    delete = (
        "mutation ($id: ID!) {webhookSubscriptionDelete(id: $id) {deletedWebhookSubscriptionId userErrors {field}}}"
    )
    assert ask(delete, id=made["id"])["data"]["webhookSubscriptionDelete"]["deletedWebhookSubscriptionId"] == made["id"]
    again = ask(delete, id=made["id"])["data"]["webhookSubscriptionDelete"]
    assert again == {"deletedWebhookSubscriptionId": None, "userErrors": [{"field": ["id"]}]}


@pytest.mark.parametrize(
    ("uri", "message"),
    [(None, "Address can't be blank"), ("nowhere", "Address is invalid"), ("http://a.test/x", "already been taken")],
)
def test_a_bad_address_is_a_user_error(shop: RunningShop, ask: Ask, uri: str | None, message: str) -> None:
    shop.subscribe(TOPIC, "http://a.test/x")
    payload = ask(CREATE, uri=uri)["data"]["webhookSubscriptionCreate"]
    assert payload["webhookSubscription"] is None
    assert message in payload["userErrors"][0]["message"]
    assert len(shop.subscriptions()) == 1


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("n:1", True),
        ("n:2", False),
        ("n:>=1 AND n:<2", True),
        ("n:>1", False),
        ("NOT n:1", False),
        ("n:5 OR inner.word:blue", True),
        ("inner.word:red", False),
        ("list.id:8", True),
        ("list.id:9", False),
        ("missing:1", False),
        ("n:*", True),
        ("missing:*", False),
        ("empty:*", False),
        ('price:"0.00"', True),
        ("price:>0", False),
        ("truth:true", True),
        ("", True),
    ],
)
def test_a_filter_decides_by_the_payload(shop: RunningShop, ask: Ask, text: str, sent: bool) -> None:
    ask(CREATE, uri="pubsub://project:topic", filter=text)
    emit(shop, 1, inner={"word": "blue"}, list=[{"id": 7}, {"id": 8}], empty=None, price="0.00", truth=True)
    assert bool(shop.take()) is sent
