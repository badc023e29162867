"""The manual says what is there: every command, setting, error code, action type and public name, and nothing else."""

from __future__ import annotations

import ast
import inspect
import json
import re
from pathlib import Path

import pytest

import runner
from runner.actions import ACTION_TYPES
from runner.cli import COMMANDS
from runner.cli.output import ExitCode
from runner.config import SETTINGS, load_settings
from runner.testing.fixtures import KEYS as CASE_KEYS
from runner.testing.fixtures import parse_case
from tests.architecture.manual import (
    CLI_PAGE,
    DIFFERENCES_PAGE,
    cli_page,
    commands,
    differences,
    differences_page,
    titles,
)
from tests.architecture.manual_lint import LINT_PAGE, lint_page
from tests.architecture.sources import PACKAGE, ROOT, Module, modules

PAGES = (
    "actions",
    "assistants",
    "cli",
    "differences",
    "editors",
    "email",
    "errors",
    "fixtures",
    "integrations",
    "lint",
    "liquid",
    "operating",
    "options",
    "python",
    "security",
    "settings",
    "simulator",
    "tasks",
    "tutorial",
    "webhooks",
)


def page(name: str) -> str:
    return (PACKAGE / "docs" / f"{name}.md").read_text(encoding="utf-8")


_CODE = re.compile(r"(action|config|email|fixture|input|liquid|safety|seed|shopify|simulator|store|task)(\.[a-z_]+)+")


_NO_CODES = {"action.json", "simulator.abort", "action.inline", "liquid.filter", "liquid.variable"}
"""Texts that look like a code and are none: a file, an extension between server and application, rules of lint."""


def codes_in_the_code() -> set[str]:
    """Every text constant that has the form of an error code."""
    constants = (node for module in modules() for node in ast.walk(module.tree) if isinstance(node, ast.Constant))
    found = {node.value for node in constants if isinstance(node.value, str) and _CODE.fullmatch(node.value)}
    return found - _NO_CODES


def documented_codes() -> set[str]:
    return set(re.findall(r"^\| `([a-z_.]+)` \|", page("errors"), flags=re.MULTILINE))


def test_every_page_has_a_title_and_the_list_is_complete() -> None:
    assert tuple(titles()) == PAGES
    assert all(titles().values())


def test_the_page_of_commands_is_their_help() -> None:
    assert CLI_PAGE.read_text(encoding="utf-8") == cli_page(), "run: python -m tests.architecture.manual"


def test_the_page_of_lint_holds_every_rule() -> None:
    assert LINT_PAGE.read_text(encoding="utf-8") == lint_page(), "run: python -m tests.architecture.manual"


def test_the_page_of_differences_holds_every_comment() -> None:
    assert DIFFERENCES_PAGE.read_text(encoding="utf-8") == differences_page(), (
        "run: python -m tests.architecture.manual"
    )


def test_a_comment_of_several_lines_is_collected_whole() -> None:
    text = "x = 1\n# differs: one\n# two.\ny = 2  # other\n# differs: three\n"
    module = Module("m", PACKAGE / "m.py", text, ast.parse(text))
    assert list(differences(module)) == ["one two.", "three"]


def test_every_error_code_is_documented() -> None:
    assert sorted(codes_in_the_code() - documented_codes()) == []


def test_no_documented_error_code_is_made_up() -> None:
    words = "\n".join(module.text for module in modules())
    assert sorted(code for code in documented_codes() if f'"{code}"' not in words) == []


def test_every_exit_code_is_documented() -> None:
    documented = {int(number) for number in re.findall(r"^\| (\d+) \|", page("errors"), flags=re.MULTILINE)}
    assert documented == {int(code) for code in ExitCode}


def test_every_setting_is_documented_with_its_variables() -> None:
    text = page("settings")
    rows = re.findall(r"^\| `(\w+)` \|", text, flags=re.MULTILINE)
    assert rows == [setting.name for setting in SETTINGS]
    assert [name for setting in SETTINGS for name in setting.environment if f"`{name}`" not in text] == []


def test_every_action_type_is_documented() -> None:
    rows = re.findall(r"^## (\w+)$", page("actions"), flags=re.MULTILINE)
    assert rows == sorted(ACTION_TYPES)


def test_every_public_name_is_documented() -> None:
    text = page("python")
    assert [name for name in runner.__all__ if f"`{name}" not in text and f"{name}(" not in text] == []


def test_the_documented_signature_of_render_is_its_own() -> None:
    names = list(inspect.signature(runner.render).parameters)
    documented = re.search(r"^render\(([^)]*)\)", page("python"), flags=re.MULTILINE)
    assert documented is not None
    promised = [part.split("=")[0].strip() for part in documented.group(1).split(",") if part.strip() != "*"]
    assert [name for name in names if name in promised] == promised


def test_every_page_a_text_refers_to_exists() -> None:
    named = {
        (module.shown, name) for module in modules() for name in re.findall(r"`runner docs (\w+)`", module.text)
    } | {(name, other) for name in PAGES for other in re.findall(r"`runner docs (\w+)`", page(name))}
    assert [pair for pair in sorted(named) if pair[1] not in (*PAGES, "build")] == []


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_the_line_in_the_help_is_the_commands_own(name: str) -> None:
    command = next(found for whole, found, _ in commands() if whole == f"runner {name}")
    assert command.get_short_help_str(200) == COMMANDS[name][1].rstrip(".") or (
        (command.help or "").splitlines()[0] == COMMANDS[name][1]
    )


def test_every_option_of_every_command_has_help() -> None:
    bare = [
        f"{name} {option.opts[0]}"
        for name, command, _ in commands()
        for option in command.params
        if option.param_type_name == "option" and not getattr(option, "help", None)
    ]
    assert bare == []


def test_no_text_of_ours_advertises_an_option_that_does_not_exist() -> None:
    known = {opt for _, command, _ in commands() for option in command.params for opt in option.opts} | {"--help"}
    git = {"--end-of-options", "--quiet", "--verify"}
    foreign = {"--no-tests", "--disable-socket", "--version", "--update", "--snapshot-update"} | git
    used = {
        (module.shown, option)
        for module in modules()
        if module.name.startswith(("runner.cli", "runner.config"))
        for option in re.findall(r"(?<![\w-])--[a-z][a-z-]+", module.text)
    }
    assert [pair for pair in sorted(used) if pair[1] not in known | foreign] == []


@pytest.mark.parametrize("path", ["README.md", "runner/docs/python.md"])
def test_the_python_examples_work(
    path: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    examples = re.findall(r"```python\n(.*?)```", (ROOT / path).read_text(encoding="utf-8"), flags=re.DOTALL)
    assert examples
    for example in examples:
        exec(compile(example, path, "exec"), {})
    assert "'liquid_error': None" in capsys.readouterr().out


def test_the_json_examples_are_json() -> None:
    examples = [text for name in PAGES for text in re.findall(r"```json\n(.*?)```", page(name), flags=re.DOTALL)]
    assert examples
    for example in examples:
        json.loads(example)


def test_the_settings_example_is_a_settings_file(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", page("settings"), flags=re.DOTALL)
    (tmp_path / "runner.yml").write_text(example, encoding="utf-8")
    settings = load_settings(tmp_path, environment={"MY_SHOP_TOKEN": "shpat_1"})
    assert (settings.shop, settings.access_token, settings.warnings) == ("example.myshopify.com", "shpat_1", ())


def test_every_command_line_in_the_readme_and_manual_names_a_command() -> None:
    texts = [(ROOT / "README.md").read_text(encoding="utf-8"), *(page(name) for name in PAGES)]
    named = {word for text in texts for word in re.findall(r"`runner ([a-z]+)", text)}
    assert sorted(named - set(COMMANDS)) == []


def test_every_key_of_a_fixture_is_documented() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", page("fixtures"), flags=re.MULTILINE)
    assert sorted(rows) == sorted(CASE_KEYS)


def test_the_fixture_example_can_be_read() -> None:
    rendered, live = re.findall(r"```yaml\n(.*?)```", page("fixtures"), flags=re.DOTALL)
    case = parse_case(rendered, ROOT / "fixtures" / "handle" / "case.yml")
    assert (case.shop, case.perform, case.event.topic) == ("prints", True, "shopify/inventory_levels/update")
    case = parse_case(live, ROOT / "fixtures" / "handle" / "case.yml")
    assert [step.label for step in case.steps][1:] == ["wait 2h", "sell sku=HD-OAK location=Gallery"]


def test_the_readme_lists_every_page_of_the_manual() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in PAGES if f"[`{name}`](runner/docs/{name}.md)" not in readme] == []
