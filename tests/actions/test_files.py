"""files: made, kept, given out by address, and handed to Shopify (actions.md 3.5, 2, 1.11)."""

from __future__ import annotations

import base64
import json
import logging
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest

from runner.actions import ACTION_TYPES, Outcome, Tools
from runner.actions.base import Services
from runner.actions.files import FilesAction
from runner.clock import Clock, FixedClock
from runner.errors import ActionError, RunnerError
from runner.files import Files
from runner.files.folder import FolderStore
from runner.model.run import RunKind, RunState
from runner.web.inbound import inbound
from runner.web.serving import serving
from tests.engine.conftest import make_world
from tests.engine.world import NOW, Killed, World
from tests.servers.web import Answer, WebServer
from tests.shopify.conftest import Scripted, Shop

__all__ = ["make_world"]

FILES = FilesAction()
PUBLIC = "https://hooks.example.com"
USUAL: dict[str, Any] = {"a.txt": "one", "b/c.csv": "id\n1\n"}

Perform = Callable[..., Outcome]


@dataclass
class Folder:
    """Where files are kept, and what can be read there."""

    path: Path
    base: str = PUBLIC

    def store(self, clock: Clock) -> FolderStore:
        return FolderStore(self.path, clock, lifetime=timedelta(days=7), seal="salt", base=lambda: self.base)

    def kept(self) -> list[bytes]:
        return sorted(each.read_bytes() for each in self.path.rglob("*") if each.is_file())


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "files")


@pytest.fixture
def services(outside: Services) -> Services:
    """Every generator, a file being 100,000 bytes at most."""
    return replace(outside, files=Files(outside.network, limit=100_000))


@pytest.fixture
def perform(tools: Callable[..., Tools], services: Services, folder: Folder, clock: FixedClock) -> Perform:
    def act(options: Any, **changes: Any) -> Outcome:
        given = replace(services, store=folder.store(clock))
        return FILES.perform(FILES.validate(options), tools(services=given, **changes))

    return act


def test_the_result_has_the_keys_of_the_options_and_an_address_each(perform: Perform, folder: Folder) -> None:
    outcome = perform(USUAL)
    result: Any = outcome.result
    assert list(result) == ["a.txt", "b/c.csv"]
    assert set(result["a.txt"]) == {"name", "mime_type", "size", "url", "expires_at"}
    assert {name: (each["name"], each["mime_type"], each["size"]) for name, each in result.items()} == {
        "a.txt": ("a.txt", "text/plain", 3),
        "b/c.csv": ("b/c.csv", "text/csv", 5),
    }
    assert result["a.txt"]["expires_at"] == "2026-12-04T12:00:00.000Z"
    assert result["a.txt"]["url"].startswith(f"{PUBLIC}/file/")
    assert result["b/c.csv"]["url"].endswith("/c.csv")
    assert folder.kept() == [b"id\n1\n", b"one"]
    assert outcome.response is None
    json.dumps(result)


@pytest.mark.parametrize("options", [None, {}])
def test_no_files_are_a_success_without_a_result(options: Any, perform: Perform, folder: Folder) -> None:
    outcome = perform(options)
    assert (outcome.ok, outcome.result, folder.kept()) == (True, {}, [])


@pytest.mark.parametrize("options", ["text", 5, ["a"], {"a.txt": 5}, {"a.txt": {"csv": "x"}}, {"": "x"}])
def test_wrong_options_are_refused_before_anything_is_made(options: Any) -> None:
    with pytest.raises(ActionError) as caught:
        FILES.validate(options)
    assert not caught.value.transient
    assert caught.value.hint


@pytest.mark.parametrize(
    ("last", "code", "transient"),
    [
        ({"base64": "%%%"}, "files.invalid", False),
        ({"url": "{web}/gone"}, "files.download", False),
        ({"url": "{web}/busy"}, "files.download", True),
        ({"url": "http://private.test/"}, "network.refused", False),
        ({"url": "http://127.0.0.1:1/"}, "network.unreachable", True),
        ("x" * 100_001, "files.too_large", False),
        ({"zip": {"files": {"a": "b", "big": "x" * 100_001}}}, "files.too_large", False),
        ({"url": "{web}/big"}, "files.too_large", False),
        ({"pdf": {"html": "<img src='file:///etc/passwd'>"}}, "files.invalid", False),
    ],
)
def test_all_files_or_none(
    last: Any, code: str, transient: bool, perform: Perform, folder: Folder, web: WebServer
) -> None:
    web.on("/gone", Answer(404))
    web.on("/busy", Answer(503))
    web.on("/big", Answer(body=bytes(100_001)))
    given = json.loads(json.dumps(last).replace("{web}", web.url("")))
    with pytest.raises(RunnerError) as caught:
        perform({**USUAL, "last.bin": given})
    assert (caught.value.code, caught.value.transient) == (code, transient), caught.value
    assert "last.bin" in str(caught.value)
    assert caught.value.hint
    assert folder.kept() == []


def test_what_was_kept_before_the_store_failed_is_taken_back(
    tools: Callable[..., Tools], services: Services, folder: Folder, clock: FixedClock
) -> None:
    class Full(FolderStore):
        def put(self, run_id: str, file: Any) -> Any:
            if file.name == "b/c.csv":
                raise ActionError("the disk is full", code="files.store", transient=True)
            return super().put(run_id, file)

    full = Full(folder.path, clock, lifetime=timedelta(days=7), seal="salt", base=lambda: PUBLIC)
    with pytest.raises(ActionError, match="full"):
        FILES.perform(USUAL, tools(services=replace(services, store=full)))
    assert folder.kept() == []


def test_without_a_place_to_keep_files_the_error_says_where_there_is_one(
    tools: Callable[..., Tools], services: Services
) -> None:
    with pytest.raises(ActionError, match="cannot be kept here") as caught:
        FILES.perform(USUAL, tools(services=services))
    assert "runner serve" in str(caught.value.hint)


def test_without_a_public_address_the_run_says_so(perform: Perform, folder: Folder) -> None:
    folder.base = "http://127.0.0.1:9393"
    response: Any = perform(USUAL).response
    assert [text for text in response["warnings"] if "public_url" in text]


def test_options_of_a_page_that_are_not_known_are_told_and_left_out(
    perform: Perform, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        outcome = perform({"a.pdf": {"pdf": {"html": "<p>x</p>", "smart_scaling_mode": "viewport-fit"}}})
    response: Any = outcome.response
    assert outcome.ok
    assert "smart_scaling_mode" in response["warnings"][0]
    assert "a.pdf" in response["warnings"][0]


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"a": "x"}, "a"),
        ({"a": "x", "b": "x", "c": "x", "d": "x", "e": "x"}, "a, b, c and 2 more"),
        ({}, "no files"),
        ("text", "no files"),
    ],
)
def test_the_summary_names_the_files(options: Any, line: str) -> None:
    assert FILES.summary(options) == line


@pytest.fixture
def file_world(make_world: Callable[..., World], services: Services, folder: Folder) -> Callable[..., World]:
    """A world whose files are kept in ``folder``; its process dies ``deaths`` times after keeping them."""

    def make(deaths: int = 0, **more: Any) -> World:
        left = [Killed() for _ in range(deaths)]

        class Dying(FilesAction):
            def perform(self, options: Any, tools: Tools) -> Outcome:
                kept = replace(services, store=folder.store(tools.clock))
                outcome = super().perform(options, replace(tools, services=kept))
                if left:
                    raise left.pop()
                return outcome

        return make_world("runner.db", types={**ACTION_TYPES, "files": Dying()}, **more)

    return make


def test_files_whose_end_nobody_saw_are_made_again_as_the_same_objects(
    file_world: Callable[..., World], folder: Folder
) -> None:
    world = file_world(deaths=1)
    world.task('{% action "files" %}{"a.txt": "one", "b.txt": "two"}{% endaction %}')
    world.send()
    with pytest.raises(Killed):
        world.engine.drain()
    assert folder.kept() == [b"one", b"two"]
    world.reopened()
    world.engine.recover()
    world.engine.drain(advance=True)
    (run,) = world.actions()
    assert (run.state, folder.kept()) == (RunState.SUCCEEDED, [b"one", b"two"])


def test_a_failing_download_is_tried_five_times_and_the_queue_goes_on(
    file_world: Callable[..., World], web: WebServer, folder: Folder
) -> None:
    world = file_world()
    options = {"a.txt": "one", "b.txt": {"url": web.on("/busy", Answer(503))}}
    world.task(f'{{% action "files" %}}{json.dumps(options)}{{% endaction %}}{{% action "echo", "after" %}}')
    world.run()
    world.engine.drain(advance=True)
    first, second = world.actions()
    assert (first.state, first.attempt, len(web.saw)) == (RunState.FAILED, 5, 5)
    assert second.state is RunState.SUCCEEDED
    assert "answered 503" in str(first.error)
    assert folder.kept() == []


UPLOAD = """
{% if event.topic == "user/a/b" %}
  {% action "files" %}{"invoice.pdf": {"pdf": {"html": "<h1>Invoice</h1>"}}}{% endaction %}
{% elsif action.type == "files" %}
  {% action "shopify" %}
    mutation { fileCreate(files: [{originalSource: {{ action.run.result["invoice.pdf"].url | json }}}]) {
      files { fileStatus } userErrors { code field message } } }
  {% endaction %}
{% endif %}
"""


@pytest.fixture
def public(folder: Folder, clock: FixedClock) -> Iterator[Folder]:
    """The folder, its files served; its address is the public one."""
    with serving(inbound(None, secrets=("s",), files=folder.store(clock))) as address:  # type: ignore[arg-type]
        folder.base = address
        yield folder


def test_shopify_fetches_a_generated_file_from_the_public_address(
    file_world: Callable[..., World], public: Folder, clock: FixedClock, shop: Shop, connect: Callable[..., Any]
) -> None:
    clock.set(NOW)
    done = {"data": {"fileCreate": {"files": [{"fileStatus": "UPLOADED"}], "userErrors": []}}}
    shop.script(Scripted(body=done))
    world = file_world(client=connect())
    world.task(UPLOAD, "user/a/b\nmechanic/actions/perform")
    world.run()
    made, sent = world.actions()[:2]
    assert (made.state, sent.state) == (RunState.SUCCEEDED, RunState.SUCCEEDED), sent.error
    (call,) = [seen for seen in shop.saw if "fileCreate" in str(seen.body)]
    result: Any = made.result
    source = result["invoice.pdf"]["url"]
    assert json.dumps(source) in call.body["query"]
    reply = httpx.get(source)
    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/pdf")
    assert reply.content.startswith(b"%PDF-")
    assert len(reply.content) == result["invoice.pdf"]["size"]
    assert len(world.runs(RunKind.ACTION)) == 2


def test_an_archive_with_everything_in_it_comes_back_whole(perform: Perform, public: Folder, web: WebServer) -> None:
    web.on("/terms.txt", Answer(200, b"terms"))
    inner = {
        "plain.csv": "id,ü\n1\n",
        "coded.bin": {"base64": base64.b64encode(bytes(range(256))).decode()},
        "terms.txt": {"url": web.url("/terms.txt")},
        "page.pdf": {"pdf": {"html": "<p>page</p>"}},
        "deeper.zip": {"zip": {"files": {"x": "y"}}},
    }
    result: Any = perform({"all.zip": {"zip": {"files": inner, "password": "pässword"}}}).result
    data = httpx.get(result["all.zip"]["url"]).content
    archive = zipfile.ZipFile(BytesIO(data))
    assert archive.namelist() == list(inner)
    with pytest.raises(RuntimeError, match="password"):
        archive.read("plain.csv")
    archive.setpassword("pässword".encode())
    assert archive.testzip() is None
    assert archive.read("plain.csv") == "id,ü\n1\n".encode()
    assert archive.read("coded.bin") == bytes(range(256))
    assert archive.read("terms.txt") == b"terms"
    assert archive.read("page.pdf").startswith(b"%PDF-")
    assert zipfile.ZipFile(BytesIO(archive.read("deeper.zip"))).read("x") == b"y"
