"""report_toaster: what is sent to the address that the settings name (actions.md 5.5)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from runner.actions import Outcome, Tools
from runner.actions.base import Endpoint, Services
from runner.actions.report_toaster import ReportToasterAction
from runner.errors import ActionError, NetworkError
from tests.servers.web import Answer, WebServer, json_answer

KIND = ReportToasterAction()
TOKEN = "toaster-token-1"
REPORTS = [{"id": "r1", "file": {"format": "pdf", "include_headers": True}, "meta": {"task_id": "t"}}]
Perform = Callable[..., Outcome]


@pytest.fixture
def perform(tools: Callable[..., Tools], outside: Services, web: WebServer) -> Perform:
    def act(options: Any, token: str | None = TOKEN, set_up: bool = True) -> Outcome:
        endpoint = Endpoint(web.url("/toast"), token) if set_up else None
        return KIND.perform(KIND.validate(options), tools(services=replace(outside, report_toaster=endpoint)))

    return act


@pytest.mark.parametrize(
    ("options", "body"),
    [
        ({"operation": "report", "reports": REPORTS}, {"operation": "report", "reports": REPORTS}),
        ({"operation": "Report", "batch": REPORTS}, {"operation": "report", "reports": REPORTS}),
        ({"operation": "report", "reports": [{"id": "r"}]}, {"operation": "report", "reports": [{"id": "r"}]}),
        (
            {"operation": "update", "Order": [{"id": 1, "shipping_cost": 6.5}, {"id": "2", "transaction_fees": 0}]},
            {"operation": "update", "Order": [{"id": 1, "shipping_cost": 6.5}, {"id": "2", "transaction_fees": 0}]},
        ),
    ],
)
def test_an_operation_is_posted_as_json(options: Any, body: Any, perform: Perform, web: WebServer) -> None:
    web.on("/toast", json_answer(b'{"queued": 1}', 202))
    outcome = perform(options)
    (request,) = web.saw
    assert (request.method, json.loads(request.body)) == ("POST", body)
    assert (request.header("authorization"), request.header("content-type")) == (f"Bearer {TOKEN}", "application/json")
    result: Any = outcome.result
    assert (outcome.ok, result["status"], result["body"]) == (True, 202, {"queued": 1})


def test_without_a_token_none_is_sent(perform: Perform, web: WebServer) -> None:
    perform({"operation": "report", "reports": REPORTS}, token=None)
    assert web.saw[0].header("authorization") is None


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (None, "not an object"),
        ({}, '"operation" is missing'),
        ({"operation": "delete"}, 'no operation "delete"'),
        ({"operation": "report"}, '"reports" is not an array of objects'),
        ({"operation": "report", "reports": []}, '"reports" is not an array of objects'),
        ({"operation": "report", "reports": [{"id": " "}]}, "a report has no id"),
        ({"operation": "report", "reports": [{"id": "r", "file": {"format": "xls"}}]}, "no known format"),
        ({"operation": "report", "reports": [{"id": "r", "meta": "x"}]}, '"meta" of a report'),
        ({"operation": "update", "Order": {"id": 1}}, '"Order" is not an array of objects'),
        ({"operation": "update", "Order": [{"shipping_cost": 1}]}, "has no id"),
        ({"operation": "update", "Order": [{"id": 1}]}, "changes nothing"),
    ],
)
def test_options_are_checked(options: Any, words: str, web: WebServer) -> None:
    with pytest.raises(ActionError) as caught:
        KIND.validate(options)
    assert words in str(caught.value)
    assert (caught.value.code, web.saw) == ("action.invalid_options", [])


def test_without_an_address_the_error_is_permanent_and_names_the_setting(perform: Perform, web: WebServer) -> None:
    with pytest.raises(ActionError) as caught:
        perform({"operation": "report", "reports": REPORTS}, set_up=False)
    assert "report_toaster_url" in str(caught.value.hint)
    assert (caught.value.transient, web.saw) == (False, [])


@pytest.mark.parametrize(("status", "transient"), [(400, False), (401, False), (404, False), (429, True), (500, True)])
def test_a_refusal_is_kept_for_people_only(status: int, transient: bool, perform: Perform, web: WebServer) -> None:
    web.on("/toast", Answer(status, f"you are {TOKEN}".encode()))
    outcome = perform({"operation": "report", "reports": REPORTS})
    assert (outcome.ok, outcome.result, outcome.transient) == (False, None, transient)
    assert outcome.error == f"report_toaster: the server answered {status}"
    assert TOKEN not in json.dumps(outcome.response)


def test_a_broken_connection_is_transient_and_more_than_ten_megabytes_are_not(perform: Perform, web: WebServer) -> None:
    options = {"operation": "report", "reports": REPORTS}
    web.on("/toast", Answer(drop=True))
    with pytest.raises(NetworkError) as caught:
        perform(options)
    assert caught.value.transient
    web.on("/toast", Answer(200, stream=10 * 1024 * 1024 + 1))
    with pytest.raises((ActionError, NetworkError)) as large:
        perform(options)
    assert not large.value.transient


def test_only_updates_are_sent_again_after_a_crash() -> None:
    update = {"operation": "update", "Order": [{"id": 1, "shipping_cost": 1}]}
    assert KIND.resendable(KIND.validate(update))
    assert not KIND.resendable(KIND.validate({"operation": "report", "reports": REPORTS}))
    assert (KIND.summary(update), KIND.summary(None)) == ("update 1", "no operation")
