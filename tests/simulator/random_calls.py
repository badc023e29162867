"""Random REST calls and random doings of shoppers and staff (``/_sim/do/…``)."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

from runner.simulator.calls import Request
from runner.simulator.contract import Route
from runner.simulator.rest import ROUTES
from runner.simulator.verbs import VERBS
from tests.simulator.random_values import Values

_PARAMETERS = (
    "limit", "page_info", "since_id", "fields", "ids", "created_at_min", "created_at_max", "updated_at_min", "order",
    "status", "financial_status", "fulfillment_status", "query", "title", "handle", "vendor", "collection_id",
    "namespace",
    "key", "product_id", "location_ids", "inventory_item_ids", "location_id", "inventory_item_id", "published_status",
    "metafield[owner_id]", "metafield[owner_resource]", "asset[key]", "path", "target", "page", "name", "email",
    "nonsense",
)  # fmt: skip
_KEYS = (
    "id", "title", "tags", "note", "email", "phone", "price", "sku", "quantity", "location_id", "inventory_item_id",
    "available", "available_adjustment", "line_items", "variants", "variant_id", "product_id", "customer", "addresses",
    "default_address", "address1", "country_code", "namespace", "key", "value", "type", "rules", "column", "relation",
    "condition", "options", "images", "src", "body_html", "handle", "published", "published_at", "kind", "amount",
    "reason", "transactions", "refund_line_items", "shipping", "tracking_info", "line_items_by_fulfillment_order",
    "fulfillment_order_id", "status", "role", "attachment", "path", "target", "metafields", "note_attributes",
    "first_name",
)  # fmt: skip
_NUMBERED = {"images": "MediaImage", "addresses": "MailingAddress", "variants": "ProductVariant",
"themes": "OnlineStoreTheme",
             "redirects": "UrlRedirect", "custom_collections": "Collection",
             "smart_collections": "Collection"}  # fmt: skip
_SHARE_OF_READ_BODIES = 0.5
Asking = Callable[[Request], tuple[int, Any]]


class Calls:
    """Makes REST requests and verbs. ``ask`` reads, to send back what there is with something changed."""

    def __init__(self, values: Values, version: str, ask: Asking) -> None:
        self.values = values
        self.random = values.random
        self.version = version
        self.ask = ask

    def rest(self) -> Request:
        """A call of one of the routes, seldom of no such one."""
        route = self.random.choice(ROUTES)
        path = self._path(route)
        method = route.method if not self.values.chance(0.03) else self.random.choice(("GET", "POST", "PUT", "DELETE"))
        head = self.random.choice(("/admin", f"/admin/api/{self.version}", f"/admin/api/{self.version}"))
        body = self._body(route, f"{head}/{path}") if method in ("POST", "PUT") else b""
        return Request(method, f"{head}/{path}", self._query(route), {"content-type": "application/json"}, body)

    def verb(self) -> tuple[str, dict[str, Any]]:
        """Something that a shopper or the staff does, with the arguments its description names."""
        name = self.random.choice(sorted(VERBS))
        words = re.findall(r"[a-z_]{3,}", (inspect.getdoc(VERBS[name]) or "").partition("}")[0].partition("{")[2])
        given = {}
        for word in words:
            if self.values.chance(0.4):
                given[word] = self._argument(word)
        return name, given

    def _argument(self, word: str) -> Any:
        graph = self.values.graph
        match word:
            case "sku" | "location" if not self.values.chance(0.1):
                kind, held = ("ProductVariant", "sku") if word == "sku" else ("Location", "name")
                return self.random.choice(graph.of_type(kind))[held]
            case "order" | "customer" | "product" | "draft" if not self.values.chance(0.2):
                nodes = graph.of_type(word.capitalize())
                return self.random.choice(nodes).id if nodes else "x"
            case "lines":
                variant = self.random.choice(graph.of_type("ProductVariant"))
                return [{"sku": variant["sku"], "quantity": self.random.choice((1, 2, 3, "x", -1, 10**30))}]
            case "quantity" | "delta" | "to":
                return self.random.choice((1, 2, -1, 0, 10**20, "3", 1.5))
        return self.values.anything()

    def _path(self, route: Route) -> str:
        kinds = route.pattern.split("/")
        parts = []
        for place, part in enumerate(kinds):
            parts.append(self._number(kinds[place - 1]) if part.startswith("{") else part)
        return "/".join(parts) + (
            ".json" if not self.values.chance(0.01) else self.random.choice(("", ".xml", ".json.json"))
        )

    def _number(self, resource: str) -> str:
        kind = _NUMBERED.get(resource) or "".join(word.capitalize() for word in resource.rstrip("s").split("_"))
        nodes = self.values.graph.of_type(kind)
        if nodes and not self.values.chance(0.1):
            return str(self.random.choice(nodes).number)
        return self.random.choice(("1", "0", "99999999999", "9" * 40, "00", "٣", "-1", "x", "9" * 5000))

    def _query(self, route: Route) -> str:
        if not self.values.chance(0.7 if route.method in ("GET", "DELETE") else 0.1):
            return self.random.choice(("", "", "", "&&&", "a", "%", "%ff=%fe", "=", "limit"))
        return urlencode(
            {name: self._parameter(name) for name in self.random.sample(_PARAMETERS, self.random.choice((1, 2, 3)))},
            errors="replace",
        )

    def _parameter(self, name: str) -> str:
        if name.endswith(("ids", "id")):
            nodes = self.values.graph.of_type(self.random.choice(self.values.graph.types()))
            numbers = [str(node.number) for node in self.random.sample(nodes, min(len(nodes), 2))]
            return (
                ",".join(numbers)
                if not self.values.chance(0.2)
                else self.random.choice(("x", "", ",", "1,,2", "9" * 5000))
            )
        if name == "limit":
            return self.random.choice(("1", "2", "50", "250", "251", "0", "-1", "x", "", "1e3", "٣"))
        if name.endswith(("_min", "_max")):
            return self.random.choice(("2026-03-01", "2026-03-02T00:00:00-05:00", "0001-01-01T00:00:00+14:00", "x", ""))
        return self.values.text(name)

    def _body(self, route: Route, path: str) -> bytes:
        if self.values.chance(0.04):
            return self.random.choice(
                (b"", b"{", b"[]", b"null", b"1", b'"x"', b"\xff\xfe", b"[" * 3000, b"{}", b"NaN")
            )
        resource = self._resource(route)
        content = self._read(path, resource) if self.values.chance(_SHARE_OF_READ_BODIES) else {}
        for key in self.random.sample(_KEYS, self.random.choice((0, 1, 2, 4, 8))):
            content[key] = self._field(key)
        if content and self.values.chance(0.3):
            content[self.random.choice(list(content))] = self.values.anything()
        wrapped = content if "/" in route.pattern and self.values.chance(0.2) else {resource: content}
        if self.values.chance(0.03):
            wrapped = {resource: self.values.anything()}
        return json.dumps(wrapped).encode()

    def _resource(self, route: Route) -> str:
        names = [part for part in route.pattern.split("/") if not part.startswith("{")]
        name = next((part for part in reversed(names) if part.endswith("s")), names[-1])
        singular = name.removesuffix("es") if name.endswith("sses") else name.removesuffix("s")
        return self.random.choice((singular, singular, singular, name))

    def _read(self, path: str, resource: str) -> dict[str, Any]:
        """What there is, as ``GET`` tells it; of a list the first."""
        status, document = self.ask(Request("GET", quote(path, safe="/")))
        if status != 200 or not isinstance(document, dict) or not document:
            return {}
        found = next(iter(document.values()))
        found = found[0] if isinstance(found, list) and found else found
        return dict(found) if isinstance(found, dict) else {}

    def _field(self, key: str) -> Any:
        if self.values.chance(0.1):
            return self.values.anything()
        if key == "id" or key.endswith("_id"):
            kind = "".join(word.capitalize() for word in key.removesuffix("_id").split("_"))
            kind = {"Variant": "ProductVariant", "Id": ""}.get(kind, kind)
            nodes = self.values.graph.of_type(
                kind if self.values.graph.count(kind) else self.random.choice(self.values.graph.types())
            )
            return self.random.choice(nodes).number
        if key.endswith("s") and key not in ("status", "address1", "tags"):
            return [
                {name: self._leaf(name) for name in self.random.sample(_KEYS, 4)}
                for _ in range(self.random.choice((0, 1, 1, 2)))
            ]
        return self._leaf(key)

    def _leaf(self, key: str) -> Any:
        if key in ("quantity", "available", "available_adjustment"):
            return self.random.choice((0, 1, 2, -1, "3", 1.5, 10**20))
        if key in ("price", "amount"):
            return self.random.choice(("10.00", 5, 1.25, "-1", "x", "NaN", "1e999", ""))
        return self.values.text(key) if not self.values.chance(0.1) else self.values.anything()
