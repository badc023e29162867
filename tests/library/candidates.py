"""What may happen in a store so that a task on a topic has something to do: several ways, the likeliest first."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any

from runner.errors import Where
from runner.model.event import Event
from runner.model.topic import singular
from runner.testing.steps import GRAPHQL, Deed, Happening, Step

HERE = Where("tests/library/candidates.py")
LONGEST_WORD = 40
MOST_WORDS = 4
PERIODS = re.compile(r"mechanic/scheduler/|mechanic/user/(trigger|text)$")
NEW_CUSTOMER = {"first_name": "Nora", "last_name": "Quist", "email": "nora@example.com", "phone": "+12125550199"}


@dataclass(frozen=True)
class Candidate:
    """``before`` happened ``ago`` before the task was enabled; then ``steps`` follow."""

    steps: tuple[Step, ...]
    before: tuple[Deed, ...] = ()
    ago: timedelta = timedelta()


@dataclass(frozen=True)
class Goods:
    """What a store has, by type: gid -> fields. ``words``: texts of options, which tasks look for in tags."""

    objects: Mapping[str, Mapping[str, Mapping[str, Any]]]
    words: Sequence[str] = field(default_factory=list)

    def some(self, kind: str) -> list[tuple[str, Mapping[str, Any]]]:
        return list(self.objects.get(kind, {}).items())

    @cached_property
    def skus(self) -> list[str]:
        found = [str(fields["sku"]) for _, fields in self.some("ProductVariant") if fields.get("sku")]
        return found[:: max(1, len(found) // 6)]

    @cached_property
    def products(self) -> list[str]:
        active = [str(fields["handle"]) for _, fields in self.some("Product") if fields.get("status") == "ACTIVE"]
        return active[:: max(1, len(active) // 5)]

    @cached_property
    def emails(self) -> list[str]:
        found = [str(fields["email"]) for _, fields in self.some("Customer") if fields.get("email")]
        return found[:: max(1, len(found) // 4)]

    @property
    def location(self) -> str:
        return str(self.some("Location")[0][1]["name"])


def words_of(options: Mapping[str, Any]) -> list[str]:
    """The short texts among option values."""
    found: list[str] = []
    for value in options.values():
        each = value if isinstance(value, list) else list(value) if isinstance(value, dict) else [value]
        found += [text for text in each if isinstance(text, str) and 0 < len(text) <= LONGEST_WORD and "@" not in text]
    return [text for text in dict.fromkeys(found) if not re.search(r"[\n<>{}]|://", text)][:MOST_WORDS]


def deed(verb: str, **arguments: Any) -> Deed:
    return Deed(verb.replace("_", "-"), arguments, HERE)


def mutation(text: str) -> Deed:
    return Deed(GRAPHQL, {"query": f"mutation {{ {text} {{ userErrors {{ message }} }} }}"}, HERE)


def happens(
    topic: str, of: str | tuple[str, ...] | None = None, *, data: Any = None, sample: bool = False
) -> Happening:
    source = "shopify" if topic.startswith("shopify/") else "user"
    return Happening(
        Event(topic, data, source=source, shopify_topic=topic if source == "shopify" else None), HERE, sample, of
    )


def candidates(topic: str, goods: Goods, *, has_sample: bool) -> Iterator[Candidate]:
    """Ways in which ``topic`` comes; the last one is an event with the data of a sample, or with none."""
    make = {
        "shopify/orders/create": _orders,
        "shopify/orders/paid": _paid,
        "shopify/orders/updated": _updated_orders,
        "shopify/orders/edited": _updated_orders,
        "shopify/orders/fulfilled": _fulfilled,
        "shopify/orders/cancelled": _cancelled,
        "shopify/fulfillments/create": _fulfilled,
        "shopify/fulfillments/update": _delivered,
        "shopify/fulfillment_events/create": _delivered,
        "shopify/refunds/create": _refunded,
        "shopify/returns/request": _returns,
        "shopify/returns/close": _returns,
        "shopify/customers/create": _customers,
        "shopify/customers/update": _updated_customers,
        "shopify/customer/tags_added": _updated_customers,
        "shopify/customers/enable": _enabled_customers,
        "shopify/products/create": _products,
        "shopify/products/update": _updated_products,
        "shopify/products/delete": _deleted_products,
        "shopify/inventory_levels/update": _levels,
        "shopify/draft_orders/create": _drafts,
        "shopify/draft_orders/update": _drafts,
        "shopify/checkouts/create": _checkouts,
        "shopify/checkouts/update": _checkouts,
        "shopify/collections/create": _collections,
        "shopify/collections/update": _collections,
        "shopify/discounts/create": _discounts,
    }.get(topic)
    if make is not None:
        yield from (Candidate(steps) for steps in make(goods))
    if PERIODS.match(topic):
        yield from _periods(topic, goods, has_sample=has_sample)
        return
    yield from (Candidate((happens(topic, of),)) for of in _objects(topic, goods))
    yield Candidate((happens(topic, sample=has_sample),))


def _periods(topic: str, goods: Goods, *, has_sample: bool) -> Iterator[Candidate]:
    """A look around: at the store as it is; after a busy day; and long after it."""
    event = happens(topic, sample=has_sample)
    busy = tuple(each for steps in _busy(goods) for each in steps)
    yield Candidate((event,))
    yield Candidate((*busy, event))
    for days in (3, 40, 370):
        yield Candidate((event,), busy, timedelta(days=days))


def _busy(goods: Goods) -> Iterator[tuple[Deed, ...]]:
    yield from (steps for make in (_orders, _updated_customers, _updated_products, _levels) for steps in make(goods))
    yield (deed("draft_order", lines=[{"sku": goods.skus[0]}], email="nora@example.com", tags=list(goods.words)),)


def _objects(topic: str, goods: Goods) -> Iterator[str | tuple[str, ...]]:
    """Objects of the kind that a topic is about: those that differ most from each other."""
    subject = topic.split("/")[2] if topic.startswith("mechanic/user/") else topic.split("/")[1]
    kind = "".join(word.capitalize() for word in singular(subject).split("_"))
    kind = {"Variant": "ProductVariant"}.get(kind, kind)
    several = topic.startswith("mechanic/user/") and singular(subject) != subject
    different: dict[str, str] = {}
    for gid, fields in goods.some(kind):
        state = {key: fields.get(key) for key in ("status", "state", "cancelledAt", "closedAt", "tags", "_payment")}
        different.setdefault(json.dumps(state, sort_keys=True, default=str)[:60], gid)
    chosen = [f"{kind}/{gid.rsplit('/', 1)[-1]}" for gid in list(different.values())[:5]]
    if several and chosen:
        yield tuple(chosen[:3])
    elif not several:
        yield from chosen


def _orders(goods: Goods) -> Iterator[tuple[Deed, ...]]:
    one, two = goods.skus[0], goods.skus[-1]
    address = {"address1": "1 Main Street", "city": "Boston", "province": "Massachusetts", "province_code": "MA"}
    address |= {"country": "United States", "country_code": "US", "zip": "02108"}
    yield (
        deed(
            "order",
            lines=[{"sku": one, "quantity": 2, "properties": {"Gift": "yes"}}, {"sku": two}],
            email="nora@example.com",
            address=address,
            shipping={"title": "Standard", "price": "8.00"},
            note="Leave it at the door",
            tags=list(goods.words),
            force=True,
        ),
    )
    email = goods.emails[0] if goods.emails else "sam@example.com"
    yield (
        deed(
            "order",
            lines=[{"sku": two, "quantity": 12}, {"sku": goods.skus[len(goods.skus) // 2]}],
            **({"customer": email} if goods.emails else {"email": email}),
            payment="pending",
            discount={"code": "SUMMER", "percent": 10},
            attributes=dict.fromkeys(goods.words, "yes"),
            force=True,
        ),
    )
    yield (deed("order", lines=[{"sku": one}], email="li@example.com", payment="authorized", pickup=True, force=True),)
    yield (deed("order", lines=[{"sku": one}], source="pos", payment="none", force=True, tags=list(goods.words)),)


def _after(goods: Goods, *deeds: Deed) -> Iterator[tuple[Deed, ...]]:
    for steps in _orders(goods):
        yield (*steps, *deeds)


def _paid(goods: Goods) -> Iterator[tuple[Deed, ...]]:
    found = list(_after(goods))
    yield found[0]
    yield (*found[1], deed("pay"))
    yield (*found[2], deed("pay"))


def _updated_orders(goods: Goods) -> Iterator[tuple[Deed, ...]]:
    yield from _after(goods, deed("edit_order", tags=list(goods.words) or ["new"], note="Call before noon"))
    yield from list(_after(goods, deed("cancel")))[:2]
    yield from list(_after(goods, deed("fulfill", company="UPS", number="1Z999")))[:1]


def _fulfilled(goods: Goods) -> Iterator[tuple[Deed, ...]]:
    yield from list(_after(goods, deed("fulfill", company="UPS", number="1Z999")))[:2]
    yield from list(_after(goods, deed("fulfill")))[:1]


def _delivered(goods: Goods) -> Iterator[tuple[Deed, ...]]:
    sent = deed("fulfill", company="UPS", number="1Z999")
    for status in ("delivered", "in_transit", "out_for_delivery"):
        yield next(_after(goods, sent, deed("deliver", status=status)))


def _cancelled(goods: Goods) -> Iterator[tuple[Deed, ...]]:
    yield from list(_after(goods, deed("cancel", reason="customer")))[:3]


def _refunded(goods: Goods) -> Iterator[tuple[Deed, ...]]:
    yield next(_after(goods, deed("refund")))
    yield next(_after(goods, deed("fulfill"), deed("refund", lines=[{"sku": goods.skus[0]}])))


def _returns(goods: Goods) -> Iterator[tuple[Deed, ...]]:
    yield next(_after(goods, deed("fulfill"), deed("request_return", reason="size_too_small")))
    yield next(_after(goods, deed("fulfill"), deed("request_return", approved=True)))


def _customers(goods: Goods) -> Iterator[tuple[Deed, ...]]:
    yield (deed("add_customer", **NEW_CUSTOMER, tags=list(goods.words), note="Met at the fair"),)
    yield (deed("add_customer", **NEW_CUSTOMER),)


def _updated_customers(goods: Goods) -> Iterator[tuple[Deed, ...]]:
    for email in goods.emails[:3]:
        yield (deed("edit_customer", customer=email, tags=list(goods.words) or ["vip"], note="Likes blue"),)
    yield (deed("add_customer", **NEW_CUSTOMER), deed("edit_customer", customer="nora@example.com", tags=["vip"]))


def _enabled_customers(goods: Goods) -> Iterator[tuple[Deed, ...]]:
    for email in goods.emails[:2]:
        yield (deed("set_account", customer=email, state="disabled"), deed("set_account", customer=email))


def _products(goods: Goods) -> Iterator[tuple[Deed, ...]]:
    tags = json.dumps(list(goods.words))
    yield (
        mutation(
            f'productCreate(product: {{title: "Evening Coat", vendor: "Larkspur", tags: {tags}, status: ACTIVE}})'
        ),
    )
    yield (mutation('productCreate(product: {title: "Plain Scarf", productType: "Scarves", status: DRAFT})'),)


def _updated_products(goods: Goods) -> Iterator[tuple[Deed, ...]]:
    for handle in goods.products[:3]:
        yield (deed("edit_product", product=handle, tags=list(goods.words) or ["new"], title=f"New {handle}"),)
    yield (deed("edit_product", product=goods.products[0], status="draft"),)


def _deleted_products(goods: Goods) -> Iterator[tuple[Deed, ...]]:
    gid = goods.some("Product")[0][0]
    yield (mutation(f'productDelete(input: {{id: "{gid}"}})'),)


def _levels(goods: Goods) -> Iterator[tuple[Deed, ...]]:
    """A variant that is stocked sells out, and comes again."""
    items = {str(fields["item"]): str(fields["location"]) for _, fields in goods.some("InventoryLevel")}
    places = {gid: str(fields["name"]) for gid, fields in goods.some("Location")}
    variants = {str(fields["inventoryItem"]): gid for gid, fields in goods.some("ProductVariant")}
    stocked = [(variants[item], places[place]) for item, place in items.items() if item in variants]
    for variant, place in stocked[:: max(1, len(stocked) // 3)][:3]:
        number = variant.rsplit("/", 1)[-1]
        yield (
            deed("adjust", variant=number, location=place, to=0),
            deed("restock", variant=number, location=place, quantity=30),
            deed("adjust", variant=number, location=place, to=1),
        )


def _drafts(goods: Goods) -> Iterator[tuple[Deed, ...]]:
    yield (deed("draft_order", lines=[{"sku": goods.skus[0]}], email="nora@example.com", tags=list(goods.words)),)
    for email in goods.emails[:2]:
        yield (deed("draft_order", lines=[{"sku": goods.skus[-1], "quantity": 3}], customer=email),)


def _checkouts(goods: Goods) -> Iterator[tuple[Deed, ...]]:
    yield (deed("check_out", lines=[{"sku": goods.skus[0]}], email="nora@example.com"),)


def _collections(goods: Goods) -> Iterator[tuple[Deed, ...]]:
    yield (mutation('collectionCreate(input: {title: "Evening"})'),)
    for gid, _ in goods.some("Collection")[:3]:
        yield (mutation(f'collectionUpdate(input: {{id: "{gid}", title: "Renamed"}})'),)


def _discounts(goods: Goods) -> Iterator[tuple[Deed, ...]]:
    yield (
        mutation(
            'discountCodeBasicCreate(basicCodeDiscount: {title: "Ten", code: "TEN", startsAt: "2026-01-01T00:00:00Z", '
            "context: {all: ALL}, customerGets: {value: {percentage: 0.1}, items: {all: true}}})"
        ),
    )
