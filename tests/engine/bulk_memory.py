"""A process of its own: keeps a result of 100,000 lines, renders a script over it, prints how much memory that took."""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from runner.clock import FixedClock
from runner.engine.reads import EngineReads
from runner.liquid.render import render
from runner.model.event import Event
from runner.model.run import Run, RunKind, RunState
from runner.model.task import Task
from runner.store import BulkWatch, Store

NOW = datetime(2026, 3, 4, tzinfo=UTC)
SHOP = "prints.myshopify.com"
GID = "gid://shopify/BulkOperation/1"
PRODUCTS, EACH = 20_000, 4
"""Products, and variants of each, which stand behind all products in the file: 100,000 lines."""
SCRIPT = """
{% assign products = bulkOperation.objects | where: "__typename", "Product" %}
{% assign variants = bulkOperation.objects | where: "__typename", "ProductVariant" %}
{% assign found = 0 %}
{% for product in products %}
  {% assign own = variants | where: "__parentId", product.id %}
  {% for variant in own %}
    {% if variant.sku == product.handle and variant.__parent.title == product.title %}
      {% assign found = found | plus: 1 %}
    {% endif %}
  {% endfor %}
{% endfor %}
{% log lines: bulkOperation.objects.size, found: found %}
"""


def lines() -> Iterator[bytes]:
    """The file, made as it is asked for."""
    filler = "a description that is as long as they often are, " * 4
    for number in range(PRODUCTS):
        row = {"__typename": "Product", "id": f"gid://shopify/Product/{number}", "handle": f"h{number}"}
        yield json.dumps({**row, "title": f"Product {number}", "description": filler}).encode()
    for number in range(PRODUCTS * EACH):
        parent = number % PRODUCTS
        row = {"__typename": "ProductVariant", "id": f"gid://shopify/ProductVariant/{number}", "sku": f"h{parent}"}
        yield json.dumps({**row, "note": filler, "__parentId": f"gid://shopify/Product/{parent}"}).encode()


def peak() -> int:
    """The most bytes this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main(path: str) -> None:
    """Keep, render, print."""
    with Store(path, clock=FixedClock(NOW), synchronous="normal") as store:
        event = Event("mechanic/shopify/bulk_operation", id="e1", created_at=NOW, data={"id": GID, "url": "https://x"})
        run = Run("r1", RunKind.ACTION, "e1", RunState.SUCCEEDED, run_at=NOW, shop=SHOP)
        watch = BulkWatch("b1", SHOP, "QUERY", "task", "e1", "r1", NOW, operation_id=GID, look_at=NOW)
        with store.write() as tx:
            store.events.add(tx, event, shop=SHOP, run_at=NOW)
            store.runs.add(tx, run)
            store.bulk.add(tx, watch)
        task = Task.from_json({"name": "t", "script": SCRIPT})
        small = Event("user/a/b", id="e2", created_at=NOW)
        reads = EngineReads(None, store.cache, SHOP, store.bulk)
        render(task, small, reads=reads)  # what any rendering takes
        before = peak()
        store.bulk.keep_lines(watch, lines(), renew=lambda: NOW + timedelta(minutes=1))
        kept = peak()
        done = render(task, event, reads=reads)
        after = peak()
        logs = [] if done.error is not None else list(done.logs)
        size = sum(map(len, lines()))
        print(json.dumps({"logs": logs, "size": size, "keeping": kept - before, "rendering": after - kept}))


if __name__ == "__main__":
    main(sys.argv[1])
