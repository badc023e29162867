"""``runner serve`` while its database fails: deliveries are put off, one clear line is written, nothing is lost."""

from __future__ import annotations

import json
import resource
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from runner.shopify.webhooks import signature
from runner.simulator.server import RunningShop, simulator
from runner.store import Store
from runner.web.inbound import PATH
from tests.cli.conftest import Command
from tests.cli.test_serve import serving, until
from tests.postgres import Cluster
from tests.servers.relay import relay

BODY = json.dumps({"inventory_item_id": 7, "location_id": 1, "available": 3}).encode()


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[RunningShop]:
    (tmp_path / "tasks").mkdir()
    with simulator("prints") as running:
        monkeypatch.setenv("SHOPIFY_SHOP", running.url)
        monkeypatch.setenv("SHOPIFY_ACCESS_TOKEN", running.token)
        monkeypatch.setenv("SHOPIFY_CLIENT_SECRET", running.secret)
        yield running


def deliver(served: dict[str, Any], shop: RunningShop, name: str, body: bytes = BODY) -> httpx.Response:
    """One webhook, as Shopify would send it; ``name`` is its id."""
    headers = {
        "Content-Type": "application/json",
        "X-Shopify-Topic": "inventory_levels/update",
        "X-Shopify-Shop-Domain": shop.domain,
        "X-Shopify-Webhook-Id": name,
        "X-Shopify-Hmac-Sha256": signature(body, shop.secret),
    }
    return httpx.post(f"{served['inbound']}{PATH}", content=body, headers=headers, timeout=60)


def events(served: dict[str, Any]) -> int:
    return int(httpx.get(f"{served['api']}/status", timeout=60).json()["events"])


def log_of(process: subprocess.Popen[str]) -> str:
    process.terminate()
    _, err = process.communicate(timeout=60)
    return err


def test_a_disk_that_takes_no_more_puts_deliveries_off_until_it_does(shop: RunningShop, tmp_path: Path) -> None:
    with serving(tmp_path) as (served, process):
        assert deliver(served, shop, "before").status_code == 200
        files = [*(tmp_path / ".runner").iterdir()]
        whole = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
        largest = max(file.stat().st_size for file in files)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (largest, whole[1]))
        large = json.dumps({"note": "x" * 2_000_000}).encode()
        put_off = [deliver(served, shop, f"late {number}", large) for number in range(3)]
        assert [(each.status_code, "retry-after" in each.headers) for each in put_off] == [(503, True)] * 3
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, whole)
        until(lambda: deliver(served, shop, "late 0", large).status_code == 200)
        assert [deliver(served, shop, f"late {number}", large).text for number in range(3)] == [
            "known already",
            "kept",
            "kept",
        ]
        assert events(served) == 4
        until(lambda: httpx.get(f"{served['api']}/status").json()["due"] == 0)
        said = log_of(process)
    assert process.returncode == 0
    assert ("answered 503" in said, "works again; 3 request(s)" in said, "Traceback" in said) == (True, True, False), (
        said
    )


def test_postgresql_that_goes_away_is_waited_for(
    shop: RunningShop, postgres_cluster: Cluster, postgres_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with relay(postgres_cluster.port) as line:
        parts = urlsplit(postgres_url)
        monkeypatch.setenv("RUNNER_DATABASE", f"postgresql://postgres@127.0.0.1:{line.port}{parts.path}")
        with serving(tmp_path) as (served, process):
            assert deliver(served, shop, "before").status_code == 200
            line.down()
            reply = deliver(served, shop, "late")
            assert (reply.status_code, "retry-after" in reply.headers) == (503, True)
            assert httpx.get(f"{served['api']}/healthz", timeout=60).status_code == 503
            line.up()
            until(lambda: deliver(served, shop, "late").status_code == 200)
            assert deliver(served, shop, "before").text == "known already"
            assert events(served) == 2
            until(lambda: httpx.get(f"{served['api']}/status", timeout=60).json()["due"] == 0)
            said = log_of(process)
    assert process.returncode == 0, said
    assert ("answered 503" in said, "works again" in said) == (True, True), said
    assert "Traceback" not in said, said


def test_a_database_of_a_newer_version_is_not_touched(shop: RunningShop, run: Command, tmp_path: Path) -> None:
    run("tasks", "list")
    file = tmp_path / ".runner" / "runner.db"
    connection = sqlite3.connect(file)
    connection.execute("INSERT INTO mech_migrations VALUES (9999, 'later.sql', 0)")
    connection.commit()
    connection.close()
    ran = run("serve", "--port", "0", "--api-port", "0")
    assert (ran.code, "newer version" in ran.err, "pip install --upgrade" in ran.err) == (1, True, True)


@pytest.mark.parametrize("what", ["a folder", "no database", "a missing folder", "read-only"])
def test_a_database_that_cannot_be_used_is_told_with_what_to_do(
    shop: RunningShop, run: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, what: str
) -> None:
    file = tmp_path / "kept"
    if what == "a folder":
        file.mkdir()
    elif what == "no database":
        file.write_text("hello, this is no database at all, and longer than a header\n" * 20, encoding="utf-8")
    elif what == "read-only":
        Store(f"sqlite:///{file}").close()
        file = Path(f"file:{file}?mode=ro&uri=true")
    else:
        file = tmp_path / "nowhere" / "kept"
    monkeypatch.setenv("RUNNER_DATABASE", f"sqlite:///{file}")
    ran = run("serve", "--port", "0", "--api-port", "0")
    assert (ran.code, "Hint:" in ran.err, "Traceback" in ran.err) == (1, True, False)


def test_a_folder_that_cannot_be_made_is_a_named_error(run: Command, tmp_path: Path) -> None:
    (tmp_path / "tasks").mkdir()
    (tmp_path / "tasks" / "a.json").write_text('{"name": "A", "script": "", "subscriptions_template": "user/a/b"}')
    (tmp_path / ".runner").write_text("in the way")
    ran = run("tasks", "enable", "a")
    assert ran.code == 1
    assert f"the folder {tmp_path / '.runner'} of the database cannot be made" in ran.err
    assert "Hint: Check the permissions and the free space there" in ran.err
