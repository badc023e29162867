"""http and ftp as runs of the engine: crashes, retries, secrets (actions.md 1.5, 1.9; durability.md 6)."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from runner.actions import ACTION_TYPES, ActionType, Outcome, Tools
from runner.actions.base import Services
from runner.actions.ftp import FtpAction
from runner.actions.http import HttpAction
from runner.engine import Behaviour
from runner.model.run import RunState
from runner.model.secret import Secrets
from runner.model.shop_values import ShopValues
from runner.redact import MARKER
from tests.engine.conftest import make_world
from tests.engine.world import Killed, World
from tests.servers.ftp import PASSWORD, FileServer
from tests.servers.sftp import SecureFiles
from tests.servers.web import Answer, WebServer

__all__ = ["make_world"]

VALUE = "s3cret/ välue+1"
VALUES = ShopValues({}, Secrets({"token": VALUE, "ftp": PASSWORD}))


@pytest.fixture
def outer_world(make_world: Callable[..., World], outside: Services) -> Callable[..., World]:
    """A world on a file whose http and ftp actions reach the tests' servers; they die ``deaths`` times when done."""

    def make(deaths: int = 0, **more: Any) -> World:
        left = [Killed() for _ in range(deaths)]

        def dying(kind: type[ActionType]) -> ActionType:
            class Dying(kind):  # type: ignore[misc,valid-type]
                def perform(self, options: Any, tools: Tools) -> Outcome:
                    outcome: Outcome = super().perform(options, replace(tools, services=outside))
                    if left:
                        raise left.pop()
                    return outcome

            return Dying()

        types = {**ACTION_TYPES, "http": dying(HttpAction), "ftp": dying(FtpAction)}
        return make_world("runner.db", types=types, values=VALUES, **more)

    return make


def script(kind: str, options: dict[str, Any]) -> str:
    return f'{{% action "{kind}" %}}{json.dumps(options)}{{% endaction %}}'


def die_and_go_on(world: World) -> None:
    world.send()
    with pytest.raises(Killed):
        world.engine.drain()
    world.reopened()
    world.engine.recover()
    world.engine.drain(advance=True)


@pytest.mark.parametrize(
    ("method", "resend_all", "requests", "state"),
    [
        ("get", False, 2, RunState.SUCCEEDED),
        ("head", False, 2, RunState.SUCCEEDED),
        ("post", False, 1, RunState.FAILED),
        ("put", False, 1, RunState.FAILED),
        ("delete", False, 1, RunState.FAILED),
        ("post", True, 2, RunState.SUCCEEDED),
    ],
)
def test_a_request_whose_end_nobody_saw_is_repeated_only_where_it_reads(
    method: str, resend_all: bool, requests: int, state: RunState, outer_world: Callable[..., World], web: WebServer
) -> None:
    world = outer_world(deaths=1, behaviour=Behaviour(resend_all=resend_all))
    world.task(script("http", {"method": method, "url": web.url("/x"), "body": {"n": 1}}))
    die_and_go_on(world)
    (run,) = world.actions()
    assert (len(web.saw), run.state) == (requests, state)
    assert len({request.body for request in web.saw}) == 1
    if state is RunState.FAILED:
        assert str(run.error).startswith("outcome unknown")


def test_an_upload_whose_end_nobody_saw_is_made_again(outer_world: Callable[..., World], ftp: FileServer) -> None:
    world = outer_world(deaths=1)
    world.task(script("ftp", ftp.options(uploads={"a.csv": "1\n"})))
    die_and_go_on(world)
    assert world.states() == [RunState.SUCCEEDED]
    assert (ftp.said.count("STOR a.csv"), ftp.written("a.csv")) == (2, b"1\n")


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_lost_reply_is_tried_five_times_whatever_the_method(
    method: str, outer_world: Callable[..., World], web: WebServer
) -> None:
    """A repeated POST is inherent to the platform's retries (actions.md 3.7)."""
    web.on("/x", Answer(drop=True))
    world = outer_world()
    world.task(script("http", {"method": method, "url": web.url("/x")}))
    world.send()
    world.engine.drain(advance=True)
    (run,) = world.actions()
    assert (run.state, len(web.saw), run.attempt) == (RunState.FAILED, 5, 5)
    assert "broke before the reply was complete" in str(run.error)


def test_a_server_that_recovers_is_a_success_at_last(outer_world: Callable[..., World], web: WebServer) -> None:
    web.on("/x", Answer(503), Answer(500), Answer(200, b"fine"))
    world = outer_world()
    world.task(script("http", {"method": "get", "url": web.url("/x"), "error_on_5xx": "true"}))
    world.send()
    world.engine.drain(advance=True)
    (run,) = world.actions()
    assert (run.state, run.attempt, run.result["body"]) == (RunState.SUCCEEDED, 3, "fine")  # type: ignore[index]


@pytest.mark.parametrize("url", ["http://private.test/", "nonsense"])
def test_a_lasting_error_is_not_tried_again_and_the_queue_goes_on(
    url: str, outer_world: Callable[..., World], web: WebServer
) -> None:
    world = outer_world()
    bad = script("http", {"method": "get", "url": url})
    world.task(bad + script("http", {"method": "get", "url": web.url()}))
    world.send()
    world.engine.drain(advance=True)
    assert world.states() == [RunState.FAILED, RunState.SUCCEEDED]
    assert world.actions()[0].attempt == 1


FORMS = (
    VALUE,
    quote(VALUE, safe=""),
    quote(VALUE),
    base64.b64encode(VALUE.encode()).decode().rstrip("="),
    json.dumps(VALUE)[1:-1],
)


def kept(world: World) -> str:
    """Every byte of the database's files."""
    file = Path(str(world.store.database.engine.url.database))
    return "".join(part.read_bytes().decode("utf-8", "replace") for part in file.parent.glob("runner.db*"))


@pytest.mark.parametrize("status", [200, 503])
def test_a_secret_reaches_the_server_and_nothing_that_is_kept(
    status: int, outer_world: Callable[..., World], web: WebServer, caplog: pytest.LogCaptureFixture
) -> None:
    login = base64.b64encode(f"user:{VALUE}".encode()).decode()
    echo = f"you sent {VALUE}, {quote(VALUE, safe='')} and {login}".encode()
    web.on("/hook", Answer(status, echo, (("X-Echo", quote(VALUE)), ("Content-Type", "text/plain"))))
    world = outer_world()
    world.task(
        '{% action "http" %}{"method": "post", "error_on_5xx": true,'
        ' "headers": {"X-Token": {{ secrets.token | json }}},'
        f' "url": "{web.url("/hook")}?key={{{{ secrets.token }}}}",'
        ' "body": {"deep": [{{ secrets.token | json }}]}, "files": {"f": {{ secrets.token | json }}}}{% endaction %}'
    )
    with caplog.at_level("DEBUG"):
        world.send()
        world.engine.drain(advance=True)
    (run,) = world.actions()
    assert run.state is (RunState.SUCCEEDED if status == 200 else RunState.FAILED)
    got = web.saw[0]
    assert got.target == f"/hook?key={quote(VALUE, safe='/+')}"
    assert str(got.header("X-Token")).encode("latin-1").decode() == VALUE
    assert VALUE.encode() in got.body
    assert b"__mechanic_secret__token__" in got.body, "files are not given secrets"
    told = "\n".join(str(occurrence) for occurrence in world.told)
    assert "/hook?key=__mechanic_secret__token__" in kept(world), "options are kept as the task gave them"
    for form in FORMS:
        assert form not in kept(world)
        assert form not in told
        assert form not in caplog.text
    if status == 200:
        result: Any = run.result
        assert result["body"] == f"you sent {MARKER}, {MARKER} and {result['body'].rpartition(' ')[2]}"
        assert result["headers"]["x-echo"] == [MARKER]
        assert result["body_base64"] == MARKER


@pytest.mark.parametrize("password", ["right", "wrong"])
def test_the_login_of_an_ftp_action_is_nowhere_kept(
    password: str, outer_world: Callable[..., World], sftp: SecureFiles
) -> None:
    if password == "wrong":
        sftp.password = "another"
    world = outer_world()
    options = json.dumps(sftp.options(uploads={"a": "1"}, downloads=["a"]) | {"password": "PLACE"})
    world.task('{% action "ftp" %}' + options.replace('"PLACE"', "{{ secrets.ftp | json }}") + "{% endaction %}")
    world.run()
    (run,) = world.actions()
    assert run.state is (RunState.SUCCEEDED if password == "right" else RunState.FAILED)
    assert PASSWORD not in kept(world)
    if password == "right":
        result: Any = run.result
        assert result["downloads"]["a"]["data_base64"] == MARKER
        assert "> login ********" in result["log"]
