"""google_drive at the wire: files, folders, what is replaced, and each kind of failure (actions.md 5.2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from runner.actions import Outcome
from runner.actions.google_drive import GoogleDriveAction
from runner.clock import FixedClock
from runner.errors import ActionError
from tests.servers.connected import perform
from tests.servers.drive import FOLDER, Drive
from tests.servers.providers import Providers, google_error
from tests.servers.web import Answer

__all__ = ["perform"]

Perform = Callable[..., Outcome]
KIND = GoogleDriveAction()


@pytest.fixture
def upload(perform: Perform) -> Callable[..., Outcome]:
    """``upload({"a.txt": "…"})``: the outcome; ``again``: of which run it is another attempt."""

    def act(uploads: Any, again: str = "run-1") -> Outcome:
        return perform(KIND, {"account": "me@example.com", "uploads": uploads}, run_id=again)

    return act


Upload = Callable[..., Outcome]


def files(drive: Drive) -> dict[str, bytes]:
    """The present content of every file by its path; of several at one path the newest."""
    return {drive.path(entry): entry.contents[-1] for entry in drive.entries if entry.contents}


def test_files_are_uploaded_with_their_names_types_and_bytes(upload: Upload, providers: Providers) -> None:
    outcome = upload({"a.csv": "ä,b\r\n", "reports/2026/b.pdf": {"base64": "AAH/"}})
    link = "https://drive.google.com/file/d/{}/view"
    assert outcome.result == {
        "uploads": {
            "a.csv": {
                "id": "file-1",
                "name": "a.csv",
                "mime_type": "text/plain",
                "web_view_link": link.format("file-1"),
                "path": "",
            },
            "reports/2026/b.pdf": {
                "id": "file-4",
                "name": "b.pdf",
                "mime_type": "application/octet-stream",
                "web_view_link": link.format("file-4"),
                "path": "reports/2026",
            },
        }
    }
    assert files(providers.drive) == {"a.csv": "ä,b\r\n".encode(), "reports/2026/b.pdf": b"\x00\x01\xff"}


def test_folders_are_made_once_and_found_again(upload: Upload, providers: Providers) -> None:
    upload({"x/y/a": "1", "x/y/b": "2", "x/c": "3"})
    upload({"/x/y/d/": "4"}, "run-2")
    folders = [providers.drive.path(entry) for entry in providers.drive.entries if entry.mime == FOLDER]
    assert folders == ["x", "x/y"]
    assert set(files(providers.drive)) == {"x/y/a", "x/y/b", "x/c", "x/y/d"}


def test_a_name_with_a_quote_is_found_again(upload: Upload, providers: Providers) -> None:
    upload({"it's/o'clock": "1", "overwrite": True})
    upload({"it's/o'clock": "2", "overwrite": True}, "run-2")
    assert [entry.name for entry in providers.drive.entries] == ["it's", "o'clock"]
    assert files(providers.drive) == {"it's/o'clock": b"2"}


@pytest.mark.parametrize("overwrite", [None, False, "false"])
def test_the_same_name_is_a_second_file(overwrite: Any, upload: Upload, providers: Providers) -> None:
    upload({"a": "1"})
    upload({"a": "2", "overwrite": overwrite}, "run-2")
    assert [entry.contents for entry in providers.drive.entries] == [[b"1"], [b"2"]]


@pytest.mark.parametrize("overwrite", [True, "true"])
def test_overwrite_puts_a_new_version_into_the_newest_match(
    overwrite: Any, upload: Upload, providers: Providers
) -> None:
    for run in ("run-1", "run-2"):
        upload({"a": run}, run)
    outcome = upload({"overwrite": overwrite, "a": "new"}, "run-3")
    assert [entry.contents for entry in providers.drive.entries] == [[b"run-1"], [b"run-2", b"new"]]
    result: Any = outcome.result
    assert list(result["uploads"]) == ["a"]
    assert result["uploads"]["a"]["id"] == "file-2"


def test_overwrite_looks_into_that_folder_only_and_never_at_folders(upload: Upload, providers: Providers) -> None:
    upload({"x/a": "1"})
    upload({"a": "2", "x": "3", "overwrite": True}, "run-2")
    assert files(providers.drive) == {"x/a": b"1", "a": b"2", "x": b"3"}


def test_overwrite_without_a_match_makes_the_file(upload: Upload, providers: Providers) -> None:
    upload({"a": "1", "overwrite": True})
    assert files(providers.drive) == {"a": b"1"}


@pytest.mark.parametrize("character", ["<", ">", ":", '"', "\\", "|", "?", "*", "\n"])
def test_characters_that_names_may_not_have_are_refused(character: str) -> None:
    with pytest.raises(ActionError, match="path") as caught:
        KIND.validate({"account": "me", "uploads": {f"reports/a{character}.csv": ""}})
    assert caught.value.code == "action.invalid_options"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"uploads": {"a": ""}}, '"account" is missing'),
        ({"account": "me"}, "names no file"),
        ({"account": "me", "uploads": {}}, "names no file"),
        ({"account": "me", "uploads": {"overwrite": True}}, "names no file"),
        ({"account": "me", "uploads": ["a"]}, '"uploads" is an array'),
        ({"account": "me", "uploads": {"a": "", "overwrite": "maybe"}}, '"overwrite" is text, not true or false'),
        ({"account": "me", "uploads": {"a//b": ""}}, "is not a path"),
        ({"account": "me", "uploads": {"../a": ""}}, "is not a path"),
        ({"account": "me", "uploads": {"": ""}}, "is not a path"),
    ],
)
def test_options_are_checked(options: Any, words: str) -> None:
    with pytest.raises(ActionError) as caught:
        KIND.validate(options)
    assert words in str(caught.value)


def test_a_file_that_cannot_be_made_fails_before_google_is_asked(upload: Upload, providers: Providers) -> None:
    with pytest.raises(ActionError, match='"b" cannot be made'):
        upload({"a": "1", "b": {"csv": "1"}})
    assert providers.saw == []


@pytest.mark.parametrize(
    "fault",
    [
        google_error(429, "Too many", Retry_After="7"),
        google_error(403, "Rate Limit Exceeded", "userRateLimitExceeded", Retry_After="7"),
    ],
)
def test_asked_too_often_is_waited_out_in_the_attempt(
    fault: Answer, upload: Upload, providers: Providers, clock: FixedClock
) -> None:
    start = clock.now()
    providers.faults = [fault, fault]
    assert upload({"a": "1"}).ok
    assert clock.now() - start == timedelta(seconds=14)
    assert files(providers.drive) == {"a": b"1"}


def test_without_a_time_the_waits_double_and_end_after_two_minutes(
    upload: Upload, providers: Providers, clock: FixedClock
) -> None:
    start = clock.now()
    providers.faults = [google_error(429, "Quota exceeded")] * 20
    outcome = upload({"a": "1"})
    assert (outcome.ok, outcome.transient, outcome.code) == (False, True, "google.too_often")
    assert "Quota exceeded" in str(outcome.error)
    assert clock.now() - start == timedelta(seconds=1 + 2 + 4 + 8 + 16 + 32)


def test_a_wait_that_is_too_long_is_left_to_the_next_attempt(upload: Upload, providers: Providers) -> None:
    providers.faults = [google_error(429, "Quota exceeded", Retry_After="3600")]
    outcome = upload({"a": "1"})
    assert (outcome.transient, len(providers.calls())) == (True, 1)


@pytest.mark.parametrize("status", [500, 502, 503])
def test_google_out_of_order_is_transient(status: int, upload: Upload, providers: Providers) -> None:
    providers.faults = [google_error(status, "Backend Error")]
    outcome = upload({"a": "1"})
    assert (outcome.ok, outcome.transient, outcome.error) == (
        False,
        True,
        f"google_drive: Google answered {status}: Backend Error",
    )


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (google_error(400, "Bad Request"), None),
        (google_error(403, "The user's Drive storage quota has been exceeded.", "storageQuotaExceeded"), "the space"),
        (google_error(404, "File not found: ."), "files that they made themselves"),
        (Answer(400, b"<html>"), None),
    ],
)
def test_a_refusal_is_permanent(answer: Answer, hint: str | None, upload: Upload, providers: Providers) -> None:
    providers.faults = [answer]
    outcome = upload({"a": "1"})
    assert (outcome.ok, outcome.result, outcome.transient, outcome.code) == (False, None, False, "google.refused")
    assert outcome.hint is None if hint is None else hint in str(outcome.hint)
    assert len(providers.calls()) == 1


@pytest.mark.parametrize("answer", [Answer(drop=True), Answer(200, b'{"files": [', cut=True), Answer(200, b"<html>")])
def test_a_reply_that_cannot_be_read_is_transient(answer: Answer, upload: Upload, providers: Providers) -> None:
    providers.faults = [answer]
    assert (upload({"a": "1"}).transient, len(providers.calls())) == (True, 1)


def test_another_attempt_writes_again_what_the_first_one_made(upload: Upload, providers: Providers) -> None:
    """A crash between effect and record must not leave two files (actions.md 1.11)."""
    upload({"x/a": "1", "b": "2"})
    upload({"x/a": "1", "b": "2"})
    assert providers.drive.paths() == ["x", "x/a", "b"]
    upload({"b": "3"}, "run-2")
    assert providers.drive.paths() == ["x", "x/a", "b", "b"]


def test_a_large_file_goes_in_two_requests_to_google_only(upload: Upload, providers: Providers) -> None:
    """The place that Google names for the bytes is on another host here: the token must not go there."""
    upload({"big": "x" * (5 * 1024 * 1024 + 1)})
    assert len(files(providers.drive)["big"]) == 5 * 1024 * 1024 + 1
    *_, begun, sent = providers.calls()
    assert begun.query["uploadType"] == ["resumable"]
    assert begun.headers["x-upload-content-length"] == str(len(sent.body))
    assert (sent.method, sent.query["upload_id"], sent.token) == ("PUT", ["up-0"], begun.token)
    upload({"big": "y" * (5 * 1024 * 1024 + 1), "overwrite": True}, "run-2")
    assert [len(entry.contents) for entry in providers.drive.entries] == [2]


def test_a_token_that_has_ended_is_replaced_in_the_attempt(upload: Upload, providers: Providers) -> None:
    upload({"a": "1"})
    providers.valid.clear()
    assert upload({"b": "2"}, "run-2").ok
    assert [got.form["grant_type"] for got in providers.calls(tokens=True)] == ["refresh_token"] * 2


def test_a_right_that_was_taken_back_is_permanent_and_says_how_to_connect_again(
    upload: Upload, providers: Providers
) -> None:
    providers.refresh = "another"
    outcome = upload({"a": "1"})
    assert (outcome.ok, outcome.transient, outcome.code) == (False, False, "account.refused")
    assert "its right has ended or was taken back" in str(outcome.error)
    assert "`runner connect google --name me@example.com`" in str(outcome.hint)
    assert providers.calls() == []


def test_the_summary_names_the_files() -> None:
    options = {"account": "me", "uploads": {"overwrite": True, "a": "", "b/c": ""}}
    assert KIND.summary(options) == "upload a, b/c for me"
    assert KIND.summary(None) == "upload no files"


def test_an_upload_is_made_again_after_a_crash() -> None:
    assert KIND.resendable(KIND.validate({"account": "me", "uploads": {"a": ""}}))
