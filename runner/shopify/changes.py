"""What changed in the shop in a span of time, by webhook topic: to find deliveries that never came (engine.md 5.3, 10).

Lists come from GraphQL searches, whose ids are then read over REST, since a webhook's payload is the REST record. The
REST records of products are gone: their payload is put together from GraphQL. Levels of inventory are listed over REST.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Protocol

from runner.clock import iso_utc
from runner.errors import ShopifyError

PAGE = 100
_LEVELS_PAGE = 250
_PLACES = 50
"""How many locations one list of levels may name."""


class Reply(Protocol):
    """An answer of the shop."""

    @property
    def body(self) -> Any: ...

    def failure(self) -> ShopifyError | None: ...


class RestReply(Reply, Protocol):
    """An answer of the REST API."""

    @property
    def status(self) -> int: ...

    @property
    def next_page(self) -> str | None: ...


class Caller(Protocol):
    """The shop's client."""

    def graphql(self, query: str, variables: Mapping[str, Any] | None = None) -> Reply: ...

    def rest(self, method: str, path: str, body: Any = None, params: Mapping[str, Any] | None = None) -> RestReply: ...


@dataclass(frozen=True, slots=True)
class Change:
    """A resource as the shop has it: ``key`` tells it from others, ``at`` is when it was made or changed last.

    ``payload`` reads what a webhook of it would hold now; None when it is gone meanwhile.
    """

    key: str
    at: datetime
    payload: Callable[[], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Listed:
    """How the changes of a topic are listed: root field, REST name, and which of the two moments counts."""

    root: str
    name: str
    moment: str


TOPICS: Mapping[str, Listed] = {
    f"shopify/{subject}/{verb}": Listed(root, name, moment)
    for subject, root, name in (
        ("orders", "orders", "order"),
        ("customers", "customers", "customer"),
        ("draft_orders", "draftOrders", "draft_order"),
        ("products", "products", "product"),
    )
    for verb, moment in (("create", "created"), ("updated" if subject == "orders" else "update", "updated"))
}
"""Topics whose changes can be listed by search; ``LEVELS`` is another one."""
LEVELS = "shopify/inventory_levels/update"
RECONCILED = frozenset((*TOPICS, LEVELS))

_PRODUCT = """query ($id: ID!) { product(id: $id) {
  legacyResourceId title handle vendor productType tags status descriptionHtml templateSuffix createdAt updatedAt
  publishedAt
  options { name position values }
  variants(first: 250) { nodes { legacyResourceId title sku barcode price compareAtPrice position taxable
    inventoryPolicy inventoryQuantity createdAt updatedAt inventoryItem { legacyResourceId } } } } }"""


def changes(client: Caller, topic: str, since: datetime, until: datetime) -> Iterator[Change]:
    """Everything of ``topic`` that was made or changed from ``since`` up to ``until``. Raises ShopifyError."""
    if topic == LEVELS:
        yield from _levels(client, since, until)
        return
    listed = TOPICS[topic]
    field = f"{listed.moment}At"
    document = (
        f"query ($search: String!, $after: String) {{ {listed.root}(first: {PAGE}, query: $search, after: $after) "
        f"{{ nodes {{ id {field} }} pageInfo {{ hasNextPage endCursor }} }} }}"
    )
    search = " ".join(
        f"{listed.moment}_at:{sign}'{iso_utc(moment)}'" for sign, moment in ((">=", since), ("<=", until))
    )
    after: str | None = None
    while True:
        body = _checked(client.graphql(document, {"search": search, "after": after}))
        found = body["data"][listed.root]
        for node in found["nodes"]:
            number = node["id"].rpartition("/")[2]
            at = read_moment(node[field])
            # The search knows whole seconds and lags behind; what it returned is looked at again.
            if at is not None and since <= at <= until:
                yield Change(number, at, _reading(client, listed, number))
        if not found["pageInfo"]["hasNextPage"]:
            return
        after = found["pageInfo"]["endCursor"]


def key_of(topic: str, data: Any) -> str | None:
    """The key of the resource that a webhook's data is about; None when it names none."""
    if not isinstance(data, Mapping):
        return None
    if topic == LEVELS:
        item, place = data.get("inventory_item_id"), data.get("location_id")
        return None if item is None or place is None else f"{item}@{place}"
    number = data.get("id")
    return None if number is None else str(number)


def moment_of(topic: str, data: Any) -> datetime | None:
    """When what a webhook's data tells happened: ``created_at`` where the topic is about that, else ``updated_at``."""
    listed = TOPICS.get(topic)
    name = "created_at" if listed is not None and listed.moment == "created" else "updated_at"
    return read_moment(data.get(name)) if isinstance(data, Mapping) else None


def read_moment(text: Any) -> datetime | None:
    """A moment in UTC; None for what is none."""
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return None if moment is None or moment.tzinfo is None else moment.astimezone(UTC)


def _levels(client: Caller, since: datetime, until: datetime) -> Iterator[Change]:
    places = [str(each["id"]) for each in _checked(client.rest("GET", "/admin/locations.json"))["locations"]]
    params: dict[str, Any] = {"limit": _LEVELS_PAGE, "updated_at_min": iso_utc(since)}
    for some in (places[at : at + _PLACES] for at in range(0, len(places), _PLACES)):
        path: str | None = "/admin/inventory_levels.json"
        given: dict[str, Any] | None = {**params, "location_ids": ",".join(some)}
        while path is not None:
            reply = client.rest("GET", path, None, given)
            for level in _checked(reply)["inventory_levels"]:
                at = read_moment(level["updated_at"])
                if at is not None and since <= at <= until:
                    yield Change(key_of(LEVELS, level) or "", at, partial(dict, level))
            path, given = reply.next_page, None


def _reading(client: Caller, listed: Listed, number: str) -> Callable[[], Mapping[str, Any] | None]:
    def read() -> Mapping[str, Any] | None:
        if listed.name == "product":
            gid = f"gid://shopify/Product/{number}"
            product = _checked(client.graphql(_PRODUCT, {"id": gid}))["data"]["product"]
            return None if product is None else _product(product, gid)
        reply = client.rest("GET", f"/admin/{listed.name}s/{number}.json")
        if reply.status == 404:
            return None
        record = _checked(reply).get(listed.name)
        return record if isinstance(record, Mapping) else None

    return read


def _checked(reply: Reply) -> Any:
    failure = reply.failure()
    if failure is not None:
        raise failure
    return reply.body


def _number(text: Any) -> int | None:
    return int(text) if text is not None else None


def _product(node: Mapping[str, Any], gid: str) -> dict[str, Any]:
    """The payload of a products webhook (engine.md 11), as far as one query gives it."""
    return {
        "id": _number(node["legacyResourceId"]),
        "admin_graphql_api_id": gid,
        "title": node["title"],
        "body_html": node["descriptionHtml"],
        "vendor": node["vendor"],
        "product_type": node["productType"],
        "handle": node["handle"],
        "status": str(node["status"]).lower(),
        "tags": ", ".join(node["tags"]),
        "template_suffix": node["templateSuffix"],
        "created_at": node["createdAt"],
        "updated_at": node["updatedAt"],
        "published_at": node["publishedAt"],
        "options": [dict(option) for option in node["options"]],
        "variants": [_variant(each, node) for each in node["variants"]["nodes"]],
    }


def _variant(node: Mapping[str, Any], product: Mapping[str, Any]) -> dict[str, Any]:
    number = node["legacyResourceId"]
    item = node["inventoryItem"] or {}
    return {
        "id": _number(number),
        "admin_graphql_api_id": f"gid://shopify/ProductVariant/{number}",
        "product_id": _number(product["legacyResourceId"]),
        "title": node["title"],
        "sku": node["sku"],
        "barcode": node["barcode"],
        "price": node["price"],
        "compare_at_price": node["compareAtPrice"],
        "position": node["position"],
        "taxable": node["taxable"],
        "inventory_policy": str(node["inventoryPolicy"]).lower(),
        "inventory_quantity": node["inventoryQuantity"],
        "inventory_item_id": _number(item.get("legacyResourceId")),
        "created_at": node["createdAt"],
        "updated_at": node["updatedAt"],
    }
