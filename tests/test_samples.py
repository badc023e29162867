"""The sample events: there is one for every topic in use, whole, true to its topic, and of one consistent shop."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from runner.model.topic import MECHANIC_TOPICS, check_topic
from runner.project import find_sample, load_tasks, sample_topics, shipped
from runner.simulator.graph import number_of
from runner.simulator.seed import load_seed
from tests.sample_keys import KEYS, NEEDED, READ, STATES, WHOLE

FOLDER = shipped("fixtures") / "_events"
FILES = sorted(FOLDER.rglob("*.json"))
SAMPLES: dict[str, Any] = {
    path.relative_to(FOLDER).with_suffix("").as_posix(): json.loads(path.read_text(encoding="utf-8"))["data"]
    for path in FILES
}
ORDERS = {
    topic: order
    for topic, data in SAMPLES.items()
    for order in (data if isinstance(data, list) else [data])
    if isinstance(order, dict) and "order_status_url" in order
}

MONEY = re.compile(r"-?[0-9]+\.[0-9]{2}")
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(\.[0-9]{3})?(Z|-0[45]:00)")
MAIL = re.compile(r"[\w.+-]+@([\w.-]+)")
LINK = re.compile(r"https?://([\w.-]+)")


def parts(value: Any) -> Iterator[dict[str, Any]]:
    """Every hash within ``value``."""
    if isinstance(value, dict):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from parts(each)


def at(value: Any, path: str) -> Any:
    for step in path.split("."):
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


def keys(name: str) -> set[str]:
    return set(KEYS[name].split())


def money(text: str) -> Decimal:
    return Decimal(text)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_a_sample_is_a_topic_that_its_path_names_and_its_data(path: Path) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    assert list(document) == ["topic", "data"]
    assert document["topic"] == path.relative_to(FOLDER).with_suffix("").as_posix()
    assert check_topic(document["topic"]) is None
    assert find_sample(document["topic"]) == path
    assert path.read_bytes().endswith(b"}\n")


def test_every_mechanic_topic_has_a_sample() -> None:
    assert set(MECHANIC_TOPICS) <= set(sample_topics())


@pytest.mark.parametrize("topic", NEEDED.split())
def test_every_topic_that_scripts_read_without_data_of_their_own_has_a_sample(topic: str) -> None:
    assert f"shopify/{topic}" in SAMPLES


@pytest.mark.library
def test_every_topic_of_the_library_has_a_sample(library: Path) -> None:
    folders = [each for each in library.iterdir() if each.is_dir()] or [library]
    used = {
        line.partition("+")[0]
        for folder in folders
        for task in load_tasks(folder)
        for line in (*task.subscriptions, *task.template.splitlines())
        if "{" not in line and line.strip()
    }
    assert {topic.strip() for topic in used if not topic.startswith("user/")} <= set(SAMPLES)


@pytest.mark.parametrize(("name", "topic"), [(name, topic) for name, topics in WHOLE.items() for topic in topics])
def test_a_payload_has_every_key_that_shopify_sends(name: str, topic: str) -> None:
    assert keys(name) <= set(SAMPLES[f"shopify/{topic}"])


def test_what_stands_inside_payloads_is_whole_too() -> None:
    create, refund = SAMPLES["shopify/orders/create"], SAMPLES["shopify/refunds/create"]
    assert keys("order.client_details") <= set(create["client_details"])
    assert keys("order.shipping_lines") <= set(create["shipping_lines"][0])
    assert keys("customer") - {"addresses"} <= set(create["customer"])
    for order in ORDERS.values():
        assert all(keys("line_item") <= set(line) for line in order["line_items"])
        assert keys("address") <= set(order["billing_address"]) & set(order["shipping_address"])
        assert all(keys("fulfillment") <= set(each) for each in order["fulfillments"])
        assert all(keys("refund") <= set(each) for each in order["refunds"])
    for line in (*refund["refund_line_items"], *SAMPLES["shopify/orders/cancelled"]["refunds"][0]["refund_line_items"]):
        assert keys("refund_line_item") <= set(line)
        assert keys("line_item") <= set(line["line_item"])
    assert keys("order_edit") <= set(SAMPLES["shopify/orders/edited"]["order_edit"])
    assert keys("checkout_line") <= set(SAMPLES["shopify/checkouts/update"]["line_items"][0])
    for address in SAMPLES["shopify/customers/update"]["addresses"]:
        assert keys("address") | {"id", "customer_id", "country_name", "default"} <= set(address)
    for product in (SAMPLES["shopify/products/create"], SAMPLES["shopify/products/update"]):
        assert all(keys("variant") <= set(variant) for variant in product["variants"])


def test_ids_alone_are_sent_of_what_is_gone() -> None:
    for topic, data in SAMPLES.items():
        if topic in ("shopify/products/delete", "shopify/orders/delete", "shopify/collections/delete"):
            assert list(data) == ["id"]
    gone = SAMPLES["shopify/inventory_levels/disconnect"]
    assert set(gone) == {"inventory_item_id", "location_id"}


@pytest.mark.parametrize(("topic", "paths"), [(topic, paths.split()) for topic, paths in READ.items()])
def test_nothing_that_scripts_read_is_null(topic: str, paths: list[str]) -> None:
    data = SAMPLES[f"shopify/{topic}"]
    assert [path for path in paths if at(data, path) in (None, "")] == []


@pytest.mark.parametrize(("topic", "state"), STATES.items())
def test_the_state_of_the_resource_fits_the_topic(topic: str, state: dict[str, Any]) -> None:
    data = SAMPLES[f"shopify/{topic}"]
    assert {key: data[key] for key in state} == state


def test_numbers_and_global_ids_of_a_resource_agree() -> None:
    for topic, data in SAMPLES.items():
        for part in parts(data):
            gid = part.get("admin_graphql_api_id")
            if gid is not None and "id" in part:
                assert gid.split("?")[0].endswith(f"/{part['id']}"), topic
            if gid is not None and "inventory_item_id" in part and "location_id" in part:
                assert gid.endswith(f"?inventory_item_id={part['inventory_item_id']}"), topic


@pytest.mark.parametrize("kind", ["Order", "Customer", "Product", "ProductVariant", "LineItem", "Location"])
def test_one_id_is_one_thing_in_all_samples(kind: str) -> None:
    names: dict[str, set[Any]] = {}
    for data in SAMPLES.values():
        for part in parts(data):
            gid = str(part.get("admin_graphql_api_id"))
            if gid.startswith(f"gid://shopify/{kind}/"):
                name = part.get("email") if kind == "Customer" else part.get("name") or part.get("title")
                names.setdefault(gid, set()).add(name)
    assert names
    assert all(len(found - {None}) <= 1 for found in names.values()), names


def test_products_and_places_are_those_of_the_seed() -> None:
    """So a sample makes sense to the simulated shop: ``runner run TASK --topic … --shop prints``."""
    nodes = {node.id: node.fields for node in load_seed("prints").objects.nodes}
    numbers = {name: {number_of(gid) for gid in nodes if f"/{name}/" in gid} for name in ("Location", "InventoryItem")}
    for topic, data in SAMPLES.items():
        for part in parts(data):
            if "variant_id" in part and "sku" in part:
                variant = nodes[f"gid://shopify/ProductVariant/{part['variant_id']}"]
                assert (variant["sku"], variant["price"]) == (part["sku"], part["price"]), topic
                assert variant["product"] == f"gid://shopify/Product/{part['product_id']}", topic
            if part.get("location_id") is not None:
                assert part["location_id"] in numbers["Location"], topic
            if part.get("inventory_item_id") is not None:
                assert part["inventory_item_id"] in numbers["InventoryItem"], topic
    for product in (SAMPLES["shopify/products/create"], SAMPLES["shopify/products/update"]):
        seeded = nodes[product["admin_graphql_api_id"]]
        assert (seeded["title"], seeded["handle"], ", ".join(seeded["tags"])) == (
            product["title"],
            product["handle"],
            product["tags"],
        )
    shop = SAMPLES["shopify/shop/update"]
    assert nodes["gid://shopify/Shop/1"]["name"] == shop["name"]


@pytest.mark.parametrize("topic", ORDERS)
def test_the_sums_of_an_order_come_out(topic: str) -> None:
    order = ORDERS[topic]
    lines = sum(money(line["price"]) * line["quantity"] for line in order["line_items"])
    shipping = sum(money(line["price"]) for line in order["shipping_lines"])
    shares = [share for line in order["line_items"] for share in line["discount_allocations"]]
    taxes = [tax for line in order["line_items"] for tax in line["tax_lines"]]
    assert money(order["total_line_items_price"]) == lines
    assert money(order["total_discounts"]) == sum(money(share["amount"]) for share in shares)
    assert money(order["subtotal_price"]) == lines - money(order["total_discounts"])
    assert money(order["total_tax"]) == sum(money(tax["price"]) for tax in taxes)
    assert money(order["total_price"]) == money(order["subtotal_price"]) + money(order["total_tax"]) + shipping
    for key, value in order.items():
        if key.endswith("_set") and value is not None and key.removesuffix("_set") in order:
            assert value["shop_money"]["amount"] == order[key.removesuffix("_set")]


def test_amounts_are_texts_and_moments_have_the_offset_of_the_shop() -> None:
    for topic, data in SAMPLES.items():
        if not topic.startswith(("shopify/", "mechanic/user/")):
            continue
        for part in parts(data):
            for key, value in part.items():
                if key in ("price", "amount", "cost", "subtotal", "line_price", "total_spent") and value is not None:
                    assert MONEY.fullmatch(value), (topic, key)
                if key.endswith(("_at", "_on", "edAt")) and value is not None:
                    assert MOMENT.fullmatch(value), (topic, key)


def test_lists_are_never_null_and_tags_of_rest_payloads_are_one_text() -> None:
    lists = {key for data in SAMPLES.values() for part in parts(data) for key, value in part.items()
             if isinstance(value, list)} - {"tags", "result", "data", "keys"}  # fmt: skip
    for topic, data in SAMPLES.items():
        for part in parts(data):
            assert not [key for key in lists & set(part) if part[key] is None], topic
            if topic.startswith("shopify/") and "tags" in part:
                assert isinstance(part["tags"], list) == ("customerId" in part), topic


def test_nobody_real_is_in_the_samples() -> None:
    """Addresses are of the names and blocks reserved for examples."""
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        hosts = set(MAIL.findall(text)) | set(LINK.findall(text))
        wrong = {host for host in hosts if not re.search(r"(^|\.)(example\.(com|test)|tidewater\.test)$", host)}
        assert not wrong, path
        assert set(re.findall(r"\b[0-9]{1,3}(?:\.[0-9]{1,3}){3}\b", text)) <= {"192.0.2.44"}, path
        assert all("555" in phone for phone in re.findall(r'"\+1[0-9 ]{10,}"', text)), path


def test_what_an_action_did_and_how_it_failed_are_whole() -> None:
    action = SAMPLES["mechanic/actions/perform"]
    assert list(action) == ["type", "options", "meta", "run"]
    assert keys("run") <= set(action["run"])
    for verb, inner in {"event": "event", "task": "task", "action": "action"}.items():
        failed = SAMPLES[f"mechanic/errors/{verb}"]
        assert failed[inner]["run"]["ok"] is False
        assert failed[inner]["run"]["error"] == failed["message"]
        assert "data" not in failed["event"]


def test_samples_of_what_comes_without_data_hold_none() -> None:
    empty = {topic for topic, data in SAMPLES.items() if data is None}
    assert empty == {topic for topic in MECHANIC_TOPICS if "/scheduler/" in topic} | {"mechanic/user/trigger"}


def test_the_shapes_of_the_platform_s_own_topics() -> None:
    bulk = SAMPLES["mechanic/shopify/bulk_operation"]
    assert bulk["objects"] == []
    assert {"id", "status", "errorCode", "createdAt", "completedAt", "objectCount", "url", "type"} <= set(bulk)
    assert isinstance(SAMPLES["mechanic/user/text"], str)
    assert set(SAMPLES["mechanic/user/product"]) == {"id", "admin_graphql_api_id"}
    for topic in MECHANIC_TOPICS:
        if topic.startswith("mechanic/user/") and topic.endswith("s"):
            assert isinstance(SAMPLES[topic], list), topic
            assert len(SAMPLES[topic]) == 2
    mail = SAMPLES["mechanic/emails/received"]
    assert set(mail) == keys("email")
    assert set(mail["attachments"][0]) == keys("attachment")
