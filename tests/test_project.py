"""Finding things: the project's folder first, then what comes with the package."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

import runner.project as project
from runner.errors import ConfigError, InputError, TaskError
from runner.model.topic import parse_topic
from runner.project import (
    find_fixture,
    find_root,
    find_sample,
    find_seed,
    fixture_names,
    load_stored,
    load_task,
    load_tasks,
    sample_topics,
    seed_names,
    shipped,
    task_files,
    task_handles,
)

TASK = '{"name": "t", "script": ""}'


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a task, a seed, a case and a sample; the working directory is a folder inside it."""
    files = {
        "runner.yml": "",
        "tasks/tag-orders.json": TASK,
        "tasks/apart/task.json": '{"name": "apart"}',
        "tasks/apart/script.liquid": "{% log 1 %}",
        "fixtures/_shops/mine.yml": "",
        "fixtures/_events/user/a/b.json": '{"topic": "user/a/b", "data": 1}',
        "fixtures/tag-orders/plain.yml": "",
        "sub/other.json": '{"name": "other", "script": ""}',
    }
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    monkeypatch.chdir(tmp_path / "sub")
    return tmp_path


def test_the_root_is_found_upward(home: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    assert find_root() == home
    assert find_root(home / "tasks" / "apart") == home
    (home / "runner.yml").unlink()
    assert find_root(home / "sub") == home, "a folder with tasks/ is a project too"
    assert find_root("/") is None


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("other.json", "other"),
        ("./other.json", "other"),
        ("../tasks/tag-orders.json", "t"),
        ("tag-orders", "t"),
        ("apart", "apart"),
        ("../tasks/apart", "apart"),
        ("../tasks/apart/task.json", "apart"),
        ("../tasks/apart/script.liquid", "apart"),
    ],
)
def test_a_task_is_a_path_a_folder_or_a_handle(home: Path, source: str, name: str) -> None:
    assert load_task(source).name == name
    assert load_task(Path(source)).name == name


def test_a_task_is_also_a_dict() -> None:
    assert load_task({"name": "t", "script": ""}).name == "t"


def test_a_handle_in_a_given_project(home: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    (other / "tasks").mkdir()
    (other / "tasks" / "tag-orders.json").write_text('{"name": "elsewhere", "script": ""}')
    assert load_task("tag-orders", root=other).name == "elsewhere"


def test_a_folder_that_happens_to_be_named_like_the_handle_does_not_hide_the_task(home: Path) -> None:
    (home / "sub" / "tag-orders").mkdir()
    assert load_task("tag-orders").name == "t"


def test_a_folder_that_is_no_task_is_named_when_nothing_else_is_meant(home: Path) -> None:
    (home / "sub" / "nothing").mkdir()
    with pytest.raises(TaskError, match="no task in this folder"):
        load_task("nothing")


@pytest.mark.parametrize("source", ["apart", "../tasks/apart.json", "../tasks/apart"])
def test_a_helper_folder_counts_before_it_is_bundled(home: Path, source: str) -> None:
    (home / "tasks" / "apart.json").write_text('{"name": "stored", "script": ""}')
    assert (load_task(source).name, load_task(source).script) == ("apart", "{% log 1 %}")


def test_what_is_stored_is_the_file_alone(home: Path) -> None:
    stored = home / "tasks" / "apart.json"
    stored.write_text('{"name": "stored", "script": ""}')
    assert load_stored(stored).name == "stored"
    assert load_stored(home / "tasks" / "apart").script == "{% log 1 %}"


def test_what_is_still_being_written_is_no_task(home: Path) -> None:
    (home / "tasks" / ".half").mkdir()
    (home / "tasks" / ".half" / "task.json").write_text(TASK)
    (home / "tasks" / ".half.json").write_text("{")
    assert [each.name for each in task_files(home / "tasks")] == ["apart", "tag-orders.json"]


def test_the_folder_of_the_platforms_command_line_is_a_project(tmp_path: Path) -> None:
    (tmp_path / "mechanic.json").write_text('{"shop": "a.myshopify.com"}')
    (tmp_path / "inner").mkdir()
    assert find_root(tmp_path / "inner") == tmp_path


@pytest.mark.parametrize(
    ("source", "words", "hint"),
    [
        ("tag-order", 'There is no task "tag-order"', '"tag-orders"'),
        ("xyzzy-plugh", "neither as a path nor in", "Known by name: "),
        ("othr.json", 'There is no file "othr.json"', '"other.json"'),
        ("nowhere/x.json", 'There is no folder "nowhere"', None),
        ("../sub", "folder of 1 JSON files, not a task", "Name one"),
        ("../fixtures", "no task in this folder", None),
        ('{"name": "t"}', "JSON text", "Task.from_json"),
        ("x" * 5000, "There is no file", None),
        ("x" * 5000 + "/y.json", "There is no folder", None),
        ("a\0b", "There is no file", None),
    ],
)
def test_a_task_that_is_not_there_says_where_it_looked(home: Path, source: str, words: str, hint: str | None) -> None:
    with pytest.raises(TaskError) as caught:
        load_task(source)
    assert words in caught.value.message
    assert hint is None or hint in str(caught.value.hint)


def test_what_is_no_path_is_refused() -> None:
    with pytest.raises(TaskError, match="not from list"):
        load_task([])  # type: ignore[arg-type]
    with pytest.raises(TaskError, match="not from bytes"):
        load_task(b"x")  # type: ignore[arg-type]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_says_so(home: Path) -> None:
    path = home / "sub" / "other.json"
    path.chmod(0)
    with pytest.raises(TaskError, match="cannot be read: Permission denied"):
        load_task(path)


def test_an_error_in_a_file_names_it(home: Path) -> None:
    (home / "tasks" / "broken.json").write_text('{"name": "x",\n}')
    with pytest.raises(TaskError) as caught:
        load_task("broken")
    assert caught.value.where is not None
    assert caught.value.where.file == str(home / "tasks" / "broken.json")
    assert caught.value.where.line == 1


def test_a_folder_of_tasks_loads_by_name(home: Path) -> None:
    (home / "tasks" / "apart.json").write_text('{"name": "truth", "script": ""}')
    assert [task.name for task in load_tasks(home / "tasks")] == ["apart", "t"]


@pytest.mark.parametrize(
    ("folder", "words"),
    [("../fixtures", "no task"), ("other.json", "a file, not a folder"), ("nowhere", "There is no")],
)
def test_a_folder_without_tasks_says_so(home: Path, folder: str, words: str) -> None:
    with pytest.raises(TaskError, match=words):
        load_tasks(folder)


def test_shipped_folders_are_found_in_a_checkout_and_in_an_installation(tmp_path: Path) -> None:
    package = tmp_path / "runner"
    package.mkdir()
    (tmp_path / "tasks").mkdir()
    with pytest.raises(ConfigError, match="missing"):
        project._shipped_beside(package, "tasks")
    (tmp_path / "pyproject.toml").write_text("")
    assert project._shipped_beside(package, "tasks") == tmp_path / "tasks"
    (package / "_shipped" / "tasks").mkdir(parents=True)
    assert project._shipped_beside(package, "tasks") == package / "_shipped" / "tasks"
    assert shipped("fixtures").is_dir()


def test_names_of_the_project_and_of_the_package_are_listed(home: Path) -> None:
    assert task_handles()[:2] == ["apart", "tag-orders"]
    assert seed_names()[0] == "mine"
    assert "prints" in seed_names()
    assert fixture_names()[0] == "tag-orders/plain"
    assert not any(name.startswith("_") for name in fixture_names())
    assert {"user/a/b", "mechanic/user/trigger", "shopify/inventory_levels/update"} <= set(sample_topics())


def test_a_seed_is_a_name_or_a_path(home: Path) -> None:
    assert find_seed("mine") == home / "fixtures" / "_shops" / "mine.yml"
    assert find_seed("prints") == shipped("fixtures") / "_shops" / "prints.yml"
    assert find_seed("../fixtures/_shops/mine.yml").is_file()
    (home / "fixtures" / "_shops" / "prints.yml").write_text("")
    assert find_seed("prints") == home / "fixtures" / "_shops" / "prints.yml", "the project's goes first"


def test_a_fixture_is_a_handle_with_a_case(home: Path) -> None:
    assert find_fixture("tag-orders/plain") == home / "fixtures" / "tag-orders" / "plain.yml"


@pytest.mark.parametrize(
    ("find", "name", "code", "hint"),
    [
        (find_seed, "print", "seed.unknown", 'Did you mean "prints"'),
        (find_seed, "zzz", "seed.unknown", "Known by name: mine, fashion"),
        (find_seed, "a\0", "seed.unknown", ""),
        (find_fixture, "tag-orders/plan", "fixture.missing", '"tag-orders/plain"'),
    ],
)
def test_an_unknown_name_gets_the_nearest_one_and_the_list(
    home: Path, find: Callable[[str], Path], name: str, code: str, hint: str
) -> None:
    with pytest.raises(InputError) as caught:
        find(name)
    assert caught.value.code == code
    assert hint in str(caught.value.hint)


def test_samples_are_found_by_topic(home: Path) -> None:
    assert find_sample("user/a/b") == home / "fixtures" / "_events" / "user" / "a" / "b.json"
    assert find_sample("shopify/orders/risk_assessment_changed") is None
    with pytest.raises(TaskError):
        find_sample("../../etc/passwd")


def test_every_shipped_sample_is_an_event_of_its_topic() -> None:
    folder = shipped("fixtures") / "_events"
    for path in folder.rglob("*.json"):
        event = json.loads(path.read_bytes())
        topic = path.relative_to(folder).with_suffix("").as_posix()
        assert set(event) == {"topic", "data"}
        assert str(parse_topic(event["topic"])) == topic
