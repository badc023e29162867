"""airtable, google and slack at the wire: what is sent, and that any reply is a result (actions.md 5.1)."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from runner.accounts import AccountBook
from runner.actions import ACTION_TYPES, Outcome
from runner.actions.airtable import AirtableAction
from runner.actions.google import GoogleAction
from runner.actions.slack import SlackAction
from runner.errors import ActionError, NetworkError
from tests.servers.airtable import BASE
from tests.servers.connected import perform
from tests.servers.providers import PERSONAL, Providers, google_error
from tests.servers.web import Answer

__all__ = ["perform"]

Perform = Callable[..., Outcome]
ACCOUNT = {"account": "me@example.com"}
ORDERS = f"/v0/{BASE}/Orders"
FILES = "/drive/v3/files"
KINDS: dict[str, Any] = {"airtable": AirtableAction(), "google": GoogleAction(), "slack": SlackAction()}
VALID: dict[str, dict[str, Any]] = {
    "airtable": {**ACCOUNT, "method": "GET", "url_path": ORDERS},
    "google": {**ACCOUNT, "method": "GET", "url_path": "/docs/v1/documents/doc-1"},
    "slack": {
        **ACCOUNT,
        "method": "POST",
        "url_path": "/chat.postMessage",
        "body": {"channel": "#general", "text": "x"},
    },
}
"""One call of each that succeeds."""


def body_of(outcome: Outcome) -> Any:
    """The body of the result, read."""
    result: Any = outcome.result
    assert base64.b64decode(result["body_base64"])
    return result["body"]


@pytest.mark.parametrize("kind", VALID)
def test_a_call_is_a_result_of_four_parts_under_the_token_of_the_account(
    kind: str, perform: Perform, providers: Providers
) -> None:
    outcome = perform(KINDS[kind], VALID[kind])
    result: Any = outcome.result
    (got,) = providers.calls()
    assert (outcome.ok, set(result), result["status"]) == (True, {"status", "headers", "body", "body_base64"}, 200)
    assert got.token == ("ya29.access-token-1" if kind == "google" else PERSONAL)
    assert (got.headers["accept"], got.headers["content-type"]) == ("application/json", "application/json")


@pytest.mark.parametrize("kind", VALID)
def test_headers_of_the_task_are_sent_but_for_its_login(kind: str, perform: Perform, providers: Providers) -> None:
    headers = {"content-TYPE": "application/json; charset=utf-8", "X-Mine": "ä", "Authorization": "Bearer of-the-task"}
    perform(KINDS[kind], VALID[kind] | {"headers": headers})
    (got,) = providers.calls()
    assert got.headers["content-type"] == "application/json; charset=utf-8"
    assert got.headers["x-mine"].encode("latin-1").decode() == "ä"
    assert got.token != "of-the-task"


@pytest.mark.parametrize("kind", VALID)
@pytest.mark.parametrize(
    "answer",
    [
        Answer(404, b'{"error":"NOT_FOUND"}', (("Content-Type", "application/json"),)),
        Answer(429, b'{"errors":[{"error":"RATE_LIMIT_REACHED"}]}', (("Retry-After", "30"),)),
        Answer(500, b"<h1>Sorry</h1>", (("Content-Type", "text/html"),)),
        Answer(200, b'{"half":', (("Content-Type", "application/json"),)),
    ],
)
def test_any_complete_reply_is_a_success_and_is_asked_for_once(
    answer: Answer, kind: str, perform: Perform, providers: Providers
) -> None:
    """Two tasks of the library read ``result.status`` and ``body.error`` of a run that is ok."""
    providers.faults = [answer]
    outcome = perform(KINDS[kind], VALID[kind])
    result: Any = outcome.result
    assert (outcome.ok, result["status"], len(providers.calls())) == (True, answer.status, 1)
    assert base64.b64decode(result["body_base64"]) == answer.body
    if answer.status == 404:
        assert result["body"] == {"error": "NOT_FOUND"}


@pytest.mark.parametrize("kind", VALID)
@pytest.mark.parametrize("answer", [Answer(drop=True), Answer(200, b"{}", cut=True)])
def test_a_broken_connection_is_transient(answer: Answer, kind: str, perform: Perform, providers: Providers) -> None:
    providers.faults = [answer]
    with pytest.raises(NetworkError) as caught:
        perform(KINDS[kind], VALID[kind])
    assert (caught.value.transient, caught.value.sent, len(providers.calls())) == (True, True, 1)


@pytest.mark.parametrize("kind", VALID)
@pytest.mark.parametrize("name", ["other", "another@example.com"])
def test_an_unknown_account_is_permanent_and_names_the_known_ones(
    name: str, kind: str, perform: Perform, providers: Providers
) -> None:
    with pytest.raises(ActionError, match=f'{kind}: there is no account "{name}"') as caught:
        perform(KINDS[kind], VALID[kind] | {"account": name})
    assert (caught.value.transient, caught.value.code) == (False, "account.unknown")
    assert str(caught.value.hint) == f"Connected are me@example.com; `runner connect {kind}` adds one."
    assert providers.saw == []


@pytest.mark.parametrize("kind", VALID)
def test_without_any_account_the_hint_is_the_command_that_connects_one(
    kind: str, perform: Perform, book: AccountBook
) -> None:
    book.drop(kind, "me@example.com")
    with pytest.raises(ActionError) as caught:
        perform(KINDS[kind], VALID[kind])
    assert f"`runner connect {kind}`" in str(caught.value.hint)


@pytest.mark.parametrize("kind", VALID)
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"account": None}, '"account" is missing or blank'),
        ({"account": " "}, '"account" is missing or blank'),
        ({"account": ["x"]}, '"account" is an array, not text'),
        ({"method": None}, '"method" is missing'),
        ({"method": "fetch"}, 'there is no method "fetch"'),
        ({"url_path": ""}, '"url_path" is missing'),
        ({"url_path": "chat.postMessage"}, "does not begin with one slash"),
        ({"url_path": "//evil.example/x"}, "does not begin with one slash"),
        ({"url_path": "https://evil.example/x"}, "does not begin with one slash"),
        ({"url_path": "/drive/v3/../../oauth"}, "only dots"),
        ({"url_path": "/drive/v3/%2e%2E/x"}, "only dots"),
        ({"url_path": "/v0/a b"}, "white space"),
        ({"url_path": "/v0/a\\b"}, "backslash"),
        ({"url_path": "/v0/x#y"}, "#"),
        ({"headers": "x"}, '"headers" is text, not an object'),
        ({"body": 5}, '"body" is neither text, an object nor an array'),
    ],
)
def test_options_that_cannot_be_sent_are_refused_before_anything_is(
    change: dict[str, Any], words: str, kind: str, providers: Providers
) -> None:
    with pytest.raises(ActionError) as caught:
        KINDS[kind].validate(VALID[kind] | change)
    assert words in str(caught.value)
    assert (caught.value.code, caught.value.transient, providers.saw) == ("action.invalid_options", False, [])


@pytest.mark.parametrize("kind", VALID)
@pytest.mark.parametrize("options", [None, [], "x", 1])
def test_options_that_are_no_object_are_refused(kind: str, options: Any) -> None:
    with pytest.raises(ActionError, match="not an object"):
        KINDS[kind].validate(options)


def test_airtable_makes_changes_merges_and_deletes_records(perform: Perform, providers: Providers) -> None:
    kind = KINDS["airtable"]
    paths = {"account": "ME@example.com", "url_path": ORDERS}
    made = perform(kind, paths | {"method": "post", "body": {"records": [{"fields": {"No": n}} for n in range(10)]}})
    first, second, *_ = (record["id"] for record in body_of(made)["records"])
    perform(kind, paths | {"method": "PATCH", "body": {"records": [{"id": first, "fields": {"Paid": True}}]}})
    merge = {
        "performUpsert": {"fieldsToMergeOn": ["No"]},
        "records": [{"fields": {"No": 0, "x": 1}}, {"fields": {"No": 77}}],
    }
    merged = body_of(perform(kind, paths | {"method": "patch", "body": merge}))
    assert (merged["updatedRecords"], len(merged["createdRecords"])) == ([first], 1)
    gone = perform(kind, paths | {"method": "delete", "url_path": f"{ORDERS}?records[]={second}"})
    assert body_of(gone) == {"records": [{"id": second, "deleted": True}]}
    assert providers.bases.tables["Orders"][first] == {"No": 0, "Paid": True, "x": 1}
    assert len(providers.bases.tables["Orders"]) == 10
    assert [got.method for got in providers.calls()] == ["POST", "PATCH", "PATCH", "DELETE"]


def test_eleven_records_at_once_are_airtables_error_in_a_run_that_is_ok(perform: Perform) -> None:
    options = VALID["airtable"] | {"method": "POST", "body": {"records": [{"fields": {}}] * 11}}
    outcome = perform(KINDS["airtable"], options)
    assert outcome.ok
    assert body_of(outcome)["error"]["type"] == "INVALID_REQUEST_UNKNOWN"


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        ({"a": "ü", "b": [1.5, None]}, {"a": "ü", "b": [1.5, None]}),
        ([{"a": 1}], [{"a": 1}]),
        ('{"a" :1}', {"a": 1}),
    ],
)
def test_objects_and_arrays_are_json_and_text_is_sent_as_it_is(
    body: Any, sent: Any, perform: Perform, providers: Providers
) -> None:
    perform(KINDS["airtable"], VALID["airtable"] | {"method": "POST", "body": body})
    (got,) = providers.calls()
    assert got.json == sent
    if isinstance(body, str):
        assert got.body == body.encode()


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/drive/v3/files", "/drive/v3/files"),
        ("/upload/drive/v3/files", "/upload/drive/v3/files"),
        ("/sheets/v4/spreadsheets/x", "/v4/spreadsheets/x"),
        ("/docs/v1/documents/x", "/v1/documents/x"),
    ],
)
def test_google_serves_drive_sheets_and_docs_by_the_beginning_of_the_path(
    path: str, sent: str, perform: Perform, providers: Providers
) -> None:
    providers.faults = [Answer(200, b"{}")]
    perform(KINDS["google"], ACCOUNT | {"method": "POST", "url_path": path, "body": {}})
    assert providers.calls()[0].path == sent


def test_each_service_of_google_has_its_own_host() -> None:
    hosts = {
        "/drive/v3/files": "https://www.googleapis.com/drive/v3/files",
        "/upload/drive/v3/files?uploadType=media": "https://www.googleapis.com/upload/drive/v3/files?uploadType=media",
        "/sheets/v4/spreadsheets/x": "https://sheets.googleapis.com/v4/spreadsheets/x",
        "/docs/v1/documents/x": "https://docs.googleapis.com/v1/documents/x",
    }
    for path, url in hosts.items():
        assert KINDS["google"].validate(ACCOUNT | {"method": "GET", "url_path": path}).url == url
    assert KINDS["airtable"].validate(VALID["airtable"]).url == f"https://api.airtable.com{ORDERS}"
    assert KINDS["slack"].validate(VALID["slack"]).url == "https://slack.com/api/chat.postMessage"


@pytest.mark.parametrize("path", ["/gmail/v1/users", "/v4/spreadsheets", "/drive", "/driveway/v3"])
def test_other_services_of_google_are_refused(path: str) -> None:
    with pytest.raises(ActionError, match="no service of Google"):
        KINDS["google"].validate(ACCOUNT | {"method": "GET", "url_path": path})


@pytest.mark.parametrize(
    ("path", "body", "query"),
    [
        (FILES, {"pageSize": 10, "q": "name = 'a b'", "flag": True}, "pageSize=10&q=name+%3D+%27a+b%27&flag=true"),
        (FILES, {"ranges": ["A1", "B2"], "none": None}, "ranges=A1&ranges=B2"),
        (f"{FILES}?pageSize=1", {"pageSize": 10}, "pageSize=1"),
        (FILES, None, ""),
    ],
)
def test_the_body_of_a_get_becomes_the_query_unless_the_path_has_one(
    path: str, body: Any, query: str, perform: Perform, providers: Providers
) -> None:
    providers.faults = [Answer(200, b"{}")]
    perform(KINDS["google"], ACCOUNT | {"method": "get", "url_path": path, "body": body})
    (got,) = providers.calls()
    assert (got.raw.partition("?")[2].replace("%20", "+"), got.body) == (query, b"")


@pytest.mark.parametrize("channel", ["#general", "general", "C024BE91L"])
def test_slack_posts_changes_and_deletes_a_message(channel: str, perform: Perform, providers: Providers) -> None:
    kind, blocks = KINDS["slack"], [{"type": "section", "text": {"type": "mrkdwn", "text": "*hi* 🎉"}}]
    posted = body_of(perform(kind, VALID["slack"] | {"body": {"channel": channel, "blocks": blocks, "text": "hi"}}))
    assert posted["ok"]
    message = {"channel": posted["channel"], "ts": posted["ts"]}
    kept = providers.channels.messages["C024BE91L"]
    assert kept[posted["ts"]]["blocks"] == blocks
    changed = perform(kind, VALID["slack"] | {"url_path": "/chat.update", "body": {**message, "text": "new"}})
    assert body_of(changed)["text"] == "new"
    assert body_of(perform(kind, VALID["slack"] | {"url_path": "/chat.delete", "body": message}))["ok"]
    assert kept == {}


@pytest.mark.parametrize(
    ("body", "error"),
    [({"channel": "nowhere", "text": "x"}, "channel_not_found"), ({"channel": "#general"}, "no_text")],
)
def test_what_slack_refuses_with_200_is_a_success(body: Any, error: str, perform: Perform) -> None:
    outcome = perform(KINDS["slack"], VALID["slack"] | {"body": body})
    assert (outcome.ok, body_of(outcome)) == (True, {"ok": False, "error": error})


def test_a_slack_token_that_is_refused_is_slacks_answer(perform: Perform, providers: Providers) -> None:
    providers.valid.clear()
    outcome = perform(KINDS["slack"], VALID["slack"])
    assert (outcome.ok, body_of(outcome)) == (True, {"ok": False, "error": "invalid_auth"})


@pytest.mark.parametrize("path", ["/chat.postEphemeral", "/files.upload", "/chat.postMessagex", "/chat.postMessage/x"])
def test_slack_has_three_methods_for_tasks(path: str) -> None:
    with pytest.raises(ActionError) as caught:
        KINDS["slack"].validate(VALID["slack"] | {"url_path": path})
    assert "/chat.postMessage, /chat.update, /chat.delete" in str(caught.value.hint)


def test_the_token_is_in_nothing_that_is_kept(perform: Perform, providers: Providers) -> None:
    providers.faults = [Answer(200, json.dumps({"you": PERSONAL}).encode(), (("X-You", PERSONAL),))]
    outcome = perform(KINDS["airtable"], VALID["airtable"])
    assert PERSONAL not in json.dumps(outcome.result)
    assert base64.b64encode(PERSONAL.encode()).decode().rstrip("=") not in json.dumps(outcome.result)


@pytest.mark.parametrize(
    ("kind", "change", "resendable"),
    [
        ("airtable", {}, True),
        ("airtable", {"method": "PATCH"}, False),
        ("google", {"method": "POST"}, False),
        ("slack", {}, False),
        ("slack", {"url_path": "/chat.update"}, True),
        ("slack", {"url_path": "/chat.delete"}, True),
    ],
)
def test_only_what_changes_nothing_twice_is_sent_again_after_a_crash(
    kind: str, change: dict[str, Any], resendable: bool
) -> None:
    """durability.md 6.2."""
    assert KINDS[kind].resendable(KINDS[kind].validate(VALID[kind] | change)) is resendable


@pytest.mark.parametrize(
    ("kind", "options", "summary"),
    [
        ("airtable", VALID["airtable"], f"GET {ORDERS} for me@example.com"),
        ("slack", VALID["slack"], 'post to #general for me@example.com: "x"'),
        ("slack", {}, "no method no url_path"),
    ],
)
def test_the_summary_says_what_and_for_whom(kind: str, options: Any, summary: str) -> None:
    assert ACTION_TYPES[kind].summary(options) == summary


def test_googles_refusal_of_a_right_is_a_result(perform: Perform, providers: Providers) -> None:
    providers.faults = [google_error(403, "Insufficient Permission", "insufficientPermissions")]
    outcome = perform(KINDS["google"], VALID["google"])
    assert (outcome.ok, body_of(outcome)["error"]["errors"][0]["reason"]) == (True, "insufficientPermissions")
