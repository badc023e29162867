"""Globals, secrets and values of the run form in live runs (actions.md 1.9, tasks.md 3.9)."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from runner.actions import ACTION_TYPES, ActionType, Outcome, Tools
from runner.actions.base import EventDraft
from runner.engine import Behaviour, EnabledTask
from runner.engine.observe import ActionPerformed, RunFailed
from runner.engine.retry import RetryPolicy
from runner.errors import ActionError, InputError
from runner.model.event import Event
from runner.model.run import RunKind, RunState
from runner.model.secret import Secrets, resolve
from runner.model.shop_values import ShopValues
from runner.model.task import Task
from runner.redact import MARKER
from runner.store import Store
from tests.engine.world import DOMAIN, Killed, World

VALUE = "s3cret/ value"
VALUES = ShopValues(
    {"motto": {"en": "Ars longa"}, "hour": "3"}, Secrets({"token": VALUE, "other": "another one", "hook": None})
)
PLACEHOLDER = re.compile(r"__mechanic_secret__token__[0-9a-f]{16}__")
Make = Callable[..., World]


def kept(world: World) -> str:
    """Everything the store holds, as one text."""
    with world.store.database.read() as tx:
        tables = ("mech_events", "mech_runs", "mech_attempts", "mech_cache")
        return "\n".join(str(tuple(row)) for name in tables for row in tx.exec_driver_sql(f"SELECT * FROM {name}"))


@dataclass
class Sending(ActionType):
    """Sends its ``text`` somewhere, with secrets in it, and tells back whatever ``answer`` makes of it."""

    answer: Callable[[str], Outcome]
    name = "sending"
    schema = {}  # noqa: RUF012
    sent: tuple[str, ...] = ()

    def with_secrets(self, options: Any, secrets: Secrets) -> Any:
        return {**options, "text": resolve(options["text"], secrets)}

    def validate(self, options: Any) -> Any:
        if "bad" in options:
            raise ActionError(f"sending: cannot send {options['text']}", hint=f"not {options['text']}")
        return options

    def perform(self, options: Any, tools: Tools) -> Outcome:
        self.sent += (options["text"],)
        return self.answer(options["text"])

    def summary(self, options: Any) -> str:
        return str(options["text"])


@pytest.fixture
def sending(make_world: Make) -> Callable[..., World]:
    """``sending(answer)``: a world whose action type ``sending`` answers so."""

    def make(answer: Callable[[str], Outcome], **more: Any) -> World:
        return make_world(values=VALUES, types={**ACTION_TYPES, "sending": Sending(answer)}, **more)

    return make


def sent(world: World) -> tuple[str, ...]:
    assert world.types is not None
    found: tuple[str, ...] = world.types["sending"].sent  # type: ignore[attr-defined]
    return found


SEND = '{% action "sending", text: secrets.token, note: secrets.other %}'


def test_scripts_see_globals_by_name_and_by_option(make_world: Make) -> None:
    world = make_world(values=VALUES)
    world.task("{% log globals.motto.en %}{% log options.hour__global %}", options={"hour__global": "hour"})
    world.run()
    assert world.logs() == ["Ars longa", "3"]


def test_subscriptions_see_globals_by_option() -> None:
    task = Task.from_json(
        {"name": "t", "script": "", "subscriptions_template": "user/a/b+{{ options.hour__global }}.hours"}
    )
    made = EnabledTask.prepare(task, options={"hour__global": "hour"}, values=VALUES)
    assert [str(each) for each in made.subscriptions] == ["user/a/b+3.hours"]


def test_without_values_there_is_nothing(world: World) -> None:
    world.task("{% log globals.motto %}{% log secrets.token %}")
    world.run()
    assert world.logs() == [None, None]


def test_a_secret_signs_while_its_value_is_nowhere_in_the_store(make_world: Make) -> None:
    world = make_world(values=VALUES)
    world.task('{% log "text" | hmac_sha256: secrets.token %}{% log secrets.token %}{% action "echo", secrets.token %}')
    world.run()
    signature, shown = world.logs()
    assert signature == hmac.digest(VALUE.encode(), b"text", hashlib.sha256).hex()
    assert PLACEHOLDER.fullmatch(shown)
    assert world.actions()[0].result == shown
    assert VALUE not in kept(world)


@pytest.mark.parametrize(
    ("script", "found"),
    [
        ('{% action "cache", "set", "k", secrets.token %}', lambda world: world.store.cache.get(DOMAIN, "k")),
        ('{% action "echo", value: secrets.token %}', lambda world: world.actions()[0].result["value"]),
        (
            '{% action "event", topic: "user/c/d", data: secrets.token %}',
            lambda world: world.store.events.all()[-1].data,
        ),
    ],
    ids=["cache", "echo", "event"],
)
def test_where_secrets_do_not_belong_their_placeholders_are_text(
    make_world: Make, script: str, found: Callable[[World], str]
) -> None:
    world = make_world(values=VALUES)
    world.task(script)
    world.run()
    assert PLACEHOLDER.fullmatch(found(world))
    assert VALUE not in kept(world)


@pytest.mark.parametrize("name", ["shopify", "cache", "echo", "event"])
def test_these_types_send_no_secrets_anywhere(name: str) -> None:
    secrets = Secrets({"token": VALUE})
    options = {"url": secrets.placeholder("token"), "headers": [secrets.placeholder("token")]}
    assert ACTION_TYPES[name].with_secrets(options, secrets) == options


def test_the_shop_is_asked_with_the_placeholder(make_world: Make) -> None:
    client = Asked()
    world = make_world(values=VALUES, client=client)
    world.task('{% action "shopify" %}mutation { a(b: "{{ secrets.token }}") { c } }{% endaction %}')
    world.run()
    assert len(client.queries) == 1
    assert PLACEHOLDER.search(client.queries[0])


class Asked:
    """A shop's client that keeps what it was asked."""

    deprecated = ()

    def __init__(self) -> None:
        self.queries: list[str] = []

    def graphql(self, query: str, variables: Any = None) -> Any:
        self.queries.append(query)
        raise ActionError("nobody is there")

    def metered(self) -> Any:
        return self

    def hold(self) -> float:
        return 0.0

    def __enter__(self) -> Asked:
        return self

    def __exit__(self, *unused: object) -> None: ...

    def to_meta(self) -> dict[str, Any]:
        return {}


def test_a_type_that_sends_secrets_gets_the_value_and_its_options_keep_the_placeholder(sending: Any) -> None:
    world = sending(lambda text: Outcome(ok=True, result="done"))
    world.task(SEND)
    world.run()
    (run,) = world.actions()
    assert sent(world) == (VALUE,)
    assert PLACEHOLDER.fullmatch(run.payload["options"]["text"])
    assert VALUE not in kept(world)


def test_what_comes_back_is_kept_without_the_values(sending: Any) -> None:
    def echoed(text: str) -> Outcome:
        body = {"said": text, f"key {text}": [text], "url": "?t=s3cret%2F%20value", "body_base64": "eA==", "n": 1}
        draft = EventDraft("e2", "user/c/d", {"data_base64": "eA==", "said": text})
        return Outcome(ok=True, result=body, response={"raw": text, "data_base64": None}, events=(draft,))

    world = sending(echoed)
    world.task(SEND)
    world.run()
    (run,) = world.actions()
    assert run.result == {
        "said": MARKER,
        f"key {MARKER}": [MARKER],
        "url": f"?t={MARKER}",
        "body_base64": MARKER,
        "n": 1,
    }
    assert run.response == {"raw": MARKER, "data_base64": None}
    assert world.store.events.all()[-1].data == {"data_base64": MARKER, "said": MARKER}
    (told,) = [each for each in world.told if isinstance(each, ActionPerformed)]
    assert VALUE not in json.dumps([told.outcome.result, told.outcome.response])
    assert VALUE not in kept(world)


def test_results_of_actions_without_secrets_are_left_alone(sending: Any) -> None:
    world = sending(lambda text: Outcome(ok=True, result={"said": VALUE, "body_base64": "eA=="}))
    world.task('{% action "sending", text: "none" %}')
    world.run()
    assert world.actions()[0].result == {"said": VALUE, "body_base64": "eA=="}


@pytest.mark.parametrize("bad", ["", ", bad: true"], ids=["performed", "validated"])
def test_errors_and_their_events_say_no_secret(sending: Any, bad: str) -> None:
    def refuse(text: str) -> Outcome:
        raise ActionError(f"no such user: {text}", hint=f"is {text} right?")

    world = sending(refuse)
    world.task(SEND.replace(" %}", f"{bad} %}}"))
    world.task("{% log error.message %}{% log error.action.options.text %}", "mechanic/errors/action", name="reporter")
    world.run()
    (run,) = world.actions()
    assert run.state is RunState.FAILED
    assert MARKER in str(run.error)
    message, option = world.logs("mechanic/errors/action")
    assert MARKER in message
    assert PLACEHOLDER.fullmatch(option)
    (failed,) = [each for each in world.told if isinstance(each, RunFailed)]
    assert VALUE not in f"{failed.outcome} {kept(world)}"


def test_errors_of_attempts_that_are_made_again_say_no_secret(sending: Any) -> None:
    world = sending(
        lambda text: Outcome(ok=False, error=f"busy with {text}", transient=True),
        behaviour=Behaviour(retry=RetryPolicy()),
    )
    world.task(SEND)
    world.send()
    world.engine.drain(advance=True)
    tries = world.store.runs.attempts(world.actions()[0].id)
    assert len(tries) == 5
    assert {each.error for each in tries} == {f"busy with {MARKER}"}
    assert VALUE not in kept(world)


def test_a_fault_of_ours_says_no_secret(sending: Any, caplog: pytest.LogCaptureFixture) -> None:
    def burst(text: str) -> Outcome:
        raise ValueError(text)

    world = sending(burst)
    world.task(SEND)
    with caplog.at_level(logging.ERROR):
        world.run()
    assert world.actions()[0].error == f"fault of the engine: ValueError: {MARKER}"
    assert "Traceback" in caplog.text
    assert MARKER in caplog.text
    assert VALUE not in caplog.text + kept(world)


def test_a_secret_without_a_value_fails_the_action_unperformed(sending: Any) -> None:
    world = sending(lambda text: Outcome(ok=True))
    world.task('{% action "sending", text: secrets.hook %}')
    world.run()
    (run,) = world.actions()
    assert run.error == 'The value of the secret "hook" is not known here.'
    assert sent(world) == ()


def test_a_dry_run_checks_with_the_values_and_sends_nothing(sending: Any) -> None:
    world = sending(lambda text: Outcome(ok=True), behaviour=Behaviour(dry_run=True))
    world.task(SEND)
    world.run()
    assert world.states() == [RunState.DRY]
    assert sent(world) == ()
    assert VALUE not in kept(world)


def test_a_text_from_outside_names_no_secret(sending: Any) -> None:
    """The placeholder that previews show has another salt."""
    world = sending(lambda text: Outcome(ok=True))
    world.task('{% action "sending", text: event.data %}')
    forged = VALUES.secrets.placeholder("token")
    world.run(data=forged)
    assert sent(world) == (forged,)


def test_a_run_that_was_rendered_before_a_restart_is_performed_after_it(tmp_path: Path) -> None:
    """The salt is the store's: two processes agree about placeholders."""
    where = str(tmp_path / "runner.db")
    deaths = [Killed()]

    def answer(text: str) -> Outcome:
        if deaths:
            raise deaths.pop()
        return Outcome(ok=True)

    action = Sending(answer)
    for _ in range(2):
        with Store(where) as store:
            world = World(store, store.clock, None, values=VALUES, types={"sending": action})  # type: ignore[arg-type]
            world.task(SEND)
            if not action.sent and not world.actions():
                world.send()
                with pytest.raises(Killed):
                    world.engine.step()
                assert world.states() == [RunState.STARTED]
            else:
                world.engine.recover()
                world.engine.drain()
    assert action.sent == (VALUE, VALUE)


FORM = "mechanic/user/form"
ASKS = (
    "{% log input.count %}{% log options.count__number_userform %}{% log event.data %}"
    "{% comment %}options.day__date_userform{% endcomment %}"
)


def test_the_values_of_the_form_reach_input_and_the_data(world: World) -> None:
    world.task(ASKS, FORM, options={"count__number_userform": 7, "day__date_userform": "2026-03-04"})
    world.run(FORM, inputs={"count": "0"})
    given, saved, data = world.logs()
    assert (given, saved) == (0, 7)
    assert data == {
        "count": 0,
        "count__number_userform": 0,
        "day": "2026-03-04",
        "day__date_userform": "2026-03-04",
    }


def test_the_values_come_with_a_resource_that_is_kept_as_it_is(world: World) -> None:
    world.task(ASKS, "mechanic/user/orders", options={"count__number_userform": 7})
    event_id = world.run("mechanic/user/orders", [{"id": 1}], inputs={"count": "0"})
    assert world.logs() == [0, 7, [{"id": 1}]]
    row = world.store.events.get(event_id)
    assert row is not None
    assert row.event.data == [{"id": 1}]


def test_later_runs_of_the_event_have_the_values_too(world: World) -> None:
    world.task("{% log input.count %}{% log options.count__number_userform %}", f"{FORM}\n{FORM}+1.hour")
    world.send(FORM, inputs={"count": 4})
    world.engine.drain(advance=True)
    assert world.logs() == [4, None, 4, None]


def test_children_find_the_values_in_their_parents_data(world: World) -> None:
    script = (
        "{% log event.parent.data.count %}"
        '{% if event.topic == "mechanic/user/form" %}{% action "event", topic: "user/c/d" %}{% endif %}'
        "{% comment %}options.count__number_userform{% endcomment %}"
    )
    world.task(script, f"{FORM}\nuser/c/d")
    world.run(FORM, inputs={"count": 4})
    assert world.logs("user/c/d") == [4]
    assert [run.payload for run in world.runs(RunKind.EVENT, "user/c/d")] == [None]


@pytest.mark.parametrize("topic", ["mechanic/user/trigger", "mechanic/user/text", "user/a/b", "shopify/orders/create"])
def test_values_of_a_form_come_with_no_other_topic(world: World, topic: str) -> None:
    with pytest.raises(InputError, match="no run form"):
        world.engine.accept(Event(topic), inputs={"count": 1})
    assert world.store.events.count() == 0
