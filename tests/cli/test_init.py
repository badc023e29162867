"""``runner init``: tooling.md 1.1 and 1.2."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Command


def everything(home: Path) -> dict[str, bytes]:
    return {str(each.relative_to(home)): each.read_bytes() for each in sorted(home.rglob("*")) if each.is_file()}


def test_a_new_project_previews_lints_and_holds_its_cases(
    run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from runner.testing.fixtures import read_case
    from runner.testing.play import play
    from runner.testing.verdict import check_claims

    assert run("init", "mine", "--shop", "example.myshopify.com").code == 0
    monkeypatch.chdir(tmp_path / "mine")
    assert run("preview", "tag-large-orders").code == 0
    assert run("lint", "--strict").code == 0
    assert run("tasks", "status").code == 0
    settings = run("config", "show", "--json").document["settings"]
    assert (settings["shop"]["value"], settings["mode"]["value"]) == ("example.myshopify.com", "dry")
    cases = sorted((tmp_path / "mine" / "fixtures" / "tag-large-orders").glob("*.yml"))
    assert [case.stem for case in cases] == ["large", "small"]
    for path in cases:
        case = read_case(path)
        check_claims(case, play(case))
        assert json.loads(path.with_suffix(".json").read_text()) == play(case)


def test_the_platforms_project_gets_what_it_lacks_and_keeps_every_byte(run: Command, tmp_path: Path) -> None:
    before = {
        "mechanic.json": b'{"shop": {"domain": "https://Mine.myshopify.com/"}, "apiHost": "https://x.example"}',
        ".mechanic/links.json": b"{}",
        "mechanic.globals.json": b'{"a": 1}',
        "tasks/one.json": b'{"name": "One", "script": ""}',
        ".gitignore": b"node_modules\n",
    }
    for name, content in before.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    ran = run("init", "--json")
    assert ran.code == 0
    assert ran.document["shop"] == "mine.myshopify.com"
    assert ran.document["written"] == ["runner.yml"]
    assert ran.document["kept"] == [".gitignore"]
    after = everything(tmp_path)
    assert b"shop: mine.myshopify.com" in after.pop("runner.yml")
    assert after == before


def test_a_project_that_is_not_filled_yet_gets_no_task_of_ours(run: Command, tmp_path: Path) -> None:
    (tmp_path / "mechanic.json").write_text("{}")
    assert run("init").code == 0
    assert not (tmp_path / "tasks").exists()


def test_a_second_time_changes_nothing(run: Command, tmp_path: Path) -> None:
    run("init")
    (tmp_path / "runner.yml").write_text("mode: live\n")
    before = everything(tmp_path)
    ran = run("init")
    assert ran.code == 0
    assert "runner.yml is there already" in ran.err
    assert everything(tmp_path) == before
    assert run("init", "--force").code == 0
    assert b"mode: dry" in everything(tmp_path)["runner.yml"]


def test_the_workflow_needs_no_token(run: Command, tmp_path: Path) -> None:
    import yaml

    run("init")
    assert run("init", "--github", "--json").document["written"] == [".github/workflows/tasks.yml"]
    text = (tmp_path / ".github/workflows/tasks.yml").read_text()
    assert "secrets" not in text
    assert yaml.safe_load(text)["permissions"] == {"contents": "read"}
    commands = [step["run"] for step in yaml.safe_load(text)["jobs"]["tasks"]["steps"] if "run" in step]
    for line in commands[1:]:
        words = line.split()[1:]
        assert (
            "Usage"
            in run(*[word for word in words if word[0] != "-" and "." not in word and "/" not in word], "--help").out
        )


@pytest.mark.parametrize(
    ("file", "content", "words", "message"),
    [
        ("x", "", ("--shop", "example.com"), "permanent domain"),
        ("mechanic.json", "{", (), "mechanic.json"),
        ("mechanic.json", "[]", (), "no object"),
        ("there", "", ("there",), "there"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_written(
    run: Command, tmp_path: Path, file: str, content: str, words: tuple[str, ...], message: str
) -> None:
    (tmp_path / file).write_text(content)
    before = everything(tmp_path)
    ran = run("init", *words)
    assert ran.code == 2
    assert message in ran.err
    assert everything(tmp_path) == before
