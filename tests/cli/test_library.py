"""``runner library``, as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.servers.repository import API, Repository
from tests.servers.web import Answer, WebServer, web, web_server

__all__ = ["web", "web_server"]


def export(name: str, **keys: object) -> bytes:
    """An export in a layout of its own, so that a copy that is written anew shows."""
    script = '{% assign x = options.limit__number_required %}{% action "echo", x: x %}'
    document = {
        "name": name,
        "script": script,
        "subscriptions_template": "mechanic/user/trigger",
        "options": {},
        **keys,
    }
    return json.dumps({"subscriptions": ["mechanic/user/trigger"], **document}, indent=5).encode() + b"\r\n\r\n"


TASKS = {"echo-orders": export("Echo orders", tags=["Orders"], docs="Echoes.\n\nMore."), "late": export("Late")}


@pytest.fixture
def repository(web: WebServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Repository:
    """The project's library, not fetched yet."""
    made = Repository(web)
    made.publish(TASKS)
    monkeypatch.setenv("RUNNER_LIBRARY", made.address)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "tasks").mkdir()
    return made


def test_adding_a_task_is_one_command(repository: Repository, run: Command, tmp_path: Path) -> None:
    done = run("library", "add", "echo-orders")
    assert done.code == 0, done.err
    assert (tmp_path / "tasks" / "echo-orders.json").read_bytes() == TASKS["echo-orders"]
    assert "tasks/echo-orders.json: written" in done.out
    assert '"Limit" is required' in done.out
    assert run("preview", "echo-orders").code == 0


def test_the_address_of_a_task_names_it(repository: Repository, run: Command, tmp_path: Path) -> None:
    assert run("library", "add", "https://tasks.mechanic.dev/late?a=b", "late").code == 0
    assert (tmp_path / "tasks" / "late.json").read_bytes() == TASKS["late"]


def test_once_fetched_it_works_without_a_network(repository: Repository, run: Command) -> None:
    first = run("library", "search", "echo", "--json")
    assert [each["handle"] for each in first.document["tasks"]] == ["echo-orders"]
    assert "Fetching" in first.err
    repository.web.clear()
    second = run("library", "search", "echo", "--json")
    assert second.document == first.document
    assert repository.web.saw == []


def test_nothing_is_replaced_without_force(repository: Repository, run: Command, tmp_path: Path) -> None:
    mine = tmp_path / "tasks" / "late.json"
    mine.write_bytes(b"mine")
    refused = run("library", "add", "echo-orders", "late")
    assert (refused.code, mine.read_bytes()) == (2, b"mine")
    assert not (tmp_path / "tasks" / "echo-orders.json").exists()
    assert "--force" in refused.err
    assert run("library", "add", "late", "--force").code == 0
    assert mine.read_bytes() == TASKS["late"]
    again = run("library", "add", "late", "--json")
    assert again.document["tasks"] == [{"task": "late", "file": str(mine), "changed": False}]


def test_one_unknown_handle_adds_nothing(repository: Repository, run: Command, tmp_path: Path) -> None:
    refused = run("library", "add", "late", "echo-order")
    assert refused.code == 2
    assert 'Did you mean "echo-orders"?' in refused.err
    assert list((tmp_path / "tasks").iterdir()) == []


def test_an_export_that_is_no_task_is_not_added(repository: Repository, run: Command, tmp_path: Path) -> None:
    repository.publish({**TASKS, "bad": b"[]"})
    assert run("library", "add", "bad").code == 2
    assert list((tmp_path / "tasks").iterdir()) == []
    searched = run("library", "search")
    assert searched.code == 0
    assert "bad is left out" in searched.err


def test_a_task_is_shown_with_what_it_does(repository: Repository, run: Command) -> None:
    shown = run("library", "show", "echo-orders")
    for words in ("Echo orders", "Echoes.", "mechanic/user/trigger", "Actions:  echo", "limit__number_required"):
        assert words in shown.out
    assert run("library", "show", "echo-orders", "--script").out.startswith("{% assign x")
    document = run("library", "show", "echo-orders", "--json").document
    assert document["task"]["actions"] == ["echo"]
    assert document["library"]["commit"] == f"{1:040x}"


def test_a_search_without_success_says_so_and_exits_with_1(repository: Repository, run: Command) -> None:
    nothing = run("library", "search", "ordres")
    assert (nothing.code, nothing.out) == (1, "")
    assert "Did you mean orders?" in nothing.err
    assert run("library", "search", "--tag", "Odrers").code == 2


def test_tags_are_listed_with_their_counts(repository: Repository, run: Command) -> None:
    assert run("library", "tags", "--json").document["tags"] == {"Orders": 1}


def test_update_fetches_what_is_new(repository: Repository, run: Command) -> None:
    assert run("library", "update", "--json").document["changed"] is True
    assert "newest already" in run("library", "update").out
    repository.publish({"another": export("Another")}, 2)
    assert run("library", "show", "another").code == 2
    assert run("library", "update").code == 0
    assert run("library", "show", "another").code == 0


def test_without_a_network_the_first_use_says_what_to_do(repository: Repository, run: Command) -> None:
    repository.web.on(f"{API}/commits/HEAD", Answer(drop=True))
    failed = run("library", "search", "x")
    assert failed.code == 1
    assert f"git clone {repository.address}" in failed.err
    assert "`library:`" in failed.err


def test_a_failed_update_says_what_stays_in_use(repository: Repository, run: Command) -> None:
    run("library", "update")
    repository.web.on(f"{API}/commits/HEAD", Answer(503))
    failed = run("library", "update", "--json")
    assert failed.code == 1
    assert failed.document["error"]["code"] == "library.refused"
    assert "2026-04-01" in failed.document["error"]["hint"]
    assert run("library", "show", "late").code == 0


@pytest.mark.parametrize("inner", ["", "tasks"])
def test_a_checkout_needs_no_network(inner: str, run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkout = tmp_path / "checkout" / inner
    checkout.mkdir(parents=True)
    (checkout / "late.json").write_bytes(TASKS["late"])
    (tmp_path / "runner.yml").write_text("library: checkout\n")
    assert run("library", "add", "late").code == 0
    assert (tmp_path / "tasks" / "late.json").read_bytes() == TASKS["late"]
    refused = run("library", "update")
    assert refused.code == 2
    assert "git pull" in refused.err


@pytest.mark.parametrize("folder", ["missing", "."])
def test_a_folder_without_exports_is_refused(folder: str, run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNNER_LIBRARY", folder)
    refused = run("library", "search", "x", "--json")
    assert (refused.code, refused.document["error"]["code"]) == (2, "library.folder")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RUNNER_LIBRARY", "http://example.com/a/b"),
        ("RUNNER_LIBRARY", "https://github.com/only-owner"),
        ("RUNNER_LIBRARY", "https://me:secret@github.com/a/b"),
        ("RUNNER_LIBRARY", "ftp://example.com/a/b"),
        ("RUNNER_LIBRARY_REF", "../x"),
        ("RUNNER_LIBRARY_REF", "a?b=c"),
    ],
)
def test_settings_that_do_not_fit_are_refused(
    name: str, value: str, run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    refused = run("library", "search", "x", "--json")
    assert (refused.code, refused.document["error"]["code"]) == (2, "config.invalid")


def test_a_folder_for_editing_beside_the_file_is_told(repository: Repository, run: Command, tmp_path: Path) -> None:
    folder = tmp_path / "tasks" / "late"
    folder.mkdir()
    (folder / "task.json").write_text('{"name": "Mine"}')
    assert "tasks/late/ counts before this file" in run("library", "add", "late").err


def test_a_damaged_record_is_told_and_mended_by_an_update(repository: Repository, run: Command, tmp_path: Path) -> None:
    run("library", "update")
    record = next((tmp_path / "cache").rglob("fetched.json"))
    record.write_text('{"commit": 1')
    refused = run("library", "show", "late", "--json")
    assert (refused.code, refused.document["error"]["code"]) == (2, "library.damaged")
    assert run("library", "update").code == 0
    assert run("library", "show", "late").code == 0
