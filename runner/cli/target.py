"""The store a command works on: a simulated one it starts itself, or the configured shop."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runner.actions.base import Services
from runner.clock import Clock, SystemClock
from runner.config import Settings
from runner.engine.reads import EngineReads
from runner.errors import ShopifyError, StoreError
from runner.own_folder import make_folder
from runner.services import load_services, quiet_services
from runner.shopify.client import CallRecord, ClientCredentials, ShopifyClient, open_http
from runner.shopify.schema import DEFAULT_VERSION
from runner.store import Store
from runner.store.kept import KeptValues

if TYPE_CHECKING:
    import httpx

    from runner.liquid.reads import Reads
    from runner.shopify.throttle import Throttle
    from runner.simulator.server import RunningShop

Log = Callable[[CallRecord], None]


@dataclass(frozen=True, slots=True)
class Target:
    """Everything the engine needs of a store.

    ``label`` names it for people; ``mode`` is ``simulated``, ``dry`` or ``live``. ``client`` tells its calls to the
    log, ``asking`` does not: it is for what the command itself wants to know. ``record`` is the REST shop record.
    ``reads`` replaces what templates see, None where the engine's own will do. ``simulated`` is the running store.
    ``services`` are what actions reach beside the shop: nobody from a simulated one.
    """

    label: str
    mode: str
    client: ShopifyClient
    asking: ShopifyClient
    record: Mapping[str, Any]
    store: Store
    reads: Reads | None = None
    simulated: RunningShop | None = field(default=None, repr=False)
    services: Services = field(default_factory=Services)

    @property
    def clock(self) -> Clock:
        """The time that counts there."""
        return self.store.clock

    @property
    def is_dry(self) -> bool:
        """True when nothing may be performed."""
        return self.mode == "dry"


class StoreClock:
    """The clock of a simulated store: waiting moves it, and takes no time."""

    def __init__(self, shop: RunningShop) -> None:
        self._shop = shop

    def now(self) -> datetime:
        return self._shop.shop.clock.now()

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            self._shop.advance(seconds)


@contextmanager
def simulated_target(
    seed: str, *, dry: bool = False, log: Log | None = None, settings: Settings | None = None, outside: bool = False
) -> Iterator[Target]:
    """A simulated store from ``seed``, served on a free loopback port for as long as the block lasts.

    Actions are performed in it, unless ``dry``: it is thrown away afterwards. Its webhooks are held back. ``outside``:
    actions may reach others, as ``settings`` say.
    """
    from runner.project import find_seed
    from runner.simulator.server import simulator

    path = find_seed(seed)
    api_version = DEFAULT_VERSION if settings is None else settings.api_version
    with ExitStack() as stack:
        shop = stack.enter_context(simulator(path, hold_webhooks=True))
        http = stack.enter_context(open_http(loopback=True))
        clock = StoreClock(shop)
        asking = _client(shop.domain, shop.token, api_version, http, clock, shop.url)
        record = shop_record(asking)
        yield Target(
            label=f"{shop.domain}, simulated from the seed {path.stem}",
            mode="dry" if dry else "simulated",
            client=_client(shop.domain, shop.token, api_version, http, clock, shop.url, log, asking.throttle),
            asking=asking,
            record=record,
            store=stack.enter_context(Store(":memory:", clock=clock)),
            simulated=shop,
            services=_outside(settings, record)
            if outside and settings
            else quiet_services(settings, record, clock=clock),
        )


def _outside(settings: Settings, record: Mapping[str, Any]) -> Services:
    """The services of the settings, but for what only a shop and its server could give."""
    quiet = quiet_services(settings, record)
    return replace(load_services(settings, record), store=quiet.store, flow_triggers=quiet.flow_triggers)


@contextmanager
def configured_target(settings: Settings, *, dry: bool, log: Log | None = None) -> Iterator[Target]:
    """The shop of the settings. ``ConfigError`` without shop or token; ``ShopifyError`` when it does not answer.

    A dry run reads the shop and the cache, and leaves no record: what it would do later must not happen later.
    """
    address = settings.require_shop()
    clock = SystemClock()
    with ExitStack() as stack:
        http = stack.enter_context(open_http())
        host, token, version = address.removeprefix("http://"), _token(settings), settings.api_version
        base_url = address if settings.is_simulated else None
        asking = _client(host, token, version, http, clock, base_url)
        record = shop_record(asking)
        client = _client(host, token, version, http, clock, base_url, log, asking.throttle)
        kept = _open_kept(settings, create=not dry)
        if kept is not None:
            stack.enter_context(kept)
            _keep_shop(settings, kept, record)
        results = kept.bulk if kept is not None else None
        yield Target(
            label=str(record.get("myshopify_domain") or address),
            mode="dry" if dry else "live",
            client=client,
            asking=asking,
            record=record,
            store=stack.enter_context(Store(":memory:", clock=clock)) if dry or kept is None else kept,
            reads=EngineReads(client, kept.cache, _domain(record), results) if dry and kept is not None else None,
            services=quiet_services(settings, record) if dry else load_services(settings, record, kept=kept),
        )


def _client(
    shop: str,
    token: str | ClientCredentials,
    version: str,
    http: httpx.Client,
    clock: Clock,
    base_url: str | None,
    log: Log | None = None,
    throttle: Throttle | None = None,
) -> ShopifyClient:
    return ShopifyClient(
        shop, token, version=version, http=http, clock=clock, base_url=base_url, log=log, throttle=throttle
    )


def shop_record(client: ShopifyClient) -> dict[str, Any]:
    """The REST shop record; ``ShopifyError`` when the shop does not answer, or refuses. The first call of a command."""
    reply = client.rest("GET", "/admin/shop.json")
    failure = reply.failure()
    if failure is not None:
        raise failure
    record = reply.body.get("shop") if isinstance(reply.body, dict) else None
    if not isinstance(record, dict):
        raise ShopifyError(
            "the shop's answer to shop.json holds no shop record",
            code="shopify.failed",
            hint="check SHOPIFY_SHOP: something else answers at that address",
        )
    return record


_KEPT = ("myshopify_domain", "domain", "name", "iana_timezone")


def _keep_shop(settings: Settings, store: Store, record: Mapping[str, Any]) -> None:
    """Note in the database which shop it is, and where: other commands need not ask for that."""
    kept = KeptValues(store.database, "shop")
    now = {"address": settings.shop, "record": {name: record[name] for name in _KEPT if record.get(name)}}
    if kept.get("seen") != now:
        kept.put("seen", now)


def kept_shop(settings: Settings, store: Store) -> dict[str, Any]:
    """The shop's domain, name and time zone as last seen; the domain alone for one that has never been asked.

    Empty for a simulated store that has not been seen, or without any shop.
    """
    seen = KeptValues(store.database, "shop").get("seen")
    if seen is not None and settings.shop in (None, seen["address"]):
        record: dict[str, Any] = seen["record"]
        return record
    return {} if settings.shop is None or settings.is_simulated else {"myshopify_domain": settings.shop}


def _domain(record: Mapping[str, Any]) -> str:
    return str(record.get("myshopify_domain") or record.get("domain") or "")


def _token(settings: Settings) -> str | ClientCredentials:
    if settings.access_token:
        return settings.access_token
    return ClientCredentials(str(settings.client_id), str(settings.client_secret))


def _open_kept(settings: Settings, *, create: bool) -> Store | None:
    """The configured database; None when it does not exist yet and may not be made."""
    url = settings.database_url()
    file = Path(url.partition(":///")[2]) if url.startswith("sqlite:///") else None
    if file is not None and str(file) != ":memory:" and not file.exists():
        if not create:
            return None
        if settings.origins.get("database") in (None, "default"):
            _make_place(file.parent)
    return Store(url, synchronous=settings.synchronous)


def _make_place(folder: Path) -> None:
    try:
        make_folder(folder)
    except OSError as fault:
        raise StoreError(
            f"the folder {folder} of the database cannot be made: {fault.strerror or fault}",
            hint="Check the permissions and the free space there, or name another place: `database: sqlite:///FILE`.",
        ) from fault


def open_kept(settings: Settings) -> Store:
    """The configured database, made when it does not exist yet. The caller closes it."""
    kept = _open_kept(settings, create=True)
    assert kept is not None
    return kept
