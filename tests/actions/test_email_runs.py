"""email as runs of the engine: crashes, retries, what is kept (actions.md 1.5, 1.11; durability.md 6)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from runner.actions import ACTION_TYPES, Outcome, Tools
from runner.actions.base import Services
from runner.actions.email import EmailAction
from runner.engine import Behaviour
from runner.mail.post import Mail
from runner.model.run import RunState
from tests.engine.conftest import make_world
from tests.engine.world import Killed, World
from tests.servers.mail import PASSWORD, MailServers

__all__ = ["make_world"]

OPTIONS = {"to": "a@example.com", "subject": "S", "body": "<p>B</p>"}


@pytest.fixture
def mail_world(make_world: Callable[..., World], outside: Services, mail_servers: MailServers) -> Callable[..., World]:
    """A world whose mail goes to ``kind`` of the tests' servers; its process dies ``deaths`` times after sending."""

    def make(deaths: int = 0, kind: str = "smtp+plain", account: dict[str, Any] | None = None, **more: Any) -> World:
        left = [Killed() for _ in range(deaths)]
        mail = Mail(mail_servers.account(kind, **(account or {})), network=outside.network)

        class Dying(EmailAction):
            def perform(self, options: Any, tools: Tools) -> Outcome:
                outcome = super().perform(options, replace(tools, services=replace(outside, mail=mail)))
                if left:
                    raise left.pop()
                return outcome

        return make_world("runner.db", types={**ACTION_TYPES, "email": Dying()}, **more)

    return make


def send_one(world: World, **changes: Any) -> None:
    world.task(f'{{% action "email" %}}{json.dumps(OPTIONS | changes)}{{% endaction %}}')
    world.send()


@pytest.mark.parametrize(("resend_all", "sent", "state"), [(False, 1, RunState.FAILED), (True, 2, RunState.SUCCEEDED)])
def test_a_message_whose_end_nobody_saw_is_not_sent_twice_unless_told_to(
    resend_all: bool, sent: int, state: RunState, mail_world: Callable[..., World], mail_servers: MailServers
) -> None:
    world = mail_world(deaths=1, behaviour=Behaviour(resend_all=resend_all))
    send_one(world)
    with pytest.raises(Killed):
        world.engine.drain()
    world.reopened()
    world.engine.recover()
    world.engine.drain(advance=True)
    (run,) = world.actions()
    assert (len(mail_servers.plain.got), run.state) == (sent, state)
    assert {got.message["message-id"] for got in mail_servers.plain.got} == {f"<{run.id}@shop.test>"}
    if state is RunState.FAILED:
        assert str(run.error).startswith("outcome unknown")
        assert run.result is None


def test_a_connection_lost_after_the_whole_message_leaves_it_open(
    mail_world: Callable[..., World], mail_servers: MailServers
) -> None:
    mail_servers.plain.drop = "END"
    world = mail_world()
    send_one(world)
    world.engine.drain(advance=True)
    (run,) = world.actions()
    assert (run.state, run.attempt, len(mail_servers.plain.got)) == (RunState.FAILED, 1, 1)
    assert str(run.error).startswith("outcome unknown")


@pytest.mark.parametrize("at", ["MAIL", "DATA"])
def test_a_connection_lost_before_that_is_tried_five_times(
    at: str, mail_world: Callable[..., World], mail_servers: MailServers
) -> None:
    mail_servers.plain.drop = at
    world = mail_world()
    send_one(world)
    world.engine.drain(advance=True)
    (run,) = world.actions()
    assert (run.state, run.attempt, mail_servers.plain.connections) == (RunState.FAILED, 5, 5)


def test_greylisting_is_over_on_the_second_attempt(mail_world: Callable[..., World], mail_servers: MailServers) -> None:
    mail_servers.plain.replies["a@example.com"] = "450 greylisted, come back"
    world = mail_world()
    send_one(world)
    world.engine.drain()
    assert mail_servers.plain.got == []
    mail_servers.plain.replies.clear()
    world.engine.drain(advance=True)
    (run,) = world.actions()
    result: Any = run.result
    assert (run.state, run.attempt, result["accepted"]) == (RunState.SUCCEEDED, 2, ["a@example.com"])


@pytest.mark.parametrize(
    ("changes", "account", "says"),
    [
        ({"to": None}, {}, '"to" is missing or blank'),
        ({}, {"password": "wrong"}, "refused the login"),
        ({"template": "none"}, {}, 'no email template "none"'),
        ({"attachments": {"a.csv": {"csv": "1"}}}, {}, 'the file "a.csv" cannot be made'),
    ],
)
def test_a_lasting_error_fails_at_once_and_the_queue_goes_on(
    changes: dict[str, Any],
    account: dict[str, Any],
    says: str,
    mail_world: Callable[..., World],
    mail_servers: MailServers,
) -> None:
    world = mail_world(kind="smtp", account=account)
    world.task(f'{{% action "email" %}}{json.dumps(OPTIONS | changes)}{{% endaction %}}{{% action "echo", "on" %}}')
    world.run()
    first, second = world.actions()
    assert (first.state, first.attempt, second.state) == (RunState.FAILED, 1, RunState.SUCCEEDED)
    assert says in str(first.error)
    assert mail_servers.starttls.got == []


@pytest.mark.parametrize("password", [PASSWORD, "another-wrong-one"])
def test_the_password_is_nowhere_kept(
    password: str, mail_world: Callable[..., World], caplog: pytest.LogCaptureFixture
) -> None:
    world = mail_world(kind="smtp", account={"password": password})
    with caplog.at_level("DEBUG"):
        send_one(world)
        world.engine.drain(advance=True)
    (run,) = world.actions()
    assert run.state is (RunState.SUCCEEDED if password == PASSWORD else RunState.FAILED)
    folder = Path(str(world.store.database.engine.url.database)).parent
    kept = "".join(part.read_bytes().decode("utf-8", "replace") for part in folder.glob("runner.db*"))
    for form in (password, json.dumps(password)[1:-1]):
        assert form not in kept
        assert form not in caplog.text
