"""``runner webhooks register`` and ``list``, and what ``runner serve --public-url`` registers by itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from runner.project import find_seed
from runner.simulator.server import RunningShop, simulator
from runner.web.inbound import PATH
from tests.cli.conftest import Command
from tests.cli.made import TOPIC, task_file
from tests.cli.test_serve import serving, until

URL = "http://127.0.0.1:9"
TAG = """{% action "shopify" %}
  mutation { tagsAdd(id: "gid://shopify/Product/80000001", tags: ["seen"]) { userErrors { field message } } }
{% endaction %}"""


def configure(monkeypatch: pytest.MonkeyPatch, shop: RunningShop) -> None:
    monkeypatch.setenv("SHOPIFY_SHOP", shop.url)
    monkeypatch.setenv("SHOPIFY_ACCESS_TOKEN", shop.token)
    monkeypatch.setenv("SHOPIFY_CLIENT_SECRET", shop.secret)


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[RunningShop]:
    (tmp_path / "tasks").mkdir()
    task_file(tmp_path / "tasks", TAG)
    with simulator("prints") as running:
        configure(monkeypatch, running)
        yield running


def there(shop: RunningShop) -> list[tuple[str, str]]:
    found = shop.state()["objects"].get("WebhookSubscription", {}).values()
    return sorted((each["topic"], each["uri"]) for each in found)


def listed(run: Command, *words: str) -> list[tuple[Any, ...]]:
    found = run("webhooks", "list", "--json", *words).document["subscriptions"]
    return [(each["topic"], each["state"], each["tasks"]) for each in found]


def test_registering_subscribes_to_what_enabled_tasks_need_and_no_more(shop: RunningShop, run: Command) -> None:
    assert (run("webhooks", "register", "--url", URL).code, there(shop)) == (0, [])
    run("tasks", "enable", "made")
    assert listed(run) == [(TOPIC, "missing", ["made"])]
    planned = run("webhooks", "register", "--url", URL, "--dry-run")
    assert (planned.code, "would create" in planned.out, there(shop)) == (0, True, [])
    for what in (["created"], []):
        done = run("webhooks", "register", "--url", URL, "--json").document
        assert [each["what"] for each in done["done"]] == what
        assert there(shop) == [("INVENTORY_LEVELS_UPDATE", URL + PATH)]
    assert listed(run, "--url", URL) == [(TOPIC, "right", ["made"])]
    assert listed(run, "--url", "http://127.0.0.1:8") == [(TOPIC, "wrong", ["made"])]


def test_what_no_task_needs_goes_only_with_prune_and_others_never(shop: RunningShop, run: Command) -> None:
    shop.subscribe("orders/create", "http://127.0.0.1:8/theirs")
    shop.subscribe("orders/create", URL + PATH)
    assert [state for _, state, _ in listed(run)] == ["foreign", "superfluous"]
    said = run("webhooks", "register", "--url", URL)
    assert ("--prune removes" in said.out, len(there(shop))) == (True, 2)
    assert "removed" in run("webhooks", "register", "--url", URL, "--prune").out
    assert there(shop) == [("ORDERS_CREATE", "http://127.0.0.1:8/theirs")]


def test_a_missing_scope_is_named_with_the_task_and_what_for(
    monkeypatch: pytest.MonkeyPatch, run: Command, tmp_path: Path
) -> None:
    seed = yaml.safe_load(find_seed("prints").read_text(encoding="utf-8"))
    seed["app"] = {**seed.get("app", {}), "scopes": ["read_inventory"]}
    (tmp_path / "seed.yml").write_text(yaml.safe_dump(seed), encoding="utf-8")
    (tmp_path / "tasks").mkdir()
    task_file(tmp_path / "tasks", TAG)
    task_file(tmp_path / "tasks", "", name="orders", subscriptions_template="shopify/orders/create+1.day")
    with simulator(tmp_path / "seed.yml") as shop:
        configure(monkeypatch, shop)
        run("tasks", "enable", "made")
        run("tasks", "enable", "orders")
        done = run("webhooks", "register", "--url", URL, "--json")
        assert done.code == 3
        missing = {each["scope"]: each["tasks"] for each in done.document["missing_scopes"]}
        assert {scope: list(tasks) for scope, tasks in missing.items()} == {
            "read_orders": ["orders"],
            "write_products": ["made"],
        }
        assert any("tagsAdd" in reason for reason in missing["write_products"]["made"])
        assert list(done.document["blocked"]) == ["shopify/orders/create"]
        assert there(shop) == [("INVENTORY_LEVELS_UPDATE", URL + PATH)]
        words = run("webhooks", "register", "--url", URL).err
        assert "the token lacks write_products" in words
        assert "made needs it: action shopify: mutation tagsAdd" in words


def test_an_enabled_task_that_cannot_be_used_is_named(shop: RunningShop, run: Command, tmp_path: Path) -> None:
    run("tasks", "enable", "made")
    (tmp_path / "tasks" / "made.json").write_text("{", encoding="utf-8")
    assert "made is not looked at" in run("webhooks", "register", "--url", URL).err


@pytest.mark.parametrize(
    ("url", "shop_name"),
    [
        ("hooks.example.com", "http://127.0.0.1:1"),
        ("ftp://x", "http://127.0.0.1:1"),
        ("http://hooks.example.com", "example.myshopify.com"),
        ("https://hooks.example.com/?a=1", "example.myshopify.com"),
    ],
)
def test_an_address_that_shopify_cannot_deliver_to_is_refused(url: str, shop_name: str) -> None:
    from runner.cli.registering import webhook_address
    from runner.errors import ConfigError

    with pytest.raises(ConfigError):
        webhook_address(url, simulated=shop_name.startswith("http:"))


def test_serve_registers_at_its_public_address_and_again_when_tasks_change(
    shop: RunningShop, run: Command, tmp_path: Path
) -> None:
    task_file(tmp_path / "tasks", "", name="other", subscriptions_template="shopify/products/update")
    run("tasks", "enable", "made")
    with serving(tmp_path, "--public-url", URL) as (served, _):
        assert served["webhooks"] == URL + PATH
        until(lambda: there(shop) == [("INVENTORY_LEVELS_UPDATE", URL + PATH)])
        run("tasks", "enable", "other")
        until(lambda: ("PRODUCTS_UPDATE", URL + PATH) in there(shop))
        assert httpx.get(f"{served['api']}/healthz").status_code == 200


def test_serve_leaves_the_shop_alone_when_told_to(shop: RunningShop, run: Command, tmp_path: Path) -> None:
    run("tasks", "enable", "made")
    with serving(tmp_path, "--public-url", URL, "--no-register") as (served, _):
        until(lambda: httpx.get(f"{served['api']}/healthz").status_code == 200)
    assert there(shop) == []


def test_a_custom_webhook_is_registered_and_feeds_the_tasks_of_its_topic(
    shop: RunningShop, run: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RUNNER_MODE", "live")
    custom = {
        "name": "Low stock",
        "shopify_topic": "inventory_levels/update",
        "event_topic": "user/stock/low",
        "filter": "available:<1000",
        "include_fields": ["inventory_item_id", "available"],
    }
    (tmp_path / "custom_webhooks.json").write_text(json.dumps(custom), encoding="utf-8")
    script = """{% action "cache", "set", "seen", inventory_level.available %}"""
    task_file(tmp_path / "tasks", script, name="low", subscriptions_template="user/stock/low")
    cached = run("webhooks", "secret", "create", "--cache", "seen", "--json").document["address"]
    assert listed(run) == []
    run("tasks", "enable", "low")
    (only,) = run("webhooks", "list", "--json").document["subscriptions"]
    assert (only["topic"], only["state"], only["filter"]) == (TOPIC, "missing", "available:<1000")
    with serving(tmp_path, "--no-register") as (served, _):
        assert run("webhooks", "register", "--url", served["inbound"]).code == 0
        assert [state for _, state, _ in listed(run, "--url", served["inbound"])] == ["right"]
        shop.do("sell", sku="HD-OAK", location="Workshop", quantity=1)
        until(lambda: isinstance(httpx.get(served["inbound"] + cached).json(), int))
        assert httpx.get(f"{served['api']}/status").json()["intake"]["shopify"] == {"kept": 1}
    (tmp_path / "custom_webhooks.json").write_text("{", encoding="utf-8")
    assert run("webhooks", "list").code == 2
    assert run("serve", "--port", "0", "--api-port", "0").code == 2
