"""``runner docs build``: tasks.md 7; and that pages of the manual are still printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.cli.made import task_file


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A project with two tasks."""
    (tmp_path / "tasks").mkdir()
    for name in ("one", "two"):
        task_file(tmp_path / "tasks", "{% log 1 %}", name=name, docs="Docs.", tags=["A"])
    return tmp_path


def test_pages_are_built_checked_and_read_back(run: Command, home: Path) -> None:
    assert run("docs", "build", "--check").code == 1
    assert not (home / "docs").exists()
    assert run("docs", "build").code == 0
    assert sorted(str(each.relative_to(home / "docs")) for each in (home / "docs").rglob("*.*")) == [
        "README.md",
        *(f"{name}/{part}" for name in ("one", "two") for part in ("README.md", "script.liquid")),
    ]
    assert run("docs", "build", "--check").code == 0
    task_file(home / "tasks", "{% log 2 %}", name="two", docs="Docs.", tags=["A"])
    late = run("docs", "build", "--check", "--json")
    assert (late.code, late.document["out_of_date"]) == (1, [str(home / "docs/two/script.liquid")])
    assert run("docs", "build", "two").code == 0
    again = run("import", "docs/two", "--over", "--json")
    assert [(each["task"], each["action"]) for each in again.document["tasks"]] == [("two", "unchanged")]
    assert again.document["notes"] == []


def test_pages_of_other_hands_stay(run: Command, home: Path) -> None:
    (home / "docs" / "one").mkdir(parents=True)
    (home / "docs" / "README.md").write_text("# My project\n")
    (home / "docs" / "one" / "script.liquid").write_text("mine")
    ran = run("docs", "build")
    assert ran.code == 2
    assert "docs/README.md" in ran.err
    assert "docs/one/script.liquid" in ran.err
    assert not (home / "docs" / "two").exists()
    assert run("docs", "build", "--force").code == 0
    assert run("docs", "build", "--check").code == 0


def test_a_checkout_of_the_library_is_built_in_its_own_words(run: Command, home: Path, tmp_path: Path) -> None:
    from runner.model.task import Task
    from runner.task_pages import index, pages
    from tests.test_task_pages import THEIRS

    (home / "checkout" / "tasks").mkdir(parents=True)
    options = {"tag__required": "x"}
    for name in ("one", "two"):
        task_file(home / "checkout" / "tasks", "{{ options.tag__required }}\n", name=name, options=options, tags=["A"])
    tasks = {each.stem: Task.from_json(each.read_bytes()) for each in (home / "checkout" / "tasks").iterdir()}
    expected = {
        f"{handle}/{name}": content
        for handle, task in tasks.items()
        for name, content in pages(task, handle, THEIRS).items()
    } | {"README.md": index(tasks, THEIRS).encode()}
    for name in ("README.md", "one/README.md"):
        (home / "checkout" / "docs" / name).parent.mkdir(parents=True, exist_ok=True)
        (home / "checkout" / "docs" / name).write_bytes(expected[name])
    assert run("docs", "build", "--library", "checkout").code == 0
    found = (home / "checkout" / "docs").rglob("*.*")
    assert {str(each.relative_to(home / "checkout" / "docs")): each.read_bytes() for each in found} == expected


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("build", "three"), 'no task "three"'),
        (("build", "--library", "."), "no checkout"),
        (("biuld",), 'no page "biuld"'),
        (("liquid", "more"), "unexpected"),
    ],
)
def test_what_there_is_not_is_said(run: Command, home: Path, words: tuple[str, ...], message: str) -> None:
    ran = run("docs", *words)
    assert ran.code == 2
    assert message in ran.err


def test_the_manual_is_printed_as_before(run: Command, home: Path) -> None:
    assert "fixtures" in run("docs", "--json").document["pages"]
    assert run("docs", "security").out.startswith("# Security")
    for words in (("security", "--json"), ("--json", "security")):
        assert run("docs", *words).document["topic"] == "security"
