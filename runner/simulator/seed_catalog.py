"""The products of a seed, with options, variants, inventory items, levels and metafields.

::

    products:
      - title: Harbour at Dawn
        handle, id, type, vendor, tags, status (active, draft, archived), description, published (true)
        created: 2025-11-02T09:00:00Z              # a time; else when the shop's time starts. gift_card: true
        images: [https://images.test/dawn.jpg]     # addresses; category: a name such as "Home > Art"
        channels: [Online Store]                   # published there alone, instead of wherever it may be
        options: {Frame: [Unframed, Oak]}          # absent: one variant, "Default Title"
        variants:                                  # absent: one for each combination of option values
          - {Frame: Oak, sku: HD-O, price: 120.00, levels: {Warehouse: 30}}
        price, compare_at_price, sku, cost, weight (kilograms), requires_shipping, origin (a country's code), hs_code,
        tracked, levels …                          # for all variants that do not say otherwise
        metafields: {custom.edition: 50, custom.size: {type: single_line_text_field, value: A3}}
        count: 100                                 # so many of them; {n} in title and sku is the number

    variants: {count: 300, option: Number, sku: "BIG-{n}"}   # the short form for many

``levels`` maps a location's name to what is available there, or to ``{available, committed, reserved, …}``.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from runner.simulator.families.files import store_file
from runner.simulator.families.publications import ONLINE_STORE
from runner.simulator.graph import Graph, Node, gid, level_gid
from runner.simulator.seed_copies import Copies, copies_of
from runner.simulator.seed_past import at
from runner.simulator.seed_reader import Table, nearest

QUANTITIES = ("available", "committed", "reserved", "damaged", "safety_stock", "quality_control", "incoming")
_STATUSES = ("ACTIVE", "DRAFT", "ARCHIVED")
_INHERITED = (
    "sku",
    "price",
    "compare_at_price",
    "barcode",
    "cost",
    "tracked",
    "taxable",
    "inventory_policy",
    "levels",
    "weight",
    "requires_shipping",
    "origin",
    "hs_code",
)
_NUMBERED_APART = frozenset({"handle"})
_NUMBER = re.compile(r"\d+(\.\d+)?")
_OWNER_TYPES = {"ProductVariant": "PRODUCTVARIANT"}


@dataclass(frozen=True, slots=True)
class _Variant:
    """What a variant is made of: its option values, its own table (None when generated), its place among its siblings
    from 1, and what ``{n}`` in its SKU stands for."""

    values: tuple[str, ...]
    table: Table | None
    position: int
    number: int


def add_products(root: Table, graph: Graph) -> None:
    """Create everything under ``products``."""
    locations = {str(node["name"]): node.id for node in graph.of_type("Location")}
    handles: dict[str, int] = {}
    for table in root.tables("products", short="title"):
        count = table.integer("count", 1, minimum=1)
        made: list[list[Node]] = []
        with at(graph, table.moment("created")):
            for number in range(1, min(count, 2) + 1):
                began = graph.sequence
                _add_product(table, graph, locations, handles, number)
                made.append(graph.since(began))
            if count > 2:
                _add_copies(table, graph, locations, handles, copies_of(made[0], made[1], _NUMBERED_APART))
        table.finish()


def _add_copies(
    table: Table, graph: Graph, places: Mapping[str, str], handles: dict[str, int], copies: Copies | None
) -> None:
    """Create the third and further products of an entry."""
    given = table.text("handle")
    for number in range(3, table.integer("count") + 1):
        if copies is None:
            _add_product(table, graph, places, handles, number)
        else:
            head = {"handle": lambda title: _handle(given, title, handles)}
            copies.make(graph, number, _product_id(table, graph, number), head)


def add_metafields(table: Table, graph: Graph, owner: str) -> None:
    """Create the metafields under ``metafields`` for the object ``owner``."""
    fields = table.table("metafields")
    if fields is None:
        return
    owner_type = owner.split("/")[3]
    for key in fields.names():
        namespace, dot, name = key.partition(".")
        if not dot or not name:
            fields.refuse("expected a name such as custom.edition", key)
        inner = fields.table(key) if fields.is_table(key) else None
        value = inner.required("value") if inner else fields.required(key)
        kind = (inner.text("type") if inner else None) or "single_line_text_field"
        if inner:
            inner.finish()
        graph.create(
            "Metafield",
            {
                "_owner": owner,
                "ownerType": _OWNER_TYPES.get(owner_type, owner_type.upper()),
                "namespace": namespace,
                "key": name,
                "type": kind,
                "value": value,
                "createdAt": graph.now(),
                "updatedAt": graph.now(),
            },
        )


def _add_product(table: Table, graph: Graph, places: Mapping[str, str], handles: dict[str, int], number: int) -> None:
    title = table.required("title").replace("{n}", str(number))
    now = graph.now()
    tags = sorted(set(table.texts("tags")), key=str.lower)
    product = graph.create(
        "Product",
        {
            "title": title,
            "handle": _handle(table.text("handle"), title, handles),
            "productType": table.text("type", ""),
            "vendor": table.text("vendor", ""),
            "tags": tags,
            "status": table.choice("status", _STATUSES, "ACTIVE"),
            "descriptionHtml": table.text("description", ""),
            "templateSuffix": table.text("template_suffix"),
            "createdAt": now,
            "updatedAt": now,
            "isGiftCard": table.boolean("gift_card", False),
            "publishedAt": now if table.boolean("published", True) else None,
        },
        id=_product_id(table, graph, number),
    )
    _publish(table, graph, product)
    media = [store_file(graph, each, content="IMAGE", alt=title, name=None) for each in table.texts("images")]
    if media:
        graph.update(product.id, _media=[each.id for each in media])
    for image in media:
        graph.update(image.id, _on_product=True, _ready_at=None)
    category = table.text("category")
    if category:
        code = f"gid://shopify/TaxonomyCategory/{category.lower().replace(' > ', '-').replace(' ', '_')}"
        graph.update(product.id, _category=code, _category_name=category)
    options = _options(table)
    table.know(*_INHERITED)
    for position, (name, values) in enumerate(options.items(), 1):
        fields = {"product": product.id, "name": name, "position": position, "_values": values}
        graph.create("ProductOption", fields)
    seen: set[tuple[str, ...]] = set()
    repeated = number if table.integer("count", 1) > 1 else None
    for variant in _variants(table, options, repeated):
        if variant.values in seen:
            (variant.table or table).refuse(f"there are two variants {' / '.join(variant.values)!r}")
        seen.add(variant.values)
        _add_variant(table, graph, product.id, variant, tuple(options), places)
    add_metafields(table, graph, product.id)


def _publish(table: Table, graph: Graph, product: Node) -> None:
    """Keep the channels that a product names; without any it is wherever it may be."""
    if "channels" not in table:
        return
    found: dict[str, str] = {}
    for name in table.texts("channels"):
        channel = graph.first("Publication", "name", name)
        if channel is None:
            known = [str(each["name"]) for each in graph.of_type("Publication")]
            table.refuse(f"there is no publication {name!r}", "channels", nearest(name, known))
        found[channel.id] = graph.now()
    online = graph.first("Publication", "name", ONLINE_STORE)
    listed = online is not None and online.id in found
    graph.update(product.id, _publications=found, publishedAt=graph.now() if listed else None)


def _product_id(table: Table, graph: Graph, number: int) -> str | None:
    if "id" not in table:
        return None
    node_id = gid("Product", table.integer("id", minimum=1) + number - 1)
    if graph.get(node_id):
        table.refuse(f"the id {table.text('id')} is taken already", "id")
    return node_id


def _options(table: Table) -> dict[str, list[str]]:
    """Option names with their values; a compact ``variants`` names its own option."""
    if table.is_table("variants"):
        compact = table.table("variants")
        if compact is not None:
            count = compact.integer("count", 1, minimum=1)
            return {compact.text("option", "Number") or "Number": [str(n) for n in range(1, count + 1)]}
    given = table.table("options")
    if given is None:
        return {"Title": ["Default Title"]}
    options = {name: given.texts(name) for name in given.names()}
    if not 1 <= len(options) <= 3:
        table.refuse(f"expected one to three options, found {len(options)}", "options")
    for name, values in options.items():
        if not values:
            given.refuse("expected at least one value", name)
    return options


def _variants(table: Table, options: Mapping[str, list[str]], repeated: int | None) -> Iterator[_Variant]:
    if table.is_table("variants"):
        compact = table.table("variants")
        for number, value in enumerate(next(iter(options.values())), 1):
            yield _Variant((value,), compact, number, number)
        return
    if "variants" not in table:
        for number, values in enumerate(itertools.product(*options.values()), 1):
            yield _Variant(values, None, number, repeated or number)
        return
    for number, variant in enumerate(table.tables("variants"), 1):
        values = tuple(_option_value(variant, name, options[name]) for name in options)
        yield _Variant(values, variant, number, repeated or number)


def _option_value(variant: Table, name: str, values: list[str]) -> str:
    if name == "Title" and values == ["Default Title"]:
        return variant.text(name, "Default Title") or "Default Title"
    value = variant.required(name)
    if value not in values:
        variant.refuse(f"{name} is one of {', '.join(values)}, not {value!r}", name, nearest(value, values))
    return value


def _add_variant(
    product: Table, graph: Graph, product_id: str, variant: _Variant, names: tuple[str, ...], places: Mapping[str, str]
) -> None:
    own = variant.table
    now = graph.now()

    def source(key: str) -> Table:
        return own if own is not None and key in own else product

    sku = (source("sku").text("sku") or "").replace("{n}", str(variant.number))
    price = source("price").money("price", "0.00")
    times = {"createdAt": now, "updatedAt": now}
    item_id = graph.next_id("InventoryItem")
    node = graph.create(
        "ProductVariant",
        {
            "product": product_id,
            "position": variant.position,
            "title": " / ".join(variant.values),
            "sku": sku,
            "barcode": source("barcode").text("barcode"),
            "price": price,
            "compareAtPrice": source("compare_at_price").money("compare_at_price"),
            "inventoryPolicy": source("inventory_policy").choice("inventory_policy", ("DENY", "CONTINUE"), "DENY"),
            "taxable": source("taxable").boolean("taxable", True),
            "inventoryItem": item_id,
            "selectedOptions": [
                {"name": name, "value": value} for name, value in zip(names, variant.values, strict=True)
            ],
            **times,
        },
    )
    item = {
        "variant": node.id,
        "sku": sku,
        "tracked": source("tracked").boolean("tracked", True),
        "requiresShipping": source("requires_shipping").boolean("requires_shipping", True),
        "_cost": source("cost").money("cost"),
        "_weight": _weight(source("weight")),
        "countryCodeOfOrigin": source("origin").text("origin"),
        "provinceCodeOfOrigin": None,
        "harmonizedSystemCode": source("hs_code").text("hs_code"),
        **times,
    }
    graph.create("InventoryItem", item, id=item_id)
    _add_levels(source("levels"), graph, item_id, places)
    if own is not None:
        _finish_variant(own, graph, node.id)


def _weight(table: Table) -> dict[str, Any] | None:
    text = table.text("weight")
    if text is None:
        return None
    if not _NUMBER.fullmatch(text):
        table.refuse(f"expected a weight in kilograms such as 0.25, found {text!r}", "weight")
    return {"value": float(text), "unit": "KILOGRAMS"}


def _finish_variant(own: Table, graph: Graph, variant_id: str) -> None:
    own.know(*_INHERITED)
    if "count" not in own:
        add_metafields(own, graph, variant_id)
    own.integer("count", 1)
    own.text("option")
    own.finish()


def _add_levels(table: Table, graph: Graph, item_id: str, places: Mapping[str, str]) -> None:
    levels = table.table("levels")
    for name in levels.names() if levels else ():
        if levels is None or name not in places:
            table.refuse(f"there is no location {name!r}", "levels", nearest(name, places))
        inner = levels.table(name) if levels.is_table(name) else None
        if inner is not None:
            quantities = {quantity: inner.integer(quantity) for quantity in QUANTITIES}
            inner.finish()
        else:
            quantities = {**dict.fromkeys(QUANTITIES, 0), "available": levels.integer(name)}
        fields: dict[str, Any] = {
            "item": item_id,
            "location": places[name],
            "isActive": True,
            "_quantities": quantities,
            "createdAt": graph.now(),
            "updatedAt": graph.now(),
        }
        graph.create("InventoryLevel", fields, id=level_gid(places[name], item_id))


def _handle(given: str | None, title: str, taken: dict[str, int]) -> str:
    base = re.sub(r"[^a-z0-9]+", "-", (given or title).lower()).strip("-") or "product"
    taken[base] = taken.get(base, -1) + 1
    return base if taken[base] == 0 else f"{base}-{taken[base]}"
