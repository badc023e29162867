"""Fetching the public library from a host with the same paths, also when it is slow, fails or lies."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from runner.clock import FixedClock
from runner.errors import NetworkError, RunnerError, StoreError, TaskError
from runner.library.repository import fetch
from runner.library.shelf import Shelf, blob_id
from runner.network import Network
from tests.servers.repository import API, Repository, commit_of, git_blob, packed
from tests.servers.web import Answer, WebServer, json_answer, web, web_server

__all__ = ["web", "web_server"]

TASKS = {"add-tags": b'{"name": "Add tags"}\r\n', "b-2": b'{"name": "Zw\xc3\xb6lf"}\n'}
NOW = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)


@pytest.fixture
def repository(web: WebServer) -> Repository:
    made = Repository(web)
    made.publish(TASKS)
    return made


def fetched(repository: Repository, folder: Path, ref: str = "HEAD", *, seconds: float = 20.0) -> tuple[Shelf, bool]:
    return fetch(repository.address, ref, folder, network=Network(), clock=FixedClock(NOW), seconds=seconds)


def contents(shelf: Shelf) -> dict[str, bytes]:
    return {handle: shelf.content(handle) for handle in shelf.handles}


def test_every_export_arrives_byte_for_byte(repository: Repository, tmp_path: Path) -> None:
    shelf, is_new = fetched(repository, tmp_path)
    assert contents(shelf) == TASKS
    assert is_new
    assert (shelf.commit, shelf.date, shelf.fetched) == (
        commit_of(1),
        "2026-04-01T08:00:00Z",
        "2026-11-28T09:00:00.000Z",
    )


def test_the_id_of_a_file_is_that_of_git() -> None:
    """`printf 'hello\\n' | git hash-object --stdin`."""
    assert blob_id(b"hello\n") == "ce013625030ba8dba906f756967f9e9ca394464a"


def test_the_archive_is_not_fetched_again_for_the_same_commit(repository: Repository, tmp_path: Path) -> None:
    fetched(repository, tmp_path)
    repository.web.saw.clear()
    assert fetched(repository, tmp_path)[1] is False
    assert not [request for request in repository.web.saw if "archive" in request.target]


def test_a_newer_commit_replaces_the_one_before(repository: Repository, tmp_path: Path) -> None:
    for number in (1, 2, 3):
        repository.publish({"only": b"%d" % number}, number)
        shelf, is_new = fetched(repository, tmp_path)
        assert (is_new, contents(shelf)) == (True, {"only": b"%d" % number})
    assert sorted(each.name for each in tmp_path.iterdir() if each.is_dir()) == [commit_of(2), commit_of(3)]


def test_a_copy_that_was_damaged_is_fetched_again(repository: Repository, tmp_path: Path) -> None:
    shelf, _ = fetched(repository, tmp_path)
    (shelf.folder / "b-2.json").write_bytes(b"{}")
    with pytest.raises(TaskError, match="not the file of commit") as caught:
        shelf.content("b-2")
    assert caught.value.code == "library.damaged"
    assert contents(fetched(repository, tmp_path)[0]) == TASKS


def test_a_branch_with_a_slash_is_one_name_in_the_address(repository: Repository, tmp_path: Path) -> None:
    repository.publish({"only": b"x"}, 7, ref="team%2Fnext")
    assert contents(fetched(repository, tmp_path, "team/next")[0]) == {"only": b"x"}


def _archive(files: dict[str, bytes]) -> Answer:
    return Answer(body=packed({f"tasks/{name}.json": text for name, text in files.items()}, commit_of(2)))


ARCHIVE = "archive"
COMMIT = f"{API}/commits/HEAD"
TREE = f"{API}/git/trees/{commit_of(1002)}"
BOMB = gzip.compress(bytes(8 * 1024 * 1024)) * 19
FAILURES = {
    "limited": (COMMIT, Answer(403, headers=(("x-ratelimit-remaining", "0"),)), "library.refused", "an hour"),
    "too many": (COMMIT, Answer(429), "library.refused", "an hour"),
    "forbidden": (COMMIT, Answer(403), "library.refused", "check the address"),
    "unknown": (COMMIT, Answer(404), "library.refused", "library_ref"),
    "broken": (COMMIT, Answer(502), "library.refused", "later"),
    "no JSON": (COMMIT, Answer(body=b"<html>sign in</html>"), "library.changed", "later"),
    "a list": (COMMIT, json_answer(b"[]"), "library.changed", "later"),
    "no commit": (
        COMMIT,
        json_answer(b'{"sha": "../..", "commit": {"committer": {"date": ""}}}'),
        "library.changed",
        "",
    ),
    "dropped": (COMMIT, Answer(drop=True), "network.lost_reply", ""),
    "cut": (COMMIT, Answer(cut=True), "network.lost_reply", ""),
    "no files": (TREE, json_answer(b'{"tree": []}'), "library.refused", "library_ref"),
    "truncated": (TREE, json_answer(b'{"tree": [], "truncated": true}'), "library.changed", ""),
    "tree gone": (TREE, Answer(500), "library.refused", "later"),
    "archive gone": (ARCHIVE, Answer(404), "library.refused", ""),
    "archive cut": (ARCHIVE, Answer(cut=True), "network.lost_reply", ""),
    "no archive": (ARCHIVE, Answer(body=b"sorry"), "library.changed", ""),
    "half an archive": (ARCHIVE, Answer(body=packed({"tasks/only.json": b"new"}, "c")[:-30]), "library.changed", ""),
    "other bytes": (ARCHIVE, _archive({"only": b"evil"}), "library.changed", "later"),
    "a file short": (ARCHIVE, _archive({"another": b"new"}), "library.changed", "later"),
    "a bomb": (ARCHIVE, Answer(body=BOMB), "library.changed", ""),
    "too large": (ARCHIVE, Answer(announce=80 * 1024 * 1024), "network.too_large", ""),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_is_told_and_leaves_what_was_kept(name: str, repository: Repository, tmp_path: Path) -> None:
    path, answer, code, hint = FAILURES[name]
    fetched(repository, tmp_path)
    before = {each: each.read_bytes() for each in sorted(tmp_path.rglob("*.json"))}
    commit = repository.publish({"only": b"new"}, 2)
    repository.web.on(repository.archive(commit) if path == ARCHIVE else path, answer)
    with pytest.raises(NetworkError) as caught:
        fetched(repository, tmp_path)
    assert caught.value.code == code
    assert hint in (caught.value.hint or "")
    assert {each: each.read_bytes() for each in sorted(tmp_path.rglob("*.json"))} == before
    assert not list(tmp_path.glob(".part-*"))


@pytest.mark.parametrize("path", [COMMIT, ARCHIVE])
def test_a_slow_server_is_given_up_in_time(path: str, repository: Repository, tmp_path: Path) -> None:
    slow = Answer(body=b"{" * 500, drip=0.02)
    repository.web.on(repository.archive(commit_of(1)) if path == ARCHIVE else path, slow)
    with pytest.raises(NetworkError) as caught:
        fetched(repository, tmp_path, seconds=0.3)
    assert caught.value.code == "network.timeout"
    assert not list(tmp_path.rglob("*.json"))


def test_another_commit_than_the_one_asked_for_is_refused(repository: Repository, tmp_path: Path) -> None:
    asked = commit_of(9)
    repository.web.on(f"{API}/commits/{asked}", repository.web.answers[COMMIT][0])
    with pytest.raises(NetworkError) as caught:
        fetched(repository, tmp_path, asked)
    assert caught.value.code == "library.changed"


def test_only_exports_leave_the_archive_and_none_its_folder(repository: Repository, tmp_path: Path) -> None:
    commit = repository.publish({"only": b"x"}, 2)
    files = {
        "tasks/only.json": b"x",
        "tasks/../../../out.json": b"evil",
        "docs/only.json": b"y",
        "tasks/a/b.json": b"z",
    }
    repository.web.on(repository.archive(commit), Answer(body=packed(files, commit)))
    shelf, _ = fetched(repository, tmp_path / "kept")
    assert sorted(each.name for each in tmp_path.rglob("*.json")) == ["fetched.json", "only.json"]
    assert contents(shelf) == {"only": b"x"}


def test_names_that_are_no_handles_are_not_taken_from_the_listing(repository: Repository, tmp_path: Path) -> None:
    paths = ["tasks/../x.json", "tasks/UPPER.json", "tasks/a.txt", "other/a.json", "tasks/good.json"]
    commit = repository.publish({"good": b"x"}, 2)
    listed = [{"path": path, "type": "blob", "sha": git_blob(b"x")} for path in paths]
    repository.web.on(TREE, json_answer(json.dumps({"tree": listed}).encode()))
    assert fetched(repository, tmp_path)[0].handles == ("good",)
    assert commit == commit_of(2)


def test_a_folder_that_cannot_be_made_is_told(repository: Repository, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError) as caught:
        fetched(repository, tmp_path / "file" / "inner")
    assert caught.value.code == "library.unwritable"


def test_a_host_that_is_not_there_is_an_error_in_words(tmp_path: Path) -> None:
    with pytest.raises(RunnerError) as caught:
        fetch("http://127.0.0.1:1/a/b", "HEAD", tmp_path, network=Network(), clock=FixedClock(NOW))
    assert caught.value.code == "network.unreachable"
