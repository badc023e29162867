"""Webhooks of a simulated shop: who gets what, when, and how often (simulator.md 5, engine.md 5.1).

A delivery waits on the shop's clock. In mode ``immediate`` the courier (``courier.py``) sends what is due; in mode
``hold``
everything waits until it is released or taken, in the order a test wants. A subscription without address always waits.
"""

from __future__ import annotations

import json
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from runner.clock import iso_utc
from runner.errors import InputError
from runner.shopify.schema import DEFAULT_VERSION
from runner.shopify.webhooks import SIGNATURE_HEADER, signature
from runner.simulator.clock import VirtualClock
from runner.simulator.contract import SHOP_ID
from runner.simulator.faults import Faults
from runner.simulator.graph import Graph, Node
from runner.simulator.webhook_filter import passes

RETRY_AFTER = (60, 120, 300, 600, 1200, 2400, 3600, 6120)
"""Seconds between attempts: eight retries within four hours. Shopify publishes only those two figures."""
KEPT = 1000
"""Finished deliveries that are remembered."""
_NAMESPACE = uuid.UUID("6f5ac2ab-0f0e-5d3c-9c39-1f9f0f6f4a55")


class State(StrEnum):
    """Where a delivery stands."""

    WAITING = "waiting"
    HELD = "held"
    SENDING = "sending"
    DELIVERED = "delivered"
    TAKEN = "taken"
    LOST = "lost"
    FAILED = "failed"


@dataclass(slots=True)
class Delivery:
    """One webhook on its way to one subscription. ``answers`` are the statuses (or causes of failure) so far."""

    number: int
    id: str
    topic: str
    subscription: str
    address: str | None
    body: str
    headers: dict[str, str]
    due: datetime
    state: State
    api_made: bool = False
    answers: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, with the payload, for ``/_sim/webhooks``."""
        return {
            "number": self.number,
            "id": self.id,
            "topic": self.topic,
            "subscription": self.subscription,
            "address": self.address,
            "state": self.state.value,
            "due": iso_utc(self.due),
            "answers": list(self.answers),
            "headers": dict(self.headers),
            "payload": json.loads(self.body),
            "body": self.body,
        }


class Webhooks:
    """The queue of deliveries. Called under the shop's lock."""

    def __init__(self, graph: Graph, clock: VirtualClock, faults: Faults, *, domain: str, secret: str) -> None:
        self.graph = graph
        self.clock = clock
        self.faults = faults
        self.domain = domain
        self.secret = secret
        self.hold = False
        self.pending: dict[int, Delivery] = {}
        self.finished: deque[Delivery] = deque(maxlen=KEPT)
        self.on_queued: Callable[[], None] = lambda: None
        self._number = 0
        self._passed_over: list[int] = []

    def emit(self, topic: str, payload: Mapping[str, Any], *, event_id: str, after: float = 0.0) -> None:
        """Queue a delivery for every subscription to ``topic`` (``inventory_levels/update``), due ``after`` so many
        seconds."""
        name = enum_topic(topic)
        shop = self.graph.get(SHOP_ID)
        zone = shop["ianaTimezone"] if shop else None
        for subscription in self.graph.find("WebhookSubscription", "topic", name):
            if passes(subscription["filter"], payload, zone, self.clock.now()):
                self._queue(subscription, topic, payload, event_id, after)

    def wanted(self, topic: str) -> bool:
        """Whether there is a subscription to ``topic``."""
        return bool(self.graph.find("WebhookSubscription", "topic", enum_topic(topic)))

    def withdraw(self, topic: str, gid: str) -> None:
        """Take back what has not been sent of ``topic`` about the object ``gid``."""
        for delivery in list(self.pending.values()):
            about = json.loads(delivery.body).get("admin_graphql_api_id")
            if delivery.topic == topic and about == gid and delivery.state is not State.SENDING:
                del self.pending[delivery.number]

    def due(self) -> Delivery | None:
        """The next delivery to send now, marked as being sent; None when there is none."""
        now = self.clock.now()
        ready = [each for each in self.pending.values() if each.state is State.WAITING and each.due <= now]
        if not ready:
            return None
        chosen = min(ready, key=lambda each: (each.due, each.number))
        chosen.state = State.SENDING
        return chosen

    def seconds_to_next(self) -> float | None:
        """Seconds of the shop's time until something is due; None when nothing waits."""
        waiting = [each.due for each in self.pending.values() if each.state is State.WAITING]
        return (min(waiting) - self.clock.now()).total_seconds() if waiting else None

    def settle(self, delivery: Delivery, answer: str) -> None:
        """Record what an attempt led to: a status, or why there was none. Not 2xx: wait for the next attempt."""
        delivery.answers.append(answer)
        if delivery.number not in self.pending:
            return
        if answer.isdigit() and 200 <= int(answer) < 300:
            self._finish(delivery, State.DELIVERED)
        elif len(delivery.answers) <= len(RETRY_AFTER):
            delivery.due = self.clock.now() + timedelta(seconds=RETRY_AFTER[len(delivery.answers) - 1])
            delivery.state = State.WAITING
        else:
            self._finish(delivery, State.FAILED)
            self._give_up(delivery)

    def set_hold(self, hold: bool) -> None:
        """Switch between holding everything back and sending at once; what was held for it then becomes due."""
        self.hold = hold
        if not hold:
            for delivery in self.pending.values():
                if delivery.state is State.HELD and delivery.address is not None:
                    delivery.state = State.WAITING
            self.on_queued()

    def clock_moved(self) -> None:
        """What was to be passed by another is waited for no longer."""
        self._release_passed_over()
        self.on_queued()

    def take(self, numbers: Iterable[int] | None = None) -> list[dict[str, Any]]:
        """Deliveries as a receiver would get them, in the order of ``numbers`` (None: all, oldest first); then gone."""
        wanted = list(self.pending) if numbers is None else list(dict.fromkeys(numbers))
        taken = []
        for number in wanted:
            delivery = self.find(number)
            if delivery.state is not State.SENDING:
                taken.append(delivery.to_dict())
                self._finish(delivery, State.TAKEN)
        return taken

    def find(self, number: int) -> Delivery:
        """A pending delivery. ``InputError`` when there is none of that number."""
        found = self.pending.get(number)
        if found is None:
            raise InputError(f"no webhook {number} is pending", hint="GET /_sim/webhooks lists them")
        return found

    def forge_signature(self, delivery: Delivery) -> dict[str, str]:
        """The headers with a signature that does not fit."""
        wrong = signature(delivery.body.encode(), f"not {self.secret}")
        return {**delivery.headers, SIGNATURE_HEADER: wrong}

    def dump(self) -> dict[str, Any]:
        """What is pending, JSON-ready, for the state file."""
        rows = [{**each.to_dict(), "api_made": each.api_made} for each in self.pending.values()]
        return {"number": self._number, "pending": rows, "hold": self.hold}

    def load(self, document: Mapping[str, Any]) -> None:
        """Take up what ``dump`` gave; what was being sent is sent again."""
        self._number, self.hold = document["number"], document["hold"]
        self.pending = {row["number"]: _delivery(row) for row in document["pending"]}

    def _queue(self, subscription: Node, topic: str, payload: Mapping[str, Any], event_id: str, after: float) -> None:
        faults = {fault.kind: fault for fault in self.faults.for_webhook(topic)}
        self._number += 1
        # Event buses are not simulated: what is addressed to one waits to be taken, as without an address.
        address = subscription["uri"] if str(subscription["uri"]).startswith("http") else None
        webhook_id = str(uuid.uuid5(_NAMESPACE, f"{self.domain}/webhooks/{self._number}"))
        body = json.dumps(_included(payload, subscription["includeFields"]), ensure_ascii=False, separators=(",", ":"))
        delivery = Delivery(
            number=self._number,
            id=webhook_id,
            topic=topic,
            subscription=subscription.id,
            address=address,
            body=body,
            headers=self._headers(topic, webhook_id, event_id, body) | _named(subscription),
            due=self.clock.now() + timedelta(seconds=after),
            state=State.HELD if self.hold or address is None else State.WAITING,
            api_made=bool(subscription["_by_api"]),
        )
        if "webhook_bad_signature" in faults:
            delivery.headers = self.forge_signature(delivery)
        if "webhook_delayed" in faults:
            delivery.due += timedelta(seconds=faults["webhook_delayed"].parameters["seconds"])
        if "webhook_lost" in faults:
            delivery.state = State.LOST
            self.finished.append(delivery)
            return
        if "webhook_reordered" in faults:
            self._passed_over.append(delivery.number)
            self.pending[delivery.number] = delivery
            if delivery.state is State.WAITING:
                delivery.state = State.HELD
            return
        self.pending[delivery.number] = delivery
        for _ in range(int(faults["webhook_duplicated"].parameters["copies"]) if "webhook_duplicated" in faults else 0):
            self._copy(delivery)
        self._release_passed_over()
        self.on_queued()

    def _copy(self, delivery: Delivery) -> None:
        self._number += 1
        copy = _delivery({**delivery.to_dict(), "number": self._number, "api_made": delivery.api_made})
        self.pending[copy.number] = copy

    def _release_passed_over(self) -> None:
        """Put what was to be overtaken behind what has overtaken it."""
        for number in self._passed_over:
            delivery = self.pending.pop(number, None)
            if delivery is None:
                continue
            self._number += 1
            delivery.number = self._number
            if not self.hold and delivery.address is not None:
                delivery.state = State.WAITING
            self.pending[delivery.number] = delivery
        self._passed_over.clear()

    def _headers(self, topic: str, webhook_id: str, event_id: str, body: str) -> dict[str, str]:
        return {
            "Content-Type": "application/json",
            "User-Agent": "Shopify-Captain-Hook",
            "X-Shopify-Topic": topic,
            SIGNATURE_HEADER: signature(body.encode(), self.secret),
            "X-Shopify-Shop-Domain": self.domain,
            "X-Shopify-Webhook-Id": webhook_id,
            "X-Shopify-Event-Id": event_id,
            "X-Shopify-API-Version": DEFAULT_VERSION,
            "X-Shopify-Triggered-At": iso_utc(self.clock.now()),
        }

    def _finish(self, delivery: Delivery, state: State) -> None:
        delivery.state = state
        del self.pending[delivery.number]
        self.finished.append(delivery)

    def _give_up(self, delivery: Delivery) -> None:
        """Shopify deletes a subscription made by API whose deliveries keep failing (engine.md 5.1, rule 4)."""
        if delivery.api_made and self.graph.get(delivery.subscription):
            with self.graph.caused_by("webhook deliveries failed"):
                self.graph.delete(delivery.subscription)


def _named(subscription: Node) -> dict[str, str]:
    """The header that tells subscriptions apart which were given a name."""
    return {"X-Shopify-Name": str(subscription["name"])} if subscription["name"] else {}


def enum_topic(topic: str) -> str:
    """``INVENTORY_LEVELS_UPDATE`` of ``inventory_levels/update`` or ``shopify/inventory_levels/update``."""
    return topic.removeprefix("shopify/").replace("/", "_").replace(".", "_").upper()


def _delivery(row: Mapping[str, Any]) -> Delivery:
    state = State(row["state"])
    return Delivery(
        number=row["number"],
        id=row["id"],
        topic=row["topic"],
        subscription=row["subscription"],
        address=row["address"],
        body=row["body"],
        headers=dict(row["headers"]),
        due=datetime.fromisoformat(row["due"]),
        state=State.WAITING if state is State.SENDING else state,
        api_made=row["api_made"],
        answers=list(row["answers"]),
    )


def _included(payload: Mapping[str, Any], fields: list[str] | None) -> Mapping[str, Any]:
    """The payload cut down to ``includeFields``; a dotted name keeps that member of what is inside."""
    if not fields:
        return payload
    kept: dict[str, Any] = {}
    for name in dict.fromkeys(name.partition(".")[0] for name in fields):
        inner = [rest for head, _, rest in (each.partition(".") for each in fields) if head == name and rest]
        whole = any(each == name for each in fields)
        if name in payload:
            kept[name] = payload[name] if whole else _inside(payload[name], inner)
    return kept


def _inside(value: Any, fields: list[str]) -> Any:
    if isinstance(value, list):
        return [_inside(item, fields) for item in value]
    return _included(value, fields) if isinstance(value, Mapping) else value
