"""Custom Shopify webhooks: what a file of them may say (engine.md 5.2)."""

from __future__ import annotations

from typing import Any

import pytest

from runner.errors import ConfigError
from runner.model.custom_webhook import CustomWebhook, read_custom_webhooks

ROW: dict[str, Any] = {
    "name": "Large orders",
    "shopify_topic": "orders/updated",
    "event_topic": "user/orders/large",
    "filter": "total_price:>100",
    "include_fields": None,
    "metafield_namespaces": [],
    "metafields": ["custom.gift"],
}


def test_an_export_of_one_and_of_several_is_read() -> None:
    (one,) = read_custom_webhooks(ROW, "f")
    assert one == CustomWebhook(
        "Large orders", "shopify/orders/updated", "user/orders/large", "total_price:>100", metafields=("custom.gift",)
    )
    other = ROW | {"name": "All", "shopify_topic": "shopify/orders/updated", "filter": "id:*", "enabled": False}
    assert [each.enabled for each in read_custom_webhooks([ROW, other], "f")] == [True, False]


def test_the_id_follows_from_the_name_alone() -> None:
    (one,), (other,) = (read_custom_webhooks(ROW | more, "f") for more in ({}, {"filter": "id:*"}))
    assert one.id == other.id
    assert one.source == f"custom_shopify_webhook_subscription:{one.id}"
    assert read_custom_webhooks(ROW | {"name": "B"}, "f")[0].id != one.id


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": " "}, "name"),
        ({"event_topic": "user/orders"}, "event_topic"),
        ({"event_topic": "user/Orders/large"}, "event_topic"),
        ({"event_topic": "shopify/orders/large"}, "event_topic"),
        ({"shopify_topic": "orders"}, "shopify_topic"),
        ({"filter": None, "metafields": None}, "nothing makes"),
        ({"filter": 1}, "filter"),
        ({"include_fields": "id"}, "include_fields"),
        ({"include_fields": [1]}, "include_fields"),
        ({"metafields": ["gift"]}, "namespace.key"),
        ({"enabled": "no"}, "enabled"),
        ({"filters": "x"}, "filters"),
    ],
)
def test_what_shopify_or_a_task_could_not_use_is_told(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=words) as caught:
        read_custom_webhooks([ROW, ROW | {"name": "B", "filter": "id:*"} | changed], "f")
    assert caught.value.where is not None
    assert caught.value.where.part == "webhook 2"


@pytest.mark.parametrize("changed", [{"filter": "id:*"}, {"name": "B"}])
def test_two_that_could_not_be_told_apart_are_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="the same"):
        read_custom_webhooks([ROW, ROW | changed], "f")


@pytest.mark.parametrize("document", ["text", 1, None, [1]])
def test_a_file_of_something_else_is_refused(document: Any) -> None:
    with pytest.raises(ConfigError, match="object"):
        read_custom_webhooks(document, "f")
