"""The page about actions: as the code is, and its examples are performed."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runner.actions import ACTION_TYPES
from runner.cli import invoke
from tests.architecture.manual_actions import ACTIONS_PAGE, actions_page, documented_options, secret_options
from tests.architecture.sources import modules

PAGE = ACTIONS_PAGE.read_text(encoding="utf-8")
_READERS = frozenset({"raw", "value", "text", "required", "truth", "whole", "mapping"})
"""Methods that read one option."""
_ALIASES = {"private_key", "batch"}
"""Other names of documented options, told in their rows."""


def section(kind: str) -> str:
    found = re.search(rf"^## {kind}$\n(.*?)(?=^## |\Z)", PAGE, flags=re.DOTALL | re.MULTILINE)
    assert found is not None, kind
    return found[1]


def examples(kind: str) -> list[Any]:
    return [
        json.loads(text) for text in re.findall(r"^```json\n(.*?)^```$", section(kind), flags=re.DOTALL | re.MULTILINE)
    ]


def read_options(kind: str) -> Iterator[str]:
    """The options that the code of a type asks for by name."""
    names = {kind, f"{kind}_options"} | ({"pass_through"} if kind in ("airtable", "google", "slack") else set())
    for module in modules():
        if module.name.startswith("runner.actions.") and module.name.rpartition(".")[2] in names:
            for node in ast.walk(module.tree):
                called = node.func if isinstance(node, ast.Call) else None
                if isinstance(called, ast.Attribute) and called.attr in _READERS and isinstance(node, ast.Call):
                    yield from (each.value for each in node.args[:1] if isinstance(each, ast.Constant))


def test_the_page_is_as_the_code_is() -> None:
    assert actions_page() == PAGE, "run: python -m tests.architecture.manual"


@pytest.mark.parametrize("kind", sorted(set(ACTION_TYPES) - {"files"}))
def test_every_section_has_the_table_of_its_type(kind: str) -> None:
    assert f"<!-- from the code: {kind} -->" in section(kind)


@pytest.mark.parametrize("kind", sorted(ACTION_TYPES))
def test_every_option_that_is_read_is_in_the_table(kind: str) -> None:
    documented = {name for path in documented_options(ACTION_TYPES[kind]) for name in re.split(r"\W+", path)}
    assert set(read_options(kind)) - documented - _ALIASES == set()


def test_options_are_really_found_in_the_code() -> None:
    assert set(read_options("http")) >= {"method", "url", "body", "files", "headers", "proxy", "verify", "error_on_5xx"}


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("http", ["body", "headers", "proxy", "url"]),
        ("ftp", ["host", "known_hosts", "password", "private_key_pem", "user"]),
        ("email", []),
        ("slack", []),
        ("shopify", []),
    ],
)
def test_secrets_are_sent_where_the_specification_says(kind: str, options: list[str]) -> None:
    """actions.md 1.9."""
    assert sorted(secret_options(ACTION_TYPES[kind])) == options


@pytest.mark.parametrize("kind", sorted(ACTION_TYPES))
def test_every_type_has_an_example(kind: str) -> None:
    assert examples(kind)


def test_every_example_is_performed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    pairs = [(kind, options) for kind in sorted(ACTION_TYPES) for options in examples(kind)]
    script = "".join(f'{{% action "{kind}" %}}{json.dumps(options)}{{% endaction %}}' for kind, options in pairs)
    task = {"name": "Examples", "script": script, "subscriptions_template": "mechanic/user/trigger", "options": {}}
    (tmp_path / "examples.json").write_text(json.dumps(task), encoding="utf-8")
    code = invoke(["run", "examples.json", "--topic", "mechanic/user/trigger", "--shop", "prints", "--json"])
    runs = [
        run
        for event in json.loads(capsys.readouterr().out)["events"]
        for run in event["runs"]
        if run["kind"] == "action"
    ]
    assert [(run["action"]["type"], run["state"], run["error"]) for run in runs] == [
        (kind, "succeeded", None) for kind, _ in pairs
    ]
    assert code == 0
    kept = {run["action"]["type"] for run in runs if "outbox" in run}
    assert kept == set(ACTION_TYPES) - {"cache", "echo", "event", "shopify"}
