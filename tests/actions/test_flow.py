"""flow at the wire: which trigger, with what, and each kind of refusal (actions.md 5.4)."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from graphql import parse, validate

import runner
from runner.actions import Outcome, Tools
from runner.actions.base import Services
from runner.actions.flow import FlowAction
from runner.errors import ActionError
from runner.shopify.schema import graphql_schema
from tests.shopify.conftest import Scripted, Shop

KIND = FlowAction()
HANDLES = {"general": "m-general", "customer": "m-customer", "product": "m-product", "order": "m-order"}
DEFAULTS = {
    "user_boolean": False,
    "user_email": "hey@mechanic.invalid",
    "user_number": 0,
    "user_string": "",
    "user_url": "https://mechanic.invalid/",
}
ALWAYS = {
    "mechanic_task_id": "task-1",
    "mechanic_event_topic": "user/a/b",
    "mechanic_event_inspector_url": "https://mechanic.invalid/events/event-1",
}
Perform = Callable[..., Outcome]


@pytest.fixture
def perform(connect: Callable[..., Any], tools: Callable[..., Tools], outside: Services) -> Perform:
    def act(options: Any, handles: Any = HANDLES) -> Outcome:
        services = replace(outside, flow_triggers=handles)
        return KIND.perform(KIND.validate(options), tools(shop=connect(), services=services))

    return act


def answered(**payload: Any) -> Scripted:
    return Scripted(body={"data": {"flowTriggerReceive": {"userErrors": [], **payload}}})


def sent(shop: Shop) -> Any:
    (seen,) = shop.saw
    return seen.body["variables"]


@pytest.mark.parametrize(
    ("options", "handle", "more"),
    [
        ({}, "m-general", {}),
        (None, "m-general", {}),
        ({"customer_id": 12}, "m-customer", {"customer_id": 12}),
        ({"product_id": "12"}, "m-product", {"product_id": 12}),
        ({"order_id": 12.0, "customer_id": None, "product_id": " "}, "m-order", {"order_id": 12}),
        (
            {"user_boolean": "true", "user_email": "a@b.c", "user_number": 1.5, "user_string": "x", "user_url": "h:x"},
            "m-general",
            {"user_boolean": True, "user_email": "a@b.c", "user_number": 1.5, "user_string": "x", "user_url": "h:x"},
        ),
        (
            {"user_number": "-3", "user_string": 7, "user_boolean": "", "user_email": None},
            "m-general",
            {"user_number": -3, "user_string": "7"},
        ),
        ({"user_string": True, "user_number": "1.25"}, "m-general", {"user_string": "true", "user_number": 1.25}),
    ],
)
def test_the_trigger_is_sent_with_every_default(
    options: Any, handle: str, more: Any, perform: Perform, shop: Shop
) -> None:
    shop.script(answered())
    outcome = perform(options)
    assert sent(shop) == {"handle": handle, "payload": {**DEFAULTS, **ALWAYS, **more}}
    assert (outcome.ok, outcome.result) == (True, {"data": {"flowTriggerReceive": {"userErrors": []}}})


def test_the_document_is_one_that_shopify_takes(perform: Perform, shop: Shop) -> None:
    shop.script(answered())
    perform({})
    assert validate(graphql_schema(), parse(shop.saw[0].body["query"])) == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"order_id": 1, "customer_id": 2}, "customer_id, order_id are given, and at most one may be"),
        ({"order_id": 1, "customer_id": 2, "product_id": 3}, "at most one"),
        ({"order_id": "gid://shopify/Order/1"}, '"order_id" is not a number'),
        ({"order_id": 0}, '"order_id" is not a number'),
        ({"order_id": -1}, '"order_id" is not a number'),
        ({"order_id": 1.5}, '"order_id" is not a number'),
        ({"order_id": True}, '"order_id" is not a number'),
        ({"order_id": [1]}, '"order_id" is not a number'),
        ({"user_boolean": "maybe"}, '"user_boolean" is text, not true or false'),
        ({"user_number": "many"}, '"user_number" is not a number'),
        ({"user_number": "nan"}, '"user_number" is not a number'),
        ({"user_number": "1e999"}, '"user_number" is not a number'),
        ({"user_number": True}, '"user_number" is not a number'),
        ({"user_string": {}}, '"user_string" is not text'),
        ({"user_email": 1}, '"user_email" is the number 1, not text'),
        ([], "the options are an array, not an object"),
    ],
)
def test_options_are_checked(options: Any, words: str) -> None:
    with pytest.raises(ActionError) as caught:
        KIND.validate(options)
    assert words in str(caught.value)
    assert (caught.value.code, caught.value.transient) == ("action.invalid_options", False)


@pytest.mark.parametrize(("options", "kind"), [({}, "general"), ({"order_id": 1}, "order")])
def test_a_trigger_that_is_not_set_up_is_permanent_and_says_how_to(
    options: Any, kind: str, perform: Perform, shop: Shop
) -> None:
    handles = {name: handle for name, handle in HANDLES.items() if name != kind}
    with pytest.raises(ActionError, match=f"no {kind} trigger is set up") as caught:
        perform(options, handles)
    assert f"flow_triggers: {kind}=HANDLE" in str(caught.value.hint)
    assert (caught.value.transient, shop.saw) == (False, [])


def test_user_errors_fail_for_good(perform: Perform, shop: Shop) -> None:
    shop.script(answered(userErrors=[{"field": ["handle"], "message": "Handle is invalid"}]))
    outcome = perform({})
    assert (outcome.ok, outcome.result, outcome.transient) == (False, None, False)
    assert "Handle is invalid" in str(outcome.error)


@pytest.mark.parametrize(
    ("reply", "transient"),
    [
        (Scripted(503, body={}), True),
        (Scripted(drop=True), True),
        (Scripted(401, body={"errors": "[API] Invalid API key"}), False),
        (
            Scripted(body={"errors": [{"message": "Internal error", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]}),
            True,
        ),
        (Scripted(body={"errors": [{"message": "Field is wrong"}]}), False),
    ],
)
def test_other_failures_are_as_of_shopify(reply: Scripted, transient: bool, perform: Perform, shop: Shop) -> None:
    shop.script(reply)
    outcome = perform({})
    assert (outcome.ok, outcome.transient) == (False, transient)


def test_the_summary_names_the_resource_and_a_trigger_is_not_sent_again_after_a_crash() -> None:
    assert KIND.summary({"order_id": 5}) == "to Shopify Flow: order 5"
    assert KIND.summary(None) == "to Shopify Flow"
    assert not KIND.resendable(KIND.validate({}))


def test_the_page_gives_the_trigger_a_field_for_everything_that_is_sent(perform: Perform, shop: Shop) -> None:
    shop.script(answered())
    perform({"order_id": 1})
    page = (Path(runner.__file__).parent / "docs" / "integrations.md").read_text(encoding="utf-8")
    definition = tomllib.loads(page.split("```toml\n")[1].split("```")[0])
    fields = {field.get("key", "order_id"): field["type"] for field in definition["settings"]["fields"]}
    assert set(fields) == set(sent(shop)["payload"])
    assert fields["order_id"] == "order_reference"
