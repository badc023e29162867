"""A SQLite file that may not grow: what comes in is put off, what was kept stays, and goes on when there is space."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import httpx
from sqlalchemy import event

from runner.engine.engine import Engine
from runner.shopify.webhooks import signature
from runner.store import Store
from runner.web.inbound import PATH, inbound

SHOP = "example.myshopify.com"
LARGE = json.dumps({"note": "x" * 400_000}).encode()


def deliver(engine: Engine, name: str, body: bytes) -> httpx.Response:
    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app=inbound(engine, secrets=["s"], shop=SHOP))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as browser:
            headers = {
                "X-Shopify-Topic": "orders/create",
                "X-Shopify-Shop-Domain": SHOP,
                "X-Shopify-Webhook-Id": name,
                "X-Shopify-Hmac-Sha256": signature(body, "s"),
            }
            return await browser.post(PATH, content=body, headers=headers)

    return asyncio.run(send())


def limit(store: Store, pages: int) -> None:
    """From now on the file may have so many pages: every connection is told."""
    store.database.engine.dispose()
    event.listen(
        store.database.engine, "connect", lambda connection, _: connection.execute(f"PRAGMA max_page_count={pages}")
    )


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    with Store(f"sqlite:///{tmp_path}/kept.db") as store:
        engine = Engine(store, shop={"myshopify_domain": SHOP})
        assert deliver(engine, "first", b"{}").status_code == 200
        limit(store, 60)
        assert [deliver(engine, f"late {number}", LARGE).status_code for number in range(3)] == [503] * 3
        assert len(store.events.all()) == 1
        assert engine.drain().events == 1, "what was kept is worked on"
        limit(store, 1_000_000)
        assert [deliver(engine, f"late {number}", LARGE).status_code for number in (0, 1, 2, 0)] == [200] * 4
        assert len(store.events.all()) == 4
