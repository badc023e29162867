"""The store of a case: a simulated one, started from its seed and brought to where the case begins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from runner.actions.cache import MAX_TTL
from runner.actions.shopify_graphql import user_errors
from runner.clock import Clock
from runner.errors import InputError, ShopifyError
from runner.model.json import canonical
from runner.project import find_seed
from runner.shopify.client import CallRecord, ShopifyClient, open_http
from runner.shopify.schema import DEFAULT_VERSION
from runner.simulator.server import RunningShop, simulator
from runner.store import Store
from runner.testing.fixtures import INVALID, Case, refuse
from runner.testing.steps import GRAPHQL, Deed


@dataclass(frozen=True, slots=True)
class Stage:
    """A store that is served on this machine, with a client, the shop record, and a database on the store's clock.

    ``calls`` grows with each exchange that ``client`` makes; ``other`` is the client of another app, not told of.
    ``changes_before`` is the number of the last change made before the event.
    """

    shop: RunningShop
    client: ShopifyClient
    other: ShopifyClient
    record: Mapping[str, Any]
    store: Store
    calls: list[CallRecord] = field(default_factory=list)
    changes_before: int = 0

    @property
    def clock(self) -> Clock:
        """The store's time: it stands still, but for a second after each change, and for what is waited."""
        return self.store.clock

    @property
    def domain(self) -> str:
        """Under what the cache and the runs of this shop are kept."""
        return str(self.record.get("myshopify_domain") or self.record.get("domain") or "")

    @property
    def address(self) -> str:
        """Host and port: the one thing that differs each time."""
        return self.client.base_url.partition("://")[2]


@contextmanager
def staged(case: Case, api_version: str | None, *, shop: RunningShop | None = None) -> Iterator[Stage]:
    """The store of ``case`` as it is when the event comes: ``before`` done, clock set, cache filled, faults set.

    ``shop`` is one that is served already, of the case's seed, which is brought back to how the seed has it.
    """
    with ExitStack() as stack:
        if shop is None:
            shop = stack.enter_context(simulator(_seed(case), hold_webhooks=True))
        else:
            shop.reset()
            shop.hold()
        http = stack.enter_context(open_http(loopback=True))
        clock = shop.shop.clock
        calls: list[CallRecord] = []
        version = api_version or DEFAULT_VERSION
        client, other = (
            ShopifyClient(shop.domain, shop.token, version=version, http=http, clock=clock, base_url=shop.url, log=each)
            for each in (calls.append, None)
        )
        record = other.rest("GET", "/admin/shop.json").body["shop"]
        # Placeholders of secrets are the same each time, and those of a case without a store.
        store = stack.enter_context(Store(":memory:", clock=clock, salt=lambda: case.values.secrets.salt))
        act(shop, other, case.before)
        if case.clock is not None:
            shop.set_clock(case.clock)
        changes = shop.changes()
        stage = Stage(shop, client, other, record, store, calls, changes[-1]["sequence"] if changes else 0)
        for key, value in case.cache.items():
            store.cache.put(stage.domain, key, value, MAX_TTL)
        _set_faults(case, shop)
        yield stage


def act(shop: RunningShop, other: ShopifyClient, deeds: Sequence[Deed]) -> None:
    """Let shoppers, staff and another app do what the case says; ``InputError`` at the deed that cannot be done."""
    for deed in deeds:
        try:
            if deed.verb == GRAPHQL:
                _call(other, str(deed.arguments["query"]))
            else:
                shop.do(deed.verb, deed.arguments)
        except (InputError, ShopifyError) as error:
            raise InputError(error.message, hint=error.hint, where=deed.where, code=INVALID) from error


def _call(client: ShopifyClient, query: str) -> None:
    reply = client.graphql(query)
    failure = reply.failure()
    if failure is not None:
        raise failure
    complaints = user_errors(query, reply.body.get("data"))
    if complaints:
        raise InputError(f"the store refuses it: {canonical(complaints)}")


def _seed(case: Case) -> Any:
    try:
        return find_seed(case.shop or "", root=case.root)
    except InputError as error:
        refuse(case, "shop", error.message, error.hint)


def _set_faults(case: Case, shop: RunningShop) -> None:
    for fault, where in case.faults:
        try:
            shop.add_fault(fault)
        except InputError as error:
            raise InputError(error.message, hint=error.hint, where=where, code=INVALID) from error
