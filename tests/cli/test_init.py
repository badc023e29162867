"""``runner init``: tooling.md 1.1 and 1.2."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

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


STEP = {
    "type": "object",
    "properties": {
        "uses": {"type": "string", "pattern": r"^[\w.-]+/[\w.-]+@v\d+$"},
        "run": {"type": "string", "minLength": 1},
        "with": {"type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}},
        "if": {"type": "string"},
        "name": {"type": "string"},
    },
    "oneOf": [{"required": ["uses"]}, {"required": ["run"]}],
    "additionalProperties": False,
}
JOB = {
    "type": "object",
    "properties": {"runs-on": {"type": "string"}, "steps": {"type": "array", "items": STEP, "minItems": 1}},
    "required": ["runs-on", "steps"],
    "additionalProperties": False,
}
WORKFLOW = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "on": {"type": "array", "items": {"enum": ["push", "pull_request", "workflow_dispatch", "schedule"]}},
        "permissions": {"type": "object", "additionalProperties": {"enum": ["read", "write", "none"]}},
        "jobs": {"type": "object", "patternProperties": {"^[_a-zA-Z][a-zA-Z0-9_-]*$": JOB}, "minProperties": 1},
    },
    "required": ["on", "jobs"],
    "additionalProperties": False,
}
"""What GitHub's syntax of workflows allows, as far as ours goes; anything else in it would be a slip."""


def workflow_of(home: Path) -> tuple[str, Any]:
    """The text, and its content as GitHub reads it: ``on`` is a word there, not a truth value."""
    import yaml

    class Words(yaml.SafeLoader):
        pass

    Words.yaml_implicit_resolvers = {key: [] for key in yaml.SafeLoader.yaml_implicit_resolvers}
    text = (home / ".github/workflows/tasks.yml").read_text()
    return text, yaml.load(text, Loader=Words)


def test_the_workflow_is_one_that_github_takes_and_needs_no_token(run: Command, tmp_path: Path) -> None:
    from jsonschema import Draft202012Validator

    run("init")
    assert run("init", "--github", "--json").document["written"] == [".github/workflows/tasks.yml"]
    text, workflow = workflow_of(tmp_path)
    assert [error.message for error in Draft202012Validator(WORKFLOW).iter_errors(workflow)] == []
    assert workflow["permissions"] == {"contents": "read"}
    assert "secrets" not in text
    assert "${{" not in text


def test_the_steps_of_the_workflow_do_what_they_say(run: Command, tmp_path: Path) -> None:
    """Green for a new project; red, with a place in the file, once there is a mistake in a task."""
    run("init")
    run("init", "--github")
    steps = [step for job in workflow_of(tmp_path)[1]["jobs"].values() for step in job["steps"]]
    commands = [shlex.split(step["run"]) for step in steps if "run" in step]
    assert commands[0] == ["pip", "install", "mechanic-runner[test]"]
    ours = commands[1:]
    assert {words[1] for words in ours} == {"tasks", "lint", "preview", "test"}
    for words in ours:
        assert words[0] == "runner"
        ran = run(*words[1:])
        assert ran.code == 0, (words, ran)
    uploaded = [step["with"]["path"] for step in steps if "upload-artifact" in step.get("uses", "")]
    assert [(tmp_path / path).is_file() for path in uploaded] == [True]
    script = tmp_path / "tasks" / "tag-large-orders" / "script.liquid"
    script.write_text(script.read_text().replace("times: 1.0", "tmes: 1.0"))
    codes = {words[1]: run(*words[1:]) for words in ours}
    assert {name: ran.code for name, ran in codes.items()} == {"tasks": 1, "lint": 1, "preview": 2, "test": 1}
    assert "::error file=tasks/tag-large-orders" in codes["lint"].out
    assert ",line=1,col=39," in codes["lint"].out
    assert "::error file=tasks/tag-large-orders" in run("lint", "--github", "tag-large-orders").out


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
