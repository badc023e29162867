"""Seeds: what a simulated shop starts with, in YAML written for people (simulator.md 2).

::

    shop:      name, domain (prints.myshopify.com), public_domain, email, customer_email, owner, phone, timezone,
               currency, plan (basic, advanced, plus, enterprise), gateway (of cards: shopify_payments; else bogus),
               address {address1, address2, city, province, province_code, country, country_code, zip},
               primary_location (a name; else the first)
    clock:     when the shop's time starts
    app:       token, client_id, secret, scopes (absent: all)
    locations: names, or {name, id, active, address}
    products:  see seed_catalog.py
    publications, collections: see seed_collections.py
    customers, segments: see seed_customers.py
    discounts: see seed_discounts.py
    orders, draft_orders: see seed_orders.py
    metafield_definitions, metaobject_definitions, metaobjects: see seed_definitions.py
    gift_cards, checkouts, files: see seed_belongings.py
    delivery_profiles, themes, shopifyql: see seed_store.py
    pages, blogs, redirects, menus: see seed_content.py
    companies: see seed_companies.py
    markets: see seed_markets.py
    metafields: of the shop: {namespace.key: text, or {type, value}}
    webhooks:  {topic: inventory_levels/update, address: http://…}; without address they wait to be collected
    objects:   anything else: {type: Customer, id: 7001, firstName: Pat, …}, fields under their GraphQL names

Ids are given (``id: 7001``) or follow from the position; nothing is random.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from runner.errors import InputError
from runner.shopify.schema import DEFAULT_VERSION, load
from runner.simulator.clock import VirtualClock
from runner.simulator.contract import SHOP_ID
from runner.simulator.families import INDEXES
from runner.simulator.graph import Graph, gid
from runner.simulator.seed_belongings import add_belongings
from runner.simulator.seed_catalog import add_metafields, add_products
from runner.simulator.seed_collections import add_collections, add_publications
from runner.simulator.seed_companies import add_companies
from runner.simulator.seed_content import add_content
from runner.simulator.seed_customers import add_customers
from runner.simulator.seed_definitions import add_definitions
from runner.simulator.seed_discounts import add_discounts
from runner.simulator.seed_markets import add_markets
from runner.simulator.seed_orders import add_orders
from runner.simulator.seed_reader import Table, nearest, read_file, read_table
from runner.simulator.seed_store import add_store
from runner.simulator.snapshot import Snapshot

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
"""When a shop's time starts unless its seed says so."""
TOKEN = "shpat_simulated"
SECRET = "simulated-secret"
CLIENT_ID = "simulated-client"
RESTORE_RATES = {"basic": 100, "advanced": 200, "plus": 1000, "enterprise": 2000}
"""Points a second by plan (engine.md 5.4)."""
_SEEDS_KEPT = 4
_MOST_KEPT = 200_000
"""Objects of a seed that is kept in memory while the shop holds another."""
_PACKAGE = Path(__file__).resolve().parents[1]
_FOLDERS = (_PACKAGE / "_shipped" / "fixtures" / "_shops", _PACKAGE.parent / "fixtures" / "_shops")
_ADDRESS = ("address1", "address2", "city", "province", "province_code", "country", "country_code", "zip", "phone")


@dataclass(frozen=True, slots=True)
class Seed:
    """A seed that was read and found good.

    ``scopes`` None means all; ``restore_rate`` is in points a second.
    """

    name: str
    start: datetime
    domain: str
    token: str
    client_id: str
    secret: str
    scopes: frozenset[str] | None
    restore_rate: int
    objects: Snapshot

    def graph(self, clock: VirtualClock, indexes: Mapping[str, tuple[str, ...]]) -> Graph:
        """A new graph in this state, with an empty change log."""
        graph = Graph(clock, indexes)
        with no_collection():
            graph.begin(self.objects)
        return graph


@contextmanager
def no_collection() -> Iterator[None]:
    """Nothing that is made inside is garbage: looking for it again and again takes most of the time of a big store."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def find_seed(name: str) -> Path:
    """The file of a shipped seed. ``InputError`` with the nearest and all names when there is none."""
    for folder in _FOLDERS:
        if (folder / f"{name}.yml").is_file():
            return folder / f"{name}.yml"
    known = sorted({path.stem for folder in _FOLDERS for path in folder.glob("*.yml")})
    hint = nearest(name, known) or f"seeds that come with the package: {', '.join(known) or 'none'}; or give a path"
    raise InputError(f"there is no seed {name!r}", hint=hint, code="seed.unknown")


def load_seed(source: str | Path | Mapping[str, Any] | Seed) -> Seed:
    """Read a seed: a shipped name, a path, a mapping, or one read before. ``InputError`` names the place of a
    mistake."""
    if isinstance(source, Seed):
        return source
    if isinstance(source, Mapping):
        return parse_seed(json.dumps(source, ensure_ascii=False), "seed")  # in its order: options stand in theirs
    path = _path(source)
    return parse_seed(read_file(path), path.stem if path.parent in _FOLDERS else str(path))


def _path(source: str | Path) -> Path:
    given = isinstance(source, Path) or source.endswith((".yml", ".yaml", ".json"))
    return Path(source) if given else find_seed(str(source))


class Seeds:
    """Reads seeds for a shop that begins anew often: a file is read again only when it has changed."""

    def __init__(self) -> None:
        self._kept: dict[Path, tuple[int, int, Seed]] = {}

    def load(self, source: str | Path | Mapping[str, Any] | Seed) -> Seed:
        """As ``load_seed``."""
        if not isinstance(source, str | Path):
            return load_seed(source)
        path = _path(source)
        try:
            found = path.stat()
        except OSError:
            return load_seed(path)
        known = self._kept.pop(path, None)
        if known is None or known[:2] != (found.st_mtime_ns, found.st_size):
            known = (found.st_mtime_ns, found.st_size, load_seed(path))
        if len(known[2].objects.nodes) <= _MOST_KEPT:
            self._kept[path] = known
        for oldest in list(self._kept)[:-_SEEDS_KEPT]:
            del self._kept[oldest]
        return known[2]


def parse_seed(text: str, name: str) -> Seed:
    """Read the text of a seed; ``name`` is what errors and state files call it."""
    with no_collection():
        return _build(read_table(text, name), name)


def _build(root: Table, name: str) -> Seed:
    start = root.moment("clock", START) or START
    graph = Graph(VirtualClock(start), INDEXES)
    graph.recording = False
    shop = root.table("shop") or read_table("", name)
    rate = _add_shop(shop, graph)
    _add_locations(root, shop, graph)
    add_publications(root, graph)
    add_definitions(root, graph)
    add_products(root, graph)
    add_collections(root, graph)
    add_store(root, graph)
    add_content(root, graph)
    add_markets(root, graph)
    add_customers(root, graph)
    add_companies(root, graph)
    add_discounts(root, graph)
    add_orders(root, graph)
    add_belongings(root, graph)
    add_metafields(root, graph, SHOP_ID)
    _add_webhooks(root, graph)
    _add_objects(root, graph)
    app = root.table("app") or read_table("", name)
    scopes = frozenset(app.texts("scopes")) if "scopes" in app else None
    seed = Seed(
        name=name,
        start=start,
        domain=str(graph.get(SHOP_ID)["myshopifyDomain"]),  # type: ignore[index]
        token=app.text("token", TOKEN) or TOKEN,
        client_id=app.text("client_id", CLIENT_ID) or CLIENT_ID,
        secret=app.text("secret", SECRET) or SECRET,
        scopes=scopes,
        restore_rate=rate,
        objects=graph.snapshot(),
    )
    app.finish()
    root.finish()
    return seed


def _add_shop(table: Table, graph: Graph) -> int:
    zone = table.text("timezone", "America/New_York") or ""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        table.refuse(f"expected a time zone such as America/New_York, found {zone!r}", "timezone")
    domain = table.text("domain", "simulated.myshopify.com") or ""
    if not domain.endswith(".myshopify.com"):
        table.refuse(f"expected a domain ending in .myshopify.com, found {domain!r}", "domain")
    plan = table.choice("plan", tuple(RESTORE_RATES), "basic")
    email = table.text("email", "owner@shop.test")
    now = graph.now()
    graph.create(
        "Shop",
        {
            "name": table.text("name", "Simulated shop"),
            "email": email,
            "contactEmail": table.text("customer_email", email),
            "myshopifyDomain": domain,
            "currencyCode": (table.text("currency", "USD") or "USD").upper(),
            "ianaTimezone": zone,
            "weightUnit": "KILOGRAMS",
            "_domain": table.text("public_domain", domain),
            "_owner": table.text("owner", "Shop Owner"),
            "_phone": table.text("phone"),
            "_address": _address(table.table("address")),
            "_plan": plan,
            "_gateway": table.text("gateway"),
            "createdAt": now,
            "updatedAt": now,
        },
        id=SHOP_ID,
    )
    return RESTORE_RATES[plan]


def _add_locations(root: Table, shop: Table, graph: Graph) -> None:
    names: dict[str, str] = {}
    now = graph.now()
    for table in root.tables("locations", short="name"):
        name = table.required("name")
        if name in names:
            table.refuse(f"there are two locations named {name!r}", "name")
        active = table.boolean("active", True)
        fields = {
            "name": name,
            "isActive": active,
            "fulfillsOnlineOrders": table.boolean("fulfills_online_orders", active),
            "shipsInventory": active,
            "_address": _address(table.table("address")),
            "createdAt": now,
            "updatedAt": now,
        }
        names[name] = graph.create("Location", fields, id=_given_id(table, graph, "Location")).id
        table.finish()
    wanted = shop.text("primary_location")
    if wanted is not None and wanted not in names:
        shop.refuse(f"there is no location {wanted!r}", "primary_location", nearest(wanted, names))
    primary = names[wanted] if wanted else next(iter(names.values()), None)
    graph.update(SHOP_ID, _primary_location=primary)
    shop.finish()


def _address(table: Table | None) -> dict[str, str | None]:
    if table is None:
        return dict.fromkeys((_camel(name) for name in _ADDRESS), None)
    address = {_camel(name): table.text(name) for name in _ADDRESS}
    table.finish()
    return address


def _add_webhooks(root: Table, graph: Graph) -> None:
    topics = load(DEFAULT_VERSION).enum_values("WebhookSubscriptionTopic")
    for table in root.tables("webhooks", short="topic"):
        topic = table.required("topic").replace("/", "_").replace(".", "_").upper()
        if topic not in topics:
            table.refuse(f"there is no webhook topic {table.text('topic')!r}", "topic", nearest(topic, topics))
        fields = {
            "topic": topic,
            "uri": table.text("address"),
            "format": "JSON",
            "filter": table.text("filter"),
            "includeFields": table.texts("include_fields"),
            "metafieldNamespaces": table.texts("metafield_namespaces"),
            "createdAt": graph.now(),
            "updatedAt": graph.now(),
        }
        graph.create("WebhookSubscription", fields)
        table.finish()


_ORDERS = "write it under `orders`, with what happened to it: see `runner docs simulator`"
_BELONG = {
    "DraftOrder": "write it under `draft_orders`: see `runner docs simulator`",
    "Return": "let it be asked for: `runner shop do request-return`",
    **dict.fromkeys(("Fulfillment", "FulfillmentOrder", "LineItem", "Order", "OrderTransaction", "Refund"), _ORDERS),
}
"""What answers and webhooks cannot be made of without its parts, with where to write it."""


def _add_objects(root: Table, graph: Graph) -> None:
    schema = load(DEFAULT_VERSION)
    for table in root.tables("objects"):
        type_name = table.required("type")
        if schema.kind(type_name) != "OBJECT":
            objects = [name for name in schema.data["types"] if schema.kind(name) == "OBJECT"]
            table.refuse(f"the Admin API has no object type {type_name!r}", "type", nearest(type_name, objects))
        if type_name in _BELONG:
            table.refuse(
                f"{type_name} does not stand alone: it has parts that belong together", "type", _BELONG[type_name]
            )
        known = schema.field_names(type_name)
        node_id = _given_id(table, graph, type_name)
        fields: dict[str, Any] = {"createdAt": graph.now(), "updatedAt": graph.now()}
        for key in table.names():
            if key in ("type", "id"):
                continue
            if key not in known and not key.startswith("_"):
                table.refuse(f"{type_name} has no field {key!r}", key, nearest(key, known))
            fields[key] = table.value(key)
        graph.create(type_name, fields, id=node_id)


def _given_id(table: Table, graph: Graph, type_name: str) -> str | None:
    if "id" not in table:
        return None
    given = table.text("id") or ""
    node_id = given if given.startswith("gid://") else gid(type_name, table.integer("id", minimum=1))
    if graph.get(node_id):
        table.refuse(f"the id {given} is taken already", "id")
    return node_id


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
