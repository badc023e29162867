"""The project file: every dependency has its reason, the version is the changelog's head, data travels in the wheel."""

from __future__ import annotations

import re
import tomllib

import runner
from tests.architecture.sources import ROOT

PROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
_REQUIREMENT = re.compile(r'^\s+"([A-Za-z0-9_.-]+)(\[[^\]]*\])?[^"]*",$')


def requirements() -> list[tuple[str, str]]:
    """(name, line above it) of every dependency and extra, in file order."""
    lines = PROJECT[PROJECT.index("\ndependencies = [") : PROJECT.index("[project.scripts]")].splitlines()
    return [
        (match.group(1), lines[at - 1].strip()) for at, line in enumerate(lines) if (match := _REQUIREMENT.match(line))
    ]


def test_every_dependency_has_its_reason_as_a_comment() -> None:
    found = requirements()
    assert len(found) >= 15
    # Stubs stand below the type checker they serve.
    assert [name for name, above in found if not above.startswith("#") and not name.startswith("types-")] == []


def test_core_dependencies_are_exactly_the_agreed_ones() -> None:
    names = {re.split(r"[<>=\[]", text)[0] for text in tomllib.loads(PROJECT)["project"]["dependencies"]}
    used = {
        "python-liquid",
        "httpx",
        "pyyaml",
        "jsonschema",
        "click",
        "rich",
        "graphql-core",
        "sqlalchemy",
        "starlette",
        "dbos",
        "filelock",
    }
    assert names - used <= {"uvicorn", "tzdata", "regex", "css-inline", "idna"}
    assert used <= names


def test_the_version_is_the_head_of_the_changelog() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    heads = re.findall(r"^## \[?(\d+\.\d+\.\d+)\]?", changelog, flags=re.MULTILINE)
    assert heads[0] == runner.__version__


def test_changelog_headings_are_those_of_keep_a_changelog() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    allowed = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security", "Compatibility"}
    assert set(re.findall(r"^### (.+)$", changelog, flags=re.MULTILINE)) <= allowed


def test_tasks_and_fixtures_travel_in_the_wheel() -> None:
    wheel = tomllib.loads(PROJECT)["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["force-include"] == {"tasks": "runner/_shipped/tasks", "fixtures": "runner/_shipped/fixtures"}


def test_the_first_screen_of_the_readme_has_exactly_two_commands() -> None:
    screen = (ROOT / "README.md").read_text(encoding="utf-8").split("\n## ", 2)
    blocks = re.findall(r"```(?:sh|bash)\n(.*?)```", screen[0] + screen[1], flags=re.DOTALL)
    assert [block.count("\n") for block in blocks] == [1, 1]
    assert blocks[0].rstrip().endswith("runner demo")
    assert "pytest" in blocks[1]


def test_ci_runs_the_commands_of_the_readme_and_none_of_its_own() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "README.md" in script
    assert "pytest" not in script.replace("pytest's", "")
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
