"""The integrations as runs of the engine: crashes, retries, and tokens that are nowhere kept (durability.md 6.2)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from runner.accounts import AccountBook
from runner.actions import ACTION_TYPES, ActionType, Outcome, Tools
from runner.actions.base import Services
from runner.engine import Behaviour
from runner.model.run import RunState
from tests.engine.conftest import make_world
from tests.engine.world import Killed, World
from tests.servers.airtable import BASE
from tests.servers.connected import SIGNED_IN
from tests.servers.providers import PERSONAL, REFRESH, SECRET, Providers, google_error
from tests.servers.web import Answer

__all__ = ["make_world"]

ACCOUNT = {"account": "me@example.com"}
ORDERS = f"/v0/{BASE}/Orders"
RECORD = {"records": [{"fields": {"No": 1}}]}
POST: dict[str, Any] = {**ACCOUNT, "method": "POST", "url_path": "/chat.postMessage"}


@pytest.fixture
def connected_world(make_world: Callable[..., World], connected: Services) -> Callable[..., World]:
    """A world whose integrations reach the providers; its process dies ``deaths`` times when one was performed."""

    def make(deaths: int = 0, **more: Any) -> World:
        left = [Killed() for _ in range(deaths)]

        def dying(kind: ActionType) -> ActionType:
            class Dying(type(kind)):  # type: ignore[misc]
                def perform(self, options: Any, tools: Tools) -> Outcome:
                    outcome: Outcome = super().perform(options, replace(tools, services=connected))
                    if left:
                        raise left.pop()
                    return outcome

            return Dying()

        kinds = ("airtable", "google", "google_drive", "google_sheets", "slack")
        return make_world("runner.db", types={**ACTION_TYPES, **{k: dying(ACTION_TYPES[k]) for k in kinds}}, **more)

    return make


def script(kind: str, options: dict[str, Any]) -> str:
    return f'{{% action "{kind}" %}}{json.dumps(options)}{{% endaction %}}'


def effects(providers: Providers) -> int:
    """How often something was made or changed."""
    return len([got for got in providers.calls() if got.method != "GET"])


@pytest.mark.parametrize(
    ("kind", "options", "again"),
    [
        ("airtable", {**ACCOUNT, "method": "POST", "url_path": ORDERS, "body": RECORD}, False),
        ("airtable", {**ACCOUNT, "method": "GET", "url_path": ORDERS}, True),
        ("google", {**ACCOUNT, "method": "POST", "url_path": "/docs/v1/documents/x", "body": {}}, False),
        ("google", {**ACCOUNT, "method": "GET", "url_path": "/docs/v1/documents/x"}, True),
        ("slack", {**POST, "body": {"channel": "#general", "text": "x"}}, False),
        ("slack", {**POST, "url_path": "/chat.delete", "body": {"channel": "#general", "ts": "1"}}, True),
        ("google_drive", {**ACCOUNT, "uploads": {"x/a": "1"}}, True),
        ("google_sheets", {**ACCOUNT, "operation": "append_rows", "rows": [["a"]]}, False),
        ("google_sheets", {**ACCOUNT, "operation": "update_rows", "sheet_name": "S", "rows": [["a"]]}, True),
        ("google_sheets", {**ACCOUNT, "operation": "create_spreadsheet"}, False),
        ("google_sheets", {**ACCOUNT, "operation": "get_values"}, True),
    ],
)
@pytest.mark.parametrize("resend_all", [False, True])
def test_what_would_be_done_twice_is_not_repeated_after_a_crash_unless_told_to(
    resend_all: bool,
    kind: str,
    options: dict[str, Any],
    again: bool,
    connected_world: Callable[..., World],
    providers: Providers,
) -> None:
    book = providers.sheets.book("S", drive=providers.drive)
    known = {"spreadsheet_id": book} if "operation" in options else {}
    world = connected_world(deaths=1, behaviour=Behaviour(resend_all=resend_all))
    world.task(script(kind, options | known))
    world.send()
    with pytest.raises(Killed):
        world.engine.drain()
    once = len(providers.calls())
    world.reopened()
    world.engine.recover()
    world.engine.drain(advance=True)
    (run,) = world.actions()
    repeats = again or resend_all
    assert run.state is (RunState.SUCCEEDED if repeats else RunState.FAILED)
    assert (len(providers.calls()) > once) is repeats
    if not repeats:
        assert str(run.error).startswith("outcome unknown")
    if kind == "google_drive":
        assert providers.drive.paths() == ["Book", "x", "x/a"], "the second attempt finds the file of the first"


@pytest.mark.parametrize(
    ("kind", "options", "fault", "attempts"),
    [
        ("airtable", {**ACCOUNT, "method": "GET", "url_path": ORDERS}, Answer(drop=True), 5),
        ("slack", {**POST, "body": {"channel": "#general", "text": "x"}}, Answer(drop=True), 5),
        ("google_drive", {**ACCOUNT, "uploads": {"a": "1"}}, google_error(503, "Backend Error"), 5),
        ("google_drive", {**ACCOUNT, "uploads": {"a": "1"}}, google_error(403, "No"), 1),
        ("google_sheets", {**ACCOUNT, "operation": "create_spreadsheet"}, google_error(503, "Backend Error"), 1),
        ("google_sheets", {**ACCOUNT, "operation": "create_spreadsheet"}, google_error(400, "No"), 1),
    ],
)
def test_attempts_follow_the_error_s_class(
    kind: str,
    options: dict[str, Any],
    fault: Answer,
    attempts: int,
    connected_world: Callable[..., World],
    providers: Providers,
) -> None:
    """actions.md 7."""
    providers.faults = [fault] * 50
    world = connected_world()
    world.task(script(kind, options) + script("echo", {"after": 1}))
    world.send()
    world.engine.drain(advance=True)
    run, after = world.actions()
    assert (run.state, run.attempt, after.state) == (RunState.FAILED, attempts, RunState.SUCCEEDED)
    assert run.result is None


def test_a_provider_that_recovers_is_a_success_at_last(
    connected_world: Callable[..., World], providers: Providers
) -> None:
    providers.token_faults = [Answer(503, b"{}"), Answer(drop=True)]
    world = connected_world()
    world.task(script("google_drive", {**ACCOUNT, "uploads": {"a": "1"}}))
    world.send()
    world.engine.drain(advance=True)
    (run,) = world.actions()
    assert (run.state, run.attempt, providers.drive.paths()) == (RunState.SUCCEEDED, 3, ["a"])


@pytest.mark.parametrize("granted", [True, False])
def test_no_token_is_kept_or_told(
    granted: bool,
    connected_world: Callable[..., World],
    providers: Providers,
    book: AccountBook,
    caplog: pytest.LogCaptureFixture,
) -> None:
    book.put("google", SIGNED_IN if granted else replace(SIGNED_IN, refresh_token="taken-back-1"))
    world = connected_world()
    world.task(
        script("airtable", {**ACCOUNT, "method": "GET", "url_path": ORDERS})
        + script("google_drive", {**ACCOUNT, "uploads": {"a": "1"}})
        + script("google", {**ACCOUNT, "method": "GET", "url_path": "/docs/v1/documents/x"})
    )
    with caplog.at_level("DEBUG"):
        world.send()
        world.engine.drain(advance=True)
    assert world.states() == [RunState.SUCCEEDED, *([RunState.SUCCEEDED if granted else RunState.FAILED] * 2)]
    file = Path(str(world.store.database.engine.url.database))
    kept = "".join(part.read_bytes().decode("utf-8", "replace") for part in file.parent.glob("runner.db*"))
    told = "\n".join(str(occurrence) for occurrence in world.told)
    for value in (PERSONAL, REFRESH, SECRET, "ya29.", "taken-back-1"):
        assert value not in kept
        assert value not in told + caplog.text
