"""A SQLite file that may not grow or be written: what comes in is put off, and goes on when it may again."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import httpx
import pytest
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


def told(store: Store, pragma: str) -> None:
    """From now on every connection to the file is told ``pragma``."""
    store.database.engine.dispose()
    event.listen(store.database.engine, "connect", lambda connection, _: connection.execute(f"PRAGMA {pragma}"))


@pytest.mark.parametrize(
    ("bad", "good", "words"),
    [
        ("max_page_count=60", "max_page_count=1000000", "the disk is full"),
        ("query_only=1", "query_only=0", "cannot be written"),
    ],
    ids=["full", "read-only"],
)
def test_a_file_that_takes_no_more_loses_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, bad: str, good: str, words: str
) -> None:
    with Store(f"sqlite:///{tmp_path}/kept.db") as store:
        engine = Engine(store, shop={"myshopify_domain": SHOP})
        assert deliver(engine, "first", b"{}").status_code == 200
        told(store, bad)
        assert [deliver(engine, f"late {number}", LARGE).status_code for number in range(3)] == [503] * 3
        assert words in caplog.text
        assert len(store.events.all()) == 1
        told(store, good)
        assert engine.drain().events == 1, "what was kept is worked on"
        assert [deliver(engine, f"late {number}", LARGE).status_code for number in (0, 1, 2, 0)] == [200] * 4
        assert len(store.events.all()) == 4
