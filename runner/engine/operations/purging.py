"""Purge: personal data leave the database for good (engine.md 10), as Shopify's mandatory webhooks ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runner.engine.operations.cancelling import cancel
from runner.engine.queue.port import Queue
from runner.store import Store, Subject, Wanted
from runner.store.chunks import chunks

CUSTOMER_REDACT = "customers/redact"
CUSTOMER_DATA = "customers/data_request"
SHOP_REDACT = "shop/redact"
COMPLIANCE_TOPICS = (CUSTOMER_REDACT, CUSTOMER_DATA, SHOP_REDACT)
"""The webhooks that every app must answer, as Shopify names them."""


@dataclass(frozen=True, slots=True)
class Held:
    """Where a subject stands: ``events`` that are complete, those with ``pending`` runs, ``cache`` keys by shop."""

    events: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
    cache: tuple[tuple[str, str], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "events": list(self.events),
            "pending": list(self.pending),
            "cache": [{"shop": shop, "key": key} for shop, key in self.cache],
        }


def find(store: Store, subject: Subject) -> Held:
    """Where the subject stands, in data, actions, results, errors and the cache. Raises InputError as its ``check``."""
    subject.check()
    found = store.erasure.events(subject)
    pending = store.retention.open_events(found)
    return Held(
        tuple(event_id for event_id in found if event_id not in pending),
        tuple(event_id for event_id in found if event_id in pending),
        tuple(store.erasure.cache_keys(subject)),
    )


def purge(store: Store, queue: Queue, subject: Subject, *, pending: bool = False) -> tuple[Held, Held]:
    """Erase the subject: what was erased, and what was left since it is still being worked on.

    Events keep their rows, without data and runs. ``pending``: runs that wait are cancelled, so that their events can
    be erased as well; what is under way is left, to be asked for again. Raises InputError, StoreError.
    """
    held = find(store, subject)
    if pending and held.pending:
        for some in chunks(held.pending, 500):
            cancel(store, queue, Wanted(events=tuple(some)))
        still = store.retention.open_events(held.pending)
        freed = tuple(event_id for event_id in held.pending if event_id not in still)
        held = Held(held.events + freed, tuple(event_id for event_id in held.pending if event_id in still), held.cache)
    store.erasure.erase(held.events, held.cache)
    return Held(held.events, (), held.cache), Held(pending=held.pending)


def subject_of(payload: Mapping[str, Any]) -> Subject:
    """Whom a ``customers/…`` webhook is about: the customer's id, address and telephone, and the orders it names."""
    customer = payload.get("customer")
    person: Mapping[str, Any] = customer if isinstance(customer, Mapping) else {}
    orders: list[Any] = []
    for name in ("orders_to_redact", "orders_requested"):
        value = payload.get(name)
        orders += value if isinstance(value, Sequence) and not isinstance(value, str) else []
    ids = [str(each) for each in (person.get("id"), *orders) if each]
    texts = [str(person[name]) for name in ("email", "phone") if person.get(name)]
    return Subject(tuple(dict.fromkeys(ids)), tuple(texts))


def erase_everything(store: Store, queue: Queue, shop: str) -> int:
    """Cancel what waits, and delete every event and the cache of a shop; how many events. Raises StoreError."""
    cancel(store, queue, Wanted())
    return store.erasure.erase_shop(shop)


def comply(store: Store, queue: Queue, topic: str, payload: Mapping[str, Any], *, shop: str) -> Held:
    """Do what a mandatory webhook asks: erase a customer or a shop's everything; what was found.

    ``customers/data_request`` erases nothing: what was found is for the merchant, who has to tell the customer.
    Raises InputError for a payload that names nobody, ValueError for another topic.
    """
    if topic == SHOP_REDACT:
        erase_everything(store, queue, shop)
        return Held()
    if topic == CUSTOMER_DATA:
        return find(store, subject_of(payload))
    if topic != CUSTOMER_REDACT:
        raise ValueError(f"{topic!r} is no topic of compliance")
    erased, left = purge(store, queue, subject_of(payload), pending=True)
    return Held(erased.events, left.pending, erased.cache)
