"""Topics and subject variables: engine.md 2."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.errors import TaskError
from runner.model.topic import (
    MECHANIC_TOPICS,
    SHOPIFY_TOPICS,
    Topic,
    check_topic,
    nearest_topic,
    parse_topic,
    subject_payload,
    subject_variable,
)


def test_a_topic_has_three_parts() -> None:
    assert parse_topic("shopify/orders/create") == Topic("shopify", "orders", "create")
    assert str(parse_topic("user/x_1/y")) == "user/x_1/y"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "one part"),
        ("orders/create", "two parts"),
        ("appstle/a/b/c", "4 parts"),
        ("shopify/orders/", "empty"),
        ("shopify//create", "empty"),
        ("Shopify/orders/create", '"Shopify"'),
        ("shopify/order s/create", '"order s"'),
        ("shopify/orders/créate", '"créate"'),
        ("user/a/b\n", "lower-case"),
        ("shopify/orders/*", "wildcards"),
        ("shopify/orders/create+1.hour", "lower-case"),
    ],
)
def test_what_is_no_topic_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(TaskError) as caught:
        parse_topic(text)
    assert words in caught.value.message
    assert caught.value.code == "task.topic"


def test_the_native_topics_are_the_168_documented_ones() -> None:
    assert len(SHOPIFY_TOPICS) == len(set(SHOPIFY_TOPICS)) == 168
    assert {"shopify/orders/updated", "shopify/shop/update", "shopify/returns/cancel"} <= set(SHOPIFY_TOPICS)
    assert {"shopify/fulfillment_orders/split", "shopify/inventory_shipments/receive_items"} <= set(SHOPIFY_TOPICS)
    assert "shopify/orders/update" not in SHOPIFY_TOPICS
    assert all(check_topic(topic) is None for topic in SHOPIFY_TOPICS)


def test_the_mechanic_topics_are_the_documented_ones() -> None:
    scheduler = [topic for topic in MECHANIC_TOPICS if topic.startswith("mechanic/scheduler/")]
    assert len(scheduler) == 14
    assert "mechanic/user/collection" in MECHANIC_TOPICS
    assert "mechanic/user/collections" not in MECHANIC_TOPICS, "there is no plural for collection"
    assert all(check_topic(topic) is None for topic in MECHANIC_TOPICS)


@pytest.mark.parametrize("topic", ["user/anything/goes", "judgeme/review/created", "locksmith/sessions/ping"])
def test_user_and_foreign_topics_are_always_fine(topic: str) -> None:
    assert check_topic(topic) is None


def test_an_unknown_mechanic_topic_is_fatal_and_an_unknown_shopify_topic_is_a_warning() -> None:
    mechanic, shopify = check_topic("mechanic/scheduler/dayly"), check_topic("shopify/orders/update")
    assert mechanic is not None
    assert mechanic.fatal
    assert mechanic.hint == "Did you mean mechanic/scheduler/daily?"
    assert shopify is not None
    assert not shopify.fatal
    assert shopify.hint == "Did you mean shopify/orders/updated?"


@pytest.mark.parametrize(
    ("wrong", "near"),
    [
        ("shopify/orders/update", "shopify/orders/updated"),
        ("shopify/order/create", "shopify/orders/create"),
        ("orders/create", "shopify/orders/create"),
        ("user/trigger", "mechanic/user/trigger"),
        ("mechanic/user/tigger", "mechanic/user/trigger"),
        ("Shopify/Orders/Create", "shopify/orders/create"),
        ("nothing/at/all", None),
    ],
)
def test_the_nearest_known_topic_is_offered(wrong: str, near: str | None) -> None:
    assert nearest_topic(wrong) == near


@pytest.mark.parametrize(
    ("topic", "variable"),
    [
        ("mechanic/actions/perform", "action"),
        ("mechanic/errors/event", "error"),
        ("mechanic/errors/task", "error"),
        ("mechanic/errors/action", "error"),
        ("mechanic/emails/received", "email"),
        ("mechanic/shopify/bulk_operation", "bulkOperation"),
        ("mechanic/user/form", "input"),
        ("mechanic/user/trigger", None),
        ("mechanic/user/text", None),
        ("mechanic/user/order", "order"),
        ("mechanic/user/draft_orders", "draft_orders"),
        ("mechanic/user/collection", "collection"),
        ("mechanic/user/collections", None),
        ("mechanic/scheduler/daily", None),
        ("judgeme/review/created", "review"),
        ("judgeme/review/updated", "review"),
        ("shopify/orders/create", "order"),
        ("shopify/orders/edited", "order_edit"),
        ("shopify/customers/update", "customer"),
        ("shopify/customer/tags_added", "customer"),
        ("shopify/companies/create", "company"),
        ("shopify/company_locations/create", "company_location"),
        ("shopify/reverse_deliveries/attach_deliverable", "reverse_delivery"),
        ("shopify/tax_summaries/create", "tax_summary"),
        ("shopify/inventory_levels/update", "inventory_level"),
        ("shopify/checkout_and_accounts_configurations/update", "checkout_and_accounts_configuration"),
        ("shopify/customer_account_settings/update", "customer_account_settings"),
        ("shopify/delivery_promise_settings/update", "delivery_promise_setting"),
        ("shopify/customers_email_marketing_consent/update", "customers_email_marketing_consent"),
        ("shopify/shop/update", "shop"),
        ("shopify/returns/close", "return"),
        ("shopify/metaobjects/create", "metaobject"),
        ("user/orders/create", None),
        ("locksmith/sessions/ping", None),
        ("report_toaster/reports/create", None),
        ("appstle_subscriptions/subscriptions/create", None),
        ("shopify", None),
        ("", None),
    ],
)
def test_each_topic_has_its_subject_variable(topic: str, variable: str | None) -> None:
    assert subject_variable(topic) == variable


@pytest.mark.parametrize(
    ("topic", "data", "payload"),
    [
        ("shopify/orders/edited", {"order_edit": {"id": 1}}, {"id": 1}),
        ("shopify/fulfillment_orders/moved", {"fulfillment_order": {"id": 2}}, {"id": 2}),
        ("shopify/orders/create", {"id": 3, "name": "#1"}, {"id": 3, "name": "#1"}),
        ("shopify/orders/create", {"order": {"id": 4}, "more": 1}, {"order": {"id": 4}, "more": 1}),
        ("mechanic/shopify/bulk_operation", {"bulkOperation": {"objects": []}}, {"objects": []}),
        ("mechanic/actions/perform", {"action": {"type": "echo"}}, {"action": {"type": "echo"}}),
        ("mechanic/user/text", "words", "words"),
        ("user/x/y", {"x": 1}, {"x": 1}),
        ("mechanic/scheduler/daily", None, None),
    ],
)
def test_a_wrapped_payload_is_unwrapped_by_its_variables_name(topic: str, data: object, payload: object) -> None:
    assert subject_payload(topic, data) == payload


@given(st.text(max_size=60))
def test_any_text_is_checked_without_an_exception(text: str) -> None:
    note = check_topic(text)
    assert note is None or note.message
    subject_variable(text)
    try:
        assert str(parse_topic(text)) == text
    except TaskError:
        assert note is not None
        assert note.fatal
