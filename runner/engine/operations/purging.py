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


def find(store: Store, subject: Subject, *, shop: str | None = None) -> Held:
    """Where the subject stands, in data, actions, results, errors and the cache, of ``shop`` alone if given.

    Raises InputError as the subject's ``check``.
    """
    subject.check()
    found = store.erasure.events(subject, shop=shop)
    pending = store.retention.open_events(found)
    return Held(
        tuple(event_id for event_id in found if event_id not in pending),
        tuple(event_id for event_id in found if event_id in pending),
        tuple(store.erasure.cache_keys(subject, shop=shop)),
    )


def purge(
    store: Store, queue: Queue, subject: Subject, *, pending: bool = False, shop: str | None = None
) -> tuple[Held, Held]:
    """Erase the subject, of ``shop`` alone if given: what was erased, and what was left as it is being worked on.

    Events keep their rows, without data and runs. ``pending``: runs that wait are cancelled, so that their events can
    be erased as well; what is under way is left, to be asked for again. Raises InputError, StoreError.
    """
    held = find(store, subject, shop=shop)
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
    """Cancel what waits, and delete every event and the cache of a shop; how many events. Raises StoreError.

    Other shops in the same database are left alone.
    """
    cancel(store, queue, Wanted(shop=shop))
    return store.erasure.erase_shop(shop)
